import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { type Job, type JobQueue, openJobQueue } from './job-queue.ts'

let store: TestDatabase
let queue: JobQueue
let tenantId: string

beforeAll(async () => {
  store = await openTestDatabase()
  queue = await openJobQueue(store.database, {
    onError: (error) => expect.unreachable(error.message),
    supervise: false,
  })
  tenantId = await store.newTenant()
})
afterAll(async () => {
  await queue.stop()
  await store.close()
})

test('a job put in by a transaction that rolls back never exists', async () => {
  await expect(
    store.database.inTenant(tenantId, async (tx) => {
      await queue.enqueue(tx, 'apply-document', ['doc_lost'])
      throw new Error('rolled back')
    }),
  ).rejects.toThrow('rolled back')
  expect(await queue.fetch('apply-document', { batchSize: 10 })).toEqual([])
})

test('a committed job wakes the worker, is fetched once and is gone when completed', async () => {
  let woken = 0
  const forget = queue.onEnqueued('apply-document', () => {
    woken += 1
  })
  await store.database.inTenant(tenantId, (tx) =>
    queue.enqueue(tx, 'apply-document', ['doc_1', 'doc_2']),
  )
  forget()
  expect(woken).toBe(1)
  const jobs = await queue.fetch('apply-document', { batchSize: 10 })
  expect(jobs.map((job) => [job.tenantId, job.id]).sort()).toEqual([
    [tenantId, 'doc_1'],
    [tenantId, 'doc_2'],
  ])
  expect(await queue.fetch('apply-document', { batchSize: 10 })).toEqual([])
  await store.database.inTenant(tenantId, (tx) =>
    queue.complete(
      tx,
      'apply-document',
      jobs.map((job) => job.jobId),
    ),
  )
  expect((await queue.depths()).find((depth) => depth.queue === 'apply-document')).toMatchObject({
    waiting: 0,
    active: 0,
  })
})

const finish = async (jobs: readonly Job[]) => {
  for (const job of jobs)
    await store.database.inTenant(job.tenantId, (tx) =>
      queue.complete(tx, 'read-receipt', [job.jobId]),
    )
}
const put = (tenant: string, count: number) =>
  store.database.inTenant(tenant, (tx) =>
    queue.enqueue(
      tx,
      'read-receipt',
      Array.from({ length: count }, (_, index) => `rcp_${index}`),
    ),
  )
const countOf = (jobs: readonly Job[], tenant: string) =>
  jobs.filter((job) => job.tenantId === tenant).length

test('a batch is shared by the tenants that wait: who has little gets all of it, the others the rest in equal parts', async () => {
  const [flood, other, small] = [
    await store.newTenant(),
    await store.newTenant(),
    await store.newTenant(),
  ]
  await put(flood, 60)
  await put(other, 40)
  await put(small, 1)
  const first = await queue.fetch('read-receipt', { batchSize: 21 })
  expect([flood, other, small].map((tenant) => countOf(first, tenant))).toEqual([10, 10, 1])
  const second = await queue.fetch('read-receipt', { batchSize: 70 })
  expect([flood, other, small].map((tenant) => countOf(second, tenant))).toEqual([40, 30, 0])
  const third = await queue.fetch('read-receipt', { batchSize: 100 })
  expect([flood, other, small].map((tenant) => countOf(third, tenant))).toEqual([10, 0, 0])
  await finish([...first, ...second, ...third])
})

test('a tenant alone gets the whole batch, its oldest jobs first', async () => {
  const alone = await store.newTenant()
  await put(alone, 3)
  const oldest = await queue.fetch('read-receipt', { batchSize: 2 })
  await queue.release('read-receipt', oldest.slice(0, 1))
  await put(alone, 20)
  const batch = await queue.fetch('read-receipt', { batchSize: 15 })
  expect(batch).toHaveLength(15)
  const rest = await queue.fetch('read-receipt', { batchSize: 100 })
  expect(rest).toHaveLength(7)
  await finish([...oldest, ...batch, ...rest])
})

test('with more tenants waiting than a batch can serve, every one has its turn', async () => {
  const tenants = Array.from({ length: 75 }, (_, index) => `tenant-in-turn-${100 + index}`)
  for (const tenant of tenants) await put(tenant, 4)
  const later = { startAt: new Date(Date.now() + 3_600_000) }
  for (const tenant of ['tenant-a', 'tenant-b'])
    await store.database.inTenant(tenant, (tx) =>
      queue.enqueue(tx, 'read-receipt', ['rcp_later'], later),
    )
  const served = new Set<string>()
  for (let batch = 0; batch < 3; batch += 1) {
    const jobs = await queue.fetch('read-receipt', { batchSize: 40 })
    for (const job of jobs) served.add(job.tenantId)
    await finish(jobs)
  }
  expect([...served].sort()).toEqual(tenants)
  for (;;) {
    const jobs = await queue.fetch('read-receipt', { batchSize: 100 })
    if (jobs.length === 0) break
    await finish(jobs)
  }
})

test('two workers that fetch in the same moment never get the same job', async () => {
  const busy = await store.newTenant()
  await put(busy, 90)
  const batches = await Promise.all(
    [1, 2, 3].map(() => queue.fetch('read-receipt', { batchSize: 30 })),
  )
  const jobs = batches.flat()
  expect(new Set(jobs.map((job) => job.jobId)).size).toBe(jobs.length)
  const rest = await queue.fetch('read-receipt', { batchSize: 100 })
  expect(jobs.length + rest.length).toBe(90)
  await finish([...jobs, ...rest])
})

test('a job given back is fetched again at once; a job for later waits for its time', async () => {
  await store.database.inTenant(tenantId, async (tx) => {
    await queue.enqueue(tx, 'advance-order', ['ord_now'])
    await queue.enqueue(tx, 'advance-order', ['ord_later'], {
      startAt: new Date(Date.now() + 3_600_000),
    })
  })
  const first = await queue.fetch('advance-order', { batchSize: 10 })
  expect(first.map((job) => job.id)).toEqual(['ord_now'])
  await queue.release('advance-order', first)
  const again = await queue.fetch('advance-order', { batchSize: 10 })
  expect(again.map((job) => job.id)).toEqual(['ord_now'])
  await store.database.inTenant(tenantId, (tx) =>
    queue.complete(
      tx,
      'advance-order',
      again.map((job) => job.jobId),
    ),
  )
})
