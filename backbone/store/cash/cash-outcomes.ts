import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** What became of a payment. */
export type CashOutcomeRow = {
  readonly currency: string
  readonly amountMinor: number
  readonly unappliedMinor: number
  readonly lines: number
  readonly linesByRule: number
  readonly appliedByRuleMinor: number
  readonly secondsToApply: number | null
  readonly ageDays: number
}

/** Days of a period, the last one not included. */
export type CashPeriod = { readonly from: string; readonly before: string }

/** What became of the payments booked in a period; money the bank took back is not counted. */
export async function cashOutcomes(
  tx: TenantTx,
  { from, before }: CashPeriod,
): Promise<CashOutcomeRow[]> {
  return tx.rows<CashOutcomeRow>(sql`
    with money as materialized (
      select payment_id, currency, amount_minor, unapplied_minor, remittance_lines, received_at, settled_at, booked_on
      from payment
      where booked_on >= ${from}::text::date and booked_on < ${before}::text::date
        and not is_reversal and reversed_by is null
    ), put as (
      select payment_id, count(*) filter (where applied_by = 'cash-matching')::int as lines,
        coalesce(sum(coalesce(taken_minor, applied_minor)) filter (where applied_by = 'cash-matching'), 0)::bigint as minor,
        max(at) as last_at
      from payment_application where payment_id = any(array(select payment_id from money))
      group by payment_id
    )
    select currency, amount_minor as "amountMinor", unapplied_minor as "unappliedMinor",
      greatest(remittance_lines, coalesce(put.lines, 0)) as lines, coalesce(put.lines, 0) as "linesByRule",
      coalesce(put.minor, 0)::bigint as "appliedByRuleMinor",
      case when unapplied_minor = 0 and put.last_at is not null
        then greatest(0, extract(epoch from coalesce(settled_at, put.last_at) - received_at))::float8 end as "secondsToApply",
      (now()::date - booked_on)::int as "ageDays"
    from money left join put using (payment_id)`)
}

/** How much was put to invoices in a period, and how often a person took it back, by currency. */
export async function applicationCounts(
  tx: TenantTx,
  { from, before }: CashPeriod,
): Promise<{ currency: string; applied: number; takenBackByPerson: number }[]> {
  return tx.rows(sql`
    select currency, sum(applied)::int as applied, sum(taken_back)::int as "takenBackByPerson"
    from (
      select payment.currency, 1 as applied, 0 as taken_back
      from payment join payment_application using (tenant_id, payment_id)
      where booked_on >= ${from}::text::date and booked_on < ${before}::text::date
      union all
      select payment.currency, 1, case when reversal_payment_id is null then 1 else 0 end
      from payment join payment_taken_back using (tenant_id, payment_id)
      where booked_on >= ${from}::text::date and booked_on < ${before}::text::date
    ) as moved
    group by currency`)
}
