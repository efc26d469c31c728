import type { OrderState } from '../../canonical/order-state.ts'
import { cancelPicks, giveBackStock, withdrawFromErp } from '../compensate.ts'
import type { OrderBatch } from '../order-batch.ts'
import { liftHolds } from '../place-hold.ts'
import type { Applied } from './applied.ts'

/**
 * Cancels an order as far as it still can be. Before the release it ends at once; after it the warehouse is
 * asked first, and only what this order itself has set in motion is taken back.
 */
export function cancelOrder(
  order: OrderState,
  actor: string,
  reason: string,
  batch: OrderBatch,
): Applied {
  const { setting } = batch
  const result = { orderId: order.orderId }
  if (order.stage === 'cancelled' || order.stage === 'rejected')
    return { ...result, status: 'duplicate', reason: 'The order is cancelled already.' }
  if (order.erpRevision > 0) return cancelReleased(order, actor, reason, batch)
  const lifted = liftHolds(order, () => 'The order is cancelled.', setting.now, actor)
  batch.decide({
    order: {
      ...lifted.order,
      stage: 'cancelled',
      cancelReason: reason,
      lines: order.lines.map((line) => ({
        ...line,
        cancelledEach: line.orderedEach,
        allocatedEach: 0,
      })),
    },
    events: [
      { kind: 'order.cancelled', actor, summary: `Cancelled before its release: ${reason}` },
      ...lifted.events,
    ],
    stock: giveBackStock(order.lines),
  })
  return { ...result, status: 'applied' }
}

function cancelReleased(
  order: OrderState,
  actor: string,
  reason: string,
  batch: OrderBatch,
): Applied {
  const result = { orderId: order.orderId }
  const isWithWarehouse = order.picks.some((pick) => pick.status === 'picking')
  const isPast = ['shipped', 'invoiced', 'paid', 'closed'].includes(order.stage)
  if (isPast || isWithWarehouse) {
    const why = isPast ? `it is ${order.stage}` : 'the warehouse is picking it'
    const summary = `The cancel came too late: ${why}. What arrives must come back as a return.`
    batch.decide({
      order: { ...order },
      events: [
        {
          kind: 'order.cancel-refused',
          actor: 'order-flow',
          summary,
          body: { requestedBy: actor },
        },
      ],
    })
    return { ...result, status: 'refused', reason: summary }
  }
  const isAwaitingPick = order.picks.some(
    (pick) => pick.status === 'requested' || pick.status === 'cancel-requested',
  )
  if (order.cancelReason !== undefined && isAwaitingPick)
    return {
      ...result,
      status: 'duplicate',
      reason: 'The cancel is asked for already; the warehouse has yet to answer.',
    }
  const asked: OrderState = { ...order, cancelReason: reason }
  batch.decide({
    order: asked,
    events: [
      { kind: 'order.cancel-requested', actor, summary: `Cancel after the release: ${reason}` },
    ],
  })
  batch.decide(
    isAwaitingPick
      ? cancelPicks(asked, reason, batch.setting)
      : withdrawFromErp(asked, batch.setting),
  )
  return { ...result, status: 'applied' }
}
