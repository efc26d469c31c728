import type { Driver } from '../store/database.ts'

/** The table pg-boss keeps the jobs of all our queues in; none of them has a partition of its own. */
export const jobTable = 'pgboss.job_common'

/** The processes that work on jobs, and when each was last heard of. */
export const workerTable = 'quittance_meta.worker'

// Any constant of ours: processes that start in the same moment prepare one after the other.
const preparingLock = 7_204_311_043

const turnsIndex = 'job_common_turns'

/**
 * Adds to pg-boss's tables what sharing by tenant and many processes need: the index that finds whose jobs
 * wait without reading them, and the roll of processes.
 */
export async function prepareJobTable(driver: Driver): Promise<void> {
  await driver.transaction(async (run) => {
    await run('select pg_advisory_xact_lock($1)', [preparingLock])
    // Not `if not exists` alone: that takes the table's lock first, and every start would hold up the work of all.
    const { rows } = await run(
      `select 1 from pg_indexes where schemaname = 'pgboss' and indexname = $1`,
      [turnsIndex],
    )
    if (rows.length === 0)
      await run(
        `create index if not exists ${turnsIndex} on ${jobTable} (name, group_id, start_after)
         where state < 'active' and not blocked`,
        [],
      )
    await run('create schema if not exists quittance_meta', [])
    await run(
      `create table if not exists ${workerTable} (worker_id text primary key, seen_at timestamptz not null)`,
      [],
    )
    await run('grant usage on schema pgboss to quittance_tenant', [])
    await run(
      'grant select, insert, update, delete on all tables in schema pgboss to quittance_tenant',
      [],
    )
    await run('grant execute on all functions in schema pgboss to quittance_tenant', [])
  })
}
