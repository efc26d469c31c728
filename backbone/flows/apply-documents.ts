import type { InboundDocument } from '../canonical/canonical-document.ts'
import type { OrderState } from '../canonical/order-state.ts'
import { normalisePurchaseOrder } from '../canonical/purchase-order-number.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import type { BatchWork } from '../queue/worker.ts'
import type { TenantTx } from '../store/database.ts'
import {
  countDocumentAttempt,
  type DocumentResult,
  lockWaitingDocuments,
  ordersOfStream,
  quarantine,
  recordDocumentResults,
  type WaitingDocument,
} from '../store/flow/inbound-documents.ts'
import { findOrders, lockOrders, type OrderLookUp } from '../store/orders/load-orders.ts'
import { takeNumbers } from '../store/orders/save-orders.ts'
import type { Applied, ApplyScope, DrawnNumbers, Waiting } from './apply/applied.ts'
import { applyPayments } from './apply/apply-payments.ts'
import { changeOrder } from './apply/change-order.ts'
import { openCreditOfChange } from './apply/credit-of-change.ts'
import { openCash } from './apply/open-cash.ts'
import { contentHash } from './apply/order-from-document.ts'
import { passMilestone } from './apply/pass-milestone.ts'
import { createOrder, receiveOrder } from './apply/receive-order.ts'
import { shipOrder } from './apply/ship-order.ts'
import { openFlowSetting } from './flow-setting.ts'
import { type OrderBatch, openOrderBatch } from './order-batch.ts'
import { advance } from './order-to-cash.ts'
import { enqueueCalls } from './outbox/enqueue-calls.ts'

type OfType<Type extends InboundDocument['docType']> = Waiting<
  Extract<InboundDocument, { docType: Type }>
>

function isOfType<Type extends InboundDocument['docType']>(
  document: WaitingDocument,
  type: Type,
): document is OfType<Type> {
  return document.canonical.docType === type
}

function lookUps(documents: readonly WaitingDocument[]): OrderLookUp {
  const named = documents.map(({ canonical }) => canonical)
  return {
    streamKeys: documents.map((document) => document.streamKey),
    orderNumbers: named.flatMap((document) =>
      'orderNumber' in document ? (document.orderNumber ?? []) : [],
    ),
    poNormalised: named.flatMap((document) =>
      document.docType === 'milestone' && document.orderNumber === undefined
        ? normalisePurchaseOrder(document.purchaseOrderNumber ?? '')
        : [],
    ),
    invoiceNumbers: named.flatMap((document) =>
      document.docType === 'payment' ? document.remittance.map((line) => line.invoiceNumber) : [],
    ),
  }
}

/** How many orders the documents may create at the most: first of their stream, or other content under a used number. */
function mostNewOrders(documents: readonly WaitingDocument[], batch: OrderBatch): number {
  let count = 0
  const fresh = new Set<string>()
  for (const { canonical, streamKey } of documents) {
    const existing = batch.find((order) => order.streamKey === streamKey)
    if (canonical.docType === 'order' && canonical.purpose === 'original')
      count += existing?.lineHash === contentHash(canonical) ? 0 : 1
    if (
      canonical.docType === 'order-change' &&
      canonical.replacement !== undefined &&
      existing === undefined
    )
      fresh.add(streamKey)
  }
  return count + fresh.size
}

async function drawNumbers(tx: TenantTx, count: number): Promise<DrawnNumbers> {
  const numbers = count === 0 ? [] : await takeNumbers(tx, 'order', count)
  return {
    nextOrderNumber() {
      const number = numbers.shift()
      if (number === undefined)
        throw new RangeError('More orders were created than numbers were drawn.')
      return `SO-${String(number).padStart(6, '0')}`
    },
  }
}

type OrderKey = { orderNumber?: string | undefined; purchaseOrderNumber?: string | undefined }

function orderNamed(
  { orderNumber, purchaseOrderNumber }: OrderKey,
  batch: OrderBatch,
): OrderState | { waitsFor: string } | { isAmbiguous: string } {
  if (orderNumber !== undefined)
    return (
      batch.find((order) => order.orderNumber === orderNumber) ?? {
        waitsFor: `order:${orderNumber}`,
      }
    )
  const po = normalisePurchaseOrder(purchaseOrderNumber ?? '')
  const [order, another] = batch.all().filter((candidate) => candidate.poNormalised === po)
  if (another !== undefined)
    return { isAmbiguous: `Several orders have the purchase order number ${purchaseOrderNumber}.` }
  return order ?? { waitsFor: `po:${po}` }
}

function withOrder(
  key: OrderKey,
  batch: OrderBatch,
  apply: (order: OrderState) => Applied,
): Applied {
  const order = orderNamed(key, batch)
  if ('orderId' in order) return apply(order)
  if ('isAmbiguous' in order) return { status: 'quarantined', reason: order.isAmbiguous }
  return {
    status: 'parked',
    waitsFor: order.waitsFor,
    reason: `Waits for ${order.waitsFor.replace(':', ' ')}, which has not arrived yet.`,
  }
}

function applyChange(document: OfType<'order-change'>, scope: ApplyScope): Applied {
  const order = scope.batch.find((candidate) => candidate.streamKey === document.streamKey)
  if (order !== undefined) return changeOrder(document, order, scope)
  // A shop's update carries the whole order, so it may come first; a change of lines waits for its order.
  const { replacement } = document.canonical
  if (replacement !== undefined) return createOrder(document, replacement, scope)
  return {
    status: 'parked',
    waitsFor: document.streamKey,
    reason: 'The order to change has not arrived yet.',
  }
}

function applyOne(document: WaitingDocument, scope: ApplyScope): Applied {
  const { batch } = scope
  if (document.canonical.isTest)
    return { status: 'ignored', reason: 'A test document: read and answered, without effect.' }
  if (isOfType(document, 'order')) return receiveOrder(document, scope)
  if (isOfType(document, 'order-change')) return applyChange(document, scope)
  if (isOfType(document, 'shipment'))
    return withOrder({ orderNumber: document.canonical.orderNumber }, batch, (order) =>
      shipOrder(document, order, batch),
    )
  if (isOfType(document, 'milestone'))
    return withOrder(document.canonical, batch, (order) => passMilestone(document, order, batch))
  return {
    status: 'quarantined',
    reason: `Documents of type ${document.canonical.docType} cannot be applied.`,
  }
}

/** Applies what can be applied until a pass over the waiting documents moves nothing more. */
function applyInTurn(documents: readonly WaitingDocument[], scope: ApplyScope): DocumentResult[] {
  const results = new Map<string, DocumentResult>()
  let waiting = [...documents]
  let hasMoved = true
  while (hasMoved) {
    const tried = waiting.map((document) => ({ document, applied: applyOne(document, scope) }))
    for (const { document, applied } of tried)
      results.set(document.documentId, { documentId: document.documentId, ...applied })
    const parked = tried.filter(({ applied }) => applied.status === 'parked')
    hasMoved = parked.length > 0 && parked.length < tried.length
    waiting = parked.map(({ document }) => document)
  }
  return [...results.values()]
}

/** Applies waiting documents to their orders, each stream in turn, and takes the orders as far as they can go. */
export async function applyDocuments(
  tx: TenantTx,
  queue: JobQueue,
  documentIds: readonly string[],
  inHand: ReadonlyMap<string, InboundDocument> = new Map(),
): Promise<void> {
  const documents = await lockWaitingDocuments(tx, documentIds, inHand)
  if (documents.length === 0) return
  const setting = await openFlowSetting(tx)
  const payments = documents.filter((document) => isOfType(document, 'payment'))
  const opened = await openCash(tx, setting, payments)
  const found = await findOrders(tx, lookUps(documents))
  const orders = await lockOrders(tx, [...new Set([...found, ...opened.orderIds])])
  const batch = openOrderBatch(setting, orders)
  const others = documents.filter((document) => !isOfType(document, 'payment'))
  const numbers = await drawNumbers(tx, mostNewOrders(others, batch))
  const creditOfChange = await openCreditOfChange(tx, others, batch)
  const results = applyInTurn(others, { batch, numbers, creditOfChange })
  const cash = await applyPayments(tx, opened, batch)
  const all = [...results, ...cash.results]
  // Before the orders go on: what still waits for them must not count what was just applied.
  await recordDocumentResults(tx, all)
  await advance(tx, batch)
  await quarantine(tx, needsPerson(all, documents))
  await batch.flush(tx, queue)
  await enqueueCalls(tx, queue, cash.sends)
  // What a document waits for may come into being beside this transaction, which sees none of it.
  const lookAgainAt = new Date(Date.parse(setting.now) + lookAgainMs)
  await queue.enqueue(tx, 'apply-document', newlyParked(all, documents), { startAt: lookAgainAt })
}

const lookAgainMs = 5_000

function newlyParked(
  results: readonly DocumentResult[],
  documents: readonly WaitingDocument[],
): string[] {
  const parked = new Set(
    results.filter((result) => result.status === 'parked').map((result) => result.documentId),
  )
  return documents
    .filter((document) => document.status === 'pending' && parked.has(document.documentId))
    .map((document) => document.documentId)
}

function needsPerson(results: readonly DocumentResult[], documents: readonly WaitingDocument[]) {
  return results
    .filter((result) => result.status === 'quarantined')
    .map((result) => {
      const document = documents.find((candidate) => candidate.documentId === result.documentId)
      return {
        kind: 'needs-person' as const,
        reason: result.reason ?? 'It could not be applied.',
        findings: [],
        documentId: result.documentId,
        receiptId: document?.receiptId ?? null,
        connectionId: document?.connectionId ?? null,
      }
    })
}

// A transaction stays short: what an interchange of thousands of orders brings is applied in batches.
const mostAtOnce = 200

/**
 * Applies documents in the transaction that has read them, which saves them a job and a second reading.
 * When one of them fails they are all left to their own jobs, where each is on its own.
 */
export async function applyAtOnce(
  tx: TenantTx,
  queue: JobQueue,
  { documentIds, inHand }: JustRead,
): Promise<void> {
  if (documentIds.length === 0) return
  const isApplied =
    documentIds.length <= mostAtOnce &&
    (await tx
      .attempt(async (inner) => {
        await applyDocuments(inner, queue, documentIds, inHand)
        return true
      })
      // The reason is found again, and counted and told, by the job that takes it up.
      .catch(() => false))
  if (!isApplied) await queue.enqueue(tx, 'apply-document', documentIds)
}

/** Documents that have their turn, with the contents of those read a moment ago. */
type JustRead = {
  readonly documentIds: readonly string[]
  readonly inHand: ReadonlyMap<string, InboundDocument>
}

const attemptsBeforeQuarantine = 3

/** The work of the queue `apply-document`. A document that fails three times by itself is set aside. */
export function applyDocumentWork(queue: JobQueue): BatchWork {
  return {
    queue: 'apply-document',
    batchSize: 100,
    work: (tx, ids) => applyDocuments(tx, queue, ids),
    async onFailure(tx, documentId, error) {
      const attempts = await countDocumentAttempt(tx, documentId)
      if (attempts < attemptsBeforeQuarantine) return 'again'
      const reason = `It failed ${attempts} times in the same way${error instanceof Error ? ` (${error.name})` : ''}.`
      await recordDocumentResults(tx, [{ documentId, status: 'quarantined', reason }])
      await quarantine(tx, [{ kind: 'poison', reason, findings: [], documentId }])
      // Its order may have waited for it.
      await queue.enqueue(tx, 'advance-order', await ordersOfStream(tx, documentId))
      return 'set-aside'
    },
  }
}
