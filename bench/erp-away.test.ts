import { expect, test } from 'vitest'
import { awayRow, furthestMove } from './erp-away.ts'
import { LoadResult } from './load/load-plan.ts'

const load = LoadResult.parse({
  ...{ run: 'away1', sent: 360, accepted: 360, refused: {}, acceptPerSecond: 20 },
  ...{ endToEndPerSecond: 9, lost: 0, doubled: 0, seconds: 40, peakRssMb: 90 },
  acceptMs: { p50: 5, p95: 9, p99: 20 },
  endToEndMs: { p50: 9_000, p95: 30_000, p99: 31_000 },
  ...{ cpuMsPerOrder: 1, databaseCpuMsPerOrder: 1, generatorCpuSeconds: 1 },
  ...{ machineBusyPercent: 50, neighboursPercent: 1 },
})
const outage = {
  ...{ databaseKind: 'pglite' as const, awaySeconds: 10, ordersPerSecond: 20 },
  ...{ load, shownWaiting: 180, stillWaiting: [], drainedSeconds: 20, furthestMove: 3 },
}

test('an outage of the ERP is stood when nothing was lost, doubled or refused and people saw what waits', () => {
  expect(awayRow(outage).isReached).toBe(true)
  expect(awayRow({ ...outage, load: { ...load, accepted: 359 } }).isReached).toBe(false)
  expect(awayRow({ ...outage, load: { ...load, doubled: 1 } }).isReached).toBe(false)
  expect(awayRow({ ...outage, shownWaiting: 0 }).isReached).toBe(false)
})

test('orders that arrive in another order than they were sent in are seen', () => {
  expect(furthestMove(['PO-1', 'PO-2', 'PO-3'])).toBe(0)
  expect(furthestMove(['PO-3', 'PO-1', 'PO-2'])).toBe(2)
})
