import type { HoldState, OrderState } from '../canonical/order-state.ts'
import { cancelOrder } from '../flows/apply/cancel-order.ts'
import { giveBackStock } from '../flows/compensate.ts'
import { openFlowSetting } from '../flows/flow-setting.ts'
import { type OrderBatch, openOrderBatch } from '../flows/order-batch.ts'
import { advance } from '../flows/order-to-cash.ts'
import { liftHolds } from '../flows/place-hold.ts'
import { replayObstacle } from '../policies/retry.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { lockOrders } from '../store/orders/load-orders.ts'
import { lockLanes } from '../store/outbox/lanes.ts'
import { lockCalls, replayCalls, selectFailed } from '../store/outbox/replay-calls.ts'
import type { OrderActionResult, OrderActions } from './ports.ts'

type Cancel = Parameters<OrderActions['cancel']>[0]
type Release = Parameters<OrderActions['releaseHold']>[0]

async function openBatch(
  tx: TenantTx,
  orderId: string,
): Promise<{ order: OrderState; batch: OrderBatch } | undefined> {
  const [order] = await lockOrders(tx, [orderId])
  if (order === undefined) return undefined
  return { order, batch: openOrderBatch(await openFlowSetting(tx), [order]) }
}

function stateIn(batch: OrderBatch, order: OrderState): OrderState {
  return batch.find((candidate) => candidate.orderId === order.orderId) ?? order
}

function cancelResult(before: OrderState, after: OrderState): OrderActionResult {
  const number = before.orderNumber
  if (after.stage !== 'cancelled' && after.picks.some((pick) => pick.status === 'cancel-requested'))
    return {
      status: 'requested',
      message: `The warehouse is asked to give back order ${number}; then it is cancelled.`,
    }
  if (before.erpRevision === 0)
    return { status: 'done', message: `Order ${number} is cancelled, and its stock given back.` }
  return { status: 'requested', message: `Order ${number} is cancelled; the ERP is told.` }
}

async function cancel(tx: TenantTx, act: Cancel, queue: JobQueue): Promise<OrderActionResult> {
  const opened = await openBatch(tx, act.orderId)
  if (opened === undefined) return { status: 'unknown' }
  const { order, batch } = opened
  const applied = cancelOrder(order, act.actor, act.reason, batch)
  await advance(tx, batch)
  await batch.flush(tx, queue)
  switch (applied.status) {
    case 'applied':
      return cancelResult(order, stateIn(batch, order))
    case 'duplicate':
      return order.stage === 'cancelled' || order.stage === 'rejected'
        ? { status: 'done', message: applied.reason }
        : { status: 'requested', message: applied.reason }
    case 'parked':
    case 'superseded':
    case 'refused':
    case 'ignored':
    case 'quarantined':
      return { status: 'refused', message: applied.reason }
  }
}

/** What is missing cannot be let pass: the order goes back to the start and every check runs again. */
function checkAgain(order: OrderState, act: Release, batch: OrderBatch): void {
  batch.decide({
    order: {
      ...order,
      stage: 'received',
      lines: order.lines.map((line) => ({ ...line, allocatedEach: 0 })),
    },
    events: [
      {
        kind: 'order.check-requested',
        actor: act.actor,
        summary: `The order is checked again: ${act.reason}`,
        body: { holdId: act.holdId },
      },
    ],
    stock: giveBackStock(order.lines),
  })
}

function lift(order: OrderState, act: Release, batch: OrderBatch): void {
  batch.decide(
    liftHolds(
      order,
      (hold) => (hold.holdId === act.holdId ? act.reason : undefined),
      batch.setting.now,
      act.actor,
    ),
  )
}

// A hold the ERP's refusal has placed names the call that failed: `erp:<transaction>:<code>`.
function refusedCall(hold: HoldState): string | undefined {
  const [system, transactionId] = hold.causeKey.split(':')
  return hold.type === 'MANUAL' && system === 'erp' ? transactionId : undefined
}

/** Sends the call that was refused once more, with its first key: lifting the hold alone would leave the order waiting. */
async function askErpAgain(
  tx: TenantTx,
  { transactionId, now }: { transactionId: string; now: string },
  queue: JobQueue,
): Promise<boolean> {
  const calls = await lockCalls(tx, [transactionId], ['failed'])
  const again = calls.filter((call) => replayObstacle(call) === undefined)
  const ids = again.map((call) => call.transactionId)
  if (ids.length === 0) return false
  await replayCalls(tx, ids, now)
  await queue.enqueue(tx, 'deliver-transaction', ids)
  return true
}

function heldResult(after: OrderState, hold: HoldState, isAskedAgain: boolean): OrderActionResult {
  const now = after.holds.find((candidate) => candidate.holdId === hold.holdId)
  if (now?.releasedAt === undefined)
    return { status: 'refused', message: `Still missing, so the hold stands: ${hold.reason}` }
  if (isAskedAgain)
    return { status: 'requested', message: 'The hold is lifted; the ERP is asked once more.' }
  const others = after.holds.filter((candidate) => candidate.releasedAt === undefined)
  const rest =
    others.length === 0 ? '' : ` ${others.length} more ${others.length === 1 ? 'stands' : 'stand'}.`
  return {
    status: 'done',
    message: `The hold is lifted; order ${after.orderNumber} is ${after.stage}.${rest}`,
  }
}

async function releaseHold(
  tx: TenantTx,
  act: Release,
  queue: JobQueue,
): Promise<OrderActionResult> {
  // Lanes before orders before calls, like everybody who takes several of them.
  const failed = await selectFailed(tx, { filter: { orderId: act.orderId } }, 100)
  await lockLanes(
    tx,
    failed.map((call) => call.connectionId),
  )
  const opened = await openBatch(tx, act.orderId)
  const hold = opened?.order.holds.find((candidate) => candidate.holdId === act.holdId)
  if (opened === undefined || hold === undefined) return { status: 'unknown' }
  const { order, batch } = opened
  if (hold.releasedAt !== undefined)
    return { status: 'refused', message: `The hold was lifted before, by ${hold.releasedBy}.` }
  if (hold.type === 'DATA_INCOMPLETE') checkAgain(order, act, batch)
  else lift(order, act, batch)
  const transactionId = refusedCall(hold)
  const isAskedAgain =
    transactionId !== undefined &&
    (await askErpAgain(tx, { transactionId, now: batch.setting.now }, queue))
  await advance(tx, batch)
  await batch.flush(tx, queue)
  return heldResult(stateIn(batch, order), hold, isAskedAgain)
}

/** What a person does to an order: cancel it as far as it still can be, or lift one of its holds. */
export function orderActions({
  database,
  queue,
}: {
  readonly database: Database
  readonly queue: JobQueue
}): OrderActions {
  return {
    cancel: (act) => database.inTenant(act.tenantId, (tx) => cancel(tx, act, queue)),
    releaseHold: (act) => database.inTenant(act.tenantId, (tx) => releaseHold(tx, act, queue)),
  }
}
