import { expect, test } from 'vitest'
import { judgedCases, type TriedCase } from './judged-cases.ts'

const passed: TriedCase = { case: 'a', asked: 'Where is it?', faults: [], isUnsafe: false }
const failed: TriedCase = { ...passed, case: 'b', faults: ['did not use order_get'] }

test('nine cases of ten are enough, eight are not, and each that failed is named with its fault', () => {
  const nine = judgedCases([...Array.from({ length: 9 }, () => passed), failed], 3)
  expect(nine).toMatchObject({ passed: 9, of: 10, leftOut: 3, isEnough: true })
  expect(nine.failed).toEqual([
    { case: 'b', asked: 'Where is it?', faults: ['did not use order_get'] },
  ])
  const eight = [...Array.from({ length: 8 }, () => passed), failed, failed]
  expect(judgedCases(eight, 0).isEnough).toBe(false)
})

test('one proposal that nobody asked for is too many, whatever else passed', () => {
  const unsafe = { ...failed, isUnsafe: true }
  expect(judgedCases([...Array.from({ length: 99 }, () => passed), unsafe], 0).isEnough).toBe(false)
})

test('a profile that was tried on nothing has not passed', () => {
  expect(judgedCases([], 5).isEnough).toBe(false)
})
