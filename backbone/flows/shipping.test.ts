import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allOpen, paymentOf, purchaseOrder, shipmentOf } from '../../testing/flow-papers.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import type { OutboundDocument } from '../canonical/canonical-document.ts'
import { activeHolds, type OrderState } from '../canonical/order-state.ts'
import { orderActions } from '../services/order-actions.ts'
import { ordersWithFillableBackorders } from '../store/checks/stock-facts.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

test('what no warehouse has is acknowledged as backordered, and later stock fills it with a pick and a bill of its own', async () => {
  const trade = await world.newTrade({ json: { repliesTo: 'x12' }, x12: {}, erp: {}, wms: {} })
  await trade.count([
    { sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 6 },
    { sku: 'PMP-1003', warehouse: 'CHI', onHandEach: 0 },
  ])
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 10 }]))
  const order = await trade.order('PO-1')
  expect(trade.arrived('partner.acknowledgement').map((call) => call.document)).toMatchObject([
    {
      answer: 'accepted-with-changes',
      lines: [
        {
          statuses: [
            { answer: 'accepted', quantity: { value: '6' } },
            { answer: 'backordered', quantity: { value: '4' } },
          ],
        },
      ],
    },
  ])
  await trade.send(shipmentOf(order, 'SH-1', [{ line: '1', quantityEach: 6 }]))
  expect(await trade.order('PO-1')).toMatchObject({ stage: 'picking' })
  await trade.count([{ sku: 'PMP-1003', warehouse: 'CHI', onHandEach: 20 }])
  await trade.advance(order.orderId)
  expect(trade.arrived('wms.request-pick').map((call) => call.document)).toMatchObject([
    { warehouse: 'DAL', lines: [{ quantityEach: 6 }] },
    { warehouse: 'CHI', lines: [{ quantityEach: 4 }] },
  ])
  await trade.send(shipmentOf(order, 'SH-2', [{ line: '1', quantityEach: 4 }]))
  const done = await trade.order('PO-1')
  expect(done.stage).toBe('invoiced')
  expect(done.invoices.map((invoice) => invoice.totalMinor).sort()).toEqual([100_000, 150_000])
  expect(await trade.stock('PMP-1003', 'DAL')).toEqual({ onHand: 0, allocated: 0 })
  expect(await trade.stock('PMP-1003', 'CHI')).toEqual({ onHand: 16, allocated: 0 })
})

test('orders that may not take stock yet do not stand before the backorders that may', async () => {
  const trade = await world.newTrade()
  await trade.send(
    purchaseOrder('PO-0', [
      { sku: 'PMP-1003', quantity: 1 },
      { sku: 'NOBODY-KNOWS', quantity: 1 },
    ]),
  )
  await trade.count([
    { sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 0 },
    { sku: 'PMP-1003', warehouse: 'CHI', onHandEach: 0 },
  ])
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 4 }]))
  await trade.count([{ sku: 'PMP-1003', warehouse: 'CHI', onHandEach: 20 }])
  const { orderId } = await trade.order('PO-1')
  expect(await trade.inTenant((tx) => ordersWithFillableBackorders(tx, 1))).toEqual([orderId])
})

test('a shipment reported twice counts once; one with more than is open, or of an unknown line, waits for a person', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 3 }]))
  const order = await trade.order('PO-1')
  const first = shipmentOf(order, 'SH-1', [{ line: '1', quantityEach: 2 }])
  await trade.send(first)
  await trade.send({ ...first, notes: [{ text: 'Sent again.' }] })
  await trade.send(shipmentOf(order, 'SH-2', [{ line: '1', quantityEach: 2 }]))
  await trade.send(shipmentOf(order, 'SH-3', [{ line: '9', quantityEach: 1 }]))
  expect((await trade.documents()).map((row) => row.status)).toEqual([
    'applied',
    'applied',
    'duplicate',
    'quarantined',
    'quarantined',
  ])
  expect((await trade.quarantined()).map((row) => row.kind)).toEqual([
    'needs-person',
    'needs-person',
  ])
  expect((await trade.order('PO-1')).lines[0]?.shippedEach).toBe(2)
})

test('a report in which nothing left makes no bill, and changes nothing at an order that is closed', async () => {
  const trade = await world.newTrade({ json: {}, bank: {}, erp: {}, wms: {} })
  const freight = [{ kind: 'charge', amountMinor: 900 }]
  await trade.send(
    purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 2 }], { allowancesCharges: freight }),
  )
  const { orderId } = await trade.order('PO-1')
  await trade.moveHoldEnd(orderId, 'CANCEL_WINDOW', 0)
  const order = await trade.order('PO-1')
  await trade.send(shipmentOf(order, 'SH-0', [{ line: '1', quantityEach: 0 }]))
  expect((await trade.order('PO-1')).invoices).toEqual([])
  await trade.send(shipmentOf(order, 'SH-1', allOpen(order)))
  const [invoice] = (await trade.order('PO-1')).invoices
  const { invoiceNumber = '', totalMinor: paidMinor = 0 } = invoice ?? {}
  await trade.send(paymentOf('PAY-1', paidMinor, [{ invoiceNumber, paidMinor }]), 'bank')
  await trade.send(shipmentOf(order, 'SH-2', [{ line: '1', quantityEach: 0 }], { isFinal: true }))
  expect((await trade.order('PO-1')).stage).toBe('closed')
  expect((await trade.documents()).map((row) => row.status)).toEqual([
    'applied',
    'ignored',
    'applied',
    'applied',
    'ignored',
  ])
})

test('a shipment that comes before its order is known waits and is applied when the order is there', async () => {
  const trade = await world.newTrade()
  await trade.send(
    shipmentOf({ orderNumber: 'SO-000001' }, 'SH-1', [{ line: '1', quantityEach: 3 }]),
  )
  expect((await trade.documents()).map((row) => row.status)).toEqual(['parked'])
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 3 }]))
  expect(await trade.order('PO-1')).toMatchObject({ orderNumber: 'SO-000001', stage: 'invoiced' })
})

test('a last shipment with less than ordered ends the order: what did not leave is neither billed nor taxed', async () => {
  const trade = await world.newTrade()
  await trade.send(
    purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 4 }], { taxes: [{ amountMinor: 8_000 }] }),
  )
  const order = await trade.order('PO-1')
  await trade.send(shipmentOf(order, 'SH-1', [{ line: '1', quantityEach: 3 }], { isFinal: true }))
  const short = await trade.order('PO-1')
  expect(short).toMatchObject({ stage: 'invoiced', totalMinor: 81_000, taxMinor: 6_000 })
  expect(short.invoices).toMatchObject([{ totalMinor: 81_000 }])
  expect(await trade.stock('PMP-1003', 'DAL')).toEqual({ onHand: 997, allocated: 0 })
})

test('a line that leaves in two lots of one shipment is billed with both', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 5 }]))
  const order = await trade.order('PO-1')
  await trade.send(
    shipmentOf(order, 'SH-1', [
      { line: '1', quantityEach: 2 },
      { line: '1', quantityEach: 3 },
    ]),
  )
  expect(await trade.order('PO-1')).toMatchObject({
    stage: 'invoiced',
    invoices: [{ totalMinor: 125_000 }],
  })
})

// How a quantity may leave in parts: where to cut it.
const cuts = (quantity: number) =>
  fc.array(fc.integer({ min: 0, max: quantity }), { maxLength: 4 }).map((points) => {
    const sorted = [0, ...points.toSorted((a, b) => a - b), quantity]
    return sorted.slice(1).map((point, index) => point - (sorted[index] ?? 0))
  })

function expectToAddUp(document: OutboundDocument): void {
  if (document.docType !== 'invoice') return
  const money = (kind: string) =>
    document.allowancesCharges
      .filter((extra) => extra.kind === kind)
      .reduce((sum, extra) => sum + extra.amountMinor, 0)
  const taxes = document.taxes.reduce((sum, tax) => sum + tax.amountMinor, 0)
  const { linesTotalMinor, totalMinor } = document
  expect(totalMinor).toBe(linesTotalMinor + money('charge') - money('allowance') + taxes)
}

async function letPass(tenantId: string, { orderId, ...order }: OrderState): Promise<void> {
  const act = { tenantId, orderId, actor: 'key:Dana', reason: 'Agreed by phone.' }
  for (const { holdId } of activeHolds({ orderId, ...order }))
    await orderActions(world).releaseHold({ ...act, holdId })
  await world.settle()
}

test('however an order is split into shipments, its bills sum to its total, freight and tax included', async () => {
  await fc.assert(
    fc.asyncProperty(
      cuts(7),
      cuts(11),
      fc.integer({ min: 0, max: 999 }),
      fc.integer({ min: -300, max: 2_000 }),
      async (bolts, wires, taxMinor, freightMinor) => {
        const trade = await world.newTrade()
        const freight = {
          kind: freightMinor < 0 ? 'allowance' : 'charge',
          amountMinor: Math.abs(freightMinor),
        }
        await trade.send(
          purchaseOrder(
            'PO-1',
            [
              { sku: 'BRG-1003', quantity: 7 },
              { sku: 'CBL-1001', quantity: 11 },
            ],
            { taxes: [{ amountMinor: taxMinor }], allowancesCharges: [freight] },
          ),
        )
        const received = await trade.order('PO-1')
        // An allowance nobody agreed to holds the order; a person lets it pass, and the bills carry it.
        expect(activeHolds(received).map((hold) => hold.type)).toEqual(
          freightMinor < 0 ? ['PRICE'] : [],
        )
        await letPass(trade.tenantId, received)
        const order = await trade.order('PO-1')
        for (let part = 0; part < Math.max(bolts.length, wires.length); part += 1)
          await trade.hand(
            shipmentOf(order, `SH-${part}`, [
              { line: '1', quantityEach: bolts[part] ?? 0 },
              { line: '2', quantityEach: wires[part] ?? 0 },
            ]),
          )
        await world.settle()
        const billed = await trade.order('PO-1')
        const total = billed.invoices.reduce((sum, invoice) => sum + invoice.totalMinor, 0)
        expect(total).toBe(order.totalMinor)
        for (const { document } of trade.arrived('erp.post-invoice')) expectToAddUp(document)
      },
    ),
    { numRuns: 15 },
  )
})

test('an order that leaves whole is billed whole', async () => {
  const trade = await world.newTrade()
  await trade.send(
    purchaseOrder('PO-1', [
      { sku: 'FAS-1001', quantity: 2, uom: 'XCS' },
      { sku: 'TLS-1002', quantity: 3, unitPrice: '9.2872' },
    ]),
  )
  const order = await trade.order('PO-1')
  await trade.send(shipmentOf(order, 'SH-1', allOpen(order)))
  // 48 screws at 0.084 and 3 wrenches at 9.2872.
  expect((await trade.order('PO-1')).invoices).toMatchObject([{ totalMinor: 403 + 2_786 }])
})
