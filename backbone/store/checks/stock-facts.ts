import { sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

/** Stock of a product in a warehouse, in base units. */
export type StockFact = {
  readonly sku: string
  readonly warehouse: string
  readonly onHandEach: number
  readonly allocatedEach: number
  readonly safetyEach: number
  /** When the warehouse counted. */
  readonly asOf: string
}

/** Locks and loads the stock of products: nobody else promises the same units until this transaction ends. */
export function lockStock(tx: TenantTx, skus: readonly string[]): Promise<StockFact[]> {
  if (skus.length === 0) return Promise.resolve([])
  return tx.rows<StockFact>(sql`
    select sku, warehouse, on_hand_each as "onHandEach", allocated_each as "allocatedEach", safety_each as "safetyEach", as_of as "asOf"
    from stock where sku = any(${asTextList([...new Set(skus)])})
    order by sku, warehouse for update`)
}

/** The stock of products as this transaction sees it, held by nobody: for answers that promise nothing. */
export function readStock(tx: TenantTx, skus: readonly string[]): Promise<StockFact[]> {
  if (skus.length === 0) return Promise.resolve([])
  return tx.rows<StockFact>(sql`
    select sku, warehouse, on_hand_each as "onHandEach", allocated_each as "allocatedEach", safety_each as "safetyEach", as_of as "asOf"
    from stock where sku = any(${asTextList([...new Set(skus)])})
    order by sku, warehouse`)
}

// The lowest that later supply and demand bring a shelf to, less what is free now: as the policy of availability
// counts it, or goods that a later demand has taken would bring the same orders up for ever.
const leastLeftLater = sql`coalesce((
  select min(running) from (
    select sum(sum(change)) over (order by at) as running from (
      select supply.expected_on as at, supply.quantity_each as change from supply
      where supply.sku = stock.sku and supply.warehouse = stock.warehouse and not supply.is_closed
        and supply.expected_on >= current_date
      union all
      select greatest(demand.needed_on, current_date), -demand.quantity_each from demand
      where demand.sku = stock.sku and demand.warehouse = stock.warehouse and not demand.is_closed
    ) dated group by at
  ) course), 0)`

/** Orders with a line still waiting for goods of which some warehouse has some, oldest first. */
export async function ordersWithFillableBackorders(tx: TenantTx, limit: number): Promise<string[]> {
  const rows = await tx.rows<{ order_id: string }>(sql`
    select distinct orders.order_id, orders.received_at
    from orders
    join order_line line on line.order_id = orders.order_id and line.tenant_id = orders.tenant_id
    join stock on stock.sku = line.sku and stock.on_hand_each - stock.allocated_each - stock.safety_each > 0
      and stock.on_hand_each - stock.allocated_each - stock.safety_each + least(0, ${leastLeftLater}) > 0
      and (line.warehouse is null or line.warehouse = stock.warehouse or line.allocated_each = 0)
    where orders.stage in ('held', 'released', 'picking')
      and line.ordered_each - line.cancelled_each - line.shipped_each - line.allocated_each > 0
      -- An order that may take no stock would come up for ever and leave no room for those behind it.
      and not exists (select from hold where hold.order_id = orders.order_id and hold.released_at is null
        and hold.blocks @> '["allocate"]'::jsonb)
    order by orders.received_at limit ${limit}`)
  return rows.map((row) => row.order_id)
}
