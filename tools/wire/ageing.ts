import { z } from 'zod'
import type { AgeingView } from '../../backbone/canonical/views/collections-view.ts'
import { Money, moneyOf } from './money.ts'

/** What is owed by age. */
export const WireAgeing = z.object({
  open: Money,
  overdue: Money,
  disputed: Money,
  promised: Money.describe('Part of the buckets.'),
  unapplied: Money.describe('Paid and not matched yet.'),
  credits: Money,
  buckets: z.array(z.object({ days: z.string(), amount: Money })),
})

/** What is owed by age as it goes over the wire. */
export function ageingOf(ageing: AgeingView, currency: string): z.input<typeof WireAgeing> {
  const money = (amountMinor: number) => moneyOf(amountMinor, currency)
  return {
    open: money(ageing.openMinor),
    overdue: money(ageing.overdueMinor),
    disputed: money(ageing.disputedMinor),
    promised: money(ageing.promisedMinor),
    unapplied: money(ageing.unappliedMinor),
    credits: money(ageing.creditsMinor),
    buckets: Object.entries(ageing.buckets).map(([days, amountMinor]) => ({
      days,
      amount: money(amountMinor),
    })),
  }
}
