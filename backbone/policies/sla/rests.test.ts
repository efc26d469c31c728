import { expect, test } from 'vitest'
import { restChanges } from './rests.ts'

const at = (hour: number) => `2026-11-23T${String(hour).padStart(2, '0')}:00:00.000Z`
const hold = (from: number, to: number | null, type = 'CONDITIONAL') => ({
  type,
  placedAt: at(from),
  releasedAt: to === null ? null : at(to),
})
const rest = (from: number, to: number | null) => ({
  startedAt: at(from),
  endedAt: to === null ? null : at(to),
  reason: 'CONDITIONAL',
})

test('a promise rests while a hold waits for the customer, and goes on when it is lifted', () => {
  const begun = restChanges([hold(10, null)], at(8), [])
  expect(begun).toEqual({ begun: [rest(10, null)], ended: [] })
  const ended = restChanges([hold(10, 12)], at(8), [rest(10, null)])
  expect(ended).toEqual({ begun: [], ended: [rest(10, 12)] })
  expect(restChanges([hold(10, 12)], at(8), [rest(10, 12)])).toEqual({ begun: [], ended: [] })
})

test('holds that overlap are one rest, and time before the promise is none of it', () => {
  const { begun } = restChanges([hold(11, 14), hold(10, 12), hold(6, 9), hold(5, 7)], at(8), [])
  expect(begun).toEqual([rest(8, 9), rest(10, 14)])
})

test('a rest nobody saw while it lasted still counts', () => {
  expect(restChanges([hold(10, 12)], at(8), []).ended).toEqual([rest(10, 12)])
})
