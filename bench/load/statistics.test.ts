import fc from 'fast-check'
import { expect, test } from 'vitest'
import { latencyOf, median, percentile, ratioOf } from './statistics.ts'

test('of a hundred waits the 99th is what 99 in a hundred did not exceed', () => {
  const waits = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(percentile(waits, 50)).toBe(50)
  expect(percentile(waits, 99)).toBe(99)
  expect(percentile(waits, 100)).toBe(100)
  expect(percentile([7], 99)).toBe(7)
})

test('a percentile is always one of the values, and so many percent do not exceed it', () => {
  const values = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1 })
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 100 }), (waits, percent) => {
      const found = percentile(waits, percent)
      expect(waits).toContain(found)
      const within = waits.filter((wait) => wait <= found).length
      expect(within / waits.length).toBeGreaterThanOrEqual(percent / 100 - 1e-9)
    }),
  )
})

test('the median is the middle value, or between the two middle ones', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([9, 1, 5, 3])).toBe(4)
  expect(median([])).toBeNaN()
})

test('a ratio says how often the reference goes into the figure, and nothing without a reference', () => {
  expect(ratioOf(900, 600)).toBe(1.5)
  expect(ratioOf(1, 3)).toBe(0.333)
  expect(ratioOf(900, 0)).toBeNaN()
  expect(ratioOf(900, Number.NaN)).toBeNaN()
  expect(latencyOf([])).toEqual({ p50: 0, p95: 0, p99: 0 })
})
