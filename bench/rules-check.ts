import { readConfig } from '../backbone/config.ts'
import { OurBug } from '../backbone/errors.ts'
import { checkOrder } from '../backbone/services/check-order.ts'
import {
  type Driver,
  openDatabase,
  type Savepoint,
  type StatementResult,
} from '../backbone/store/database.ts'
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

type Times = {
  readonly p50Ms: number
  readonly p95Ms: number
  /** CPU of this process for one of them: what it takes when neighbours are quiet. */
  readonly cpuMs: number
}

/** What a check costs on one database. */
type CheckFigures = {
  readonly databaseKind: QuittanceHome['databaseKind']
  readonly size: Size
  readonly policies: Times
  readonly service: Times
  readonly http: Times
}

async function timed(
  rounds: number,
  work: (number: number) => Promise<unknown>,
  aside: { ms: number } = { ms: 0 },
): Promise<Times> {
  const warmUp = Math.ceil(rounds / 5)
  const values: number[] = []
  let cpu = process.cpuUsage()
  for (let number = 0; number < warmUp + rounds; number += 1) {
    if (number === warmUp) cpu = process.cpuUsage()
    const startedAtMs = performance.now() - aside.ms
    await work(number)
    if (number >= warmUp) values.push(performance.now() - aside.ms - startedAtMs)
  }
  const { user, system } = process.cpuUsage(cpu)
  const cpuMs = (user + system) / 1000 / rounds
  return { p50Ms: percentile(values, 50), p95Ms: percentile(values, 95), cpuMs }
}

/** What the database answered, the order it was asked about, and what giving the answers again takes by itself. */
type Tape = {
  readonly results: StatementResult[]
  orderId: string | undefined
  readonly aside: { ms: number }
}

const orderIdIn = (values: readonly unknown[]) =>
  values
    .flatMap((value) => (typeof value === 'string' ? (/ord_[0-9a-z]{26}/.exec(value) ?? []) : []))
    .at(0)

/** Writes down what the database answers. */
function recording(driver: Driver, tape: Tape): Driver {
  return {
    ...driver,
    transaction: (work) =>
      driver.transaction((run, savepoint) =>
        work(async (text, values) => {
          const result = await run(text, values)
          tape.results.push(result)
          tape.orderId ??= orderIdIn(values)
          return result
        }, savepoint),
      ),
  }
}

const isOf = (value: unknown, orderId: string) =>
  typeof value === 'string' && value.startsWith(orderId)

/** The rows as they would be of another order: facts are told apart by its id. */
function ofOrder(result: StatementResult, from: string, to: string): StatementResult {
  const [first = {}] = result.rows
  const names = Object.entries(first).flatMap(([name, value]) => (isOf(value, from) ? [name] : []))
  if (names.length === 0) return result
  const rows = result.rows.map((row) => {
    const values = new Map(Object.entries(row))
    const own = names.map((name) => [name, String(values.get(name)).replace(from, to)])
    return { ...row, ...Object.fromEntries(own) }
  })
  return { ...result, rows }
}

/** Answers at once what was written down: what is left is our own work over loaded facts. */
function replaying(driver: Driver, tape: Tape): Driver {
  return {
    ...driver,
    transaction(work) {
      let place = 0
      let orderId: string | undefined
      const answer = async (_text: string, values: readonly unknown[]) => {
        const startedAtMs = performance.now()
        const result = tape.results[place]
        place += 1
        orderId ??= orderIdIn(values)
        if (result === undefined) throw new OurBug('A check asked more than the recorded one.')
        const own =
          orderId === undefined || tape.orderId === undefined
            ? result
            : ofOrder(result, tape.orderId, orderId)
        tape.aside.ms += performance.now() - startedAtMs
        return own
      }
      const savepoint: Savepoint = (inner) => inner(answer, savepoint)
      return work(answer, savepoint)
    },
  }
}

/** What must come out of a check for its time to count: every line at a price of ours. */
async function requirePriced(
  check: ReturnType<typeof checkOrder>,
  question: Parameters<ReturnType<typeof checkOrder>>[0],
) {
  const { findings } = await check(question)
  if (findings.length > 0)
    throw new OurBug('A clean order was found fault with.', {
      kinds: findings.map(({ kind }) => kind).join(),
    })
}

/** Our own work for one order: the policies of all checks, and the making of the statements' texts. */
async function timePolicies(driver: Driver, size: Size, rounds: number): Promise<Times> {
  const order = orderOf(0, size)
  const tape: Tape = { results: [], orderId: undefined, aside: { ms: 0 } }
  const question = { tenantId: benchTenantId, order }
  await checkOrder({ database: openDatabase(recording(driver, tape)) })(question)
  const check = checkOrder({ database: openDatabase(replaying(driver, tape)) })
  await requirePriced(check, question)
  return timed(rounds * 5, () => check(question), tape.aside)
}

async function timeInProcess(home: QuittanceHome, size: Size, rounds: number) {
  const { database, close } = await openStore(readConfig(home.settings))
  try {
    await loadDistributor(database, size)
    const check = checkOrder({ database })
    const service = await timed(rounds, (number) =>
      check({ tenantId: benchTenantId, order: orderOf(number, size) }),
    )
    return { service, policies: await timePolicies(database.driver, size, rounds) }
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
    return { databaseKind: home.databaseKind, size, ...inProcess, http }
  })
}

const names = { postgres: 'PostgreSQL', pglite: 'built-in database' } as const
const timesText = ({ p50Ms, p95Ms }: Times) =>
  `p50 ${p50Ms.toFixed(2)} ms, p95 ${p95Ms.toFixed(2)} ms`

function checkRows({ databaseKind, size, policies, service, http }: CheckFigures): BenchRow[] {
  const where = `20 lines, ${size.products.toLocaleString('en')} products, ${size.agreements.toLocaleString('en')} agreements, ${names[databaseKind]}`
  return [
    {
      row: `price + stock + credit check, policies over loaded facts: ${where}`,
      bar: '<= 1 ms p50',
      figure: timesText(policies),
      isReached: policies.p50Ms <= 1,
      note: 'all checks of a dry run with recorded answers of the database; making the statements and writing out every decision’s reasons included',
    },
    {
      row: `price + stock + credit check with its set-based load: ${where}`,
      bar: '<= 8 ms p50',
      figure: timesText(service),
      isReached: service.p50Ms <= 8,
      note: `service checkOrder (${service.cpuMs.toFixed(1)} ms CPU of its process), another order each time, identification and duplicates included; over HTTP ${timesText(http)}`,
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
