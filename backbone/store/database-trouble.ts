import { setTimeout as wait } from 'node:timers/promises'
import { RetryLater } from '../errors.ts'
import type { Database } from './database.ts'

/** The database cannot be worked with now: it is away, its disk is full, or it takes no more connections or changes. */
export class DatabaseAway extends RetryLater {}

/** Another transaction changed the same records at the same moment, and this one was the one to give way. */
export class LostToOthers extends RetryLater {}

// PostgreSQL: 08 connection, 57P admin shutdown and start-up, 53 disk, memory, connections, 58 its own disk or system,
// 25006 read-only, 28 and 3D000 a server that no longer lets us in; then the network's and the driver's own.
const away =
  /^(08\w{3}|57P0\d|53\w{3}|58\w{3}|25006|28\w{3}|3D000|CONNECT_TIMEOUT|CONNECTION_\w+|ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST\w+|ENET\w+|ENOSPC|EMFILE)$/

// PostgreSQL: 40001 serialization failure, 40P01 deadlock, 55P03 lock not available.
const lost = /^(40001|40P01|55P03)$/

/** What an error of the driver means for those who asked; undefined when it is about the statement itself. */
export function databaseTrouble(error: unknown): RetryLater | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string'))
    return undefined
  const { code } = error
  if (away.test(code))
    return new DatabaseAway(
      'The database cannot be worked with at this moment.',
      { code, retryAfterSeconds: 5 },
      { cause: error },
    )
  if (lost.test(code))
    return new LostToOthers(
      'The same records were being changed by others at this moment.',
      { code, retryAfterSeconds: 1 },
      { cause: error },
    )
  return undefined
}

const mostAttempts = 3

async function untilNotLost<T>(attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof LostToOthers) || attempts >= mostAttempts) throw error
      // Two that met once must not meet again at the same pace.
      await wait(Math.random() * 20 * attempts)
    }
  }
}

/**
 * The same database for those who answer a caller: a transaction that gave way to another is done again from its
 * start, twice at most. Workers do without, their jobs come again.
 */
export function doneAgainWhenLost(database: Database): Database {
  return {
    ...database,
    inTenant: (tenantId, work) => untilNotLost(() => database.inTenant(tenantId, work)),
  }
}
