import type { OrderState, PickState } from '../canonical/order-state.ts'
import { stageAfterRelease } from '../policies/order-stage.ts'
import { withdrawFromErp } from './compensate.ts'
import type { OrderBatch } from './order-batch.ts'

/** Warehouses may answer twice, at once and by a report; the second answer finds nothing to do. */
function isAwaited(
  order: OrderState,
  pickNumber: string,
  statuses: readonly PickState['status'][],
): boolean {
  return order.picks.some(
    (pick) => pick.pickNumber === pickNumber && statuses.includes(pick.status),
  )
}

/** What of a pick has left, earlier picks of the order first: a pick given back in part keeps that part. */
function leftOf(order: OrderState, pick: PickState): PickState['lines'] {
  const earlier = order.picks.slice(0, order.picks.indexOf(pick)).flatMap((other) => other.lines)
  return pick.lines.flatMap((asked) => {
    const shippedEach = order.lines.find((line) => line.line === asked.line)?.shippedEach ?? 0
    const earlierEach = earlier
      .filter((other) => other.line === asked.line)
      .reduce((sum, other) => sum + other.quantityEach, 0)
    const quantityEach = Math.min(asked.quantityEach, Math.max(0, shippedEach - earlierEach))
    return quantityEach === 0 ? [] : { ...asked, quantityEach }
  })
}

/** The warehouse gives a pick back: when it was the last one of an order to cancel, the cancel is completed. */
export function pickGivenBack(order: OrderState, pickNumber: string, batch: OrderBatch): void {
  // `picking`: the withdrawal was given up, a person sent it again, and now the warehouse has agreed.
  if (!isAwaited(order, pickNumber, ['cancel-requested', 'picking'])) return
  const picks = order.picks.map((pick) =>
    pick.pickNumber === pickNumber
      ? { ...pick, status: 'cancelled' as const, lines: leftOf(order, pick) }
      : pick,
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
  if (!isAwaited(order, pickNumber, ['cancel-requested'])) return
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
