import { addDays } from '../../canonical/calendar.ts'
import type { Alternative, Evidence, PolicyDecision } from '../../canonical/decision.ts'
import { compareDecimal, moneyText, roundPrice } from '../../canonical/money.ts'
import { whyLost } from './base-price.ts'
import type { LineComparison, OrderComparison } from './comparison.ts'
import { explainPrice, type PriceExplanation } from './explain-price.ts'
import type { LineBackground } from './order-to-price.ts'
import {
  comparedText,
  explanationEvidence,
  figures,
  priceAlternatives,
  unitAlternatives,
  whyExpected,
} from './price-evidence.ts'
import type { Explanation } from './price-judgement.ts'
import { type AnswerCode, type JudgedKind, priceKinds } from './price-kinds.ts'
import { dayOfRule, sourceOf } from './rule-in-force.ts'
import { perUnit } from './volume-break.ts'

/** What is decided about the price alone. */
export type PriceDecision = {
  readonly decision: PolicyDecision['decision']
  readonly kind: JudgedKind
  readonly message: string
  readonly answer?: AnswerCode
  readonly evidence: () => Evidence[]
  readonly alternatives: () => Alternative[]
  readonly explanations: readonly Explanation[]
  /** The buyer's price is billed, not ours. */
  readonly isHonoured: boolean
}

const nothing = { alternatives: () => [], explanations: [], isHonoured: false }

function same(line: LineComparison): PriceDecision {
  return {
    ...nothing,
    decision: 'accept',
    kind: 'PRICE_AS_EXPECTED',
    answer: 'IA',
    message: `Line ${line.asked.line.line}: the price is ${line.found?.expected.unitPrice}, as expected.`,
    evidence: () => whyExpected(line),
  }
}

const settledNames = {
  ours: 'our price',
  buyers: 'the buyer’s price',
  swap: 'the price of the swap',
  split: 'the price of the line it is a part of',
} as const

function settledPrice(
  line: LineComparison,
  { of, unitPrice, by }: NonNullable<LineComparison['asked']['line']['settled']>,
): PriceDecision {
  const text = `${unitPrice}, ${settledNames[of]}, as ${by} has settled`
  return {
    ...nothing,
    decision: 'accept',
    kind: 'PRICE_SETTLED',
    answer: of === 'buyers' ? 'IA' : 'IP',
    message: `Line ${line.asked.line.line}: the price is ${text}.`,
    evidence: () => [
      { weighs: 'for', text: `The price is ${text}.`, values: { unitPrice, by } },
      ...(line.found === undefined ? [] : whyExpected(line)),
    ],
  }
}

function within(line: LineComparison): PriceDecision {
  const { settings } = line.asked
  const isUnderpaid = line.delta?.startsWith('-') === true
  const isHonoured = isUnderpaid && settings.underpaidBills === 'honour_po'
  return {
    decision: 'accept',
    kind: 'WITHIN_TOLERANCE',
    answer: isHonoured ? 'IA' : 'IP',
    isHonoured,
    explanations: [],
    message: `${comparedText(line)}.`,
    evidence: () => [
      {
        weighs: 'for',
        text: isHonoured
          ? 'The difference is within tolerance: the order’s price is honoured.'
          : 'The difference is within tolerance: our price is billed.',
        source: 'policy:pricing',
      },
      figures(line),
      ...whyExpected(line),
    ],
    alternatives: () => priceAlternatives(line),
  }
}

/** Whether the days of grace after a list's or a promotion's end are still running. */
function isInGrace(
  line: LineComparison,
  explanation: Explanation,
  background: LineBackground,
): boolean {
  const { settings, order, line: facts } = line.asked
  const endedOn = endOf(line, explanation, background)
  if (endedOn === undefined || line.found === undefined) return false
  const days =
    explanation.kind === 'STALE_PRICE_LIST'
      ? settings.staleListGraceDays
      : explanation.kind === 'EXPIRED_PROMO'
        ? settings.promotionGraceDays
        : 0
  const day = dayOfRule(line.found.base.won.rule, order, facts, settings)
  return days > 0 && day < addDays(endedOn, days)
}

function endOf(
  line: LineComparison,
  { source }: Explanation,
  background: LineBackground,
): string | undefined {
  const { promotions } = line.asked.line
  const rule = background.otherRules.find((other) => sourceOf(other.rule) === source)?.rule
  if (rule !== undefined) return rule.validTo
  return [...promotions, ...(background.promotions ?? [])].find(
    ({ promotionId }) => source === `promotion:${promotionId}`,
  )?.validTo
}

function kindOf(explanations: readonly Explanation[]): JudgedKind {
  const [first] = explanations
  if (first === undefined) return 'PRICE_MISMATCH_UNEXPLAINED'
  const numbers = new Set(explanations.map(({ kind }) => priceKinds[kind].number))
  return numbers.size === 1 ? first.kind : 'AMBIGUOUS'
}

function offText(
  line: LineComparison,
  kind: JudgedKind,
  { explanations, nearest }: PriceExplanation,
): string {
  const text = comparedText(line)
  const [first] = explanations
  if (first === undefined)
    return `${text}; no rule explains it${nearest === undefined ? '' : `, the nearest is ${nearest.text}`}.`
  if (kind !== 'AMBIGUOUS') return `${text}: ${first.text}.`
  const kinds = [...new Set(explanations.map((explanation) => explanation.kind))]
  return `${text}; it may be ${kinds.join(' or ')}.`
}

const answered = (answer: AnswerCode | undefined) => (answer === undefined ? {} : { answer })

function explained(
  line: LineComparison,
  background: LineBackground,
  found: PriceExplanation,
): PriceDecision {
  const { explanations } = found
  const kind = kindOf(explanations)
  const [first] = explanations
  const known =
    first === undefined || kind === 'AMBIGUOUS'
      ? priceKinds.PRICE_MISMATCH_UNEXPLAINED
      : priceKinds[first.kind]
  const isHonoured =
    first !== undefined && kind !== 'AMBIGUOUS' && isInGrace(line, first, background)
  // The customer gains when today's lower price is billed instead of the next list's.
  const isGain = kind === 'FUTURE_PRICE_LIST' && line.deltaMinor > 0
  return {
    decision: isHonoured || isGain ? 'accept' : known.decision,
    kind,
    ...answered(isHonoured ? 'IA' : known.answer),
    isHonoured,
    explanations,
    message: offText(line, kind, found),
    evidence: () => [
      figures(line),
      ...orderBoundEvidence(line),
      ...explanations.map(explanationEvidence),
      ...(isHonoured ? [grace] : []),
      ...(found.nearest === undefined
        ? []
        : [
            {
              weighs: 'note' as const,
              text: `The nearest explanation is ${found.nearest.text} (${roundPrice(found.nearest.unitPrice)}), which is too far off.`,
              source: found.nearest.source,
            },
          ]),
      ...whyExpected(line),
    ],
    alternatives: () => [...priceAlternatives(line), ...unitAlternatives(line, explanations)],
  }
}

function orderBoundEvidence({ isSmallAlone }: LineComparison): Evidence[] {
  if (isSmallAlone !== true) return []
  const text =
    'Alone it would be within tolerance, but all differences of the order together are more than is accepted.'
  return [{ weighs: 'against', text, source: 'policy:pricing' }]
}

const grace: Evidence = {
  weighs: 'for',
  text: 'The days of grace are still running: the order’s price is honoured.',
  source: 'policy:pricing',
}

function off(
  line: LineComparison,
  comparison: OrderComparison,
  background: LineBackground,
): PriceDecision {
  const { found } = line
  const sent = line.asked.line.sentUnitPrice
  if (found === undefined || sent === undefined) return missing(line)
  const isUnderpaid = line.delta?.startsWith('-') === true
  const { rates = [] } = comparison.order
  const rows = comparison.rowsNear(Number(sent) / Number(line.asked.line.priceBasis ?? '1'))
  const asked = { line, found, sent, isUnderpaid, background, rows, rates }
  const why = explainPrice(asked)
  if (!why.isRoundedExpected) return explained(line, background, why)
  return {
    decision: 'hold',
    kind: 'WITHIN_TOLERANCE',
    answer: 'IP',
    isHonoured: false,
    explanations: [],
    message: `${comparedText(line)}: our price, rounded, but the line is ${moneyText(Math.abs(line.deltaMinor), comparison.order.currency)} off.`,
    evidence: () => [figures(line), ...whyExpected(line)],
    alternatives: () => priceAlternatives(line),
  }
}

function missing(line: LineComparison): PriceDecision {
  const { settings, line: facts } = line.asked
  const expected = line.found?.expected
  const isZero = line.standing === 'zero'
  const isFree =
    isZero &&
    expected !== undefined &&
    compareDecimal(expected.unitPrice, '0') === 0 &&
    facts.isFreeOfCharge === true
  const isOurs = (isZero ? settings.zeroPrice : settings.missingPrice) === 'expected'
  const what = isZero ? 'the order gives a price of zero' : 'the order gives no price'
  const isAccepted = isFree || isOurs
  return {
    decision: isAccepted ? 'accept' : 'hold',
    // Free goods at no price are as they should be.
    kind: isFree ? 'PRICE_AS_EXPECTED' : 'MISSING_OR_ZERO_PRICE',
    answer: isAccepted ? 'IA' : 'IH',
    isHonoured: false,
    explanations: [],
    message: `Line ${facts.line}: ${what}, ours is ${expected?.unitPrice} (${expected?.source}).`,
    evidence: () => [
      {
        weighs: isAccepted ? 'for' : 'against',
        text: isFree
          ? 'Our price is zero too, and the order’s code says that the goods are free.'
          : isOurs
            ? 'The policy takes a line without a price at ours.'
            : 'The policy asks the customer what was meant.',
        source: 'policy:pricing',
      },
      ...whyExpected(line),
    ],
    alternatives: () => (isAccepted ? [] : priceAlternatives(line)),
  }
}

function conflict(line: LineComparison): PriceDecision {
  const { base } = line.found ?? {}
  const rules = base === undefined ? [] : [base.won, ...base.tied]
  const named = rules.map(({ rule, reached }) => ({
    source: sourceOf(rule),
    unitPrice: roundPrice(perUnit(reached.value, reached.units)),
  }))
  const spelled = named.map(({ source, unitPrice }) => `${source} (${unitPrice})`).join(' and ')
  return {
    ...nothing,
    decision: 'hold',
    kind: 'PRICE_RULE_CONFLICT',
    answer: 'IH',
    message: `Line ${line.asked.line.line}: ${spelled} weigh the same and ask different prices.`,
    evidence: () => [
      ...named.map(
        ({ source, unitPrice }): Evidence => ({
          weighs: 'note',
          text: `${source} asks ${unitPrice}; level, product, party and start are the same.`,
          source,
          values: { unitPrice },
        }),
      ),
      ...(base?.lost.map((lost) => whyLost(lost, base.won.rule)) ?? []),
    ],
    alternatives: () =>
      named.map(({ source, unitPrice }) => ({
        candidateId: `price:line ${line.asked.line.line}:${source}`,
        kind: 'choose-rule',
        text: `Bill ${unitPrice}, the price of ${source}.`,
        values: { unitPrice },
      })),
  }
}

function incomparable(line: LineComparison): PriceDecision {
  const { line: facts, order } = line.asked
  const texts = {
    'no-price': ['PRICE_NOT_FOUND', 'no agreement or price list has a price for this product'],
    senseless: ['DATA_QUALITY', 'a quantity of zero or less, or a negative price, is never priced'],
    'other-currency': [
      'CURRENCY_MISMATCH',
      `the order is in ${order.currency}, the customer is billed in ${order.billingCurrency}`,
    ],
  } as const
  const [kind, text] =
    line.standing === 'senseless' || line.standing === 'other-currency'
      ? texts[line.standing]
      : texts['no-price']
  return {
    ...nothing,
    decision: 'hold',
    kind,
    answer: 'IH',
    // No price of ours: what the buyer wrote stands until a person has decided.
    isHonoured: line.sentUnitPrice !== undefined,
    message: `Line ${facts.line}: ${text}.`,
    evidence: () => [
      { weighs: 'against', text: `Line ${facts.line} cannot be priced: ${text}.` },
      ...whyExpected(line),
    ],
  }
}

/** Decides about the price of a line, whatever else is wrong with it. */
export function priceDecision(
  line: LineComparison,
  comparison: OrderComparison,
  background: LineBackground,
): PriceDecision {
  const { settled } = line.asked.line
  if (settled !== undefined) return settledPrice(line, settled)
  switch (line.standing) {
    case 'same':
      return same(line)
    case 'within':
      return within(line)
    case 'off':
      return off(line, comparison, background)
    case 'missing':
    case 'zero':
      return missing(line)
    case 'conflict':
      return conflict(line)
    case 'no-price':
    case 'senseless':
    case 'other-currency':
      return incomparable(line)
  }
}
