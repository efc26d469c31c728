import { exact, minorUnits, over, times } from './exact.ts'
import type { LineVariant } from './line-parts.ts'
import { odd, twofold } from './odd-variants.ts'
import {
  discounts,
  restOfTheTable,
  timesAndParties,
  tolerated,
  unexplained,
  unitsAndDecimals,
} from './price-variants.ts'
import type { DraftLine } from './world.ts'

/** Every way to put something into the lines of an order. */
export const lineVariants: readonly LineVariant[] = [
  ...tolerated,
  ...unitsAndDecimals,
  ...timesAndParties,
  ...discounts,
  ...restOfTheTable,
  ...unexplained,
]

/** Ways that two kinds explain. */
export const twofoldVariants: readonly LineVariant[] = twofold

/** Clean ways that look odd. */
export const oddVariants: readonly LineVariant[] = odd

/** Minor units of a line's money as the buyer wrote it. */
export function buyersMinor(line: DraftLine, decimals: number): number {
  if (line.price === undefined) return 0
  const total = times(exact(line.price), exact(line.quantity))
  return minorUnits(over(total, exact(line.priceBasis ?? 1)), decimals)
}
