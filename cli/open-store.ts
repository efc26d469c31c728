import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Config } from '../backbone/config.ts'
import { NeedsPerson } from '../backbone/errors.ts'
import { type Database, openDatabase } from '../backbone/store/database.ts'
import { lockFolder } from '../backbone/store/folder-lock.ts'
import { migrate } from '../backbone/store/migrate.ts'
import { pgliteDriver } from '../backbone/store/pglite-driver.ts'
import { postgresDriver } from '../backbone/store/postgres-driver.ts'
import { startUpkeep } from '../backbone/store/upkeep.ts'
import { migrateVectors } from '../backbone/store/vectors/migrate-vectors.ts'

/** The store of this process, migrated and ready. */
export type OpenStore = {
  readonly database: Database
  /** Where the data lives, in words for people; no password. */
  readonly place: string
  readonly applied: readonly string[]
  /** Why likeness is worked out without pgvector; absent where it is there. */
  readonly withoutVectors?: string
  close(): Promise<void>
}

async function openEmbedded(config: Config): Promise<OpenStore> {
  const folder = resolve(config.dataFolder)
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new NeedsPerson(
      `The data folder ${folder} cannot be made. Choose another with QUITTANCE_DATA.`,
      { folder },
      { cause: error },
    )
  })
  const lock = lockFolder(folder)
  try {
    const driver = await pgliteDriver({ folder: join(folder, 'database') })
    const applied = await migrate(driver)
    const vectors = await migrateVectors(driver)
    const database = openDatabase(driver)
    const upkeep = startUpkeep(driver)
    return {
      database,
      place: `the built-in database in ${folder}`,
      applied,
      ...vectors,
      async close() {
        await upkeep.stop()
        await database.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

function withoutPassword(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

async function openPostgres(url: string): Promise<OpenStore> {
  const driver = postgresDriver(url, { poolSize: 12 })
  try {
    const applied = await migrate(driver)
    const vectors = await migrateVectors(driver)
    const database = openDatabase(driver)
    return {
      database,
      place: withoutPassword(url),
      applied,
      ...vectors,
      close: () => database.close(),
    }
  } catch (error) {
    await driver.close()
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ECONN'))
      throw new NeedsPerson(
        `No database answers at ${withoutPassword(url)}. Start it, or set DATABASE_URL right.`,
        {},
        { cause: error },
      )
    throw error
  }
}

/** Opens the store the settings name and brings it to the newest schema. */
export async function openStore(config: Config): Promise<OpenStore> {
  return config.databaseUrl === undefined ? openEmbedded(config) : openPostgres(config.databaseUrl)
}
