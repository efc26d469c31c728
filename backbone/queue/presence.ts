import type { JobStatements } from '../store/database.ts'
import { jobTable, workerTable } from './job-table.ts'
import { queueNames } from './queues.ts'

const beatEveryMs = 2_000
const goneAfterMs = 8_000

/** This process among those that work on the jobs of one database. */
export type Presence = {
  /** Says for the first time that this process works; resolves once the others can see it. */
  begin(): Promise<void>
  /** All processes at work, this one too, as of the last beat; empty when the last one is too long ago. */
  present(): readonly string[]
  /** Signs off. */
  end(): Promise<void>
}

const beat = `
  with seen as (
    insert into ${workerTable} (worker_id, seen_at) values ($1, now())
    on conflict (worker_id) do update set seen_at = excluded.seen_at
  )
  select worker_id as id from ${workerTable}
  where seen_at > now() - interval '1 millisecond' * $2::int and worker_id <> $1`

// The rows are the truth and jobs only wake, so a process that was taken for dead and lives does no harm. What it is
// finishing at this moment is locked and left to it.
const giveBackOfGone = `
  with orphan as (
    select name, id from ${jobTable} as job
    where name = any(array(select jsonb_array_elements_text($1::text::jsonb))) and state = 'active'
      and group_id is not null and output ->> 'worker' is not null and not exists (
        select from ${workerTable} as worker where worker.worker_id = job.output ->> 'worker'
          and worker.seen_at > now() - interval '1 millisecond' * $2::int)
    for update skip locked
  )
  update ${jobTable} as job set state = 'retry', start_after = now()
  from orphan where job.name = orphan.name and job.id = orphan.id`

const forgetGone = `delete from ${workerTable} where seen_at < now() - interval '1 hour'`

/**
 * Tells the other processes every two seconds that this one works, and gives back the jobs of those not heard of for
 * eight: work of a killed process goes on within ten seconds. A beat that fails is only a beat missed.
 */
export function openPresence(
  jobs: JobStatements,
  { workerId, onError }: { workerId: string; onError: (error: Error) => void },
): Presence {
  let others: readonly string[] = []
  let beatenAtMs = Number.NEGATIVE_INFINITY
  let begun: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let beating: Promise<void> = Promise.resolve()
  let isEnding = false

  async function sayPresent(): Promise<void> {
    const { rows } = await jobs.executeSql(beat, [workerId, goneAfterMs])
    others = rows.map((row) => String(row['id']))
    beatenAtMs = performance.now()
  }
  async function first(): Promise<void> {
    await sayPresent()
    await jobs.executeSql(forgetGone)
    next()
  }
  async function round(): Promise<void> {
    await sayPresent()
    await jobs.executeSql(giveBackOfGone, [JSON.stringify(queueNames), goneAfterMs])
  }
  function next(): void {
    if (isEnding) return
    timer = setTimeout(() => {
      beating = round()
        .catch((error: unknown) =>
          onError(error instanceof Error ? error : new Error(String(error))),
        )
        .finally(next)
    }, beatEveryMs)
  }
  return {
    begin() {
      begun ??= first().catch((error: unknown) => {
        begun = undefined
        throw error
      })
      return begun
    },
    present: () =>
      performance.now() - beatenAtMs < goneAfterMs ? [workerId, ...others].sort() : [],
    async end() {
      isEnding = true
      clearTimeout(timer)
      await begun?.catch(() => undefined)
      clearTimeout(timer)
      await beating
      beatenAtMs = Number.NEGATIVE_INFINITY
      if (begun === undefined) return
      await jobs.executeSql(`delete from ${workerTable} where worker_id = $1`, [workerId])
    },
  }
}
