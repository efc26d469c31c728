import { randomUUID } from 'node:crypto'
import { PgBoss } from 'pg-boss'
import type { Database, JobStatements, TenantTx } from '../store/database.ts'
import { fetcherInTurns } from './fetch-in-turns.ts'
import { jobTable, prepareJobTable } from './job-table.ts'
import { openPresence, type Presence } from './presence.ts'
import { type JobData, type QueueName, queueNames } from './queues.ts'
import { inChargeOf } from './rounds.ts'

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
  /** Of these records those that no job waits or works for. */
  jobless(tx: TenantTx, queue: QueueName, ids: readonly string[]): Promise<string[]>
  /** Takes due jobs, a fair share for every tenant that has some; one tenant alone gets the whole batch. */
  fetch(queue: QueueName, options: { batchSize: number }): Promise<Job[]>
  /** Finishes jobs as part of the transaction that did their work. */
  complete(tx: TenantTx, queue: QueueName, jobIds: readonly string[]): Promise<void>
  /** Gives fetched jobs back unworked, for example at shutdown. */
  release(queue: QueueName, jobs: readonly Job[]): Promise<void>
  /** Called when jobs of this process may be ready. */
  onEnqueued(queue: QueueName, wake: () => void): () => void
  /** Whether this process, among all that fetch jobs of this database, goes the rounds for a tenant. */
  isInChargeOf(tenantId: string): boolean
  /** How many processes fetch jobs of this database, this one counted; what each may do alone, they share. */
  processesAtWork(): number
  /** For how long the oldest due job of the transaction’s tenant has waited or been worked on, over some queues. */
  longestWaitSeconds(tx: TenantTx, queues: readonly QueueName[]): Promise<number>
  depths(): Promise<QueueDepth[]>
  stop(): Promise<void>
}

// What a process that died held is given back by the others (presence.ts), on the embedded database at its start.
// This is the last resort, for work that hangs.
const expireInSeconds = 60

async function createQueues(boss: PgBoss): Promise<void> {
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
}

/** Gives back what a dead process left active. Only where this process is the database's one owner. */
async function reclaimActive(jobs: JobStatements): Promise<void> {
  await jobs.executeSql(
    `update ${jobTable} set state = 'retry', start_after = now() where state = 'active'`,
  )
}

// The built-in database has one owner, who is always alone.
function presenceOf(
  database: Database,
  tools: { workerId: string; onError: (error: Error) => void },
): Presence {
  if (database.kind === 'postgres') return openPresence(database.jobs, tools)
  const nothing = async () => undefined
  return { begin: nothing, present: () => [tools.workerId], end: nothing }
}

const asIdList = (jobIds: readonly string[]) => JSON.stringify(jobIds)
const amongIds = 'id = any(array(select jsonb_array_elements_text($2::text::jsonb)::uuid))'

/** Starts the job queue on the store's database and makes all queues ready. */
export async function openJobQueue(
  database: Database,
  options: { onError: (error: Error) => void; supervise?: boolean },
): Promise<JobQueue> {
  const boss = new PgBoss({
    db: database.jobs,
    schema: 'pgboss',
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
  await createQueues(boss)
  await prepareJobTable(database.driver)
  if (database.kind === 'pglite') await reclaimActive(database.jobs)
  const workerId = randomUUID()
  const presence = presenceOf(database, { workerId, onError: options.onError })
  const fetchInTurns = fetcherInTurns(database.jobs, workerId)
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
    jobless,
    async fetch(queue, { batchSize }) {
      // Before the first job: others must see whose it is.
      await presence.begin()
      return fetchInTurns(queue, batchSize)
    },
    complete,
    async release(queue, jobs) {
      if (jobs.length === 0) return
      await database.jobs.executeSql(
        `update ${jobTable} set state = 'retry', start_after = now()
         where name = $1 and state = 'active' and ${amongIds} and output ->> 'worker' = $3`,
        // Only what is still ours: given back late, a job may long be in the hands of another.
        [queue, asIdList(jobs.map((job) => job.jobId)), workerId],
      )
    },
    onEnqueued(queue, act) {
      const known = wakers.get(queue) ?? new Set()
      wakers.set(queue, known.add(act))
      return () => void known.delete(act)
    },
    isInChargeOf: (tenantId) => inChargeOf(tenantId, presence.present()) === workerId,
    processesAtWork: () => Math.max(1, presence.present().length),
    longestWaitSeconds,
    depths: () => queueDepths(database.jobs),
    async stop() {
      await presence.end().catch(options.onError)
      await boss.stop({ graceful: false, close: false })
    },
  }
}

async function queueDepths(jobs: JobStatements): Promise<QueueDepth[]> {
  const { rows } = await jobs.executeSql(
    `select name, count(*) filter (where state in ('created', 'retry') and start_after <= now())::int as waiting,
            count(*) filter (where state = 'active')::int as active,
            coalesce(extract(epoch from now() - min(start_after) filter (where state in ('created', 'retry') and start_after <= now())), 0)::float8 as oldest
     from ${jobTable} where state in ('created', 'retry', 'active') group by name`,
  )
  const byName = new Map(rows.map((row) => [row['name'], row]))
  return queueNames.map((queue) => ({
    queue,
    waiting: Number(byName.get(queue)?.['waiting'] ?? 0),
    active: Number(byName.get(queue)?.['active'] ?? 0),
    oldestSeconds: Number(byName.get(queue)?.['oldest'] ?? 0),
  }))
}

// Deleted, not marked: the rows tell what was done, and a table of jobs stays as small as what is left to do.
async function complete(tx: TenantTx, queue: QueueName, jobIds: readonly string[]): Promise<void> {
  if (jobIds.length === 0) return
  await tx.jobs.executeSql(`delete from ${jobTable} where name = $1 and ${amongIds}`, [
    queue,
    asIdList(jobIds),
  ])
}

async function jobless(tx: TenantTx, queue: QueueName, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const { rows } = await tx.jobs.executeSql(
    `select data ->> 'id' as id from ${jobTable}
     where name = $1 and group_id = $2 and state in ('created', 'retry', 'active')`,
    [queue, tx.tenantId],
  )
  const known = new Set(rows.map(({ id }) => id))
  return ids.filter((id) => !known.has(id))
}

async function longestWaitSeconds(tx: TenantTx, queues: readonly QueueName[]): Promise<number> {
  const { rows } = await tx.jobs.executeSql(
    `select coalesce(max(extract(epoch from now() - least(oldest, held))), 0)::float8 as seconds
     from jsonb_array_elements_text($2::text::jsonb) as queue(name)
     left join lateral (
       select start_after as oldest from ${jobTable} as job
       where job.name = queue.name and group_id = $1 and state < 'active' and not blocked
       order by start_after limit 1) as waiting on true
     left join lateral (
       select min(created_on) as held from ${jobTable} as job
       where job.name = queue.name and group_id = $1 and state = 'active') as working on true`,
    [tx.tenantId, JSON.stringify(queues)],
  )
  return Number(rows[0]?.['seconds'] ?? 0)
}
