import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { milestoneOf, purchaseOrder, shipmentOf } from '../../testing/flow-papers.ts'
import type { Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { orderActions } from '../services/order-actions.ts'
import { transactionsService } from '../services/transactions.ts'
import { sweepOutbox } from './outbox/sweep-outbox.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const pump = (quantity: number) => [{ sku: 'PMP-1003', quantity }]

async function cancel(trade: Trade, orderId: string) {
  return orderActions(world).cancel({
    tenantId: trade.tenantId,
    orderId,
    actor: 'key:Dana',
    reason: 'The customer rang.',
  })
}

test('a cancel before the release is done at once and gives the stock back', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 1800 }, erp: {}, wms: {} })
  await trade.send(purchaseOrder('PO-1', pump(4)))
  expect(await trade.stock('PMP-1003', 'DAL')).toMatchObject({ allocated: 4 })
  const order = await trade.order('PO-1')
  expect(await cancel(trade, order.orderId)).toMatchObject({ status: 'done' })
  await world.settle()
  expect(await trade.order('PO-1')).toMatchObject({
    stage: 'cancelled',
    cancelReason: 'The customer rang.',
  })
  expect(await trade.stock('PMP-1003', 'DAL')).toMatchObject({ allocated: 0 })
  // The end of the window comes and finds nothing to release.
  await trade.moveHoldEnd(order.orderId, 'CANCEL_WINDOW', 0)
  expect(trade.arrived()).toEqual([])
  expect(await cancel(trade, order.orderId)).toMatchObject({ status: 'done' })
  expect(await cancel(trade, 'ord_unknown')).toEqual({ status: 'unknown' })
})

test('a cancel after the pick was asked for goes to the warehouse first, then to the ERP', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', pump(4)))
  const order = await trade.order('PO-1')
  expect(order.stage).toBe('picking')
  expect(await cancel(trade, order.orderId)).toMatchObject({
    status: 'requested',
    message: expect.stringContaining('warehouse'),
  })
  expect((await trade.order('PO-1')).stage).toBe('picking')
  // Asked a second time before the warehouse has answered: nothing is cancelled behind its back.
  expect(await cancel(trade, order.orderId)).toMatchObject({ status: 'requested' })
  expect((await trade.order('PO-1')).stage).toBe('picking')
  await world.settle()
  expect((await trade.order('PO-1')).stage).toBe('cancelled')
  expect(await trade.stock('PMP-1003', 'DAL')).toMatchObject({ allocated: 0, onHand: 1000 })
  expect(trade.arrived().map((call) => call.operation)).toEqual([
    'erp.create-order',
    'wms.request-pick',
    'wms.cancel-pick',
    'erp.cancel-order',
  ])
  const asked = (await trade.timeline(order.orderId)).filter(
    (kind) => kind === 'order.cancel-requested',
  )
  expect(asked).toHaveLength(1)
})

test('when the warehouse keeps the pick, the cancel is refused and the order goes on', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', pump(4)))
  trade.answer((call) =>
    call.operation === 'wms.cancel-pick'
      ? {
          outcome: 'refused',
          errorClass: 'BUSINESS_RULE',
          code: 'PICKING',
          message: 'Already on the cart.',
        }
      : undefined,
  )
  const order = await trade.order('PO-1')
  await cancel(trade, order.orderId)
  await world.settle()
  const kept = await trade.order('PO-1')
  expect(kept.stage).toBe('picking')
  expect(kept.cancelReason).toBeUndefined()
  expect(await trade.timeline(order.orderId)).toContain('order.cancel-refused')
  expect(trade.arrived('erp.cancel-order')).toEqual([])
  await trade.send(shipmentOf(order, 'SH-1', [{ line: '1', quantityEach: 4 }]))
  expect((await trade.order('PO-1')).stage).toBe('invoiced')
  expect(await cancel(trade, order.orderId)).toMatchObject({ status: 'refused' })
})

test('a warehouse that keeps its pick does not keep another one from being asked', async () => {
  const trade = await world.newTrade()
  await trade.count([
    { sku: 'BRG-1003', warehouse: 'DAL', onHandEach: 0 },
    { sku: 'BRG-1003', warehouse: 'CHI', onHandEach: 100 },
  ])
  await trade.send(
    purchaseOrder('PO-1', [
      { sku: 'PMP-1003', quantity: 4 },
      { sku: 'BRG-1003', quantity: 2 },
    ]),
  )
  const order = await trade.order('PO-1')
  expect(order.picks.map(({ warehouse }) => warehouse).sort()).toEqual(['CHI', 'DAL'])
  let asked = 0
  trade.answer((call) => {
    if (call.operation !== 'wms.cancel-pick') return undefined
    asked += 1
    const message = 'Already on the cart.'
    return asked === 1
      ? { outcome: 'refused', errorClass: 'BUSINESS_RULE', code: 'PICKING', message }
      : undefined
  })
  await cancel(trade, order.orderId)
  await world.settle()
  expect(asked).toBe(2)
  const { picks } = await trade.order('PO-1')
  // The order goes on: what the second warehouse gave back is asked for anew.
  expect(picks.map(({ status }) => status).sort()).toEqual(['cancelled', 'picking', 'requested'])
})

test('a warehouse’s message about one pick says nothing of the order’s other pick', async () => {
  const trade = await world.newTrade()
  await trade.count([
    { sku: 'BRG-1003', warehouse: 'DAL', onHandEach: 0 },
    { sku: 'BRG-1003', warehouse: 'CHI', onHandEach: 100 },
  ])
  await trade.send(
    purchaseOrder('PO-1', [
      { sku: 'PMP-1003', quantity: 4 },
      { sku: 'BRG-1003', quantity: 2 },
    ]),
  )
  const order = await trade.order('PO-1')
  trade.answer((call) =>
    call.operation === 'wms.cancel-pick'
      ? {
          outcome: 'failed',
          errorClass: 'TRANSPORT',
          code: 'DOWN',
          message: 'Away.',
          retryAfterMs: 3_600_000,
        }
      : undefined,
  )
  await cancel(trade, order.orderId)
  await world.settle()
  const [first, second] = order.picks.map(({ pickNumber }) => pickNumber).sort()
  const about = (pickNumber: string | undefined) => ({
    orderNumber: order.orderNumber,
    references: [{ qualifier: 'pick', value: pickNumber }],
  })
  await trade.send(milestoneOf('pick-cancelled', 'M-1', about(first)))
  const statuses = async () =>
    (await trade.order('PO-1')).picks
      .toSorted((a, b) => a.pickNumber.localeCompare(b.pickNumber))
      .map(({ status }) => status)
  expect(await statuses()).toEqual(['cancelled', 'cancel-requested'])
  expect((await trade.order('PO-1')).stage).toBe('picking')
  await trade.send(milestoneOf('pick-cancelled', 'M-2', about(second)))
  expect(await statuses()).toEqual(['cancelled', 'cancelled'])
  expect((await trade.order('PO-1')).stage).toBe('cancelled')
})

test('a warehouse that says by a message what its answer says later cancels once', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', pump(4)))
  const order = await trade.order('PO-1')
  trade.answer((call) =>
    call.operation === 'wms.cancel-pick'
      ? {
          outcome: 'failed',
          errorClass: 'TRANSPORT',
          code: 'DOWN',
          message: 'Away.',
          retryAfterMs: 3_600_000,
        }
      : undefined,
  )
  await cancel(trade, order.orderId)
  await world.settle()
  await trade.send(milestoneOf('pick-cancelled', 'M-1', { orderNumber: order.orderNumber }))
  expect((await trade.order('PO-1')).stage).toBe('cancelled')
  trade.answer(() => undefined)
  await trade.inTenant(async (tx) => {
    const rows = await tx.rows<{ id: string }>(sql`
      update transaction set due_at = now() - interval '1 second'
      where operation = 'wms.cancel-pick' returning transaction_id as id`)
    await world.queue.enqueue(
      tx,
      'deliver-transaction',
      rows.map((row) => row.id),
    )
  })
  await world.settle()
  expect(trade.arrived('wms.cancel-pick')).toHaveLength(1)
  await trade.send(milestoneOf('pick-cancelled', 'M-2', { orderNumber: order.orderNumber }))
  const timeline = await trade.timeline(order.orderId)
  expect(timeline.filter((kind) => kind === 'order.cancelled')).toHaveLength(1)
  expect(trade.arrived('erp.cancel-order')).toHaveLength(1)
})

test('a cancel after a part has left withdraws only the rest, and the ERP gets a new version', async () => {
  const trade = await world.newTrade()
  await trade.count([
    { sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 6 },
    { sku: 'PMP-1003', warehouse: 'CHI', onHandEach: 0 },
  ])
  await trade.send(purchaseOrder('PO-1', pump(10), { taxes: [{ amountMinor: 1_001 }] }))
  const order = await trade.order('PO-1')
  await trade.send(shipmentOf(order, 'SH-1', [{ line: '1', quantityEach: 6 }]))
  expect((await trade.order('PO-1')).stage).toBe('picking')
  await cancel(trade, order.orderId)
  await world.settle()
  const rest = await trade.order('PO-1')
  expect(rest.stage).toBe('invoiced')
  expect(rest.totalMinor).toBe(150_000 + 601)
  expect(rest.invoices.map((invoice) => invoice.totalMinor)).toEqual([150_000 + 601])
  expect(trade.arrived('erp.cancel-order')).toEqual([])
  expect(trade.arrived('erp.change-order').map((call) => call.document)).toMatchObject([
    { revision: 2, lines: [{ quantityEach: 6 }] },
  ])
})

test('a change of one line does not hold the order for the total that was stated before it', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 1800 }, erp: {}, wms: {} })
  await trade.send(purchaseOrder('PO-1', pump(4), { statedTotalMinor: 100_000 }))
  await trade.send({
    docType: 'order-change',
    purpose: 'change',
    currency: 'USD',
    purchaseOrderNumber: 'PO-1',
    revision: 1,
    changes: [{ action: 'quantity', line: '1', quantity: { value: '7', uom: 'EA' } }],
  })
  const { holds, totalMinor } = await trade.order('PO-1')
  expect({ totalMinor, holds: holds.map(({ type }) => type) }).toEqual({
    totalMinor: 175_000,
    holds: ['CANCEL_WINDOW'],
  })
})

test('a change after the release withdraws the pick, changes the ERP order and asks for a new pick, once each', async () => {
  const trade = await world.newTrade()
  await trade.send(
    purchaseOrder('PO-1', [
      { sku: 'PMP-1003', quantity: 4 },
      { sku: 'BRG-1003', quantity: 2 },
    ]),
  )
  await trade.send({
    docType: 'order-change',
    purpose: 'change',
    currency: 'USD',
    purchaseOrderNumber: 'PO-1',
    revision: 1,
    changes: [{ action: 'quantity', line: '1', quantity: { value: '7', uom: 'EA' } }],
  })
  const changed = await trade.order('PO-1')
  expect(changed).toMatchObject({ stage: 'picking', changeCount: 1, totalMinor: 175_000 + 895 })
  expect(trade.arrived().map((call) => call.operation)).toEqual([
    'erp.create-order',
    'wms.request-pick',
    'wms.cancel-pick',
    'erp.change-order',
    'wms.request-pick',
  ])
  expect(trade.arrived('wms.request-pick').at(-1)?.document).toMatchObject({
    lines: [
      { line: '1', quantityEach: 7 },
      { line: '2', quantityEach: 2 },
    ],
  })
  expect(await trade.stock('PMP-1003', 'DAL')).toMatchObject({ allocated: 7 })
  await trade.send(
    shipmentOf(changed, 'SH-1', [
      { line: '1', quantityEach: 7 },
      { line: '2', quantityEach: 2 },
    ]),
  )
  expect((await trade.order('PO-1')).stage).toBe('invoiced')
  expect(await trade.stock('PMP-1003', 'DAL')).toEqual({ allocated: 0, onHand: 993 })
})

test('the change behind a refused one has its turn, and an answer of its own', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', pump(4)))
  const shipped = shipmentOf(await trade.order('PO-1'), 'SH-1', [{ line: '1', quantityEach: 1 }])
  const changeTo = (revision: number, value: string) => ({
    docType: 'order-change',
    purpose: 'change',
    purchaseOrderNumber: 'PO-1',
    issuedOn: '2026-11-16',
    currency: 'USD',
    revision,
    changes: [{ line: '1', action: 'change', quantity: { value, uom: 'EA' } }],
  })
  await trade.send(shipped)
  await trade.send(changeTo(2, '6'))
  await trade.send(changeTo(1, '5'))
  expect((await trade.documents()).map((row) => row.status).sort()).toEqual([
    'applied',
    'applied',
    'refused',
    'refused',
  ])
})

test('a change the warehouse makes impossible is refused, and the order goes on as it was', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', pump(4)))
  trade.answer((call) =>
    call.operation === 'wms.cancel-pick'
      ? { outcome: 'refused', errorClass: 'BUSINESS_RULE', code: 'X', message: 'On the cart.' }
      : undefined,
  )
  await trade.send(purchaseOrder('PO-1', pump(7), { purpose: 'replace' }))
  const order = await trade.order('PO-1')
  expect(order).toMatchObject({ stage: 'picking', changeCount: 0, totalMinor: 100_000 })
  expect((await trade.documents()).map((row) => row.status)).toEqual(['applied', 'refused'])
  expect(trade.arrived('wms.request-pick')).toHaveLength(1)
})

test('a change and a cancel one after the other end in a cancelled order with nothing left anywhere', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', pump(4)))
  await trade.hand(purchaseOrder('PO-1', pump(7), { purpose: 'replace' }))
  await trade.hand(purchaseOrder('PO-1', pump(7), { purpose: 'cancel' }))
  await world.settle()
  expect((await trade.order('PO-1')).stage).toBe('cancelled')
  expect(await trade.stock('PMP-1003', 'DAL')).toEqual({ allocated: 0, onHand: 1000 })
  expect((await trade.documents()).map((row) => row.status)).toEqual([
    'applied',
    'refused',
    'applied',
  ])
})

test('a buyer who cancels while the ERP is away gets the order cancelled, and the ERP is told in turn', async () => {
  const trade = await world.newTrade()
  trade.answer(() => ({
    outcome: 'failed',
    errorClass: 'TRANSPORT',
    code: 'DOWN',
    message: 'Away.',
    retryAfterMs: 3_600_000,
  }))
  await trade.send(purchaseOrder('PO-1', pump(4)))
  expect((await trade.order('PO-1')).stage).toBe('ready')
  await trade.send(purchaseOrder('PO-1', pump(4), { purpose: 'cancel' }))
  expect((await trade.order('PO-1')).stage).toBe('cancelled')
  expect(await trade.stock('PMP-1003', 'DAL')).toEqual({ allocated: 0, onHand: 1000 })
  const calls = await trade.inTenant((tx) =>
    tx.rows<{ operation: string; status: string }>(
      sql`select operation, status from transaction order by key_seq`,
    ),
  )
  expect(calls).toEqual([
    { operation: 'erp.create-order', status: 'waiting' },
    { operation: 'erp.cancel-order', status: 'waiting' },
  ])
})

test('after a pick of which a part has left was given back, the rest is asked for once', async () => {
  const trade = await world.newTrade()
  trade.answer((call) =>
    call.operation === 'wms.cancel-pick'
      ? {
          outcome: 'failed',
          errorClass: 'TRANSPORT',
          code: 'DOWN',
          message: 'Away.',
          retryAfterMs: 3_600_000,
        }
      : undefined,
  )
  await trade.send(purchaseOrder('PO-1', pump(10)))
  await trade.send(purchaseOrder('PO-1', pump(12), { purpose: 'replace' }))
  const order = await trade.order('PO-1')
  await trade.send(shipmentOf(order, 'SH-1', [{ line: '1', quantityEach: 4 }]))
  await trade.send(milestoneOf('pick-cancelled', 'M-1', { orderNumber: order.orderNumber }))
  await trade.advance(order.orderId)
  await trade.advance(order.orderId)
  // What has left cannot be changed any more; what is still open is asked for anew, and not twice.
  expect((await trade.documents()).map((row) => row.status)).toEqual([
    'applied',
    'refused',
    'applied',
    'applied',
  ])
  const asked = await trade.inTenant((tx) =>
    tx.rows(sql`
      select canonical -> 'lines' -> 0 ->> 'quantityEach' as each from document
      where doc_type = 'pick-request' order by number`),
  )
  expect(asked).toEqual([{ each: '10' }, { each: '6' }])
  await trade.send(shipmentOf(order, 'SH-2', [{ line: '1', quantityEach: 6 }]))
  expect((await trade.order('PO-1')).stage).toBe('invoiced')
})

test('a withdrawal of a pick that failed and is sent again takes the pick back when the warehouse agrees', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', pump(4)))
  trade.answer((call) =>
    call.operation === 'wms.cancel-pick'
      ? { outcome: 'refused', errorClass: 'PERMISSION', code: '403', message: 'Not allowed.' }
      : undefined,
  )
  const { orderId } = await trade.order('PO-1')
  await cancel(trade, orderId)
  await world.settle()
  trade.answer(() => undefined)
  await transactionsService(world).replay({
    tenantId: trade.tenantId,
    actor: 'key:Dana',
    selection: { filter: { operation: 'wms.cancel-pick' } },
  })
  await world.settle()
  expect(trade.arrived().map((call) => call.operation)).toEqual([
    'erp.create-order',
    'wms.request-pick',
    'wms.cancel-pick',
    'wms.request-pick',
  ])
  expect((await trade.order('PO-1')).picks.map((pick) => pick.status)).toEqual([
    'cancelled',
    'requested',
  ])
})

test('a new version after the release carries its own freight and tax in the total', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', pump(4), { taxes: [{ amountMinor: 8_000 }] }))
  await trade.send(
    purchaseOrder('PO-1', pump(7), { purpose: 'replace', taxes: [{ amountMinor: 14_000 }] }),
  )
  const changed = await trade.order('PO-1')
  expect(changed).toMatchObject({ taxMinor: 14_000, totalMinor: 175_000 + 14_000 })
  await trade.send(shipmentOf(changed, 'SH-1', [{ line: '1', quantityEach: 7 }]))
  expect((await trade.order('PO-1')).invoices).toMatchObject([{ totalMinor: 175_000 + 14_000 }])
})

test('the same version sent once more after the release disturbs neither warehouse nor ERP', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', pump(4)))
  await trade.send(
    purchaseOrder('PO-1', pump(4), { purpose: 'replace', notes: [{ text: 'Paid.' }] }),
  )
  expect(trade.arrived().map((call) => call.operation)).toEqual([
    'erp.create-order',
    'wms.request-pick',
  ])
  expect((await trade.documents()).map((row) => row.status)).toEqual(['applied', 'applied'])
})

test('a buyer who takes a change of lines back with a whole new version gets the first quantities', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 1800 }, erp: {}, wms: {} })
  await trade.send(purchaseOrder('PO-1', pump(4)))
  await trade.send({
    docType: 'order-change',
    purpose: 'change',
    currency: 'USD',
    purchaseOrderNumber: 'PO-1',
    revision: 1,
    changes: [{ action: 'quantity', line: '1', quantity: { value: '7', uom: 'EA' } }],
  })
  await trade.send(purchaseOrder('PO-1', pump(4), { purpose: 'replace' }))
  expect(await trade.order('PO-1')).toMatchObject({
    totalMinor: 100_000,
    lines: [{ orderedEach: 4 }],
  })
})

test('an ERP and a warehouse that are switched off for a while get their orders when they are on again', async () => {
  const trade = await world.newTrade()
  const switchTo = (isEnabled: boolean) =>
    trade.inTenant((tx) =>
      tx.run(sql`update connection set is_enabled = ${isEnabled} where kind in ('erp', 'wms')`),
    )
  await switchTo(false)
  await trade.send(purchaseOrder('PO-1', pump(4)))
  expect((await trade.order('PO-1')).stage).toBe('ready')
  await switchTo(true)
  await trade.inTenant(async (tx) => sweepOutbox(tx, world.queue, new Date()))
  await world.settle()
  expect((await trade.order('PO-1')).stage).toBe('picking')
  expect(trade.arrived().map((call) => call.operation)).toEqual([
    'erp.create-order',
    'wms.request-pick',
  ])
})
