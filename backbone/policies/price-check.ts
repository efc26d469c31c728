import {
  type Currency,
  compareDecimal,
  type DecimalText,
  divideDecimal,
  lineAmountMinor,
  type MinorUnits,
  multiplyDecimal,
  roundPrice,
  subtractDecimal,
} from '../canonical/money.ts'
import type { CheckFinding } from '../canonical/order-state.ts'

/** A price that could apply to a line, from the customer's agreement or a price list. */
export type PriceCandidate = {
  readonly source: 'agreement-item' | 'agreement-class' | 'tier-list' | 'list'
  readonly sourceId: string
  /** Per base unit; for a class agreement the percentage is already off the list price. */
  readonly unitPrice: DecimalText
  readonly minimumQuantity: number
  readonly validFrom: string
}

/** The price we expect, and where it is from. */
export type ExpectedPrice = { readonly unitPrice: DecimalText; readonly source: string }

// Domain rules 3.1.1: contract item, then contract category, then tier list, then list.
const precedence: Readonly<Record<PriceCandidate['source'], number>> = {
  'agreement-item': 0,
  'agreement-class': 1,
  'tier-list': 2,
  list: 3,
}

/** Picks the one price that applies: the highest precedence, then the highest break reached, then the latest start. */
export function expectedPrice(
  candidates: readonly PriceCandidate[],
  quantityEach: number,
): ExpectedPrice | undefined {
  const [best] = candidates
    .filter((candidate) => candidate.minimumQuantity <= quantityEach)
    .sort(
      (a, b) =>
        precedence[a.source] - precedence[b.source] ||
        b.minimumQuantity - a.minimumQuantity ||
        b.validFrom.localeCompare(a.validFrom) ||
        a.sourceId.localeCompare(b.sourceId),
    )
  if (best === undefined) return undefined
  return { unitPrice: roundPrice(best.unitPrice), source: `${best.source}:${best.sourceId}` }
}

/** A price as the buyer sent it, brought to one base unit. */
export function pricePerBaseUnit(
  sent: DecimalText,
  priceBasis: DecimalText,
  uomFactor: number,
): DecimalText {
  return divideDecimal(sent, multiplyDecimal(priceBasis, String(uomFactor)), 8)
}

/** How far a sent price may be off without a person: percent and line amount, per order in sum. */
export type PriceTolerance = {
  readonly percent: DecimalText
  readonly lineMinor: MinorUnits
  readonly orderMinor: MinorUnits
}

/** Default of domain rules 3.1.2: 0.5 %, 5.00 a line, 25.00 an order. */
const defaultPriceTolerance: PriceTolerance = {
  percent: '0.5',
  lineMinor: 500,
  orderMinor: 2500,
}

/** A line to compare: what the buyer sent (per base unit) and what we expect. */
export type PricedLine = {
  readonly line: string
  readonly quantityEach: number
  readonly sentUnitPrice?: DecimalText
  readonly expected?: ExpectedPrice
}

/** What to bill for a line, and whether a person must look first. */
export type PriceVerdict = {
  readonly line: string
  readonly unitPrice?: DecimalText
  readonly source?: string
  readonly lineAmountMinor: MinorUnits
  readonly finding?: CheckFinding
  readonly mustHold: boolean
}

function deltaPercent(delta: DecimalText, expected: DecimalText): DecimalText {
  return compareDecimal(expected, '0') === 0
    ? '100'
    : divideDecimal(multiplyDecimal(delta, '100'), expected, 4)
}

const absolute = (value: DecimalText) => value.replace(/^-/, '')

function compareLine(
  line: PricedLine,
  currency: Currency,
  tolerance: PriceTolerance,
): PriceVerdict {
  const { quantityEach, sentUnitPrice: sent, expected } = line
  const amount = (price: DecimalText) => lineAmountMinor(price, String(quantityEach), currency)
  if (expected === undefined)
    return {
      line: line.line,
      lineAmountMinor: sent === undefined ? 0 : amount(sent),
      ...(sent === undefined ? {} : { unitPrice: sent, source: 'buyer' }),
      mustHold: true,
      finding: {
        kind: 'PRICE_NOT_FOUND',
        line: line.line,
        message: `Line ${line.line}: no agreement or price list has a price for this product.`,
      },
    }
  const billed = {
    line: line.line,
    unitPrice: expected.unitPrice,
    source: expected.source,
    lineAmountMinor: amount(expected.unitPrice),
  }
  // A buyer who sends no price takes ours.
  if (sent === undefined || compareDecimal(sent, expected.unitPrice) === 0)
    return { ...billed, mustHold: false }
  const delta = subtractDecimal(sent, expected.unitPrice)
  const percent = deltaPercent(delta, expected.unitPrice)
  const deltaMinor = amount(sent) - billed.lineAmountMinor
  const isWithin =
    compareDecimal(absolute(percent), tolerance.percent) <= 0 &&
    Math.abs(deltaMinor) <= tolerance.lineMinor
  const isOverpaid = compareDecimal(delta, '0') > 0
  const finding: CheckFinding = {
    kind: isWithin ? 'WITHIN_TOLERANCE' : 'PRICE_MISMATCH',
    line: line.line,
    message: `Line ${line.line}: ordered at ${roundPrice(sent)}, expected ${expected.unitPrice} (${percent} %, ${expected.source}).`,
    deltaMinor,
    evidence: [
      {
        weighs: 'for',
        text: `${expected.source} gives ${expected.unitPrice}, the order says ${roundPrice(sent)}.`,
        source: expected.source,
        values: { sent: roundPrice(sent), expected: expected.unitPrice, percent },
      },
    ],
  }
  // Overpaid: bill the lower, expected price and never keep the difference. Underpaid inside tolerance: honour the order.
  const honoured =
    isWithin && !isOverpaid
      ? {
          ...billed,
          unitPrice: roundPrice(sent),
          source: 'buyer-within-tolerance',
          lineAmountMinor: amount(sent),
        }
      : billed
  return { ...honoured, finding, mustHold: !isWithin }
}

/** Compares an order's lines with the expected prices; a sum of differences above the order's bound holds them all. */
export function checkPrices(
  lines: readonly PricedLine[],
  currency: Currency,
  tolerance: PriceTolerance = defaultPriceTolerance,
): PriceVerdict[] {
  const verdicts = lines.map((line) => compareLine(line, currency, tolerance))
  const total = verdicts.reduce(
    (sum, verdict) => sum + Math.abs(verdict.finding?.deltaMinor ?? 0),
    0,
  )
  if (total <= tolerance.orderMinor) return verdicts
  return verdicts.map((verdict) =>
    verdict.finding?.kind === 'WITHIN_TOLERANCE' ? { ...verdict, mustHold: true } : verdict,
  )
}
