import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LineDraft, purchaseOrder, shipmentOf } from '../../testing/flow-papers.ts'
import type { Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import type { OutboundDocument } from '../canonical/canonical-document.ts'
import { PriceList } from '../canonical/master-data.ts'
import { orderExposure } from '../canonical/order-exposure.ts'
import { activeHolds } from '../canonical/order-state.ts'
import { priceListFile } from '../store/master-data/price-list-file.ts'
import { addPolicyVersion } from '../store/policies/policy-settings.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

/** A tenant that takes a tenth off every order, and sells three products at 33.33, 33.33 and 33.34. */
async function newTrade() {
  const trade = await world.newTrade({ json: { repliesTo: 'x12' }, x12: {}, erp: {}, wms: {} })
  await trade.inTenant(async (tx) => {
    await addPolicyVersion(tx, {
      ...{ policy: 'pricing', scope: 'tenant', validFrom: '2026-01-01', validTo: null },
      settings: { orderDiscounts: [{ currency: 'USD', fromMinor: 0, percentOff: '10' }] },
      ...{ changedBy: 'test', reason: 'A tenth off every order.' },
    })
    await priceListFile.write(tx, [
      PriceList.parse({
        ...{ priceListId: 'LIST', name: 'List', currency: 'USD', validFrom: '2020-01-01' },
        prices: [
          { sku: 'PMP-1003', minimumQuantity: 1, unitPrice: '33.33' },
          { sku: 'BRG-1003', minimumQuantity: 1, unitPrice: '33.33' },
          { sku: 'CBL-1006', minimumQuantity: 1, unitPrice: '33.34' },
        ],
      }),
    ])
  })
  return trade
}

const threeLines: readonly LineDraft[] = [
  { sku: 'PMP-1003', quantity: 1, unitPrice: '33.33' },
  { sku: 'BRG-1003', quantity: 1, unitPrice: '33.33' },
  { sku: 'CBL-1006', quantity: 1, unitPrice: '33.34' },
]

function invoicesOf(trade: Trade) {
  return trade
    .arrived('partner.invoice')
    .flatMap(({ document }: { document: OutboundDocument }) =>
      document.docType === 'invoice' ? [document] : [],
    )
}

test('P4: an order of 100.00 with 10.00 off, billed in two shipments, comes to exactly 90.00', async () => {
  const trade = await newTrade()
  await trade.send(purchaseOrder('PO-1', threeLines))
  const order = await trade.order('PO-1')
  expect(order.lines.map(({ discount }) => discount)).toEqual([
    { amountMinor: 333, ofEach: 1 },
    { amountMinor: 333, ofEach: 1 },
    { amountMinor: 334, ofEach: 1 },
  ])
  expect(order.totalMinor).toBe(9_000)
  expect(order.findings).toEqual([])
  expect(orderExposure(order).openOrderMinor).toBe(9_000)
  await trade.send(
    shipmentOf(order, 'SH-1', [
      { line: '1', quantityEach: 1 },
      { line: '3', quantityEach: 1 },
    ]),
  )
  await trade.send(shipmentOf(order, 'SH-2', [{ line: '2', quantityEach: 1 }]))
  const bills = invoicesOf(trade)
  expect(
    bills.map(({ linesTotalMinor, allowancesCharges, totalMinor }) => ({
      linesTotalMinor,
      allowancesCharges,
      totalMinor,
    })),
  ).toEqual([
    {
      linesTotalMinor: 6_667,
      allowancesCharges: [
        {
          kind: 'allowance',
          code: 'discount',
          description: 'Order discount',
          amountMinor: 667,
        },
      ],
      totalMinor: 6_000,
    },
    {
      linesTotalMinor: 3_333,
      allowancesCharges: [
        {
          kind: 'allowance',
          code: 'discount',
          description: 'Order discount',
          amountMinor: 333,
        },
      ],
      totalMinor: 3_000,
    },
  ])
  const done = await trade.order('PO-1')
  expect(done.stage).toBe('invoiced')
  expect(done.invoices.reduce((sum, { totalMinor }) => sum + totalMinor, 0)).toBe(done.totalMinor)
})

test('what is short-shipped takes its share of the discount with it, and the share stays when the order is checked again', async () => {
  const trade = await newTrade()
  await trade.send(purchaseOrder('PO-1', [{ sku: 'CBL-1006', quantity: 7 }]))
  const order = await trade.order('PO-1')
  // 233.38 less a tenth.
  expect([order.lines[0]?.discount?.amountMinor, order.totalMinor]).toEqual([2_334, 21_004])
  await trade.send(shipmentOf(order, 'SH-1', [{ line: '1', quantityEach: 2 }]))
  await trade.send(shipmentOf(order, 'SH-2', [{ line: '1', quantityEach: 3 }], { isFinal: true }))
  const done = await trade.order('PO-1')
  const offs = invoicesOf(trade).map(({ allowancesCharges }) => allowancesCharges[0]?.amountMinor)
  // Five of seven: 166.70 less 16.67.
  expect(offs).toEqual([667, 1_000])
  expect(done).toMatchObject({ stage: 'invoiced', totalMinor: 15_003 })
  expect(done.invoices.reduce((sum, { totalMinor }) => sum + totalMinor, 0)).toBe(15_003)
})

test('an order that is changed before its release has the discount of what it is now, once', async () => {
  const trade = await world.newTrade({
    json: { cancelWindowSeconds: 600 },
    erp: {},
    wms: {},
  })
  await trade.inTenant((tx) =>
    addPolicyVersion(tx, {
      ...{ policy: 'pricing', scope: 'tenant', validFrom: '2026-01-01', validTo: null },
      settings: { orderDiscounts: [{ currency: 'USD', fromMinor: 50_000, percentOff: '10' }] },
      ...{ changedBy: 'test', reason: 'A tenth off from 500.00 on.' },
    }),
  )
  const pumps = (quantity: number, more = {}) =>
    purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity }], more)
  await trade.send(pumps(4))
  expect((await trade.order('PO-1')).totalMinor).toBe(90_000)
  await trade.send(pumps(2, { purpose: 'replace' }))
  const less = await trade.order('PO-1')
  expect([less.lines[0]?.discount, less.totalMinor]).toEqual([
    { amountMinor: 5_000, ofEach: 2 },
    45_000,
  ])
  await trade.send(pumps(1, { purpose: 'replace' }))
  const none = await trade.order('PO-1')
  expect([none.lines[0]?.discount, none.totalMinor]).toEqual([undefined, 25_000])
})

test('an allowance on the order is held against our discount: the same one goes on and is billed once, a larger one waits', async () => {
  const trade = await newTrade()
  const off = (amountMinor: number) => ({
    allowancesCharges: [{ kind: 'allowance', code: 'C310', amountMinor }],
  })
  await trade.send(purchaseOrder('PO-1', threeLines, off(1_000)))
  await trade.send(purchaseOrder('PO-2', threeLines, off(1_500)))
  const [same, larger] = [await trade.order('PO-1'), await trade.order('PO-2')]
  expect([same.stage, same.totalMinor]).toEqual(['picking', 9_000])
  expect(activeHolds(larger).map(({ type, reason }) => [type, reason])).toEqual([
    ['PRICE', 'The order takes an allowance of 15.00 USD; its discount is 10.00 USD.'],
  ])
  await trade.send(
    shipmentOf(
      same,
      'SH-1',
      same.lines.map(({ line }) => ({ line, quantityEach: 1 })),
    ),
  )
  expect(invoicesOf(trade)).toMatchObject([
    { totalMinor: 9_000, allowancesCharges: [{ code: 'discount', amountMinor: 1_000 }] },
  ])
})
