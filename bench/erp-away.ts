import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { type Api, inboundPath, startFurnished } from './house/furnish.ts'
import { type Keep, keepingWithin } from './house/keep.ts'
import type { LoadResult } from './load/load-plan.ts'
import { measureLoad } from './load/start-load.ts'
import type { BenchHouse, BenchRow, Measured, Measurement } from './measurement.ts'

type AwayPlan = {
  readonly databaseKind: 'postgres' | 'pglite'
  readonly awaySeconds: number
  readonly ordersPerSecond: number
}

type Away = AwayPlan & {
  readonly load: LoadResult
  /** Calls shown as not ended when the ERP came back, among the newest two hundred. */
  readonly shownWaiting: number
  /** Calls that had not ended when the measuring did; none, unless something is stuck. */
  readonly stillWaiting: Calls['items']
  /** From the ERP's return until it had every order. */
  readonly drainedSeconds: number
  /** How many places an order moved at most between the order of sending and that of arriving. */
  readonly furthestMove: number
}

const Calls = z.object({ items: z.array(z.looseObject({ finishedAt: z.string().nullable() })) })
type Calls = z.infer<typeof Calls>

const beforeSeconds = 3
const afterSeconds = 5

/** The calls that have not ended, among the newest two hundred, as ops people see them. */
async function waitingCalls(api: Api): Promise<Calls['items']> {
  const { items } = Calls.parse(await api.get('/v1/transactions?direction=out&limit=200'))
  return items.filter(({ finishedAt }) => finishedAt === null)
}

/** How far the order of arriving is from the order of sending, in places. */
export function furthestMove(purchaseOrders: readonly string[]): number {
  const place = new Map(purchaseOrders.toSorted().map((order, index) => [order, index]))
  const moves = purchaseOrders.map((order, index) => Math.abs((place.get(order) ?? index) - index))
  return moves.reduce((most, move) => Math.max(most, move), 0)
}

async function takeErpAway(
  keep: Keep,
  { sink, postgres }: BenchHouse,
  plan: AwayPlan,
): Promise<Away> {
  const { databaseKind, awaySeconds, ordersPerSecond } = plan
  const databaseUrl =
    databaseKind === 'postgres' ? await postgres?.newDatabase('erp_away') : undefined
  const { quittance, api } = await startFurnished(keep, {
    sinkUrl: sink.url,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  })
  const run = `away${randomBytes(4).toString('hex')}`
  const sendingSeconds = beforeSeconds + awaySeconds + afterSeconds
  const loading = measureLoad({
    ...{ urls: quittance.urls.map((url) => url + inboundPath), sinkUrl: sink.url, run },
    ...{ orders: Math.round(ordersPerSecond * sendingSeconds), pids: [...quittance.pids] },
    pace: { loop: 'open', ordersPerSecond },
    sendingSeconds: sendingSeconds + 30,
    // The circuit looks again after as long as it was open, at most five minutes: later than that is lost.
    waitSeconds: 330,
  })
  // Observed from here on, so that a load that fails early is reported when it is awaited.
  loading.catch(() => undefined)
  await wait(beforeSeconds * 1000)
  await sink.setMode({ isFailing: true })
  await wait(awaySeconds * 1000)
  const shown = await waitingCalls(api)
  await sink.setMode({ isFailing: false })
  const backAtMs = performance.now()
  const load = await loading
  const drainedSeconds = Math.round((performance.now() - backAtMs) / 100) / 10
  const arrivals = (await sink.arrivals(run)).map(([purchaseOrder]) => purchaseOrder)
  return {
    ...plan,
    load,
    shownWaiting: shown.length,
    stillWaiting: await waitingCalls(api),
    drainedSeconds,
    furthestMove: furthestMove(arrivals),
  }
}

/** The row of an outage of the ERP. */
export function awayRow({ databaseKind, awaySeconds, load, ...away }: Away): BenchRow {
  const { sent, accepted, lost, doubled } = load
  const refused = sent - accepted
  const database = databaseKind === 'postgres' ? 'PostgreSQL' : 'built-in database'
  return {
    row: `ERP away for ${awaySeconds} s, ${database}`,
    bar: '0 lost, 0 doubled, 0 refused; shown as waiting',
    figure: `${lost} lost, ${doubled} doubled, ${refused} refused`,
    isReached: lost + doubled + refused === 0 && away.shownWaiting > 0,
    note: `${sent} orders at ${away.ordersPerSecond}/s; ${away.shownWaiting} of the newest 200 calls shown as waiting; all there ${away.drainedSeconds} s after it was back; no order moved by more than ${away.furthestMove} places; accept p99 ${load.acceptMs.p99} ms meanwhile`,
  }
}

function awayMeasurement(awaySeconds: number) {
  return async (house: BenchHouse): Promise<Measured> => {
    const kinds = ['postgres', 'pglite'] as const
    const outages: Away[] = []
    for (const databaseKind of kinds) {
      if (databaseKind === 'postgres' && house.postgres === undefined) continue
      const seconds = house.isQuick ? 3 : awaySeconds
      house.say(`ERP away for ${seconds} s, ${databaseKind}`)
      const plan = { databaseKind, awaySeconds: seconds, ordersPerSecond: 20 }
      outages.push(await keepingWithin(house.keep, (keep) => takeErpAway(keep, house, plan)))
    }
    return { rows: outages.map(awayRow), details: outages }
  }
}

/** The ERP refuses everything for a while: nothing is lost, nothing refused, and all is delivered afterwards. */
export const measureErpAway: Measurement = {
  name: 'erp-away',
  about: 'The ERP answers 500 for ten seconds under load: what is lost, doubled, refused.',
  takes: 'about 2 minutes',
  run: awayMeasurement(10),
}

/** The same for ten minutes. */
export const measureErpAwayLong: Measurement = {
  name: 'erp-away-long',
  about: 'The same for ten minutes; only when asked for.',
  takes: 'about 25 to 35 minutes',
  isOnlyWhenAsked: true,
  run: awayMeasurement(600),
}
