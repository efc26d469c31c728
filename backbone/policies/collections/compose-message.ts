import type { CollectionCase } from './collection-case.ts'
import type { Draft } from './draft-check.ts'
import type { DraftFact, DraftSnapshot } from './draft-facts.ts'
import { draftLanguage } from './draft-language.ts'
import type { ClaimRow } from './ledger.ts'
import { type Letter, type LetterTone, letters } from './message-letters.ts'

const placeholder = /\{\{([^{}]+)\}\}/g

/** Fills the placeholders of a text with facts in the spelling we write; a fact that is not there leaves it open. */
function filled(text: string, facts: ReadonlyMap<string, DraftFact>): string {
  return text.replaceAll(placeholder, (whole, key: string) => facts.get(key)?.texts[0] ?? whole)
}

const keyOf = ({ invoiceNumber, instalment }: ClaimRow): string =>
  `invoice.${invoiceNumber}${instalment === 1 ? '' : `.${instalment}`}`

function rowLine(row: ClaimRow, letter: Letter): string {
  const key = keyOf(row)
  const disputed = row.disputedMinor > 0 ? letter.disputed(key) : ''
  return `${letter.row({ key, daysLate: row.daysPastDue })}${disputed}`
}

type Has = (key: string) => boolean

const linesWhere = (lines: readonly (readonly [isThere: boolean, line: string])[]): string[] =>
  lines.flatMap(([isThere, line]) => (isThere ? [line] : []))

function foot(letter: Letter, tone: LetterTone, has: Has): string[] {
  return [
    '',
    letter.ask[tone],
    ...linesWhere([
      [tone !== 'courtesy', letter.copies],
      [has('our.payment-link'), letter.pay],
      [has('our.dispute-link'), letter.dispute],
    ]),
    '',
    letter.closing,
    ...linesWhere([
      [has('our.name'), '{{our.name}}'],
      [has('our.company'), '{{our.company}}'],
      [has('our.phone'), '{{our.phone}}'],
    ]),
    ...linesWhere([[has('our.email'), `\n${letter.optOut}`]]),
  ]
}

function bodyOf(
  { letter, tone, has }: { letter: Letter; tone: LetterTone; has: Has },
  rows: readonly ClaimRow[],
  isAll: boolean,
): string {
  return [
    has('contact.name') ? letter.greeting.named : letter.greeting.unnamed,
    '',
    letter.opening[tone],
    ...rows.map((row) => rowLine(row, letter)),
    ...linesWhere([
      [!isAll, letter.more],
      [true, letter.total],
      [has('total.unapplied'), letter.unapplied],
      [has('total.credits'), letter.credits],
      [has('total.promised'), letter.promised],
    ]),
    ...foot(letter, tone, has),
  ].join('\n')
}

const wordCount = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length

/** The oldest rows that fit, whole invoices only: an invoice is never named with a part of what is open of it. */
function shortened(rows: readonly ClaimRow[], isFit: (some: readonly ClaimRow[]) => boolean) {
  const numbers = [...new Set(rows.map(({ invoiceNumber }) => invoiceNumber))]
  for (let count = numbers.length; count > 1; count -= 1) {
    const named = new Set(numbers.slice(0, count))
    const some = rows.filter(({ invoiceNumber }) => named.has(invoiceNumber))
    if (isFit(some)) return some
  }
  return rows.filter(({ invoiceNumber }) => invoiceNumber === numbers[0])
}

/**
 * Writes the letter of a case in the language of its snapshot: our own sentences by level and tone, every claim filled
 * from the ledger. Of too many invoices it names the oldest that fit, and all in sum.
 */
export function composeMessage(
  { rows, level, tone: ladderTone }: Pick<CollectionCase, 'rows' | 'level' | 'tone'>,
  snapshot: DraftSnapshot,
  mostWords: number,
): Draft {
  const letter = letters[draftLanguage(snapshot.language)]
  const tone: LetterTone = level === 0 ? 'courtesy' : ladderTone
  const facts = new Map(snapshot.facts.map((fact) => [fact.key, fact]))
  const has: Has = (key) => facts.has(key)
  const written = (some: readonly ClaimRow[]) =>
    filled(bodyOf({ letter, tone, has }, some, some.length === rows.length), facts)
  const named = shortened(rows, (some) => wordCount(written(some)) <= mostWords)
  return { subject: filled(letter.subject[tone], facts), body: written(named) }
}
