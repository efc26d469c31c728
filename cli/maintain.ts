import { createReadStream, createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { readConfig } from '../backbone/config.ts'
import { NeedsPerson } from '../backbone/errors.ts'
import { backup, restore } from '../backbone/services/backup.ts'
import { verifyEvents } from '../backbone/services/verify.ts'
import { type OpenStore, openStore } from './open-store.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

async function withStore<T>(work: (store: OpenStore) => Promise<T>): Promise<T> {
  const store = await openStore(readConfig(process.env))
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** `quittance migrate`: opening the store migrates it; this says what was done. */
export function runMigrate(): Promise<number> {
  return withStore(async ({ applied, place }) => {
    say(
      applied.length === 0
        ? `${place} is at the newest schema.`
        : `Applied to ${place}: ${applied.join(', ')}.`,
    )
    return 0
  })
}

/** `quittance verify`: exit 1 when a chain or a seal is broken. */
export function runVerify(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { tenant: { type: 'string', multiple: true } },
  })
  return withStore(async ({ database }) => {
    const result = await verifyEvents(
      database,
      values.tenant === undefined ? {} : { tenantIds: values.tenant },
    )
    for (const place of result.broken) say(`BROKEN ${JSON.stringify(place)}`)
    say(JSON.stringify({ ...result, broken: result.broken.length }))
    return result.broken.length === 0 ? 0 : 1
  })
}

function oneFile(args: readonly string[], command: string): string {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true })
  const [file] = positionals
  if (file === undefined) throw new NeedsPerson(`Say which file: quittance ${command} FILE`)
  return file
}

/** `quittance backup FILE`: written beside it first, so that a half-written backup never has its name. */
export function runBackup(args: readonly string[]): Promise<number> {
  const file = oneFile(args, 'backup')
  return withStore(async ({ database, place }) => {
    const report = await backup(database, createWriteStream(`${file}.part`, { mode: 0o600 }))
    await rename(`${file}.part`, file)
    say(`${place} is in ${file}: ${JSON.stringify(report)}`)
    return 0
  })
}

/** `quittance restore FILE`: only into an empty database. */
export function runRestore(args: readonly string[]): Promise<number> {
  const file = oneFile(args, 'restore')
  return withStore(async ({ database, place }) => {
    const report = await restore(database, createReadStream(file))
    say(`${place} is filled from ${file}: ${JSON.stringify(report)}`)
    return 0
  })
}
