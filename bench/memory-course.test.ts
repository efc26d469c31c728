import { expect, test } from 'vitest'
import { isFlat, secondHalf } from './memory-course.ts'

const course = (residentMb: (second: number) => number) =>
  Array.from({ length: 100 }, (_, second) => ({
    atSeconds: second,
    residentMb: residentMb(second),
  }))

test('memory that fills up at the start and then stays is flat', () => {
  const samples = course((second) => Math.min(200, 80 + second * 4) + (second % 7) * 3)
  expect(isFlat(samples)).toBe(true)
})

test('memory that grows with every order is not flat, however small it is', () => {
  const samples = course((second) => 100 + second)
  expect(isFlat(samples)).toBe(false)
  expect(secondHalf(samples).growthMb).toBeCloseTo(49)
})

test('one collection of garbage in the second half is neither growth nor shrinking to speak of', () => {
  const samples = course((second) => (second === 99 ? 120 : 200))
  expect(Math.abs(secondHalf(samples).growthMb)).toBeLessThan(12)
})
