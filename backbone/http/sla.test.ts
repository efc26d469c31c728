import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { SlaForecastView } from '../canonical/views/sla-view.ts'

let door: TestDoor
beforeAll(async () => {
  door = await openTestDoor()
})
afterAll(() => door.close())

const minutes = (later: number) => new Date(Date.now() + later * 60_000).toISOString()

async function house(
  clocks: readonly { startedMinutes: number; breachMinutes: number; stoppedMinutes?: number }[],
) {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  await door.database.inTenant(tenantId, async (tx) => {
    for (const [index, { startedMinutes, breachMinutes, stoppedMinutes }] of clocks.entries())
      await tx.run(sql`
        insert into sla_clock (tenant_id, subject, target, started_at, warn_at, breach_at, stopped_at)
        values (${tenantId}, ${`order:${index}`}, 'release', ${minutes(startedMinutes)}::timestamptz,
          ${minutes(breachMinutes)}::timestamptz, ${minutes(breachMinutes)}::timestamptz,
          ${stoppedMinutes === undefined ? null : minutes(stoppedMinutes)}::text::timestamptz)`)
  })
  const answer = await door.request('/v1/sla/forecast', key)
  expect(answer.status).toBe(200)
  return SlaForecastView.parse(await answer.json())
}

test('the forecast names the promises that will be late at the pace of the last hour', async () => {
  const { targets } = await house([
    { startedMinutes: -60, breachMinutes: 60, stoppedMinutes: -10 },
    { startedMinutes: -60, breachMinutes: 60, stoppedMinutes: -20 },
    { startedMinutes: -300, breachMinutes: 60, stoppedMinutes: -200 },
    { startedMinutes: -40, breachMinutes: 45 },
    { startedMinutes: -30, breachMinutes: 45 },
    { startedMinutes: -20, breachMinutes: 240 },
  ])
  expect(targets).toMatchObject([
    {
      target: 'release',
      running: 3,
      servedPerHour: 2,
      expectedLate: 1,
      expectedKeptShare: 0.6667,
      wantedShare: 0.95,
      isBelowTarget: true,
      late: [{ subject: 'order:4', position: 2, isExpectedLate: true }],
    },
  ])
})

test('nothing runs, nothing will be late', async () => {
  expect((await house([])).targets).toEqual([])
})
