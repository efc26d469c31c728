import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FlowWorld, openFlowWorld } from '../../../testing/flow-world.ts'
import { restock } from './restock.ts'

let world: FlowWorld
beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

test('shelves that run low are filled, everything is counted once a day, and what orders took stays taken', async () => {
  const trade = await world.newTrade()
  const shelf = (sku: string) =>
    trade.inTenant((tx) =>
      tx.rows(sql`select on_hand_each, allocated_each, as_of > now() - interval '1 hour' as is_fresh
        from stock where sku = ${sku} and warehouse = 'DAL'`),
    )
  await trade.inTenant(async (tx) => {
    await tx.run(sql`update stock set safety_each = 10, as_of = now() - interval '2 hours'`)
    await tx.run(
      sql`update stock set on_hand_each = 30, allocated_each = 15 where sku = 'PMP-1003'`,
    )
    await tx.run(sql`update stock set as_of = now() - interval '2 days' where sku = 'FAS-1001'`)
    await restock(tx)
  })
  expect(await shelf('PMP-1003')).toEqual([
    { on_hand_each: 130, allocated_each: 15, is_fresh: true },
  ])
  expect(await shelf('FAS-1001')).toMatchObject([{ on_hand_each: 1_000, is_fresh: true }])
  expect(await shelf('BRG-1003')).toMatchObject([{ on_hand_each: 1_000, is_fresh: false }])
  expect(await trade.inTenant(restock)).toBe(0)
})
