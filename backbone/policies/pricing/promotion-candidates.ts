import { compareDecimal, type DecimalText } from '../../canonical/money.ts'
import type { CandidatePrice, LineToExplain } from './candidate-price.ts'
import type { PromotionRule } from './order-to-price.ts'
import { afterAll, promotedPrice, promotionBar } from './promotion-price.ts'
import { pricingDay } from './rule-in-force.ts'
import { perUnit } from './volume-break.ts'
import { promotionsInForce } from './waterfall.ts'

const namesOf = (promotions: readonly PromotionRule[]) =>
  promotions.map(({ promotionId }) => promotionId).join(' + ')

// Every way to combine more promotions than this is more than anyone would try.
const combinedAtMost = 6

function subsets(promotions: readonly PromotionRule[]): PromotionRule[][] {
  const all: PromotionRule[][] = [[]]
  for (const promotion of promotions.slice(0, combinedAtMost))
    all.push(...all.map((subset) => [...subset, promotion]))
  return all
}

/** Whether promotions that hold may not be taken together: with a contract without promotions, with an exclusive one, or past the cap. */
function isForbiddenStack(
  subset: readonly PromotionRule[],
  inForce: readonly PromotionRule[],
  { base, promoted }: LineToExplain['found'],
): boolean {
  if (subset.length === 0) return false
  if (base.won.rule.terms?.isPromotionExcluded === true) return true
  if (subset.length > 1 && subset.some(({ combination }) => combination === 'exclusive'))
    return true
  return promoted.isCapped && subset.length === inForce.length
}

/** Prices with promotions that hold, combined in ways that they are not: left out, alone, or stacked against the rules. */
function combinationCandidates(asked: LineToExplain): CandidatePrice[] {
  const { reached } = asked.found.base.won
  const inForce = promotionsInForce(asked.line.asked)
  return subsets(inForce).map((subset) => {
    const unitPrice = perUnit(afterAll(reached, subset), reached.units)
    const names = namesOf(subset)
    if (isForbiddenStack(subset, inForce, asked.found))
      return {
        kind: 'STACKING_VIOLATION',
        unitPrice,
        source: `promotion:${names}`,
        text: `our price with promotion ${names}, which may not be taken together here`,
      }
    const isNone = subset.length === 0
    return {
      kind: 'WRONG_PROMO',
      unitPrice,
      source: isNone ? 'promotion:none' : `promotion:${names}`,
      text: isNone ? 'our price without promotions' : `our price with promotion ${names} alone`,
    }
  })
}

const barTexts: Readonly<Record<string, string>> = {
  expired: 'which is over',
  'not-started': 'which has not begun',
  'item-excluded': 'which is not for this item',
  quantity: 'whose smallest quantity is not reached',
  quota: 'whose quota is used up',
}

function barredCandidates(asked: LineToExplain): CandidatePrice[] {
  const { order, line, settings } = asked.line.asked
  const { reached, rule } = asked.found.base.won
  const day = pricingDay(settings.listPricingDate, order, line)
  const inForce =
    rule.terms?.isPromotionExcluded === true ? [] : promotionsInForce(asked.line.asked)
  const unit = (value: DecimalText) => perUnit(value, reached.units)
  const all = [...line.promotions, ...(asked.background.promotions ?? [])]
  return all.flatMap((promotion): CandidatePrice[] => {
    const bar = promotionBar(promotion, day, line.quantityEach)
    if (bar === undefined) return []
    const what = {
      kind: bar === 'expired' ? ('EXPIRED_PROMO' as const) : ('WRONG_PROMO' as const),
      source: `promotion:${promotion.promotionId}`,
      text: `our price with promotion ${promotion.promotionId}, ${barTexts[bar] ?? bar}`,
    }
    const together = promotedPrice(reached, [...inForce, promotion], settings.promotionCapPercent)
    return [
      { ...what, unitPrice: unit(afterAll(reached, [promotion])) },
      { ...what, unitPrice: unit(together.value) },
      { ...what, unitPrice: unit(afterAll(reached, [...asked.found.promoted.applied, promotion])) },
    ]
  })
}

/** Prices with promotions that do not hold for the line, or not in this way. */
export function promotionCandidates(asked: LineToExplain): CandidatePrice[] {
  const { promotions = [] } = asked.background
  if (asked.line.asked.line.promotions.length + promotions.length === 0) return []
  const expected = asked.found.expected.exact
  return [...combinationCandidates(asked), ...barredCandidates(asked)].filter(
    ({ unitPrice }) => compareDecimal(unitPrice, expected) !== 0,
  )
}
