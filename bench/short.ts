import { betterOf, type Fall, fallsAgainst, type Ratios } from './baseline.ts'
import { type Cell, type GridSize, measureClosedLoops, pairedRatio } from './flow/cells.ts'
import { cellTable } from './flow/flow-rows.ts'
import { startTargets, type TargetName } from './flow/targets.ts'
import type { LoadResult } from './load/load-plan.ts'
import type { BenchHouse, BenchRow } from './measurement.ts'

const size: GridSize = { clients: [64], repeats: 3, seconds: 2 }
const clients = 64

const shortTargets: readonly TargetName[] = [
  'quittance-postgres',
  'quittance-pglite',
  'hono-sync',
  'hono-outbox',
]

type Figure = (result: LoadResult) => number
const endToEnd: Figure = (result) => result.endToEndPerSecond
const accept: Figure = (result) => result.acceptPerSecond
// Orders in a CPU second, database included, so that more is better here too.
const thrift: Figure = (result) => 1000 / (result.cpuMsPerOrder + result.databaseCpuMsPerOrder)

/** The ratios the short run compares with the baseline. */
export function shortRatios(cells: readonly Cell[]): Record<string, number> {
  const against = (target: TargetName, reference: TargetName, figure: Figure) =>
    pairedRatio(cells, { target, reference, setting: clients }, figure)
  return {
    'end to end, PostgreSQL / hono-outbox': against('quittance-postgres', 'hono-outbox', endToEnd),
    'end to end, built-in / hono-outbox': against('quittance-pglite', 'hono-outbox', endToEnd),
    'accept, PostgreSQL / hono-sync': against('quittance-postgres', 'hono-sync', accept),
    'accept, built-in / hono-sync': against('quittance-pglite', 'hono-sync', accept),
    'orders per CPU second, PostgreSQL / hono-outbox': against(
      'quittance-postgres',
      'hono-outbox',
      thrift,
    ),
    'orders per CPU second, built-in / hono-outbox': against(
      'quittance-pglite',
      'hono-outbox',
      thrift,
    ),
  }
}

const isLosing = ({ result }: Cell) => result.lost + result.doubled > 0

/** What a short run found. */
export type ShortRun = {
  readonly rows: readonly BenchRow[]
  readonly tables: readonly string[]
  readonly ratios: Readonly<Record<string, number>>
  readonly falls: readonly Fall[]
  readonly isAnythingLost: boolean
  readonly cells: readonly Cell[]
}

function rowsOf(ratios: Readonly<Record<string, number>>, baseline: Ratios): BenchRow[] {
  return Object.entries(ratios).map(([name, ratio]) => {
    const was = baseline[name]
    if (was === undefined)
      return { row: name, bar: '-', figure: String(ratio), note: 'not in the baseline' }
    const isReached = fallsAgainst({ [name]: was }, ratios).length === 0
    const bar = `>= ${(was * (2 / 3)).toFixed(3)}`
    return { row: name, bar, figure: String(ratio), isReached, note: `baseline ${was}` }
  })
}

/**
 * The short run: ratios against references of the same run, compared with the baseline. What fell too far is
 * measured once more before it counts.
 */
export async function runShort(house: BenchHouse, baseline: Ratios): Promise<ShortRun> {
  const targets = await startTargets(house, shortTargets)
  let cells = await measureClosedLoops(house, targets, size)
  let ratios = shortRatios(cells)
  if (fallsAgainst(baseline, ratios).length > 0 && house.postgres !== undefined) {
    house.say('A ratio fell by more than a third: measured once more, the better of both counts.')
    const again = await measureClosedLoops(house, targets, size)
    ratios = betterOf(ratios, shortRatios(again))
    cells = [...cells, ...again]
  }
  return {
    rows: rowsOf(ratios, baseline),
    tables: [cellTable(cells)],
    ratios,
    falls: fallsAgainst(baseline, ratios),
    isAnythingLost: cells.some(isLosing),
    cells,
  }
}
