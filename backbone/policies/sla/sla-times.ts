import { type BusinessCalendar, businessTime } from '../../canonical/business-calendar.ts'
import type { IsoMoment } from '../../canonical/document.ts'

/** When to warn and when the promise is broken. */
export type SlaTimes = { readonly warnAt: IsoMoment; readonly breachAt: IsoMoment }

/** The times of a promise made at a moment: a warning at 70 % of its time (domain rules 3.8), and its end. */
export function slaTimes(promise: {
  readonly startedAt: IsoMoment
  readonly withinSeconds: number
  /** Round the clock unless given. */
  readonly calendar?: BusinessCalendar | undefined
  readonly warnShare?: number
}): SlaTimes {
  const { startedAt, calendar, warnShare = 0.7 } = promise
  const after = (durationMs: number): IsoMoment =>
    calendar === undefined
      ? new Date(Date.parse(startedAt) + durationMs).toISOString()
      : businessTime(calendar).addBusinessTime(startedAt, durationMs)
  const withinMs = promise.withinSeconds * 1_000
  return { warnAt: after(withinMs * warnShare), breachAt: after(withinMs) }
}
