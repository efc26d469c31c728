import { z } from 'zod'
import type { JobStatements } from '../store/database.ts'
import { jobTable } from './job-table.ts'
import type { QueueName } from './queues.ts'

// So many tenants share one batch; with more of them waiting, the next batch begins where this one ended.
const tenantsABatch = 32

const isWaiting = `name = $1 and state < 'active' and not blocked`

/**
 * Whose jobs wait is found by stepping from tenant to tenant in the index, each tenant's oldest by its place there:
 * a backlog of a million costs what one of a hundred does. `share` is the level to which a batch can be poured into
 * the tenants: who has less gives the rest to those with more, so that one tenant alone fills the batch. The rows are
 * locked when their place is taken, so it still holds in the same statement; by id they would be looked for again.
 */
const takeTurns = `
  with recursive tenant as (
    (select group_id from ${jobTable} where ${isWaiting} and group_id > $3 order by group_id limit 1)
    union all
    select (select group_id from ${jobTable} where ${isWaiting} and group_id > tenant.group_id order by group_id limit 1)
    from tenant where tenant.group_id is not null
  ), waiting as materialized (
    select group_id, due from (
      select group_id, (select count(*) from (
        select from ${jobTable} as job where ${isWaiting} and job.group_id = tenant.group_id and start_after <= now()
        order by start_after limit $2::int) as head)::float8 as due
      from tenant where group_id is not null offset 0) as counted
    where due > 0 limit ${tenantsABatch}
  ), filled as (
    select group_id, due, row_number() over (order by due desc, group_id desc) as still_to_fill,
      coalesce(sum(due) over (order by due, group_id rows between unbounded preceding and 1 preceding), 0) as poured
    from waiting
  ), share as (
    select group_id, greatest(1, floor(max(($2::int - poured) / still_to_fill) over ()))::int as jobs from filled
  ), next as materialized (
    select head.place from share cross join lateral (
      select ctid as place from ${jobTable} as job where ${isWaiting} and job.group_id = share.group_id and start_after <= now()
      order by start_after limit share.jobs for update skip locked) as head
    limit $2::int
  )
  update ${jobTable} as job set state = 'active', started_on = now(), output = $4::text::jsonb,
    retry_count = case when started_on is null then retry_count else retry_count + 1 end
  where ctid = any(array(select place from next))
  returning id as "jobId", data ->> 'id' as id, group_id as "tenantId",
    (select case when count(*) < ${tenantsABatch} then '' else max(group_id) end from waiting) as "nextAfter"`

const Taken = z.array(
  z.object({ jobId: z.string(), id: z.string(), tenantId: z.string(), nextAfter: z.string() }),
)

type FetchedJob = { readonly jobId: string; readonly tenantId: string; readonly id: string }

/** Fetches due jobs of a queue, a fair share for every tenant that has some; they are held by the worker named. */
export function fetcherInTurns(
  jobs: JobStatements,
  workerId: string,
): (queue: QueueName, batchSize: number) => Promise<FetchedJob[]> {
  const holder = JSON.stringify({ worker: workerId })
  const begunAfter = new Map<QueueName, string>()
  return async function fetch(queue, batchSize) {
    const after = begunAfter.get(queue) ?? ''
    const { rows } = await jobs.executeSql(takeTurns, [queue, batchSize, after, holder])
    const taken = Taken.parse(rows)
    begunAfter.set(queue, taken[0]?.nextAfter ?? '')
    // Nobody waits behind the last one served: once more from the first.
    if (taken.length === 0 && after !== '') return fetch(queue, batchSize)
    return taken.map(({ jobId, tenantId, id }) => ({ jobId, tenantId, id }))
  }
}
