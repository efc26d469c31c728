import { expect, test } from 'vitest'
import { upperBound } from './clopper-pearson.ts'

// Known values: 1 - 0.05^(1/n) where nothing was seen; else the beta quantiles of statistical tables.
test.each([
  [0, 10, 0.258866],
  [0, 100, 0.029513],
  [1, 100, 0.046559],
  [5, 100, 0.102253],
  [0, 1_000, 0.002991],
  [10, 20, 0.698046],
])('of %i in %i the true share is at most %f, 95 times in a hundred', (count, tries, bound) => {
  expect(upperBound(count, tries)).toBeCloseTo(bound, 5)
})

test('the two-sided bound of 95 % is the one-sided of 97.5 %', () => {
  expect(upperBound(5, 100, 0.975)).toBeCloseTo(0.112835, 5)
})

test('where everything or nothing was tried nothing is ruled out', () => {
  expect(upperBound(7, 7)).toBe(1)
  expect(upperBound(0, 0)).toBe(1)
})
