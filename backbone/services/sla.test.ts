import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { BusinessCalendar } from '../canonical/business-calendar.ts'
import { slaTimes } from '../policies/sla/sla-times.ts'
import { type JobQueue, openJobQueue } from '../queue/job-queue.ts'
import { startClocks, stopClocks } from '../store/sla/clocks.ts'
import { sweepSla } from './sla.ts'
import { verifyEvents } from './verify.ts'

let store: TestDatabase
let queue: JobQueue
const startedAt = '2026-03-02T08:00:00.000Z'
const after = (hours: number) => new Date(Date.parse(startedAt) + hours * 3_600_000).toISOString()

beforeAll(async () => {
  store = await openTestDatabase()
  queue = await openJobQueue(store.database, {
    onError: (error) => expect.unreachable(error.message),
    supervise: false,
  })
})
afterAll(async () => {
  await queue.stop()
  await store.close()
})

/** A tenant with orders that were promised to be released within ten hours. */
async function newHouse(orders: number) {
  const tenantId = await store.newTenant()
  const names = Array.from({ length: orders }, (_, index) => `${tenantId}-${index + 1}`)
  const clocks = names.map((name) => ({
    subject: `order:${name}`,
    target: 'release',
    orderId: `ord_${name}`,
    startedAt,
    withinSeconds: 36_000,
  }))
  await store.database.inTenant(tenantId, async (tx) => {
    for (const name of names)
      await tx.run(sql`
        insert into orders (order_id, tenant_id, order_number, stage, connection_id, stream_key, document_id,
          purchase_order_number, po_normalised, currency, line_hash, received_at)
        values (${`ord_${name}`}, ${tenantId}, ${name}, 'validated', 'con_1', ${name}, 'doc_1', '4711', '4711', 'USD', '', now())`)
    await startClocks(tx, clocks)
  })
  return {
    tenantId,
    subjects: clocks.map(({ subject }) => subject),
    sweep: (hours: number) =>
      store.database.inTenant(tenantId, (tx) => sweepSla(tx, queue, after(hours))),
    stop: (subject: string | undefined, hours: number) =>
      store.database.inTenant(tenantId, (tx) =>
        stopClocks(tx, [{ subject: subject ?? '', target: 'release' }], after(hours)),
      ),
    notices: () =>
      store.database.inTenant(tenantId, (tx) =>
        tx.rows<{ cause: string; severity: string; status: string; subject: string }>(
          sql`select cause, severity, status, subject from notice order by created_at`,
        ),
      ),
    events: () =>
      store.database.inTenant(tenantId, (tx) =>
        tx.rows<{ orderId: string; kind: string }>(
          sql`select order_id as "orderId", kind from event order by event_id`,
        ),
      ),
  }
}

test('a promise is warned of once at 70 % of its time and reported broken once at its end', async () => {
  const house = await newHouse(1)
  expect(await house.sweep(6.9)).toEqual({ warned: {}, breached: {} })
  expect(await house.sweep(7)).toEqual({ warned: { release: 1 }, breached: {} })
  expect(await house.sweep(7.5)).toEqual({ warned: {}, breached: {} })
  expect(await house.sweep(10)).toEqual({ warned: {}, breached: { release: 1 } })
  expect(await house.sweep(11)).toEqual({ warned: {}, breached: {} })
  expect((await house.events()).map(({ kind }) => kind)).toEqual(['sla.warned', 'sla.breached'])
  expect(await house.notices()).toMatchObject([
    { cause: 'sla:release:warned', severity: 'warning', status: 'resolved' },
    {
      cause: 'sla:release:breached',
      severity: 'critical',
      status: 'open',
      subject: '1 promise to release past the agreed time',
    },
  ])
  await house.stop(house.subjects[0], 12)
  expect(await house.sweep(12)).toEqual({ warned: {}, breached: {} })
  expect((await house.notices()).map(({ status }) => status)).toEqual(['resolved', 'resolved'])
  expect((await verifyEvents(store.database, { tenantIds: [house.tenantId] })).broken).toEqual([])
})

test('a promise kept in time is never warned of and never broken', async () => {
  const house = await newHouse(2)
  await house.stop(house.subjects[0], 3)
  expect(await house.sweep(50)).toEqual({ warned: {}, breached: { release: 1 } })
  expect((await house.events()).map(({ orderId }) => orderId)).toEqual([`ord_${house.tenantId}-2`])
})

test('many late orders are one notice, whose text keeps up with them', async () => {
  const house = await newHouse(12)
  await house.sweep(10)
  await house.stop(house.subjects[0], 11)
  await house.sweep(11)
  const [notice, ...others] = await house.notices()
  expect(others).toEqual([])
  expect(notice?.subject).toBe('11 promises to release past the agreed time')
  expect(await house.events()).toHaveLength(12)
})

test('two sweeps at once mark and tell every promise once', async () => {
  const house = await newHouse(5)
  const sweeps = await Promise.all([house.sweep(10), house.sweep(10), house.sweep(10)])
  const breached = sweeps.reduce((sum, sweep) => sum + (sweep.breached['release'] ?? 0), 0)
  expect(breached).toBe(5)
  expect(await house.events()).toHaveLength(5)
})

test('a clock that stops too late is broken even when no sweep came by, and starting it again changes nothing', async () => {
  const house = await newHouse(1)
  await house.stop(house.subjects[0], 11)
  const again = { subject: house.subjects[0] ?? '', target: 'release', startedAt: after(20) }
  const rows = await store.database.inTenant(house.tenantId, async (tx) => {
    await startClocks(tx, [{ ...again, withinSeconds: 5 }])
    return tx.rows(
      sql`select started_at as "startedAt", stopped_at as "stoppedAt", breached_at as "breachedAt" from sla_clock`,
    )
  })
  expect(rows).toEqual([{ startedAt, stoppedAt: after(11), breachedAt: after(11) }])
})

test('a promise in working hours breaks when its calendar says so', async () => {
  const tenantId = await store.newTenant()
  const calendar = BusinessCalendar.parse({
    timeZone: 'UTC',
    hours: [{ from: '08:00', to: '16:00' }],
  })
  const times = slaTimes({ startedAt, withinSeconds: 10 * 3_600, calendar })
  await store.database.inTenant(tenantId, (tx) =>
    startClocks(tx, [{ subject: 'order:1', target: 'ship', startedAt, ...times }]),
  )
  const sweep = (hours: number) =>
    store.database.inTenant(tenantId, (tx) => sweepSla(tx, queue, after(hours)))
  expect(await sweep(25.9)).toMatchObject({ breached: {} })
  expect(await sweep(26)).toMatchObject({ breached: { ship: 1 } })
})

test('a promise broken by half its time again is told to the manager, once, until it is kept', async () => {
  const house = await newHouse(2)
  await house.sweep(10)
  await house.sweep(14.9)
  expect((await house.notices()).map(({ cause }) => cause)).toEqual(['sla:release:breached'])
  await house.sweep(15)
  await house.sweep(16)
  const escalated = async () =>
    (await house.notices()).filter(({ cause }) => cause === 'sla:release:manager')
  expect(await escalated()).toMatchObject([
    {
      severity: 'critical',
      status: 'open',
      subject: '2 promises to release past 150 % of the agreed time',
    },
  ])
  for (const subject of house.subjects) await house.stop(subject, 17)
  await house.sweep(17)
  expect((await escalated()).map(({ status }) => status)).toEqual(['resolved'])
})

type Times = { breachAt: string; breachedAt: string | null }

async function holdFor(
  house: Awaited<ReturnType<typeof newHouse>>,
  hours: { readonly from: number; readonly to?: number },
) {
  const orderId = `ord_${house.tenantId}-1`
  await store.database.inTenant(house.tenantId, (tx) =>
    tx.run(sql`
      insert into hold (hold_id, tenant_id, order_id, type, blocks, reason, placed_at, placed_by, released_at)
      values (${`hld_${orderId}_${hours.from}`}, ${house.tenantId}, ${orderId}, 'CONDITIONAL', '["release"]'::jsonb,
        'The installer has not been booked.', ${after(hours.from)}::timestamptz, 'order-flow',
        ${hours.to === undefined ? null : after(hours.to)}::text::timestamptz)`),
  )
  return {
    lift: (at: number) =>
      store.database.inTenant(house.tenantId, (tx) =>
        tx.run(sql`
          update hold set released_at = ${after(at)}::timestamptz
          where order_id = ${orderId} and released_at is null`),
      ),
    times: async () => {
      const [row] = await store.database.inTenant(house.tenantId, (tx) =>
        tx.rows<Times>(
          sql`select breach_at as "breachAt", breached_at as "breachedAt" from sla_clock`,
        ),
      )
      return row
    },
  }
}

test('a promise rests while the order waits for the customer, and ends later by that time', async () => {
  const house = await newHouse(1)
  const hold = await holdFor(house, { from: 5 })
  expect(await house.sweep(7)).toEqual({ warned: {}, breached: {} })
  expect(await house.sweep(20)).toEqual({ warned: {}, breached: {} })
  await hold.lift(25)
  expect(await house.sweep(26)).toEqual({ warned: {}, breached: {} })
  expect(await hold.times()).toEqual({ breachAt: after(30), breachedAt: null })
  expect(await house.sweep(27)).toEqual({ warned: { release: 1 }, breached: {} })
  expect(await house.sweep(30)).toEqual({ warned: {}, breached: { release: 1 } })
  expect((await house.events()).map(({ kind }) => kind)).toEqual([
    'sla.rested',
    'sla.warned',
    'sla.breached',
  ])
})

test('a promise kept right when the wait for the customer ends is kept in time', async () => {
  const house = await newHouse(1)
  const hold = await holdFor(house, { from: 5 })
  await house.sweep(7)
  await hold.lift(25)
  await house.stop(house.subjects[0], 25)
  await house.sweep(26)
  expect(await hold.times()).toEqual({ breachAt: after(30), breachedAt: null })
})
