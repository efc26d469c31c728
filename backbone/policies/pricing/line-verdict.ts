import { lineAmountMinor, roundPrice } from '../../canonical/money.ts'
import { deltaPercent, type LineComparison, type OrderComparison } from './comparison.ts'
import { besidesPrice } from './line-checks.ts'
import type { LineBackground } from './order-to-price.ts'
import { type PriceDecision, priceDecision } from './price-decision.ts'
import type { LineVerdict } from './price-judgement.ts'

const noBackground: LineBackground = { otherRules: [] }

type Verdict = { -readonly [Part in keyof LineVerdict]: LineVerdict[Part] }

/** Writes down what is billed; nothing where there is neither a price of ours nor one to honour. */
function bill(verdict: Verdict, line: LineComparison, { isHonoured }: PriceDecision): void {
  const { sentUnitPrice, found } = line
  const { line: facts, order, settings } = line.asked
  const { settled } = facts
  if (settled !== undefined) {
    const wanted = String(facts.wantedEach ?? facts.quantityEach)
    verdict.unitPrice = settled.unitPrice
    verdict.source = settled.source
    verdict.lineAmountMinor =
      settled.of === 'buyers'
        ? line.sentAmountMinor
        : lineAmountMinor(settled.unitPrice, wanted, order.currency, settings.rounding)
  } else if (isHonoured && sentUnitPrice !== undefined) {
    verdict.unitPrice = found === undefined ? sentUnitPrice : roundPrice(sentUnitPrice)
    verdict.source = found === undefined ? 'buyer' : 'buyer-within-tolerance'
    verdict.lineAmountMinor = line.sentAmountMinor
  } else if (found !== undefined) {
    verdict.unitPrice = found.expected.unitPrice
    verdict.source = found.expected.source
    verdict.lineAmountMinor = line.expectedAmountMinor
  }
}

/** The margin floor first, with what was found of the price beside it. */
function flooredAlso(
  price: PriceDecision,
  line: LineComparison,
  also: LineVerdict['also'],
  policyVersion: string,
): LineVerdict['also'] {
  const others = also.filter((finding) => finding.kind !== 'MARGIN_FLOOR')
  if (price.kind === 'PRICE_AS_EXPECTED' || price.kind === 'PRICE_SETTLED') return others
  const { decision, kind, message } = price
  const { deltaMinor } = line
  const evidence = price.evidence()
  return [
    { decision, kind, message, evidence, alternatives: [], policyVersion, deltaMinor },
    ...others,
  ]
}

/** Writes down what was compared, as far as there is anything. */
function compare(verdict: Verdict, line: LineComparison, { order }: OrderComparison): void {
  const { found, sentUnitPrice, deltaMinor } = line
  const { currency } = order
  const percent = deltaPercent(line)
  if (deltaMinor !== 0) verdict.money = { amountMinor: deltaMinor, currency }
  if (percent !== undefined) verdict.deltaPercent = percent
  if (found !== undefined) verdict.expected = found.expected
  if (found?.base.won.rule.terms?.pricingDate === 'actual-ship') verdict.isPricedAtShip = true
  if (sentUnitPrice !== undefined) verdict.sentUnitPrice = sentUnitPrice
}

/** Judges one line: its price, and whatever else is wrong with it. */
export function judgeLine(
  line: LineComparison,
  comparison: OrderComparison,
  background: LineBackground = line.asked.line.background ?? noBackground,
): LineVerdict {
  const price = priceDecision(line, comparison, background)
  const also = besidesPrice(line, comparison.policy.version)
  const verdict: Verdict = {
    line: line.asked.line.line,
    decision: price.decision,
    kind: price.kind,
    message: price.message,
    policyVersion: comparison.policy.version,
    deltaMinor: line.deltaMinor,
    lineAmountMinor: 0,
    explanations: price.explanations,
    // Told when asked: nobody reads why a clean line is clean while an order goes through.
    get evidence() {
      return price.evidence()
    },
    get alternatives() {
      return price.alternatives()
    },
    also,
  }
  compare(verdict, line, comparison)
  bill(verdict, line, price)
  const floor = also.find((finding) => finding.kind === 'MARGIN_FLOOR')
  if (floor === undefined || price.decision !== 'accept') {
    if (price.answer !== undefined) verdict.answer = price.answer
    return verdict
  }
  // The margin floor outranks every auto-accept; what is held for its price keeps its kind and lists the floor too.
  return {
    ...verdict,
    decision: 'hold',
    kind: 'MARGIN_FLOOR',
    message: floor.message,
    evidence: [...floor.evidence, ...price.evidence()],
    alternatives: floor.alternatives,
    also: flooredAlso(price, line, also, comparison.policy.version),
  }
}
