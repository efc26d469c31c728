import { sql } from 'drizzle-orm'
import { groupBy } from '../../canonical/group-by.ts'
import { asTextList, type TenantTx } from '../database.ts'
import { lockStock, readStock, type StockFact } from './stock-facts.ts'

/** A quantity in base units and its day. */
type Dated = { readonly on: string; readonly quantityEach: number }

/** Stock of a product in one warehouse with what is expected there and what is spoken for. */
type SupplyFact = Omit<StockFact, 'asOf'> & {
  /** Absent where nobody ever counted and goods are only expected. */
  readonly asOf?: string
  readonly supplies: readonly Dated[]
  readonly demands: readonly Dated[]
}

/** What earlier orders still wait for of a product. */
type WaitingFact = Dated & {
  readonly sku: string
  /** The warehouse the line is bound to. */
  readonly warehouse?: string
  /** The first of the ranks asked for that stands behind those that wait. */
  readonly before: string
}

/** Everything that can be promised of products, and who waits for it already. */
export type SupplyFacts = {
  readonly supply: readonly SupplyFact[]
  readonly waiting: readonly WaitingFact[]
}

type Row = {
  readonly part: 'supply' | 'demand' | 'waiting'
  readonly sku: string
  readonly warehouse: string | null
  readonly quantityEach: number
  readonly on: string
  readonly before: string | null
}

/** A line that asks: its order, and whether a day was promised for it before. */
export type Asking = { readonly orderId: string; readonly isPromised: boolean }

/** Promised lines stand before those without a promise; among each, the orders that came first. */
export function waitingRank({ orderId, isPromised }: Asking): string {
  return `${isPromised ? 0 : 1}|${orderId}`
}

// Sums of a day, so that a product with thousands of waiting lines is still a handful of rows.
function expected(tx: TenantTx, skus: readonly string[], asking: readonly Asking[]) {
  const asked = asTextList(skus)
  const ranks = asTextList([...new Set(asking.map(waitingRank))])
  const orderIds = asTextList([...new Set(asking.map(({ orderId }) => orderId))])
  return tx.rows<Row>(sql`
    select 'supply' as part, sku, warehouse, sum(quantity_each)::int as "quantityEach",
      expected_on::text as on, null as before
    from supply where sku = any(${asked}) and not is_closed
    group by sku, warehouse, expected_on
    union all
    select 'demand', sku, warehouse, sum(quantity_each)::int, needed_on::text, null
    from demand where sku = any(${asked}) and not is_closed
    group by sku, warehouse, needed_on
    union all
    select 'waiting', line.sku, case when line.allocated_each > 0 then line.warehouse end,
      sum(line.ordered_each - line.cancelled_each - line.shipped_each - line.allocated_each)::int,
      coalesce(line.promised_on, line.requested_on, orders.received_at::date)::text, later.before
    from order_line line
    -- Limited, so that it is looked up for each of the few waiting lines: joined, all open orders were read.
    cross join lateral (
      select received_at from orders
      where orders.order_id = line.order_id and orders.stage in ('held', 'ready', 'released', 'picking')
        and not exists (select from hold where hold.order_id = line.order_id and hold.released_at is null
          and hold.blocks @> '["allocate"]'::jsonb)
      limit 1
    ) orders
    cross join lateral (
      select min(rank collate "C") as before from unnest(${ranks}) as rank
      where rank collate "C" > case when line.promised_on is null then '1|' else '0|' end || line.order_id
    ) later
    where line.sku = any(${asked})
      and line.ordered_each - line.cancelled_each - line.shipped_each - line.allocated_each > 0
      and later.before is not null and not line.order_id = any(${orderIds})
    group by 1, 2, 3, 5, 6`)
}

// A product that is only expected has no shelf to lock: its supply is locked instead.
async function lockExpectedOnly(
  tx: TenantTx,
  rows: readonly Row[],
  stock: readonly StockFact[],
): Promise<boolean> {
  const counted = new Set(stock.map(({ sku }) => sku))
  const skus = rows.flatMap(({ part, sku }) => (part === 'supply' && !counted.has(sku) ? sku : []))
  if (skus.length === 0) return false
  await tx.run(sql`
    select from supply where sku = any(${asTextList([...new Set(skus)])}) and not is_closed
    order by sku, supply_id for update`)
  return true
}

const places = ({ sku, warehouse }: { sku: string; warehouse: string | null }) =>
  `${warehouse ?? ''}\n${sku}`

function supplyFactsOf(stock: readonly StockFact[], rows: readonly Row[]): SupplyFacts {
  if (rows.length === 0)
    return { supply: stock.map((fact) => ({ ...fact, supplies: [], demands: [] })), waiting: [] }
  const dated = groupBy(
    rows.filter(({ part }) => part !== 'waiting'),
    places,
  )
  const datedOf = (fact: { sku: string; warehouse: string }) => {
    const ofPlace = dated.get(places(fact)) ?? []
    return {
      supplies: ofPlace.filter(({ part }) => part === 'supply'),
      demands: ofPlace.filter(({ part }) => part === 'demand'),
    }
  }
  const counted = new Set(stock.map(places))
  const uncounted = [...dated].flatMap(([place, [row]]) =>
    counted.has(place) || row === undefined || row.warehouse === null
      ? []
      : {
          ...{ sku: row.sku, warehouse: row.warehouse },
          ...{ onHandEach: 0, allocatedEach: 0, safetyEach: 0 },
        },
  )
  return {
    supply: [...stock, ...uncounted].map((fact) => ({ ...fact, ...datedOf(fact) })),
    waiting: rows.flatMap(({ part, sku, warehouse, quantityEach, on, before }) =>
      part === 'waiting' && before !== null
        ? { sku, quantityEach, on, before, ...(warehouse === null ? {} : { warehouse }) }
        : [],
    ),
  }
}

/**
 * Locks and loads what can be promised of products to some orders: stock first, so that what others were
 * promised before is seen; then supply, demand and the orders that came before. Nobody else promises the same
 * units until this transaction ends.
 */
export async function lockSupply(
  tx: TenantTx,
  skus: readonly string[],
  asking: readonly Asking[],
): Promise<SupplyFacts> {
  const asked = [...new Set(skus)]
  if (asked.length === 0) return { supply: [], waiting: [] }
  const stock = await lockStock(tx, asked)
  const rows = await expected(tx, asked, asking)
  const wasLocked = await lockExpectedOnly(tx, rows, stock)
  return supplyFactsOf(stock, wasLocked ? await expected(tx, asked, asking) : rows)
}

/** What can be promised of products as this transaction sees it, held by nobody: for answers that promise nothing. */
export async function readSupply(
  tx: TenantTx,
  skus: readonly string[],
  asking: Asking,
): Promise<SupplyFacts> {
  const asked = [...new Set(skus)]
  if (asked.length === 0) return { supply: [], waiting: [] }
  return supplyFactsOf(await readStock(tx, asked), await expected(tx, asked, [asking]))
}
