import { NeedsPerson } from '../../errors.ts'
import type { DriverTransaction } from '../database.ts'

/** A table as a backup names it: its columns in order with their types, and the key its rows are sorted by. */
export type TableShape = {
  readonly table: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly key: readonly string[]
}

/** How far an identity column has counted; null when it never has. */
export type SequencePlace = { readonly sequence: string; readonly last: number | null }

// Names come from the catalogue or from a checked backup; quoted all the same.
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

async function query<Row extends object>(
  run: DriverTransaction,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const { rows } = await run(text, values)
  // The catalogue's own columns, named in the statement.
  return rows as Row[]
}

/** All tables of the store by name, with generated columns left out: the database counts those itself. */
export function readShapes(run: DriverTransaction): Promise<TableShape[]> {
  return query(
    run,
    `select c.relname as "table",
       (select jsonb_agg(jsonb_build_object('name', attname, 'type', format_type(atttypid, atttypmod)) order by attnum)
        from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
       (select jsonb_agg(a.attname order by array_position(i.indkey::int[], a.attnum::int))
        from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
        where i.indrelid = c.oid and i.indisprimary) as key
     from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname`,
  )
}

/** The migrations the database has seen, oldest first. */
export async function readMigrations(run: DriverTransaction): Promise<string[]> {
  const [there] = await query<{ found: boolean }>(
    run,
    `select to_regclass('quittance_meta.migration') is not null as found`,
  )
  if (there?.found !== true) return []
  const rows = await query<{ tag: string }>(
    run,
    'select tag from quittance_meta.migration order by tag',
  )
  return rows.map(({ tag }) => tag)
}

/** The tenants of the database, told to the role that may look before a tenant is known. */
export async function readTenantIds(run: DriverTransaction): Promise<string[]> {
  await run(`select set_config('role', 'quittance_unscoped', true)`, [])
  const rows = await query<{ id: string }>(
    run,
    'select tenant_id as id from tenant order by tenant_id',
  )
  await run(`select set_config('role', 'none', true)`, [])
  return rows.map(({ id }) => id)
}

/**
 * Works as one tenant: row-level security binds the owner of the tables too, so copying goes tenant by tenant
 * and no superuser is needed.
 */
export async function actAsTenant(run: DriverTransaction, tenantId: string | null): Promise<void> {
  await run(`select set_config('role', $1, true), set_config('app.tenant', $2, true)`, [
    tenantId === null ? 'none' : 'quittance_tenant',
    tenantId ?? '',
  ])
}

const targetBytes = 2_000_000
const mostRows = 1_000
const firstRows = 50

/**
 * The rows of a table that the present tenant has, in the order of its key: each a JSON array of the columns'
 * own text forms, which every database reads back to the same value.
 */
export async function* readRows(
  run: DriverTransaction,
  shape: TableShape,
): AsyncGenerator<readonly string[]> {
  const columns = shape.columns.map(({ name }) => `${quoted(name)}::text`).join(', ')
  const key = shape.key.map(quoted).join(', ')
  await run(
    `declare backup_rows no scroll cursor for
     select jsonb_build_array(${columns})::text as line from ${quoted(shape.table)} order by ${key}`,
    [],
  )
  let size = firstRows
  for (;;) {
    const page = await query<{ line: string }>(run, `fetch ${size} from backup_rows`)
    if (page.length === 0) break
    yield page.map(({ line }) => line)
    // Raw documents are large and prices are small: the page follows the size of the rows.
    const bytes = page.reduce((sum, { line }) => sum + line.length, 0)
    const fitting = Math.floor((targetBytes * page.length) / Math.max(bytes, 1))
    size = Math.min(Math.max(fitting, 1), mostRows, size * 4)
  }
  await run('close backup_rows', [])
}

/** Writes rows of a backup into their table for the present tenant. */
export async function writeRows(
  run: DriverTransaction,
  shape: TableShape,
  lines: readonly string[],
): Promise<number> {
  const names = shape.columns.map(({ name }) => quoted(name)).join(', ')
  const values = shape.columns.map(({ type }, place) => `(line->>${place})::${type}`).join(', ')
  const { affected } = await run(
    `insert into ${quoted(shape.table)} (${names}) overriding system value
     select ${values} from jsonb_array_elements($1::text::jsonb) with ordinality as row(line, place) order by place`,
    [`[${lines.join(',')}]`],
  )
  return affected
}

/** How far every identity column has counted. */
export async function readSequences(run: DriverTransaction): Promise<SequencePlace[]> {
  return query(
    run,
    `select sequencename as sequence, last_value as last from pg_sequences
     where schemaname = 'public' order by sequencename`,
  )
}

/** Lets an identity column count on from where it stood. */
export async function writeSequence(run: DriverTransaction, place: SequencePlace): Promise<void> {
  if (place.last === null) return
  await run('select setval($1::text::regclass, $2::bigint, true)', [
    `public.${quoted(place.sequence)}`,
    place.last,
  ])
}

/** Refuses a database that holds anything: a restore adds to nothing. */
export async function refuseUnlessEmpty(
  run: DriverTransaction,
  migrations: readonly string[],
): Promise<void> {
  const known = await readMigrations(run)
  if (known.join() !== migrations.join())
    throw new NeedsPerson(
      `The backup was made with the schema ${migrations.at(-1) ?? '(none)'}, and this database has ${known.at(-1) ?? '(none)'}. Restore with the release that made the backup, then start the newer one.`,
      { backupSchema: migrations.at(-1), databaseSchema: known.at(-1) },
    )
  const tenants = await readTenantIds(run)
  if (tenants.length > 0)
    throw new NeedsPerson(
      `The database is not empty: it holds ${tenants.length} tenant(s). Restore into a new, empty database.`,
      { tenants: tenants.length },
    )
}
