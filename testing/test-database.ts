import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { openJobQueue } from '../backbone/queue/job-queue.ts'
import { type Database, openDatabase } from '../backbone/store/database.ts'
import { migrate } from '../backbone/store/migrate.ts'
import { pgliteDriver } from '../backbone/store/pglite-driver.ts'
import { postgresDriver } from '../backbone/store/postgres-driver.ts'
import { migrateVectors } from '../backbone/store/vectors/migrate-vectors.ts'

/** A real database for one test file: PGlite in memory, or a fresh one on TEST_DATABASE_URL. */
export type TestDatabase = {
  database: Database
  /** Opens a tenant of its own; its id. */
  newTenant(): Promise<string>
  close(): Promise<void>
}

let image: Promise<Blob> | undefined

// Migrating PGlite takes seconds, loading an image of it a third of one: every test file starts from one image.
async function migratedImage(): Promise<Blob> {
  const driver = await pgliteDriver({})
  await migrate(driver)
  await migrateVectors(driver)
  const queue = await openJobQueue(openDatabase(driver), {
    onError: () => undefined,
    supervise: false,
  })
  await queue.stop()
  const blob = await driver.image()
  await driver.close()
  return blob
}

async function openPglite(): Promise<{ database: Database; close(): Promise<void> }> {
  image ??= migratedImage()
  const database = openDatabase(await pgliteDriver({ image: await image }))
  return { database, close: () => database.close() }
}

/** Makes an empty database on the server of TEST_DATABASE_URL and gives its URL; `drop` removes it. */
export async function newPostgresDatabase(
  serverUrl: string,
): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `quittance_test_${randomBytes(6).toString('hex')}`
  const server = postgresDriver(serverUrl, { poolSize: 1 })
  await server.script(`create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return {
    url: url.toString(),
    async drop() {
      await server.script(`drop database if exists ${name} with (force)`)
      await server.close()
    },
  }
}

async function openPostgres(
  serverUrl: string,
): Promise<{ database: Database; close(): Promise<void> }> {
  const { url, drop } = await newPostgresDatabase(serverUrl)
  const driver = postgresDriver(url, { poolSize: 8 })
  await migrate(driver)
  await migrateVectors(driver)
  const database = openDatabase(driver)
  return {
    database,
    async close() {
      await database.close()
      await drop()
    },
  }
}

/** Opens a migrated, empty database; close it in `afterAll`. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env['TEST_DATABASE_URL']
  const { database, close } =
    serverUrl === undefined ? await openPglite() : await openPostgres(serverUrl)
  return {
    database,
    async newTenant() {
      const tenantId = `tenant-${randomBytes(6).toString('hex')}`
      await database.beforeTenant((tx) =>
        tx.run(sql`insert into tenant (tenant_id, name) values (${tenantId}, ${tenantId})`),
      )
      return tenantId
    },
    close,
  }
}
