import { PgBoss } from 'pg-boss'
import type { Database, JobStatements, TenantTx } from '../store/database.ts'
import { type JobData, type QueueName, queueNames } from './queues.ts'

/** A fetched job: the record to work on and the job's own id. */
export type Job = JobData & { readonly jobId: string }

/** Work waiting in a queue. */
type QueueDepth = {
  readonly queue: QueueName
  readonly waiting: number
  readonly active: number
  readonly oldestSeconds: number
}

/** The job queue: put in and finished inside business transactions, fetched in batches. */
export type JobQueue = {
  /** Puts jobs in as part of the transaction; workers of this process wake when it commits. */
  enqueue(
    tx: TenantTx,
    queue: QueueName,
    ids: readonly string[],
    options?: { startAt?: Date },
  ): Promise<void>
  fetch(queue: QueueName, options: { batchSize: number }): Promise<Job[]>
  /** Finishes jobs as part of the transaction that did their work. */
  complete(tx: TenantTx, queue: QueueName, jobIds: readonly string[]): Promise<void>
  /** Gives fetched jobs back unworked, for example at shutdown. */
  release(queue: QueueName, jobs: readonly Job[]): Promise<void>
  /** Called when jobs of this process may be ready. */
  onEnqueued(queue: QueueName, wake: () => void): () => void
  depths(): Promise<QueueDepth[]>
  stop(): Promise<void>
}

const schema = 'pgboss'

// Jobs of a process that died come back when this time is over; on the embedded database at once, at start.
const expireInSeconds = 60

async function createQueues(boss: PgBoss, database: Database): Promise<void> {
  for (const name of queueNames) {
    await boss.createQueue(name, {
      policy: 'standard',
      expireInSeconds,
      retryLimit: 1_000,
      deleteAfterSeconds: 600,
      retentionSeconds: 30 * 24 * 3_600,
    })
    // The first send of a queue reads its settings over another connection: inside a PGlite transaction that
    // would wait for itself, so every queue is sent to once before any transaction.
    const id = await boss.send(name, {}, { startAfter: 3_600 })
    if (id !== null) await boss.deleteJob(name, id)
  }
  await database.driver.script(
    `grant usage on schema ${schema} to quittance_tenant;
     grant select, insert, update, delete on all tables in schema ${schema} to quittance_tenant;
     grant execute on all functions in schema ${schema} to quittance_tenant;`,
  )
}

/** Gives back what a dead process left active. Only where this process is the database's one owner. */
async function reclaimActive(jobs: JobStatements): Promise<void> {
  await jobs.executeSql(
    `update ${schema}.job set state = 'retry', start_after = now() where state = 'active'`,
  )
}

/** Starts the job queue on the store's database and makes all queues ready. */
export async function openJobQueue(
  database: Database,
  options: { onError: (error: Error) => void; supervise?: boolean },
): Promise<JobQueue> {
  const boss = new PgBoss({
    db: database.jobs,
    schema,
    backend: database.kind,
    supervise: options.supervise ?? true,
    superviseIntervalSeconds: 30,
    monitorIntervalSeconds: 30,
    maintenanceIntervalSeconds: 300,
    schedule: false,
    reindex: false,
    monitorVacuum: false,
  })
  boss.on('error', options.onError)
  await boss.start()
  await createQueues(boss, database)
  if (database.kind === 'pglite') await reclaimActive(database.jobs)
  const wakers = new Map<QueueName, Set<() => void>>()
  const wake = (queue: QueueName) => {
    for (const act of wakers.get(queue) ?? []) act()
  }
  return {
    async enqueue(tx, queue, ids, { startAt } = {}) {
      if (ids.length === 0) return
      const jobs = ids.map((id) => ({
        data: { tenantId: tx.tenantId, id },
        group: { id: tx.tenantId },
        ...(startAt === undefined ? {} : { startAfter: startAt }),
      }))
      await boss.insert(queue, jobs, { db: tx.jobs })
      tx.afterCommit(() => wake(queue))
    },
    async fetch(queue, { batchSize }) {
      const jobs = await boss.fetch<JobData>(queue, { batchSize })
      return jobs.map((job) => ({ jobId: job.id, tenantId: job.data.tenantId, id: job.data.id }))
    },
    async complete(tx, queue, jobIds) {
      if (jobIds.length > 0) await boss.complete(queue, [...jobIds], null, { db: tx.jobs })
    },
    async release(queue, jobs) {
      if (jobs.length === 0) return
      await database.jobs.executeSql(
        `update ${schema}.job set state = 'retry', start_after = now()
         where name = $1 and state = 'active' and id = any(array(select jsonb_array_elements_text($2::text::jsonb)::uuid))`,
        [queue, JSON.stringify(jobs.map((job) => job.jobId))],
      )
    },
    onEnqueued(queue, act) {
      const known = wakers.get(queue) ?? new Set()
      wakers.set(queue, known.add(act))
      return () => void known.delete(act)
    },
    depths: () => queueDepths(database.jobs),
    stop: () => boss.stop({ graceful: false, close: false }),
  }
}

async function queueDepths(jobs: JobStatements): Promise<QueueDepth[]> {
  const { rows } = await jobs.executeSql(
    `select name, count(*) filter (where state in ('created', 'retry') and start_after <= now())::int as waiting,
            count(*) filter (where state = 'active')::int as active,
            coalesce(extract(epoch from now() - min(start_after) filter (where state in ('created', 'retry') and start_after <= now())), 0)::float8 as oldest
     from ${schema}.job where state in ('created', 'retry', 'active') group by name`,
  )
  const byName = new Map(rows.map((row) => [row['name'], row]))
  return queueNames.map((queue) => ({
    queue,
    waiting: Number(byName.get(queue)?.['waiting'] ?? 0),
    active: Number(byName.get(queue)?.['active'] ?? 0),
    oldestSeconds: Number(byName.get(queue)?.['oldest'] ?? 0),
  }))
}
