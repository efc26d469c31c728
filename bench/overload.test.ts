import { expect, test } from 'vitest'
import { LoadResult } from './load/load-plan.ts'
import { overloadRow } from './overload.ts'

const load = LoadResult.parse({
  ...{ run: 'over1', sent: 9_000, accepted: 2_000, refused: { '503': 6_900, '429': 100 } },
  ...{ acceptPerSecond: 50, endToEndPerSecond: 30, lost: 0, doubled: 0, seconds: 60 },
  acceptMs: { p50: 5, p95: 9, p99: 20 },
  endToEndMs: { p50: 9_000, p95: 30_000, p99: 31_000 },
  ...{ cpuMsPerOrder: 1, databaseCpuMsPerOrder: 1, generatorCpuSeconds: 1, peakRssMb: 210 },
  ...{ machineBusyPercent: 90, neighboursPercent: 1 },
})
const flood = {
  ...{ databaseKind: 'pglite' as const, sustainablePerSecond: 30, load },
  asked: { refused: 12, withRetryAfter: 12, answers: { '503': 12 } },
  residentMb: [150, 200, 205, 190, 210, 200],
}

test('a flood is stood when what was accepted is there once, the rest was told when to come again, and memory did not grow', () => {
  expect(overloadRow(flood).isReached).toBe(true)
  expect(overloadRow({ ...flood, load: { ...load, lost: 1 } }).isReached).toBe(false)
  expect(overloadRow({ ...flood, residentMb: [150, 200, 300, 400] }).isReached).toBe(false)
  expect(overloadRow({ ...flood, asked: { ...flood.asked, withRetryAfter: 11 } }).isReached).toBe(
    false,
  )
  const crashed = { ...load, refused: { '503': 6_999, ECONNRESET: 1 } }
  expect(overloadRow({ ...flood, load: crashed }).isReached).toBe(false)
})
