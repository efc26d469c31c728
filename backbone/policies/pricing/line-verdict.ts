import { roundPrice } from '../../canonical/money.ts'
import { deltaPercent, type LineComparison, type OrderComparison } from './comparison.ts'
import { besidesPrice } from './line-checks.ts'
import type { LineBackground } from './order-to-price.ts'
import { type PriceDecision, priceDecision } from './price-decision.ts'
import type { LineVerdict } from './price-judgement.ts'

const noBackground: LineBackground = { otherRules: [] }

function billed(line: LineComparison, { isHonoured }: PriceDecision) {
  const { sentUnitPrice, found } = line
  if (isHonoured && sentUnitPrice !== undefined)
    return {
      unitPrice: found === undefined ? sentUnitPrice : roundPrice(sentUnitPrice),
      source: found === undefined ? 'buyer' : 'buyer-within-tolerance',
      lineAmountMinor: line.sentAmountMinor,
    }
  if (found === undefined) return { lineAmountMinor: 0 }
  const { unitPrice, source } = found.expected
  return { unitPrice, source, lineAmountMinor: line.expectedAmountMinor }
}

/** The margin floor first, with what was found of the price beside it. */
function flooredAlso(
  price: PriceDecision,
  line: LineComparison,
  also: LineVerdict['also'],
  policyVersion: string,
): LineVerdict['also'] {
  const others = also.filter((finding) => finding.kind !== 'MARGIN_FLOOR')
  if (price.kind === 'PRICE_AS_EXPECTED') return others
  const { decision, kind, message } = price
  const { deltaMinor } = line
  const evidence = price.evidence()
  return [
    { decision, kind, message, evidence, alternatives: [], policyVersion, deltaMinor },
    ...others,
  ]
}

/** What was compared, as the verdict tells it. */
function compared(line: LineComparison, comparison: OrderComparison) {
  const { found, sentUnitPrice, deltaMinor } = line
  const percent = deltaPercent(line)
  const { currency } = comparison.order
  return {
    line: line.asked.line.line,
    policyVersion: comparison.policy.version,
    deltaMinor,
    ...(deltaMinor === 0 ? {} : { money: { amountMinor: deltaMinor, currency } }),
    ...(percent === undefined ? {} : { deltaPercent: percent }),
    ...(found === undefined ? {} : { expected: found.expected }),
    ...(sentUnitPrice === undefined ? {} : { sentUnitPrice }),
  }
}

/** Judges one line: its price, and whatever else is wrong with it. */
export function judgeLine(
  line: LineComparison,
  comparison: OrderComparison,
  background: LineBackground = line.asked.line.background ?? noBackground,
): LineVerdict {
  const price = priceDecision(line, comparison, background)
  const also = besidesPrice(line, comparison.policy.version)
  const known = {
    ...compared(line, comparison),
    ...billed(line, price),
    explanations: price.explanations,
  }
  const floor = also.find((finding) => finding.kind === 'MARGIN_FLOOR')
  // The margin floor outranks every auto-accept; what is held for its price keeps its kind and lists the floor too.
  if (floor !== undefined && price.decision === 'accept')
    return {
      ...known,
      decision: 'hold',
      kind: 'MARGIN_FLOOR',
      message: floor.message,
      evidence: [...floor.evidence, ...price.evidence()],
      alternatives: floor.alternatives,
      also: flooredAlso(price, line, also, comparison.policy.version),
    }
  return {
    ...known,
    decision: price.decision,
    kind: price.kind,
    message: price.message,
    // Told when asked: nobody reads why a clean line is clean while an order goes through.
    get evidence() {
      return price.evidence()
    },
    get alternatives() {
      return price.alternatives()
    },
    also,
    ...(price.answer === undefined ? {} : { answer: price.answer }),
  }
}
