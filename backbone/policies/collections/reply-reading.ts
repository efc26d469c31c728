import { addDays } from '../../canonical/calendar.ts'
import type { IsoDate } from '../../canonical/document.ts'
import { type Currency, type MinorUnits, minorFromText } from '../../canonical/money.ts'
import { weekdayOf } from '../../canonical/zone-clock.ts'

const quoteBegins =
  /^(on .{5,120} wrote:|-{2,} ?original message ?-{2,}|from: .+|_{10,}|sent from my .+)$/i

// Control characters, zero-width and bidirectional marks: they hide words from people, not from machines.
const hidden = /[\p{Cc}\p{Cf}]/gu

/** The customer's own words: without what it quotes of ours, in one spelling of letters and spaces. */
export function ownWords(content: string): string {
  const lines = content.normalize('NFKC').split(/\r?\n/)
  const quoteAt = lines.findIndex((line, place) => place > 0 && quoteBegins.test(line.trim()))
  return lines
    .slice(0, quoteAt === -1 ? undefined : quoteAt)
    .filter((line) => !line.trimStart().startsWith('>'))
    .join(' ')
    .replaceAll(hidden, ' ')
    .replaceAll(/[’‘`]/g, "'")
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 8_000)
}

const monthNames = [
  'jan',
  'feb',
  'mar',
  'apr',
  'may',
  'jun',
  'jul',
  'aug',
  'sep',
  'oct',
  'nov',
  'dec',
]
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const counts = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
]

function dateOf(year: number, month: number, day: number): IsoDate | undefined {
  const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  const moment = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text) ? text : undefined
}

/** A day and month without a year are the next such day. */
function nextSuch(month: number, day: number, today: IsoDate): IsoDate | undefined {
  const year = Number(today.slice(0, 4))
  const thisYear = dateOf(year, month, day)
  return thisYear !== undefined && thisYear >= today ? thisYear : dateOf(year + 1, month, day)
}

const monthOf = (name: string): number => monthNames.indexOf(name.slice(0, 3)) + 1
const months =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?'
const monthFirst = new RegExp(`\\b(${months})\\.? (\\d{1,2})(?:st|nd|rd|th)?(?:,? (\\d{4}))?\\b`)
const dayFirst = new RegExp(
  `\\b(\\d{1,2})(?:st|nd|rd|th)?\\.?(?: of)? (${months})(?:,? (\\d{4}))?\\b`,
)

function namedDate(month: number, day: number, year: string | undefined, today: IsoDate) {
  return year === undefined ? nextSuch(month, day, today) : dateOf(Number(year), month, day)
}

function writtenDate(text: string, today: IsoDate): IsoDate | undefined {
  const iso = /\b(\d{4})-(\d{2})-(\d{2})\b/.exec(text)
  if (iso !== null) return dateOf(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const american = monthFirst.exec(text)
  if (american !== null)
    return namedDate(monthOf(american[1] ?? ''), Number(american[2]), american[3], today)
  const european = dayFirst.exec(text)
  if (european !== null)
    return namedDate(monthOf(european[2] ?? ''), Number(european[1]), european[3], today)
  return undefined
}

/** 11/30/2026 or 30.11.2026; what could be either (03/04) is none, unless dots or the order we are told decide. */
function numericDate(
  text: string,
  today: IsoDate,
  order: 'month-first' | 'day-first' | undefined,
): IsoDate | undefined {
  const found = /\b(\d{1,2})([/.])(\d{1,2})(?:\2(\d{4}|\d{2}))?\b/.exec(text)
  if (found === null) return undefined
  const [, first = '', separator, second = '', yearText] = found
  const [a, b] = [Number(first), Number(second)]
  // A dot without a year is an amount as often as a date.
  if (separator === '.' && yearText === undefined) return undefined
  const year = yearText?.length === 2 ? `20${yearText}` : yearText
  if (separator === '.' || a > 12) return namedDate(b, a, year, today)
  if (b > 12 || order === 'month-first' || a === b) return namedDate(a, b, year, today)
  return order === 'day-first' ? namedDate(b, a, year, today) : undefined
}

function endOfMonth(today: IsoDate): IsoDate {
  return new Date(Date.UTC(Number(today.slice(0, 4)), Number(today.slice(5, 7)), 0))
    .toISOString()
    .slice(0, 10)
}

function weekdayAfter(text: string, today: IsoDate): IsoDate | undefined {
  const named = new RegExp(`\\b(next )?(${weekdays.join('|')})\\b`).exec(text)
  if (named === null) return undefined
  const wanted = weekdays.indexOf(named[2] ?? '') + 1
  const ahead = (wanted - weekdayOf(today) + 7) % 7 || 7
  // "Next Friday" said before a Friday is the one of the week after.
  const isNextWeek = named[1] !== undefined && wanted > weekdayOf(today)
  return addDays(today, isNextWeek ? ahead + 7 : ahead)
}

function afterSpan(text: string, today: IsoDate): IsoDate | undefined {
  const span =
    /\b(?:in|within) (?:the next )?(\d{1,2}|[a-z]+) (business |working )?(day|week)s?\b/.exec(text)
  if (span === null || span[2] !== undefined) return undefined
  const [, word = '', , unit] = span
  const count = counts.includes(word) ? counts.indexOf(word) : Number(word)
  return Number.isInteger(count) ? addDays(today, unit === 'week' ? count * 7 : count) : undefined
}

function relativeDate(text: string, today: IsoDate): IsoDate | undefined {
  if (/\btomorrow\b/.test(text)) return addDays(today, 1)
  if (/\btoday\b/.test(text)) return today
  if (/\b(end of (the|this) month|month[- ]end)\b/.test(text)) return endOfMonth(today)
  const named = afterSpan(text, today) ?? weekdayAfter(text, today)
  if (named !== undefined) return named
  if (/\b(end of (the|this) week|this week)\b/.test(text))
    return addDays(today, 5 - Math.min(weekdayOf(today), 5))
  return undefined
}

/** The day a text speaks of, where it says one that cannot mean another; lower-case text. */
export function dayIn(
  text: string,
  today: IsoDate,
  order?: 'month-first' | 'day-first',
): IsoDate | undefined {
  return writtenDate(text, today) ?? numericDate(text, today, order) ?? relativeDate(text, today)
}

const symbols: Readonly<Record<string, string>> = { $: 'usd', '€': 'eur', '£': 'gbp' }

/** "5.000,00" and "5,000.00" alike as plain decimals; the last separator before two digits is the decimal one. */
function plainAmount(text: string): string | undefined {
  const decimals = /[.,](\d{1,2})$/.exec(text)?.[1]
  const whole = decimals === undefined ? text : text.slice(0, -(decimals.length + 1))
  const digits = whole.replaceAll(/[.,\s]/g, '')
  if (!/^\d{1,12}$/.test(digits)) return undefined
  return decimals === undefined ? digits : `${digits}.${decimals}`
}

const figure = '(\\d{1,3}(?:[.,]\\d{3})+(?:[.,]\\d{1,2})?|\\d{1,9}(?:[.,]\\d{1,2})?)'

/** The amount a text speaks of in a currency, where it names exactly one; lower-case text. */
export function amountIn(text: string, currency: Currency): MinorUnits | undefined {
  const code = currency.toLowerCase()
  const mark = Object.entries(symbols).find(([, known]) => known === code)?.[0]
  const marks = [code, ...(mark === undefined ? [] : [mark.replace('$', '\\$')])].join('|')
  const before = new RegExp(`(?:${marks}) ?${figure}(?![\\d%])`, 'g')
  const after = new RegExp(`\\b${figure} ?(?:${marks})(?![a-z])`, 'g')
  const found = [...text.matchAll(before), ...text.matchAll(after)].flatMap(
    (match) => plainAmount(match[1] ?? '') ?? [],
  )
  const amounts = new Set(found.map((amount) => minorFromText(amount, currency)))
  const [amount] = amounts
  return amounts.size === 1 ? amount : undefined
}
