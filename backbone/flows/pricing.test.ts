import { afterAll, beforeAll, expect, test } from 'vitest'
import { purchaseOrder } from '../../testing/flow-papers.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { Agreement, PriceList } from '../canonical/master-data.ts'
import { activeHolds, type OrderState } from '../canonical/order-state.ts'
import { ExchangeRate, Promotion } from '../canonical/pricing-data.ts'
import type { TenantTx } from '../store/database.ts'
import { agreementFile } from '../store/master-data/agreement-file.ts'
import { customerFile } from '../store/master-data/customer-file.ts'
import { exchangeRateFile } from '../store/master-data/exchange-rate-file.ts'
import { priceListFile } from '../store/master-data/price-list-file.ts'
import { productFile } from '../store/master-data/product-file.ts'
import { promotionFile } from '../store/master-data/promotion-file.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const head = { name: 'Prices', currency: 'USD', validFrom: '2026-01-01' }

const contract = (change: object) =>
  Agreement.parse({ ...head, agreementId: 'AG-1', customerNumber: 'C-10001', ...change })

const sold = (sku: string, unitPrice: string, minimumQuantity = 1) => ({
  sku,
  unitPrice,
  minimumQuantity,
})

async function tradeWith(furnish: (tx: TenantTx) => Promise<unknown>) {
  const trade = await world.newTrade()
  await trade.inTenant(async (tx) => {
    await furnish(tx)
  })
  return trade
}

const kindsOf = (order: OrderState) => order.findings.map(({ kind }) => kind)

async function relate(tx: TenantTx, customerNumber: string, change: object): Promise<void> {
  const [known] = await customerFile.load(tx, [customerNumber])
  if (known !== undefined) await customerFile.write(tx, [{ ...known.document, ...change }])
}

test('the parent’s contract, its volume break and a promotion make the price of the order', async () => {
  const trade = await tradeWith(async (tx) => {
    await relate(tx, 'C-10001', { parentNumber: 'C-10002' })
    await agreementFile.write(tx, [
      contract({
        customerNumber: 'C-10002',
        settings: { volumeBreaks: [{ minimumQuantity: 2, percentOff: '4' }] },
        prices: [{ productClass: 'PMP', percentOff: '18' }],
      }),
    ])
    await promotionFile.write(tx, [
      Promotion.parse({
        ...{ ...head, promotionId: 'SPRING', percentOff: '2', targets: [{ productClass: 'PMP' }] },
        customerNumbers: ['C-10001'],
      }),
    ])
  })
  // 250 × .82 × .96 × .98
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 2, unitPrice: '192.864' }]))
  const order = await trade.order('PO-1')
  expect(order.lines[0]).toMatchObject({
    unitPrice: '192.864',
    priceSource: 'agreement-class:AG-1',
  })
  expect(order.findings).toEqual([])
})

test('a quote counts only on orders that name it, a ship-to’s contract only for that ship-to', async () => {
  const trade = await tradeWith((tx) =>
    agreementFile.write(tx, [
      contract({ agreementId: 'Q-7', kind: 'quote', prices: [sold('PMP-1003', '199')] }),
      contract({ agreementId: 'AG-D', shipTo: 'DOCK-4', prices: [sold('PMP-1003', '205')] }),
    ]),
  )
  const parties = [
    { role: 'buyer', identifiers: [{ scheme: 'seller-assigned', value: 'C-10001' }] },
    { role: 'ship-to', identifiers: [{ scheme: 'buyer-assigned', value: 'DOCK-4' }] },
  ]
  const references = [{ qualifier: 'quote', value: 'Q-7' }]
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 1 }]))
  await trade.send(purchaseOrder('PO-2', [{ sku: 'PMP-1003', quantity: 1 }], { parties }))
  await trade.send(
    purchaseOrder('PO-3', [{ sku: 'PMP-1003', quantity: 1 }], { parties, references }),
  )
  const sources = await Promise.all(
    ['PO-1', 'PO-2', 'PO-3'].map(
      async (number) => (await trade.order(number)).lines[0]?.priceSource,
    ),
  )
  expect(sources).toEqual(['list:LIST', 'agreement-item:AG-D', 'quote:Q-7'])
})

test('prices that are off are explained by ended contracts, earlier lists, other tiers, sisters, promotions and rates', async () => {
  const trade = await tradeWith(async (tx) => {
    await relate(tx, 'C-10001', { parentNumber: 'C-10020' })
    await relate(tx, 'C-10002', { parentNumber: 'C-10020' })
    const old = { validFrom: '2025-01-01', validTo: '2026-10-01' }
    await agreementFile.write(tx, [
      contract({ ...old, agreementId: 'AG-OLD', prices: [sold('PMP-1003', '221.37')] }),
      contract({
        agreementId: 'AG-SIS',
        customerNumber: 'C-10002',
        prices: [sold('SFT-1014', '2.87')],
      }),
    ])
    await priceListFile.write(tx, [
      PriceList.parse({
        ...head,
        ...old,
        priceListId: 'BEFORE',
        prices: [sold('CBL-1006', '129.13')],
      }),
      PriceList.parse({
        ...head,
        priceListId: 'GOLD',
        tier: 'GOLD',
        prices: [sold('TLS-1002', '8.4')],
      }),
    ])
    await promotionFile.write(tx, [
      Promotion.parse({
        ...head,
        promotionId: 'GONE',
        ...old,
        percentOff: '11.3',
        targets: [{ all: true }],
      }),
    ])
    await exchangeRateFile.write(tx, [
      ExchangeRate.parse({
        rateId: 'EUR-1',
        base: 'EUR',
        quote: 'USD',
        rate: '1.4731',
        validOn: '2026-11-01',
      }),
    ])
  })
  const lines = [
    { sku: 'PMP-1003', unitPrice: '221.37', kind: 'EXPIRED_CONTRACT' },
    { sku: 'CBL-1006', unitPrice: '129.13', kind: 'STALE_PRICE_LIST' },
    { sku: 'TLS-1002', unitPrice: '8.4', kind: 'WRONG_TIER' },
    { sku: 'SFT-1014', unitPrice: '2.87', kind: 'WRONG_CONTRACT_PARTY' },
    { sku: 'BRG-1003', unitPrice: '3.9713', kind: 'EXPIRED_PROMO' },
    { sku: 'CBL-1001', unitPrice: '4.9103', kind: 'CURRENCY_MISMATCH' },
  ]
  await trade.send(
    purchaseOrder(
      'PO-1',
      lines.map((line) => ({ ...line, quantity: 40 })),
    ),
  )
  const order = await trade.order('PO-1')
  const byLine = new Map(order.findings.map(({ kind, line }) => [line, kind]))
  expect(lines.map((_, index) => byLine.get(String(index + 1)))).toEqual(
    lines.map(({ kind }) => kind),
  )
  const [expired] = order.findings.filter(({ kind }) => kind === 'EXPIRED_CONTRACT')
  expect(expired?.evidence?.some(({ source }) => source === 'agreement-item:AG-OLD')).toBe(true)
  expect(expired?.alternatives?.map(({ candidateId }) => candidateId)).toEqual([
    'price:line 1:expected',
    'price:line 1:sent',
  ])
  expect(order.stage).toBe('held')
})

test('a price below the margin floor holds the order for its margin though it is the agreed one', async () => {
  const trade = await tradeWith(async (tx) => {
    const [pump] = await productFile.load(tx, ['PMP-1003'])
    if (pump !== undefined) await productFile.write(tx, [{ ...pump.document, landedCost: '260' }])
  })
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 1, unitPrice: '250' }]))
  const order = await trade.order('PO-1')
  expect(kindsOf(order)).toEqual(['MARGIN_FLOOR'])
  expect(activeHolds(order)).toMatchObject([{ type: 'MARGIN', line: '1' }])
})

test('other terms of payment than agreed wait for a person, also when the order is checked again', async () => {
  const trade = await world.newTrade()
  const terms = { netDays: 120 }
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 1 }], { terms }))
  await trade.send(
    purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 2 }], { terms, purpose: 'replace' }),
  )
  const order = await trade.order('PO-1')
  expect(order.terms).toEqual({ netDays: 30 })
  expect(kindsOf(order)).toContain('PAYMENT_TERMS')
  expect(activeHolds(order).map(({ type }) => type)).toEqual(['PRICE'])
})

test('a number that differs by zeros only, and the same basket under another number, are shown and go on', async () => {
  const trade = await world.newTrade()
  const lines = [{ sku: 'PMP-1003', quantity: 1, unitPrice: '250' }]
  await trade.send(purchaseOrder('4711', lines))
  await trade.send(purchaseOrder('004711', lines))
  await trade.send(purchaseOrder('9000', lines))
  await trade.send(purchaseOrder('9001', [{ sku: 'BRG-1003', quantity: 1, unitPrice: '4.4772' }]))
  const found = await Promise.all(
    ['4711', '004711', '9000', '9001'].map(async (number) => {
      const order = await trade.order(number)
      return [order.stage, kindsOf(order)]
    }),
  )
  expect(found).toEqual([
    ['picking', []],
    ['picking', ['DUPLICATE_PO']],
    ['picking', ['NEAR_DUPLICATE']],
    ['picking', []],
  ])
})

test('breaks over a period count what the customer ordered before', async () => {
  const trade = await tradeWith((tx) =>
    agreementFile.write(tx, [
      contract({
        settings: { breakBasis: 'period' },
        prices: [sold('PMP-1003', '240'), sold('PMP-1003', '220', 10)],
      }),
    ]),
  )
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 6 }]))
  await trade.send(purchaseOrder('PO-2', [{ sku: 'PMP-1003', quantity: 6 }]))
  expect((await trade.order('PO-1')).lines[0]?.unitPrice).toBe('240')
  expect((await trade.order('PO-2')).lines[0]?.unitPrice).toBe('220')
})
