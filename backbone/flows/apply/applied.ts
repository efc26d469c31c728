import type { OrderState } from '../../canonical/order-state.ts'
import type { WaitingDocument } from '../../store/flow/inbound-documents.ts'
import type { OrderBatch } from '../order-batch.ts'

/** What became of a document when its turn came. */
export type Applied =
  | { readonly status: 'applied'; readonly orderId?: string; readonly reason?: string }
  /** Waits for something that has yet to happen; `waitsFor` is the key that wakes it. */
  | {
      readonly status: 'parked'
      readonly waitsFor: string
      readonly reason: string
      readonly orderId?: string
    }
  | {
      readonly status: 'duplicate' | 'superseded' | 'refused' | 'ignored'
      readonly reason: string
      readonly orderId?: string
    }
  /** A person must look: the document is set aside whole. */
  | { readonly status: 'quarantined'; readonly reason: string; readonly orderId?: string }

/** A waiting document of one type. */
export type Waiting<Canonical> = WaitingDocument & { readonly canonical: Canonical }

/** Numbers drawn for the batch before its documents are applied. */
export type DrawnNumbers = { nextOrderNumber(): string }

/** Why there is no credit for what a change makes of a released order; undefined where there is. */
export type CreditOfChange = (before: OrderState, revised: OrderState) => string | undefined

/** What applying a document may use. */
export type ApplyScope = {
  readonly batch: OrderBatch
  readonly numbers: DrawnNumbers
  /** Opened where the batch changes released orders. */
  readonly creditOfChange?: CreditOfChange | undefined
}
