import { type Currency, type MinorUnits, moneyText } from '../canonical/money.ts'
import type { CheckFinding } from '../canonical/order-state.ts'

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
}

/** A stated total may be off by this much before a person must look (domain rules 3.1.2: 25.00 an order). */
const totalToleranceMinor = 2500

/**
 * Checks what no line shows: an allowance nobody agreed to (domain rules kind 10), and a total that does not
 * come out of the lines (kind 15). Both hold the order, because the bill would follow them.
 */
export function checkStatedMoney(stated: StatedMoney): CheckFinding[] {
  const { currency, statedTotalMinor, allowanceMinor, isOwnShop, possibleTotalsMinor } = stated
  const claimed: CheckFinding[] =
    allowanceMinor > 0 && !isOwnShop
      ? [
          {
            kind: 'UNAUTHORISED_DISCOUNT',
            message: `The order takes an allowance of ${moneyText(allowanceMinor, currency)} that no agreement grants.`,
            deltaMinor: -allowanceMinor,
          },
        ]
      : []
  if (statedTotalMinor === undefined) return claimed
  const distances = possibleTotalsMinor.map((total) => Math.abs(total - statedTotalMinor))
  if (Math.min(...distances) <= totalToleranceMinor) return claimed
  const [nearest] = [...possibleTotalsMinor].sort(
    (a, b) => Math.abs(a - statedTotalMinor) - Math.abs(b - statedTotalMinor),
  )
  return [
    ...claimed,
    {
      kind: 'EXTENSION_ERROR',
      message: `The order says its total is ${moneyText(statedTotalMinor, currency)}; its lines come to ${moneyText(nearest ?? 0, currency)}.`,
      deltaMinor: statedTotalMinor - (nearest ?? 0),
    },
  ]
}
