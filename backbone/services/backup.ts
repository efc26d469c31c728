import { createHash } from 'node:crypto'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { StringDecoder } from 'node:string_decoder'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { NeedsPerson } from '../errors.ts'
import {
  actAsTenant,
  readMigrations,
  readRows,
  readSequences,
  readShapes,
  readTenantIds,
  refuseUnlessEmpty,
  type TableShape,
  writeRows,
  writeSequence,
} from '../store/backup/table-copy.ts'
import type { Database, DriverTransaction } from '../store/database.ts'

const Header = z.object({
  format: z.literal('quittance-backup'),
  version: z.literal(1),
  migrations: z.array(z.string()).min(1),
  takenAt: z.string(),
  takenFrom: z.enum(['pglite', 'postgres']),
})

const TenantLine = z.object({ tenant: z.string() })
const Name = z.string().regex(/^[a-z][a-z0-9_]*$/)
// Types go into a statement as they stand, so they are words of the catalogue and nothing else.
const Type = z.string().regex(/^[a-z][a-z0-9 ]*(\(\d+(,\d+)?\))?[a-z ]*(\[\])?$/)
const TableLine = z.object({
  table: Name,
  columns: z.array(z.object({ name: Name, type: Type })).min(1),
})
const SequenceLine = z.object({ sequence: Name, last: z.int().nullable() })
const Trailer = z.object({ end: z.literal(true), rows: z.int(), sha256: z.string() })
const Mark = z.union([TenantLine, TableLine, SequenceLine, Trailer])

/** What a backup or restore moved. */
export type CopyReport = {
  readonly tenants: number
  readonly tables: number
  readonly rows: number
}

type Count = { tenants: number; tables: number; rows: number }

async function* backupLines(
  run: DriverTransaction,
  kind: Database['kind'],
  count: Count,
): AsyncGenerator<string> {
  // Before any other statement: the whole backup is one moment of the database.
  await run('set transaction isolation level repeatable read, read only', [])
  // One spelling of moments and bytes, whatever the server's own settings are.
  await run(
    `select set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO', true), set_config('bytea_output', 'hex', true)`,
    [],
  )
  const { rows } = await run('select now() as now', [])
  yield JSON.stringify({
    format: 'quittance-backup',
    version: 1,
    migrations: await readMigrations(run),
    takenAt: z.array(z.object({ now: z.string() })).parse(rows)[0]?.now,
    takenFrom: kind,
  })
  const shapes = await readShapes(run)
  count.tables = shapes.length
  for (const tenant of await readTenantIds(run)) {
    count.tenants += 1
    yield JSON.stringify({ tenant })
    await actAsTenant(run, tenant)
    for (const shape of shapes) {
      yield JSON.stringify({ table: shape.table, columns: shape.columns })
      for await (const page of readRows(run, shape)) {
        count.rows += page.length
        yield page.join('\n')
      }
    }
  }
  await actAsTenant(run, null)
  for (const place of await readSequences(run)) yield JSON.stringify(place)
}

async function* sealed(lines: AsyncIterable<string>, count: Count): AsyncGenerator<string> {
  const hash = createHash('sha256')
  for await (const line of lines) {
    const text = `${line}\n`
    hash.update(text)
    yield text
  }
  yield `${JSON.stringify({ end: true, rows: count.rows, sha256: hash.digest('hex') })}\n`
}

/**
 * Writes everything the database holds into a stream, compressed, as one moment of it; either database can be
 * restored from it. Jobs are left out: the sweeps find the work again from the rows. The secrets in it are
 * sealed, and the key that opens them is not part of it.
 */
export async function backup(database: Database, stream: Writable): Promise<CopyReport> {
  return database.driver.transaction(async (run) => {
    const count: Count = { tenants: 0, tables: 0, rows: 0 }
    const lines = sealed(backupLines(run, database.kind, count), count)
    await pipeline(Readable.from(lines), createGzip(), stream)
    return count
  })
}

const damaged = (what: string) =>
  new NeedsPerson(`The backup is damaged: ${what}. Nothing was restored; use another copy of it.`)

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let begun: string[] = []
  for await (const chunk of chunks) {
    const [first = '', ...others] = decoder.write(chunk).split('\n')
    begun.push(first)
    for (const other of others) {
      yield begun.join('')
      begun = [other]
    }
  }
  if (begun.join('') !== '') throw damaged('its end is missing')
}

const batchBytes = 4_000_000
const batchRows = 1_000

/** Takes the lines of a backup one by one into the database. */
function restorer(run: DriverTransaction, count: Count) {
  const hash = createHash('sha256')
  let shapes = new Map<string, TableShape>()
  let shape: TableShape | undefined
  let waiting: string[] = []
  let waitingBytes = 0
  let isEnded = false

  async function flush(): Promise<void> {
    if (shape === undefined || waiting.length === 0) return
    const lines = waiting
    waiting = []
    waitingBytes = 0
    if ((await writeRows(run, shape, lines)) !== lines.length)
      throw damaged(`rows of ${shape.table} were not taken`)
  }
  async function takeHeader(line: string): Promise<void> {
    const header = Header.safeParse(parsed(line))
    if (!header.success) throw damaged('it does not begin like a backup of Quittance')
    await refuseUnlessEmpty(run, header.data.migrations)
    shapes = new Map((await readShapes(run)).map((known) => [known.table, known]))
    count.tables = shapes.size
  }
  function takeTrailer(said: z.infer<typeof Trailer>): void {
    isEnded = true
    if (said.rows !== count.rows || said.sha256 !== hash.digest('hex'))
      throw damaged('its checksum does not fit its content')
  }
  async function takeMark(line: string): Promise<void> {
    await flush()
    const mark = Mark.safeParse(parsed(line))
    if (!mark.success) throw damaged('it holds a line that means nothing')
    const said = mark.data
    if ('end' in said) takeTrailer(said)
    else if ('table' in said) shape = knownShape(shapes, said)
    else if ('sequence' in said) {
      await actAsTenant(run, null)
      await writeSequence(run, said)
    } else {
      count.tenants += 1
      await actAsTenant(run, said.tenant)
    }
  }
  return {
    async take(line: string): Promise<void> {
      if (isEnded) throw damaged('something follows its end')
      if (count.tables === 0) await takeHeader(line)
      else if (line.startsWith('[')) {
        count.rows += 1
        waitingBytes += line.length
        waiting.push(line)
        if (waiting.length >= batchRows || waitingBytes >= batchBytes) await flush()
      } else await takeMark(line)
      if (!isEnded) hash.update(`${line}\n`)
    },
    end(): void {
      if (!isEnded) throw damaged('its end is missing')
    },
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw damaged('it holds a line that means nothing')
  }
}

function knownShape(
  shapes: ReadonlyMap<string, TableShape>,
  said: z.infer<typeof TableLine>,
): TableShape {
  const known = shapes.get(said.table)
  const isSame = JSON.stringify(known?.columns.map(({ name, type }) => [name, type]))
  if (known !== undefined && isSame === JSON.stringify(said.columns.map((c) => [c.name, c.type])))
    return known
  throw damaged(`its table ${said.table} is not the one this database has`)
}

// zlib's own codes; SQLSTATE classes 22 and 23: a value no column takes, a row that cannot be.
const damageCode = /^(Z_\w+|ERR_STREAM_PREMATURE_CLOSE|2[23][0-9A-Z]{3})$/

function damageIn(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return damageCode.test(code) ? damaged('its content is broken or its end is missing') : error
}

/**
 * Fills an empty, migrated database from a backup, in one transaction: a damaged backup leaves it empty. The
 * rows say what was under way; the sweeps put that back into the queues.
 */
export async function restore(database: Database, stream: Readable): Promise<CopyReport> {
  return database.driver.transaction(async (run) => {
    const count: Count = { tenants: 0, tables: 0, rows: 0 }
    const into = restorer(run, count)
    let firstError: unknown
    await pipeline(stream, createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      try {
        for await (const line of linesOf(chunks)) await into.take(line)
        into.end()
      } catch (error) {
        // The pipeline itself would only say that it was aborted.
        firstError = error
        throw error
      }
    }).catch((error: unknown) => {
      throw damageIn(firstError ?? error)
    })
    return count
  })
}
