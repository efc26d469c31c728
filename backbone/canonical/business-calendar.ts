import { z } from 'zod'
import { IsoDate, type IsoMoment } from './document.ts'
import { dayAfter, minutesOf, TimeOfDay, TimeZone, weekdayOf, zoneClock } from './zone-clock.ts'

const workingWeek = [1, 2, 3, 4, 5]

/** Hours that are the same on some days of the week; a lunch break is two of them. */
const OpeningHours = z
  .object({
    /** 1 for Monday to 7 for Sunday. */
    weekdays: z.array(z.int().min(1).max(7)).min(1).default(workingWeek),
    from: TimeOfDay.default('08:00'),
    to: TimeOfDay.default('18:00'),
  })
  .refine(({ from, to }) => minutesOf(from) < minutesOf(to), 'The day closes before it opens.')
type OpeningHours = z.infer<typeof OpeningHours>

/** When a business is open: the hours of its week in its own time zone, and the days it keeps free. */
export const BusinessCalendar = z.object({
  timeZone: TimeZone,
  hours: z
    .array(OpeningHours)
    .min(1)
    .default([OpeningHours.parse({})]),
  holidays: z.array(IsoDate).default([]),
})
export type BusinessCalendar = z.infer<typeof BusinessCalendar>

/** What can be asked of a business calendar. Moments are UTC; days are those of the calendar's own zone. */
export type BusinessTime = {
  /** The day it is there at a moment. */
  dayOf(moment: IsoMoment): IsoDate
  /** Whether the business opens at all on this day. */
  isBusinessDay(day: IsoDate): boolean
  /** The business day so many after a day (before it for a negative number); the day itself for 0. */
  addBusinessDays(day: IsoDate, days: number): IsoDate
  /** Business days after the first day up to and with the second: what `addBusinessDays` would add. Negative backwards. */
  businessDaysBetween(from: IsoDate, to: IsoDate): number
  isOpen(moment: IsoMoment): boolean
  /** The moment itself while open, else the next one at which the doors open. */
  nextOpening(moment: IsoMoment): IsoMoment
  /** The moment at which so much opening time has passed since another. */
  addBusinessTime(moment: IsoMoment, durationMs: number): IsoMoment
  /** Opening time between two moments; negative when the second comes first. */
  businessMsBetween(from: IsoMoment, to: IsoMoment): number
}

type Span = { readonly fromMs: number; readonly toMs: number }
type Minutes = { readonly from: number; readonly to: number }

/** The hours of each weekday in order, hours that touch or overlap made one. */
function hoursByWeekday(hours: readonly OpeningHours[]): ReadonlyMap<number, readonly Minutes[]> {
  const byWeekday = new Map<number, Minutes[]>()
  const inOrder = hours
    .map(({ weekdays, from, to }) => ({ weekdays, from: minutesOf(from), to: minutesOf(to) }))
    .sort((a, b) => a.from - b.from)
  for (const { weekdays, from, to } of inOrder)
    for (const weekday of new Set(weekdays)) {
      const sofar = byWeekday.get(weekday) ?? []
      const last = sofar.at(-1)
      const next =
        last !== undefined && from <= last.to
          ? [...sofar.slice(0, -1), { from: last.from, to: Math.max(last.to, to) }]
          : [...sofar, { from, to }]
      byWeekday.set(weekday, next)
    }
  return byWeekday
}

const mostDaysKept = 2_000
const iso = (momentMs: number): IsoMoment => new Date(momentMs).toISOString()

type Opening = {
  dayOf(moment: IsoMoment): IsoDate
  isBusinessDay(day: IsoDate): boolean
  /** The spans that end after a moment, in order, without end: holidays are finite and every week has opening hours. */
  spansSince(momentMs: number): Generator<Span, never>
}

function openingOf({ timeZone, hours, holidays }: BusinessCalendar): Opening {
  const clock = zoneClock(timeZone)
  const closedOn = new Set(holidays)
  const byWeekday = hoursByWeekday(hours)
  const known = new Map<IsoDate, readonly Span[]>()
  const hoursOf = (day: IsoDate) => (closedOn.has(day) ? [] : (byWeekday.get(weekdayOf(day)) ?? []))
  function spansOf(day: IsoDate): readonly Span[] {
    const before = known.get(day)
    if (before !== undefined) return before
    if (known.size >= mostDaysKept) known.clear()
    // Opening and closing are times on the wall: a day on which the clocks change is an hour longer or shorter.
    const spans = hoursOf(day).map(({ from, to }) => ({
      fromMs: clock.momentMs(day, from),
      toMs: clock.momentMs(day, to),
    }))
    known.set(day, spans)
    return spans
  }
  return {
    dayOf: (moment) => clock.read(Date.parse(moment)).day,
    isBusinessDay: (day) => hoursOf(day).length > 0,
    *spansSince(momentMs) {
      for (let day = clock.read(momentMs).day; ; day = dayAfter(day))
        for (const span of spansOf(day)) if (span.toMs > momentMs) yield span
    },
  }
}

function daysOf({ isBusinessDay }: Opening) {
  function countDays(after: IsoDate, upTo: IsoDate): number {
    let count = 0
    for (let day = dayAfter(after); day <= upTo; day = dayAfter(day))
      if (isBusinessDay(day)) count += 1
    return count
  }
  return {
    addBusinessDays(day: IsoDate, days: number): IsoDate {
      const step = days < 0 ? -1 : 1
      let at = day
      for (let left = Math.abs(days); left > 0; ) {
        at = dayAfter(at, step)
        if (isBusinessDay(at)) left -= 1
      }
      return at
    },
    businessDaysBetween: (from: IsoDate, to: IsoDate): number =>
      // Backwards the day that is reached counts and the day that is left does not, as in addBusinessDays.
      from <= to ? countDays(from, to) : 0 - countDays(dayAfter(to, -1), dayAfter(from, -1)),
  }
}

function openBusinessTime(calendar: BusinessCalendar): BusinessTime {
  const opening = openingOf(calendar)
  const { dayOf, isBusinessDay, spansSince } = opening
  const nextSpan = (momentMs: number): Span => spansSince(momentMs).next().value
  function openMs(fromMs: number, toMs: number): number {
    let sum = 0
    for (const span of spansSince(fromMs)) {
      if (span.fromMs >= toMs) break
      sum += Math.min(span.toMs, toMs) - Math.max(span.fromMs, fromMs)
    }
    return sum
  }
  return {
    dayOf,
    isBusinessDay,
    ...daysOf(opening),
    isOpen: (moment) => nextSpan(Date.parse(moment)).fromMs <= Date.parse(moment),
    nextOpening(moment) {
      const momentMs = Date.parse(moment)
      return iso(Math.max(momentMs, nextSpan(momentMs).fromMs))
    },
    addBusinessTime(moment, durationMs) {
      const startMs = Date.parse(moment)
      let restMs = durationMs
      for (const { fromMs, toMs } of spansSince(startMs)) {
        const beginsMs = Math.max(startMs, fromMs)
        if (restMs <= toMs - beginsMs) return iso(beginsMs + restMs)
        restMs -= toMs - beginsMs
      }
      return moment
    },
    businessMsBetween(from, to) {
      const [fromMs, toMs] = [Date.parse(from), Date.parse(to)]
      return fromMs <= toMs ? openMs(fromMs, toMs) : 0 - openMs(toMs, fromMs)
    },
  }
}

// A clock costs more to hang up than to read: one for each calendar, as long as the calendar is in use.
const opened = new WeakMap<BusinessCalendar, BusinessTime>()

/** Opens a business calendar for questions: business days, next opening, opening time between two moments. */
export function businessTime(calendar: BusinessCalendar): BusinessTime {
  const before = opened.get(calendar)
  if (before !== undefined) return before
  const time = openBusinessTime(calendar)
  opened.set(calendar, time)
  return time
}
