import { type BusinessCalendar, businessTime } from '../../canonical/business-calendar.ts'
import type { IsoMoment } from '../../canonical/document.ts'

/** A promise whose clock runs. */
export type RunningPromise = {
  readonly subject: string
  readonly orderId: string | null
  readonly startedAt: IsoMoment
  readonly breachAt: IsoMoment
}

/** When a promise will be kept, at the pace of now. */
type PromiseForecast = RunningPromise & {
  /** 1 for the one whose turn is next. */
  readonly position: number
  /** Null when nothing moves at all. */
  readonly expectedAt: IsoMoment | null
  readonly isExpectedLate: boolean
}

/** What is to be expected of all promises of one target. */
export type SlaForecast = {
  readonly running: number
  /** Promises kept or fallen away in an hour, lately. */
  readonly servedPerHour: number
  readonly expectedLate: number
  /** Share of those running that is expected in time; null when none runs. */
  readonly expectedKeptShare: number | null
  readonly promises: readonly PromiseForecast[]
}

/**
 * Says which running promises will be broken: each waits for those before it in the queue, at the pace at which they were
 * served lately (domain rules 3.8: queue position × service rate). With a calendar the pace is that of opening hours.
 */
export function forecastPromises(
  running: readonly RunningPromise[],
  pace: {
    readonly now: IsoMoment
    readonly servedPerHour: number
    readonly calendar?: BusinessCalendar | undefined
  },
): SlaForecast {
  const { now, servedPerHour, calendar } = pace
  const time = calendar === undefined ? undefined : businessTime(calendar)
  const waitMs = (position: number) => Math.round((position / servedPerHour) * 3_600_000)
  // One after the other: from the turn before, not from now, or a long queue would walk the same days again and again.
  let before = now
  const turnOf = (position: number): IsoMoment | null => {
    if (servedPerHour <= 0) return null
    const stepMs = waitMs(position) - waitMs(position - 1)
    before =
      time === undefined
        ? new Date(Date.parse(before) + stepMs).toISOString()
        : time.addBusinessTime(before, stepMs)
    return before
  }
  const promises = running
    .toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
    .map((promise, index) => {
      const expectedAt = turnOf(index + 1)
      const isExpectedLate =
        expectedAt === null || Date.parse(expectedAt) > Date.parse(promise.breachAt)
      return { ...promise, position: index + 1, expectedAt, isExpectedLate }
    })
  const expectedLate = promises.filter((promise) => promise.isExpectedLate).length
  return {
    running: promises.length,
    servedPerHour,
    expectedLate,
    expectedKeptShare:
      promises.length === 0
        ? null
        : Math.round((1 - expectedLate / promises.length) * 10_000) / 10_000,
    promises,
  }
}
