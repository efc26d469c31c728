import type {
  AllowanceCharge,
  Note,
  PaymentTerms,
  Reference,
  Tax,
} from '../../canonical/document.ts'
import {
  divideDecimal,
  lineAmountMinor,
  minorFromText,
  multiplyDecimal,
  percentOfMinor,
} from '../../canonical/money.ts'
import { countOf, decimalOf, isoDateOf, type ReadSegment } from './segment-reader.ts'

/** Reads an N2 amount ("3250" is 32.50) as minor units of the currency. */
function impliedCents(text: string | undefined, currency: string): number | undefined {
  if (text === undefined || !/^-?\d{1,15}$/.test(text)) return undefined
  return minorFromText(divideDecimal(text, '100', 2), currency)
}

/**
 * Reads a SAC as an allowance or charge. SAC05 goes before a rate, a rate before a percentage of `baseMinor`;
 * what cannot be turned into an amount stays among the unmapped.
 */
export function readAllowanceCharge(
  segment: ReadSegment,
  currency: string,
  baseMinor: number | undefined,
): AllowanceCharge | undefined {
  const indicator = segment.see(1)
  if (indicator !== 'A' && indicator !== 'C') return undefined
  const percent = decimalOf(segment.see(7))
  const amountMinor = allowanceAmount(segment, currency, baseMinor)
  if (amountMinor === undefined) return undefined
  segment.done(1)
  if (percent !== undefined) segment.done(7)
  const code = segment.take(2, 20)
  const description = segment.take(15, 200)
  return {
    kind: indicator === 'A' ? 'allowance' : 'charge',
    ...(code === undefined ? {} : { code }),
    ...(description === undefined ? {} : { description }),
    amountMinor: Math.abs(amountMinor),
    ...(percent === undefined ? {} : { percent }),
  }
}

function allowanceAmount(
  segment: ReadSegment,
  currency: string,
  baseMinor: number | undefined,
): number | undefined {
  const amount = impliedCents(segment.see(5), currency)
  if (amount !== undefined) {
    segment.done(5)
    return amount
  }
  const rate = decimalOf(segment.see(8))
  const quantity = decimalOf(segment.see(10))
  if (rate !== undefined && quantity !== undefined) {
    segment.done(8, 10)
    return amountOf(rate, quantity, currency)
  }
  const percent = decimalOf(segment.see(7))
  return percent === undefined || baseMinor === undefined
    ? undefined
    : percentOfMinor(baseMinor, percent)
}

/** Price × quantity in minor units; nothing when the numbers are too large to keep exactly. */
export function amountOf(price: string, quantity: string, currency: string): number | undefined {
  try {
    return lineAmountMinor(price, quantity, currency)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Reads an ITD as payment terms. */
export function readTerms(segment: ReadSegment): PaymentTerms {
  const discountPercent = decimalOf(segment.see(3))
  const discountDays = countOf(segment.see(5), 3)
  const netDays = countOf(segment.see(7), 3)
  const text = segment.take(12, 200)
  if (discountPercent !== undefined) segment.done(3)
  if (discountDays !== undefined) segment.done(5)
  if (netDays !== undefined) segment.done(7)
  return {
    ...(netDays === undefined ? {} : { netDays }),
    ...(discountPercent === undefined ? {} : { discountPercent }),
    ...(discountDays === undefined ? {} : { discountDays }),
    ...(text === undefined ? {} : { text }),
  }
}

/** Reads the REF segments of a header or line as references. */
export function readReferences(segments: readonly ReadSegment[]): Reference[] {
  return segments
    .filter((segment) => segment.id === 'REF')
    .flatMap((segment) => {
      const value = segment.take(2, 200) ?? segment.take(3, 200)
      const qualifier = segment.see(1)
      if (value === undefined || qualifier === undefined) return []
      segment.done(1)
      return [{ qualifier: qualifier.slice(0, 40), value }]
    })
}

/** What the texts of a header or line say: N9 with MSG is a note, N9 alone a reference, MSG and NTE are notes. */
export function readTexts(
  plain: readonly ReadSegment[],
  texts: readonly (readonly ReadSegment[])[],
): { notes: Note[]; references: Reference[] } {
  const notes: Note[] = plain.flatMap(freeText)
  const references: Reference[] = []
  for (const loop of texts) {
    const [head] = loop
    const qualifier = head?.take(1, 20)
    const value = head?.take(2, 200)
    if (qualifier !== undefined && value !== undefined) references.push({ qualifier, value })
    const text = [head?.take(3), ...loop.map((segment) => messageOf(segment))]
      .filter((line) => line !== undefined)
      .join('\n')
      .slice(0, 4000)
    if (text !== '') notes.push({ ...(qualifier === undefined ? {} : { qualifier }), text })
  }
  return { notes, references }
}

function messageOf(segment: ReadSegment): string | undefined {
  return segment.id === 'MSG' ? segment.take(1) : undefined
}

function freeText(segment: ReadSegment): Note[] {
  const text = segment.id === 'NTE' ? segment.take(2) : messageOf(segment)
  if (text === undefined) return []
  const qualifier = segment.id === 'NTE' ? segment.take(1, 20) : undefined
  return [{ ...(qualifier === undefined ? {} : { qualifier }), text }]
}

// X12 element 374, most telling first: delivery requested, required by, scheduled delivery, ship requested.
const requestQualifiers = ['002', '106', '074', '067', '063', '010', '068']

/** The day a header or line is wanted: of several dates the one that says it most plainly. */
export function readRequestedOn(segments: readonly ReadSegment[]): string | undefined {
  const dates = segments.filter((segment) => segment.id === 'DTM')
  for (const qualifier of requestQualifiers) {
    const date = dates.find(
      (segment) => segment.see(1) === qualifier && isoDateOf(segment.see(2)) !== undefined,
    )
    if (date === undefined) continue
    date.done(1, 2)
    return isoDateOf(date.see(2))
  }
  return undefined
}

/** Reads the TXI segments of a header or line as taxes; a percentage alone is no amount and stays unmapped. */
export function readTaxes(segments: readonly ReadSegment[], currency: string): Tax[] {
  return segments
    .filter((segment) => segment.id === 'TXI')
    .flatMap((segment) => {
      const amount = decimalOf(segment.see(2))
      const amountMinor = amount === undefined ? undefined : amountOf(amount, '1', currency)
      if (amountMinor === undefined) return []
      segment.done(2)
      // TXI03 is a fraction: 0.0625 is 6.25 %.
      const fraction = decimalOf(segment.see(3))
      const ratePercent = fraction === undefined ? undefined : multiplyDecimal(fraction, '100')
      if (ratePercent !== undefined) segment.done(3)
      const jurisdiction = segment.take(5, 120)
      return [
        {
          category: 'S',
          ...(ratePercent === undefined ? {} : { ratePercent }),
          amountMinor,
          ...(jurisdiction === undefined ? {} : { jurisdiction }),
        },
      ]
    })
}
