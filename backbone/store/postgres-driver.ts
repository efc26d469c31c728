import postgres from 'postgres'
import type { Driver, DriverTransaction, Savepoint } from './database.ts'

// A text goes as it is: a Date would cut its microseconds.
const asSent = (value: string | Date) => (value instanceof Date ? value.toISOString() : value)
const isoMoment = (value: string | Date) => new Date(value).toISOString()

type Runner = Pick<postgres.Sql, 'unsafe'>

function runner(connection: Runner): DriverTransaction {
  return async (text, values) => {
    // The queue's statements come as text with values; postgres.js types them by asking the server.
    const rows = await connection.unsafe(text, values as postgres.ParameterOrJSON<never>[], {
      prepare: true,
    })
    return { rows: [...rows], affected: rows.count ?? 0 }
  }
}

// Only a savepoint of the driver's own keeps it from giving the whole transaction up for a failed statement.
function savepointOf(tx: postgres.TransactionSql): Savepoint {
  return async (work) => {
    let result: { value: Awaited<ReturnType<typeof work>> } | undefined
    await tx.savepoint(async (inner) => {
      result = { value: await work(runner(inner), savepointOf(inner)) }
    })
    if (result === undefined) throw new Error('The savepoint ended without its work.')
    return result.value
  }
}

/** Opens a pool to a PostgreSQL server. */
export function postgresDriver(url: string, options: { poolSize: number }): Driver {
  const pool = postgres(url, {
    max: options.poolSize,
    onnotice: () => undefined,
    connect_timeout: 10,
    // A server that comes back is found within a second or so; the driver's own pauses grow to twenty.
    backoff: (attempts) => Math.min(1, 2 ** attempts / 20) * (0.5 + Math.random() / 2),
    // Set-based statements over JSON look dear to the planner; compiling one costs more than running it.
    connection: { application_name: 'quittance', jit: false },
    types: {
      int8: { to: 20, from: [20], parse: Number, serialize: String },
      day: { to: 1082, from: [1082], parse: String, serialize: String },
      moment: { to: 1184, from: [1184], parse: isoMoment, serialize: asSent },
    },
  })
  return {
    kind: 'postgres',
    transaction: async (work) => {
      let result: { value: Awaited<ReturnType<typeof work>> } | undefined
      await pool.begin(async (tx) => {
        result = { value: await work(runner(tx), savepointOf(tx)) }
      })
      if (result === undefined) throw new Error('The transaction ended without its work.')
      return result.value
    },
    run: runner(pool),
    script: async (text) => {
      const connection = await pool.reserve()
      try {
        const result = await connection.unsafe<object[] | object[][]>(text).simple()
        return { rows: result.flat(), affected: 0 }
      } catch (error) {
        await connection.unsafe('rollback').simple()
        throw error
      } finally {
        connection.release()
      }
    },
    close: () => pool.end({ timeout: 5 }),
  }
}
