import { type SQL, sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** The period figures are asked for: days in the tenant's time zone, both included. */
export type KpiPeriod = { readonly since: string; readonly until: string }

/** Counts of a period, before they are divided. */
export type KpiCounts = {
  readonly orders: number
  readonly touchless: number
  readonly withException: number
  readonly withSeveral: number
  readonly documents: number
  readonly firstPass: number
  readonly acknowledged: number
  readonly acknowledgedOnTime: number
}

/** How long one stretch took. */
export type KpiDuration = {
  readonly stretch: string
  readonly count: number
  readonly medianSeconds: number | null
  readonly p95Seconds: number | null
}

/** The tenant's time zone and its day today. */
export async function tenantDay(tx: TenantTx): Promise<{ timeZone: string; today: string }> {
  const [row] = await tx.rows<{ timeZone: string; today: string }>(sql`
    select time_zone as "timeZone", (now() at time zone time_zone)::date as today from tenant`)
  return row ?? { timeZone: 'UTC', today: new Date().toISOString().slice(0, 10) }
}

type Moments = { readonly from: string; readonly before: string }

// Worked out before the question: under row-level security an index takes finished values only.
async function momentsOf(tx: TenantTx, { since, until }: KpiPeriod): Promise<Moments> {
  const [moments] = await tx.rows<Moments>(sql`
    select (${since}::text::date)::timestamp at time zone time_zone as "from",
      (${until}::text::date + 1)::timestamp at time zone time_zone as before
    from tenant`)
  return moments ?? { from: since, before: since }
}

function within(column: SQL, { from, before }: Moments): SQL {
  return sql`${column} >= ${from}::timestamptz and ${column} < ${before}::timestamptz`
}

// People act through keys and sessions; flows, connections and sweepers have other names.
const isHuman = sql`(actor like 'key:%' or actor like 'person:%')`

/** Counts orders, documents and acknowledgements of a period. */
export async function kpiCounts(tx: TenantTx, period: KpiPeriod): Promise<KpiCounts | undefined> {
  const moments = await momentsOf(tx, period)
  const [counts] = await tx.rows<KpiCounts>(sql`
    with cohort as materialized (
      select order_id, released_at, stage, customer_number, po_normalised, received_at from orders
      where ${within(sql`received_at`, moments)}
    ), judged as (
      select cohort.order_id, released_at,
        human.is_there is not null
        -- Cancel and resend is a touch: the order came again after an earlier one of its number was cancelled.
        or exists (
          select 1 from orders earlier
          where earlier.po_normalised = cohort.po_normalised and earlier.order_id <> cohort.order_id
            and earlier.customer_number is not distinct from cohort.customer_number
            and earlier.stage = 'cancelled' and earlier.received_at < cohort.received_at) as is_touched,
        (stage = 'rejected')::int
        + (select count(*) from hold where hold.order_id = cohort.order_id
             and type not in ('CANCEL_WINDOW', 'CUSTOMER_REQUEST', 'CONDITIONAL'))
        + (select count(*) from transaction where transaction.order_id = cohort.order_id
             and (status = 'failed' or replays > 0)) as exceptions
      from cohort
      -- Order by order: for an exists the planner would read the events of all time.
      left join lateral (
        select true as is_there from event where event.order_id = cohort.order_id and ${isHuman} limit 1
      ) as human on true
    ), document_pass as (
      select not exists (
          select 1 from quarantine where quarantine.receipt_id = receipt.receipt_id)
        and status not in ('rejected', 'quarantined') and conflicts_with is null
        and not findings @> '[{"severity": "error"}]'::jsonb as is_first_pass
      from receipt where status <> 'accepted' and ${within(sql`received_at`, moments)}
    ), acknowledgement as (
      select coalesce(stopped_at, now()) <= breach_at as is_on_time from sla_clock
      where target = 'acknowledge' and ${within(sql`started_at`, moments)}
        and (stopped_at is not null or breach_at < now())
    )
    select
      (select count(*) from judged)::int as orders,
      (select count(*) from judged where released_at is not null and not is_touched)::int as touchless,
      (select count(*) from judged where exceptions > 0)::int as "withException",
      (select count(*) from judged where exceptions > 1)::int as "withSeveral",
      (select count(*) from document_pass)::int as documents,
      (select count(*) from document_pass where is_first_pass)::int as "firstPass",
      (select count(*) from acknowledgement)::int as acknowledged,
      (select count(*) from acknowledgement where is_on_time)::int as "acknowledgedOnTime"`)
  return counts
}

/** Measures the stretches of the way of the orders received in a period. */
export async function kpiDurations(tx: TenantTx, period: KpiPeriod): Promise<KpiDuration[]> {
  const moments = await momentsOf(tx, period)
  return tx.rows<KpiDuration>(sql`
    with cohort as materialized (
      select order_id, received_at, released_at from orders where ${within(sql`received_at`, moments)}
    ), happened as (
      select cohort.order_id, received_at, released_at,
        min(at) filter (where kind = 'order.validated') as validated_at,
        min(at) filter (where kind = 'invoice.issued') as invoiced_at
      from cohort left join event on event.order_id = cohort.order_id
        and kind in ('order.validated', 'invoice.issued')
      group by cohort.order_id, received_at, released_at
    ), way as (
      select happened.*,
        (select min(shipped_at) from shipment where shipment.order_id = happened.order_id) as shipped_at,
        (select case when bool_and(delivered_at is not null) then max(delivered_at) end
           from shipment where shipment.order_id = happened.order_id) as delivered_at,
        (select case when bool_and(open_minor = 0) then max(payment_application.at) end
           from invoice left join payment_application on payment_application.invoice_id = invoice.invoice_id
           where invoice.order_id = happened.order_id) as paid_at,
        -- Waiting for a day the customer asked for is not our time.
        (select coalesce(sum(extract(epoch from coalesce(hold.released_at, now()) - placed_at)), 0)
           from hold where hold.order_id = happened.order_id and type = 'CUSTOMER_REQUEST') as waited
      from happened
    ), stretch as (
      select unnest(array['validating', 'releasing', 'shipping', 'invoicing', 'paying', 'order-cycle',
          'order-to-invoice', 'invoice-to-apply']) as stretch,
        unnest(array[
          extract(epoch from validated_at - received_at),
          extract(epoch from released_at - coalesce(validated_at, received_at)) - waited,
          extract(epoch from shipped_at - released_at),
          extract(epoch from invoiced_at - shipped_at),
          extract(epoch from paid_at - invoiced_at),
          extract(epoch from delivered_at - received_at) - waited,
          extract(epoch from invoiced_at - received_at),
          extract(epoch from paid_at - invoiced_at)])::float8 as seconds
      from way
    )
    select stretch, count(seconds)::int as count,
      round(percentile_cont(0.5) within group (order by seconds)::numeric, 3)::float8 as "medianSeconds",
      round(percentile_cont(0.95) within group (order by seconds)::numeric, 3)::float8 as "p95Seconds"
    from stretch where seconds >= 0 group by stretch`)
}
