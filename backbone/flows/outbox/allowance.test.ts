import { expect, test } from 'vitest'
import { openRateLimits } from './allowance.ts'

/** Calls that go out in so many seconds when every process takes all it may, ten times a second. */
function callsOf(
  processes: number,
  { ratePerSecond, seconds }: { ratePerSecond: number; seconds: number },
) {
  const limits = Array.from({ length: processes }, () => openRateLimits(() => processes))
  let calls = 0
  for (let now = 0; now <= seconds * 1_000; now += 100)
    for (const limit of limits)
      calls += limit.take('erp', { ratePerSecond, wanted: 100, now }).granted
  return calls
}

test('a connection that takes ten calls a second gets no more from four processes than from one', () => {
  const [fromOne, fromFour] = [1, 4].map((processes) =>
    callsOf(processes, { ratePerSecond: 10, seconds: 60 }),
  )
  expect(fromOne).toBe(610)
  expect(fromFour).toBeLessThanOrEqual(610)
  expect(fromFour).toBeGreaterThan(590)
})

test('a rate below one call a second lets one go and says when the next may', () => {
  const limits = openRateLimits(() => 2)
  expect(limits.take('edi', { ratePerSecond: 0.5, wanted: 3, now: 0 })).toEqual({
    granted: 1,
    waitMs: 4_000,
  })
})
