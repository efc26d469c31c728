import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { doAct, pictureOf } from '../../testing/act-bench.ts'
import { type LineDraft, paymentOf, purchaseOrder, shipmentOf } from '../../testing/flow-papers.ts'
import type { Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { Agreement } from '../canonical/master-data.ts'
import { normalDecimal } from '../canonical/money.ts'
import { activeHolds, type OrderState } from '../canonical/order-state.ts'
import { repriceLineAct } from '../services/acts/reprice-line-act.ts'
import { splitLineAct } from '../services/acts/split-line-act.ts'
import { orderCandidates } from '../services/candidates/order-candidates.ts'
import { orderActions } from '../services/order-actions.ts'
import { agreementFile } from '../store/master-data/agreement-file.ts'
import { addPolicyVersion } from '../store/policies/policy-settings.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const turn = '2026-12-01'
const before = '2026-11-30T15:00:00Z'
const after = '2026-12-02T15:00:00Z'

/** A trade whose pump costs 240 until the turn of the month and another price after it, by the day that counts. */
async function tradeAt(later: string, pricingDate = 'actual-ship') {
  const trade = await world.newTrade({
    json: { repliesTo: 'x12' },
    bank: {},
    x12: {},
    erp: {},
    wms: {},
  })
  const agreement = (agreementId: string, unitPrice: string, valid: object) =>
    Agreement.parse({
      ...{ agreementId, name: agreementId, customerNumber: 'C-10001', currency: 'USD', ...valid },
      settings: { pricingDate },
      prices: [
        { sku: 'PMP-1003', unitPrice, minimumQuantity: 1 },
        // From seven on ten less.
        { sku: 'PMP-1003', unitPrice: String(Number(unitPrice) - 10), minimumQuantity: 7 },
      ],
    })
  await trade.inTenant((tx) =>
    agreementFile.write(tx, [
      agreement('AG-NOW', '240', { validFrom: '2026-01-01', validTo: turn }),
      agreement('AG-NEXT', later, { validFrom: turn }),
    ]),
  )
  return trade
}

const pumps = (quantity: number, unitPrice?: string): LineDraft => ({
  sku: 'PMP-1003',
  quantity,
  ...(unitPrice === undefined ? {} : { unitPrice }),
})

const asked = { requestedOn: '2026-11-25' }

const leave = (order: OrderState, number: string, quantityEach: number, shippedAt: string) =>
  shipmentOf(order, number, [{ line: '1', quantityEach }], { shippedAt })

/** What the buyer got of an order's money, in turn: answers and invoices. */
function toldBuyer(trade: Trade) {
  return trade.arrived().flatMap(({ operation, document }): object[] => {
    if (document.docType === 'acknowledgement')
      return [
        {
          answer: document.purpose,
          ...(document.revision === undefined ? {} : { revision: document.revision }),
          prices: document.lines.flatMap(({ statuses }) =>
            statuses.map(({ answer, quantity, unitPrice }) => [answer, quantity.value, unitPrice]),
          ),
        },
      ]
    if (document.docType !== 'invoice' || operation !== 'partner.invoice') return []
    return [
      {
        invoice: document.lines.map(({ quantity, unitPrice }) => [
          quantity.value,
          normalDecimal(unitPrice),
        ]),
        totalMinor: document.totalMinor,
      },
    ]
  })
}

async function shipped(trade: Trade, order: OrderState, quantityEach: number) {
  await trade.send(leave(order, 'SH-1', quantityEach, after))
  return trade.order(order.purchaseOrderNumber)
}

test('goods priced by the day they leave are acknowledged anew at a price that fell, and then billed at it', async () => {
  const trade = await tradeAt('230')
  await trade.send(purchaseOrder('PO-1', [pumps(2, '240')], asked))
  const order = await trade.order('PO-1')
  expect(order.lines[0]).toMatchObject({ unitPrice: '240', isPricedAtShip: true })
  const done = await shipped(trade, order, 2)
  expect(toldBuyer(trade)).toEqual([
    { answer: 'original', prices: [['accepted', '2', '240']] },
    { answer: 'replace', revision: 2, prices: [['price-changed', '2', '230']] },
    { invoice: [['2', '230']], totalMinor: 46_000 },
  ])
  expect(done).toMatchObject({ stage: 'invoiced', totalMinor: 46_000, erpRevision: 2 })
  expect(trade.arrived('erp.change-order').map(({ document }) => document)).toMatchObject([
    { revision: 2, lines: [{ unitPrice: '230' }] },
  ])
})

test('goods that leave while the price is still the acknowledged one are billed without another answer', async () => {
  const trade = await tradeAt('300')
  await trade.send(purchaseOrder('PO-1', [pumps(2, '240')], asked))
  await trade.send(leave(await trade.order('PO-1'), 'SH-1', 2, before))
  expect(toldBuyer(trade)).toEqual([
    { answer: 'original', prices: [['accepted', '2', '240']] },
    { invoice: [['2', '240']], totalMinor: 48_000 },
  ])
})

test('a price that rose by no more than is accepted goes by itself, at the order’s own price', async () => {
  const trade = await tradeAt('240.9')
  await trade.send(purchaseOrder('PO-1', [pumps(2, '240')], asked))
  const done = await shipped(trade, await trade.order('PO-1'), 2)
  expect([done.stage, done.totalMinor]).toEqual(['invoiced', 48_000])
})

test('a price that rose where the order named none is told to the buyer before it is billed', async () => {
  const trade = await tradeAt('255')
  await trade.send(purchaseOrder('PO-1', [pumps(2)], asked))
  await shipped(trade, await trade.order('PO-1'), 2)
  expect(toldBuyer(trade)).toEqual([
    { answer: 'original', prices: [['accepted', '2', '240']] },
    { answer: 'replace', revision: 2, prices: [['price-changed', '2', '255']] },
    { invoice: [['2', '255']], totalMinor: 51_000 },
  ])
})

test('a price that rose above tolerance waits for a person, who lets it pass: the buyer is told, then billed', async () => {
  const trade = await tradeAt('255')
  await trade.send(purchaseOrder('PO-1', [pumps(2, '240')], asked))
  const waiting = await shipped(trade, await trade.order('PO-1'), 2)
  const [hold] = activeHolds(waiting)
  expect(waiting.stage).toBe('shipped')
  expect(hold).toMatchObject({
    ...{ type: 'PRICE', line: '1', blocks: ['invoice'] },
    reason:
      'Line 1: on 2026-12-02, the day the goods left, the price is 255.0000; acknowledged was 240. The order says 240, 30.00 USD less, which is more than is accepted.',
  })
  expect(toldBuyer(trade)).toHaveLength(1)
  const actions = orderActions({ database: world.database, queue: world.queue })
  await actions.releaseHold({
    ...{ tenantId: trade.tenantId, orderId: waiting.orderId, holdId: hold?.holdId ?? '' },
    ...{ actor: 'user:ines', reason: 'Agreed by phone.' },
  })
  await world.settle()
  expect(toldBuyer(trade).slice(1)).toEqual([
    { answer: 'replace', revision: 2, prices: [['price-changed', '2', '255']] },
    { invoice: [['2', '255']], totalMinor: 51_000 },
  ])
})

test('or the person bills the buyer’s price, and it is the one acknowledged already', async () => {
  const trade = await tradeAt('255')
  await trade.send(purchaseOrder('PO-1', [pumps(2, '240')], asked))
  const { orderId, findings } = await shipped(trade, await trade.order('PO-1'), 2)
  expect(findings).toMatchObject([{ kind: 'SHIP_PRICE', line: '1', deltaMinor: -3_000 }])
  const wish = { orderId, line: '1', to: 'buyers' as const }
  const offered = await trade.inTenant((tx) =>
    orderCandidates(tx, { kind: 'order', id: wish.orderId }),
  )
  expect(offered.map(({ kind, payload }) => [kind, payload])).toEqual(
    expect.arrayContaining([
      ['reprice-line', { ...wish, to: 'ours' }],
      ['reprice-line', { ...wish, to: 'buyers' }],
    ]),
  )
  const shown = await pictureOf(trade, repriceLineAct, wish)
  expect(shown.title).toContain('the buyer’s price 240')
  expect(await doAct(world, trade, repriceLineAct, wish)).toMatchObject({ status: 'done' })
  const done = await trade.order('PO-1')
  expect([done.stage, activeHolds(done), done.findings]).toEqual(['invoiced', [], []])
  expect(toldBuyer(trade).slice(1)).toEqual([{ invoice: [['2', '240']], totalMinor: 48_000 }])
})

test('or ours: it is settled, told to the buyer and billed', async () => {
  const trade = await tradeAt('255')
  await trade.send(purchaseOrder('PO-1', [pumps(2, '240')], asked))
  const { orderId } = await shipped(trade, await trade.order('PO-1'), 2)
  const wish = { orderId, line: '1', to: 'ours' as const }
  expect(await doAct(world, trade, repriceLineAct, wish)).toMatchObject({ status: 'done' })
  expect(toldBuyer(trade).slice(1)).toEqual([
    { answer: 'replace', revision: 2, prices: [['price-changed', '2', '255']] },
    { invoice: [['2', '255']], totalMinor: 51_000 },
  ])
  expect(await trade.order('PO-1')).toMatchObject({ stage: 'invoiced', totalMinor: 51_000 })
})

test('ours is the price of the day that line left, not that of another line’s', async () => {
  const trade = await tradeAt('255')
  await trade.inTenant((tx) =>
    agreementFile.write(tx, [
      Agreement.parse({
        ...{ agreementId: 'AG-LATE', name: 'AG-LATE', customerNumber: 'C-10001', currency: 'USD' },
        ...{ validFrom: '2026-12-15', settings: { pricingDate: 'actual-ship' } },
        prices: [{ sku: 'PMP-1003', unitPrice: '270', minimumQuantity: 1 }],
      }),
    ]),
  )
  await trade.send(purchaseOrder('PO-1', [pumps(2, '240'), pumps(1, '240')], asked))
  const order = await trade.order('PO-1')
  await trade.send(leave(order, 'SH-1', 2, after))
  await trade.send(
    shipmentOf(order, 'SH-2', [{ line: '2', quantityEach: 1 }], {
      shippedAt: '2026-12-16T15:00:00Z',
    }),
  )
  const { orderId } = order
  const wish = { orderId, line: '2', to: 'ours' as const }
  expect((await pictureOf(trade, repriceLineAct, wish)).title).toContain('our price 270')
  for (const line of ['2', '1']) await doAct(world, trade, repriceLineAct, { ...wish, line })
  expect(toldBuyer(trade).slice(-2)).toEqual([
    { invoice: [['2', '255']], totalMinor: 51_000 },
    { invoice: [['1', '270']], totalMinor: 27_000 },
  ])
})

test('parts that leave on days of different prices are each billed at theirs, and the bills sum to the order', async () => {
  const trade = await tradeAt('230')
  await trade.send(purchaseOrder('PO-1', [pumps(5, '240')], asked))
  const order = await trade.order('PO-1')
  await trade.send(leave(order, 'SH-1', 2, before))
  await trade.send(leave(order, 'SH-2', 3, after))
  expect(toldBuyer(trade)).toEqual([
    { answer: 'original', prices: [['accepted', '5', '240']] },
    { invoice: [['2', '240']], totalMinor: 48_000 },
    {
      ...{ answer: 'replace', revision: 2 },
      prices: [
        ['accepted', '2', '240'],
        ['price-changed', '3', '230'],
      ],
    },
    { invoice: [['3', '230']], totalMinor: 69_000 },
  ])
  expect(await trade.order('PO-1')).toMatchObject({ stage: 'invoiced', totalMinor: 117_000 })
})

test('of parts that are heard of at once each price is told before it is billed, also where the last is the one told', async () => {
  const trade = await tradeAt('255')
  await trade.send(purchaseOrder('PO-1', [pumps(5)], asked))
  const order = await trade.order('PO-1')
  await trade.send([leave(order, 'SH-1', 2, after), leave(order, 'SH-2', 3, before)])
  expect(toldBuyer(trade)).toEqual([
    { answer: 'original', prices: [['accepted', '5', '240']] },
    {
      ...{ answer: 'replace', revision: 2 },
      prices: [
        ['price-changed', '2', '255'],
        ['accepted', '3', '240'],
      ],
    },
    { invoice: [['2', '255']], totalMinor: 51_000 },
    { invoice: [['3', '240']], totalMinor: 72_000 },
  ])
  expect(await trade.order('PO-1')).toMatchObject({ stage: 'invoiced', totalMinor: 123_000 })
})

test('what was kept back for the price is judged by what each bill said, and by what was agreed for the day the goods left', async () => {
  const trade = await tradeAt('255')
  await trade.send(purchaseOrder('PO-1', [pumps(5)], asked))
  const order = await trade.order('PO-1')
  await trade.send(leave(order, 'SH-1', 2, before))
  await trade.send(leave(order, 'SH-2', 3, after))
  const { invoices } = await trade.order('PO-1')
  const kept = invoices.map(({ invoiceNumber, totalMinor }) => ({
    ...{ invoiceNumber, paidMinor: totalMinor - 3_000, deductionMinor: 3_000, deductionCode: '01' },
  }))
  const paidMinor = kept.reduce((sum, part) => sum + part.paidMinor, 0)
  const identifiers = [{ scheme: 'seller-assigned', value: 'C-10001' }]
  const payer = { role: 'payer', name: 'Northwind Tools, Inc.', identifiers }
  await trade.send(paymentOf('PAY-1', paidMinor, kept, { payer }), 'bank')
  const verdicts = await trade.inTenant((tx) =>
    tx.rows<object>(sql`select verdict, justified_minor as minor from deduction`),
  )
  expect(verdicts).toEqual([
    { verdict: 'invalid', minor: 0 },
    { verdict: 'invalid', minor: 0 },
  ])
})

test('the parts of a split line are priced on their day by what was ordered in all', async () => {
  const trade = await tradeAt('235')
  await trade.count([
    { sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 4 },
    { sku: 'PMP-1003', warehouse: 'CHI', onHandEach: 3 },
  ])
  await trade.inTenant((tx) =>
    addPolicyVersion(tx, {
      ...{ policy: 'holds', scope: 'tenant', validFrom: '2026-01-01', validTo: null },
      settings: { cancelWindow: { bySku: { 'PMP-1003': 600 } } },
      ...{ changedBy: 'test', reason: 'Time to split.' },
    }),
  )
  await trade.send(purchaseOrder('PO-1', [pumps(7, '230')], asked))
  const { orderId } = await trade.order('PO-1')
  expect(await doAct(world, trade, splitLineAct, { orderId, line: '1' })).toMatchObject({
    status: 'done',
  })
  await trade.moveHoldEnd(orderId, 'CANCEL_WINDOW', 0)
  const order = await trade.order('PO-1')
  await trade.send(
    shipmentOf(
      order,
      'SH-1',
      order.lines.map(({ line, orderedEach }) => ({ line, quantityEach: orderedEach })),
      { shippedAt: after },
    ),
  )
  expect(toldBuyer(trade).slice(1)).toEqual([
    {
      ...{ answer: 'replace', revision: 2 },
      prices: [
        ['price-changed', '4', '225'],
        ['price-changed', '3', '225'],
      ],
    },
    {
      invoice: [
        ['4', '225'],
        ['3', '225'],
      ],
      totalMinor: 157_500,
    },
  ])
})

test('the parts of a split line that leave on different days are told each at its own price', async () => {
  const trade = await tradeAt('235')
  await trade.count([
    { sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 4 },
    { sku: 'PMP-1003', warehouse: 'CHI', onHandEach: 3 },
  ])
  await trade.inTenant((tx) =>
    addPolicyVersion(tx, {
      ...{ policy: 'holds', scope: 'tenant', validFrom: '2026-01-01', validTo: null },
      settings: { cancelWindow: { bySku: { 'PMP-1003': 600 } } },
      ...{ changedBy: 'test', reason: 'Time to split.' },
    }),
  )
  await trade.send(purchaseOrder('PO-1', [pumps(7, '230')], asked))
  const { orderId } = await trade.order('PO-1')
  expect(await doAct(world, trade, splitLineAct, { orderId, line: '1' })).toMatchObject({
    status: 'done',
  })
  await trade.moveHoldEnd(orderId, 'CANCEL_WINDOW', 0)
  const order = await trade.order('PO-1')
  await trade.send(leave(order, 'SH-1', 2, before))
  const rest = order.lines.map(({ line, orderedEach }) => ({
    ...{ line, quantityEach: line === '1' ? orderedEach - 2 : orderedEach },
  }))
  await trade.send(shipmentOf(order, 'SH-2', rest, { shippedAt: after }))
  expect(toldBuyer(trade).slice(2, 3)).toEqual([
    {
      ...{ answer: 'replace', revision: 2 },
      prices: [
        ['accepted', '2', '230'],
        ['price-changed', '2', '225'],
        ['price-changed', '3', '225'],
      ],
    },
  ])
})

test('a price nobody acknowledged never becomes an invoice by itself: it is held, and told once a person has agreed', async () => {
  const trade = await tradeAt('240', 'purchase-order')
  await trade.send(purchaseOrder('PO-1', [pumps(2, '240')], asked))
  const order = await trade.order('PO-1')
  await trade.inTenant((tx) =>
    tx.run(sql`update order_line set unit_price = 260 where order_id = ${order.orderId}`),
  )
  const waiting = await shipped(trade, order, 2)
  const [hold] = activeHolds(waiting)
  expect(hold?.reason).toBe(
    'Line 1 would be billed at 260; acknowledged was 240. The buyer is told before an invoice leaves.',
  )
  expect(waiting.invoices).toEqual([])
  const actions = orderActions({ database: world.database, queue: world.queue })
  await actions.releaseHold({
    ...{ tenantId: trade.tenantId, orderId: waiting.orderId, holdId: hold?.holdId ?? '' },
    ...{ actor: 'user:ines', reason: 'The new price is right.' },
  })
  await world.settle()
  expect(toldBuyer(trade).slice(1)).toEqual([
    { answer: 'replace', revision: 2, prices: [['price-changed', '2', '260']] },
    { invoice: [['2', '260']], totalMinor: 52_000 },
  ])
  // No number of the series was lost while it was held.
  expect((await trade.order('PO-1')).invoices[0]?.invoiceNumber).toBe('INV-000001')
})

test.each([
  {
    pricingDate: 'purchase-order',
    issuedOn: '2026-11-16',
    requestedOn: '2026-12-05',
    price: '240',
  },
  {
    pricingDate: 'purchase-order',
    issuedOn: '2026-12-03',
    requestedOn: '2026-11-25',
    price: '230',
  },
  {
    pricingDate: 'requested-ship',
    issuedOn: '2026-11-16',
    requestedOn: '2026-12-05',
    price: '230',
  },
  {
    pricingDate: 'requested-ship',
    issuedOn: '2026-12-03',
    requestedOn: '2026-11-25',
    price: '240',
  },
])(
  'the day that counts by an agreement is its own: $pricingDate of $issuedOn and $requestedOn gives $price',
  async ({ pricingDate, price, ...days }) => {
    const trade = await tradeAt('230', pricingDate)
    await trade.send(purchaseOrder('PO-1', [pumps(1)], days))
    expect((await trade.order('PO-1')).lines[0]?.unitPrice).toBe(price)
  },
)
