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

/** Judges one line: its price, and whatever else is wrong with it. */
export function judgeLine(
  line: LineComparison,
  comparison: OrderComparison,
  background: LineBackground = line.asked.line.background ?? noBackground,
): LineVerdict {
  const price = priceDecision(line, comparison, background)
  const also = besidesPrice(line, comparison.policy.version)
  const { found, sentUnitPrice, deltaMinor } = line
  const floor = also.find((finding) => finding.kind === 'MARGIN_FLOOR')
  // The margin floor outranks every auto-accept; what is held for its price keeps its kind and lists the floor too.
  const isFloorFirst = floor !== undefined && price.decision === 'accept'
  const percent = deltaPercent(line)
  return {
    line: line.asked.line.line,
    decision: isFloorFirst ? 'hold' : price.decision,
    kind: isFloorFirst ? 'MARGIN_FLOOR' : price.kind,
    message: isFloorFirst ? floor.message : price.message,
    get evidence() {
      return isFloorFirst ? [...floor.evidence, ...price.evidence()] : price.evidence()
    },
    get alternatives() {
      return isFloorFirst ? floor.alternatives : price.alternatives()
    },
    policyVersion: comparison.policy.version,
    ...(deltaMinor === 0
      ? {}
      : { money: { amountMinor: deltaMinor, currency: comparison.order.currency } }),
    deltaMinor,
    ...(percent === undefined ? {} : { deltaPercent: percent }),
    ...(found === undefined ? {} : { expected: found.expected }),
    ...(sentUnitPrice === undefined ? {} : { sentUnitPrice }),
    ...billed(line, price),
    explanations: price.explanations,
    also: isFloorFirst
      ? [
          ...(price.kind === 'PRICE_AS_EXPECTED' ? [] : [withPrice(price, line, comparison)]),
          ...also.filter((finding) => finding !== floor),
        ]
      : also,
    ...(price.answer === undefined || isFloorFirst ? {} : { answer: price.answer }),
  }
}

function withPrice(price: PriceDecision, line: LineComparison, comparison: OrderComparison) {
  return {
    decision: price.decision,
    kind: price.kind,
    message: price.message,
    evidence: price.evidence(),
    alternatives: [],
    policyVersion: comparison.policy.version,
    deltaMinor: line.deltaMinor,
  }
}
