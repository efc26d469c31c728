import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BusinessCalendar } from '../../canonical/business-calendar.ts'
import { forecastPromises } from './forecast.ts'
import { momentOfShare, movedByPause, promisedTimes, slaPolicy } from './sla-policy.ts'

const chicago = BusinessCalendar.parse({ timeZone: 'America/Chicago' })
const setting = (settings: object) => ({
  settings: slaPolicy.schema.parse(settings),
  calendar: () => chicago,
})

test('a promise that the policy does not set is the tenant’s plain one', () => {
  expect(promisedTimes('release', '2026-11-20T20:00:00Z', setting({}))).toBeUndefined()
})

test('a promise of four business hours made on Friday afternoon ends on Monday morning', () => {
  const promises = { release: { withinSeconds: 4 * 3_600 } }
  expect(promisedTimes('release', '2026-11-20T22:00:00Z', setting({ promises }))).toEqual({
    warnAt: '2026-11-23T14:48:00.000Z',
    breachAt: '2026-11-23T16:00:00.000Z',
  })
  const always = { release: { withinSeconds: 4 * 3_600, clock: 'always' } }
  const times = promisedTimes(
    'release',
    '2026-11-20T22:00:00Z',
    setting({ promises: always, warnShare: 0.5 }),
  )
  expect(times).toEqual({
    warnAt: '2026-11-21T00:00:00.000Z',
    breachAt: '2026-11-21T02:00:00.000Z',
  })
})

test('waiting for the customer moves the end by the time the clock would have run', () => {
  const pause = { startedAt: '2026-11-20T22:00:00Z', endedAt: '2026-11-23T15:00:00Z' }
  // Two hours of Friday and one of Monday.
  expect(movedByPause('2026-11-23T16:00:00Z', pause, chicago)).toBe('2026-11-23T19:00:00.000Z')
  expect(movedByPause('2026-11-23T16:00:00Z', pause, undefined)).toBe('2026-11-26T09:00:00.000Z')
  const overNight = { startedAt: '2026-11-21T02:00:00Z', endedAt: '2026-11-22T02:00:00Z' }
  expect(movedByPause('2026-11-23T16:00:00Z', overNight, chicago)).toBe('2026-11-23T16:00:00Z')
})

test('owner, lead and manager are told at 70, 100 and 150 % of the time', () => {
  const promise = { startedAt: '2026-11-20T10:00:00Z', breachAt: '2026-11-20T20:00:00Z' }
  const { ladder } = slaPolicy.schema.parse({})
  expect(ladder.map(({ role, atShare }) => [role, momentOfShare(atShare, promise)])).toEqual([
    ['owner', '2026-11-20T17:00:00.000Z'],
    ['lead', '2026-11-20T20:00:00.000Z'],
    ['manager', '2026-11-21T01:00:00.000Z'],
  ])
})

const promise = (subject: string, startedAt: string, breachAt: string) => ({
  subject,
  orderId: null,
  startedAt,
  breachAt,
})

test('a forecast says who will be late: queue position by the pace of the last hour', () => {
  const running = [
    promise('third', '2026-11-23T10:03:00Z', '2026-11-23T13:00:00Z'),
    promise('first', '2026-11-23T10:00:00Z', '2026-11-23T12:30:00Z'),
    promise('second', '2026-11-23T10:01:00Z', '2026-11-23T12:30:00Z'),
  ]
  const forecast = forecastPromises(running, { now: '2026-11-23T12:00:00Z', servedPerHour: 2 })
  expect(
    forecast.promises.map(({ subject, expectedAt, isExpectedLate }) => [
      subject,
      expectedAt,
      isExpectedLate,
    ]),
  ).toEqual([
    ['first', '2026-11-23T12:30:00.000Z', false],
    ['second', '2026-11-23T13:00:00.000Z', true],
    ['third', '2026-11-23T13:30:00.000Z', true],
  ])
  expect(forecast).toMatchObject({ running: 3, expectedLate: 2, expectedKeptShare: 0.3333 })
})

test('where nothing moves everything that runs will be late, and where nothing runs there is no share', () => {
  const running = [promise('first', '2026-11-23T10:00:00Z', '2026-11-23T12:30:00Z')]
  const still = forecastPromises(running, { now: '2026-11-23T12:00:00Z', servedPerHour: 0 })
  expect(still.promises[0]).toMatchObject({ expectedAt: null, isExpectedLate: true })
  const idle = forecastPromises([], { now: '2026-11-23T12:00:00Z', servedPerHour: 2 })
  expect(idle.expectedKeptShare).toBeNull()
})

test('a faster pace never makes more promises late', () => {
  const moment = fc
    .integer({ min: 0, max: 10 * 24 * 60 })
    .map((minutes) => new Date(Date.UTC(2026, 10, 20) + minutes * 60_000).toISOString())
  fc.assert(
    fc.property(
      fc.array(fc.tuple(moment, moment), { maxLength: 30 }),
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 0, max: 50 }),
      (pairs, servedPerHour, more) => {
        const running = pairs.map(([a, b], index) => promise(String(index), a, b))
        const late = (rate: number) =>
          forecastPromises(running, {
            now: '2026-11-23T12:00:00Z',
            servedPerHour: rate,
            calendar: chicago,
          }).expectedLate
        expect(late(servedPerHour + more)).toBeLessThanOrEqual(late(servedPerHour))
      },
    ),
  )
})

test('a queue of fifty thousand at a slow pace is forecast within moments', () => {
  const running = Array.from({ length: 50_000 }, (_, index) =>
    promise(String(index), '2026-11-20T10:00:00Z', '2026-11-23T20:00:00Z'),
  )
  const startedMs = performance.now()
  const pace = { now: '2026-11-23T12:00:00Z', servedPerHour: 3, calendar: chicago }
  const { promises } = forecastPromises(running, pace)
  expect(performance.now() - startedMs).toBeLessThan(10_000)
  // Three an hour, ten hours a day, from Monday's opening on: the thirtieth is the last of the day.
  expect(promises[29]?.expectedAt).toBe('2026-11-24T00:00:00.000Z')
  expect(promises[30]?.expectedAt).toBe('2026-11-24T14:20:00.000Z')
})
