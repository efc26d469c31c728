import { type SQL, sql } from 'drizzle-orm'
import type { Stage } from '../../canonical/order-state.ts'
import type { OrderSummary } from '../../canonical/views/order-view.ts'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import type { TenantTx } from '../database.ts'
import { cutPage, exactMoment, splitPosition } from './page.ts'

/** Which orders are wanted. `reference` is any number an order goes by, with its purchase order spelling. */
export type OrderFilter = {
  readonly stage?: Stage | undefined
  readonly customerNumber?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly isHeld?: boolean | undefined
  readonly reference?: { readonly text: string; readonly poNormalised: string } | undefined
}

/** The columns of an order's summary, over `orders`; `isPartly` says what policies/order-stage.ts says. */
export const summaryColumns = sql`
  orders.order_id as "orderId", orders.order_number as "orderNumber", orders.stage,
  coalesce(case
    when orders.stage in ('released', 'picking') then lines.is_shipped
    when orders.stage = 'shipped' then lines.is_invoiced
    when orders.stage = 'invoiced' then exists (
      select 1 from invoice where invoice.tenant_id = orders.tenant_id
        and invoice.order_id = orders.order_id and open_minor < invoice.total_minor)
  end, false) as "isPartly",
  orders.customer_number as "customerNumber", customer.name as "customerName",
  orders.purchase_order_number as "purchaseOrderNumber", orders.connection_id as "connectionId", orders.currency,
  orders.total_minor as "totalMinor", coalesce(lines.count, 0) as "lineCount",
  coalesce(holds.types, '[]'::jsonb) as "activeHolds", orders.is_acknowledged as "isAcknowledged",
  orders.is_test as "isTest", orders.received_at as "receivedAt", orders.requested_on as "requestedOn",
  orders.updated_at as "updatedAt"`

/** What the summary's columns are read from, beside `orders`. */
export const summaryJoins = sql`
  left join customer on customer.tenant_id = orders.tenant_id and customer.customer_number = orders.customer_number
  left join lateral (
    select count(*)::int as count, bool_or(shipped_each > 0) as is_shipped, bool_or(invoiced_each > 0) as is_invoiced
    from order_line where order_line.tenant_id = orders.tenant_id and order_line.order_id = orders.order_id
  ) lines on true
  left join lateral (
    select jsonb_agg(distinct type) as types from hold
    where hold.tenant_id = orders.tenant_id and hold.order_id = orders.order_id and released_at is null
  ) holds on true`

function referenceCondition({ text, poNormalised }: { text: string; poNormalised: string }): SQL {
  const upper = text.toUpperCase()
  return sql`orders.order_id in (
    select order_id from orders where order_number in (${text}, ${upper})
    union select order_id from orders where po_normalised = ${poNormalised}
    union select order_id from orders where customer_number in (${text}, ${upper})
    union select order_id from order_line where sku in (${text}, ${upper})
    union select order_id from invoice where invoice_number in (${text}, ${upper})
    union select order_id from shipment where shipment_number in (${text}, ${upper})
    union select order_id from pick where pick_number in (${text}, ${upper}))`
}

function conditions(filter: OrderFilter, after: string | undefined): SQL {
  const wanted: SQL[] = [sql`true`]
  if (filter.stage !== undefined) wanted.push(sql`orders.stage = ${filter.stage}`)
  if (filter.customerNumber !== undefined)
    wanted.push(sql`orders.customer_number = ${filter.customerNumber}`)
  if (filter.since !== undefined)
    wanted.push(sql`orders.received_at >= ${filter.since}::text::timestamptz`)
  if (filter.until !== undefined)
    wanted.push(sql`orders.received_at < ${filter.until}::text::timestamptz`)
  if (filter.isHeld !== undefined) {
    // Held is any hold on release in force; a cancel window is one of them (design.md section 4).
    const held = sql`exists (select 1 from hold where hold.tenant_id = orders.tenant_id
      and hold.order_id = orders.order_id and released_at is null and blocks @> '["release"]'::jsonb)`
    wanted.push(filter.isHeld ? held : sql`not ${held}`)
  }
  if (filter.reference !== undefined) wanted.push(referenceCondition(filter.reference))
  if (after !== undefined) {
    const { sortedBy, id } = splitPosition(after)
    wanted.push(
      sql`(orders.received_at, orders.order_id) < (${sortedBy}::text::timestamptz, ${id})`,
    )
  }
  return sql.join(wanted, sql` and `)
}

/** Orders, the newest first, one page. */
export async function listOrders(
  tx: TenantTx,
  filter: OrderFilter,
  { limit, after }: PageQuery,
): Promise<Page<OrderSummary>> {
  const rows = await tx.rows<OrderSummary & { position: string }>(sql`
    with page as materialized (
      select * from orders where ${conditions(filter, after)}
      order by received_at desc, order_id desc limit ${limit + 1}
    )
    select ${summaryColumns}, ${exactMoment(sql`orders.received_at`)} || '|' || orders.order_id as position
    from page as orders ${summaryJoins}
    order by orders.received_at desc, orders.order_id desc`)
  return cutPage(rows, limit)
}
