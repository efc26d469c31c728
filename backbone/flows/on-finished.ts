import { groupBy } from '../canonical/group-by.ts'
import type { OrderState } from '../canonical/order-state.ts'
import type { Operation } from '../connectors/connector.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import { lockOrders } from '../store/orders/load-orders.ts'
import { finishMessages } from './finish-messages.ts'
import { openFlowSetting } from './flow-setting.ts'
import { type OrderBatch, openOrderBatch } from './order-batch.ts'
import { advance } from './order-to-cash.ts'
import type { FinishedCall, OnFinished } from './outbox/outbound-intent.ts'
import { pickGivenBack, pickRefused } from './pick-outcome.ts'
import { liftHolds, placeHolds } from './place-hold.ts'
import { released } from './steps/release-to-erp.ts'

type Succeeded = Extract<FinishedCall['result'], { status: 'succeeded' }>

function onSuccess(
  order: OrderState,
  call: FinishedCall,
  result: Succeeded,
  batch: OrderBatch,
): void {
  switch (call.operation) {
    case 'erp.create-order':
      takenByErp(order, result, batch)
      return
    case 'wms.cancel-pick':
      pickGivenBack(order, call.naturalKey, batch)
      return
    case 'partner.acknowledgement':
    case 'partner.ship-notice':
    case 'partner.invoice':
    case 'shop.fulfilment':
    case 'erp.post-invoice':
    case 'erp.post-credit-note':
    case 'erp.change-order':
    case 'erp.cancel-order':
    case 'wms.request-pick':
    case 'webhook.event':
      batch.decide({ order: { ...order }, events: [sentEvent(call, result)] })
      return
    case 'erp.post-payment':
    case 'erp.apply-credit':
    case 'partner.technical-acknowledgement':
    case 'notify.people':
    case 'customer.message':
      return
  }
}

const isAwaitingErp = (order: OrderState) =>
  order.releasedAt === undefined && (order.stage === 'ready' || order.stage === 'held')

/** The ERP has the order: what its refusals held is held no more, and the order is released. */
function takenByErp(order: OrderState, result: Succeeded, batch: OrderBatch): void {
  if (!isAwaitingErp(order)) return
  const lifted = liftHolds(
    order,
    (hold) => (hold.causeKey.startsWith('erp:') ? 'The ERP has taken the order.' : undefined),
    batch.setting.now,
    'outbox',
  )
  const ready: OrderState = { ...lifted.order, stage: 'ready' }
  batch.decide({ order: ready, events: lifted.events })
  batch.decide(released(ready, batch.setting, result.externalId))
}

/** What a call that worked means, in the trade's words; the numbers are those the other side knows. */
const doneSentence: Readonly<Record<Operation, (number: string) => string>> = {
  'erp.create-order': (number) => `The ERP has order ${number}.`,
  'erp.change-order': (number) => `The ERP has the new version of order ${number}.`,
  'erp.cancel-order': (number) => `The ERP has cancelled order ${number}.`,
  'erp.post-invoice': (number) => `Invoice ${number} is posted in the ERP.`,
  'erp.post-payment': (number) => `Payment ${number} is posted in the ERP.`,
  'erp.post-credit-note': (number) => `Credit note ${number} is posted in the ERP.`,
  'erp.apply-credit': (number) => `The use of credit ${number} is posted in the ERP.`,
  'wms.request-pick': (number) => `The warehouse has pick request ${number}.`,
  'wms.cancel-pick': (number) => `The warehouse gave back ${number}.`,
  'partner.acknowledgement': (number) => `The acknowledgement of ${number} went to the buyer.`,
  'partner.ship-notice': (number) => `The ship notice of ${number} went to the buyer.`,
  'partner.invoice': (number) => `Invoice ${number} went to the buyer.`,
  'partner.technical-acknowledgement': (number) => `${number} went to the partner.`,
  'shop.fulfilment': (number) => `The shop was told of shipment ${number}.`,
  'webhook.event': (number) => `The buyer's listener was told of ${number}.`,
  'notify.people': (number) => `People were told of ${number}.`,
  'customer.message': (number) => `Message ${number} went to the customer.`,
}

function sentEvent(call: FinishedCall, result: Succeeded) {
  const found = result.wasLookedUp ? ' Found by look-up after an unclear answer.' : ''
  return {
    kind: 'transaction.succeeded',
    actor: 'outbox',
    summary: `${doneSentence[call.operation](call.naturalKey)}${found}`,
    body: {
      transactionId: call.transactionId,
      operation: call.operation,
      connectionId: call.connectionId,
      externalId: result.externalId,
    },
  }
}

function onFailure(order: OrderState, call: FinishedCall, batch: OrderBatch): void {
  if (call.result.status !== 'failed') return
  const { errorClass, code, message } = call.result
  if (call.operation === 'wms.cancel-pick') {
    pickRefused(order, call.naturalKey, message, batch)
    return
  }
  const failed = {
    kind: 'transaction.failed',
    actor: 'outbox',
    summary: `${call.operation} ${call.naturalKey} failed (${errorClass} ${code}): ${message}`,
    body: { transactionId: call.transactionId, operation: call.operation, errorClass, code },
  }
  if (call.operation !== 'erp.create-order' || !isAwaitingErp(order)) {
    batch.decide({ order: { ...order }, events: [failed] })
    return
  }
  const reason = `The ERP refused the order (${code}): ${message}`
  const causeKey = `erp:${call.transactionId}:${code}`
  const held = placeHolds(order, [{ type: 'MANUAL', causeKey, reason }], batch.setting, 'outbox')
  const events = [failed, ...held.events]
  batch.decide({ order: { ...held.order, stage: 'held' }, events })
}

/**
 * A person has dropped a call that the order waits for: without the ERP the order is held until somebody cancels it
 * or has it sent after all, and a withdrawal that is not asked for leaves the pick with the warehouse.
 */
function onDropped(
  order: OrderState,
  call: FinishedCall,
  { actor, reason }: Extract<FinishedCall['result'], { status: 'dropped' }>,
  batch: OrderBatch,
): void {
  if (call.operation === 'wms.cancel-pick') {
    pickRefused(order, call.naturalKey, `its withdrawal was dropped (${reason})`, batch)
    return
  }
  if (call.operation !== 'erp.create-order' || !isAwaitingErp(order)) return
  const lifted = liftHolds(
    order,
    (hold) =>
      hold.causeKey.startsWith(`erp:${call.transactionId}:`) ? 'The call was dropped.' : undefined,
    batch.setting.now,
    actor,
  )
  const why = `The order is not sent to the ERP (${reason}). Cancel it, or lift this hold to send it after all.`
  const wish = {
    type: 'MANUAL',
    causeKey: `erp:${call.transactionId}:DROPPED`,
    reason: why,
  } as const
  const held = placeHolds(lifted.order, [wish], batch.setting, actor)
  const events = [...lifted.events, ...held.events]
  batch.decide({ order: { ...held.order, stage: 'held' }, events })
}

function takeIn(batch: OrderBatch, orderId: string, call: FinishedCall): void {
  const order = batch.find((candidate) => candidate.orderId === orderId)
  if (order === undefined) return
  switch (call.result.status) {
    case 'succeeded':
      onSuccess(order, call, call.result, batch)
      return
    case 'failed':
      onFailure(order, call, batch)
      return
    case 'dropped':
      onDropped(order, call, call.result, batch)
      return
  }
}

/** The flow's answer to ended calls: releases, cancels, and failures become visible on their orders. */
export function onFinishedCalls(queue: JobQueue): OnFinished {
  return async (tx, calls) => {
    await finishMessages(tx, calls)
    const ofOrders = calls.filter((call) => call.orderId !== undefined)
    const byOrder = groupBy(ofOrders, (call) => call.orderId ?? '')
    if (byOrder.size === 0) return
    const batch = openOrderBatch(
      await openFlowSetting(tx),
      await lockOrders(tx, [...byOrder.keys()]),
    )
    for (const [orderId, ended] of byOrder) for (const call of ended) takeIn(batch, orderId, call)
    await advance(tx, batch)
    await batch.flush(tx, queue)
  }
}
