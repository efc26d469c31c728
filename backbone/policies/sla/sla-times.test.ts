import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BusinessCalendar } from '../../canonical/business-calendar.ts'
import { quietUntil } from '../quiet-hours.ts'
import { slaTimes } from './sla-times.ts'

const chicago = BusinessCalendar.parse({
  timeZone: 'America/Chicago',
  hours: [{ from: '08:00', to: '18:00' }],
  holidays: ['2026-12-25'],
})
const hour = 3_600

test('without a calendar a promise runs round the clock and warns at 70 % of its time', () => {
  expect(slaTimes({ startedAt: '2026-03-02T10:00:00Z', withinSeconds: 10 * hour })).toEqual({
    warnAt: '2026-03-02T17:00:00.000Z',
    breachAt: '2026-03-02T20:00:00.000Z',
  })
  expect(slaTimes({ startedAt: '2026-03-02T10:00:00Z', withinSeconds: 5 })).toEqual({
    warnAt: '2026-03-02T10:00:03.500Z',
    breachAt: '2026-03-02T10:00:05.000Z',
  })
})

test.each([
  // [what, started, hours promised, warn, breach]; Chicago is UTC-6 in winter, UTC-5 in summer.
  [
    'within one working day',
    '2026-02-02T15:00:00Z',
    5,
    '2026-02-02T18:30:00Z',
    '2026-02-02T20:00:00Z',
  ],
  ['over a night', '2026-02-02T22:00:00Z', 8, '2026-02-03T17:36:00Z', '2026-02-03T20:00:00Z'],
  [
    'begun before opening',
    '2026-02-02T06:00:00Z',
    10,
    '2026-02-02T21:00:00Z',
    '2026-02-03T00:00:00Z',
  ],
  [
    'begun on Friday evening',
    '2026-02-07T01:00:00Z',
    1,
    '2026-02-09T14:42:00Z',
    '2026-02-09T15:00:00Z',
  ],
  ['over Christmas', '2026-12-24T23:00:00Z', 2, '2026-12-28T14:24:00Z', '2026-12-28T15:00:00Z'],
  [
    'over the change to summer time',
    '2026-03-06T23:00:00Z',
    2,
    '2026-03-09T13:24:00Z',
    '2026-03-09T14:00:00Z',
  ],
])('a promise %s counts working hours only', (_, startedAt, hours, warnAt, breachAt) => {
  const times = slaTimes({ startedAt, withinSeconds: hours * hour, calendar: chicago })
  expect(times.warnAt).toBe(new Date(warnAt).toISOString())
  expect(times.breachAt).toBe(new Date(breachAt).toISOString())
})

test('a promise always warns before it breaks, and working hours never shorten it', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('2025-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }),
      fc.integer({ min: 1, max: 30 * 24 * hour }),
      (started, withinSeconds) => {
        const promise = { startedAt: started.toISOString(), withinSeconds }
        const plain = slaTimes(promise)
        const working = slaTimes({ ...promise, calendar: chicago })
        expect(working.warnAt <= working.breachAt).toBe(true)
        expect(working.breachAt >= plain.breachAt).toBe(true)
      },
    ),
  )
})

test('a calendar that makes no sense is refused', () => {
  for (const wrong of [
    { timeZone: 'Mars/Olympus' },
    { timeZone: 'UTC', hours: [{ from: '18:00', to: '08:00' }] },
    { timeZone: 'UTC', hours: [{ weekdays: [] }] },
    { timeZone: 'UTC', hours: [] },
    { timeZone: 'UTC', hours: [{ from: '8 o’clock' }] },
  ])
    expect(BusinessCalendar.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false)
})

const night = { from: '22:00', to: '06:30', timeZone: 'Europe/Berlin' }
const noon = { from: '12:00', to: '13:00', timeZone: 'Europe/Berlin' }

test.each([
  [
    'in the evening until the next morning',
    night,
    '2026-02-02T21:30:00Z',
    '2026-02-03T05:30:00.000Z',
  ],
  [
    'after midnight until the same morning',
    night,
    '2026-02-03T03:00:00Z',
    '2026-02-03T05:30:00.000Z',
  ],
  ['not at all by day', night, '2026-02-03T12:00:00Z', undefined],
  ['until the clocks have changed', night, '2026-03-28T22:00:00Z', '2026-03-29T04:30:00.000Z'],
  ['at noon', noon, '2026-02-03T11:15:00Z', '2026-02-03T12:00:00.000Z'],
  ['no longer from their last minute on', noon, '2026-02-03T12:00:00Z', undefined],
  [
    'never when they begin as they end',
    { ...noon, to: '12:00' },
    '2026-02-03T11:00:00Z',
    undefined,
  ],
])('quiet hours run %s', (_, quiet, now, until) => {
  expect(quietUntil(quiet, now)).toBe(until)
})
