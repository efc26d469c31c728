import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { RetryLater } from '../errors.ts'
import { type JobQueue, openJobQueue } from './job-queue.ts'
import { startWorker } from './worker.ts'

let store: TestDatabase
let queue: JobQueue

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

test('work that failed while the database was away goes on as soon as it is back, not when its jobs run out', async () => {
  const tenantId = await store.newTenant()
  let refusals = 2
  const away: JobQueue = {
    ...queue,
    release: async (name, jobs) => {
      refusals -= 1
      if (refusals >= 0) throw new RetryLater('The database is away.')
      await queue.release(name, jobs)
    },
  }
  const tries: string[] = []
  let tellDone: () => void = () => undefined
  const done = new Promise<void>((resolve) => {
    tellDone = resolve
  })
  const worker = startWorker(away, {
    queue: 'advance-order',
    batchSize: 10,
    pollMs: 20,
    process: async (jobs) => {
      tries.push(...jobs.map((job) => job.id))
      if (tries.length === 1) throw new RetryLater('The database is away.')
      await store.database.inTenant(tenantId, (tx) =>
        queue.complete(
          tx,
          'advance-order',
          jobs.map((job) => job.jobId),
        ),
      )
      tellDone()
    },
    report: { worked: () => undefined, failed: () => undefined },
  })
  await store.database.inTenant(tenantId, (tx) => queue.enqueue(tx, 'advance-order', ['ord_1']))
  await done
  await worker.stop()
  expect(tries).toEqual(['ord_1', 'ord_1'])
})
