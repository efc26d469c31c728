import { type SQL, sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

/** What happened to one order, put together for its figures. */
export type OrderFactsRow = {
  readonly orderId: string
  readonly partnerId: string | null
  readonly receivedAt: string
  readonly releasedAt: string | null
  readonly validatedAt: string | null
  readonly shippedAt: string | null
  readonly deliveredAt: string | null
  readonly deliveredOn: string | null
  readonly invoicedAt: string | null
  readonly paidAt: string | null
  readonly waitedSeconds: number
  readonly acts: readonly { readonly kind: string; readonly at: string }[]
  readonly wasReleasedFromQuarantine: boolean
  readonly isResent: boolean
  readonly exceptions: number
  readonly acknowledgement: {
    readonly stoppedAt: string | null
    readonly breachAt: string
    readonly isOverdue: boolean
  } | null
  readonly dueOn: string | null
  readonly isShippedWhole: boolean
  readonly isDamaged: boolean
  readonly hasFailedPapers: boolean
}

// People act through keys and sessions; flows, connections and sweepers have other names.
const isHuman = (column: 'actor' | 'decided_by') =>
  sql`(${sql.identifier(column)} like 'key:%' or ${sql.identifier(column)} like 'person:%')`

// What waits for the customer or a clock is no exception.
const isException = sql`type not in ('CANCEL_WINDOW', 'CUSTOMER_REQUEST', 'CONDITIONAL')`

// Each part is one look-up by the list of orders: joined one by one they cost four times as much.
const parts = (ids: SQL) => sql`
  happened as (
    select order_id, min(at) filter (where kind = 'order.validated') as validated_at,
      min(at) filter (where kind = 'invoice.issued') as invoiced_at,
      json_agg(json_build_object('kind', kind, 'at', at)) filter (where ${isHuman('actor')}) as acts
    from event where order_id = any(${ids}) group by order_id
  ), goods as (
    select order_id, min(shipped_at) as shipped_at,
      case when bool_and(delivered_at is not null) then max(delivered_at) end as delivered_at
    from shipment where order_id = any(${ids}) group by order_id
  ), bill as (
    select order_id, case when bool_and(open_minor = 0) then max(payment_application.at) end as paid_at
    from invoice left join payment_application on payment_application.invoice_id = invoice.invoice_id
    where order_id = any(${ids}) group by order_id
  ), held as (
    select order_id, count(*) filter (where ${isException}) as count,
      sum(extract(epoch from coalesce(released_at, now()) - placed_at))
        filter (where type = 'CUSTOMER_REQUEST')::float8 as waited
    from hold where order_id = any(${ids}) group by order_id
  ), failed as (
    select order_id, count(*) as count,
      bool_or(operation like 'partner.%' or operation like 'shop.%') as has_papers
    from transaction where order_id = any(${ids}) and (status = 'failed' or replays > 0) group by order_id
  ), lines as (
    select order_id, bool_and(shipped_each >= ordered_each - cancelled_each) as is_whole,
      max(coalesce(promised_on, requested_on)) as due_on
    from order_line where order_id = any(${ids}) group by order_id
  ), damage as (
    select distinct order_id from rma join rma_line on rma_line.return_id = rma.return_id
    where order_id = any(${ids}) and dispute_code in ('04', '05') and rma.status <> 'rejected'
  ), set_aside as (
    select distinct cohort.order_id from cohort
    join document on document.document_id = cohort.document_id
    join quarantine on quarantine.receipt_id = document.receipt_id
    where ${isHuman('decided_by')}
  ), resent as (
    -- Cancel and resend: the order came again after an earlier one of its number was cancelled.
    select distinct cohort.order_id from cohort join orders earlier
      on earlier.po_normalised = cohort.po_normalised and earlier.order_id <> cohort.order_id
      and earlier.customer_number is not distinct from cohort.customer_number
      and earlier.stage = 'cancelled' and earlier.received_at < cohort.received_at
    where earlier.po_normalised = any(array(select po_normalised from cohort))
  ), promise as (
    select subject, stopped_at, breach_at, breached_at from sla_clock
    where target = 'acknowledge' and subject = any(array(select clock_subject from cohort))
  )`

/** Everything the figures of some orders are made of, in one statement. */
export function orderFacts(tx: TenantTx, orderIds: readonly string[]): Promise<OrderFactsRow[]> {
  if (orderIds.length === 0) return Promise.resolve([])
  const ids = asTextList(orderIds)
  return tx.rows<OrderFactsRow>(sql`
    with cohort as materialized (
      select order_id, 'order:' || order_number as clock_subject, partner_id, customer_number, po_normalised,
        document_id, received_at, released_at, stage, requested_on,
        (select time_zone from tenant) as time_zone
      from orders where order_id = any(${ids})
    ), ${parts(ids)}
    select cohort.order_id as "orderId", partner_id as "partnerId", received_at as "receivedAt",
      released_at as "releasedAt", validated_at as "validatedAt", shipped_at as "shippedAt",
      delivered_at as "deliveredAt", (delivered_at at time zone time_zone)::date as "deliveredOn",
      invoiced_at as "invoicedAt", paid_at as "paidAt", coalesce(waited, 0) as "waitedSeconds",
      coalesce(acts, '[]') as acts, set_aside.order_id is not null as "wasReleasedFromQuarantine",
      resent.order_id is not null as "isResent",
      ((stage = 'rejected')::int + coalesce(held.count, 0) + coalesce(failed.count, 0))::int as exceptions,
      case when breach_at is not null then json_build_object('stoppedAt', stopped_at, 'breachAt', breach_at,
        'isOverdue', breached_at is not null or breach_at < now()) end as acknowledgement,
      coalesce(due_on, requested_on) as "dueOn", coalesce(is_whole, false) as "isShippedWhole",
      damage.order_id is not null as "isDamaged", coalesce(has_papers, false) as "hasFailedPapers"
    from cohort
    left join happened on happened.order_id = cohort.order_id
    left join goods on goods.order_id = cohort.order_id
    left join bill on bill.order_id = cohort.order_id
    left join held on held.order_id = cohort.order_id
    left join failed on failed.order_id = cohort.order_id
    left join lines on lines.order_id = cohort.order_id
    left join damage on damage.order_id = cohort.order_id
    left join set_aside on set_aside.order_id = cohort.order_id
    left join resent on resent.order_id = cohort.order_id
    left join promise on promise.subject = cohort.clock_subject`)
}

/** An order whose events have gone on, and when it was received. */
export type MovedOrder = { readonly orderId: string; readonly receivedAt: string }

/** The next events that no figures contain yet, as the orders they are of. */
export type MovedOrders = {
  readonly orders: readonly MovedOrder[]
  readonly upToEventId: number | null
}

/**
 * Orders of the events after one id, at most so many events, with those a cancelled order among them makes a resent
 * one: their own events say nothing of it.
 */
export async function movedOrders(
  tx: TenantTx,
  range: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<MovedOrders> {
  const [row] = await tx.rows<MovedOrders>(sql`
    with next as materialized (
      select event_id, order_id from event
      where event_id > ${range.after}::bigint and event_id <= ${range.upTo}::bigint
      order by event_id limit ${range.limit}::int
    ), moved as materialized (
      select order_id, received_at, stage, po_normalised, customer_number from orders
      where order_id = any(array(select distinct order_id from next where order_id is not null))
    ), affected as (
      select order_id, received_at from moved
      union
      select later.order_id, later.received_at from moved join orders later
        on later.po_normalised = moved.po_normalised
        and later.customer_number is not distinct from moved.customer_number
        and later.received_at > moved.received_at
      where moved.stage = 'cancelled'
    )
    select coalesce((select json_agg(json_build_object('orderId', order_id, 'receivedAt', received_at))
        from affected), '[]') as orders,
      (select max(event_id) from next) as "upToEventId"`)
  return row ?? { orders: [], upToEventId: null }
}

/** Orders received before a moment; `backTo` is where the next ones end, null when there are none. */
export type EarlierOrders = {
  readonly orders: readonly MovedOrder[]
  readonly backTo: string | null
}

/** The next orders received before a moment, the newest first; those of one moment are never parted. */
export async function ordersBefore(
  tx: TenantTx,
  range: { readonly before: string; readonly from?: string; readonly limit: number },
): Promise<EarlierOrders> {
  const since =
    range.from === undefined ? sql`` : sql`and received_at >= ${range.from}::text::timestamptz`
  const [row] = await tx.rows<EarlierOrders>(sql`
    with earlier as (
      select order_id, received_at from orders
      where received_at < ${range.before}::text::timestamptz ${since}
      order by received_at desc fetch first (${range.limit}::int) rows with ties
    )
    select coalesce(json_agg(json_build_object('orderId', order_id, 'receivedAt', received_at)), '[]') as orders,
      min(received_at)::text as "backTo"
    from earlier`)
  return row ?? { orders: [], backTo: null }
}
