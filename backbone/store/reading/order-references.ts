import { type SQL, sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** A number, or a part of one, that somebody looks for an order by. */
export type Reference = {
  /** As typed, in upper case, and, where it is digits alone, as numbers of ours are written. */
  readonly spellings: readonly string[]
  /** In upper case. */
  readonly upper: string
  readonly poNormalised: string
  /** Only a number that is the whole of it, not a part. */
  readonly isWhole: boolean
}

/** Orders with this number, whichever of theirs it is. */
export function wholeReference({ spellings, poNormalised }: Reference): SQL {
  const numbers = asTextList(spellings)
  return sql`orders.order_id in (
    select order_id from orders where order_number = any(${numbers})
    union select order_id from orders where po_normalised = ${poNormalised}
    union select order_id from orders where customer_number = any(${numbers})
    union select order_id from order_line where sku = any(${numbers})
    union select order_id from invoice where invoice_number = any(${numbers})
    union select order_id from shipment where shipment_number = any(${numbers})
    union select order_id from shipment where tracking_number = any(${numbers})
    union select order_id from pick where pick_number = any(${numbers}))`
}

// The last character there is: behind it nothing begins with the same words.
const last = '\u{10FFFF}'

/** Begins with one of the spellings; as a range, since under row-level security LIKE finds nothing in an index. */
const begins = (column: SQL, spellings: readonly string[]): SQL =>
  sql`(${sql.join(
    spellings.map((text) => sql`(${column} ~>=~ ${text} and ${column} ~<~ ${text + last})`),
    sql` or `,
  )})`

const contains = (column: SQL, text: string): SQL => sql`strpos(${column}, ${text}) > 0`

// What is shorter stands in the middle of nearly every number.
const shortestPart = 3
const mostProducts = 200
const mostCustomers = 5_000
const mostOrders = 1_000

/** A record of an order's by whose number it is found, and which of them are meant. */
type Trail = { readonly table: SQL; readonly isMeant: SQL }

function trailsOf({ spellings, upper }: Reference): Record<string, Trail> {
  const trail = (table: SQL, column: SQL): Trail => ({ table, isMeant: begins(column, spellings) })
  const trails = {
    sku: trail(sql`order_line`, sql`sku`),
    invoice: trail(sql`invoice`, sql`invoice_number`),
    shipment: trail(sql`shipment`, sql`shipment_number`),
    tracking: trail(sql`shipment`, sql`tracking_number`),
    pick: trail(sql`pick`, sql`pick_number`),
  }
  if (upper.length < shortestPart) return trails
  const products = sql`array(
    select product.sku from product where ${contains(sql`product.sku`, upper)} limit ${mostProducts}::int)`
  return { ...trails, product: { table: sql`order_line`, isMeant: sql`sku = any(${products})` } }
}

/** Orders that their lines, bills, shipments and picks lead to; `common` are the trails that lead to too many to name. */
async function followTrails(
  tx: TenantTx,
  trails: Readonly<Record<string, Trail>>,
): Promise<{ orderIds: string[]; common: Trail[] }> {
  const looks = Object.entries(trails).map(
    ([name, { table, isMeant }]) => sql`
      select ${name}::text as name, coalesce(jsonb_agg(order_id), '[]'::jsonb) as "orderIds"
      from (select order_id from ${table} where ${isMeant} limit ${mostOrders + 1}::int) as found`,
  )
  const rows = await tx.rows<{ name: string; orderIds: string[] }>(
    sql.join(looks, sql` union all `),
  )
  const few = rows.filter(({ orderIds }) => orderIds.length <= mostOrders)
  const common = rows
    .filter(({ orderIds }) => orderIds.length > mostOrders)
    .flatMap(({ name }) => trails[name] ?? [])
  return { orderIds: [...new Set(few.flatMap(({ orderIds }) => orderIds))], common }
}

/** Their own number holds it, wherever it stands; what is too short must stand at its beginning. */
function ownPurchaseOrder({ poNormalised }: Reference): SQL[] {
  if (poNormalised === '') return []
  const column = sql`orders.po_normalised`
  return [
    poNormalised.length < shortestPart
      ? begins(column, [poNormalised])
      : contains(column, poNormalised),
  ]
}

/**
 * Orders that go by a number with this in it: their own number and purchase order, a customer's number or name, an item,
 * a bill, a shipment, its tracking number or a pick.
 */
export async function partOfReference(tx: TenantTx, sought: Reference): Promise<SQL> {
  const { spellings, upper } = sought
  const { orderIds, common } = await followTrails(tx, trailsOf(sought))
  const ways = [
    ...ownPurchaseOrder(sought),
    begins(sql`orders.order_number`, spellings),
    begins(sql`orders.customer_number`, spellings),
    sql`orders.customer_number in (
      select customer.customer_number from customer where ${contains(sql`upper(customer.name)`, upper)}
      limit ${mostCustomers}::int)`,
    ...(orderIds.length === 0
      ? []
      : [sql`orders.order_id in (select jsonb_array_elements_text(${asJson(orderIds)}))`]),
    ...common.map(
      ({ table, isMeant }) => sql`exists (
        select from ${table} as trail where trail.tenant_id = orders.tenant_id and trail.order_id = orders.order_id
          and ${isMeant})`,
    ),
  ]
  return sql`(${sql.join(ways, sql` or `)})`
}
