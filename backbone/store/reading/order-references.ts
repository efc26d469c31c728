import { type SQL, sql } from 'drizzle-orm'
import { asJson, type TenantTx } from '../database.ts'

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

/** One of some words, written out and not as a list to be unpacked: the planner then knows how many rows there are. */
export const oneOf = (words: readonly string[]): SQL =>
  sql`in (${sql.join(
    words.map((word) => sql`${word}`),
    sql`, `,
  )})`

/** The condition on `orders` that a number is; `isCommon` where very many go by it, each to be looked at. */
export type SoughtOrders = { readonly condition: SQL; readonly isCommon: boolean }

/** Orders with this number, whichever of theirs it is. */
export function wholeReference({ spellings, poNormalised }: Reference): SoughtOrders {
  const numbers = oneOf(spellings)
  const condition = sql`orders.order_id in (
    select order_id from orders where order_number ${numbers}
    union select order_id from orders where po_normalised = ${poNormalised}
    union select order_id from orders where customer_number ${numbers}
    union select order_id from order_line where sku ${numbers}
    union select order_id from invoice where invoice_number ${numbers}
    union select order_id from shipment where shipment_number ${numbers}
    union select order_id from shipment where tracking_number ${numbers}
    union select order_id from pick where pick_number ${numbers})`
  return { condition, isCommon: false }
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

/** A way to orders: the rows with a number like this, in `orders` itself or in what belongs to one. */
type Trail = { readonly table: SQL; readonly isMeant: SQL }

const inOrders = (isMeant: SQL): Trail => ({ table: sql`orders`, isMeant })

/** Their own number holds it, wherever it stands; what is too short must stand at its beginning. */
function purchaseOrderTrail({ poNormalised }: Reference): Record<string, Trail> {
  if (poNormalised === '') return {}
  if (poNormalised.length < shortestPart)
    return { po: inOrders(begins(sql`po_normalised`, [poNormalised])) }
  // Read from the index of these numbers alone, which is the smallest that has them.
  const numbers = sql`array(
    select po_normalised from orders where ${contains(sql`po_normalised`, poNormalised)} limit ${mostOrders + 1}::int)`
  return { po: inOrders(sql`po_normalised = any(${numbers})`) }
}

function ownTrails(sought: Reference): Record<string, Trail> {
  const { spellings, upper } = sought
  const named = sql`array(
    select customer.customer_number from customer where ${contains(sql`upper(customer.name)`, upper)}
    limit ${mostCustomers}::int)`
  return {
    ...purchaseOrderTrail(sought),
    number: inOrders(begins(sql`order_number`, spellings)),
    customer: inOrders(begins(sql`customer_number`, spellings)),
    customerName: inOrders(sql`customer_number = any(${named})`),
  }
}

function furtherTrails({ spellings, upper }: Reference): Record<string, Trail> {
  // Every number has a digit; letters alone are the beginning of them all.
  if (!/\d/.test(upper))
    return { sku: { table: sql`order_line`, isMeant: sql`sku ${oneOf(spellings)}` } }
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

/** The orders that trails lead to; `common` are the trails that lead to too many to name. */
async function follow(
  tx: TenantTx,
  trails: Readonly<Record<string, Trail>>,
): Promise<{ orderIds: string[]; common: string[] }> {
  const looks = Object.entries(trails).map(
    ([name, { table, isMeant }]) => sql`
      select ${name}::text as name, coalesce(jsonb_agg(order_id), '[]'::jsonb) as "orderIds"
      from (select order_id from ${table} where ${isMeant} limit ${mostOrders + 1}::int) as found`,
  )
  const rows = await tx.rows<{ name: string; orderIds: string[] }>(
    sql.join(looks, sql` union all `),
  )
  const isFew = ({ orderIds }: { readonly orderIds: string[] }) => orderIds.length <= mostOrders
  return {
    orderIds: [...new Set(rows.filter(isFew).flatMap(({ orderIds }) => orderIds))],
    common: rows.filter((row) => !isFew(row)).map(({ name }) => name),
  }
}

/** The condition that an order is found on a trail, for trails that lead to many: looked up order by order. */
function isOnTrail(name: string, trail: Trail | undefined, sought: Reference): SQL[] {
  if (trail === undefined) return []
  // All of them, not the first thousand that were looked for.
  if (name === 'po' && sought.poNormalised.length >= shortestPart)
    return [contains(sql`orders.po_normalised`, sought.poNormalised)]
  if (name in ownTrails(sought)) return [trail.isMeant]
  const { table, isMeant } = trail
  return [
    // Not `exists`, which would be made a table of all that the trail leads to: the first page needs few of them.
    sql`(select true from ${table} as trail where trail.tenant_id = orders.tenant_id
      and trail.order_id = orders.order_id and ${isMeant} limit 1)`,
  ]
}

/**
 * Orders that go by a number with this in it: their own number and purchase order, a customer's number or name, an item,
 * a bill, a shipment, its tracking number or a pick.
 */
export async function partOfReference(tx: TenantTx, sought: Reference): Promise<SoughtOrders> {
  const trails = { ...ownTrails(sought), ...furtherTrails(sought) }
  const { orderIds, common } = await follow(tx, trails)
  const ids = asJson(orderIds)
  if (common.length === 0)
    return {
      condition: sql`orders.order_id = any(array(select jsonb_array_elements_text(${ids})))`,
      isCommon: false,
    }
  const ways = [
    ...common.flatMap((name) => isOnTrail(name, trails[name], sought)),
    ...(orderIds.length === 0
      ? []
      : [sql`orders.order_id in (select jsonb_array_elements_text(${ids}))`]),
  ]
  return { condition: sql`(${sql.join(ways, sql` or `)})`, isCommon: true }
}
