import type { Order } from '../../canonical/order.ts'
import type { OrderState } from '../../canonical/order-state.ts'
import { acknowledgement } from '../acknowledge-order.ts'
import { replyTo } from '../replies.ts'
import type { Applied, ApplyScope, Waiting } from './applied.ts'
import { cancelOrder } from './cancel-order.ts'
import { applyReplacement } from './change-order.ts'
import { contentHash, orderFromDocument } from './order-from-document.ts'

/** Takes a new order in, as received. */
export function createOrder(document: Waiting<unknown>, order: Order, scope: ApplyScope): Applied {
  const { batch, numbers } = scope
  const state = orderFromDocument(document, order, numbers.nextOrderNumber(), batch.setting)
  const source = order.source?.format ?? 'json'
  batch.decide({
    order: state,
    events: [
      {
        kind: 'order.received',
        actor: `connection:${document.connectionId}`,
        summary: `Purchase order ${order.purchaseOrderNumber} received by ${source}, ${order.lines.length === 1 ? '1 line' : `${order.lines.length} lines`}.`,
        body: {
          documentId: document.documentId,
          receiptId: document.receiptId,
          purchaseOrderNumber: order.purchaseOrderNumber,
        },
      },
    ],
  })
  return { status: 'applied', orderId: state.orderId }
}

/** The same order sent again: nothing new is made, and the answer we gave goes out once more. */
function repeatAnswer(document: Waiting<Order>, existing: OrderState, scope: ApplyScope): Applied {
  const { setting } = scope.batch
  const reason = `Purchase order ${existing.purchaseOrderNumber} was received before, with the same content.`
  const answers = existing.isAcknowledged
    ? replyTo(existing, acknowledgement(existing, setting), setting)
        .filter((send) => send.operation === 'partner.acknowledgement')
        .map((send) => ({
          ...send,
          idempotencyKey: `${send.idempotencyKey}:again:${document.documentId}`,
        }))
    : []
  scope.batch.decide({
    order: { ...existing },
    events: [
      {
        kind: 'order.duplicate-received',
        actor: `connection:${document.connectionId}`,
        summary: reason,
        body: { documentId: document.documentId },
      },
    ],
    sends: answers,
  })
  return { status: 'duplicate', reason, orderId: existing.orderId }
}

function isOlder(document: Order, existing: OrderState): boolean {
  const version = document.source?.version
  return (
    version !== undefined &&
    existing.sourceVersion !== undefined &&
    version <= existing.sourceVersion
  )
}

function receiveAgain(document: Waiting<Order>, existing: OrderState, scope: ApplyScope): Applied {
  const order = document.canonical
  const hash = contentHash(order)
  // A number that was used for several orders: the content says which of them comes again.
  const same = scope.batch.find(
    (candidate) => candidate.streamKey === document.streamKey && candidate.lineHash === hash,
  )
  if (same !== undefined) return repeatAnswer(document, same, scope)
  // A shop's first message that comes after a later one has nothing to add.
  if (isOlder(order, existing))
    return {
      status: 'superseded',
      reason: 'A later version of this order was applied before.',
      orderId: existing.orderId,
    }
  // Another order under a used number: it comes in as an order of its own, and the duplicate check holds it.
  return createOrder(document, order, scope)
}

/** Applies an order document by its purpose and by what we know of its number (X12 element 353). */
export function receiveOrder(document: Waiting<Order>, scope: ApplyScope): Applied {
  const order = document.canonical
  const existing = scope.batch.find((candidate) => candidate.streamKey === document.streamKey)
  switch (order.purpose) {
    case 'original':
      return existing === undefined
        ? createOrder(document, order, scope)
        : receiveAgain(document, existing, scope)
    case 'cancel':
      return existing === undefined
        ? {
            status: 'parked',
            waitsFor: document.streamKey,
            reason: 'The order to cancel has not arrived yet.',
          }
        : cancelOrder(
            existing,
            `connection:${document.connectionId}`,
            'Cancelled by the buyer.',
            scope.batch,
          )
    case 'change':
    case 'replace':
      return existing === undefined
        ? {
            status: 'parked',
            waitsFor: document.streamKey,
            reason: 'The order to replace has not arrived yet.',
          }
        : applyReplacement(document, order, existing, scope)
    case 'confirmation':
    case 'duplicate':
      // Never made into an order by itself: it only confirms one that must be here already.
      return existing === undefined
        ? {
            status: 'quarantined',
            reason: `A ${order.purpose} of purchase order ${order.purchaseOrderNumber} came, but the order itself never did.`,
          }
        : {
            status: 'duplicate',
            reason: `A ${order.purpose} of an order we have.`,
            orderId: existing.orderId,
          }
  }
}
