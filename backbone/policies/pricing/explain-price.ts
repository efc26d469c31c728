import {
  type Currency,
  compareDecimal,
  currencyDecimals,
  type DecimalText,
  multiplyDecimal,
  subtractDecimal,
} from '../../canonical/money.ts'
import type { CandidatePrice, LineToExplain } from './candidate-price.ts'
import {
  currencyCandidates,
  discountCandidates,
  lastInvoiceCandidates,
  rowCandidates,
} from './order-candidates.ts'
import type { Explanation } from './price-judgement.ts'
import { priceKinds } from './price-kinds.ts'
import { promotionCandidates } from './promotion-candidates.ts'
import { breakCandidates, lostRuleCandidates, otherRuleCandidates } from './rule-candidates.ts'
import { decimalCandidates, factorCandidates, unitCandidates } from './unit-candidates.ts'

/** What explains a price, and the candidate that came nearest where nothing does. */
export type PriceExplanation = {
  readonly explanations: readonly Explanation[]
  /** The price is ours, rounded to the places the buyer writes. */
  readonly isRoundedExpected: boolean
  readonly nearest?: CandidatePrice
}

/** Half a unit of the last place the buyer wrote; documents that drop zeros wrote the currency's places at least. */
function halfLastPlace(sent: DecimalText, currency: Currency): DecimalText {
  const point = sent.indexOf('.')
  const places = Math.max(currencyDecimals(currency), point === -1 ? 0 : sent.length - point - 1)
  return `0.${'0'.repeat(places)}5`
}

type Measured = {
  readonly candidate: CandidatePrice
  readonly off: DecimalText
  readonly asSent: DecimalText
}

/** A candidate as it would stand on the document, and how far the order is from it. */
function measured(candidate: CandidatePrice, { line, sent }: LineToExplain): Measured {
  const { uomFactor, priceBasis = '1' } = line.asked.line
  const perPriced = multiplyDecimal(candidate.unitPrice, String(uomFactor))
  const asSent = priceBasis === '1' ? perPriced : multiplyDecimal(perPriced, priceBasis)
  return { candidate, asSent, off: subtractDecimal(sent, asSent).replace('-', '') }
}

// A price of few places is equal to many a round percentage: half its last place may be this much of it.
const tellingPercent = '0.5'

function isNear(
  { candidate, off, asSent }: Measured,
  half: DecimalText,
  byDefault: DecimalText,
): boolean {
  const isToTheLastPlace = compareDecimal(off, half) <= 0
  const within = (percent: DecimalText, amount: DecimalText) =>
    compareDecimal(multiplyDecimal(amount, '100'), multiplyDecimal(asSent, percent)) <= 0
  if (candidate.near === 'exact') return isToTheLastPlace && within(tellingPercent, half)
  return isToTheLastPlace || within(candidate.near ?? byDefault, off)
}

function explanationOf(
  { candidate, off }: Measured,
  half: DecimalText,
  isHistoric: boolean,
): Explanation {
  const isExact = compareDecimal(off, half) <= 0
  const { kind, unitPrice, source, text } = candidate
  const likely = 1 - priceKinds[kind].prior * 0.04
  const confidence = Math.min(1, likely * (isExact ? 0.95 : 0.6) * (isHistoric ? 1.05 : 1))
  return {
    kind,
    unitPrice,
    source,
    text,
    isExact,
    confidence: Math.round(confidence * 1000) / 1000,
  }
}

/** Exactness, business prior, the customer's history (domain rules 3.1.2): the order of the list only. */
function byLikelihood(a: Explanation, b: Explanation): number {
  return (
    Number(b.isExact) - Number(a.isExact) ||
    priceKinds[a.kind].prior - priceKinds[b.kind].prior ||
    b.confidence - a.confidence ||
    (a.source < b.source ? -1 : a.source > b.source ? 1 : 0)
  )
}

/** Candidates of the same kind that say the same price are one. */
function merged(explanations: readonly Explanation[]): Explanation[] {
  const kept = new Map<string, Explanation>()
  for (const explanation of explanations) {
    const key = `${explanation.kind}|${explanation.unitPrice}`
    if (!kept.has(key)) kept.set(key, explanation)
  }
  return [...kept.values()]
}

function survivors(
  asked: LineToExplain,
  candidates: readonly CandidatePrice[],
  half: DecimalText,
): Explanation[] {
  const { nearPercent } = asked.line.asked.settings
  const last = asked.background.lastInvoiced?.unitPrice
  const found = candidates
    .map((candidate) => measured(candidate, asked))
    .filter((candidate) => isNear(candidate, half, nearPercent))
    .map((candidate) =>
      explanationOf(
        candidate,
        half,
        last !== undefined && compareDecimal(candidate.candidate.unitPrice, last) === 0,
      ),
    )
    .sort(byLikelihood)
  return merged(found)
}

function nearestOf(
  asked: LineToExplain,
  candidates: readonly CandidatePrice[],
): CandidatePrice | undefined {
  let nearest: Measured | undefined
  for (const candidate of candidates) {
    const one = measured(candidate, asked)
    if (nearest === undefined || compareDecimal(one.off, nearest.off) < 0) nearest = one
  }
  return nearest?.candidate
}

/**
 * Explains a price that is off by the prices the buyer may have gone by. What a record of ours gives comes first;
 * a round discount or the last invoice explain only what no record does.
 */
export function explainPrice(asked: LineToExplain): PriceExplanation {
  const half = halfLastPlace(asked.sent, asked.line.asked.order.currency)
  const ours = measured(
    { kind: 'WITHIN_TOLERANCE', unitPrice: asked.found.expected.unitPrice, source: '', text: '' },
    asked,
  )
  if (compareDecimal(ours.off, half) <= 0) return { explanations: [], isRoundedExpected: true }
  const ofRecord = [
    ...unitCandidates(asked),
    ...factorCandidates(asked),
    ...otherRuleCandidates(asked),
    ...lostRuleCandidates(asked),
    ...breakCandidates(asked),
    ...promotionCandidates(asked),
    ...decimalCandidates(asked),
    ...currencyCandidates(asked),
    ...rowCandidates(asked),
  ]
  const explained = survivors(asked, ofRecord, half)
  if (explained.length > 0) return { explanations: explained, isRoundedExpected: false }
  const others = survivors(
    asked,
    [...lastInvoiceCandidates(asked), ...discountCandidates(asked)],
    half,
  )
  if (others.length > 0) return { explanations: others, isRoundedExpected: false }
  const nearest = nearestOf(asked, ofRecord)
  return {
    explanations: [],
    isRoundedExpected: false,
    ...(nearest === undefined ? {} : { nearest }),
  }
}
