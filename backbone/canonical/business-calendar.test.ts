import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BusinessCalendar, businessTime } from './business-calendar.ts'
import { zoneClock } from './zone-clock.ts'

const hourMs = 3_600_000
const chicago = BusinessCalendar.parse({
  timeZone: 'America/Chicago',
  holidays: ['2026-11-26', '2026-12-25'],
})
const roundTheClock = (timeZone: string) =>
  BusinessCalendar.parse({
    timeZone,
    hours: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
  })
const berlinWithLunch = BusinessCalendar.parse({
  timeZone: 'Europe/Berlin',
  hours: [
    { from: '08:00', to: '12:00' },
    { from: '13:00', to: '17:00' },
    { weekdays: [6], from: '09:00', to: '12:00' },
  ],
})

test('a business is open Monday to Friday from 8 to 18 o’clock unless it says otherwise', () => {
  const time = businessTime(BusinessCalendar.parse({ timeZone: 'America/Chicago' }))
  expect(time.isOpen('2026-11-23T14:00:00Z')).toBe(true)
  expect(time.isOpen('2026-11-23T13:59:59Z')).toBe(false)
  expect(time.isOpen('2026-11-24T00:00:00Z')).toBe(false)
  expect(time.isOpen('2026-11-22T16:00:00Z')).toBe(false)
})

test.each([
  ['2026-11-25', 1, '2026-11-27'],
  ['2026-11-27', 1, '2026-11-30'],
  ['2026-11-28', 1, '2026-11-30'],
  ['2026-11-28', 0, '2026-11-28'],
  ['2026-11-30', -1, '2026-11-27'],
  ['2026-11-27', -1, '2026-11-25'],
  ['2026-12-24', 2, '2026-12-29'],
])('from %s on, %i business days lead to %s', (day, days, expected) => {
  expect(businessTime(chicago).addBusinessDays(day, days)).toBe(expected)
})

test('business days between two days leave out weekends and holidays', () => {
  const { businessDaysBetween } = businessTime(chicago)
  expect(businessDaysBetween('2026-11-23', '2026-11-30')).toBe(4)
  expect(businessDaysBetween('2026-11-30', '2026-11-23')).toBe(-4)
  expect(businessDaysBetween('2026-11-28', '2026-11-29')).toBe(0)
  expect(businessDaysBetween('2026-11-23', '2026-11-23')).toBe(0)
})

test('none is plain zero, also backwards', () => {
  const { businessDaysBetween, businessMsBetween } = businessTime(chicago)
  expect(businessDaysBetween('2026-11-29', '2026-11-28')).toBe(0)
  expect(businessMsBetween('2026-11-29T12:00:00Z', '2026-11-28T12:00:00Z')).toBe(0)
})

test('the next opening after Thanksgiving eve is Friday morning, over a weekend it is Monday', () => {
  const { nextOpening } = businessTime(chicago)
  expect(nextOpening('2026-11-26T01:00:00Z')).toBe('2026-11-27T14:00:00.000Z')
  expect(nextOpening('2026-11-28T01:00:00Z')).toBe('2026-11-30T14:00:00.000Z')
  expect(nextOpening('2026-11-30T15:30:00Z')).toBe('2026-11-30T15:30:00.000Z')
})

test('lunch does not count, and Saturday only until noon', () => {
  const time = businessTime(berlinWithLunch)
  expect(time.isOpen('2026-02-02T11:30:00Z')).toBe(false)
  expect(time.businessMsBetween('2026-02-02T00:00:00Z', '2026-02-03T00:00:00Z')).toBe(8 * hourMs)
  expect(time.businessMsBetween('2026-02-07T00:00:00Z', '2026-02-09T00:00:00Z')).toBe(3 * hourMs)
  expect(time.addBusinessTime('2026-02-02T10:30:00Z', hourMs)).toBe('2026-02-02T12:30:00.000Z')
})

test.each([
  // The opening moves against UTC by an hour over the night of the change.
  ['America/Chicago', '2026-03-06', '2026-03-06T14:00:00.000Z'],
  ['America/Chicago', '2026-03-09', '2026-03-09T13:00:00.000Z'],
  ['America/Chicago', '2026-10-30', '2026-10-30T13:00:00.000Z'],
  ['America/Chicago', '2026-11-02', '2026-11-02T14:00:00.000Z'],
  ['Europe/Berlin', '2026-03-27', '2026-03-27T07:00:00.000Z'],
  ['Europe/Berlin', '2026-03-30', '2026-03-30T06:00:00.000Z'],
  ['Europe/Berlin', '2026-10-23', '2026-10-23T06:00:00.000Z'],
  ['Europe/Berlin', '2026-10-26', '2026-10-26T07:00:00.000Z'],
])('in %s the doors open on %s at %s', (timeZone, day, opening) => {
  const { nextOpening } = businessTime(BusinessCalendar.parse({ timeZone }))
  expect(nextOpening(`${day}T05:00:00Z`)).toBe(opening)
})

test.each([
  ['America/Chicago', '2026-03-08', 23],
  ['America/Chicago', '2026-11-01', 25],
  ['Europe/Berlin', '2026-03-29', 23],
  ['Europe/Berlin', '2026-10-25', 25],
  ['Europe/Berlin', '2026-10-26', 24],
])('in %s, %s has %i hours for those who never close', (timeZone, day, hours) => {
  const clock = zoneClock(timeZone)
  const [from, to] = [clock.momentMs(day, 0), clock.momentMs(day, 24 * 60)]
  const between = businessTime(roundTheClock(timeZone)).businessMsBetween(
    new Date(from).toISOString(),
    new Date(to).toISOString(),
  )
  expect(between).toBe(hours * hourMs)
})

test('a time the clocks show twice is the first of the two, one they skip is an hour later', () => {
  const at = (timeZone: string, day: string, minutes: number) =>
    new Date(zoneClock(timeZone).momentMs(day, minutes)).toISOString()
  expect(at('America/Chicago', '2026-11-01', 90)).toBe('2026-11-01T06:30:00.000Z')
  expect(at('Europe/Berlin', '2026-10-25', 150)).toBe('2026-10-25T00:30:00.000Z')
  expect(at('America/Chicago', '2026-03-08', 150)).toBe('2026-03-08T08:30:00.000Z')
  expect(at('Europe/Berlin', '2026-03-29', 150)).toBe('2026-03-29T01:30:00.000Z')
})

const anyMoment = fc
  .date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString())
const anyDay = anyMoment.map((moment) => moment.slice(0, 10))
const anyCalendar = fc
  .record({
    timeZone: fc.constantFrom('America/Chicago', 'Europe/Berlin', 'Asia/Kolkata', 'UTC'),
    hours: fc.array(
      fc
        .record({
          weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
          from: fc.integer({ min: 0, max: 22 }),
          length: fc.integer({ min: 1, max: 24 }),
        })
        .map(({ weekdays, from, length }) => ({
          weekdays,
          from: `${String(from).padStart(2, '0')}:00`,
          to: `${String(Math.min(from + length, 24)).padStart(2, '0')}:00`,
        })),
      { minLength: 1, maxLength: 4 },
    ),
    holidays: fc.array(anyDay, { maxLength: 5 }),
  })
  .map((calendar) => BusinessCalendar.parse(calendar))

test('opening time that is added is always found again between the two moments', () => {
  fc.assert(
    fc.property(
      anyCalendar,
      anyMoment,
      fc.integer({ min: 0, max: 60 * hourMs }),
      (calendar, start, durationMs) => {
        const time = businessTime(calendar)
        const end = time.addBusinessTime(start, durationMs)
        expect(end >= start).toBe(true)
        expect(time.businessMsBetween(start, end)).toBe(durationMs)
        expect(time.businessMsBetween(end, start)).toBe(0 - durationMs)
      },
    ),
  )
})

test('opening time adds up over any moment between, and never exceeds the time that passed', () => {
  fc.assert(
    fc.property(
      anyCalendar,
      fc.tuple(anyMoment, fc.nat(20 * 24), fc.nat(20 * 24)),
      (calendar, [a, hoursToB, hoursToC]) => {
        const later = (from: string, hours: number) =>
          new Date(Date.parse(from) + hours * hourMs).toISOString()
        const b = later(a, hoursToB)
        const c = later(b, hoursToC)
        const { businessMsBetween } = businessTime(calendar)
        expect(businessMsBetween(a, b) + businessMsBetween(b, c)).toBe(businessMsBetween(a, c))
        expect(businessMsBetween(a, c)).toBeLessThanOrEqual((hoursToB + hoursToC) * hourMs)
      },
    ),
  )
})

test('business days that are added are always found again, and end on a business day', () => {
  fc.assert(
    fc.property(anyCalendar, anyDay, fc.integer({ min: -40, max: 40 }), (calendar, day, days) => {
      const time = businessTime(calendar)
      const end = time.addBusinessDays(day, days)
      expect(time.businessDaysBetween(day, end)).toBe(days)
      if (days !== 0) expect(time.isBusinessDay(end)).toBe(true)
    }),
  )
})

test('the next opening is open, and nothing is open before it', () => {
  fc.assert(
    fc.property(anyCalendar, anyMoment, (calendar, moment) => {
      const time = businessTime(calendar)
      const opening = time.nextOpening(moment)
      expect(time.isOpen(opening)).toBe(true)
      expect(time.businessMsBetween(moment, opening)).toBe(0)
    }),
  )
})
