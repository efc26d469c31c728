import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { type JobQueue, openJobQueue } from './job-queue.ts'

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
