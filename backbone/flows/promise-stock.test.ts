import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { purchaseOrder } from '../../testing/flow-papers.ts'
import type { Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { Demand, Supply } from '../canonical/availability-data.ts'
import { addDays } from '../canonical/calendar.ts'
import { newId } from '../canonical/ids.ts'
import { Order } from '../canonical/order.ts'
import { orderActions } from '../services/order-actions.ts'
import { ordersWithFillableBackorders } from '../store/checks/stock-facts.ts'
import { demandFile } from '../store/master-data/demand-file.ts'
import { supplyFile } from '../store/master-data/supply-file.ts'
import { lockOrders } from '../store/orders/load-orders.ts'
import { addPolicyVersion } from '../store/policies/policy-settings.ts'
import { orderFromDocument } from './apply/order-from-document.ts'
import { openFlowSetting } from './flow-setting.ts'
import { openOrderBatch } from './order-batch.ts'
import { advance } from './order-to-cash.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const sku = 'PMP-1003'
const inDallas = { sku, warehouse: 'DAL' }

async function tradeWith(onHandEach: number): Promise<{ trade: Trade; today: string }> {
  const trade = await world.newTrade()
  await trade.count([
    { ...inDallas, onHandEach },
    { sku, warehouse: 'CHI', onHandEach: 0 },
  ])
  const { today } = await trade.inTenant((tx) => openFlowSetting(tx))
  return { trade, today }
}

const expectSupply = (trade: Trade, expectedOn: string, quantityEach: number, place = inDallas) =>
  trade.inTenant((tx) =>
    supplyFile.write(tx, [
      Supply.parse({ supplyId: `S-${expectedOn}`, ...place, quantityEach, expectedOn }),
    ]),
  )

const reserve = (trade: Trade, neededOn: string, quantityEach: number) =>
  trade.inTenant((tx) =>
    demandFile.write(tx, [
      Demand.parse({ demandId: `D-${neededOn}`, ...inDallas, quantityEach, neededOn }),
    ]),
  )

const wanted = (number: string, quantity: number, more: object = {}) =>
  purchaseOrder(number, [{ sku, quantity }], more)

async function line(trade: Trade, number: string) {
  const [found] = (await trade.order(number)).lines
  return { allocatedEach: found?.allocatedEach, promisedOn: found?.promisedOn }
}

test('A1_atp: what a later demand has taken is not allocated today, and the line is promised for the day of the receipt', async () => {
  const { trade, today } = await tradeWith(10)
  await reserve(trade, addDays(today, 4), 30)
  await expectSupply(trade, addDays(today, 6), 60)
  await trade.send(wanted('PO-1', 10))
  expect(await line(trade, 'PO-1')).toEqual({ allocatedEach: 0, promisedOn: addDays(today, 6) })
  // Nothing may be allocated yet, so the order is not looked at again and again.
  expect(await trade.inTenant((tx) => ordersWithFillableBackorders(tx, 10))).toEqual([])
})

test('what is there is promised for today, or for the later day the buyer wants it', async () => {
  const { trade, today } = await tradeWith(50)
  await trade.send(wanted('PO-1', 10))
  expect(await line(trade, 'PO-1')).toEqual({ allocatedEach: 10, promisedOn: today })
  await trade.send(wanted('PO-2', 10, { requestedOn: addDays(today, 9) }))
  expect(await line(trade, 'PO-2')).toEqual({ allocatedEach: 10, promisedOn: addDays(today, 9) })
})

test('stock counted too long ago is kept for the order, and no day is promised by it', async () => {
  const { trade } = await tradeWith(50)
  await trade.inTenant((tx) => tx.run(sql`update stock set as_of = now() - interval '16 minutes'`))
  await trade.send(wanted('PO-1', 10))
  expect(await line(trade, 'PO-1')).toEqual({ allocatedEach: 10, promisedOn: undefined })
})

const staleMessage = 'Line 1: the stock count is too old to promise a day by.'
const makeStale = (trade: Trade) =>
  trade.inTenant((tx) => tx.run(sql`update stock set as_of = now() - interval '16 minutes'`))

test('goods by an old count are labelled once on the order, until a fresh count gives the line its day', async () => {
  const { trade, today } = await tradeWith(5)
  await makeStale(trade)
  await trade.send(wanted('PO-1', 10))
  const { orderId, findings } = await trade.order('PO-1')
  expect(findings).toMatchObject([
    {
      ...{ kind: 'STALE_STOCK', line: '1', message: staleMessage },
      policyVersion: 'availability:default',
    },
  ])
  expect(findings[0]?.evidence?.[0]?.text).toContain('the count is too old')
  await trade.advance(orderId)
  expect((await trade.order('PO-1')).findings).toHaveLength(1)
  await trade.count([{ ...inDallas, onHandEach: 50 }])
  await trade.advance(orderId)
  expect(await line(trade, 'PO-1')).toEqual({ allocatedEach: 10, promisedOn: today })
  expect((await trade.order('PO-1')).findings).toEqual([])
})

test('who wants it so has a person look at orders by an old count; the goods are kept meanwhile', async () => {
  const { trade, today } = await tradeWith(50)
  await trade.inTenant((tx) =>
    addPolicyVersion(tx, {
      ...{ policy: 'availability', scope: 'tenant', validFrom: today, validTo: null },
      ...{ settings: { staleStock: 'hold' }, changedBy: 'key:Dana', reason: 'Counts come late.' },
    }),
  )
  await trade.send(wanted('PO-1', 10))
  await makeStale(trade)
  await trade.send(wanted('PO-2', 10))
  expect((await trade.order('PO-1')).stage).toBe('picking')
  const held = await trade.order('PO-2')
  expect(held).toMatchObject({
    stage: 'held',
    holds: [{ type: 'MANUAL', causeKey: 'stale-stock', reason: staleMessage }],
  })
  await orderActions(world).releaseHold({
    ...{ tenantId: trade.tenantId, orderId: held.orderId, holdId: held.holds[0]?.holdId ?? '' },
    ...{ actor: 'key:Robin', reason: 'Counted by eye.' },
  })
  await world.settle()
  const { stage, holds } = await trade.order('PO-2')
  expect({ stage, held: holds.length }).toEqual({ stage: 'picking', held: 1 })
})

test('a receipt is promised once: who came later gets what the earlier order has left, and waits for the next', async () => {
  const { trade, today } = await tradeWith(0)
  await expectSupply(trade, addDays(today, 5), 60)
  await expectSupply(trade, addDays(today, 12), 60)
  for (const number of ['PO-1', 'PO-2', 'PO-3']) await trade.send(wanted(number, 40))
  expect((await line(trade, 'PO-1')).promisedOn).toBe(addDays(today, 5))
  expect((await line(trade, 'PO-2')).promisedOn).toBe(addDays(today, 12))
  expect((await line(trade, 'PO-3')).promisedOn).toBe(addDays(today, 12))
  await trade.send(wanted('PO-4', 1))
  expect((await line(trade, 'PO-4')).promisedOn).toBeUndefined()
})

test('goods that come in go to the order that waited first, also when a later one is looked at before it', async () => {
  const { trade } = await tradeWith(0)
  await trade.send(wanted('PO-1', 5))
  await trade.send(wanted('PO-2', 5))
  await trade.count([{ ...inDallas, onHandEach: 6 }])
  await trade.advance((await trade.order('PO-2')).orderId)
  expect(await line(trade, 'PO-2')).toMatchObject({ allocatedEach: 1 })
  await trade.advance((await trade.order('PO-1')).orderId)
  expect(await line(trade, 'PO-1')).toMatchObject({ allocatedEach: 5 })
})

test('a receipt that is put off moves the day of the line and says so on the timeline', async () => {
  const { trade, today } = await tradeWith(0)
  await expectSupply(trade, addDays(today, 5), 60)
  await trade.send(wanted('PO-1', 40))
  const { orderId } = await trade.order('PO-1')
  await trade.inTenant((tx) =>
    tx.run(sql`update supply set expected_on = ${addDays(today, 8)}::date`),
  )
  await trade.advance(orderId)
  expect((await line(trade, 'PO-1')).promisedOn).toBe(addDays(today, 8))
  expect(await trade.timeline(orderId)).toContain('order.promise-moved')
})

/** An order checked and saved in a transaction of its own, as another process would. */
function take(trade: Trade, number: string, quantity: number): Promise<void> {
  return trade.inTenant(async (tx) => {
    const setting = await openFlowSetting(tx)
    const batch = openOrderBatch(setting, [])
    const order = Order.parse(wanted(number, quantity))
    const document = {
      documentId: newId('doc'),
      receiptId: null,
      connectionId: trade.connectionId('json'),
      partnerId: null,
      status: 'pending' as const,
      streamKey: number,
      orderSeq: 1,
      waitsFor: null,
      traceParent: null,
      receivedAt: setting.now,
      canonical: order,
    }
    batch.decide({ order: orderFromDocument(document, order, `SO-${number}`, setting), events: [] })
    await advance(tx, batch)
    await batch.flush(tx, world.queue)
  })
}

const numbers = Array.from({ length: 8 }, (_, place) => `RACE-${place}`)

async function allOf(trade: Trade) {
  return Promise.all(numbers.map((number) => line(trade, number)))
}

test('of eight orders for the last unit that come in the same moment, one gets it', async () => {
  const { trade } = await tradeWith(1)
  await Promise.all(numbers.map((number) => take(trade, number, 1)))
  expect((await allOf(trade)).map(({ allocatedEach }) => allocatedEach).sort()).toEqual([
    ...[0, 0, 0, 0, 0, 0, 0],
    1,
  ])
  expect(await trade.stock(sku, 'DAL')).toEqual({ onHand: 1, allocated: 1 })
})

test('of eight orders for the last unit of a receipt that come in the same moment, one is promised its day', async () => {
  const { trade, today } = await tradeWith(0)
  await expectSupply(trade, addDays(today, 5), 1)
  await Promise.all(numbers.map((number) => take(trade, number, 1)))
  expect((await allOf(trade)).flatMap(({ promisedOn }) => promisedOn ?? [])).toEqual([
    addDays(today, 5),
  ])
})

test('a receipt into a warehouse that never counted the product is promised once as well', async () => {
  const { trade, today } = await tradeWith(0)
  await trade.inTenant((tx) => tx.run(sql`delete from stock where sku = ${sku}`))
  await expectSupply(trade, addDays(today, 5), 1, { sku, warehouse: 'ATL' })
  await Promise.all(numbers.map((number) => take(trade, number, 1)))
  expect((await allOf(trade)).flatMap(({ promisedOn }) => promisedOn ?? [])).toHaveLength(1)
})

test('two transactions that look at the backorders of two orders at once never give one unit to both', async () => {
  const { trade } = await tradeWith(0)
  await trade.send(wanted('PO-1', 1))
  await trade.send(wanted('PO-2', 1))
  const orders = [await trade.order('PO-1'), await trade.order('PO-2')]
  await trade.count([{ ...inDallas, onHandEach: 1 }])
  await Promise.all(
    orders.toReversed().map(({ orderId }) =>
      trade.inTenant(async (tx) => {
        const batch = openOrderBatch(await openFlowSetting(tx), await lockOrders(tx, [orderId]))
        await advance(tx, batch)
        await batch.flush(tx, world.queue)
      }),
    ),
  )
  expect(await trade.stock(sku, 'DAL')).toEqual({ onHand: 1, allocated: 1 })
  expect(await line(trade, 'PO-1')).toMatchObject({ allocatedEach: 1 })
})
