import { sql } from 'drizzle-orm'
import { asJson, type TenantTx } from '../database.ts'

/** Whether today, in the tenant's zone, has had its round. */
export async function isRoundGone(tx: TenantTx): Promise<boolean> {
  const rows = await tx.rows(sql`
    select from collections_round where round_on = (select (now() at time zone time_zone)::date from tenant)`)
  return rows.length > 0
}

/** Takes the round of a day; false when it was gone before. Held until the transaction ends, so that nobody else goes it too. */
export async function takeRound(tx: TenantTx, roundOn: string, now: string): Promise<boolean> {
  const taken = await tx.run(sql`
    insert into collections_round (tenant_id, round_on, done_at)
    values (${tx.tenantId}, ${roundOn}::text::date, ${now}::timestamptz) on conflict do nothing`)
  return taken === 1
}

/** Writes what came of a day's round. */
export async function noteRound(
  tx: TenantTx,
  roundOn: string,
  outcome: Readonly<Record<string, number>>,
): Promise<void> {
  await tx.run(sql`
    update collections_round set outcome = ${asJson(outcome)} where round_on = ${roundOn}::text::date`)
}

/** How often debts of one age were paid within the span, with a contact or left alone. */
export type PaidCount = {
  readonly segment: string
  readonly oldestDays: number
  readonly trials: number
  readonly paid: number
}

/** The days over which experience is counted, and the span within which a debt counts as paid. */
export type ExperienceSpan = {
  readonly today: string
  readonly days: number
  readonly paidDays: number
}

/** The contacts of the span, by segment and age of the debt, and how many were followed by money. */
export async function contactedCounts(tx: TenantTx, span: ExperienceSpan): Promise<PaidCount[]> {
  return tx.rows(sql`
    with made as materialized (
      select contact_id, customer_number, currency, segment, oldest_days, made_at,
        made_at + make_interval(days => ${span.paidDays}::int) as until
      from dunning_contact
      where level > 0 and not is_reply and outcome in ('sent', 'reached')
        and made_on between ${span.today}::text::date - ${span.days}::int and ${span.today}::text::date - ${span.paidDays}::int
    )
    select segment, oldest_days as "oldestDays", count(*)::int as trials, count(*) filter (where exists (
      select 1 from payment where payment.customer_number = made.customer_number
        and payment.currency = made.currency and not payment.is_reversal and payment.reversed_by is null
        and payment.received_at > made.made_at and payment.received_at <= made.until))::int as paid
    from made group by segment, oldest_days`)
}

/** Invoices that were still open on the first day of an age and whose customer nobody contacted then, and how many were paid. */
export async function leftAloneCounts(
  tx: TenantTx,
  span: ExperienceSpan,
  firstDays: readonly number[],
): Promise<PaidCount[]> {
  return tx.rows(sql`
    with mark as (
      select value::int as days from jsonb_array_elements_text(${asJson(firstDays)})
    ), settled as materialized (
      select invoice_id, max(at)::date as settled_on from payment_application group by invoice_id
    ), trial as materialized (
      select customer_number, currency, mark.days, due_on + mark.days as on_day,
        case when open_minor > 0 then null else settled_on end as settled_on
      from invoice cross join mark left join settled on settled.invoice_id = invoice.invoice_id
      where due_on + mark.days between ${span.today}::text::date - ${span.days}::int
          and ${span.today}::text::date - ${span.paidDays}::int
        and (open_minor > 0 or settled_on >= due_on + mark.days)
    )
    select segment, days as "oldestDays", count(*)::int as trials,
      count(*) filter (where settled_on < on_day + ${span.paidDays}::int)::int as paid
    from trial join customer on customer.customer_number = trial.customer_number
    where not exists (select 1 from dunning_contact where dunning_contact.customer_number = trial.customer_number
      and made_on >= on_day and made_on < on_day + ${span.paidDays}::int)
    group by segment, days`)
}

/** Own experience of a segment and age of debt. */
export type OddsRow = {
  readonly segment: string
  readonly bucket: string
  readonly contactedTrials: number
  readonly contactedPaid: number
  readonly leftAloneTrials: number
  readonly leftAlonePaid: number
}

/** Puts newly counted experience in the place of the old. */
export async function replaceOdds(
  tx: TenantTx,
  odds: readonly OddsRow[],
  now: string,
): Promise<void> {
  await tx.run(sql`delete from collections_odds`)
  if (odds.length === 0) return
  await tx.run(sql`
    insert into collections_odds (tenant_id, segment, bucket, contacted_trials, contacted_paid, left_alone_trials,
      left_alone_paid, counted_at)
    select ${tx.tenantId}, segment, bucket, "contactedTrials", "contactedPaid", "leftAloneTrials", "leftAlonePaid",
      ${now}::timestamptz
    from jsonb_to_recordset(${asJson(odds)}) as row(segment text, bucket text, "contactedTrials" int,
      "contactedPaid" int, "leftAloneTrials" int, "leftAlonePaid" int)`)
}

/** Own experience as it was last counted. */
export async function loadOdds(tx: TenantTx): Promise<OddsRow[]> {
  return tx.rows(sql`
    select segment, bucket, contacted_trials as "contactedTrials", contacted_paid as "contactedPaid",
      left_alone_trials as "leftAloneTrials", left_alone_paid as "leftAlonePaid"
    from collections_odds order by segment, bucket`)
}
