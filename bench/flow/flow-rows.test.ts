import { expect, test } from 'vitest'
import type { LoadResult } from '../load/load-plan.ts'
import { rowTable } from '../results.ts'
import { shortRatios } from '../short.ts'
import { type Cell, halfRate, medianOf, rotated } from './cells.ts'
import { cellTable, flowRows } from './flow-rows.ts'
import type { TargetName } from './targets.ts'

const result: LoadResult = {
  run: 'b1',
  sent: 100,
  accepted: 100,
  refused: {},
  acceptPerSecond: 800,
  endToEndPerSecond: 800,
  acceptMs: { p50: 10, p95: 20, p99: 30 },
  endToEndMs: { p50: 40, p95: 50, p99: 60 },
  lost: 0,
  doubled: 0,
  cpuMsPerOrder: 1,
  databaseCpuMsPerOrder: 0.5,
  peakRssMb: 90,
  generatorCpuSeconds: 0.1,
  machineBusyPercent: 90,
  neighboursPercent: 2,
  seconds: 1,
}

const cell = (
  target: TargetName,
  setting: Cell['setting'],
  measured: Partial<LoadResult>,
  repeat = 1,
): Cell => ({ target, setting, repeat, result: { ...result, ...measured } })

const cells = [
  cell('quittance-postgres', 64, { endToEndPerSecond: 900, acceptPerSecond: 1200 }),
  cell('quittance-postgres', 64, { endToEndPerSecond: 700, acceptPerSecond: 1100 }, 2),
  cell('quittance-postgres', 64, { endToEndPerSecond: 1000, acceptPerSecond: 1000 }, 3),
  cell('hono-outbox', 64, { endToEndPerSecond: 1000, cpuMsPerOrder: 0.5 }),
  cell('hono-outbox', 64, { endToEndPerSecond: 500, cpuMsPerOrder: 0.5 }, 2),
  cell('hono-outbox', 64, { endToEndPerSecond: 2000, cpuMsPerOrder: 0.5 }, 3),
  cell('hono-sync', 64, { acceptPerSecond: 800 }),
  cell('hono-sync', 64, { acceptPerSecond: 800 }, 2),
  cell('hono-sync', 64, { acceptPerSecond: 800 }, 3),
  cell('quittance-pglite', 64, { endToEndPerSecond: 450, databaseCpuMsPerOrder: 0 }),
  cell('quittance-pglite', 'half load', { endToEndMs: { p50: 100, p95: 300, p99: 700 } }),
]

test('a row has the median over the repeats, and the median of its ratios to the reference in the same repeat', () => {
  const rows = new Map(flowRows(cells, []).map((row) => [row.row, row]))
  expect(rows.get('order received -> released to ERP, PostgreSQL, 64 clients')).toMatchObject({
    figure: '900 orders/s',
    ratio: 0.9,
    isReached: false,
  })
  expect(rows.get('durable accept, PostgreSQL, 64 clients')).toMatchObject({
    ratio: 1.375,
    isReached: true,
  })
  expect(rows.get('CPU per order, whole way, PostgreSQL')).toMatchObject({
    figure: '1.50 ms',
    ratio: 1.5,
    isReached: true,
  })
  expect(rows.get('embedded default, end to end, 64 clients')?.isReached).toBe(true)
  expect(rows.get('end-to-end p99 at half load, built-in database')?.isReached).toBe(false)
  expect([...rows.keys()]).not.toContain(
    'order received -> released to ERP, PostgreSQL, 16 clients',
  )
})

test('an order lost, doubled or refused under load is a bar not reached', () => {
  const counted = (measured: Partial<LoadResult>) =>
    flowRows([cell('quittance-pglite', 64, measured)], []).find(({ row }) => row.includes('lost'))
  expect(counted({})?.isReached).toBe(true)
  expect(counted({ lost: 1 })?.isReached).toBe(false)
  expect(counted({ doubled: 2 })?.isReached).toBe(false)
  expect(counted({ accepted: 99 })?.isReached).toBe(false)
})

test('the table shows every row with bar, figure, ratio and whether it was reached', () => {
  const table = rowTable(flowRows(cells, []))
  expect(table).toContain('| >= 1.0 x hono-outbox | 900 orders/s | 0.9 | **not reached** |')
  expect(cellTable(cells)).toContain('| quittance-postgres | 64 | 1100 | 900 |')
})

test('the short run’s ratios are all better when they are greater, CPU too', () => {
  const ratios = shortRatios(cells)
  expect(ratios['end to end, PostgreSQL / hono-outbox']).toBe(0.9)
  expect(ratios['orders per CPU second, PostgreSQL / hono-outbox']).toBe(0.667)
  expect(ratios['orders per CPU second, built-in / hono-outbox']).toBe(1)
})

test('half load is half of the best rate end to end with many clients', () => {
  const few = cell('hono-sync', 1, { endToEndPerSecond: 5000 })
  expect(halfRate([...cells, few, cell('hono-sync', 16, {})], 'hono-sync')).toBe(400)
  expect(medianOf(cells, 'hono-batch', 64, ({ seconds }) => seconds)).toBeNaN()
})

test('targets run in another order in every round', () => {
  expect(rotated(['a', 'b', 'c'], 0)).toEqual(['a', 'b', 'c'])
  expect(rotated(['a', 'b', 'c'], 4)).toEqual(['b', 'c', 'a'])
})
