import { z } from 'zod'
import type { JobStatements } from '../store/database.ts'
import { jobTable } from './job-table.ts'
import type { QueueName } from './queues.ts'

const Oldest = z.object({ queue: z.string(), tenantId: z.string(), seconds: z.number() })

/** How long the oldest job of a tenant has been due in a queue and not been fetched. */
export type Oldest = z.infer<typeof Oldest>

const isWaiting = `state < 'active' and not blocked`

// One step in the index per tenant that has jobs, and one for its oldest: a million waiting jobs cost no more than ten.
// Jobs for later sort behind those that are due and do not count.
const steps = `
  with recursive tenant(queue, group_id) as (
    select queue.name, (select group_id from ${jobTable} where name = queue.name and ${isWaiting} order by group_id limit 1)
    from jsonb_array_elements_text($1::text::jsonb) as queue(name)
    union all
    select queue, (select job.group_id from ${jobTable} as job
      where job.name = tenant.queue and ${isWaiting} and job.group_id > tenant.group_id order by job.group_id limit 1)
    from tenant where group_id is not null
  )
  select tenant.queue, tenant.group_id as "tenantId", extract(epoch from now() - oldest.start_after)::float8 as seconds
  from tenant cross join lateral (
    select start_after from ${jobTable} as job
    where job.name = tenant.queue and job.group_id = tenant.group_id and ${isWaiting} order by start_after limit 1
  ) as oldest
  where tenant.group_id is not null and oldest.start_after <= now()`

/** The oldest waiting job of every tenant in these queues. */
export async function oldestWaiting(
  jobs: JobStatements,
  queues: readonly QueueName[],
): Promise<Oldest[]> {
  const { rows } = await jobs.executeSql(steps, [JSON.stringify(queues)])
  return z.array(Oldest).parse(rows)
}
