import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { purchaseOrder } from '../../testing/flow-papers.ts'
import type { Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { PolicyTrialAsk } from '../canonical/views/policy-view.ts'
import { policyTrial } from './policy-trial.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const tryOn = (trade: Trade, policy: string, ask: object) =>
  policyTrial(world)({ tenantId: trade.tenantId, policy, ask: PolicyTrialAsk.parse(ask) })

/** Everything a trial could have left behind. */
async function traces(trade: Trade) {
  const [row] = await trade.inTenant((tx) =>
    tx.rows(sql`
      select (select count(*) from policy_setting) as settings, (select count(*) from event) as events,
        (select count(*) from hold where released_at is null) as holds,
        (select count(*) from transaction) as calls, (select sum(allocated_each) from stock) as allocated,
        (select string_agg(order_id || version || stage, ',' order by order_id) from orders) as orders`),
  )
  return row
}

test('wider tolerances let an order pass that was held, and the trial names it and leaves no trace', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 2, unitPrice: '249' }]))
  await trade.send(purchaseOrder('PO-2', [{ sku: 'PMP-1003', quantity: 2, unitPrice: '230' }]))
  const held = await trade.order('PO-2')
  expect(held.stage).toBe('held')
  const before = await traces(trade)
  const trial = await tryOn(trade, 'pricing', {
    settings: {
      underpaid: { percent: '10', amounts: { USD: { lineMinor: 10_000, orderMinor: 50_000 } } },
    },
  })
  expect(await traces(trade)).toEqual(before)
  expect(trial).toMatchObject({
    policy: 'pricing',
    scope: 'tenant',
    ordersReplayed: 2,
    ordersChanged: 1,
    before: { touchless: 1, heldByType: { PRICE: 1 } },
    after: { touchless: 2, heldByType: {} },
    changed: [
      {
        orderNumber: held.orderNumber,
        customerNumber: 'C-10001',
        before: { wouldBecome: 'held', holds: [{ type: 'PRICE' }] },
        after: { wouldBecome: 'ready', holds: [] },
      },
    ],
  })
})

test('settings for one customer are tried on that customer’s orders only', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 2, unitPrice: '230' }]))
  const trial = (scope: string) =>
    tryOn(trade, 'pricing', { scope, settings: { marginFloorPercent: '99' } })
  expect(await trial('customer:C-10001')).toMatchObject({ ordersReplayed: 1 })
  expect(await trial('customer:C-10020')).toMatchObject({ ordersReplayed: 0, ordersChanged: 0 })
})

test('what cannot be replayed, and settings that do not exist, are refused by name', async () => {
  const trade = await world.newTrade()
  await expect(tryOn(trade, 'collections', { settings: {} })).rejects.toMatchObject({
    problem: 'not-replayed',
    message: expect.stringContaining('pricing, availability'),
  })
  await expect(tryOn(trade, 'pricing', { settings: { nope: 1 } })).rejects.toMatchObject({
    problem: 'invalid-settings',
  })
  expect(await tryOn(trade, 'nobody', { settings: {} })).toBeUndefined()
})
