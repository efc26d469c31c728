import type { IsoDate } from '../../canonical/document.ts'
import {
  compareDecimal,
  type DecimalText,
  lessPercent,
  multiplyDecimal,
  subtractDecimal,
} from '../../canonical/money.ts'
import type { PromotionRule } from './order-to-price.ts'
import { holdsOn } from './rule-in-force.ts'

/** A price of so many base units on its way through the promotions. */
type Valued = { readonly value: DecimalText; readonly units: number }

/** What promotions make of a price. */
export type Promoted = {
  readonly value: DecimalText
  readonly applied: readonly PromotionRule[]
  readonly isCapped: boolean
}

/** A price after one promotion, never below zero. */
function afterPromotion({ value, units }: Valued, promotion: PromotionRule): DecimalText {
  const percent =
    promotion.percentOff === undefined ? value : lessPercent(value, promotion.percentOff)
  if (promotion.amountOff === undefined) return percent
  const left = subtractDecimal(percent, multiplyDecimal(promotion.amountOff, String(units)))
  return left.startsWith('-') ? '0' : left
}

/** Ascending priority, percent before amount, then id (domain rules 3.1.1). */
function inTurn(promotions: readonly PromotionRule[]): PromotionRule[] {
  const kind = (promotion: PromotionRule) => (promotion.percentOff === undefined ? 1 : 0)
  return promotions.toSorted(
    (a, b) =>
      a.priority - b.priority ||
      kind(a) - kind(b) ||
      (a.promotionId < b.promotionId ? -1 : a.promotionId > b.promotionId ? 1 : 0),
  )
}

/** A price after several promotions, each on the already reduced price. */
export function afterAll(price: Valued, promotions: readonly PromotionRule[]): DecimalText {
  return inTurn(promotions).reduce(
    (value, promotion) => afterPromotion({ value, units: price.units }, promotion),
    price.value,
  )
}

/** Why a promotion does not hold for a quantity on a day; undefined when it does. */
export function promotionBar(
  promotion: PromotionRule,
  day: IsoDate,
  quantityEach: number,
): 'not-started' | 'expired' | 'item-excluded' | 'quantity' | 'quota' | undefined {
  if (day < promotion.validFrom) return 'not-started'
  if (!holdsOn(promotion, day)) return 'expired'
  if (promotion.isItemExcluded === true) return 'item-excluded'
  if (quantityEach < (promotion.minimumQuantity ?? 1)) return 'quantity'
  const { quotaEach, usedEach = 0 } = promotion
  if (quotaEach !== undefined && usedEach + quantityEach > quotaEach) return 'quota'
  return undefined
}

function best(price: Valued, exclusives: readonly PromotionRule[]): Promoted | undefined {
  let lowest: Promoted | undefined
  for (const promotion of inTurn(exclusives)) {
    const value = afterPromotion(price, promotion)
    if (lowest === undefined || compareDecimal(value, lowest.value) < 0)
      lowest = { value, applied: [promotion], isCapped: false }
  }
  return lowest
}

/** The lower of the best exclusive promotion and all stackable ones together, not below the cap (domain rules 3.1.1). */
export function promotedPrice(
  price: Valued,
  promotions: readonly PromotionRule[],
  capPercent: DecimalText | undefined,
): Promoted {
  if (promotions.length === 0) return { value: price.value, applied: [], isCapped: false }
  const exclusives = promotions.filter(({ combination }) => combination === 'exclusive')
  const stackables = inTurn(promotions.filter(({ combination }) => combination === 'stackable'))
  const exclusive = best(price, exclusives)
  const stacked: Promoted = {
    value: afterAll(price, stackables),
    applied: stackables,
    isCapped: false,
  }
  const lower =
    exclusive !== undefined &&
    (stackables.length === 0 || compareDecimal(exclusive.value, stacked.value) <= 0)
      ? exclusive
      : stacked
  if (capPercent === undefined) return lower
  const least = lessPercent(price.value, capPercent)
  return compareDecimal(lower.value, least) < 0 ? { ...lower, value: least, isCapped: true } : lower
}
