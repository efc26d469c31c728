import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../testing/test-database.ts'
import { masterDataService } from './master-data-service.ts'

let house: TestDatabase
beforeAll(async () => {
  house = await openTestDatabase()
})
afterAll(() => house.close())

async function newShop() {
  const actor = { tenantId: await house.newTenant(), name: 'key:pricing desk' }
  const service = masterDataService(house)
  const product = { name: 'Hex Cap Screw', productClass: 'FAS', family: 'HEX' }
  await service.products.put(actor, 'FAS-1001', { ...product, sku: 'FAS-1001' })
  await service.products.put(actor, 'FAS-1002', { ...product, sku: 'FAS-1002' })
  await service.customers.put(actor, 'C-1', {
    customerNumber: 'C-1',
    name: 'Acme',
    currency: 'USD',
  })
  return { actor, ...service }
}

const spring = {
  promotionId: 'SPRING',
  name: 'Spring sale',
  currency: 'USD',
  validFrom: '2026-03-01',
  validTo: '2026-04-01',
  combination: 'stackable',
  priority: 10,
  percentOff: '2.50',
  quotaEach: 1000,
  targets: [{ productClass: 'FAS' }, { sku: 'FAS-1001' }],
  excludedSkus: ['FAS-1002'],
  customerNumbers: ['C-1'],
}

test('a promotion put and got back is the same, and the same again is no change', async () => {
  const { actor, promotions } = await newShop()
  const put = await promotions.put(actor, 'SPRING', spring)
  expect(put.outcome).toBe('created')
  const { document } = await promotions.get(actor.tenantId, 'SPRING')
  expect(document).toEqual(put.kept.document)
  expect(document).toMatchObject({
    percentOff: '2.5',
    usedEach: 0,
    targets: [{ productClass: 'FAS' }, { sku: 'FAS-1001' }],
  })
  expect((await promotions.put(actor, 'SPRING', spring)).outcome).toBe('unchanged')
  const narrower = await promotions.put(actor, 'SPRING', { ...spring, targets: [{ all: true }] })
  expect(narrower.outcome).toBe('updated')
  const again = await promotions.get(actor.tenantId, 'SPRING')
  expect(again.document.targets).toEqual([{ all: true }])
})

test('a promotion is a percentage or an amount, for products and customers that exist', async () => {
  const { actor, promotions } = await newShop()
  await expect(promotions.put(actor, 'SPRING', { ...spring, amountOff: '1' })).rejects.toThrow(
    'not both',
  )
  await expect(
    promotions.put(actor, 'SPRING', { ...spring, targets: [{ sku: 'FAS-9' }] }),
  ).rejects.toThrow('There is no product FAS-9.')
  await expect(
    promotions.put(actor, 'SPRING', { ...spring, customerNumbers: ['C-9'] }),
  ).rejects.toThrow('There is no customer C-9.')
})

test('rates of exchange come in bulk and are kept as they were sent', async () => {
  const { actor, exchangeRates } = await newShop()
  async function* lines() {
    for (const [rateId, rate] of [
      ['EUR-1', '1.0850'],
      ['EUR-2', '0'],
    ])
      yield JSON.stringify({ rateId, base: 'EUR', quote: 'USD', rate, validOn: '2026-11-20' })
  }
  expect(await exchangeRates.bulk(actor, lines())).toMatchObject({ created: 1, refused: 1 })
  const { document } = await exchangeRates.get(actor.tenantId, 'EUR-1')
  expect(document).toEqual({
    rateId: 'EUR-1',
    base: 'EUR',
    quote: 'USD',
    rate: '1.085',
    validOn: '2026-11-20',
  })
  const list = await exchangeRates.list(actor.tenantId, { search: 'eur', limit: 10 })
  expect(list.items.map(({ id }) => id)).toEqual(['EUR-1'])
})

test('an agreement is a contract or quote with a customer, or what a buying group has for its members', async () => {
  const { actor, agreements } = await newShop()
  const head = { name: 'Group', currency: 'USD', validFrom: '2026-01-01', kind: 'buying-group' }
  const group = {
    ...head,
    agreementId: 'AG-G',
    buyingGroup: 'NORTH',
    settings: { volumeBreaks: [{ minimumQuantity: 500, percentOff: '4' }], breakBasis: 'family' },
    prices: [{ family: 'HEX', minimumQuantity: 1, percentOff: '6' }],
  }
  const put = await agreements.put(actor, 'AG-G', group)
  expect(put.kept.document).toMatchObject({
    ...group,
    settings: { breaks: 'bracket', priceScale: 4 },
  })
  expect((await agreements.get(actor.tenantId, 'AG-G')).document).toEqual(put.kept.document)
  await expect(agreements.put(actor, 'AG-G', { ...group, customerNumber: 'C-1' })).rejects.toThrow(
    'with a customer',
  )
  const quote = await agreements.put(actor, 'Q-1', {
    ...{ agreementId: 'Q-1', kind: 'quote', customerNumber: 'C-1', shipTo: 'DOCK-4' },
    ...{ name: 'Quote', currency: 'USD', validFrom: '2026-01-01' },
  })
  expect((await agreements.get(actor.tenantId, 'Q-1')).document).toEqual(quote.kept.document)
})
