import type { IsoDate, IsoMoment } from '../../../backbone/canonical/document.ts'
import {
  dayAfter,
  weekdayOf,
  type ZoneClock,
  zoneClock,
} from '../../../backbone/canonical/zone-clock.ts'

/** A stretch of time a person means, and how they said it. */
export type Span = { readonly since: IsoMoment; readonly words: string }

type Clock = { readonly nowMs: number; readonly today: IsoDate; readonly zone: ZoneClock }

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const hourMs = 3_600_000
const unitMs: Readonly<Record<string, number>> = {
  minute: 60_000,
  min: 60_000,
  hour: hourMs,
  hr: hourMs,
  h: hourMs,
  day: 24 * hourMs,
  week: 168 * hourMs,
}

const momentOf = (clock: Clock, day: IsoDate, minutes = 0): IsoMoment =>
  new Date(clock.zone.momentMs(day, minutes)).toISOString()

function lastWeekday(clock: Clock, name: string): IsoDate {
  const back = (weekdayOf(clock.today) - (weekdays.indexOf(name) + 1) + 7) % 7
  return dayAfter(clock.today, -(back === 0 ? 7 : back))
}

/** The latest day with this month and day of month that is not after today. */
function pastDay(clock: Clock, month: number, day: number): IsoDate {
  const at = (year: number) =>
    `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  const year = Number(clock.today.slice(0, 4))
  return at(year) <= clock.today ? at(year) : at(year - 1)
}

type Wording = {
  readonly pattern: RegExp
  since(clock: Clock, found: RegExpExecArray): IsoMoment | undefined
}

const wordings: readonly Wording[] = [
  {
    pattern:
      /\b(?:in the |the )?(?:last|past|previous) (\d{1,3}) ?(minute|min|hour|hr|h|day|week)s?\b/,
    since: ({ nowMs }, [, count, unit = '']) =>
      new Date(nowMs - Number(count) * (unitMs[unit] ?? hourMs)).toISOString(),
  },
  {
    pattern: /\b(?:in the |the )?(?:last|past) (hour|day|week)\b/,
    since: ({ nowMs }, [, unit = '']) => new Date(nowMs - (unitMs[unit] ?? hourMs)).toISOString(),
  },
  {
    pattern: /\b(?:on |since |from |after )?(20\d\d-\d\d-\d\d)\b/,
    since: (clock, [, day = '']) =>
      Number.isNaN(Date.parse(`${day}T00:00:00Z`)) ? undefined : momentOf(clock, day),
  },
  {
    pattern:
      /\b(?:on |since |from |after )(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?: of)? (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b/,
    since: (clock, [, day, month = '']) =>
      momentOf(clock, pastDay(clock, months.indexOf(month) + 1, Number(day))),
  },
  {
    pattern:
      /\b(?:on |since |from |after )(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* (\d{1,2})(?:st|nd|rd|th)?\b/,
    since: (clock, [, month = '', day]) =>
      momentOf(clock, pastDay(clock, months.indexOf(month) + 1, Number(day))),
  },
  {
    pattern: /\b(?:since|after) (\d{1,2})(?::(\d\d))? ?(am|pm)?\b/,
    since: (clock, [, hour, minute = '0', half]) => {
      const hours = (Number(hour) % (half === undefined ? 24 : 12)) + (half === 'pm' ? 12 : 0)
      return momentOf(clock, clock.today, hours * 60 + Number(minute))
    },
  },
  {
    pattern: /\b(overnight|last night|since last night|during the night)\b/,
    since: (clock) => momentOf(clock, dayAfter(clock.today, -1), 18 * 60),
  },
  {
    pattern: /\b(since |from )?yesterday\b/,
    since: (clock) => momentOf(clock, dayAfter(clock.today, -1)),
  },
  {
    pattern: /\b(today|this morning|this afternoon|so far today|since midnight)\b/,
    since: (clock) => momentOf(clock, clock.today),
  },
  {
    pattern: /\b(?:since |on |last )(monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b/,
    since: (clock, [, name = '']) => momentOf(clock, lastWeekday(clock, name)),
  },
  {
    pattern: /\b(this week|over the weekend|the weekend)\b/,
    since: (clock, [words]) => {
      const monday = dayAfter(clock.today, 1 - weekdayOf(clock.today))
      return momentOf(clock, words.includes('weekend') ? dayAfter(monday, -2) : monday)
    },
  },
  {
    pattern: /\b(last week)\b/,
    since: (clock) => momentOf(clock, dayAfter(clock.today, -6 - weekdayOf(clock.today))),
  },
  {
    pattern: /\b(this month)\b/,
    since: (clock) => momentOf(clock, `${clock.today.slice(0, 7)}-01`),
  },
]

/** The stretch of time that words name, on the wall clock of the house; undefined where they name none. */
export function spanIn(
  words: string,
  { now, timeZone }: { readonly now: IsoMoment; readonly timeZone: string },
): Span | undefined {
  const zone = zoneClock(timeZone)
  const nowMs = Date.parse(now)
  const clock = { nowMs, zone, today: zone.read(nowMs).day }
  for (const { pattern, since } of wordings) {
    const found = pattern.exec(words)
    if (found === null) continue
    const moment = since(clock, found)
    if (moment !== undefined) return { since: moment, words: found[0].trim() }
  }
  return undefined
}
