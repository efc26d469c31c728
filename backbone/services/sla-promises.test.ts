import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { purchaseOrder } from '../../testing/flow-papers.ts'
import type { Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { businessTime } from '../canonical/business-calendar.ts'
import { calendarOf, calendarPolicy } from '../policies/calendar/calendar.ts'
import { addPolicyVersion } from '../store/policies/policy-settings.ts'

let world: FlowWorld
beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

type Clock = { target: string; startedAt: string; warnAt: string; breachAt: string }

const clocks = (trade: Trade) =>
  trade.inTenant((tx) =>
    tx.rows<Clock>(sql`
      select target, started_at as "startedAt", warn_at as "warnAt", breach_at as "breachAt"
      from sla_clock order by target`),
  )

const set = (trade: Trade, policy: string, settings: Record<string, unknown>) =>
  trade.inTenant((tx) =>
    addPolicyVersion(tx, {
      ...{ policy, settings, scope: 'tenant', validFrom: '2020-01-01', validTo: null },
      ...{ changedBy: 'key:Dana', reason: 'A test.' },
    }),
  )

test('an order of a tenant without promises of its own is acknowledged within a day and released within eight hours', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', [{ sku: 'FAS-1001', quantity: 10 }]))
  const hours = (await clocks(trade)).map(({ target, startedAt, breachAt }) => [
    target,
    (Date.parse(breachAt) - Date.parse(startedAt)) / 3_600_000,
  ])
  expect(hours).toEqual([
    ['acknowledge', 24],
    ['release', 8],
  ])
})

test('a promise in business hours ends when the tenant’s own calendar has used them', async () => {
  const trade = await world.newTrade()
  const hours = [{ weekdays: [1, 3, 5], from: '09:00', to: '15:00' }]
  await set(trade, 'calendar', { timeZone: 'Europe/Berlin', hours })
  await set(trade, 'sla', { promises: { release: { withinSeconds: 10 * 3_600 } }, warnShare: 0.5 })
  await trade.send(purchaseOrder('PO-1', [{ sku: 'FAS-1001', quantity: 10 }]))
  const release = (await clocks(trade)).find(({ target }) => target === 'release')
  const settings = calendarPolicy.schema.parse({ timeZone: 'Europe/Berlin', hours })
  const { businessMsBetween, isOpen } = businessTime(calendarOf(settings, 'UTC'))
  const used = (end: string) => businessMsBetween(release?.startedAt ?? '', end) / 3_600_000
  expect(used(release?.breachAt ?? '')).toBe(10)
  expect(used(release?.warnAt ?? '')).toBe(5)
  expect(isOpen(new Date(Date.parse(release?.breachAt ?? '') - 1).toISOString())).toBe(true)
})
