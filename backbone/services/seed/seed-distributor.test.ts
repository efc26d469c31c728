import { createHash } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../testing/test-database.ts'
import type { Database } from '../../store/database.ts'
import { masterDataService } from '../master-data/master-data-service.ts'
import { gtinOf, listPriceOf } from './catalogue.ts'
import { seedDistributor } from './seed-distributor.ts'
import { soldOutSkus } from './stock.ts'

const tenantId = 'meridian'
const today = '2026-11-22'

let house: TestDatabase
beforeAll(async () => {
  house = await openTestDatabase()
  await seedDistributor(house.database, { tenantId, today, settings: { quietHours: '20-07' } })
})
afterAll(() => house.close())

function rows<Row extends object>(query: SQL): Promise<Row[]> {
  return house.database.inTenant(tenantId, (tx) => tx.rows<Row>(query))
}

async function countOf(condition: SQL): Promise<number> {
  const [row] = await rows<{ count: number }>(sql`select count(*)::int as count from ${condition}`)
  return row?.count ?? -1
}

const businessTables = {
  partner: 'partner_id',
  customer: 'customer_number',
  customer_key: 'key',
  product: 'sku',
  item_key: 'key, customer_number',
  price_list: 'price_list_id',
  price: 'price_list_id, sku, minimum_quantity',
  agreement: 'agreement_id',
  agreement_price: 'agreement_id, target, minimum_quantity',
  stock: 'sku, warehouse',
  orders: 'order_id',
  order_line: 'order_id, line',
  invoice: 'invoice_id',
  payment: 'payment_id',
  payment_application: 'payment_id, invoice_id',
}

async function hashOfBusiness(database: Database): Promise<string> {
  const hash = createHash('sha256')
  await database.inTenant(tenantId, async (tx) => {
    for (const [table, key] of Object.entries(businessTables)) {
      // Of a master record only the moment it was written differs; the history's moments are the seed's own.
      const clock = table === 'orders' ? sql`'{}'::text[]` : sql`array['updated_at']`
      const kept = await tx.rows(
        sql`select (to_jsonb(t) - ${clock})::text as row from ${sql.raw(table)} t order by ${sql.raw(key)}`,
      )
      hash.update(JSON.stringify(kept))
    }
  })
  return hash.digest('hex')
}

test('the same tenant and day give the same rows in another database', async () => {
  const other = await openTestDatabase()
  try {
    await seedDistributor(other.database, { tenantId, today })
    expect(await hashOfBusiness(other.database)).toBe(await hashOfBusiness(house.database))
  } finally {
    await other.close()
  }
})

test('seeding again changes nothing', async () => {
  const before = await hashOfBusiness(house.database)
  const again = await seedDistributor(house.database, { tenantId, today: '2027-01-01' })
  expect(again).toEqual({ outcome: 'already-there' })
  expect(await hashOfBusiness(house.database)).toBe(before)
  expect(await countOf(sql`event`)).toBe(1)
})

test('the distributor has its name, eight classes, forty customers, twelve partners and three warehouses', async () => {
  const [tenant] = await rows<{ name: string; settings: unknown }>(
    sql`select name, settings from tenant`,
  )
  expect(tenant).toMatchObject({
    name: 'Meridian Industrial Supply',
    settings: { quietHours: '20-07', seed: 'meridian-1' },
  })
  const classes = await rows<{ code: string; count: number }>(
    sql`select product_class as code, count(*)::int as count from product where sku ~ '-10[0-6][0-9]$' group by 1 order by 1`,
  )
  expect(classes.map(({ code }) => code)).toEqual([
    'BRG',
    'CBL',
    'FAS',
    'MTR',
    'PMP',
    'SFT',
    'TLS',
    'VLV',
  ])
  expect(classes.every(({ count }) => count >= 60)).toBe(true)
  expect(await countOf(sql`customer where customer_number between 'C-10001' and 'C-10040'`)).toBe(
    40,
  )
  expect(await countOf(sql`partner`)).toBe(12)
  expect(await countOf(sql`(select distinct warehouse from stock) as places`)).toBe(3)
})

test('what documents call a customer or product leads to it', async () => {
  const keys = await rows<{ key: string; number: string }>(
    sql`select key, customer_number as number from customer_key where key like 'x12:%' order by number`,
  )
  expect(keys).toEqual([
    { key: 'x12:ZZ:NORTHWIND', number: 'C-10001' },
    { key: 'x12:01:123456789', number: 'C-10002' },
    { key: 'x12:12:5125550100', number: 'C-10003' },
  ])
  expect(await countOf(sql`customer_key where key like 'shopify:%'`)).toBe(10)
  expect(
    await countOf(
      sql`item_key where key = 'buyer:NW-FAS1001' and customer_number = 'C-10001' and sku = 'FAS-1001'`,
    ),
  ).toBe(1)
  expect(
    await countOf(sql`item_key where key ~ '^buyer:HS[0-9]{6}$' and customer_number = 'C-10002'`),
  ).toBe(504)
})

test('every GTIN has the check digit of GS1', async () => {
  const keys = await rows<{ gtin: string }>(
    sql`select substr(key, 6) as gtin from item_key where key like 'gtin:______________'`,
  )
  expect(keys).toHaveLength(504)
  for (const { gtin } of keys) {
    const sum = [...gtin].reduce(
      (total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1),
      0,
    )
    expect([gtin, gtin.length, sum % 10]).toEqual([gtin, 14, 0])
  }
  expect(keys.map(({ gtin }) => gtin)).toContain(gtinOf('FAS-1001'))
})

test('the list price of a product is the one fixtures are written with, in two to four decimals', async () => {
  const prices = await rows<{ sku: string; price: string }>(sql`
    select sku, trim_scale(unit_price)::text as price from price join price_list using (tenant_id, price_list_id)
    where tier is null and valid_from <= ${today}::date and (valid_to is null or valid_to > ${today}::date)`)
  expect(prices).toHaveLength(504)
  for (const { sku, price } of prices) expect([sku, price]).toEqual([sku, listPriceOf(sku)])
  expect(listPriceOf('FAS-1001')).toBe('0.0913')
})

test('no price of any list, agreement or past order is below cost', async () => {
  expect(
    await countOf(sql`price join product using (tenant_id, sku) where unit_price <= landed_cost`),
  ).toBe(0)
  expect(
    await countOf(
      sql`agreement_price join product on target = 'sku:' || sku where unit_price <= landed_cost`,
    ),
  ).toBe(0)
  expect(
    await countOf(
      sql`order_line join product using (tenant_id, sku) where unit_price <= landed_cost`,
    ),
  ).toBe(0)
  expect(await countOf(sql`agreement_price where percent_off > 12`)).toBe(0)
})

test('every reference of the master data points at a real record', async () => {
  for (const orphans of [
    sql`price left join product using (tenant_id, sku) where name is null`,
    sql`stock left join product using (tenant_id, sku) where name is null`,
    sql`agreement left join customer using (tenant_id, customer_number) where customer.name is null`,
    sql`agreement_price where target like 'sku:%' and not exists (select from product where 'sku:' || sku = target)`,
    sql`agreement_price where target like 'class:%' and not exists (select from product where 'class:' || product_class = target)`,
    sql`partner where customer_number is not null and customer_number not in (select customer_number from customer)`,
    sql`item_key where customer_number <> '' and customer_number not in (select customer_number from customer)`,
    sql`order_line left join product using (tenant_id, sku) where name is null`,
    sql`customer where tier is not null and tier not in (select tier from price_list where tier is not null)`,
  ])
    expect(await countOf(orphans)).toBe(0)
  expect(await countOf(sql`(select distinct customer_number from agreement) as agreed`)).toBe(15)
})

test('most products are in stock everywhere and a few named ones nowhere', async () => {
  const empty = await rows<{ sku: string }>(
    sql`select sku from stock group by sku having sum(on_hand_each) = 0 order by sku`,
  )
  expect(empty.map(({ sku }) => sku)).toEqual(soldOutSkus.toSorted())
  expect(await countOf(sql`stock where on_hand_each > safety_each`)).toBe(
    (504 - soldOutSkus.length) * 3,
  )
})

test('the year of history adds up: lines to orders, orders to invoices, invoices to payments', async () => {
  expect(await countOf(sql`orders where stage = 'closed' and event_count = 0`)).toBe(3_000)
  expect(
    await countOf(
      sql`orders where ordered_on < ${today}::date - 365 or updated_at >= ${today}::date`,
    ),
  ).toBe(0)
  expect(
    await countOf(sql`(select order_id from orders join order_line using (tenant_id, order_id)
      group by order_id, total_minor having total_minor <> sum(line_amount_minor)) as wrong`),
  ).toBe(0)
  expect(
    await countOf(sql`invoice join orders using (tenant_id, order_id)
      where invoice.total_minor <> orders.total_minor or open_minor <> 0 or invoiced_on < ordered_on`),
  ).toBe(0)
  expect(
    await countOf(sql`(select invoice_id from invoice join payment_application using (tenant_id, invoice_id)
      group by invoice_id, total_minor having total_minor <> sum(applied_minor + payment_application.discount_minor)) as wrong`),
  ).toBe(0)
  expect(
    await countOf(sql`(select payment_id from payment join payment_application using (tenant_id, payment_id)
      group by payment_id, amount_minor having amount_minor <> sum(applied_minor)) as wrong`),
  ).toBe(0)
  expect(await countOf(sql`payment_application where discount_minor > 0`)).toBeGreaterThan(100)
  expect(
    await countOf(sql`payment join payment_application using (tenant_id, payment_id)
    join invoice using (tenant_id, invoice_id) where booked_on > due_on`),
  ).toBeGreaterThan(300)
})

test('what the seed wrote is what the door of master data takes without a change', async () => {
  const { priceLists, ...doors } = masterDataService(house)
  const { products, customers, agreements, stock, partners } = doors
  const { supplies, demands, substitutionRules, classRules } = doors
  const actor = { tenantId, name: 'key:round trip' }
  async function* linesOf(documents: readonly object[]) {
    for (const document of documents) yield JSON.stringify(document)
  }
  for (const door of [products, customers, agreements, stock, partners]) {
    const { items } = await door.list(tenantId, { limit: 2_000 })
    const result = await door.bulk(actor, linesOf(items.map(({ document }) => document)))
    expect(result).toMatchObject({ unchanged: items.length, refused: 0 })
    expect(items.length).toBeGreaterThan(10)
  }
  for (const door of [supplies, demands, substitutionRules, classRules]) {
    const { items } = await door.list(tenantId, { limit: 100 })
    const result = await door.bulk(actor, linesOf(items.map(({ document }) => document)))
    expect(result).toMatchObject({ received: items.length, unchanged: items.length, refused: 0 })
    expect(items.length).toBeGreaterThan(0)
  }
  const [list] = (await priceLists.list(tenantId, { limit: 1 })).items
  expect(list?.document.priceCount).toBe(504)
})

test('every class of the seed has its rule, every product with one is sorted by what fits, and most are not alone', async () => {
  expect(await countOf(sql`class_rule`)).toBe(8)
  expect(await countOf(sql`product_fit`)).toBe(504)
  expect(
    await countOf(
      sql`(select from product_fit group by product_class, safe_key having count(*) > 1) as twins`,
    ),
  ).toBeGreaterThan(20)
  expect(await countOf(sql`supply where expected_on > ${today}::date`)).toBe(5)
})
