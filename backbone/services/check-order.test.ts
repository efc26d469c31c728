import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { purchaseOrder } from '../../testing/flow-papers.ts'
import type { Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { Order } from '../canonical/order.ts'
import type { StepPart } from '../flows/step-clock.ts'
import { checkOrder } from './check-order.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

/** Every row the question could have left behind. */
async function traces(trade: Trade) {
  const [row] = await trade.inTenant((tx) =>
    tx.rows(sql`
      select (select count(*) from orders) as orders, (select count(*) from event) as events,
        (select count(*) from document) as documents, (select count(*) from transaction) as calls,
        (select count(*) from number_series) as series, (select sum(allocated_each) from stock) as allocated`),
  )
  return row
}

const ask = (trade: Trade, order: object) =>
  checkOrder(world)({ tenantId: trade.tenantId, order: Order.parse(order) })

test('a check says what an order would cost, from where, and whether it can be delivered, and leaves no trace', async () => {
  const trade = await world.newTrade()
  const before = await traces(trade)
  const check = await ask(
    trade,
    purchaseOrder('PO-1', [
      { sku: 'PMP-1003', quantity: 2 },
      { sku: 'FAS-1001', quantity: 1, uom: 'XCS' },
    ]),
  )
  expect(check).toEqual({
    wouldBecome: 'ready',
    customerNumber: 'C-10001',
    currency: 'USD',
    totalMinor: 50_000 + 202,
    lines: [
      {
        line: '1',
        sku: 'PMP-1003',
        quantityEach: 2,
        unitPrice: '250.0000',
        priceSource: 'list:LIST',
        lineAmountMinor: 50_000,
        discountMinor: 0,
        availableEach: 1_000,
        promisedOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      },
      expect.objectContaining({ sku: 'FAS-1001', quantityEach: 24, lineAmountMinor: 202 }),
    ],
    holds: [],
    findings: [],
    decisions: expect.any(Array),
  })
  expect(await traces(trade)).toEqual(before)
})

test('a check names what would hold the order: price, unknown items, and a number used before', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 1 }]))
  const before = await traces(trade)
  const check = await ask(
    trade,
    purchaseOrder('PO-1', [
      { sku: 'PMP-1003', quantity: 2, unitPrice: '200' },
      { sku: 'NO-SUCH', quantity: 1 },
    ]),
  )
  expect(check.wouldBecome).toBe('held')
  expect(check.holds.map((hold) => hold.type).sort()).toEqual([
    'DATA_INCOMPLETE',
    'DUPLICATE_SUSPECT',
    'PRICE',
  ])
  expect(check.findings.map(({ kind, line }) => [kind, line])).toEqual([
    ['UNKNOWN_ITEM', '2'],
    ['PO_REUSED', undefined],
    ['UNAUTHORISED_DISCOUNT', '1'],
  ])
  expect(check.lines[1]).toMatchObject({ sku: null, availableEach: null, promisedOn: null })
  expect(await traces(trade)).toEqual(before)
})

test('a check of more than there is says how much could be promised now', async () => {
  const trade = await world.newTrade()
  await trade.count([{ sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 7 }])
  await trade.count([{ sku: 'PMP-1003', warehouse: 'CHI', onHandEach: 0 }])
  const check = await ask(trade, purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 10 }]))
  expect(check.lines).toMatchObject([{ quantityEach: 10, availableEach: 7, promisedOn: null }])
})

test('a check locks neither stock nor credit: nobody who sells waits for somebody who asks', async () => {
  const trade = await world.newTrade()
  await trade.inTenant((tx) => tx.run(sql`update customer set credit_limit_minor = 10000000`))
  // Which transaction last locked or wrote each row; the number of the rows' own version stays apart from it.
  const marks = () =>
    trade.inTenant((tx) =>
      tx.rows(sql`
        select 'stock' as kept, sku as name, xmax::text as locked_by from stock
        union all select 'customer', customer_number, xmax::text from customer order by 1, 2, 3`),
    )
  const before = await marks()
  await ask(trade, purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 2 }]))
  expect(await marks()).toEqual(before)
})

test('who listens to checks hears how long each step took to load its facts and to decide', async () => {
  const trade = await world.newTrade()
  const heard: StepPart[] = []
  const check = checkOrder({ ...world, onStepPart: (part) => heard.push(part) })
  const order = Order.parse(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 2 }]))
  await check({ tenantId: trade.tenantId, order })
  const named = heard.map(({ step, part, orders }) => `${step} ${part} ${orders}`)
  for (const step of ['identify-order', 'price-lines', 'check-credit', 'promise-stock'])
    expect(named).toEqual(expect.arrayContaining([`${step} load 1`, `${step} decide 1`]))
  expect(heard.every(({ durationMs }) => durationMs >= 0)).toBe(true)
})
