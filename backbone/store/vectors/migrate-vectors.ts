import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Driver, DriverTransaction } from '../database.ts'
import { packageRoot } from '../package-root.ts'

// Any constant of ours but the main migrations' one.
const vectorLock = 7_204_311_043

/** What keeps a database from holding vectors; nothing where it holds them. */
export type VectorsReport = { readonly withoutVectors?: string }

async function applyFiles(run: DriverTransaction): Promise<void> {
  const folder = join(packageRoot(), 'backbone', 'store', 'vectors', 'migrations')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const { rows } = await run('select tag from quittance_vector.migration', [])
  const applied = new Set(rows.map((row) => Reflect.get(row, 'tag')))
  for (const file of files.filter((name) => !applied.has(name))) {
    const text = await readFile(join(folder, file), 'utf8')
    for (const statement of text.split('--> statement-breakpoint')) await run(statement, [])
    const sha256 = createHash('sha256').update(text).digest('hex')
    await run('insert into quittance_vector.migration (tag, sha256) values ($1, $2)', [
      file,
      sha256,
    ])
  }
}

/**
 * Brings the side tables for vectors to their newest schema where pgvector is there or may be made. Without it
 * everything goes on as before, so nothing that fails here keeps the house from starting.
 */
export async function migrateVectors(driver: Driver): Promise<VectorsReport> {
  try {
    return await driver.transaction(async (run): Promise<VectorsReport> => {
      const available = await run(`select 1 from pg_available_extensions where name = 'vector'`, [])
      if (available.rows.length === 0)
        return { withoutVectors: 'The extension vector is not installed.' }
      await run('select pg_advisory_xact_lock($1)', [vectorLock])
      await run('create extension if not exists vector', [])
      // An administrator may have put it into a schema of its own.
      await run(
        `select set_config('search_path', quote_ident(nspname) || ', public', true)
         from pg_extension join pg_namespace on pg_namespace.oid = extnamespace where extname = 'vector'`,
        [],
      )
      await run('create schema if not exists quittance_vector', [])
      await run(
        'create table if not exists quittance_vector.migration (tag text primary key, sha256 text not null, applied_at timestamptz not null default now())',
        [],
      )
      await applyFiles(run)
      return {}
    })
  } catch (error) {
    return { withoutVectors: error instanceof Error ? error.message : 'The extension failed.' }
  }
}
