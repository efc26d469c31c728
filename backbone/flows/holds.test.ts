import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { milestoneOf, purchaseOrder } from '../../testing/flow-papers.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { activeHolds } from '../canonical/order-state.ts'
import { orderActions } from '../services/order-actions.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

test('an order is not released before its cancel window ends, and exactly once after', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 1800 }, erp: {}, wms: {} })
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 1 }]))
  const held = await trade.order('PO-1')
  expect(held.stage).toBe('held')
  expect(activeHolds(held).map((hold) => hold.type)).toEqual(['CANCEL_WINDOW'])
  await trade.moveHoldEnd(held.orderId, 'CANCEL_WINDOW', 60)
  expect(trade.arrived('erp.create-order')).toEqual([])
  expect((await trade.order('PO-1')).stage).toBe('held')
  await trade.moveHoldEnd(held.orderId, 'CANCEL_WINDOW', 0)
  await trade.advance(held.orderId)
  expect((await trade.order('PO-1')).stage).toBe('picking')
  expect(trade.arrived('erp.create-order')).toHaveLength(1)
  const lifted = (await trade.timeline(held.orderId)).filter((kind) => kind === 'hold.lifted')
  expect(lifted).toHaveLength(1)
})

test('the end of a cancel window is a job in the database, set for that very moment', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 1800 }, erp: {}, wms: {} })
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 1 }]))
  const order = await trade.order('PO-1')
  const [job] = await trade.inTenant((tx) =>
    tx.rows<{ start_after: string }>(sql`
      select start_after from pgboss.job where name = 'advance-order' and data ->> 'id' = ${order.orderId}
        and state = 'created'`),
  )
  expect(job?.start_after).toBe(activeHolds(order)[0]?.expiresAt)
})

test('a change before the release is checked again and does not begin the cancel window anew', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 1800 }, erp: {}, wms: {} })
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 4 }]))
  const before = await trade.order('PO-1')
  await trade.send(
    purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 6 }], { purpose: 'replace' }),
  )
  const after = await trade.order('PO-1')
  expect(after).toMatchObject({ stage: 'held', totalMinor: 150_000, changeCount: 1 })
  expect(after.holds).toEqual(before.holds)
  expect(await trade.stock('PMP-1003', 'DAL')).toMatchObject({ allocated: 6 })
  await trade.moveHoldEnd(after.orderId, 'CANCEL_WINDOW', 0)
  expect(trade.arrived('erp.create-order').map((call) => call.document)).toMatchObject([
    { totalMinor: 150_000 },
  ])
})

const conditions = ['installer-contacted', 'installer-booked', 'quote-accepted']

const conditional = {
  cancelWindowSeconds: 0,
  conditionalHolds: [{ conditions, productClasses: ['PMP'], timeoutSeconds: 3600 }],
}

test('an order with an installer waits for its three conditions in whatever order they come true', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(['order', ...conditions], { minLength: 4, maxLength: 4 }),
      async (turns) => {
        const trade = await world.newTrade({ json: conditional, erp: {}, wms: {} })
        const papers: Record<string, object> = {
          order: purchaseOrder('PRJ-1', [{ sku: 'PMP-1003', quantity: 1 }]),
          ...Object.fromEntries(
            conditions.map((condition) => [
              condition,
              milestoneOf('condition-met', `M-${condition}`, {
                purchaseOrderNumber: 'PRJ-1',
                condition,
              }),
            ]),
          ),
        }
        for (const [index, turn] of turns.entries()) {
          expect(trade.arrived('erp.create-order')).toEqual([])
          // Now and then two come in the same moment.
          if (index % 2 === 0) await trade.hand(papers[turn] ?? {})
          else await trade.send(papers[turn] ?? {})
        }
        await world.settle()
        const order = await trade.order('PRJ-1')
        expect(order.stage).toBe('picking')
        expect(activeHolds(order)).toEqual([])
      },
    ),
    { numRuns: 8 },
  )
})

test('an order of which only a hold has changed is a new version of it, for whoever decides by what they read', async () => {
  const trade = await world.newTrade({ json: conditional, erp: {}, wms: {} })
  await trade.send(purchaseOrder('PRJ-1', [{ sku: 'PMP-1003', quantity: 1 }]))
  const version = () =>
    trade.inTenant((tx) => tx.rows<{ version: number }>(sql`select version from orders`))
  const [before] = await version()
  await trade.send(
    milestoneOf('condition-met', 'M-1', {
      purchaseOrderNumber: 'PRJ-1',
      condition: 'quote-accepted',
    }),
  )
  expect((await trade.order('PRJ-1')).stage).toBe('held')
  const [after] = await version()
  expect(after?.version).toBeGreaterThan(before?.version ?? 0)
})

test('a condition that is not met in time is told to people once, and never releases the order', async () => {
  const trade = await world.newTrade({ json: conditional, erp: {}, wms: {} })
  await trade.send(purchaseOrder('PRJ-1', [{ sku: 'PMP-1003', quantity: 1 }]))
  const order = await trade.order('PRJ-1')
  await trade.moveHoldEnd(order.orderId, 'CONDITIONAL', 0)
  await trade.advance(order.orderId)
  await trade.advance(order.orderId)
  const late = await trade.order('PRJ-1')
  expect(late.stage).toBe('held')
  expect(late.holds[0]?.timedOutAt).toBeDefined()
  const told = (await trade.timeline(order.orderId)).filter((kind) => kind === 'hold.timed-out')
  expect(told).toHaveLength(1)
})

test('an order that ships complete waits until every line can be delivered', async () => {
  const trade = await world.newTrade()
  await trade.count([
    { sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 1 },
    { sku: 'PMP-1003', warehouse: 'CHI', onHandEach: 0 },
  ])
  await trade.send(
    purchaseOrder(
      'PO-1',
      [
        { sku: 'PMP-1003', quantity: 3 },
        { sku: 'BRG-1003', quantity: 1 },
      ],
      { isShipComplete: true },
    ),
  )
  const waiting = await trade.order('PO-1')
  expect(activeHolds(waiting).map((hold) => hold.type)).toEqual(['SHIP_COMPLETE'])
  await trade.count([{ sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 5 }])
  await trade.advance(waiting.orderId)
  expect((await trade.order('PO-1')).stage).toBe('picking')
  expect(trade.arrived('wms.request-pick')).toHaveLength(1)
})

test('an order the ERP refuses is held; lifting the hold asks the ERP once more, with the first key', async () => {
  const trade = await world.newTrade()
  trade.answer((call) =>
    call.operation === 'erp.create-order'
      ? { outcome: 'refused', errorClass: 'BUSINESS_RULE', code: 'X1', message: 'On stop.' }
      : undefined,
  )
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 2 }]))
  const refused = await trade.order('PO-1')
  expect(refused.stage).toBe('held')
  const actions = orderActions(world)
  const act = (holdId = '') => ({
    tenantId: trade.tenantId,
    orderId: refused.orderId,
    holdId,
    actor: 'key:Dana',
    reason: 'The customer has paid.',
  })
  const [first] = activeHolds(refused)
  expect(first).toMatchObject({ type: 'MANUAL', reason: expect.stringContaining('On stop.') })
  expect(await actions.releaseHold(act(first?.holdId))).toMatchObject({ status: 'requested' })
  await world.settle()
  // Refused once more: held once more.
  const again = await trade.order('PO-1')
  expect(again.stage).toBe('held')
  const [second] = activeHolds(again)
  expect(second?.holdId).not.toBe(first?.holdId)
  trade.answer(() => undefined)
  expect(await actions.releaseHold(act(second?.holdId))).toMatchObject({ status: 'requested' })
  await world.settle()
  expect((await trade.order('PO-1')).stage).toBe('picking')
  expect(trade.arrived('erp.create-order')).toHaveLength(1)
  expect(await actions.releaseHold(act(second?.holdId))).toMatchObject({ status: 'refused' })
  expect(await actions.releaseHold(act('hld_unknown'))).toEqual({ status: 'unknown' })
})

test('a failed invoice posting is told on the order and leaves its stage alone', async () => {
  const trade = await world.newTrade({ json: {}, bank: {}, erp: {}, wms: {} })
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 2 }]))
  trade.answer((call) =>
    call.operation === 'erp.post-invoice'
      ? { outcome: 'refused', errorClass: 'BUSINESS_RULE', code: 'P9', message: 'Period closed.' }
      : undefined,
  )
  const order = await trade.order('PO-1')
  await trade.send({
    docType: 'shipment',
    currency: 'USD',
    shipmentNumber: 'SH-1',
    orderNumber: order.orderNumber,
    shippedAt: '2026-11-17T15:00:00Z',
    lines: [
      {
        line: '1',
        item: { identifiers: [{ scheme: 'sku', value: 'PMP-1003' }] },
        shipped: { value: '2', uom: 'EA' },
      },
    ],
  })
  const billed = await trade.order('PO-1')
  expect(billed.stage).toBe('invoiced')
  expect(await trade.timeline(order.orderId)).toContain('transaction.failed')
})
