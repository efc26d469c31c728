import type { OrderState } from '../canonical/order-state.ts'
import { stageAfterRelease } from '../policies/order-stage.ts'
import { withdrawFromErp } from './compensate.ts'
import type { OrderBatch } from './order-batch.ts'

/** Warehouses may answer twice, at once and by a report; the second answer finds nothing to do. */
function isAwaited(order: OrderState, pickNumber: string): boolean {
  return order.picks.some(
    (pick) => pick.pickNumber === pickNumber && pick.status === 'cancel-requested',
  )
}

/** The warehouse gives a pick back: when it was the last one of an order to cancel, the cancel is completed. */
export function pickGivenBack(order: OrderState, pickNumber: string, batch: OrderBatch): void {
  if (!isAwaited(order, pickNumber)) return
  const picks = order.picks.map((pick) =>
    pick.pickNumber === pickNumber ? { ...pick, status: 'cancelled' as const } : pick,
  )
  const after: OrderState = { ...order, picks }
  const settled = { ...after, stage: stageAfterRelease(after) }
  batch.decide({
    order: settled,
    events: [
      {
        kind: 'pick.cancelled',
        actor: 'order-flow',
        summary: `The warehouse gave back ${pickNumber}.`,
        body: { pickNumber },
      },
    ],
  })
  const isAllBack = picks.every((pick) => pick.status === 'cancelled' || pick.status === 'done')
  if (order.cancelReason !== undefined && isAllBack)
    batch.decide(withdrawFromErp(settled, batch.setting))
}

/** The warehouse keeps a pick: the cancel or change that asked for it comes too late. */
export function pickRefused(
  order: OrderState,
  pickNumber: string,
  reason: string,
  batch: OrderBatch,
): void {
  if (!isAwaited(order, pickNumber)) return
  const { cancelReason, ...rest } = order
  const picks = order.picks.map((pick) =>
    pick.pickNumber === pickNumber ? { ...pick, status: 'picking' as const } : pick,
  )
  const what = cancelReason === undefined ? 'change' : 'cancel'
  batch.decide({
    order: { ...rest, picks },
    events: [
      {
        kind: `order.${what}-refused`,
        actor: 'order-flow',
        summary: `The warehouse keeps ${pickNumber}, the ${what} came too late: ${reason}`,
        body: { pickNumber },
      },
    ],
  })
}
