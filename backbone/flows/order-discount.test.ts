import { afterAll, beforeAll, expect, test } from 'vitest'
import { doAct } from '../../testing/act-bench.ts'
import { type LineDraft, purchaseOrder, shipmentOf } from '../../testing/flow-papers.ts'
import type { Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import type { OutboundDocument } from '../canonical/canonical-document.ts'
import { PriceList } from '../canonical/master-data.ts'
import { Order } from '../canonical/order.ts'
import { orderExposure } from '../canonical/order-exposure.ts'
import { activeHolds } from '../canonical/order-state.ts'
import { repriceLineAct } from '../services/acts/reprice-line-act.ts'
import { splitLineAct } from '../services/acts/split-line-act.ts'
import { checkOrder } from '../services/check-order.ts'
import { invoicesToCopy } from '../services/outreach/invoice-copies.ts'
import { loadSale } from '../services/returns-sale.ts'
import { priceListFile } from '../store/master-data/price-list-file.ts'
import { addPolicyVersion } from '../store/policies/policy-settings.ts'
import { getOrder } from '../store/reading/get-order.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

/** A tenant that takes a tenth off every order, and sells three products at 33.33, 33.33 and 33.34. */
async function newTrade(
  doors: Parameters<FlowWorld['newTrade']>[0] = {
    ...{ json: { repliesTo: 'x12' }, x12: {} },
    ...{ erp: {}, wms: {} },
  },
) {
  const trade = await world.newTrade(doors)
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
  const view = await trade.inTenant((tx) => getOrder(tx, same.orderId))
  expect(view?.chargesMinor).toBe(0)
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

test('the ERP gets the discount beside the lines, with the order and with the invoice', async () => {
  const trade = await newTrade()
  await trade.send(purchaseOrder('PO-1', threeLines))
  const order = await trade.order('PO-1')
  await trade.send(
    shipmentOf(
      order,
      'SH-1',
      order.lines.map(({ line }) => ({ line, quantityEach: 1 })),
    ),
  )
  const [asked] = trade.arrived('erp.create-order')
  expect(asked?.document).toMatchObject({ discountMinor: 1_000, totalMinor: 9_000 })
  const [posted] = trade.arrived('erp.post-invoice')
  expect(posted?.document).toMatchObject({
    linesTotalMinor: 10_000,
    allowancesCharges: [{ kind: 'allowance', code: 'discount', amountMinor: 1_000 }],
    totalMinor: 9_000,
  })
})

test('what is shown of an order has the share of each line, and a copy of a bill that was never sent adds up', async () => {
  const trade = await newTrade({ json: {} })
  const freight = [{ kind: 'charge', amountMinor: 500 }]
  await trade.send(purchaseOrder('PO-1', threeLines, { allowancesCharges: freight }))
  const order = await trade.order('PO-1')
  await trade.send(
    shipmentOf(
      order,
      'SH-1',
      order.lines.map(({ line }) => ({ line, quantityEach: 1 })),
    ),
  )
  const view = await trade.inTenant((tx) => getOrder(tx, order.orderId))
  expect(view?.lines.map(({ discountMinor }) => discountMinor)).toEqual([333, 333, 334])
  const numbers = (await trade.order('PO-1')).invoices.map(({ invoiceNumber }) => invoiceNumber)
  const copies = await trade.inTenant((tx) => invoicesToCopy(tx, numbers))
  expect(copies).toMatchObject([
    {
      linesTotalMinor: 10_000,
      allowancesCharges: [
        { kind: 'allowance', code: 'discount', amountMinor: 1_000 },
        { kind: 'charge', code: 'freight', amountMinor: 500 },
      ],
      totalMinor: 9_500,
    },
  ])
})

test('what comes back is credited less its share of the discount that its bill took off', async () => {
  const trade = await newTrade()
  await trade.send(purchaseOrder('PO-1', [{ sku: 'CBL-1006', quantity: 7 }, ...threeLines]))
  const order = await trade.order('PO-1')
  await trade.send(
    shipmentOf(order, 'SH-1', [
      { line: '1', quantityEach: 3 },
      { line: '2', quantityEach: 1 },
    ]),
  )
  const [bill] = invoicesOf(trade)
  const invoiceNumber = bill?.invoiceNumber ?? ''
  const sale = await trade.inTenant((tx) => loadSale(tx, { invoiceNumber, isLocked: false }))
  // 3 of 7 of 23.34, and all of 3.33.
  expect(bill?.allowancesCharges[0]?.amountMinor).toBe(1_333)
  expect(sale?.lines.map(({ allocatedDiscountMinor }) => allocatedDiscountMinor)).toEqual([
    1_000, 333,
  ])
})

test('a price that a person settles changes the discount with the order’s value', async () => {
  const trade = await newTrade()
  await trade.send(purchaseOrder('PO-1', [{ sku: 'CBL-1006', quantity: 10, unitPrice: '29.17' }]))
  const { orderId, totalMinor } = await trade.order('PO-1')
  // 333.40 at ours, 291.70 at theirs.
  expect(totalMinor).toBe(30_006)
  const wish = { orderId, line: '1', to: 'buyers' as const }
  expect(await doAct(world, trade, repriceLineAct, wish)).toMatchObject({ status: 'done' })
  const after = await trade.order('PO-1')
  expect([after.lines[0]?.discount?.amountMinor, after.totalMinor]).toEqual([2_917, 26_253])
})

test('the parts of a split line bear its discount between them, and their bill adds up', async () => {
  const trade = await newTrade()
  await trade.count([
    { sku: 'CBL-1006', warehouse: 'DAL', onHandEach: 4 },
    { sku: 'CBL-1006', warehouse: 'CHI', onHandEach: 3 },
  ])
  await trade.inTenant((tx) =>
    addPolicyVersion(tx, {
      ...{ policy: 'holds', scope: 'tenant', validFrom: '2026-01-01', validTo: null },
      settings: { cancelWindow: { bySku: { 'CBL-1006': 600 } } },
      ...{ changedBy: 'test', reason: 'Time to split.' },
    }),
  )
  await trade.send(purchaseOrder('PO-1', [{ sku: 'CBL-1006', quantity: 7 }]))
  const before = await trade.order('PO-1')
  const wish = { orderId: before.orderId, line: '1' }
  expect(await doAct(world, trade, splitLineAct, wish)).toMatchObject({ status: 'done' })
  const split = await trade.order('PO-1')
  const shares = split.lines.map(({ discount }) => discount?.amountMinor ?? 0)
  expect([shares.length, shares.reduce((sum, share) => sum + share, 0)]).toEqual([2, 2_334])
  expect(split.totalMinor).toBe(before.totalMinor)
  await trade.moveHoldEnd(before.orderId, 'CANCEL_WINDOW', 0)
  await trade.send(
    shipmentOf(
      split,
      'SH-1',
      split.lines.map(({ line, orderedEach }) => ({ line, quantityEach: orderedEach })),
    ),
  )
  expect(await trade.order('PO-1')).toMatchObject({
    ...{ stage: 'invoiced', totalMinor: before.totalMinor },
    invoices: [{ totalMinor: before.totalMinor }],
  })
})

test('the same basket under another number is known again, though the first stands in the books less its discount', async () => {
  const trade = await newTrade()
  await trade.send(purchaseOrder('9000', threeLines))
  await trade.send(purchaseOrder('9001', threeLines))
  const { findings } = await trade.order('9001')
  expect(findings.map(({ kind }) => kind)).toEqual(['NEAR_DUPLICATE'])
})

test('a check of an order says which discount it reaches, why, and each line’s share', async () => {
  const trade = await newTrade()
  const question = Order.parse(purchaseOrder('PO-1', threeLines))
  const check = checkOrder({ database: world.database })
  const answer = await check({ tenantId: trade.tenantId, order: question })
  expect(answer.totalMinor).toBe(9_000)
  expect(answer.lines.map(({ discountMinor }) => discountMinor)).toEqual([333, 333, 334])
  const [told] = answer.decisions.filter(({ kind }) => kind === 'ORDER_DISCOUNT')
  expect(told).toMatchObject({
    ...{ decision: 'accept', money: { amountMinor: -1_000, currency: 'USD' } },
    evidence: [
      {
        text: 'The lines come to 100.00 USD; from 0.00 USD on 10 % is taken off: 10.00 USD.',
      },
      { text: 'The order names no discount.' },
    ],
  })
})
