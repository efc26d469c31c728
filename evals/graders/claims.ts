/** What a text to a customer may be made of. */
export type Allowed = {
  readonly texts: readonly string[]
  /** In minor units. */
  readonly amounts: readonly number[]
  /** ISO days. */
  readonly days: readonly string[]
  /** Bare numbers, such as days late. */
  readonly counts: readonly number[]
}

const months = [
  ...['january', 'february', 'march', 'april', 'may', 'june', 'july'],
  ...['august', 'september', 'october', 'november', 'december'],
]

const monthName = months.join('|')
const dayPatterns: readonly RegExp[] = [
  /\b(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)\b/g,
  new RegExp(String.raw`\b(?<name>${monthName}) (?<day>\d{1,2}), (?<year>\d{4})\b`, 'gi'),
  new RegExp(String.raw`\b(?<day>\d{1,2}) (?<name>${monthName}) (?<year>\d{4})\b`, 'gi'),
]

function isoDay({
  year = '',
  month,
  day = '',
  name = '',
}: Record<string, string | undefined>): string {
  const number = month ?? String(months.indexOf(name.toLowerCase()) + 1).padStart(2, '0')
  return `${year}-${number}-${day.padStart(2, '0')}`
}

/** Takes out what a pattern finds, and tells what of it is not allowed. */
function taken(
  text: string,
  pattern: RegExp,
  isAllowed: (found: RegExpMatchArray) => boolean,
): { readonly rest: string; readonly foreign: string[] } {
  const foreign: string[] = []
  let rest = text
  for (const found of text.matchAll(pattern)) {
    if (!isAllowed(found)) foreign.push(found[0])
    rest = rest.replace(found[0], ' ')
  }
  return { rest, foreign }
}

const inMinor = (amount: string): number => Math.round(Number(amount.replaceAll(',', '')) * 100)

/**
 * Numbers, days, addresses and links of a text that are in none of the records it may be made of. Written a second
 * time, without the product's own check.
 */
export function foreignIn(text: string, { texts, amounts, days, counts }: Allowed): string[] {
  const known = texts.join('\n').toLowerCase()
  const isKnown = (found: RegExpMatchArray) =>
    known.includes(found[0].toLowerCase().replace(/[.,]$/, ''))
  const foreign: string[] = []
  let rest = text
  const take = (pattern: RegExp, isAllowed: (found: RegExpMatchArray) => boolean) => {
    const next = taken(rest, pattern, isAllowed)
    rest = next.rest
    foreign.push(...next.foreign)
  }
  take(/[\w.+-]+@[\w.-]+\w/g, isKnown)
  take(/https?:\/\/\S+/g, isKnown)
  take(/\b[A-Z]{2,4}-[A-Z]?\d{3,}\b/g, isKnown)
  take(/\+\d[\d-]{6,}/g, isKnown)
  for (const pattern of dayPatterns)
    take(pattern, ({ groups = {} }) => days.includes(isoDay(groups)))
  take(/\d[\d,]*\.\d\d\b/g, ([amount]) => amounts.includes(inMinor(amount)))
  take(/\d[\d,.]*/g, ([count]) => counts.includes(Number(count.replace(/[.,]$/, ''))))
  return foreign
}
