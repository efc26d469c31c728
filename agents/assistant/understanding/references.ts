/** What a number in a person's words may name; `code` is a number that could be anything. */
export type ReferenceKind =
  | 'order'
  | 'purchase-order'
  | 'invoice'
  | 'customer'
  | 'sku'
  | 'transaction'
  | 'cluster'
  | 'proposal'
  | 'payment'
  | 'code'
  | 'amount'
  | 'address'

/** A record that a person names, as they wrote it and as our records spell it. */
export type Reference = {
  readonly kind: ReferenceKind
  readonly text: string
  /** Where in the words it stands, so that several are answered in the order they were asked. */
  readonly at: number
}

type Pattern = {
  readonly kind: ReferenceKind
  readonly pattern: RegExp
  /** As our records spell what was found; without it the reference is left alone. */
  spell(found: RegExpMatchArray): string | undefined
}

const whole = (found: RegExpMatchArray): string => found[0].trim()
const upper = (text: string | undefined): string | undefined => text?.toUpperCase()
const hasDigit = (text: string | undefined): boolean => text !== undefined && /\d/.test(text)

/** Order and invoice numbers of ours have six digits, those of the past an H and five. */
function numbered(prefix: string, width: number, digits: string | undefined): string | undefined {
  if (digits === undefined) return undefined
  const bare = digits.toUpperCase()
  return bare.startsWith('H')
    ? `${prefix}-H${bare.slice(1).padStart(5, '0')}`
    : `${prefix}-${bare.padStart(width, '0')}`
}

const isMonthOrWord = /^(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|TOP|LAST|NEXT|HTTP|ISO)$/

// In this order: what is surely one thing is taken out before what could be several.
const patterns: readonly Pattern[] = [
  { kind: 'address', pattern: /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\p{L}/gu, spell: whole },
  { kind: 'address', pattern: /\b(?:https?:\/\/|www\.)\S+/giu, spell: whole },
  {
    kind: 'proposal',
    pattern: /\bprp_[0-9a-z]{8,}\b/giu,
    spell: (found) => found[0].toLowerCase(),
  },
  { kind: 'order', pattern: /\bord_[0-9a-z]{8,}\b/giu, spell: (found) => found[0].toLowerCase() },
  {
    kind: 'transaction',
    pattern: /\btxn_[0-9a-z]{8,}\b/giu,
    spell: (found) => found[0].toLowerCase(),
  },
  { kind: 'invoice', pattern: /\binv_[0-9a-z]{8,}\b/giu, spell: (found) => found[0].toLowerCase() },
  { kind: 'payment', pattern: /\bpay_[0-9a-z]{8,}\b/giu, spell: (found) => found[0].toLowerCase() },
  {
    kind: 'amount',
    pattern:
      /[$€£]\s?\d[\d,.]*\d|[$€£]\s?\d|\b\d[\d,.]*\s?(?:usd|eur|gbp|dollars?|euros?|%|percent)(?!\w)/giu,
    spell: whole,
  },
  // A number with cents or grouped thousands is money, or a count, whoever names no currency.
  {
    kind: 'amount',
    pattern:
      /(?<![\w.,:/#-])(?:\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d+[.,]\d{2})(?![\w.,:/-]*\w)/gu,
    spell: whole,
  },
  // And a bare one where only an amount or a count makes sense.
  {
    kind: 'amount',
    pattern:
      /(?<=\b(?:worth|up to|at least|at most|more than|less than|good for|limit (?:of|to|at)|roughly|approx\.?|approximately|another|extra|additional|exceeds?|amounts? (?:of|to)|sum of|value of|total of|exposure of|balance of|payment of|transfer of|owes?(?: us)?|paid(?: us)?|pays|wired|transferred)\s)\d{3,9}(?![\w.,:/-]*\w)/giu,
    spell: whole,
  },
  {
    kind: 'amount',
    pattern:
      /(?<![\w.,:/#-])\d{3,9}(?=\s?(?:k|more|worth|bucks|on account|of credit|pieces|pcs|units|each)\b)/giu,
    spell: whole,
  },
  {
    kind: 'order',
    pattern: /\bso(?:-\s?|#|\s(?=\d{4}))?(h?\d{2,8})\b/giu,
    spell: (found) => numbered('SO', 6, found[1]),
  },
  {
    kind: 'order',
    pattern: /\bso-(?=[0-9a-z]*\d)[0-9a-z]{4,20}\b/giu,
    spell: (found) => upper(found[0]),
  },
  {
    kind: 'invoice',
    pattern: /\binv(?:oice)?s?(?:\s?(?:no\.?|nr\.?|number|#))*[\s#:-]*(h?\d{2,8})\b/giu,
    spell: (found) => numbered('INV', 6, found[1]),
  },
  {
    kind: 'purchase-order',
    pattern:
      /\b(?:p\.?\s?o\.?|purchase[ -]order)s?(?:\s?(?:no\.|nr\.|no\b|nr\b|number\b|num\b|#))*[\s#:-]*([\p{L}\d][\p{L}\d/_-]*)/giu,
    spell: (found) => (hasDigit(found[1]) ? upper(found[1]) : undefined),
  },
  {
    kind: 'customer',
    pattern: /\bc-?(\d{4,7})\b/giu,
    spell: (found) => `C-${found[1] ?? ''}`,
  },
  {
    kind: 'customer',
    pattern: /\bc-(?=[0-9a-z]*\d)[0-9a-z]{4,20}\b/giu,
    spell: (found) => upper(found[0]),
  },
  {
    kind: 'customer',
    pattern:
      /\b(?:customer|cust\.?|account|acct\.?)(?:\s?(?:no\.?|nr\.?|number|#))*\s*#?(\d{4,7})\b/giu,
    spell: (found) => `C-${found[1] ?? ''}`,
  },
  {
    kind: 'purchase-order',
    pattern:
      /\border(?:\s?(?:no\.?|nr\.?|number|num))*\s*#?\s*((?=[\p{L}/_-]*\d)[\p{L}\d][\p{L}\d/_-]+)/giu,
    spell: (found) => upper(found[1]),
  },
  {
    kind: 'sku',
    pattern: /\b([a-z]{2,5})-(\d{3,6})\b/giu,
    spell: (found) =>
      isMonthOrWord.test((found[1] ?? '').toUpperCase()) ? undefined : upper(found[0]),
  },
  { kind: 'purchase-order', pattern: /#\s?(\d{3,10})\b/gu, spell: (found) => found[1] },
  {
    kind: 'code',
    pattern: /(?<![\w-])(?=[\p{L}/_-]*\d)(?=[\d/_-]*\p{L})[\p{L}\d][\p{L}\d/_-]{2,}(?![\w-])/giu,
    spell: (found) => upper(found[0]),
  },
  {
    kind: 'code',
    pattern: /(?<![\w.,:/-])(?!20\d\d-\d\d-\d\d)\d{2,}(?:-\d{2,}){1,3}(?![\w-])/gu,
    spell: whole,
  },
  { kind: 'code', pattern: /(?<![\w.,:/$€£-])\d{4,12}(?![\w.,:/%-]*\d|\w|%)/gu, spell: whole },
]

// What looks like a number of a record and is a time, a count or an ordinal.
const isNoRecord =
  /^(\d{1,3}(st|nd|rd|th|h|hr|hrs|d|am|pm|x|k|m|min|mins|days?|hours?|weeks?)|20\d\d|\d{4}-\d\d-\d\d.*|\d+(am|pm)|q[1-4]|24x7|3pl|850|855|856|810|860|997|820|x12)$/i

const markOf = (kind: ReferenceKind): string => ` x${kind.replace('purchase-order', 'po')} `

type Found = { readonly from: number; readonly until: number; readonly spelled: string }

function foundBy({ pattern, spell }: Pattern, rest: string): Found[] {
  return [...rest.matchAll(pattern)].flatMap((match) => {
    const [written] = match
    const spelled = isNoRecord.test(written.trim()) ? undefined : spell(match)
    return spelled === undefined
      ? []
      : [{ from: match.index, until: match.index + written.length, spelled }]
  })
}

/** The records named in a person's words, and the words with marks in their place. */
export function referencesIn(text: string): {
  readonly references: readonly Reference[]
  readonly rest: string
} {
  const references: Reference[] = []
  let rest = text
  for (const one of patterns)
    for (const { from, until, spelled } of foundBy(one, rest).toReversed()) {
      references.push({ kind: one.kind, text: spelled, at: text.indexOf(rest.slice(from, until)) })
      rest = `${rest.slice(0, from)}${markOf(one.kind)}${rest.slice(until)}`
    }
  return { references: references.toSorted((a, b) => a.at - b.at), rest }
}
