import { addDays } from '../../canonical/calendar.ts'
import type { IsoDate } from '../../canonical/document.ts'

const startOf = (day: IsoDate) => Date.parse(`${day}T00:00:00.000Z`)

/** The day itself, or the next one after it that is the given weekday (0 is Sunday). */
export function nextWeekday(day: IsoDate, weekday: number): IsoDate {
  return addDays(day, (weekday - new Date(startOf(day)).getUTCDay() + 7) % 7)
}

/** The day itself, or the Monday after a weekend. */
export function workday(day: IsoDate): IsoDate {
  const weekday = new Date(startOf(day)).getUTCDay()
  return weekday === 0 || weekday === 6 ? nextWeekday(day, 1) : day
}

/** A moment of a day, so many minutes after midnight UTC. */
export function momentOf(day: IsoDate, minutes: number): string {
  return new Date(startOf(day) + minutes * 60_000).toISOString()
}

/** The first day of the month so many days before. */
export function monthStartBefore(day: IsoDate, days: number): IsoDate {
  return `${addDays(day, -days).slice(0, 7)}-01`
}

/** The earlier of two days. */
export function earlierOf(day: IsoDate, other: IsoDate): IsoDate {
  return [day, other].toSorted()[0] ?? day
}

/** The later of two days. */
export function laterOf(day: IsoDate, other: IsoDate): IsoDate {
  return [day, other].toSorted()[1] ?? day
}
