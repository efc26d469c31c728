import postgres from 'postgres'
import type { Driver, DriverTransaction, DriverWork, Savepoint } from './database.ts'
import { integerList, textList } from './postgres-arrays.ts'

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

// The connection itself is gone: the server ends it (57P), the driver or the network says so.
const lost = /^(57P0\d|08\w{3}|CONNECTION_\w+|CONNECT_TIMEOUT|E(CONN\w+|PIPE|TIMEDOUT))$/

// Other than an ERROR, after which the server goes on: the class 08 has one, 08P01, for a statement it cannot take.
const isLost = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  lost.test(error.code) &&
  !('severity' in error && error.severity === 'ERROR')

type Pool = postgres.Sql<{
  int8: number
  day: string
  moment: string
  textList: (string | null)[]
  integerList: (number | null)[]
}>

const never = (): Promise<never> => new Promise(() => undefined)

const lostBefore = () =>
  Object.assign(new Error('The connection of this transaction is gone.'), {
    code: 'CONNECTION_CLOSED',
  })

type Line = { isOver: boolean; end(error: unknown): void }

/** Sends a transaction's statements as long as its connection is there. */
function sender(run: DriverTransaction, line: Line): DriverTransaction {
  return async (text, values) => {
    if (line.isOver) throw lostBefore()
    try {
      return await run(text, values)
    } catch (error) {
      if (isLost(error)) line.end(error)
      throw error
    }
  }
}

type Scoped = Runner & Pick<postgres.TransactionSql, 'savepoint'>

/** Work in a scope of the driver's, which rolls back what fails in it. Nothing settles once the connection is gone. */
async function scoped<T>(tx: Scoped, line: Line, work: DriverWork<T>): Promise<T> {
  const found = await work(sender(runner(tx), line), savepointOf(tx, line)).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  // Neither commit nor rollback: whoever asked has had the answer, and the server rolls back by itself.
  if (line.isOver) await never()
  if ('error' in found) throw found.error
  return found.value
}

// Only a savepoint of the driver's own keeps it from giving the whole transaction up for a failed statement.
function savepointOf(tx: Scoped, line: Line): Savepoint {
  return async <T>(work: DriverWork<T>) => {
    if (line.isOver) throw lostBefore()
    let result: { value: T } | undefined
    const scope = async (inner: Scoped): Promise<void> => {
      result = { value: await scoped(inner, line, work) }
    }
    await tx.savepoint(scope).catch((error: unknown) => {
      if (isLost(error)) line.end(error)
      throw error
    })
    if (result === undefined) throw lostBefore()
    return result.value
  }
}

/**
 * A transaction that sends nothing more once its connection is gone. The driver would: its rollback into a closed
 * socket ends the whole process (porsager/postgres issues 1154, 1208), and a statement may come out on the connection
 * that took its place, outside any transaction and under nobody's tenant.
 */
function inTransaction<T>(pool: Pool, work: DriverWork<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const line: Line = {
      isOver: false,
      end(error) {
        line.isOver = true
        reject(error)
      },
    }
    let result: { value: T } | undefined
    const scope = async (tx: Scoped): Promise<void> => {
      result = { value: await scoped(tx, line, work) }
    }
    pool.begin(scope).then(() => result && resolve(result.value), line.end)
  })
}

async function runScript(pool: Pool, text: string) {
  try {
    const result = await pool.unsafe<object[] | object[][]>(text).simple()
    return { rows: result.flat(), affected: 0 }
  } catch (error) {
    // The one connection stands inside a transaction that the script began.
    if (!isLost(error)) await pool.unsafe('rollback').simple()
    throw error
  }
}

/** Scripts run one after the other on a connection of their own: what one began, no other statement is part of. */
function scriptLane(pool: { current(): Pool }): Driver['script'] {
  let last: Promise<unknown> = Promise.resolve()
  return (text) => {
    const turn = last.then(() => runScript(pool.current(), text))
    last = turn.catch(() => undefined)
    return turn
  }
}

// So long those at work on the other connections of a pool that lost one may go on.
const graceSeconds = 5

/**
 * A pool that is replaced when one of its connections breaks. The driver may lose a statement that was sent in that
 * moment, and the connection with it; in a pool that is given up, what hangs is told so.
 */
function renewedPool(url: string, poolSize: number) {
  let isClosing = false
  const leaving = new Set<Promise<void>>()
  const open = (): Pool => {
    const pool = postgres(url, {
      max: poolSize,
      max_lifetime: null,
      connect_timeout: 10,
      backoff: false,
      // Asking for them is a statement nobody waits for: cut in that moment, it ends the process.
      fetch_types: false,
      onnotice: () => undefined,
      onclose: () => replace(pool),
      // Set-based statements over JSON look dear to the planner; compiling one costs more than running it.
      // As a word: the driver leaves out a setting that is false.
      connection: { application_name: 'quittance', jit: 'off' },
      types: {
        int8: { to: 20, from: [20], parse: Number, serialize: String },
        day: { to: 1082, from: [1082], parse: String, serialize: String },
        moment: { to: 1184, from: [1184], parse: isoMoment, serialize: asSent },
        textList,
        integerList,
      },
    })
    return pool
  }
  let current = open()
  const replace = (broken: Pool) => {
    if (isClosing || broken !== current) return
    current = open()
    const gone = broken
      .end({ timeout: graceSeconds })
      .catch(() => undefined)
      .finally(() => leaving.delete(gone))
    leaving.add(gone)
  }
  return {
    current: () => current,
    async close() {
      isClosing = true
      await Promise.all([current.end({ timeout: graceSeconds }), ...leaving])
    },
  }
}

/** Opens a pool to a PostgreSQL server. */
export function postgresDriver(url: string, options: { poolSize: number }): Driver {
  const pool = renewedPool(url, options.poolSize)
  const scripts = renewedPool(url, 1)
  return {
    kind: 'postgres',
    transaction: (work) => inTransaction(pool.current(), work),
    run: (text, values) => runner(pool.current())(text, values),
    script: scriptLane(scripts),
    async close() {
      await Promise.all([pool.close(), scripts.close()])
    },
  }
}
