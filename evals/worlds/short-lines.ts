import { sql } from 'drizzle-orm'
import { seedDistributor } from '../../backbone/services/seed/seed-distributor.ts'
import { asTextList, type Database } from '../../backbone/store/database.ts'
import type { CatalogueProduct, DeskRule } from '../truth/substitutes.ts'
import { putOrderIn } from './order-in.ts'

/** A line that cannot be delivered: nothing of its product is there. */
export type ShortLine = {
  readonly id: string
  readonly sku: string
  readonly quantity: number
  readonly customer: string
}

/** The orders that are short, by their case. */
type ShortOrders = {
  readonly orderOf: ReadonlyMap<string, string>
  /** The price of the one line. */
  readonly priceAt: ReadonlyMap<string, string>
}

/** What the shelves and the sales desk know, read past the product. */
type Shelves = {
  readonly catalogue: readonly CatalogueProduct[]
  readonly rules: readonly DeskRule[]
}

/**
 * Furnishes a house whose shelves have nothing of these products, with an order for each line: at the price the house
 * asks, since a price in question is settled before anything else.
 */
export async function furnishShortLines(
  database: Database,
  tenantId: string,
  lines: readonly ShortLine[],
  priceOf: (line: ShortLine) => Promise<string>,
): Promise<Shelves & ShortOrders> {
  const today = new Date().toISOString().slice(0, 10)
  await seedDistributor(database, { tenantId, today })
  const skus = [...new Set(lines.map(({ sku }) => sku))]
  await database.inTenant(tenantId, (tx) =>
    tx.run(
      sql`update stock set on_hand_each = 0, safety_each = 0 where sku = any(${asTextList(skus)})`,
    ),
  )
  const orderOf = new Map<string, string>()
  const priceAt = new Map<string, string>()
  for (const [place, line] of lines.entries()) {
    const { id, sku, quantity, customer } = line
    const unitPrice = await priceOf(line)
    const { orderId } = await putOrderIn(database, tenantId, {
      ...{ orderNumber: `SO-${620_000 + place}`, customerNumber: customer },
      totalMinor: Math.round(Number(unitPrice) * quantity * 100),
      line: {
        ...{ sku, item: { identifiers: [{ scheme: 'sku', value: sku }] }, description: sku },
        ...{ quantity: String(quantity), orderedEach: quantity, unitPrice },
        ...{ sentUnitPrice: unitPrice, priceSource: 'list' },
        lineAmountMinor: Math.round(Number(unitPrice) * quantity * 100),
      },
    })
    orderOf.set(id, orderId)
    priceAt.set(id, unitPrice)
  }
  return database.inTenant(tenantId, async (tx) => {
    const catalogue = await tx.rows<CatalogueProduct>(sql`
      select sku, product_class as "productClass", status, attributes,
        landed_cost::text as "landedCost",
        coalesce((select sum(greatest(0, on_hand_each - allocated_each - safety_each))::int from stock
          where stock.sku = product.sku), 0) as "freeEach"
      from product`)
    const rules = await tx.rows<DeskRule>(sql`
      select kind, sku, substitute_sku as "substituteSku", customer_number as "customerNumber" from substitution_rule`)
    return { catalogue, rules, orderOf, priceAt }
  })
}
