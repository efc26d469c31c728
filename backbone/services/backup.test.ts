import { randomBytes } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gunzipSync, gzipSync } from 'node:zlib'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  newPostgresDatabase,
  openTestDatabase,
  type TestDatabase,
} from '../../testing/test-database.ts'
import { NeedsPerson } from '../errors.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { appendOrderEvents, appendTenantEvents } from '../store/events.ts'
import { migrate } from '../store/migrate.ts'
import { pgliteDriver } from '../store/pglite-driver.ts'
import { postgresDriver } from '../store/postgres-driver.ts'
import { backup, restore } from './backup.ts'
import { sealEvents, verifyEvents } from './verify.ts'

type Opened = { database: Database; close(): Promise<void> }

const serverUrl = process.env['TEST_DATABASE_URL']
const at = '2026-03-02T14:05:06.789Z'
let source: TestDatabase
let saved: Buffer

const rowsOf = async (database: Database, text: string): Promise<readonly object[]> =>
  (await database.driver.run(text, [])).rows

async function emptyPglite(): Promise<Opened> {
  const driver = await pgliteDriver({})
  await migrate(driver)
  const database = openDatabase(driver)
  return { database, close: () => database.close() }
}

async function emptyPostgres(url: string): Promise<Opened> {
  const made = await newPostgresDatabase(url)
  const driver = postgresDriver(made.url, { poolSize: 2 })
  await migrate(driver)
  return {
    database: openDatabase(driver),
    async close() {
      await driver.close()
      await made.drop()
    },
  }
}

async function save(database: Database): Promise<Buffer> {
  const stream = new PassThrough()
  const [bytes] = await Promise.all([buffer(stream), backup(database, stream)])
  return bytes
}

const sampleOf = (name: string, type: string, no: number): string => {
  if (name === 'event_count') return '0'
  if (name === 'event_hash') return `''`
  if (type === 'integer') return String(no)
  if (type === 'bigint') return String(9_007_199_254_740_000 + no)
  if (type === 'boolean') return String(no % 2 === 0)
  if (type === 'jsonb')
    return no % 2 === 0
      ? `'null'`
      : `'{"n": 1.50, "big": 12345678901234567890, "x": [null, "a\\\\nb "]}'`
  if (type === 'date') return `'2026-02-2${no}'`
  if (type.startsWith('timestamp')) return `'2026-03-02T14:05:06.789${no}23+05'`
  if (/^(numeric|double precision)/.test(type)) return `'12345.6780000${no}'`
  if (type === 'bytea') return `'\\x00ff0a0d5c22${no}0'`
  return `E'${name} ${no} "ünï" \\\\ \\n\\t\u2028 𝄞'`
}

// Columns that take certain words only.
const words: Readonly<Record<string, string>> = {
  'agent_run.status': 'succeeded',
  'agent_run.trigger': 'demand',
  'agent_setting.daily_at': '06:30',
  'app_user.role': 'operator',
  'chat_message.author': 'person',
  'chat_message.status': 'complete',
  'outreach_message.status': 'queued',
  'proposal.requested_by_kind': 'key',
  'proposal.status': 'requires_review',
  'proposal_decision.by_kind': 'person',
  'proposal_decision.decision': 'approve',
}

function cellOf(
  column: { table: string; name: string; type: string; tenantId: string },
  no: number,
): string {
  const { table, name, type, tenantId } = column
  // An approval names its decision, and a proposal in review has none.
  if (table === 'proposal' && name.startsWith('approv')) return 'null'
  const word = name === 'tenant_id' ? tenantId : words[`${table}.${name}`]
  return word === undefined ? sampleOf(name, type, no) : `'${word}'`
}

/** Rows in every table there is, so that a new table is saved from its first day. */
async function fill(database: Database, tenantId: string): Promise<void> {
  const columns = await rowsOf(
    database,
    `select c.relname || '.' || attname || '.' || format_type(atttypid, atttypmod) as place
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
       and relname not in ('tenant', 'event', 'event_checkpoint') order by relname, attnum`,
  )
  const tables = new Map<string, { name: string; type: string }[]>()
  for (const row of columns) {
    const [table = '', name = '', type = ''] = Object.values(row).join('').split('.')
    tables.set(table, [...(tables.get(table) ?? []), { name, type }])
  }
  expect(tables.size).toBeGreaterThan(20)
  const tenantNo = tenantId.endsWith('b') ? 4 : 0
  for (const [table, all] of tables)
    for (const no of [1, 2, 3])
      await database.driver.run(
        `insert into "${table}" (${all.map(({ name }) => `"${name}"`).join(', ')}) overriding system value values (${all
          .map((column) => cellOf({ ...column, table, tenantId }, no + tenantNo))
          .join(', ')})
         -- A table may have one row a tenant.
         on conflict do nothing`,
        [],
      )
}

async function addHistory(database: Database, tenantId: string): Promise<void> {
  await database.inTenant(tenantId, async (tx) => {
    const [order] = await tx.rows<{ id: string }>(sql`select min(order_id) as id from orders`)
    const drafts = Array.from({ length: 30 }, (_, index) => ({
      orderId: order?.id ?? '',
      kind: 'order.step',
      actor: 'backbone',
      summary: `Step ${index}`,
      body: { ratio: 0.1, index },
    }))
    await appendOrderEvents(tx, drafts, at)
    await appendTenantEvents(tx, [{ kind: 'a', actor: 'b', summary: 'c' }], at)
  })
  await sealEvents(database, tenantId)
}

/** Every row of every table in one order, as text; and where the identity columns stand. */
async function content(database: Database): Promise<string[]> {
  const tables = await rowsOf(
    database,
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
  )
  const lines: string[] = []
  for (const table of tables) {
    const name = Object.values(table).join('')
    const rows = await rowsOf(
      database,
      `select t::text as line from (select *, set_config('timezone', 'UTC', false) from "${name}") t order by 1`,
    )
    lines.push(...rows.map((row) => `${name}: ${Object.values(row).join('')}`))
  }
  const sequences = await rowsOf(
    database,
    `select sequencename || ' ' || coalesce(last_value::text, 'never') as line from pg_sequences where schemaname = 'public' order by 1`,
  )
  return [...lines, ...sequences.map((row) => Object.values(row).join(''))]
}

beforeAll(async () => {
  source = await openTestDatabase()
  for (const tenantId of ['tenant-a', 'tenant-b']) {
    await source.database.driver.run(
      `insert into tenant (tenant_id, name, settings) values ('${tenantId}', 'Distributor', '{"sla": {}}')`,
      [],
    )
    await fill(source.database, tenantId)
    await addHistory(source.database, tenantId)
  }
  saved = await save(source.database)
})
afterAll(() => source.close())

async function comesBack(open: () => Promise<Opened>): Promise<Buffer> {
  const target = await open()
  try {
    const report = await restore(target.database, Readable.from([saved]))
    expect(report.tenants).toBe(2)
    expect(await content(target.database)).toEqual(await content(source.database))
    expect(await verifyEvents(target.database)).toMatchObject({
      events: 62,
      checkpoints: 2,
      broken: [],
    })
    await addHistory(target.database, 'tenant-a')
    expect(await verifyEvents(target.database)).toMatchObject({ events: 93, broken: [] })
    return saved
  } finally {
    await target.close()
  }
}

test('what was saved comes back row for row on the embedded database, verifies, and work goes on', async () => {
  await comesBack(emptyPglite)
})

test.skipIf(serverUrl === undefined)(
  'what was saved comes back row for row on PostgreSQL, also by way of the embedded database (needs TEST_DATABASE_URL)',
  async () => {
    const between = await emptyPglite()
    try {
      await restore(between.database, Readable.from([saved]))
      const again = await save(between.database)
      const body = (bytes: Buffer) => gunzipSync(bytes).toString('utf8').split('\n').slice(1, -2)
      expect(body(again)).toEqual(body(saved))
    } finally {
      await between.close()
    }
    await comesBack(() => emptyPostgres(serverUrl ?? ''))
  },
)

test.skipIf(serverUrl === undefined)(
  'a backup needs no superuser: the owner of the tables saves and restores every row (needs TEST_DATABASE_URL)',
  async () => {
    const role = `quittance_owner_${randomBytes(6).toString('hex')}`
    const url = new URL(serverUrl ?? '')
    const server = postgresDriver(serverUrl ?? '', { poolSize: 1 })
    await server.script(`create role ${role} login password 'owner' nosuperuser nobypassrls createrole;
      grant quittance_tenant, quittance_unscoped to ${role}`)
    const made = await newPostgresDatabase(serverUrl ?? '')
    await server.script(`alter database ${new URL(made.url).pathname.slice(1)} owner to ${role}`)
    url.username = role
    url.password = 'owner'
    url.pathname = new URL(made.url).pathname
    const driver = postgresDriver(url.toString(), { poolSize: 2 })
    try {
      await migrate(driver)
      const database = openDatabase(driver)
      const restored = await restore(database, Readable.from([saved]))
      const stream = new PassThrough()
      const [, report] = await Promise.all([buffer(stream), backup(database, stream)])
      expect(report).toEqual(restored)
      expect(report.rows).toBeGreaterThan(200)
    } finally {
      await driver.close()
      await made.drop()
      await server.script(`drop role ${role}`)
      await server.close()
    }
  },
)

test('a restore into a database that holds a tenant is refused and adds nothing', async () => {
  const before = await content(source.database)
  await expect(restore(source.database, Readable.from([saved]))).rejects.toThrow(
    'The database is not empty: it holds 2 tenant(s)',
  )
  expect(await content(source.database)).toEqual(before)
})

test('a backup that is cut, changed or something else is refused and leaves the database empty', async () => {
  const target = await emptyPglite()
  try {
    const text = gunzipSync(saved).toString('utf8')
    const lines = text.split('\n')
    const flipped = Buffer.from(saved)
    flipped[Math.floor(saved.length / 2)] = (flipped[Math.floor(saved.length / 2)] ?? 0) ^ 255
    const bad: Record<string, Buffer> = {
      'nothing at all': Buffer.alloc(0),
      'half the file': saved.subarray(0, saved.length / 2),
      'all but its last bytes': saved.subarray(0, saved.length - 9),
      'a flipped byte': flipped,
      'not compressed': Buffer.from(text),
      'the last line gone': gzipSync(`${lines.slice(0, -2).join('\n')}\n`),
      'a row gone': gzipSync(lines.filter((_, index) => index !== 5).join('\n')),
      'a row changed': gzipSync(text.replace('Distributor', 'Distributer')),
      'rows after the end': gzipSync(`${text}{"tenant":"eve"}\n`),
      'another format': gzipSync('{"format":"other"}\n'),
      'a type that is a statement': gzipSync(
        text.replace('"type":"text"', '"type":"text); drop table event; --"'),
      ),
    }
    for (const [what, bytes] of Object.entries(bad)) {
      const refused = restore(target.database, Readable.from(bytes.length === 0 ? [] : [bytes]))
      await expect(refused, what).rejects.toThrow(NeedsPerson)
      await expect(refused, what).rejects.toThrow('The backup is damaged')
      expect(await rowsOf(target.database, 'select 1 from tenant'), what).toEqual([])
    }
    const newer = gzipSync(text.replace('"0001_tenancy"', '"0001_tenancy","9999_future"'))
    await expect(restore(target.database, Readable.from([newer]))).rejects.toThrow(
      'Restore with the release that made the backup',
    )
    await restore(target.database, Readable.from([saved]))
  } finally {
    await target.close()
  }
})

test('a backup holds no job and no row of the database’s own book-keeping', async () => {
  const tables = gunzipSync(saved)
    .toString('utf8')
    .split('\n')
    .flatMap((line) => (line.startsWith('{"table"') ? [line.split('"')[3]] : []))
  expect(tables).toContain('raw_document')
  expect(tables).not.toContain('job')
  expect(tables).not.toContain('migration')
})
