import { z } from 'zod'
import type { IsoDate } from './document.ts'

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** A time zone by its IANA name. */
export const TimeZone = z.string().refine(isTimeZone, 'A time zone such as America/Chicago.')
export type TimeZone = z.infer<typeof TimeZone>

/** A time of day as people write it, 00:00 to 24:00. */
export const TimeOfDay = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'A time of day such as 08:30.')
export type TimeOfDay = z.infer<typeof TimeOfDay>

/** Minutes since midnight. */
export function minutesOf(time: TimeOfDay): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

/** The day a number of days later. */
export function dayAfter(day: IsoDate, days = 1): IsoDate {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** 1 for Monday to 7 for Sunday. */
export function weekdayOf(day: IsoDate): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7
}

/** The clock on the wall in one time zone. */
export type ZoneClock = {
  read(momentMs: number): { readonly day: IsoDate; readonly minutes: number }
  /**
   * The moment the clock shows this time on this day: the first of the two where the clocks go back over it,
   * the hour after it where summer time skips it.
   */
  momentMs(day: IsoDate, minutes: number): number
}

const dayMs = 86_400_000
const quarterMs = 900_000

// Clocks are put on or back at a quarter of an hour; before, some zones went by seconds of their own.
const inQuartersSinceMs = Date.UTC(1980, 0)
const mostQuarters = 10_000

// A clock takes long to make and never changes; there are a few hundred zones.
const hung = new Map<TimeZone, ZoneClock>()

/** The clock of a time zone. */
export function zoneClock(timeZone: TimeZone): ZoneClock {
  const clock = hung.get(timeZone) ?? hangUp(timeZone)
  hung.set(timeZone, clock)
  return clock
}

function hangUp(timeZone: TimeZone): ZoneClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const asIfUtcMs = (momentMs: number): number => {
    const part = new Map(
      format.formatToParts(momentMs).map(({ type, value }) => [type, Number(value)]),
    )
    const place = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? 0
    return Date.UTC(
      place('year'),
      place('month') - 1,
      place('day'),
      place('hour'),
      place('minute'),
      place('second'),
    )
  }
  const workedOutMs = (momentMs: number) =>
    asIfUtcMs(momentMs) - Math.floor(momentMs / 1_000) * 1_000
  const offsets = new Map<number, number>()
  const offsetMs = (momentMs: number): number => {
    if (momentMs < inQuartersSinceMs) return workedOutMs(momentMs)
    const quarter = Math.floor(momentMs / quarterMs)
    const known = offsets.get(quarter)
    if (known !== undefined) return known
    if (offsets.size >= mostQuarters) offsets.clear()
    const offset = workedOutMs(momentMs)
    offsets.set(quarter, offset)
    return offset
  }
  return {
    read(momentMs) {
      const shown = new Date(momentMs + offsetMs(momentMs))
      return {
        day: shown.toISOString().slice(0, 10),
        minutes: shown.getUTCHours() * 60 + shown.getUTCMinutes(),
      }
    },
    momentMs(day, minutes) {
      const shownMs = Date.parse(`${day}T00:00:00Z`) + minutes * 60_000
      // Around a change of the clocks two offsets may hold; a time shown under neither was skipped.
      const before = offsetMs(shownMs - dayMs)
      const after = offsetMs(shownMs + dayMs)
      if (before === after) return shownMs - before
      const shown = [before, after].filter((offset) => offsetMs(shownMs - offset) === offset)
      return shownMs - (shown.length === 0 ? before : Math.max(...shown))
    },
  }
}
