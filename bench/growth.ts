import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Driver } from '../backbone/store/database.ts'
import { pgliteDriver } from '../backbone/store/pglite-driver.ts'
import { postgresDriver } from '../backbone/store/postgres-driver.ts'
import { growTo } from './growth-copies.ts'
import { closedOrders, openAgreeableErp } from './growth-history.ts'
import { type Took, timeQuestions, timeRounds } from './growth-reads.ts'
import { type Api, apiOf, inboundPath, startFurnished } from './house/furnish.ts'
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

type KindPlan = Plan & { readonly databaseKind: DatabaseKind }

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

const connectErp = (api: Api, sinkUrl: string) =>
  api.send('PUT', '/v1/connections/erp', {
    kind: 'erp',
    name: 'Counting ERP',
    isEnabled: true,
    settings: { url: `${sinkUrl}/erp`, concurrency: 32 },
  })

/** Some hundred orders go the whole way for real; what they leave behind is copied later. */
async function homeWithPattern(
  keep: Keep,
  house: BenchHouse,
  { databaseKind, pattern }: KindPlan,
): Promise<Omit<Stage, 'orders'>> {
  const databaseUrl =
    databaseKind === 'pglite' ? undefined : await house.postgres?.newDatabase('growth')
  const erp = keep(await openAgreeableErp())
  const { home, quittance, token, api } = await startFurnished(keep, {
    sinkUrl: erp.url,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  })
  house.say(`growth, ${databaseKind}: ${pattern} orders go the whole way`)
  await closedOrders({ url: quittance.urls[0] ?? '', api }, pattern)
  await connectErp(api, house.sink.url)
  await quittance.stop()
  return { home, token }
}

/** One home for every stage, each with the history of its length. */
async function buildStages(keep: Keep, house: BenchHouse, plan: KindPlan): Promise<Stage[]> {
  const { home: first, token } = await homeWithPattern(keep, house, plan)
  const stages: Stage[] = []
  for (const [index, orders] of plan.stages.entries()) {
    const isLast = index === plan.stages.length - 1
    const startedAtMs = performance.now()
    await withDriver(first, (driver) => growTo(driver, orders, house.say))
    // The history goes on growing in the first home; what is measured now is a copy of it.
    const home = isLast ? first : await copyHome(keep, house, first)
    const tookSeconds = ((performance.now() - startedAtMs) / 1000).toFixed(0)
    house.say(`  ${orders.toLocaleString('en')} orders there after ${tookSeconds} s`)
    stages.push({ orders, home, token })
  }
  return stages
}

async function measureStage(
  house: BenchHouse,
  { home, token, orders }: Stage,
  { loadOrders, repeat }: { loadOrders: number; repeat: number },
): Promise<{ load: LoadResult; took: Took[] }> {
  const quittance = await startQuittance(home)
  try {
    const load = await measureLoad({
      urls: quittance.urls.map((url) => `${url}${inboundPath}`),
      sinkUrl: house.sink.url,
      run: `growth${home.databaseKind}${orders}x${repeat}`,
      orders: loadOrders,
      warmUpOrders: 200,
      pace: { loop: 'closed', clients: 16 },
      pids: [...quittance.pids],
      ...(house.postgres?.postmasterPid === undefined
        ? {}
        : { postmasterPid: house.postgres.postmasterPid }),
    })
    house.say(
      `  ${orders.toLocaleString('en')} orders there, repeat ${repeat}: ${load.endToEndPerSecond}/s end to end, ${load.acceptPerSecond}/s accepted, lost ${load.lost}, doubled ${load.doubled}`,
    )
    const isAsked = repeat === 1
    const api = apiOf(quittance.urls[0] ?? '', token)
    return { load, took: isAsked ? await timeQuestions(api, 'SO-000042') : [] }
  } finally {
    await quittance.stop()
  }
}

async function measureKind(house: BenchHouse, plan: KindPlan): Promise<StageFigures[]> {
  return keeping(async (keep) => {
    const stages = await buildStages(keep, house, plan)
    const figures = stages.map(({ orders }) => ({
      databaseKind: plan.databaseKind,
      orders,
      loads: [] as LoadResult[],
      took: [] as Took[],
    }))
    // Every repeat measures every length of history, so that a neighbour's noise falls on all alike.
    for (let repeat = 1; repeat <= plan.repeats; repeat += 1)
      for (const [index, stage] of stages.entries()) {
        const { load, took } = await measureStage(house, stage, { ...plan, repeat })
        figures[index]?.loads.push(load)
        figures[index]?.took.push(...took)
      }
    for (const [index, { home }] of stages.entries())
      figures[index]?.took.push(...(await withDriver(home, timeRounds)))
    return figures
  })
}

const names = { postgres: 'PostgreSQL', pglite: 'built-in database' } as const
const rateOf = ({ loads }: StageFigures) => median(loads.map((load) => load.endToEndPerSecond))
const countText = (orders: number) => orders.toLocaleString('en')

function growthRows(figures: readonly StageFigures[]): BenchRow[] {
  const [first] = figures
  if (first === undefined) return []
  return figures.slice(1).map((stage) => {
    const ratio = ratioOf(rateOf(stage), rateOf(first))
    return {
      row: `growth, ${names[stage.databaseKind]}: rate with ${countText(stage.orders)} orders there`,
      bar: `>= 0.8 x the rate with ${countText(first.orders)}`,
      figure: `${rateOf(stage).toFixed(0)}/s against ${rateOf(first).toFixed(0)}/s`,
      ratio,
      isReached: ratio >= 0.8,
      note: `end to end, 16 clients, median of ${stage.loads.length} interleaved loads`,
    }
  })
}

/** What reading and sweeping cost at each length of history. */
function growthTable(figures: readonly StageFigures[]): string {
  const [first] = figures
  if (first === undefined) return ''
  const cells = (name: string) =>
    figures.map(({ took }) => {
      const ms = took.find((one) => one.name === name)?.ms
      return ms === undefined ? '-' : `${ms.toFixed(1)} ms`
    })
  const head = figures.map(({ orders }) => `${countText(orders)} orders`)
  return [
    `| ${names[first.databaseKind]} | ${head.join(' | ')} |`,
    `|---|${head.map(() => '--:|').join('')}`,
    ...first.took.map(({ name }) => `| ${name} | ${cells(name).join(' | ')} |`),
  ].join('\n')
}

async function measureGrowth(house: BenchHouse): Promise<Measured> {
  const kinds: readonly DatabaseKind[] =
    house.postgres === undefined ? ['pglite'] : ['postgres', 'pglite']
  const measured: StageFigures[][] = []
  for (const databaseKind of kinds) {
    const plan = house.isQuick ? plans.quick : plans[databaseKind]
    measured.push(await measureKind(house, { databaseKind, ...plan }))
  }
  return {
    rows: measured.flatMap(growthRows),
    tables: measured.map(growthTable),
    details: { growth: measured },
  }
}

/** Whether the house becomes slower as its history grows. */
export const growth: Measurement = {
  name: 'growth',
  about: 'rate end to end, questions and sweeper rounds with 10 thousand to 1 million orders there',
  takes: 'about 40 minutes, most of it building the million; --quick 2 minutes',
  run: measureGrowth,
}
