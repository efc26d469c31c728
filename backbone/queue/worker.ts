import { setTimeout as wait } from 'node:timers/promises'
import { RetryLater } from '../errors.ts'
import type { Database, TenantTx } from '../store/database.ts'
import type { Job, JobQueue } from './job-queue.ts'
import type { QueueName } from './queues.ts'

/** What a worker tells the outside: metrics and log in one narrow port. */
export type WorkerReport = {
  worked(queue: QueueName, records: number, durationMs: number): void
  failed(queue: QueueName, error: unknown): void
}

/** Work on the records of one tenant, in one transaction that also finishes their jobs. */
export type BatchWork = {
  readonly queue: QueueName
  readonly batchSize: number
  work(tx: TenantTx, ids: readonly string[]): Promise<void>
  /**
   * A record that fails even alone. Counts the attempt on the record's own row; `again` tries later,
   * `set-aside` says the record is in quarantine and its job is done.
   */
  onFailure(tx: TenantTx, id: string, error: unknown): Promise<'again' | 'set-aside'>
}

/** A running worker. `stop` takes no new jobs, finishes what it holds and resolves. */
export type Worker = { stop(): Promise<void> }

// PostgreSQL: serialization failure, deadlock, lock not available, admin shutdown, connection failures.
const passing = /^(40001|40P01|55P03|57P0[123]|08\w{3}|CONNECTION_\w+|ECONN\w+)$/

function passes(error: unknown): boolean {
  if (error instanceof RetryLater) return true
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    passing.test(error.code)
  )
}

// Who has little to do does not wait for those with much.
function byTenant(jobs: readonly Job[]): [string, Job[]][] {
  const groups = new Map<string, Job[]>()
  for (const job of jobs) {
    const group = groups.get(job.tenantId) ?? []
    group.push(job)
    groups.set(job.tenantId, group)
  }
  return [...groups].sort(([, one], [, other]) => one.length - other.length)
}

const retryDelayMs = 2_000

// A job that has just come is seldom alone: a moment later its batch is worth the transaction. It also lets sockets
// be read, which the built-in database never gives way to by itself.
const shortestLingerMs = 4

/**
 * Turns batch work into what a worker does with fetched jobs: one transaction per tenant; a batch that
 * throws is run again in halves, down to the one record that is at fault, while the rest commits.
 */
export function inBatches(
  database: Database,
  queue: JobQueue,
  batch: BatchWork,
  report: WorkerReport,
): (jobs: readonly Job[]) => Promise<void> {
  async function alone(job: Job, error: unknown): Promise<void> {
    report.failed(batch.queue, error)
    await database.inTenant(job.tenantId, async (tx) => {
      const verdict = await batch.onFailure(tx, job.id, error)
      if (verdict === 'again')
        await queue.enqueue(tx, batch.queue, [job.id], {
          startAt: new Date(Date.now() + retryDelayMs),
        })
      await queue.complete(tx, batch.queue, [job.jobId])
    })
  }
  async function run(tenantId: string, jobs: readonly Job[]): Promise<void> {
    try {
      await database.inTenant(tenantId, async (tx) => {
        await batch.work(tx, [...new Set(jobs.map((job) => job.id))])
        await queue.complete(
          tx,
          batch.queue,
          jobs.map((job) => job.jobId),
        )
      })
    } catch (error) {
      if (passes(error)) throw error
      const [first] = jobs
      if (jobs.length === 1 && first !== undefined) return alone(first, error)
      const middle = Math.ceil(jobs.length / 2)
      await run(tenantId, jobs.slice(0, middle))
      await run(tenantId, jobs.slice(middle))
    }
  }
  return async (jobs) => {
    for (const [tenantId, group] of byTenant(jobs)) {
      const startedAt = performance.now()
      await run(tenantId, group)
      report.worked(batch.queue, group.length, performance.now() - startedAt)
    }
  }
}

/** Starts fetching a queue's jobs in batches and working on them. */
export function startWorker(
  queue: JobQueue,
  options: {
    queue: QueueName
    batchSize: number
    concurrency?: number
    /** How long to wait for more jobs at the most, while batches take at least twice as long. */
    longestLingerMs?: number
    /** How often to look without being woken: jobs of other processes and jobs whose time has come. */
    pollMs: number
    process: (jobs: readonly Job[]) => Promise<void>
    report: WorkerReport
  },
): Worker {
  const { queue: name, batchSize, concurrency = 1, pollMs } = options
  const { longestLingerMs = shortestLingerMs } = options
  let lastMs = 0
  let isStopping = false
  const sleepers = new Set<() => void>()
  const rest = (durationMs: number) =>
    new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        sleepers.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, durationMs)
      sleepers.add(wake)
    })
  // A wake-up that comes while every loop is busy must not be lost: the next fetch looks again.
  let wakeUps = 0
  const forget = queue.onEnqueued(name, () => {
    wakeUps += 1
    for (const wake of [...sleepers]) wake()
  })
  async function workOnce(): Promise<boolean> {
    await wait(Math.max(shortestLingerMs, Math.min(longestLingerMs, lastMs / 2)))
    const jobs = await queue.fetch(name, { batchSize })
    if (jobs.length === 0) return false
    const startedAtMs = performance.now()
    try {
      await options.process(jobs)
      lastMs = performance.now() - startedAtMs
    } catch (error) {
      reportFailure(error)
      await giveBack(jobs)
      await rest(pollMs)
    }
    return true
  }
  // A database that is away takes nothing back. Held by a process that lives, the jobs would wait until they run out.
  async function giveBack(jobs: readonly Job[]): Promise<void> {
    for (;;)
      try {
        return await queue.release(name, jobs)
      } catch (error) {
        reportFailure(error)
        // At shutdown the others take them over, once this process is no longer heard of.
        if (isStopping) return
        await rest(pollMs)
      }
  }
  // A report that fails itself must not end the loop, and with it all work of this queue.
  const reportFailure = (error: unknown) => {
    try {
      options.report.failed(name, error)
    } catch {
      // Nothing is left to tell it to.
    }
  }
  async function loop(): Promise<void> {
    while (!isStopping) {
      const seen = wakeUps
      const hasWorked = await workOnce().catch((error: unknown) => {
        reportFailure(error)
        return false
      })
      if (!hasWorked && seen === wakeUps && !isStopping) await rest(pollMs)
    }
  }
  const loops = Array.from({ length: concurrency }, loop)
  return {
    async stop() {
      isStopping = true
      forget()
      for (const wake of [...sleepers]) wake()
      await Promise.all(loops)
    },
  }
}
