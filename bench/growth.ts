import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Driver } from '../backbone/store/database.ts'
import { pgliteDriver } from '../backbone/store/pglite-driver.ts'
import { postgresDriver } from '../backbone/store/postgres-driver.ts'
import { growTo } from './growth-copies.ts'
import { closedOrders, openAgreeableErp } from './growth-history.ts'
import { type Took, timeQuestions, timeRounds } from './growth-reads.ts'
import { apiOf, inboundPath, startFurnished } from './house/furnish.ts'
import { type Keep, keeping } from './house/keep.ts'
import { newHome, type QuittanceHome, startQuittance } from './house/quittance.ts'
import type { LoadResult } from './load/load-plan.ts'
import { measureLoad } from './load/start-load.ts'
import { median, ratioOf } from './load/statistics.ts'
import type { BenchHouse, BenchRow, Measured, Measurement } from './measurement.ts'

type DatabaseKind = QuittanceHome['databaseKind']

/** A database with a history of so many orders. */
type Stage = { readonly orders: number; readonly home: QuittanceHome; readonly token: string }

/** What a stage was measured at. */
type StageFigures = {
  readonly databaseKind: DatabaseKind
  readonly orders: number
  readonly loads: readonly LoadResult[]
  readonly took: readonly Took[]
}

type Plan = {
  readonly pattern: number
  readonly stages: readonly number[]
  readonly loadOrders: number
  readonly repeats: number
}

const plans = {
  postgres: { pattern: 500, stages: [10_000, 100_000, 1_000_000], loadOrders: 4_000, repeats: 3 },
  pglite: { pattern: 500, stages: [10_000, 100_000], loadOrders: 3_000, repeats: 3 },
  quick: { pattern: 100, stages: [1_000, 10_000], loadOrders: 600, repeats: 1 },
} satisfies Record<string, Plan>

const openDriver = ({ databaseKind, folder, settings }: QuittanceHome): Promise<Driver> =>
  databaseKind === 'pglite'
    ? pgliteDriver({ folder: join(folder, 'database') })
    : Promise.resolve(postgresDriver(settings['DATABASE_URL'] ?? '', { poolSize: 1 }))

async function withDriver<T>(home: QuittanceHome, work: (driver: Driver) => Promise<T>) {
  const driver = await openDriver(home)
  try {
    return await work(driver)
  } finally {
    await driver.close()
  }
}

/** A home with the same data: a copy of the folder, or a database made after the other one. */
async function copyHome(keep: Keep, house: BenchHouse, source: QuittanceHome) {
  const template = source.settings['DATABASE_URL']
  if (template === undefined) {
    const home = keep(await newHome({}))
    await cp(source.folder, home.folder, { recursive: true })
    return home
  }
  const databaseUrl = (await house.postgres?.newDatabase('growth')) ?? ''
  const nameOf = (url: string) => new URL(url).pathname.slice(1)
  const server = new URL(databaseUrl)
  server.pathname = '/postgres'
  const driver = postgresDriver(server.toString(), { poolSize: 1 })
  await driver.script(`drop database ${nameOf(databaseUrl)}`)
  await driver.script(`create database ${nameOf(databaseUrl)} template ${nameOf(template)}`)
  await driver.close()
  return keep(await newHome({ databaseUrl }))
}

/** Some hundred orders go the whole way for real; what they left behind is copied until the history is long enough. */
async function buildStages(
  keep: Keep,
  house: BenchHouse,
  plan: Plan & { readonly databaseKind: DatabaseKind },
): Promise<Stage[]> {
  const databaseUrl =
    plan.databaseKind === 'pglite' ? undefined : await house.postgres?.newDatabase('growth')
  const { home, token } = await keeping(async (keepFirst) => {
    const erp = keepFirst(await openAgreeableErp())
    const furnished = await startFurnished(keepFirst, {
      sinkUrl: erp.url,
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
    })
    return furnished
  })
  return [{ orders: 0, home, token }]
}
