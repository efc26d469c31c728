import {
  compareDecimal,
  type DecimalText,
  divideDecimal,
  lessPercent,
  multiplyDecimal,
  roundPrice,
  roundPriceUp,
  subtractDecimal,
} from '../../canonical/money.ts'

/** Whether a price keeps the margin: price × (1 − floor) ≥ cost, without a division (domain rules 3.1.1, step 8). */
export function keepsMargin(
  price: DecimalText,
  cost: DecimalText,
  floorPercent: DecimalText,
): boolean {
  return compareDecimal(lessPercent(price, floorPercent), cost) >= 0
}

/** The lowest price that keeps the margin, rounded up to the price scale; undefined for a floor of 100 percent. */
export function marginFloorPrice(
  cost: DecimalText,
  floorPercent: DecimalText,
  scale = 4,
): DecimalText | undefined {
  const kept = lessPercent('1', floorPercent)
  if (compareDecimal(kept, '0') <= 0) return undefined
  return roundPriceUp(divideDecimal(cost, kept, 20), scale)
}

/** The margin a price leaves on its cost, in percent with two decimals; undefined for a price of zero. */
export function marginPercent(price: DecimalText, cost: DecimalText): DecimalText | undefined {
  if (compareDecimal(price, '0') <= 0) return undefined
  return roundPrice(
    divideDecimal(multiplyDecimal(subtractDecimal(price, cost), '100'), price, 8),
    2,
  )
}
