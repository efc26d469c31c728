import { type SQL, sql } from 'drizzle-orm'
import type { OrderSort } from '../../canonical/views/order-list.ts'
import type { OrderSummary } from '../../canonical/views/order-view.ts'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import type { TenantTx } from '../database.ts'
import { type OrderFilter, plainCondition, soughtCondition } from './order-filter.ts'
import { cutPage, exactMoment, splitPosition } from './page.ts'

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

type OrderSorting = {
  /** What the list is sorted by, over `orders`; the id decides between equals. */
  readonly by: SQL
  readonly type: SQL
  readonly isFalling: boolean
  /** As the index orders_listed is. */
  readonly isWalked: boolean
  /** `by` as a text that is exact. */
  readonly position: SQL
}

const received = {
  by: sql`orders.received_at`,
  type: sql`timestamptz`,
  position: exactMoment(sql`orders.received_at`),
  isWalked: true,
}
// Orders that are wanted on no day come last.
const wantedOn = sql`coalesce(orders.requested_on, 'infinity'::date)`

const sortings: Readonly<Record<OrderSort, OrderSorting>> = {
  received: { ...received, isFalling: true },
  oldest: { ...received, isFalling: false },
  wanted: {
    by: wantedOn,
    type: sql`date`,
    isFalling: false,
    isWalked: false,
    position: sql`${wantedOn}::text`,
  },
  total: {
    by: sql`orders.total_minor`,
    type: sql`bigint`,
    isFalling: true,
    isWalked: false,
    position: sql`orders.total_minor::text`,
  },
}

function behind({ by, type, isFalling }: OrderSorting, after: string | undefined): SQL {
  if (after === undefined) return sql`true`
  const { sortedBy, id } = splitPosition(after)
  const than = isFalling ? sql`<` : sql`>`
  return sql`(${by}, orders.order_id) ${than} (${sortedBy}::text::${type}, ${id})`
}

/** Ids of a page, found in the index orders_listed alone: their rows are read afterwards. */
type PageIds = { readonly wanted: SQL; readonly order: SQL; readonly limit: number }

const pageIds = ({ wanted, order, limit }: PageIds): SQL => sql`
  select orders.order_id from orders where ${wanted} order by ${order} limit ${limit + 1}`

// Of what many orders go by, fifty are soon found among the first of these.
const mostLookedAt = 2_000

const pageIdsAmongFirst = (first: PageIds, sought: SQL): SQL => sql`
  select orders.order_id from (
    select orders.tenant_id, orders.order_id, orders.requested_on, orders.total_minor, orders.po_normalised,
      orders.order_number, orders.customer_number
    from orders where ${first.wanted} order by ${first.order} limit ${mostLookedAt}::int
  ) as orders where ${sought} order by ${first.order} limit ${first.limit + 1}`

/** Orders in the wanted order, one page. */
export async function listOrders(
  tx: TenantTx,
  { filter, sort }: { readonly filter: OrderFilter; readonly sort: OrderSort },
  { limit, after }: PageQuery,
): Promise<Page<OrderSummary>> {
  const sorting = sortings[sort]
  const direction = sorting.isFalling ? sql`desc` : sql`asc`
  const order = sql`${sorting.by} ${direction}, orders.order_id ${direction}`
  const plain = sql`${plainCondition(filter)} and ${behind(sorting, after)}`
  const sought = await soughtCondition(tx, filter)
  const read = (ids: SQL) =>
    tx.rows<OrderSummary & { position: string }>(sql`
      with page as materialized (${ids})
      select ${summaryColumns}, ${sorting.position} || '|' || orders.order_id as position
      from page join orders on orders.order_id = page.order_id ${summaryJoins}
      order by ${order}`)
  // By the moment of receipt the index itself is walked, and the walk ends when the page is full.
  if (sought.isCommon && !sorting.isWalked) {
    const rows = await read(pageIdsAmongFirst({ wanted: plain, order, limit }, sought.condition))
    if (rows.length > limit) return cutPage(rows, limit)
  }
  const wanted = sql`${plain} and ${sought.condition}`
  return cutPage(await read(pageIds({ wanted, order, limit })), limit)
}

/** How many orders there are like this, counted up to a number. */
export async function countOrders(
  tx: TenantTx,
  filter: OrderFilter,
  upTo: number,
): Promise<{ count: number; isCapped: boolean }> {
  const sought = await soughtCondition(tx, filter)
  const [row] = await tx.rows<{ count: number }>(sql`
    select count(*)::int as count from (
      select from orders where ${plainCondition(filter)} and ${sought.condition} limit ${upTo + 1}::int) as found`)
  const count = row?.count ?? 0
  return { count: Math.min(count, upTo), isCapped: count > upTo }
}
