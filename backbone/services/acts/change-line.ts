import { moneyText } from '../../canonical/money.ts'
import type { OrderState } from '../../canonical/order-state.ts'
import type { Change } from '../../canonical/proposal.ts'
import type { Decision, OrderBatch } from '../../flows/order-batch.ts'
import { advance } from '../../flows/order-to-cash.ts'
import { checkCreditOfChanged } from '../../flows/steps/check-credit.ts'
import type { JobQueue } from '../../queue/job-queue.ts'
import type { TenantTx } from '../../store/database.ts'
import { stateIn } from '../opened-order.ts'

/** Takes a decision about a line, and the order as far as it can go with it: credit is judged by its new amount. */
export async function goOnWith(
  tx: TenantTx,
  { order, batch, queue }: { order: OrderState; batch: OrderBatch; queue: JobQueue },
  decision: Decision,
): Promise<OrderState> {
  batch.decide(decision)
  const changed = stateIn(batch, order)
  if (changed.totalMinor > order.totalMinor) await checkCreditOfChanged(tx, changed, batch)
  await advance(tx, batch)
  await batch.flush(tx, queue)
  return stateIn(batch, order)
}

/** How an order differs after a decision about one of its lines: its total and its holds. */
export function orderChanges(before: OrderState, after: OrderState): Change[] {
  const { currency } = before
  const money = (amountMinor: number) => moneyText(amountMinor, currency)
  const total: Change[] =
    before.totalMinor === after.totalMinor
      ? []
      : [
          {
            label: 'Order total',
            before: money(before.totalMinor),
            after: money(after.totalMinor),
          },
        ]
  const known = new Map(before.holds.map((hold) => [hold.holdId, hold]))
  const holds = after.holds.flatMap((hold): Change[] => {
    const was = known.get(hold.holdId)
    if (was === undefined) return [{ label: `Hold ${hold.type}`, before: null, after: hold.reason }]
    return was.releasedAt === undefined && hold.releasedAt !== undefined
      ? [{ label: `Hold ${hold.type}`, before: hold.reason, after: 'lifted' }]
      : []
  })
  return [...total, ...holds]
}
