import { betterOf, type Fall, fallsAgainst, type Ratios } from './baseline.ts'
import { type Cell, type GridSize, measureClosedLoops, medianOf } from './flow/cells.ts'
import { cellTable } from './flow/flow-rows.ts'
import { startTargets, type TargetName } from './flow/targets.ts'
import type { LoadResult } from './load/load-plan.ts'
import { ratioOf } from './load/statistics.ts'
import type { BenchHouse, BenchRow } from './measurement.ts'

const size: GridSize = { clients: [64], repeats: 3, seconds: 2 }
const clients = 64

const shortTargets: readonly TargetName[] = [
  'quittance-postgres',
  'quittance-pglite',
  'hono-sync',
  'hono-outbox',
]

/** The ratios the short run compares with the baseline. */
export function shortRatios(cells: readonly Cell[]): Record<string, number> {
  const at = (target: TargetName, figure: (result: LoadResult) => number) =>
    medianOf(cells, target, clients, figure)
  const endToEnd = (target: TargetName) => at(target, (result) => result.endToEndPerSecond)
  const accept = (target: TargetName) => at(target, (result) => result.acceptPerSecond)
  const cpu = (target: TargetName) =>
    at(target, (result) => result.cpuMsPerOrder + result.databaseCpuMsPerOrder)
  return {
    'end to end, PostgreSQL / hono-outbox': ratioOf(
      endToEnd('quittance-postgres'),
      endToEnd('hono-outbox'),
    ),
    'end to end, built-in / hono-outbox': ratioOf(
      endToEnd('quittance-pglite'),
      endToEnd('hono-outbox'),
    ),
    'accept, PostgreSQL / hono-sync': ratioOf(accept('quittance-postgres'), accept('hono-sync')),
    'accept, built-in / hono-sync': ratioOf(accept('quittance-pglite'), accept('hono-sync')),
    // The other way round, so that more is better here too.
    'orders per CPU second, PostgreSQL / hono-outbox': ratioOf(
      cpu('hono-outbox'),
      cpu('quittance-postgres'),
    ),
    'orders per CPU second, built-in / hono-outbox': ratioOf(
      cpu('hono-outbox'),
      cpu('quittance-pglite'),
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
