import { type Currency, type MinorUnits, moneyText } from '../../canonical/money.ts'
import type { PriceKind } from './price-kinds.ts'

/** What the buyer's document says about money beyond its lines. */
export type StatedMoney = {
  readonly currency: Currency
  /** The total written on the document, where there is one. */
  readonly statedTotalMinor?: MinorUnits
  /** Money off that the document claims. */
  readonly allowanceMinor: MinorUnits
  /** A shop of our own grants its discounts itself; anyone else claims them. */
  readonly isOwnShop: boolean
  /** Sums the stated total may mean: lines alone, lines with freight and tax, at the buyer's prices and at ours. */
  readonly possibleTotalsMinor: readonly MinorUnits[]
  /** How far the total may be off before a person must look. */
  readonly toleranceMinor: MinorUnits
}

/** What a document's money is wrong about. */
type MoneyObjection = {
  readonly kind: PriceKind
  readonly message: string
  readonly deltaMinor: MinorUnits
  readonly isSmall?: boolean
}

function claimedDiscount({ currency, allowanceMinor, isOwnShop }: StatedMoney): MoneyObjection[] {
  if (allowanceMinor <= 0 || isOwnShop) return []
  return [
    {
      kind: 'UNAUTHORISED_DISCOUNT',
      message: `The order takes an allowance of ${moneyText(allowanceMinor, currency)} that no agreement grants.`,
      deltaMinor: -allowanceMinor,
    },
  ]
}

/**
 * Checks what no line shows: an allowance nobody agreed to (domain rules kind 10), and a total that does not
 * come out of the lines (kind 15). Both hold the order, because the bill would follow them.
 */
export function checkStatedMoney(stated: StatedMoney): MoneyObjection[] {
  const { currency, statedTotalMinor, possibleTotalsMinor, toleranceMinor } = stated
  const claimed = claimedDiscount(stated)
  if (statedTotalMinor === undefined) return claimed
  const [nearest = 0] = possibleTotalsMinor.toSorted(
    (a, b) => Math.abs(a - statedTotalMinor) - Math.abs(b - statedTotalMinor),
  )
  const deltaMinor = statedTotalMinor - nearest
  if (deltaMinor === 0) return claimed
  return [
    ...claimed,
    {
      kind: 'EXTENSION_ERROR',
      message: `The order says its total is ${moneyText(statedTotalMinor, currency)}; its lines come to ${moneyText(nearest, currency)}.`,
      deltaMinor,
      isSmall: Math.abs(deltaMinor) <= toleranceMinor,
    },
  ]
}
