import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { type JobQueue, openJobQueue } from './job-queue.ts'
import { workerTable } from './job-table.ts'

// The built-in database has one owner: only on PostgreSQL are there others to look after.
const isShared = process.env['TEST_DATABASE_URL'] !== undefined

let store: TestDatabase
const queues: JobQueue[] = []

const openQueue = async () => {
  const queue = await openJobQueue(store.database, {
    onError: (error) => expect.unreachable(error.message),
    supervise: false,
  })
  queues.push(queue)
  return queue
}
const run = (text: string, values: unknown[] = []) =>
  store.database.driver.run(text, values).then(({ rows }) => rows)

beforeAll(async () => {
  store = await openTestDatabase()
})
afterAll(async () => {
  for (const queue of queues) await queue.stop()
  await store.close()
})

test.skipIf(!isShared)(
  'what a killed process held is given to the others within ten seconds, what a living one holds is not',
  async () => {
    const tenantId = await store.newTenant()
    const [dying, living] = [await openQueue(), await openQueue()]
    await store.database.inTenant(tenantId, (tx) =>
      living.enqueue(tx, 'advance-order', ['ord_1', 'ord_2', 'ord_3']),
    )
    const lost = await dying.fetch('advance-order', { batchSize: 1 })
    const held = await living.fetch('advance-order', { batchSize: 1 })
    // The moment of its death: signing off is not what a killed process does, so only its last beat is long ago.
    await dying.stop()
    await run(
      `insert into ${workerTable} (worker_id, seen_at)
       select output ->> 'worker', now() - interval '7 seconds' from pgboss.job where id = $1`,
      [lost[0]?.jobId],
    )
    const ids: string[] = []
    const isGivenBack = () => ids.includes(lost[0]?.id ?? '')
    await expect
      .poll(
        async () => {
          const jobs = await living.fetch('advance-order', { batchSize: 10 })
          ids.push(...jobs.map((job) => job.id))
          return isGivenBack()
        },
        { timeout: 10_000, interval: 100 },
      )
      .toBe(true)
    expect(ids).not.toContain(held[0]?.id)
    expect(ids.sort()).toEqual(['ord_1', 'ord_2', 'ord_3'].filter((id) => id !== held[0]?.id))
  },
)

test.skipIf(!isShared)(
  'processes at work share the rounds: every tenant has one that goes them, also after one has signed off',
  async () => {
    const [first, second] = [await openQueue(), await openQueue()]
    const both = [first, second]
    const tenants = Array.from({ length: 40 }, (_, index) => `tenant-${index}`)
    const inCharge = (tenantId: string) =>
      queues.filter((queue) => queue.isInChargeOf(tenantId)).length
    expect(inCharge('tenant-0'), 'a process that fetches no jobs goes no rounds').toBeLessThan(2)
    for (const queue of both) await queue.fetch('send-notice', { batchSize: 1 })
    await expect
      .poll(() => tenants.every((tenantId) => inCharge(tenantId) === 1), { timeout: 10_000 })
      .toBe(true)
    expect(both.every((queue) => tenants.some((tenantId) => queue.isInChargeOf(tenantId)))).toBe(
      true,
    )
    await first.stop()
    queues.splice(queues.indexOf(first), 1)
    await expect
      .poll(() => tenants.every((tenantId) => inCharge(tenantId) === 1), { timeout: 10_000 })
      .toBe(true)
  },
)

test('processes that start in the same moment make their queues ready without getting in each other’s way', async () => {
  const tenantId = await store.newTenant()
  const opened = await Promise.all([openQueue(), openQueue(), openQueue()])
  for (const queue of opened)
    await store.database.inTenant(tenantId, (tx) => queue.enqueue(tx, 'apply-document', ['doc_1']))
  const [queue] = opened
  expect(await queue?.fetch('apply-document', { batchSize: 10 })).toHaveLength(3)
})

test('a job given back late stays with the process that has taken it over by then', async () => {
  const tenantId = await store.newTenant()
  const [late, other] = [await openQueue(), await openQueue()]
  await store.database.inTenant(tenantId, (tx) => other.enqueue(tx, 'read-receipt', ['rcp_1']))
  const held = await late.fetch('read-receipt', { batchSize: 1 })
  await run(`update pgboss.job set state = 'retry', start_after = now() where id = $1`, [
    held[0]?.jobId,
  ])
  expect(await other.fetch('read-receipt', { batchSize: 1 })).toEqual(held)
  await late.release('read-receipt', held)
  expect(await other.fetch('read-receipt', { batchSize: 1 })).toEqual([])
  await other.release('read-receipt', held)
  expect(await other.fetch('read-receipt', { batchSize: 1 })).toEqual(held)
})
