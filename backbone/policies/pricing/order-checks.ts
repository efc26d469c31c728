import type { PaymentTerms } from '../../canonical/document.ts'
import { type MinorUnits, moneyText, sumMinor } from '../../canonical/money.ts'
import type { LineComparison, OrderComparison } from './comparison.ts'
import { taxMinor } from './order-amounts.ts'
import type { FreightToCheck, TaxToCheck } from './order-to-price.ts'
import type { OrderDiscount, PriceFinding } from './price-judgement.ts'
import { type PriceKind, priceKinds } from './price-kinds.ts'
import { checkStatedMoney } from './stated-money.ts'

type Objection = {
  readonly kind: PriceKind
  readonly message: string
  readonly deltaMinor?: MinorUnits
  /** Small enough to be done and only shown. */
  readonly isSmall?: boolean
  readonly values?: Readonly<Record<string, string | number | boolean | null>>
}

function orderFinding(objection: Objection, { order, policy }: OrderComparison): PriceFinding {
  const { kind, message, deltaMinor = 0, isSmall = false, values } = objection
  const known = priceKinds[kind]
  return {
    kind,
    decision: isSmall ? 'accept' : known.decision,
    lines: [],
    message,
    deltaMinor,
    mayBe: [],
    severity: Math.abs(deltaMinor),
    policyVersion: policy.version,
    ...(known.answer === undefined ? {} : { answer: known.answer }),
    ...(deltaMinor === 0 ? {} : { money: { amountMinor: deltaMinor, currency: order.currency } }),
    evidence: [
      {
        weighs: isSmall ? 'note' : 'against',
        text: message,
        source: 'order',
        ...(values === undefined ? {} : { values }),
      },
    ],
    alternatives: [],
  }
}

/** What the order's own lines come to: alone, or with its freight, its tax or both; and all that less our discount. */
function totals({ order, lines }: OrderComparison, discountMinor: MinorUnits): MinorUnits[] {
  const own = sumMinor(lines.map(buyersAmount))
  const { chargesMinor = 0, allowanceMinor = 0, taxMinor: ofTax = 0 } = order
  const sums = (goods: MinorUnits, charges: MinorUnits) => [
    goods,
    goods + charges,
    goods + ofTax,
    goods + charges + ofTax,
  ]
  if (discountMinor === 0) return sums(own, chargesMinor)
  // What the buyer takes off as the same discount is not taken off twice.
  const chargesBeside = chargesMinor + Math.min(allowanceMinor, discountMinor)
  return [...sums(own, chargesMinor), ...sums(own - discountMinor, chargesBeside)]
}

function statedMoney(comparison: OrderComparison, discountMinor: MinorUnits): Objection[] {
  const { order, policy } = comparison
  // A price out of tolerance is told on its line: its order's total is wrong for that reason already.
  return checkStatedMoney({
    currency: order.currency,
    ...(order.statedTotalMinor === undefined ? {} : { statedTotalMinor: order.statedTotalMinor }),
    allowanceMinor: order.allowanceMinor ?? 0,
    grantedMinor: discountMinor,
    isOwnShop: order.isOwnShop === true,
    possibleTotalsMinor: totals(comparison, discountMinor),
    toleranceMinor: policy.settings.underpaid.amounts[order.currency]?.orderMinor ?? 0,
  })
}

function isSamePlace(tax: TaxToCheck): boolean {
  const { jurisdiction, statedJurisdiction, ratePercent, statedRatePercent } = tax
  const sameJurisdiction =
    jurisdiction === undefined ||
    statedJurisdiction === undefined ||
    jurisdiction === statedJurisdiction
  const sameRate =
    ratePercent === undefined ||
    statedRatePercent === undefined ||
    Number(ratePercent) === Number(statedRatePercent)
  return sameJurisdiction && sameRate
}

const ourAmount = (line: LineComparison) =>
  line.found === undefined ? line.sentAmountMinor : line.expectedAmountMinor

const buyersAmount = (line: LineComparison) =>
  line.sentUnitPrice === undefined ? line.expectedAmountMinor : line.sentAmountMinor

/** An order's prices beside ours, with each line's share of the discount on the whole: what is taxed is less by it. */
type Taxed = OrderComparison & { readonly off: ReadonlyMap<string, MinorUnits> }

/** The tax that a rate makes of the order, rounded as the partner rounds it. */
function taxDueMinor(
  ratePercent: string,
  { lines, policy, off }: Taxed,
  amountOf: (line: LineComparison) => MinorUnits = ourAmount,
): MinorUnits {
  const { rounding, taxRounding } = policy.settings
  return taxMinor(
    lines.map((line) => ({
      amountMinor: amountOf(line) - (off.get(line.asked.line.line) ?? 0),
      ratePercent,
      jurisdiction: '',
    })),
    taxRounding,
    rounding,
  )
}

/** The tax that the customer's rate makes of the order, at the prices nearer to what the order says. */
function expectedTaxMinor(ratePercent: string, comparison: Taxed): MinorUnits {
  const ours = taxDueMinor(ratePercent, comparison)
  const buyers = taxDueMinor(ratePercent, comparison, buyersAmount)
  const stated = comparison.order.tax?.statedMinor ?? 0
  return Math.abs(stated - buyers) < Math.abs(stated - ours) ? buyers : ours
}

function exemptionObjection(tax: TaxToCheck, comparison: Taxed): Objection[] {
  const { currency } = comparison.order
  const { ratePercent, statedMinor } = tax
  const dueMinor = ratePercent === undefined ? 0 : taxDueMinor(ratePercent, comparison)
  const kind = 'TAX_OR_EXEMPTION'
  if (!tax.hasCertificate)
    return [
      {
        kind,
        message:
          'The order claims exemption from tax, but no certificate on file holds: request it.',
        deltaMinor: statedMinor - dueMinor,
      },
    ]
  if (tax.statedMinor === 0) return []
  return [
    {
      kind,
      message: `The order has tax of ${moneyText(tax.statedMinor, currency)}, but the customer is exempt.`,
      deltaMinor: tax.statedMinor,
    },
  ]
}

function rateObjection(tax: TaxToCheck, comparison: Taxed): Objection[] {
  const { ratePercent, statedMinor } = tax
  const { currency } = comparison.order
  const expected = ratePercent === undefined ? undefined : expectedTaxMinor(ratePercent, comparison)
  const kind = 'TAX_OR_EXEMPTION'
  if (!isSamePlace(tax))
    return [
      {
        kind,
        message: `The order is taxed for ${tax.statedJurisdiction ?? 'an unnamed place'} at ${tax.statedRatePercent ?? 'an unnamed rate'}, on file are ${tax.jurisdiction ?? 'no place'} and ${ratePercent ?? 'no rate'}.`,
        deltaMinor: expected === undefined ? 0 : statedMinor - expected,
      },
    ]
  // A document without tax leaves it to the seller.
  if (expected === undefined || statedMinor === 0 || statedMinor === expected) return []
  return [
    {
      kind,
      message: `The order has tax of ${moneyText(statedMinor, currency)}; ${ratePercent} % makes ${moneyText(expected, currency)}.`,
      deltaMinor: statedMinor - expected,
      // Rounded another way: a cent a line at the most.
      isSmall: Math.abs(statedMinor - expected) <= comparison.lines.length,
    },
  ]
}

function taxObjections(comparison: Taxed): Objection[] {
  const { order } = comparison
  const { tax } = order
  if (tax === undefined) return []
  return tax.isExemptionClaimed || tax.hasCertificate
    ? exemptionObjection(tax, comparison)
    : rateObjection(tax, comparison)
}

const payers = {
  prepaid: 'freight paid by us',
  collect: 'freight collected by the carrier',
  'prepaid-and-add': 'freight paid by us and billed',
} as const

function freightDelta(freight: FreightToCheck, goodsMinor: MinorUnits): MinorUnits {
  const isFree = freight.freeFromMinor !== undefined && goodsMinor >= freight.freeFromMinor
  const stated = freight.statedMinor ?? 0
  return (isFree || freight.agreed === 'prepaid' || freight.agreed === 'collect') && stated > 0
    ? stated
    : 0
}

function freightObjections(comparison: OrderComparison): Objection[] {
  const { freight, currency } = comparison.order
  if (freight === undefined) return []
  const goodsMinor = sumMinor(comparison.lines.map((line) => line.expectedAmountMinor))
  const { stated, agreed, unknownAccessorials = [] } = freight
  const kind = 'FREIGHT_TERMS'
  const found: Objection[] = []
  const deltaMinor = freightDelta(freight, goodsMinor)
  if (stated !== undefined && agreed !== undefined && stated !== agreed)
    found.push({
      kind,
      deltaMinor,
      message: `The order wants ${payers[stated]}, agreed is ${payers[agreed]}.`,
    })
  else if (deltaMinor !== 0)
    found.push({
      kind,
      deltaMinor,
      isSmall: deltaMinor <= comparison.policy.settings.freightToleranceMinor,
      message: `The order has freight of ${moneyText(deltaMinor, currency)}, by the terms there is none.`,
    })
  if (unknownAccessorials.length > 0)
    found.push({
      kind,
      message: `The order has charges that no terms name: ${unknownAccessorials.join(', ')}.`,
    })
  return found
}

function termsText({ netDays, discountPercent, discountDays }: PaymentTerms): string {
  const discount =
    discountPercent === undefined || Number(discountPercent) === 0
      ? ''
      : `${discountPercent} % in ${discountDays ?? 0} days, `
  return `${discount}${netDays === undefined ? 'no net days' : `net ${netDays} days`}`
}

/** Whether the order names terms of payment that were not agreed; what it leaves out it does not name. */
function areOtherTerms(stated: PaymentTerms, agreed: PaymentTerms): boolean {
  if (stated.netDays === undefined && stated.discountPercent === undefined) return false
  const percent = (terms: PaymentTerms) => Number(terms.discountPercent ?? 0)
  const days = (terms: PaymentTerms) => (percent(terms) === 0 ? 0 : (terms.discountDays ?? 0))
  return (
    (stated.netDays !== undefined && stated.netDays !== agreed.netDays) ||
    percent(stated) !== percent(agreed) ||
    days(stated) !== days(agreed)
  )
}

function paymentObjections({ order }: OrderComparison): Objection[] {
  const { statedTerms, agreedTerms } = order
  if (statedTerms === undefined || agreedTerms?.netDays === undefined) return []
  if (!areOtherTerms(statedTerms, agreedTerms)) return []
  const [stated, agreed] = [termsText(statedTerms), termsText(agreedTerms)]
  return [
    {
      kind: 'PAYMENT_TERMS',
      message: `The order says ${stated}, agreed is ${agreed}: the agreement counts, the partner is told.`,
      values: { stated, agreed },
    },
  ]
}

function floorObjections(below: readonly string[]): Objection[] {
  if (below.length === 0) return []
  const lines = below.length === 1 ? `line ${below[0]} is` : `lines ${below.join(', ')} are`
  return [
    {
      kind: 'MARGIN_FLOOR',
      message: `Less the discount on the whole order, ${lines} below the lowest price.`,
    },
  ]
}

/** What is wrong with the order beyond its lines: totals, claimed discounts, tax, freight and payment terms. */
export function orderFindings(
  comparison: OrderComparison,
  discount: OrderDiscount | undefined,
  belowFloor: readonly string[] = [],
): PriceFinding[] {
  const byLine = discount?.byLine ?? []
  const off = new Map(byLine.map(({ line, amountMinor }) => [line, amountMinor]))
  return [
    ...statedMoney(comparison, discount?.amountMinor ?? 0),
    ...floorObjections(belowFloor),
    ...taxObjections({ ...comparison, off }),
    ...freightObjections(comparison),
    ...paymentObjections(comparison),
  ].map((objection) => orderFinding(objection, comparison))
}
