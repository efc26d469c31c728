import { type SQL, sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { databaseTrouble } from './database-trouble.ts'

/** What one statement gave: its rows, and how many rows it touched. */
export type StatementResult = { readonly rows: readonly object[]; readonly affected: number }

/** A driver's connection inside one transaction. */
export type DriverTransaction = (text: string, values: unknown[]) => Promise<StatementResult>

/** Work on a driver's connection: its statements, and a way to a part that may fail by itself. */
export type DriverWork<T> = (run: DriverTransaction, savepoint: Savepoint) => Promise<T>

/** Runs work that is undone alone when it fails, while the transaction around it goes on. */
export type Savepoint = <T>(work: DriverWork<T>) => Promise<T>

/** The two drivers under one shape: PGlite in-process and postgres.js. */
export type Driver = {
  readonly kind: 'pglite' | 'postgres'
  transaction<T>(work: DriverWork<T>): Promise<T>
  /** One statement by itself, as the connecting user: only for the job queue and health checks. */
  run: DriverTransaction
  /** Several statements without values, with the rows of all: only for migrations and the job queue. */
  script(text: string): Promise<StatementResult>
  close(): Promise<void>
}

/** What pg-boss needs of a database: the same statements, inside our transaction. */
export type JobStatements = {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
}

/** A transaction of the store. Rows come with moments as ISO strings in UTC. */
export type Tx = {
  rows<Row extends object>(query: SQL): Promise<Row[]>
  /** Runs a statement for its effect; returns the number of rows it touched. */
  run(query: SQL): Promise<number>
  /** Runs once the transaction has committed, and never if it rolls back. */
  afterCommit(act: () => void): void
  readonly jobs: JobStatements
}

/** A transaction that sees and writes the rows of one tenant only. */
export type TenantTx = Tx & {
  readonly tenantId: string
  /** Work that is undone alone when it throws, while this transaction goes on. Only `inner` may be used inside. */
  attempt<T>(work: (inner: TenantTx) => Promise<T>): Promise<T>
}

/** The store's one door: every statement runs in a transaction under a role that row-level security binds. */
export type Database = {
  readonly kind: Driver['kind']
  inTenant<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T>
  /** Only for `store/unscoped/`: look-ups before a tenant is known. */
  beforeTenant<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Only for the job queue and health checks: as the connecting user, outside any transaction. */
  readonly jobs: JobStatements
  /** Several transactions' worth of raw access: only for migrations, backup and restore. */
  readonly driver: Driver
  close(): Promise<void>
}

const dialect = new PgDialect()

function openTx(run: DriverTransaction, afterCommit: (() => void)[]): Tx {
  const execute = (query: SQL) => {
    const { sql: text, params } = dialect.sqlToQuery(query)
    return run(text, params)
  }
  return {
    async rows<Row extends object>(query: SQL): Promise<Row[]> {
      const { rows } = await execute(query)
      // The one place where the database's word for a row's shape is taken.
      return rows as Row[]
    },
    run: async (query) => (await execute(query)).affected,
    afterCommit: (act) => void afterCommit.push(act),
    jobs: jobStatements(run),
  }
}

function jobStatements(run: DriverTransaction): JobStatements {
  return {
    executeSql: async (text, values = []) => {
      const { rows } = await run(text, values)
      return { rows: rows as Record<string, unknown>[] }
    },
  }
}

function openTenantTx(
  tx: Tx,
  {
    tenantId,
    savepoint,
    afterCommit,
  }: { tenantId: string; savepoint: Savepoint; afterCommit: (() => void)[] },
): TenantTx {
  return {
    ...tx,
    tenantId,
    attempt: async (work) => {
      const acts: (() => void)[] = []
      const result = await savepoint((run, inner) =>
        work(openTenantTx(openTx(run, acts), { tenantId, savepoint: inner, afterCommit: acts })),
      )
      afterCommit.push(...acts)
      return result
    },
  }
}

/** Opens the store over a driver. */
export function openDatabase(driver: Driver): Database {
  async function underRole<T>(
    role: string,
    tenantId: string,
    work: (tx: TenantTx) => Promise<T>,
  ): Promise<T> {
    const afterCommit: (() => void)[] = []
    const result = await driver
      .transaction(async (run, savepoint) => {
        const tx = openTx(run, afterCommit)
        // What the work asks first travels with it: where it fails, nothing that comes after it in the transaction runs.
        const entered = tx.run(
          sql`select set_config('role', ${role}, true), set_config('app.tenant', ${tenantId}, true)`,
        )
        entered.catch(() => undefined)
        // It must stand before the savepoint: rolled back with it, the connecting user would come out.
        const underRoleOnly: Savepoint = async (inner) => {
          await entered
          return savepoint(inner)
        }
        try {
          return await work(openTenantTx(tx, { tenantId, savepoint: underRoleOnly, afterCommit }))
        } finally {
          await entered
        }
      })
      .catch((error: unknown) => {
        throw databaseTrouble(error) ?? error
      })
    for (const act of afterCommit) act()
    return result
  }
  return {
    kind: driver.kind,
    inTenant: (tenantId, work) => underRole('quittance_tenant', tenantId, work),
    beforeTenant: (work) => underRole('quittance_unscoped', '', work),
    // The queue sends whole scripts (its schema, its locks) without values, and single statements with them.
    jobs: jobStatements((text, values) =>
      values.length === 0 ? driver.script(text) : driver.run(text, values),
    ),
    driver,
    close: () => driver.close(),
  }
}

/** From here on a transaction only reads: a write, or a row taken for one, is refused by the database itself. */
export async function onlyReads(tx: Pick<Tx, 'run'>): Promise<void> {
  await tx.run(sql`set transaction read only`)
}

// A NUL, or half of a surrogate pair: JSON can spell them, no database keeps them.
const unkeepable = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi

/** A value as JSON text of characters that a database keeps; the others become U+FFFD. */
export function keepableJson(value: unknown): string {
  const text = JSON.stringify(value)
  return text.includes('\\u') ? text.replace(unkeepable, '$1\\ufffd') : text
}

/** Passes a value to a statement as jsonb, the same way on both drivers: `jsonb_to_recordset(${asJson(rows)})`. Characters no database keeps become U+FFFD; raw documents are kept as bytes. */
export function asJson(value: unknown): SQL {
  return sql`${keepableJson(value)}::text::jsonb`
}

/** A list of texts for `= any(…)`, the same way on both drivers. */
export function asTextList(values: readonly string[]): SQL {
  return sql`array(select jsonb_array_elements_text(${keepableJson(values)}::text::jsonb))`
}
