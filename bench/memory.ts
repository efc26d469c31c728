import { inboundPath, startFurnished } from './house/furnish.ts'
import { keeping } from './house/keep.ts'
import type { LoadResult } from './load/load-plan.ts'
import { treeUse } from './load/process-tree.ts'
import { measureLoad } from './load/start-load.ts'
import { percentile } from './load/statistics.ts'
import type { BenchHouse, BenchRow, Measured, Measurement } from './measurement.ts'
import { isFlat, type MemorySample, secondHalf } from './memory-course.ts'

type MemoryRun = {
  readonly databaseKind: 'postgres' | 'pglite'
  readonly orders: number
  readonly samples: readonly MemorySample[]
  readonly load: LoadResult
}

const sampleEveryMs = 1_000

/** Looks at a family of processes every second until told to stop. */
function watchMemory(pids: readonly number[]): { stop(): MemorySample[] } {
  const startedAtMs = performance.now()
  const samples: MemorySample[] = []
  const look = () => {
    const atSeconds = (performance.now() - startedAtMs) / 1000
    samples.push({ atSeconds, residentMb: treeUse(pids).residentBytes / 1_048_576 })
  }
  look()
  const timer = setInterval(look, sampleEveryMs)
  return {
    stop() {
      clearInterval(timer)
      look()
      return samples
    },
  }
}

function measureRun(
  house: BenchHouse,
  { orders, databaseUrl }: { orders: number; databaseUrl: string | undefined },
): Promise<MemoryRun> {
  const sinkUrl = house.sink.url
  return keeping(async (keep) => {
    const { home, quittance } = await startFurnished(keep, {
      sinkUrl,
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
    })
    house.say(`memory over ${orders} orders, ${home.databaseKind}`)
    const watch = watchMemory(quittance.pids)
    const load = await measureLoad({
      urls: quittance.urls.map((url) => `${url}${inboundPath}`),
      sinkUrl,
      run: `memory${home.databaseKind}`,
      orders,
      pace: { loop: 'closed', clients: 16 },
      sendingSeconds: 1_800,
      waitSeconds: 300,
    })
    return { databaseKind: home.databaseKind, orders, samples: watch.stop(), load }
  })
}

const bars = { postgres: 250, pglite: 900 } as const
const names = { postgres: 'PostgreSQL', pglite: 'built-in database' } as const

function memoryRow({ databaseKind, orders, samples, load }: MemoryRun): BenchRow {
  const barMb = bars[databaseKind]
  const { levelMb, growthMb } = secondHalf(samples)
  const values = samples.map(({ residentMb }) => residentMb)
  const peakMb = Math.max(...values)
  const growthText = `${growthMb >= 0 ? '+' : ''}${growthMb.toFixed(0)} MB`
  return {
    row: `memory over ${orders.toLocaleString('en')} orders, ${names[databaseKind]}`,
    bar: `<= ${barMb} MB, flat`,
    figure: `peak ${peakMb.toFixed(0)} MB, second half ${levelMb.toFixed(0)} MB, ${growthText}`,
    isReached: peakMb <= barMb && isFlat(samples),
    note: `resident memory of the process every second, p95 ${percentile(values, 95).toFixed(0)} MB; growth is a line through the second half; ${load.accepted} orders accepted, ${load.lost} lost`,
  }
}

async function measureMemory(house: BenchHouse): Promise<Measured> {
  const orders = house.isQuick ? 5_000 : 100_000
  const sharedUrl = await house.postgres?.newDatabase('memory')
  const runs: MemoryRun[] = []
  for (const databaseUrl of sharedUrl === undefined ? [undefined] : [sharedUrl, undefined])
    runs.push(await measureRun(house, { orders, databaseUrl }))
  return { rows: runs.map(memoryRow), details: { runs } }
}

/** How much memory the product needs while 100,000 orders go through it, and whether it stays flat. */
export const memory: Measurement = {
  name: 'memory',
  about: 'resident memory over 100,000 orders: peak, level and growth of the second half',
  takes: 'about 3 minutes on PostgreSQL and 5 on the built-in database; --quick 40 s',
  run: measureMemory,
}
