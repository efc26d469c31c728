import type { BenchHouse, Measured, Measurement } from '../measurement.ts'
import { type InsertCeiling, measureInsertCeiling } from '../references/insert-ceiling.ts'
import { furnishReferences } from '../references/start-reference.ts'
import { type GridSize, measureClosedLoops, measureHalfLoads } from './cells.ts'
import { cellTable, flowRows } from './flow-rows.ts'
import { idleRow, measureIdle } from './idle.ts'
import { startTargets, targetNames } from './targets.ts'

const fullSize: GridSize = { clients: [1, 16, 64], repeats: 3, seconds: 6 }
const quickSize: GridSize = { clients: [16, 64], repeats: 1, seconds: 2 }

async function insertCeilings({ postgres, isQuick, say }: BenchHouse): Promise<InsertCeiling[]> {
  if (postgres === undefined) return []
  say('raw insert ceiling')
  const databaseUrl = await postgres.newDatabase('ceiling')
  await furnishReferences(databaseUrl)
  return measureInsertCeiling(databaseUrl, isQuick ? 2_000 : 8_000)
}

async function run(house: BenchHouse): Promise<Measured> {
  const size = house.isQuick ? quickSize : fullSize
  const targets = await startTargets(house, targetNames)
  house.say('idle')
  const idle = await measureIdle(targets, {
    settleMs: house.isQuick ? 500 : 4_000,
    watchMs: house.isQuick ? 1_000 : 4_000,
  })
  const closed = await measureClosedLoops(house, targets, size)
  const withHalfLoad = targets.filter(({ name }) => name !== 'hono-sync' && name !== 'hono-batch')
  const half = await measureHalfLoads(house, withHalfLoad, { ...size, closed })
  const ceilings = await insertCeilings(house)
  const cells = [...closed, ...half]
  return {
    rows: [...flowRows(cells, ceilings), ...idleRow(idle)],
    details: { cells, ceilings, idle },
    tables: [cellTable(cells)],
  }
}

/** The order's whole way, beside servers that do the same work with the least around it. */
export const measureFlow: Measurement = {
  name: 'flow',
  about: 'Orders from the shop to the ERP: rates, waiting, CPU, beside the reference servers.',
  takes: 'about 11 minutes, quick about 1',
  run,
}
