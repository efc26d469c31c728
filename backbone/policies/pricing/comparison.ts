import type { Evidence } from '../../canonical/decision.ts'
import {
  type Currency,
  compareDecimal,
  type DecimalText,
  divideDecimal,
  lineAmountMinor,
  type MinorUnits,
  multiplyDecimal,
  type RoundingMode,
  subtractDecimal,
} from '../../canonical/money.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import type { LineInOrder } from './base-price.ts'
import type { LineToPrice, OrderToPrice } from './order-to-price.ts'
import type { PricingSettings } from './pricing-policy.ts'
import { rowFinder } from './rows-near.ts'
import { type Waterfall, waterfall } from './waterfall.ts'

/**
 * How a line's price stands to ours: the same, within or out of tolerance, not there, zero, not to be compared
 * (no price of ours, two of them, numbers that make no sense, another currency).
 */
type Standing =
  | 'same'
  | 'within'
  | 'off'
  | 'missing'
  | 'zero'
  | 'no-price'
  | 'conflict'
  | 'senseless'
  | 'other-currency'

/** A line's price beside ours. */
export type LineComparison = {
  readonly asked: LineInOrder
  readonly standing: Standing
  readonly found?: Waterfall
  /** Where no rule gave a price: why none did. */
  readonly against?: () => readonly Evidence[]
  /** What the buyer wrote, per base unit. */
  readonly sentUnitPrice?: DecimalText
  /** What the line comes to at the buyer's price. */
  readonly sentAmountMinor: MinorUnits
  /** What it comes to at ours. */
  readonly expectedAmountMinor: MinorUnits
  readonly deltaMinor: MinorUnits
  readonly delta?: DecimalText
  /** Out of tolerance only because all differences of the order are too much together. */
  readonly isSmallAlone?: true
}

/** An order's prices beside ours. */
export type OrderComparison = {
  readonly order: OrderToPrice
  readonly policy: PolicyInForce<PricingSettings>
  readonly lines: readonly LineComparison[]
  /** The lines whose price, as it would stand on the document, is about a price. */
  readonly rowsNear: (price: number) => readonly LineComparison[]
  /** Sum of all differences, never netted. */
  readonly differencesMinor: MinorUnits
}

/** A price as the buyer sent it, brought to one base unit. */
export function pricePerBaseUnit(
  sent: DecimalText,
  priceBasis: DecimalText,
  uomFactor: number,
): DecimalText {
  return divideDecimal(sent, multiplyDecimal(priceBasis, String(uomFactor)), 8)
}

/** What the buyer's price makes of a line, in minor units; `sentUnitPrice` is that of one base unit. */
export function amountAtSent(
  line: Pick<LineToPrice, 'quantity' | 'quantityEach' | 'wantedEach' | 'priceBasis'>,
  { sent, sentUnitPrice }: { readonly sent: DecimalText; readonly sentUnitPrice: DecimalText },
  { currency, rounding }: { readonly currency: Currency; readonly rounding: RoundingMode },
): MinorUnits {
  const wanted = line.wantedEach ?? line.quantityEach
  // Straight from the document where nothing was cancelled: a price per base unit may be an endless number.
  if (wanted !== line.quantityEach)
    return lineAmountMinor(sentUnitPrice, String(wanted), currency, rounding)
  const basis = line.priceBasis ?? '1'
  if (basis === '1') return lineAmountMinor(sent, line.quantity, currency, rounding)
  const amount = divideDecimal(multiplyDecimal(sent, line.quantity), basis, 12)
  return lineAmountMinor(amount, '1', currency, rounding)
}

function isSenseless({ quantityEach, sentUnitPrice }: LineToPrice): boolean {
  return quantityEach <= 0 || sentUnitPrice?.startsWith('-') === true
}

/** Whether a difference of the unit price is within a percentage of the expected one, without a division. */
function isWithinPercent(delta: DecimalText, expected: DecimalText, percent: DecimalText): boolean {
  return (
    compareDecimal(
      multiplyDecimal(delta.replace('-', ''), '100'),
      multiplyDecimal(percent, expected),
    ) <= 0
  )
}

function isWithinTolerance(
  delta: DecimalText,
  deltaMinor: MinorUnits,
  expected: DecimalText,
  { settings, order }: LineInOrder,
): boolean {
  const tolerance = delta.startsWith('-') ? settings.underpaid : settings.overpaid
  const bounds = tolerance.amounts[order.currency]
  return (
    bounds !== undefined &&
    Math.abs(deltaMinor) <= bounds.lineMinor &&
    isWithinPercent(delta, expected, tolerance.percent)
  )
}

function compareSent(
  asked: LineInOrder,
  found: Waterfall,
  sent: DecimalText,
  amounts: { readonly expectedAmountMinor: MinorUnits },
): LineComparison {
  const { line } = asked
  const sentUnitPrice = pricePerBaseUnit(sent, line.priceBasis ?? '1', line.uomFactor)
  const { currency } = asked.order
  const { rounding } = asked.settings
  const sentAmountMinor = amountAtSent(line, { sent, sentUnitPrice }, { currency, rounding })
  const expected = found.expected.unitPrice
  const both = { asked, found, sentUnitPrice, sentAmountMinor, ...amounts }
  if (found.base.tied.length > 0) return { ...both, standing: 'conflict', deltaMinor: 0 }
  const delta = subtractDecimal(sentUnitPrice, expected)
  const deltaMinor = sentAmountMinor - amounts.expectedAmountMinor
  const compared = { ...both, delta, deltaMinor }
  if (compareDecimal(sent, '0') === 0) return { ...compared, standing: 'zero' }
  if (delta === '0') return { ...compared, standing: 'same' }
  const isWithin = isWithinTolerance(delta, deltaMinor, expected, asked)
  return { ...compared, standing: isWithin ? 'within' : 'off' }
}

function unpriced(asked: LineInOrder, standing: Standing): LineComparison {
  const { line, order } = asked
  const none = { asked, standing, sentAmountMinor: 0, expectedAmountMinor: 0, deltaMinor: 0 }
  if (line.sentUnitPrice === undefined) return none
  const sentUnitPrice = pricePerBaseUnit(line.sentUnitPrice, line.priceBasis ?? '1', line.uomFactor)
  if (standing === 'senseless') return { ...none, sentUnitPrice }
  const sentAmountMinor = lineAmountMinor(
    sentUnitPrice,
    String(line.wantedEach ?? line.quantityEach),
    order.currency,
    asked.settings.rounding,
  )
  return { ...none, sentUnitPrice, sentAmountMinor }
}

function compareLine(asked: LineInOrder): LineComparison {
  const { line, order, settings } = asked
  if (isSenseless(line)) return unpriced(asked, 'senseless')
  if (order.billingCurrency !== undefined && order.billingCurrency !== order.currency)
    return unpriced(asked, 'other-currency')
  const found = waterfall(asked)
  if ('against' in found) return { ...unpriced(asked, 'no-price'), against: found.against }
  const { unitPrice, lineAmountMinor: ofOrdered } = found.expected
  const wanted = line.wantedEach ?? line.quantityEach
  const expectedAmountMinor =
    wanted === line.quantityEach
      ? ofOrdered
      : lineAmountMinor(unitPrice, String(wanted), order.currency, settings.rounding)
  if (line.sentUnitPrice !== undefined)
    return compareSent(asked, found, line.sentUnitPrice, { expectedAmountMinor })
  const standing = found.base.tied.length > 0 ? 'conflict' : 'missing'
  return { asked, found, standing, sentAmountMinor: 0, expectedAmountMinor, deltaMinor: 0 }
}

function familyQuantities(lines: readonly LineToPrice[]): Map<string, number> {
  const families = new Map<string, number>()
  for (const { family, quantityEach } of lines)
    if (family !== undefined) families.set(family, (families.get(family) ?? 0) + quantityEach)
  return families
}

/** Prices every line and compares it with what the buyer wrote (domain rules 3.1.1 and 3.1.2); nothing is explained yet. */
export function comparePrices(
  order: OrderToPrice,
  policy: PolicyInForce<PricingSettings>,
): OrderComparison {
  const families = familyQuantities(order.lines)
  const lines = order.lines.map((line) =>
    compareLine({
      order,
      line,
      familyEach: families.get(line.family ?? '') ?? line.quantityEach,
      settings: policy.settings,
    }),
  )
  const differencesMinor = lines.reduce((sum, line) => sum + Math.abs(line.deltaMinor), 0)
  const comparison = { order, policy, lines, differencesMinor, rowsNear: rowFinder(lines) }
  return { ...comparison, lines: lines.map((line) => heldByOrderBound(line, comparison)) }
}

/** What is small alone is not within tolerance where the differences of the whole order are too much together. */
function heldByOrderBound(line: LineComparison, comparison: OrderComparison): LineComparison {
  if (line.standing !== 'within') return line
  const isUnderpaid = line.delta?.startsWith('-') === true
  return isWithinOrderBound(comparison, isUnderpaid)
    ? line
    : { ...line, standing: 'off', isSmallAlone: true }
}

/** The lines whose price needs explaining: load their backgrounds for `explainPrices`. */
export function linesToExplain({ lines }: OrderComparison): LineToPrice[] {
  return lines.flatMap(({ standing, asked }) => (standing === 'off' ? [asked.line] : []))
}

/** Whether the order's differences together are small enough for those of one direction to be accepted. */
function isWithinOrderBound(comparison: OrderComparison, isUnderpaid: boolean): boolean {
  const { settings } = comparison.policy
  const tolerance = isUnderpaid ? settings.underpaid : settings.overpaid
  const bounds = tolerance.amounts[comparison.order.currency]
  return bounds !== undefined && comparison.differencesMinor <= bounds.orderMinor
}

/** The difference in percent of the expected price, four decimals; null where that is zero. */
export function deltaPercent({ delta, found }: LineComparison): DecimalText | null | undefined {
  if (delta === undefined || found === undefined) return undefined
  const expected = found.expected.unitPrice
  if (compareDecimal(expected, '0') === 0) return null
  return divideDecimal(multiplyDecimal(delta, '100'), expected, 4)
}
