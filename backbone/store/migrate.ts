import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Driver } from './database.ts'
import { packageRoot } from './package-root.ts'

const Journal = z.object({ entries: z.array(z.object({ tag: z.string() })) })

// Any constant of ours: all processes that migrate one database queue on it.
const migrationLock = 7_204_311_042

async function migrationFiles(): Promise<{ tag: string; text: string }[]> {
  const folder = join(packageRoot(), 'backbone', 'store', 'migrations')
  const journal = Journal.parse(
    JSON.parse(await readFile(join(folder, 'meta', '_journal.json'), 'utf8')),
  )
  return Promise.all(
    journal.entries.map(async ({ tag }) => ({
      tag,
      text: await readFile(join(folder, `${tag}.sql`), 'utf8'),
    })),
  )
}

/**
 * Brings the database to the newest schema and returns the names of the migrations it applied. Each
 * migration and its entry in the log commit together under an advisory lock, so that an interrupted or
 * concurrent run is safe to repeat.
 */
export async function migrate(driver: Driver): Promise<string[]> {
  const applied: string[] = []
  for (const { tag, text } of await migrationFiles()) {
    const isNew = await driver.transaction(async (run) => {
      await run('select pg_advisory_xact_lock($1)', [migrationLock])
      await run('create schema if not exists quittance_meta', [])
      await run(
        'create table if not exists quittance_meta.migration (tag text primary key, sha256 text not null, applied_at timestamptz not null default now())',
        [],
      )
      const { rows } = await run('select 1 from quittance_meta.migration where tag = $1', [tag])
      if (rows.length > 0) return false
      for (const statement of text.split('--> statement-breakpoint'))
        if (statement.trim() !== '') await run(statement, [])
      const sha256 = createHash('sha256').update(text).digest('hex')
      await run('insert into quittance_meta.migration (tag, sha256) values ($1, $2)', [tag, sha256])
      return true
    })
    if (isNew) applied.push(tag)
  }
  return applied
}
