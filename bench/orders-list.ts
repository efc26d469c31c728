import { loadavg } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Driver } from '../backbone/store/database.ts'
import { pgliteDriver } from '../backbone/store/pglite-driver.ts'
import { postgresDriver } from '../backbone/store/postgres-driver.ts'
import { type Api, apiOf } from './house/furnish.ts'
import { keeping } from './house/keep.ts'
import { newHome, openTenant, type QuittanceHome, startQuittance } from './house/quittance.ts'
import { percentile } from './load/statistics.ts'
import type { BenchHouse, BenchRow, Measured, Measurement } from './measurement.ts'
import { fillListedHouse } from './orders-list-facts.ts'

type DatabaseKind = QuittanceHome['databaseKind']

const onTheirWay = 'received,validated,held,ready,released,picking'

const filters: Readonly<Record<string, string>> = {
  'no filter': '',
  'one stage': 'stage=held',
  'a stage of most': 'stage=closed',
  'several stages': `stage=${onTheirWay}`,
  held: 'held=true',
  'not held': 'held=false',
  'a type of hold': 'hold=CREDIT',
  'waiting for stock': 'stock=waiting',
  'a large customer': 'customer=C-10003',
  'a small customer': 'customer=C-11003',
  'nobody’s': 'customer=C-99999',
  'a channel': 'connection=channel-3',
  'received in days': 'receivedFrom=today-7&receivedUntil=today-2',
  'due today': `stage=${onTheirWay}&wantedFrom=today&wantedUntil=today`,
  late: 'late=true',
  'large totals': 'totalFrom=2490000&currency=USD',
  'test orders': 'test=only',
  'filters together': `stage=${onTheirWay}&customer=C-10003&totalFrom=500000&currency=USD`,
}

const searches: Readonly<Record<string, readonly string[]>> = {
  'search, a whole number of ours': ['SO-004711', 'SO-081234', 'so-000042', '4711', '81234'],
  'search, part of their number': ['47119', '9119', 'PO-7919', '2375', '55433-28'],
  'search, an item': ['BRG-000123', 'BRG-004321', '0047', 'brg-0012'],
  'search, an item of most': ['BRG-000003', 'BRG-000005'],
  'search, an invoice, shipment, pick or tracking number': [
    ...['INV-004711', 'SH-081234', 'PK-000042', '1Z494108963', '1Z20943', 'INV-0047'],
  ],
  'search, a customer': ['acme', 'Borealis Pumps', 'marine 1', 'C-10003', 'C-11003'],
  'search, what matches much': ['PO', 'SO-', 'INV-00', '1Z', 'e', 'SH-0'],
  'search, what matches nothing': ['XQ-999-77', 'nobody at all', '99999999', '1Z9999999999'],
  'search among filters': ['acme&stage=held', '47119&late=true', 'BRG-000003&held=true'],
}

const sorts = ['received', 'oldest', 'wanted', 'total'] as const

const listed = (query: string) => `/v1/orders?limit=50&zone=America/Chicago&${query}`
const counted = (query: string) => `/v1/orders/count?zone=America/Chicago&${query}`

const Page = z.object({ items: z.array(z.unknown()), nextCursor: z.string().nullable() })

type Took = { readonly kind: string; readonly ms: number }

async function timed(api: Api, kind: string, path: string, tooks: Took[]): Promise<unknown> {
  const startedAtMs = performance.now()
  const answer = await api.get(path)
  tooks.push({ kind, ms: performance.now() - startedAtMs })
  return answer
}

/** A list page by page, as far as ten pages deep. */
async function leafThrough(api: Api, kind: string, query: string, tooks: Took[]): Promise<void> {
  let cursor = ''
  for (let page = 0; page < 10; page += 1) {
    const path = `${listed(query)}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
    const { nextCursor } = Page.parse(
      await timed(api, page === 0 ? kind : `${kind}, deep`, path, tooks),
    )
    if (nextCursor === null) return
    cursor = nextCursor
  }
}

/** Each question once, and once as deep as ten pages where asked. */
async function askRound(api: Api, isDeep: boolean): Promise<Took[]> {
  const tooks: Took[] = []
  for (const query of Object.values(filters))
    for (const sort of sorts) {
      const kind = `filter, by ${sort}`
      if (isDeep) await leafThrough(api, kind, `${query}&sort=${sort}`, tooks)
      else await timed(api, kind, listed(`${query}&sort=${sort}`), tooks)
    }
  for (const query of Object.values(filters)) await timed(api, 'count', counted(query), tooks)
  for (const [kind, texts] of Object.entries(searches))
    for (const text of texts) {
      await timed(api, kind, listed(`q=${text.replaceAll(' ', '+')}`), tooks)
      await timed(
        api,
        `${kind}, by total`,
        listed(`q=${text.replaceAll(' ', '+')}&sort=total`),
        tooks,
      )
      await timed(api, 'count of a search', counted(`q=${text.replaceAll(' ', '+')}`), tooks)
    }
  return tooks
}

type KindFigures = {
  readonly kind: string
  readonly requests: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly mostMs: number
}

function figuresOf(kind: string, tooks: readonly Took[]): KindFigures {
  const ms = tooks.map((took) => took.ms)
  return {
    kind,
    requests: ms.length,
    p50Ms: percentile(ms, 50),
    p95Ms: percentile(ms, 95),
    mostMs: Math.max(...ms),
  }
}

const openDriver = ({ databaseKind, folder, settings }: QuittanceHome): Promise<Driver> =>
  databaseKind === 'pglite'
    ? pgliteDriver({ folder: join(folder, 'database') })
    : Promise.resolve(postgresDriver(settings['DATABASE_URL'] ?? '', { poolSize: 1 }))

type Figures = {
  readonly databaseKind: DatabaseKind
  readonly orders: number
  readonly load: number
  readonly overall: KindFigures
  readonly kinds: readonly KindFigures[]
}

async function measureOn(house: BenchHouse, databaseUrl: string | undefined): Promise<Figures> {
  const orders = house.isQuick ? 5_000 : 100_000
  const rounds = house.isQuick ? 1 : 3
  return keeping(async (keep) => {
    const home = keep(await newHome(databaseUrl === undefined ? {} : { databaseUrl }))
    const token = await openTenant(home)
    house.say(`orders-list, ${home.databaseKind}: ${orders} orders are written`)
    const driver = await openDriver(home)
    try {
      await fillListedHouse(driver, { orders, customers: 2_000, products: 5_000 })
    } finally {
      await driver.close()
    }
    const quittance = keep(await startQuittance(home))
    const api = apiOf(quittance.urls[0] ?? '', token)
    await askRound(api, false)
    const tooks: Took[] = []
    for (let round = 1; round <= rounds; round += 1) {
      tooks.push(...(await askRound(api, round === 1)))
      house.say(`  round ${round}: ${tooks.length} requests, load ${loadavg()[0]?.toFixed(1)}`)
    }
    const kinds = [...new Set(tooks.map(({ kind }) => kind))]
    return {
      ...{ databaseKind: home.databaseKind, orders, load: loadavg()[0] ?? 0 },
      overall: figuresOf('all', tooks),
      kinds: kinds.map((kind) =>
        figuresOf(
          kind,
          tooks.filter((took) => took.kind === kind),
        ),
      ),
    }
  })
}

const names = { postgres: 'PostgreSQL', pglite: 'built-in database' } as const
const barMs = 150

function rowOf({ databaseKind, orders, load, overall, kinds }: Figures): BenchRow {
  const slow = kinds.filter(({ p95Ms }) => p95Ms > barMs)
  const { requests, p50Ms, p95Ms, mostMs } = overall
  return {
    row: `list of orders over HTTP: ${orders.toLocaleString('en')} orders, ${names[databaseKind]}`,
    bar: `<= ${barMs} ms p95`,
    figure: `all: p50 ${p50Ms.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} ms, most ${mostMs.toFixed(0)} ms`,
    isReached: p95Ms <= barMs,
    note: `${requests} requests one after the other, of ${kinds.length} kinds of filter, sorting, search, count and depth, load average ${load.toFixed(1)}; ${slow.length === 0 ? 'no kind above the bar' : `by themselves above the bar: ${slow.map(({ kind, p95Ms: ms }) => `${kind} (${ms.toFixed(0)} ms)`).join(', ')}`}`,
  }
}

/** Every kind of question, a row each. */
function tableOf({ databaseKind, kinds }: Figures): string {
  return [
    `| ${names[databaseKind]} | requests | p50 ms | p95 ms | most ms |`,
    '|---|--:|--:|--:|--:|',
    ...kinds.map(
      ({ kind, requests, p50Ms, p95Ms, mostMs }) =>
        `| ${kind} | ${requests} | ${p50Ms.toFixed(1)} | ${p95Ms.toFixed(1)} | ${mostMs.toFixed(1)} |`,
    ),
  ].join('\n')
}

async function measureOrdersList(house: BenchHouse): Promise<Measured> {
  const sharedUrl = await house.postgres?.newDatabase('orders_list')
  const figures: Figures[] = []
  for (const databaseUrl of sharedUrl === undefined ? [undefined] : [sharedUrl, undefined])
    figures.push(await measureOn(house, databaseUrl))
  return {
    rows: figures.map(rowOf),
    tables: figures.map(tableOf),
    details: { ordersList: figures },
  }
}

/** How long the list of orders takes to be narrowed, searched, sorted, leafed through and counted. */
export const ordersList: Measurement = {
  name: 'orders-list',
  about: 'filters, searches, sortings, deep pages and counts of 100,000 orders over HTTP',
  takes: 'about 4 minutes; --quick 1 minute',
  run: measureOrdersList,
}
