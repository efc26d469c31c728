import type { Finding } from './finding.ts'
import type { CheckFinding } from './order-state.ts'
import type { MarkedDocument, MarkedFinding } from './views/document-view.ts'

/** By which numbers a document is known in the delivery it came in. */
export type DocumentKey = {
  readonly purchaseOrderNumber: string
  readonly interchangeControlNumber?: string | undefined
  readonly groupControlNumber?: string | undefined
  readonly transactionControlNumber?: string | undefined
}

/** An order that came of a document, with what the checks say of it. */
export type OrderToMark = {
  readonly key: DocumentKey
  readonly orderId: string
  readonly currency: string
  readonly findings: readonly CheckFinding[]
}

/** The bytes of a document with everything that was found in it, and the lines that are to be shown. */
export type DocumentToMark = {
  readonly content: Uint8Array
  readonly findings: readonly {
    readonly origin: Exclude<MarkedFinding['origin'], 'checks'>
    readonly finding: Finding
  }[]
  readonly orders: readonly OrderToMark[]
  /** The one of several documents that is looked at. */
  readonly opens: DocumentKey | undefined
  readonly from: number | undefined
}

/** Lays a document out in lines and puts each finding where it belongs; takes whatever bytes there are. */
export type MarkDocument = (document: DocumentToMark) => MarkedDocument
