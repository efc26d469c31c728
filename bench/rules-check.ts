import { readConfig } from '../backbone/config.ts'
import { OurBug } from '../backbone/errors.ts'
import { checkOrder } from '../backbone/services/check-order.ts'
import type { CheckOrder } from '../backbone/services/ports.ts'
import { type Database, type Driver, openDatabase } from '../backbone/store/database.ts'
import { openStore } from '../cli/open-store.ts'
import { apiOf } from './house/furnish.ts'
import { keeping } from './house/keep.ts'
import {
  benchTenantId,
  newHome,
  openTenant,
  type QuittanceHome,
  startQuittance,
} from './house/quittance.ts'
import { percentile } from './load/statistics.ts'
import type { BenchHouse, BenchRow, Measured, Measurement } from './measurement.ts'
import { loadDistributor, orderOf, type Size } from './rules-check-facts.ts'
import { recording, replaying, type Tape } from './rules-check-tape.ts'

type Times = {
  readonly p50Ms: number
  readonly p95Ms: number
  /** CPU of this process for one of them: what it takes when neighbours are quiet. */
  readonly cpuMs: number
}

/** What a check takes, and of that the deciding over facts that are loaded. */
type CheckTimes = { readonly whole: Times; readonly decided: Times }

/** What a check costs on one database. */
type CheckFigures = {
  readonly databaseKind: QuittanceHome['databaseKind']
  readonly size: Size
  /** With recorded answers of the database: all of it is our own work. */
  readonly replayed: CheckTimes
  readonly service: CheckTimes
  readonly http: Times
}

/** Counts beside a check: what of its time is deciding, and what is the bench's own. */
type Meter = { decidedMs: number; asideMs: number }

const timesOf = (values: readonly number[], cpuMs: number): Times => ({
  p50Ms: percentile([...values], 50),
  p95Ms: percentile([...values], 95),
  cpuMs,
})

// A server has been running for a while when it is asked: half as many go before, untimed.
const warmUpOf = (rounds: number) => Math.ceil(rounds / 2)

async function timed(
  rounds: number,
  work: (number: number) => Promise<unknown>,
  meter: Meter = { decidedMs: 0, asideMs: 0 },
): Promise<CheckTimes> {
  const warmUp = warmUpOf(rounds)
  const whole: number[] = []
  const decided: number[] = []
  let cpu = process.cpuUsage()
  for (let number = 0; number < warmUp + rounds; number += 1) {
    if (number === warmUp) cpu = process.cpuUsage()
    meter.decidedMs = 0
    const startedAtMs = performance.now() - meter.asideMs
    await work(number)
    if (number < warmUp) continue
    whole.push(performance.now() - meter.asideMs - startedAtMs)
    decided.push(meter.decidedMs)
  }
  const { user, system } = process.cpuUsage(cpu)
  const cpuMs = (user + system) / 1000 / rounds
  return { whole: timesOf(whole, cpuMs), decided: timesOf(decided, cpuMs) }
}

type Question = Parameters<CheckOrder>[0]

const questions = (count: number, size: Size): Question[] =>
  Array.from({ length: count }, (_, number) => ({
    tenantId: benchTenantId,
    order: orderOf(number, size),
  }))

/** The check under measurement: how long its steps decided goes to the meter. */
const metered = (database: Database, meter: Meter): CheckOrder =>
  checkOrder({
    database,
    onStepPart({ part, durationMs }) {
      if (part === 'decide') meter.decidedMs += durationMs
    },
  })

/** Asks one after the other, over and over. */
function inTurn(checks: readonly (() => Promise<unknown>)[]): (number: number) => Promise<unknown> {
  return async (number) => checks[number % checks.length]?.()
}

/** What must come out of a check for its time to count: every line at a price of ours. */
async function requirePriced(check: CheckOrder, question: Question) {
  const { findings } = await check(question)
  if (findings.length > 0)
    throw new OurBug('A clean order was found fault with.', {
      kinds: findings.map(({ kind }) => kind).join(),
    })
}

const recordedOrders = 50

/** Our own work for an order: deciding, making the statements' texts, and making facts of the rows. */
async function timeReplayed(driver: Driver, size: Size, rounds: number): Promise<CheckTimes> {
  const meter: Meter = { decidedMs: 0, asideMs: 0 }
  const checks: (() => Promise<unknown>)[] = []
  for (const question of questions(recordedOrders, size)) {
    const tape: Tape = { results: [], orderId: undefined, meter }
    await checkOrder({ database: openDatabase(recording(driver, tape)) })(question)
    const check = metered(openDatabase(replaying(driver, tape)), meter)
    await requirePriced(check, question)
    checks.push(() => check(question))
  }
  return timed(rounds * 5, inTurn(checks), meter)
}

async function timeInProcess(home: QuittanceHome, size: Size, rounds: number) {
  const { database, close } = await openStore(readConfig(home.settings))
  try {
    await loadDistributor(database, size)
    const meter: Meter = { decidedMs: 0, asideMs: 0 }
    const check = metered(database, meter)
    const checks = questions(rounds + warmUpOf(rounds), size).map(
      (question) => () => check(question),
    )
    const service = await timed(rounds, inTurn(checks), meter)
    return { service, replayed: await timeReplayed(database.driver, size, rounds) }
  } finally {
    await close()
  }
}

async function measureOn(
  house: BenchHouse,
  databaseUrl: string | undefined,
): Promise<CheckFigures> {
  const size = house.isQuick
    ? { products: 10_000, agreements: 1_000 }
    : { products: 100_000, agreements: 10_000 }
  const rounds = house.isQuick ? 50 : 500
  return keeping(async (keep) => {
    const home = keep(await newHome(databaseUrl === undefined ? {} : { databaseUrl }))
    house.say(`rules check, ${home.databaseKind}: ${size.products} products`)
    const token = await openTenant(home)
    const inProcess = await timeInProcess(home, size, rounds)
    const quittance = keep(await startQuittance(home))
    const api = apiOf(quittance.urls[0] ?? '', token)
    const http = await timed(rounds, (number) =>
      api.send('POST', '/v1/orders/check', orderOf(number, size)),
    )
    return { databaseKind: home.databaseKind, size, ...inProcess, http: http.whole }
  })
}

const names = { postgres: 'PostgreSQL', pglite: 'built-in database' } as const
const timesText = ({ p50Ms, p95Ms }: Times) =>
  `p50 ${p50Ms.toFixed(2)} ms, p95 ${p95Ms.toFixed(2)} ms`

function checkRows(figures: CheckFigures): BenchRow[] {
  const { databaseKind, size, replayed, service, http } = figures
  const where = `20 lines, ${size.products.toLocaleString('en')} products, ${size.agreements.toLocaleString('en')} agreements, ${names[databaseKind]}`
  return [
    {
      row: `price + stock + credit check, policies over loaded facts: ${where}`,
      bar: '<= 1 ms p50',
      figure: timesText(replayed.decided),
      isReached: replayed.decided.p50Ms <= 1,
      note: `what all steps of a dry run take to decide (identification, duplicates, price, credit, compliance, stock, holds, the answer with every reason written out), ${recordedOrders} orders in turn over recorded answers of the database; among the statements of real checks ${timesText(service.decided)}; all own work, with making the statements and facts of the rows: ${timesText(replayed.whole)}, ${replayed.whole.cpuMs.toFixed(1)} ms CPU`,
    },
    {
      row: `price + stock + credit check with its set-based load: ${where}`,
      bar: '<= 8 ms p50',
      figure: timesText(service.whole),
      isReached: service.whole.p50Ms <= 8,
      note: `service checkOrder (${service.whole.cpuMs.toFixed(1)} ms CPU of its process), another order each time, identification and duplicates included; over HTTP ${timesText(http)}`,
    },
  ]
}

async function measureChecks(house: BenchHouse): Promise<Measured> {
  const sharedUrl = await house.postgres?.newDatabase('rules')
  const figures: CheckFigures[] = []
  for (const databaseUrl of sharedUrl === undefined ? [undefined] : [sharedUrl, undefined])
    figures.push(await measureOn(house, databaseUrl))
  return { rows: figures.flatMap(checkRows), details: { checks: figures } }
}

/** How long it takes to say what would become of an order. */
export const rulesCheck: Measurement = {
  name: 'rules-check',
  about: 'price and stock check of a 20-line order with 100,000 products and 10,000 agreements',
  takes: 'about 2 minutes; --quick 20 s',
  run: measureChecks,
}
