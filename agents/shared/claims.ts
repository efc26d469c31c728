import type { IsoMoment } from '../../backbone/canonical/document.ts'
import { zoneClock } from '../../backbone/canonical/zone-clock.ts'

/** What may be said: the answers of tools, the person's words, and texts of our own templates. */
export type ClaimsEvidence = {
  readonly answers: readonly Readonly<Record<string, unknown>>[]
  readonly texts: readonly string[]
  readonly timeZone: string
}

/** A claim of a text that nothing supports. */
export type UnsupportedClaim = {
  readonly kind: 'number' | 'date' | 'id' | 'money' | 'address' | 'link' | 'deed' | 'hidden'
  readonly quote: string
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const numberWords = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ')

// Whole records are read for their amounts as people write them; counts of cents would support any figure.
const notForPeople = /(_minor|^version|_version|^rank|^limit|cursor|effect_hash|^score)$/

// What others write may be quoted; it supports nothing, or a text from outside would be its own evidence.
const fromOutside = /^(untrusted_text|description|purchase_order_number|payment_number|\w*name)$/

const isProse = (value: unknown): value is string =>
  typeof value === 'string' && /\S\s+\S/.test(value)

/** Texts of somebody outside in what tools answered. */
function outsideTextsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(outsideTextsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    fromOutside.test(name) && isProse(inner) ? [inner] : outsideTextsIn(inner),
  )
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    notForPeople.test(name) || (fromOutside.test(name) && isProse(inner)) ? [] : textsIn(inner),
  )
}

const patterns = {
  address: /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu,
  link: /\b(?:[a-z][a-z0-9+.-]*:\/\/|www\.)[^\s)>\]]+|\b[\p{L}\p{N}-]+\.(?:com|net|org|io|eu|de|co|us|biz|info|example|link|app|me)\b(?:\/[^\s)>\]]*)?/giu,
  moment: /\b\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?/gu,
  day: /\b(?:(\d{1,2})(?:st|nd|rd|th)?(?: of)? (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?)(?:,? (\d{4}))?\b/giu,
  otherDay: /\b\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})\b/gu,
  time: /\b\d{1,2}:\d{2}(?::\d{2})?\b/gu,
  // A letter and a digit with at least one of them more, or parts joined by dashes and underscores.
  id: /\b[a-z]{3}_[0-9a-z]{6,}\b|(?<![\p{L}\p{N}_#-])#?(?=[\p{L}\p{N}_/-]*\p{N})(?=[\p{L}\p{N}_/-]*\p{L})[\p{L}\p{N}][\p{L}\p{N}_-]*(?:[_/-][\p{L}\p{N}]+)*/gu,
  number: /\p{N}[\p{N}.,']*/gu,
}

/** A number as it is compared: without the marks of thousands, without empty decimals. */
function plainNumber(text: string): string {
  const bare = text.replace(/[.,']+$/, '').replaceAll(/[,'](?=\d{3}(?!\d))/g, '')
  const [whole = '', decimals = ''] = bare.split('.')
  const kept = decimals.replace(/0+$/, '')
  const start = whole.replace(/^0+(?=\d)/, '')
  return kept === '' ? start : `${start}.${kept}`
}

const dayKey = (month: number, day: number): string =>
  `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`

type Supported = {
  /** Addresses and links that are a whole fact of a record, not a word of its prose. */
  places(): ReadonlySet<string>
  words(): ReadonlySet<string>
  numbers(): ReadonlySet<string>
  clock(): { readonly days: ReadonlySet<string>; readonly times: ReadonlySet<string> }
  /** All of it in small letters. */
  all(): string
}

/** Worked out when it is first asked for: most answers claim few sorts of things. */
function once<Value>(work: () => Value): () => Value {
  let known: { readonly value: Value } | undefined
  return () => {
    known ??= { value: work() }
    return known.value
  }
}

const found = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([whole]) => whole)

function clockTexts(moment: IsoMoment, timeZone: string): { days: string[]; times: string[] } {
  const atMs = Date.parse(moment)
  if (Number.isNaN(atMs)) return { days: [], times: [] }
  const { day, minutes } = zoneClock(timeZone).read(atMs)
  const local = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
  return {
    days: [day, moment.slice(0, 10)],
    times: [local, moment.slice(11, 16)],
  }
}

function dayNames(text: string): { key: string; year: string | undefined; quote: string }[] {
  return [...text.matchAll(patterns.day)].map(([quote, d1, m1, m2, d2, year]) => ({
    quote,
    year,
    key: dayKey(months.indexOf((m1 ?? m2 ?? '').slice(0, 3).toLowerCase()) + 1, Number(d1 ?? d2)),
  }))
}

const longestName = 60
const longQuote = /["“][^"”\n]{25,}["”]/g

/** A text without the quotes in it: a name may stand by itself, everything else of others in quotation marks. */
function withoutQuotes(text: string, outside: readonly string[]): string {
  return outside.reduce((rest, quote) => {
    const isName = quote.length <= longestName && quote.search(patterns.address) === -1
    const forms = isName ? [quote] : [`"${quote}"`, `“${quote}”`]
    return forms.reduce((left, form) => left.replaceAll(form, ' '), rest)
  }, text)
}

const place = /^(?:[^<>]{0,200}<)?([^\s<>]+@[^\s<>]+|[a-z]+:\/\/[^\s<>]+)>?$/i

function placesIn(texts: readonly string[]): Set<string> {
  return new Set(
    texts.flatMap((text) => {
      const found = place.exec(text.trim())?.[1]
      return found === undefined ? [] : [found.toLowerCase()]
    }),
  )
}

function supportOf(
  { answers, texts, timeZone }: ClaimsEvidence,
  outside: readonly string[],
): Supported {
  const facts = once(() => answers.flatMap(textsIn))
  // Our own sentences quote others as they wrote.
  const text = once(() =>
    [...facts(), ...texts]
      .map((one) =>
        outside
          .reduce((rest, quote) => rest.replaceAll(quote, ' '), one)
          .replaceAll(longQuote, ' '),
      )
      .join('\n'),
  )
  const rest = once(() => text().replaceAll(patterns.moment, ' '))
  return {
    places: once(() => placesIn(facts())),
    all: once(() => text().toLowerCase()),
    words: once(
      () => new Set(found(text(), patterns.id).map((id) => id.toLowerCase().replace(/^#/, ''))),
    ),
    numbers: once(() => new Set(found(rest(), patterns.number).map(plainNumber))),
    clock: once(() => clockOf(text(), rest(), timeZone)),
  }
}

/** Days and times of day that a text names; `rest` is what it says beside whole moments. */
function clockOf(text: string, rest: string, timeZone: string): ReturnType<Supported['clock']> {
  const clocks = [...new Set(found(text, patterns.moment))].map((moment) =>
    moment.length > 10 ? clockTexts(moment, timeZone) : { days: [moment], times: [] },
  )
  const days = clocks.flatMap((clock) => clock.days)
  const named = dayNames(rest)
  return {
    days: new Set([
      ...days,
      ...days.map((day) => day.slice(5)),
      ...named.map(({ key }) => key),
      ...named.flatMap(({ key, year }) => (year === undefined ? [] : [`${year}-${key}`])),
    ]),
    times: new Set([...clocks.flatMap((clock) => clock.times), ...found(rest, patterns.time)]),
  }
}

// Nothing an agent says has happened has happened by its word.
const deeds =
  /\b(?:i|we|i've|we've|quittance)(?:'ve| have| had)?(?: now| just| already| successfully)* (?:approved|authori[sz]ed|released|cancell?ed|repriced|substituted|swapped|retried|replayed|resent|refunded|executed|e?-?mailed|sent|paid|changed|updated|deleted|lifted)\b|\b(?:has|have) (?:now |just |already )?been (?:approved|authori[sz]ed|executed|refunded)\b|\b(?:is|are) (?:now |already )?(?:approved|pre-?approved|auto-?approved)\b|\bno (?:further )?approval (?:is )?(?:needed|required|necessary)\b|\bapproval (?:is )?(?:granted|given|not (?:needed|required))\b/giu

// What was done to a record may be told where a record says so.
const doneDeeds =
  /\b(?:is|are|was|were|been|got) (?:now |just |already |all )*(released|cancell?ed|repriced|refunded|e-?mailed|forwarded|sent|transferred|deleted)\b/giu

function deedClaims(text: string, { all }: Supported): UnsupportedClaim[] {
  const done = [...text.matchAll(doneDeeds)].flatMap(([quote, deed = '']) =>
    all().includes(deed.toLowerCase()) ? [] : [quote],
  )
  return [...found(text, deeds), ...done].map((quote) => ({ kind: 'deed', quote }))
}

const currencySigns: Readonly<Record<string, string>> = {
  $: 'usd',
  '€': 'eur',
  '£': 'gbp',
  '¥': 'jpy',
}

function moneyClaims(text: string, { all }: Supported): UnsupportedClaim[] {
  const signs = [...new Set(found(text, /\p{Sc}/gu))].filter(
    (sign) => !all().includes(sign) && !all().includes(currencySigns[sign] ?? sign),
  )
  const codes = found(
    text,
    /\b(?:USD|EUR|GBP|CAD|CHF|JPY|AUD|MXN|SEK|NOK|DKK|PLN|CNY|INR)\b/gu,
  ).filter((code) => !all().includes(code.toLowerCase()))
  return [...signs, ...new Set(codes)].map((quote) => ({ kind: 'money' as const, quote }))
}

type Taken = { readonly claims: UnsupportedClaim[]; readonly rest: string }

/** Takes out what a pattern finds; what is not supported is a claim. */
function take(
  rest: string,
  pattern: RegExp,
  kind: UnsupportedClaim['kind'],
  isSupported: (quote: string) => boolean,
): Taken {
  const claims = [...new Set(found(rest, pattern))]
    .filter((quote) => !isSupported(quote))
    .map((quote) => ({ kind, quote }))
  return { claims, rest: rest.replaceAll(pattern, ' ') }
}

function dateClaims(text: string, supported: Supported): Taken {
  const moments = take(text, patterns.moment, 'date', (quote) =>
    supported.clock().days.has(quote.slice(0, 10)),
  )
  const named = dayNames(moments.rest)
    .filter(
      ({ key, year }) => !supported.clock().days.has(year === undefined ? key : `${year}-${key}`),
    )
    .map(({ quote }) => ({ kind: 'date' as const, quote }))
  const withoutNames = moments.rest.replaceAll(patterns.day, ' ')
  const other = take(withoutNames, patterns.otherDay, 'date', (quote) =>
    supported.all().includes(quote),
  )
  const times = take(other.rest, patterns.time, 'date', (quote) => {
    const { times: known } = supported.clock()
    return known.has(quote.padStart(5, '0')) || known.has(quote)
  })
  return {
    claims: [...moments.claims, ...named, ...other.claims, ...times.claims],
    rest: times.rest,
  }
}

const isSmallWord = (word: string): boolean => numberWords.indexOf(word) > 1

function numberClaims(text: string, { numbers }: Supported): UnsupportedClaim[] {
  // Marks of a list count the list, not the world.
  const body = text.replaceAll(/^\s*\d{1,2}[.)]\s/gmu, '')
  const figures = found(body, patterns.number).filter((quote) => !numbers().has(plainNumber(quote)))
  const words = found(body.toLowerCase(), /\b[a-z]+\b/g).filter(
    (word) => isSmallWord(word) && !numbers().has(String(numberWords.indexOf(word))),
  )
  const large = found(
    body.toLowerCase(),
    /\b(?:dozens?|hundreds?|thousands?|millions?|billions?|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b/g,
  )
  return [...new Set([...figures, ...words, ...large])].map((quote) => ({ kind: 'number', quote }))
}

/** What cannot be seen may carry words past a reader. */
const unseen = /[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|[\u{E0000}-\u{E007F}]/u

/**
 * What a text claims that nothing supports: numbers, dates, ids, money, addresses, links, and deeds that only people
 * can do. An empty list says that it may be shown.
 */
export function unsupportedClaims(said: string, evidence: ClaimsEvidence): UnsupportedClaim[] {
  const outside = evidence.answers.flatMap(outsideTextsIn).toSorted((a, b) => b.length - a.length)
  const supported = supportOf(evidence, outside)
  const text = withoutQuotes(said, outside)
  const isSaid = (quote: string) =>
    supported.places().has(quote.toLowerCase().replace(/[.,;:]+$/, ''))
  const addresses = take(text, patterns.address, 'address', isSaid)
  const links = take(addresses.rest, patterns.link, 'link', isSaid)
  const dates = dateClaims(links.rest, supported)
  const ids = take(dates.rest, patterns.id, 'id', (quote) => {
    const bare = quote.toLowerCase().replace(/^#/, '')
    return supported.words().has(bare) || isOrdinalOrUnit(bare, supported)
  })
  return [
    ...(unseen.test(said) ? [{ kind: 'hidden' as const, quote: 'characters nobody sees' }] : []),
    ...addresses.claims,
    ...links.claims,
    ...dates.claims,
    ...ids.claims,
    ...numberClaims(ids.rest, supported),
    ...moneyClaims(text, supported),
    ...deedClaims(text, supported),
  ]
}

/** "2nd", "3-day" and "5x" are numbers with a word, not records. */
function isOrdinalOrUnit(quote: string, { numbers }: Supported): boolean {
  const parts =
    /^(\d+(?:[.,]\d+)*)-?(st|nd|rd|th|x|d|h|m|min|day|days|hour|hours|week|weeks|ea|pcs|k)$/.exec(
      quote,
    )
  return parts !== null && numbers().has(plainNumber(parts[1] ?? ''))
}
