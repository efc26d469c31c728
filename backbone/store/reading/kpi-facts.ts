import { sql } from 'drizzle-orm'
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

// Each part is looked up order by order: for an exists or a join the planner would read the events of all time.
const parts = sql`
  left join lateral (
    select min(at) filter (where kind = 'order.validated') as validated_at,
      min(at) filter (where kind = 'invoice.issued') as invoiced_at,
      coalesce(json_agg(json_build_object('kind', kind, 'at', at)) filter (where ${isHuman('actor')}), '[]') as acts
    from event where event.order_id = cohort.order_id) as happened on true
  left join lateral (
    select min(shipped_at) as shipped_at,
      case when bool_and(delivered_at is not null) then max(delivered_at) end as delivered_at
    from shipment where shipment.order_id = cohort.order_id) as goods on true
  left join lateral (
    select case when bool_and(open_minor = 0) then max(payment_application.at) end as paid_at
    from invoice left join payment_application on payment_application.invoice_id = invoice.invoice_id
    where invoice.order_id = cohort.order_id) as bill on true
  left join lateral (
    select count(*) filter (where ${isException}) as held,
      coalesce(sum(extract(epoch from coalesce(released_at, now()) - placed_at))
        filter (where type = 'CUSTOMER_REQUEST'), 0)::float8 as waited
    from hold where hold.order_id = cohort.order_id) as holds on true
  left join lateral (
    select count(*) as failed,
      count(*) filter (where operation like 'partner.%' or operation like 'shop.%') as failed_papers
    from transaction where transaction.order_id = cohort.order_id
      and (status = 'failed' or replays > 0)) as calls on true
  left join lateral (
    select bool_and(shipped_each >= ordered_each - cancelled_each) as is_whole,
      max(coalesce(promised_on, requested_on)) as due_on
    from order_line where order_line.order_id = cohort.order_id) as lines on true
  left join lateral (
    select true as is_there from rma join rma_line on rma_line.return_id = rma.return_id
    where rma.order_id = cohort.order_id and dispute_code in ('04', '05') and rma.status <> 'rejected'
    limit 1) as damage on true
  left join lateral (
    select true as is_there from document join quarantine on quarantine.receipt_id = document.receipt_id
    where document.document_id = cohort.document_id and ${isHuman('decided_by')}
    limit 1) as set_aside on true
  left join lateral (
    select true as is_there from orders earlier
    -- Cancel and resend: the order came again after an earlier one of its number was cancelled.
    where earlier.po_normalised = cohort.po_normalised and earlier.order_id <> cohort.order_id
      and earlier.customer_number is not distinct from cohort.customer_number
      and earlier.stage = 'cancelled' and earlier.received_at < cohort.received_at
    limit 1) as cancelled on true
  left join sla_clock on sla_clock.subject = cohort.clock_subject and target = 'acknowledge'`

/** Everything the figures of some orders are made of, in one statement. */
export function orderFacts(tx: TenantTx, orderIds: readonly string[]): Promise<OrderFactsRow[]> {
  if (orderIds.length === 0) return Promise.resolve([])
  return tx.rows<OrderFactsRow>(sql`
    with cohort as materialized (
      select order_id, 'order:' || order_number as clock_subject, partner_id, customer_number, po_normalised,
        document_id, received_at, orders.released_at, stage, requested_on,
        (select time_zone from tenant) as time_zone
      from orders where order_id = any(${asTextList(orderIds)})
    )
    select cohort.order_id as "orderId", partner_id as "partnerId", received_at as "receivedAt",
      released_at as "releasedAt", validated_at as "validatedAt", shipped_at as "shippedAt",
      delivered_at as "deliveredAt", (delivered_at at time zone time_zone)::date as "deliveredOn",
      invoiced_at as "invoicedAt", paid_at as "paidAt", waited as "waitedSeconds", acts,
      set_aside.is_there is not null as "wasReleasedFromQuarantine",
      cancelled.is_there is not null as "isResent",
      ((stage = 'rejected')::int + held + failed)::int as exceptions,
      case when breach_at is not null then json_build_object('stoppedAt', stopped_at, 'breachAt', breach_at,
        'isOverdue', breached_at is not null or breach_at < now()) end as acknowledgement,
      coalesce(due_on, requested_on) as "dueOn", coalesce(is_whole, false) as "isShippedWhole",
      damage.is_there is not null as "isDamaged", failed_papers > 0 as "hasFailedPapers"
    from cohort ${parts}`)
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
