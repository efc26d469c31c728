import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { inboundPath, startFurnished } from './house/furnish.ts'
import { type Keep, keeping } from './house/keep.ts'
import { newHome, type QuittanceHome, startQuittance } from './house/quittance.ts'
import { measureLoad } from './load/start-load.ts'
import { median } from './load/statistics.ts'
import type { BenchHouse, BenchRow, Measured, Measurement } from './measurement.ts'

type Start = {
  readonly name: string
  readonly barMs: number
  readonly note: string
  readonly readyMs: readonly number[]
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`

function startRow({ name, barMs, note, readyMs }: Start): BenchRow {
  const medianMs = median(readyMs)
  return {
    row: `ready, ${name}`,
    bar: `<= ${barMs / 1000} s`,
    figure: `${seconds(medianMs)} (${readyMs.map(seconds).join(', ')})`,
    isReached: medianMs <= barMs,
    note,
  }
}

/** A home that has been worked in: its schema is there, and some orders. */
async function livedInHome(
  keep: Keep,
  house: BenchHouse,
  databaseUrl: string | undefined,
): Promise<QuittanceHome> {
  const sinkUrl = house.sink.url
  const { home, quittance } = await startFurnished(keep, {
    sinkUrl,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  })
  await measureLoad({
    urls: quittance.urls.map((url) => `${url}${inboundPath}`),
    sinkUrl,
    run: `start${home.databaseKind}`,
    orders: house.isQuick ? 100 : 2_000,
    pace: { loop: 'closed', clients: 16 },
  })
  await quittance.stop()
  return home
}

async function restarts(
  home: QuittanceHome,
  { times, readyAfter }: { times: number; readyAfter?: string },
): Promise<number[]> {
  const readyMs: number[] = []
  for (let time = 0; time < times; time += 1) {
    const startedAtMs = performance.now()
    const quittance = await startQuittance(home)
    const file = readyAfter === undefined ? undefined : join(home.folder, readyAfter)
    while (file !== undefined && !existsSync(file)) await wait(20)
    readyMs.push(file === undefined ? quittance.readyMs : performance.now() - startedAtMs)
    await quittance.stop()
  }
  return readyMs
}

/** The demo is ready when its distributor is seeded and its key lies there, which comes after /readyz. */
async function firstDemoStarts(times: number): Promise<number[]> {
  const readyMs: number[] = []
  for (let time = 0; time < times; time += 1) {
    const [ms] = await keeping(async (keep) => {
      const home = keep(await newHome({ settings: { QUITTANCE_DEMO: 'true' } }))
      return restarts(home, { times: 1, readyAfter: 'demo-api-key' })
    })
    readyMs.push(ms ?? Number.NaN)
  }
  return readyMs
}

async function measureStarts(house: BenchHouse): Promise<Measured> {
  const times = house.isQuick ? 1 : 3
  const starts: Start[] = []
  const sharedUrl = await house.postgres?.newDatabase('start')
  for (const databaseUrl of sharedUrl === undefined ? [undefined] : [sharedUrl, undefined]) {
    const readyMs = await keeping(async (keep) =>
      restarts(await livedInHome(keep, house, databaseUrl), { times }),
    )
    const isShared = databaseUrl !== undefined
    starts.push({
      name: isShared ? 'PostgreSQL' : 'built-in database with data',
      barMs: isShared ? 1_000 : 2_000,
      note: 'from spawn to 200 at /readyz, orders in the database',
      readyMs,
    })
  }
  house.say('first start with the demo')
  starts.push({
    name: 'built-in database, first start with demo seed',
    barMs: 15_000,
    note: 'from spawn, empty folder, until the demo distributor is seeded and its key written',
    readyMs: await firstDemoStarts(times),
  })
  return { rows: starts.map(startRow), details: { starts } }
}

/** How long it takes from the start of the process until it is ready. */
export const startTime: Measurement = {
  name: 'start-time',
  about: 'from spawn to ready: PostgreSQL, built-in database with data, first start with the demo',
  takes: 'under a minute; --quick 20 s',
  run: measureStarts,
}
