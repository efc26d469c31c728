import type { Driver } from './database.ts'

/** The built-in database's housekeeping, going on beside the work. */
export type Upkeep = { stop(): Promise<void> }

// The thresholds of autovacuum, PostgreSQL 17 documentation section 24.1.6: a fifth of the rows dead or new, a
// tenth changed, and some more so that small tables do not ask all the time.
const tablesInNeed = `
  select quote_ident(schemaname) || '.' || quote_ident(relname) as name,
    n_dead_tup > 500 + 0.2 * n_live_tup or n_ins_since_vacuum > 1000 + 0.2 * n_live_tup as is_vacuum_due
  from pg_stat_user_tables
  where n_dead_tup > 500 + 0.2 * n_live_tup or n_ins_since_vacuum > 1000 + 0.2 * n_live_tup
    or n_mod_since_analyze > 500 + 0.1 * n_live_tup
  order by n_mod_since_analyze`

/** Frees the room of rows that are gone and counts the tables that changed, for the planner; names what it did. */
export async function tidyTables(driver: Driver): Promise<string[]> {
  await driver.run('select pg_stat_force_next_flush()', [])
  const { rows } = await driver.run(tablesInNeed, [])
  const tidied: string[] = []
  for (const row of rows) {
    const name = 'name' in row ? String(row.name) : ''
    const isVacuumDue = 'is_vacuum_due' in row && row.is_vacuum_due === true
    // One table at a time: work in hand goes on between them.
    await driver.script(`${isVacuumDue ? 'vacuum (analyze)' : 'analyze'} ${name}`)
    tidied.push(name)
  }
  return tidied
}

/**
 * Tidies the built-in database every ten seconds. A PostgreSQL server does this by itself (autovacuum); PGlite has
 * no process for it, so without this plans are made for empty tables and dead rows stay for ever.
 */
export function startUpkeep(driver: Driver, everyMs = 10_000): Upkeep {
  let running: Promise<unknown> = Promise.resolve()
  let isBusy = false
  const timer = setInterval(() => {
    if (isBusy) return
    isBusy = true
    running = tidyTables(driver)
      // What hinders it (a full disk) hinders the work itself, which says so; the next round tries again.
      .catch(() => undefined)
      .finally(() => {
        isBusy = false
      })
  }, everyMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
