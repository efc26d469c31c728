import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../testing/test-database.ts'
import { ProductRestrictions } from '../../canonical/master-data.ts'
import { CallerMistake } from '../../errors.ts'
import { openDatabase } from '../../store/database.ts'
import { masterDataService } from './master-data-service.ts'

let house: TestDatabase
beforeAll(async () => {
  house = await openTestDatabase()
})
afterAll(() => house.close())

async function newActor() {
  return { tenantId: await house.newTenant(), name: 'key:master data sync' }
}

async function* linesOf(records: readonly unknown[]) {
  for (const record of records) yield typeof record === 'string' ? record : JSON.stringify(record)
}

const screw = {
  sku: 'FAS-1001',
  name: 'Hex Cap Screw M8 x 30',
  productClass: 'FAS',
  attributes: { thread: 'M8-1.25', length: { value: '30', unit: 'MMT' }, isStainless: false },
  uomFactors: { XBX: 100, XCS: 2400 },
  landedCost: '0.0500',
  keys: [{ key: 'gtin:00012345678905' }],
}
const customer = { customerNumber: 'C-1', name: 'Acme Fabrication', currency: 'USD' }

const mistakeOf = (status: number, problem: string) => expect.objectContaining({ status, problem })

test('a product put and got back is the same, factors, attributes and numbers included', async () => {
  const actor = await newActor()
  const { products } = masterDataService(house)
  const put = await products.put(actor, 'FAS-1001', screw)
  expect(put).toMatchObject({ outcome: 'created', kept: { version: 1 } })
  const kept = await products.get(actor.tenantId, 'FAS-1001')
  expect(kept.document).toEqual({
    ...screw,
    status: 'active',
    condition: 'new',
    restrictions: ProductRestrictions.parse({}),
    baseUom: 'EA',
    minimumQuantity: 1,
    quantityMultiple: 1,
    landedCost: '0.05',
    currency: 'USD',
  })
  expect(kept.document).toEqual(put.kept.document)
})

test('the same content sent again keeps the version and leaves no mark on the record', async () => {
  const actor = await newActor()
  const { products } = masterDataService(house)
  await products.put(actor, 'FAS-1001', screw)
  const again = await products.put(actor, 'FAS-1001', { ...screw, landedCost: '0.05' })
  expect(again).toMatchObject({ outcome: 'unchanged', kept: { version: 1 } })
  const changed = await products.put(actor, 'FAS-1001', { ...screw, name: 'Hex Cap Screw' })
  expect(changed).toMatchObject({ outcome: 'updated', kept: { version: 2 } })
  const events = await house.database.inTenant(actor.tenantId, (tx) =>
    tx.rows<{ kind: string; summary: string }>(
      sql`select kind, summary from event order by event_id`,
    ),
  )
  expect(events).toEqual([
    { kind: 'master-data.created', summary: 'The product FAS-1001 was created.' },
    { kind: 'master-data.updated', summary: 'The product FAS-1001 was updated.' },
  ])
})

test('a change based on an old version is refused and changes nothing', async () => {
  const actor = await newActor()
  const { products } = masterDataService(house)
  await expect(products.put(actor, 'FAS-1001', screw, { ifMatch: 'any' })).rejects.toEqual(
    mistakeOf(412, 'version-changed'),
  )
  await products.put(actor, 'FAS-1001', screw)
  await products.put(actor, 'FAS-1001', { ...screw, name: 'Second' }, { ifMatch: 1 })
  await expect(
    products.put(actor, 'FAS-1001', { ...screw, name: 'Third' }, { ifMatch: 1 }),
  ).rejects.toEqual(mistakeOf(412, 'version-changed'))
  const kept = await products.get(actor.tenantId, 'FAS-1001')
  expect([kept.version, kept.document.name]).toEqual([2, 'Second'])
})

test('of two changes based on the same version exactly one wins', async () => {
  const actor = await newActor()
  const { products } = masterDataService(house)
  await products.put(actor, 'FAS-1001', screw)
  const outcomes = await Promise.allSettled(
    ['Red', 'Blue'].map((name) =>
      products.put(actor, 'FAS-1001', { ...screw, name }, { ifMatch: 1 }),
    ),
  )
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

test('another tenant sees, changes and names none of it', async () => {
  const [actor, stranger] = [await newActor(), await newActor()]
  const { products, customers, agreements, priceLists, stock, partners } = masterDataService(house)
  await products.put(actor, 'FAS-1001', screw)
  await customers.put(actor, 'C-1', { ...customer, keys: ['duns:123456789'] })
  const all = [products, customers, agreements, priceLists, stock, partners]
  for (const door of all)
    expect(await door.list(stranger.tenantId, { limit: 10 })).toEqual({ items: [] })
  await expect(products.get(stranger.tenantId, 'FAS-1001')).rejects.toEqual(
    mistakeOf(404, 'not-found'),
  )
  const own = await products.put(stranger, 'FAS-1001', { ...screw, name: 'Their own screw' })
  expect(own.outcome).toBe('created')
  expect((await products.get(actor.tenantId, 'FAS-1001')).document.name).toBe(screw.name)
  await expect(
    stock.put(stranger, 'DAL:FAS-9', {
      warehouse: 'DAL',
      sku: 'FAS-9',
      onHandEach: 1,
      asOf: '2026-11-22T06:00:00Z',
    }),
  ).rejects.toEqual(mistakeOf(422, 'record-refused'))
})

test('a number that names one product or customer cannot name a second one', async () => {
  const actor = await newActor()
  const { products, customers } = masterDataService(house)
  await products.put(actor, 'FAS-1001', screw)
  await expect(products.put(actor, 'FAS-1002', { ...screw, sku: 'FAS-1002' })).rejects.toThrow(
    'gtin:00012345678905 already names product FAS-1001.',
  )
  const twins = await customers.bulk(
    actor,
    linesOf([
      { ...customer, keys: ['duns:123456789'] },
      { ...customer, customerNumber: 'C-2', keys: ['duns:123456789'] },
    ]),
  )
  expect(twins).toMatchObject({ created: 1, refused: 1 })
  expect(twins.refusals).toEqual([
    { line: 2, field: 'keys', message: 'duns:123456789 already names customer C-1.' },
  ])
})

test('a number a product no longer carries is free for another', async () => {
  const actor = await newActor()
  const { products } = masterDataService(house)
  await products.put(actor, 'FAS-1001', screw)
  await products.put(actor, 'FAS-1001', { ...screw, keys: [] })
  const next = await products.put(actor, 'FAS-1002', { ...screw, sku: 'FAS-1002' })
  expect(next.kept.document.keys).toEqual(screw.keys)
})

test('prices, agreements, stock and partners must point at what exists', async () => {
  const actor = await newActor()
  const { products, customers, agreements, priceLists, stock, partners } = masterDataService(house)
  await products.put(actor, 'FAS-1001', screw)
  await customers.put(actor, 'C-1', customer)
  const list = { priceListId: 'LIST', name: 'List', currency: 'USD', validFrom: '2026-01-01' }
  await expect(
    priceLists.put(actor, 'LIST', { ...list, prices: [{ sku: 'FAS-9999', unitPrice: '1' }] }),
  ).rejects.toThrow('There is no product FAS-9999.')
  const agreement = { ...list, agreementId: 'AG-1', customerNumber: 'C-1' }
  await expect(
    agreements.put(actor, 'AG-1', { ...agreement, customerNumber: 'C-9' }),
  ).rejects.toThrow('There is no customer C-9.')
  await expect(
    agreements.put(actor, 'AG-1', {
      ...agreement,
      prices: [{ productClass: 'FSA', percentOff: '5' }],
    }),
  ).rejects.toThrow('There is no product class FSA.')
  await expect(
    partners.put(actor, 'acme', {
      partnerId: 'acme',
      name: 'Acme',
      kind: 'customer',
      customerNumber: 'C-9',
    }),
  ).rejects.toThrow('There is no customer C-9.')
  const stocked = await stock.bulk(
    actor,
    linesOf(
      ['FAS-1001', 'FAS-9999'].map((sku) => ({
        warehouse: 'DAL',
        sku,
        onHandEach: 5,
        asOf: '2026-11-22T06:00:00Z',
      })),
    ),
  )
  expect(stocked).toMatchObject({ created: 1, refused: 1, refusals: [{ line: 2, field: 'sku' }] })
})

test('an agreement keeps its prices, breaks and class discounts, and forgets those taken out', async () => {
  const actor = await newActor()
  const { products, customers, agreements } = masterDataService(house)
  await products.put(actor, 'FAS-1001', screw)
  await customers.put(actor, 'C-1', customer)
  const agreement = {
    agreementId: 'AG-1',
    name: 'Acme 2026',
    customerNumber: 'C-1',
    currency: 'USD',
    validFrom: '2026-01-01',
    validTo: '2027-01-01',
    prices: [
      { sku: 'FAS-1001', minimumQuantity: 500, unitPrice: '0.0812' },
      { sku: 'FAS-1001', unitPrice: '0.0850' },
      { productClass: 'FAS', percentOff: '18.0' },
    ],
  }
  await agreements.put(actor, 'AG-1', agreement)
  const kept = await agreements.get(actor.tenantId, 'AG-1')
  expect(kept.document.prices).toEqual([
    { productClass: 'FAS', minimumQuantity: 1, percentOff: '18' },
    { sku: 'FAS-1001', minimumQuantity: 1, unitPrice: '0.085' },
    { sku: 'FAS-1001', minimumQuantity: 500, unitPrice: '0.0812' },
  ])
  expect(kept.document.settings).toMatchObject({ breaks: 'bracket', priceScale: 4 })
  const again = await agreements.put(actor, 'AG-1', agreement)
  expect(again.outcome).toBe('unchanged')
  await agreements.put(actor, 'AG-1', { ...agreement, prices: agreement.prices.slice(1, 2) })
  const less = await agreements.get(actor.tenantId, 'AG-1')
  expect(less.document.prices).toHaveLength(1)
  await expect(
    agreements.put(actor, 'AG-1', { ...agreement, validTo: '2025-01-01' }),
  ).rejects.toThrow('it ends before it starts')
})

test('a new count of the warehouse leaves what open orders have allocated', async () => {
  const actor = await newActor()
  const { products, stock } = masterDataService(house)
  await products.put(actor, 'FAS-1001', screw)
  const count = { warehouse: 'DAL', sku: 'FAS-1001', onHandEach: 40, asOf: '2026-11-22T06:00:00Z' }
  await stock.put(actor, 'DAL:FAS-1001', count)
  await house.database.inTenant(actor.tenantId, (tx) =>
    tx.run(sql`update stock set allocated_each = 25`),
  )
  await stock.put(actor, 'DAL:FAS-1001', { ...count, onHandEach: 60 })
  const { items } = await stock.list(actor.tenantId, { warehouse: 'DAL', limit: 10 })
  expect(items.map(({ document }) => [document.onHandEach, document.allocatedEach])).toEqual([
    [60, 25],
  ])
})

test('a bulk load takes the good lines and names line and field of the bad ones', async () => {
  const actor = await newActor()
  const { products } = masterDataService(house)
  const result = await products.bulk(
    actor,
    linesOf([
      screw,
      '{"sku": "FAS-1002", ',
      { ...screw, sku: 'FAS-1003', keys: [], landedCost: '-1' },
      '',
      { ...screw, sku: 'FAS-1004', keys: [], name: 'NUL \u0000 inside' },
      { ...screw, sku: 'FAS-1005', keys: [], minimumQuantity: 3_000_000_000 },
      { ...screw, sku: 'FAS-1006', keys: [{ key: 'buyer:77', customerNumber: 'C-404' }] },
      { ...screw, name: 'The later line of a product counts' },
      { ...screw, sku: 'FAS-1007', keys: [] },
    ]),
  )
  expect(result).toMatchObject({ received: 8, created: 2, updated: 1, unchanged: 0, refused: 5 })
  expect(result.refusals.map(({ line, field }) => [line, field])).toEqual([
    [2, ''],
    [3, 'landedCost'],
    [5, ''],
    [6, 'minimumQuantity'],
    [7, 'keys'],
  ])
  const kept = await products.get(actor.tenantId, 'FAS-1001')
  expect(kept.document.name).toBe('The later line of a product counts')
})

test('a bulk load that breaks off keeps its finished batches and says so on the record', async () => {
  const actor = await newActor()
  const { products } = masterDataService(house)
  async function* broken() {
    for (let number = 1; number <= 1_001; number += 1)
      yield JSON.stringify({ ...screw, sku: `FAS-${number}`, keys: [] })
    throw new CallerMistake(413, 'too-large', 'The body is too large.')
  }
  await expect(products.bulk(actor, broken())).rejects.toEqual(mistakeOf(413, 'too-large'))
  const events = await house.database.inTenant(actor.tenantId, (tx) =>
    tx.rows<{ summary: string }>(sql`select summary from event`),
  )
  expect(events).toEqual([
    {
      summary:
        'Bulk load of products broke off: 1001 received, 1000 created, 0 updated, 0 unchanged, 0 refused.',
    },
  ])
})

test('five thousand products take a handful of statements for each thousand', async () => {
  const actor = await newActor()
  let statements = 0
  const { driver } = house.database
  const counting = openDatabase({
    ...driver,
    transaction: (work) =>
      driver.transaction((run, savepoint) =>
        work((text, values) => {
          statements += 1
          return run(text, values)
        }, savepoint),
      ),
  })
  const { products } = masterDataService({ database: counting })
  const records = Array.from({ length: 5_000 }, (_, place) => ({
    ...screw,
    sku: `FAS-${String(place).padStart(5, '0')}`,
    keys: [{ key: `gtin:${String(place).padStart(14, '0')}` }],
  }))
  expect(await products.bulk(actor, linesOf(records))).toMatchObject({ created: 5_000 })
  expect(statements).toBeLessThan(50)
  expect(await products.bulk(actor, linesOf(records))).toMatchObject({ unchanged: 5_000 })
  const seen: string[] = []
  let after: string | undefined
  do {
    const page = await products.list(actor.tenantId, { after, limit: 900 })
    seen.push(...page.items.map(({ id }) => id))
    after = page.nextAfter
  } while (after !== undefined)
  expect(seen).toEqual(records.map(({ sku }) => sku))
})

test('lists are narrowed by text, class, customer, tier and warehouse', async () => {
  const actor = await newActor()
  const { products, customers } = masterDataService(house)
  await products.bulk(
    actor,
    linesOf([
      { ...screw, keys: [] },
      { sku: 'MTR-1001', name: '100% duty Motor', productClass: 'MTR' },
    ]),
  )
  await customers.bulk(
    actor,
    linesOf([customer, { ...customer, customerNumber: 'C-2', tier: 'wholesale' }]),
  )
  const skus = async (filter: { search?: string; productClass?: string }) =>
    (await products.list(actor.tenantId, { ...filter, limit: 10 })).items.map(({ id }) => id)
  expect(await skus({ productClass: 'MTR' })).toEqual(['MTR-1001'])
  expect(await skus({ search: 'hex cap' })).toEqual(['FAS-1001'])
  expect(await skus({ search: '100%' })).toEqual(['MTR-1001'])
  expect(await skus({ search: '%' })).toEqual(['MTR-1001'])
  const tiered = await customers.list(actor.tenantId, { tier: 'wholesale', limit: 10 })
  expect(tiered.items.map(({ id }) => id)).toEqual(['C-2'])
})

test('whatever a line of a bulk load holds, it is counted once and never stops the rest', async () => {
  const actor = await newActor()
  const { products } = masterDataService(house)
  const record = fc.record(
    {
      sku: fc.string({ maxLength: 90 }),
      name: fc.string({ maxLength: 210, unit: 'binary' }),
      productClass: fc.string({ maxLength: 45 }),
      attributes: fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue(), { maxKeys: 3 }),
      minimumQuantity: fc.oneof(fc.integer(), fc.double()),
      landedCost: fc.oneof(fc.string(), fc.double().map(String)),
      keys: fc.array(fc.record({ key: fc.string().map((text) => `gtin:${text}`) }), {
        maxLength: 2,
      }),
    },
    { requiredKeys: ['sku', 'name', 'productClass'] },
  )
  const line = fc.oneof(record, fc.jsonValue()).map((value) => JSON.stringify(value))
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
      const result = await products.bulk(actor, linesOf(lines))
      const { received, created, updated, unchanged, refused } = result
      expect(received).toBe(lines.length)
      expect(created + updated + unchanged + refused).toBe(received)
    }),
    { numRuns: 60 },
  )
})
