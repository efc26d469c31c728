import { type Currency, type MinorUnits, moneyText } from '../../canonical/money.ts'
import type { PriceKind } from './price-kinds.ts'

/** What the buyer's document says about money beyond its lines. */
export type StatedMoney = {
  readonly currency: Currency
  /** The total written on the document, where there is one. */
  readonly statedTotalMinor?: MinorUnits
  /** Money off that the document claims. */
  readonly allowanceMinor: MinorUnits
  /** Money off the whole order that we grant: a claim as far as this is no other discount. */
  readonly grantedMinor?: MinorUnits
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

function claimedDiscount(stated: StatedMoney): MoneyObjection[] {
  const { currency, allowanceMinor, grantedMinor = 0, isOwnShop } = stated
  const deltaMinor = Math.min(0, grantedMinor - allowanceMinor)
  if (deltaMinor === 0 || isOwnShop) return []
  const claim = `The order takes an allowance of ${moneyText(allowanceMinor, currency)}`
  return [
    {
      kind: 'UNAUTHORISED_DISCOUNT',
      message:
        grantedMinor === 0
          ? `${claim} that no agreement grants.`
          : `${claim}; its discount is ${moneyText(grantedMinor, currency)}.`,
      deltaMinor,
    },
  ]
}

/**
 * Checks what no line shows: an allowance beyond what was agreed (domain rules kind 10), and a total that does not
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
