import { percentile } from './load/statistics.ts'
import { type Fairness, measureFairness } from './many/fairness.ts'
import { measureProcesses, type ProcessesRun } from './many/processes.ts'
import type { BenchHouse, BenchRow, Measured, Measurement } from './measurement.ts'

const longestWayMs = 2_000

const ms = (value: number) => (Number.isNaN(value) ? '-' : `${Math.round(value)} ms`)

function fairnessRow({ databaseKind, floodOrders, alone, beside, flood }: Fairness): BenchRow {
  const ways = beside.waysMs
  const longest = percentile(ways, 100)
  const isWhole = beside.lost === 0 && flood.lost === 0 && flood.doubled === 0
  return {
    row: `single order of a tenant beside another one's flood of ${floodOrders}, ${databaseKind}`,
    bar: `at most ${longestWayMs / 1_000} s later than alone`,
    figure: `longest ${ms(longest)}, p50 ${ms(percentile(ways, 50))}`,
    isReached: isWhole && longest - percentile(alone.waysMs, 50) <= longestWayMs,
    note: `alone p50 ${ms(percentile(alone.waysMs, 50))}; ${ways.length} single orders, ${beside.lost} lost; the flood took ${flood.seconds} s at ${flood.endToEndPerSecond}/s, ${flood.lost} lost, ${flood.doubled} doubled`,
  }
}

function processesRows(runs: readonly ProcessesRun[]): BenchRow[] {
  const one = runs.find(({ processes }) => processes === 1)?.load.endToEndPerSecond
  return runs.map(({ processes, load }) => ({
    row: `${processes} process${processes === 1 ? '' : 'es'} on one PostgreSQL, 64 clients`,
    bar: 'no collapse, 0 lost, 0 doubled',
    figure: `${load.endToEndPerSecond}/s end to end, ${load.acceptPerSecond}/s accepted`,
    ...(one === undefined || one === 0 ? {} : { ratio: load.endToEndPerSecond / one }),
    isReached:
      load.lost === 0 && load.doubled === 0 && load.endToEndPerSecond >= 0.7 * (one ?? Infinity),
    note: `ratio to one process; ${load.lost} lost, ${load.doubled} doubled; CPU per order ${load.cpuMsPerOrder} + ${load.databaseCpuMsPerOrder} ms in the database`,
  }))
}

async function run({ sink, postgres, isQuick, say }: BenchHouse): Promise<Measured> {
  const floodOrders = isQuick ? 3_000 : 50_000
  const runs: ProcessesRun[] = []
  const floods: Fairness[] = []
  if (postgres !== undefined) {
    for (const processes of [1, 2, 4]) {
      say(`${processes} processes on one PostgreSQL`)
      const orders = isQuick ? 2_000 : 10_000
      runs.push(await measureProcesses({ sink, postgres, processes, orders }))
    }
    say(`a flood of ${floodOrders} beside single orders, PostgreSQL`)
    const databaseUrl = await postgres.newDatabase('fairness')
    floods.push(await measureFairness({ sink, floodOrders, name: 'postgres', databaseUrl }))
  }
  say(`a flood of ${floodOrders} beside single orders, built-in database`)
  floods.push(await measureFairness({ sink, floodOrders, name: 'pglite' }))
  return {
    rows: [...processesRows(runs), ...floods.map(fairnessRow)],
    details: { processes: runs, floods },
  }
}

/** Many machines and many tenants: processes beside each other, and a flood beside single orders. */
export const measureMany: Measurement = {
  name: 'many',
  about:
    'One, two and four processes on one PostgreSQL; one tenant’s flood beside another’s single orders.',
  takes: 'about 6 minutes, quick about 1',
  run,
}
