import type {
  DocumentKey,
  DocumentToMark,
  MarkDocument,
  OrderToMark,
} from '../canonical/document-marking.ts'
import type { CheckFinding } from '../canonical/order-state.ts'
import type { DocumentView } from '../canonical/views/document-view.ts'
import type { Database, TenantTx } from '../store/database.ts'
import {
  type CheckedOrder,
  checkedOrders,
  type DeliveredDocument,
  type Delivery,
  documentsOfDelivery,
  getDelivery,
  getSentDocument,
  linesSaid,
  type SaidLines,
  type SentDocument,
  type SetAside,
  setAsideAboutCall,
  setAsideOfDelivery,
} from '../store/reading/document-facts.ts'

type Wanted = {
  readonly tenantId: string
  /** A receipt, a document that came in, or one that went out. */
  readonly id: string
  /** The first line to be shown. */
  readonly from: number | undefined
  /** Whether the orders and what their checks found may be told. */
  readonly withOrders: boolean
}

/** Documents as people look at them. */
export type DocumentsService = {
  /** A document line by line, with what was found in it at its place. */
  view(wanted: Wanted): Promise<DocumentView | undefined>
}

type Known = { readonly toMark: DocumentToMark; readonly about: AboutDocument }
type AboutDocument = Omit<DocumentView, keyof ReturnType<MarkDocument>>

function keyOf(document: DeliveredDocument): DocumentKey {
  const { purchaseOrderNumber, interchangeControlNumber, groupControlNumber } = document
  return {
    purchaseOrderNumber,
    interchangeControlNumber: interchangeControlNumber ?? undefined,
    groupControlNumber: groupControlNumber ?? undefined,
    transactionControlNumber: document.transactionControlNumber ?? undefined,
  }
}

/**
 * What the checks say of the words of one document: of a line, where no later document of the buyer says it anew; of
 * the order as a whole, where the document is the order itself.
 */
function findingsAbout(
  { documentId, docType }: DeliveredDocument,
  { findings, parts }: CheckedOrder,
  said: readonly SaidLines[],
): CheckFinding[] {
  const at = said.findIndex((one) => one.documentId === documentId)
  const own = said[at]?.lines
  const later = new Set(said.slice(at + 1).flatMap(({ lines }) => lines))
  return findings.flatMap((finding) => {
    const { line: ours } = finding
    if (ours === undefined) return docType === 'order' ? [finding] : []
    const line = parts[ours] ?? ours
    const isSaidHere = own === undefined || docType === 'order' || own.includes(line)
    return isSaidHere && !later.has(line) ? [{ ...finding, line }] : []
  })
}

async function ordersOf(
  tx: TenantTx,
  documents: readonly DeliveredDocument[],
): Promise<OrderToMark[]> {
  const orderIds = [...new Set(documents.flatMap(({ orderId }) => orderId ?? []))]
  if (orderIds.length === 0) return []
  const checked = await checkedOrders(tx, orderIds)
  if (checked.length === 0) return []
  const said = await linesSaid(tx, orderIds)
  return documents.flatMap((document) => {
    const order = checked.find(({ orderId }) => orderId === document.orderId)
    if (order === undefined) return []
    const { orderId, currency } = order
    const saidOfIt = said.filter((one) => one.orderId === orderId)
    const findings = findingsAbout(document, order, saidOfIt)
    return [{ key: keyOf(document), orderId, currency, findings }]
  })
}

// What a partner says of a document of ours is marked on that one, not on the message that says it.
function findingsIn(
  { findings }: Delivery,
  setAside: readonly SetAside[],
): DocumentToMark['findings'] {
  return [
    ...findings.map((finding) => ({ origin: 'reading', finding }) as const),
    ...setAside.flatMap((entry) => {
      if (entry.aboutDocumentId !== null) return []
      const origin = entry.kind === 'needs-person' ? 'partner' : 'reading'
      return entry.findings.map((finding) => ({ origin, finding }) as const)
    }),
  ]
}

const withoutFindings = (entries: readonly SetAside[]): DocumentView['quarantine'] =>
  entries.map(({ findings: _, ...entry }) => entry)

function relatedOf(
  documents: readonly DeliveredDocument[],
  withOrders: boolean,
): DocumentView['documents'] {
  return documents.map(({ documentId, docType, number, status, orderId, orderNumber }) => ({
    ...{ documentId, docType, number, status },
    orderId: withOrders ? orderId : null,
    orderNumber: withOrders ? orderNumber : null,
  }))
}

async function knownDelivery(
  tx: TenantTx,
  delivery: Delivery,
  { id, from, withOrders }: Wanted,
): Promise<Known> {
  const { receiptId, connectionId, status, at, content } = delivery
  const documents = await documentsOfDelivery(tx, receiptId)
  const documentIds = documents.map(({ documentId }) => documentId)
  const setAside = await setAsideOfDelivery(tx, receiptId, documentIds)
  const orders = withOrders ? await ordersOf(tx, documents) : []
  const opened = documents.find(({ documentId }) => documentId === id)
  const opens = opened === undefined ? undefined : keyOf(opened)
  return {
    toMark: { content, findings: findingsIn(delivery, setAside), orders, opens, from },
    about: {
      ...{ id, direction: 'in', receiptId, transactionId: null, connectionId, status, at },
      ...{ byteSize: content.byteLength, isWritten: true },
      documents: relatedOf(documents, withOrders),
      quarantine: withoutFindings(setAside),
    },
  }
}

async function knownSent(
  tx: TenantTx,
  sent: SentDocument,
  { id, from, withOrders }: Wanted,
): Promise<Known> {
  const { transactionId, connectionId, documentId, docType, number, status, at } = sent
  const content = Buffer.from(sent.content)
  const setAside = transactionId === null ? [] : await setAsideAboutCall(tx, transactionId)
  const said = setAside.flatMap(({ findings }) => findings)
  const order = withOrders
    ? { orderId: sent.orderId, orderNumber: sent.orderNumber }
    : { orderId: null, orderNumber: null }
  return {
    toMark: {
      ...{ content, orders: [], opens: undefined, from },
      findings: said.map((finding) => ({ origin: 'partner', finding })),
    },
    about: {
      ...{ id, direction: 'out', receiptId: null, transactionId, connectionId, status, at },
      ...{ byteSize: content.byteLength, isWritten: sent.isWritten },
      documents: [{ documentId, docType, number, status, ...order }],
      quarantine: withoutFindings(setAside),
    },
  }
}

async function knownOf(tx: TenantTx, wanted: Wanted): Promise<Known | undefined> {
  const delivery = await getDelivery(tx, wanted.id)
  if (delivery !== undefined) return knownDelivery(tx, delivery, wanted)
  const sent = await getSentDocument(tx, wanted.id)
  return sent === undefined ? undefined : knownSent(tx, sent, wanted)
}

/** Reads documents and what is known of them from the store, and has them marked. */
export function documentsService({
  database,
  mark,
}: {
  readonly database: Database
  readonly mark: MarkDocument
}): DocumentsService {
  return {
    async view(wanted) {
      const known = await database.inTenant(wanted.tenantId, (tx) => knownOf(tx, wanted))
      return known === undefined ? undefined : { ...known.about, ...mark(known.toMark) }
    },
  }
}
