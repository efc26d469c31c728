import { z } from 'zod'
import { IsoDate, type IsoMoment } from '../canonical/document.ts'
import { dayAfter, minutesOf, TimeOfDay, TimeZone, weekdayOf, zoneClock } from './zone-clock.ts'

/** When a promise in time counts: the hours of working days; outside of them the clock rests. */
export const BusinessCalendar = z
  .object({
    timeZone: TimeZone,
    /** 1 for Monday to 7 for Sunday. */
    weekdays: z.array(z.int().min(1).max(7)).min(1).default([1, 2, 3, 4, 5]),
    from: TimeOfDay.default('08:00'),
    to: TimeOfDay.default('17:00'),
    holidays: z.array(IsoDate).default([]),
  })
  .refine(
    ({ from, to }) => minutesOf(from) < minutesOf(to),
    'The working day ends before it begins.',
  )
export type BusinessCalendar = z.infer<typeof BusinessCalendar>

/** When to warn and when the promise is broken. */
export type SlaTimes = { readonly warnAt: IsoMoment; readonly breachAt: IsoMoment }

// Domain rules 3.8: warn at 70 % of the time used.
const warnShare = 0.7
const longestDays = 3_660

function afterWorking(startMs: number, durationMs: number, calendar: BusinessCalendar): number {
  const clock = zoneClock(calendar.timeZone)
  const holidays = new Set(calendar.holidays)
  let day = clock.read(startMs).day
  let restMs = durationMs
  for (let days = 0; days < longestDays; days += 1, day = dayAfter(day)) {
    if (!calendar.weekdays.includes(weekdayOf(day)) || holidays.has(day)) continue
    const closesMs = clock.momentMs(day, minutesOf(calendar.to))
    const beginsMs = Math.max(startMs, clock.momentMs(day, minutesOf(calendar.from)))
    const openMs = Math.max(closesMs - beginsMs, 0)
    if (openMs > 0 && restMs <= openMs) return beginsMs + restMs
    restMs -= openMs
  }
  return startMs + durationMs
}

/** The times of a promise made at a moment: a warning at 70 % of its time, and its end. */
export function slaTimes(promise: {
  readonly startedAt: IsoMoment
  readonly withinSeconds: number
  readonly calendar?: BusinessCalendar | undefined
}): SlaTimes {
  const startMs = Date.parse(promise.startedAt)
  const { calendar } = promise
  const after = (durationMs: number): IsoMoment =>
    new Date(
      calendar === undefined ? startMs + durationMs : afterWorking(startMs, durationMs, calendar),
    ).toISOString()
  const withinMs = promise.withinSeconds * 1_000
  return { warnAt: after(withinMs * warnShare), breachAt: after(withinMs) }
}
