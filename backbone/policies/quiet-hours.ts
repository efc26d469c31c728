import { z } from 'zod'
import type { IsoMoment } from '../canonical/document.ts'
import { dayAfter, minutesOf, TimeOfDay, TimeZone, zoneClock } from '../canonical/zone-clock.ts'

/** The hours in which people are not woken for what can wait; from 22:00 to 06:00 is one night. */
export const QuietHours = z.object({ from: TimeOfDay, to: TimeOfDay, timeZone: TimeZone })
export type QuietHours = z.infer<typeof QuietHours>

/** The end of the quiet hours that run at a moment; nothing when none do. */
export function quietUntil(quiet: QuietHours, now: IsoMoment): IsoMoment | undefined {
  const clock = zoneClock(quiet.timeZone)
  const { day, minutes } = clock.read(Date.parse(now))
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)]
  const isOverNight = from > to
  const isSinceEvening = minutes >= from && (isOverNight || minutes < to)
  const isUntilMorning = isOverNight && minutes < to
  if (!isSinceEvening && !isUntilMorning) return undefined
  const endDay = isOverNight && isSinceEvening ? dayAfter(day) : day
  return new Date(clock.momentMs(endDay, to)).toISOString()
}
