import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { inboundPath, startFurnished } from './house/furnish.ts'
import { type Keep, keepingWithin } from './house/keep.ts'
import { shopDelivery } from './house/orders.ts'
import type { LoadResult } from './load/load-plan.ts'
import { treeUse } from './load/process-tree.ts'
import { measureLoad } from './load/start-load.ts'
import type { BenchHouse, BenchRow, Measured, Measurement } from './measurement.ts'

type Overload = {
  readonly databaseKind: 'postgres' | 'pglite'
  readonly sustainablePerSecond: number
  readonly load: LoadResult
  /** Refusals that a calm sender beside the flood got, and how many of them said when to come again. */
  readonly asked: {
    readonly refused: number
    readonly withRetryAfter: number
    readonly answers: Readonly<Record<string, number>>
  }
  /** Memory of the processes, twice a second. */
  readonly residentMb: readonly number[]
}

const times = 10

// So that a flood of half a minute is one: documents may wait for this long, not for the usual minute.
const settings = { QUITTANCE_QUEUE_SECONDS: '5' }

function watchMemory(pids: readonly number[]) {
  const residentMb: number[] = []
  const look = () => void residentMb.push(Math.round(treeUse([...pids]).residentBytes / 1_048_576))
  const timer = setInterval(look, 500)
  return {
    residentMb,
    stop: async () => {
      clearInterval(timer)
      look()
    },
  }
}

/** Sends an order now and then beside the flood, until it is told to stop, and looks at how it is refused. */
async function askBeside(url: string, run: string, isOver: () => boolean) {
  const answers: Record<string, number> = {}
  let refused = 0
  let withRetryAfter = 0
  for (let index = 0; !isOver(); index += 1) {
    const { body, headers } = shopDelivery({ seed: 7, run, index })
    const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) }).catch(
      (error: unknown) => (error instanceof Error ? String(error.cause) : 'no answer'),
    )
    const name = typeof answer === 'string' ? answer : String(answer.status)
    answers[name] = (answers[name] ?? 0) + 1
    if (!name.startsWith('2')) refused += 1
    if (typeof answer === 'string') continue
    if (answer.headers.has('retry-after')) withRetryAfter += 1
    await answer.arrayBuffer()
    await wait(100)
  }
  return { refused, withRetryAfter, answers }
}

async function flood(
  keep: Keep,
  { sink, postgres, isQuick }: BenchHouse,
  databaseKind: Overload['databaseKind'],
): Promise<Overload> {
  const databaseUrl =
    databaseKind === 'postgres' ? await postgres?.newDatabase('overload') : undefined
  const { quittance } = await startFurnished(keep, {
    ...{ sinkUrl: sink.url, settings },
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  })
  const urls = quittance.urls.map((url) => url + inboundPath)
  const run = `over${randomBytes(4).toString('hex')}`
  const target = { urls, sinkUrl: sink.url, pids: [...quittance.pids] }
  const calm = await measureLoad({
    ...{ ...target, run: `${run}c`, orders: isQuick ? 500 : 2_000, warmUpOrders: 100 },
    pace: { loop: 'closed', clients: 16 },
  })
  const sendingSeconds = isQuick ? 10 : 40
  const ordersPerSecond = Math.round(calm.endToEndPerSecond * times)
  const memory = keep(watchMemory(quittance.pids))
  let isOver = false
  const asking = askBeside(urls[0] ?? '', `${run}b`, () => isOver)
  const load = await measureLoad({
    ...{ ...target, run, sendingSeconds, orders: ordersPerSecond * sendingSeconds },
    pace: { loop: 'open', ordersPerSecond },
    waitSeconds: 180,
  }).finally(() => {
    isOver = true
  })
  await memory.stop()
  return {
    databaseKind,
    sustainablePerSecond: calm.endToEndPerSecond,
    load,
    asked: await asking,
    residentMb: memory.residentMb,
  }
}

const most = (numbers: readonly number[]) => numbers.reduce((max, one) => Math.max(max, one), 0)

/** The row of a flood: kept, refused, and whether memory grew with it. */
export function overloadRow({
  databaseKind,
  load,
  asked,
  residentMb,
  ...flooded
}: Overload): BenchRow {
  const half = Math.ceil(residentMb.length / 2)
  const [first, second] = [most(residentMb.slice(0, half)), most(residentMb.slice(half))]
  const others = Object.keys(load.refused).filter((answer) => answer !== '429' && answer !== '503')
  const isFlat = second <= first * 1.15
  const isTold = asked.refused === asked.withRetryAfter && others.length === 0
  const refused = load.sent - load.accepted
  const database = databaseKind === 'postgres' ? 'PostgreSQL' : 'built-in database'
  return {
    row: `${times} times the sustainable load, ${database}`,
    bar: '0 lost, 0 doubled; the rest refused with Retry-After; memory flat',
    figure: `${load.lost} lost, ${load.doubled} doubled, ${refused} refused; ${first} MB in the first half, ${second} MB in the second`,
    isReached: load.lost + load.doubled === 0 && refused > 0 && isTold && isFlat,
    note: `${load.sent} orders in ${load.seconds} s where ${flooded.sustainablePerSecond}/s are sustainable; ${load.accepted} accepted, all at the ERP; answers beside 2xx: ${JSON.stringify(load.refused)}; ${asked.withRetryAfter} of ${asked.refused} refusals looked at had Retry-After; documents may wait 5 s here`,
  }
}

/** Ten times what the house can sustain: it keeps what it accepts, refuses the rest, and does not grow. */
export const measureOverload: Measurement = {
  name: 'overload',
  about: 'Ten times the sustainable load for 40 s: what is lost, how the rest is refused, memory.',
  takes: 'about 4 minutes',
  async run(house: BenchHouse): Promise<Measured> {
    const floods: Overload[] = []
    for (const databaseKind of ['postgres', 'pglite'] as const) {
      if (databaseKind === 'postgres' && house.postgres === undefined) continue
      house.say(`${times} times the sustainable load, ${databaseKind}`)
      floods.push(await keepingWithin(house.keep, (keep) => flood(keep, house, databaseKind)))
    }
    return { rows: floods.map(overloadRow), details: floods }
  },
}
