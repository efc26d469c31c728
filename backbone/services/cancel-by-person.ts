import type { OrderState } from '../canonical/order-state.ts'
import { cancelOrder } from '../flows/apply/cancel-order.ts'
import { advance } from '../flows/order-to-cash.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import type { TenantTx } from '../store/database.ts'
import { openBatch, stateIn } from './opened-order.ts'
import type { OrderActionResult, OrderActions } from './ports.ts'

type Cancel = Omit<Parameters<OrderActions['cancel']>[0], 'tenantId'>

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

/** Cancels an order as a person decided, as far as it still can be. */
export async function cancelByPerson(
  tx: TenantTx,
  act: Cancel,
  queue: JobQueue,
): Promise<OrderActionResult> {
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
