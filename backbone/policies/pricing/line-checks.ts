import type { Alternative } from '../../canonical/decision.ts'
import {
  type Currency,
  compareDecimal,
  type DecimalText,
  lineAmountMinor,
  moneyText,
  subtractDecimal,
} from '../../canonical/money.ts'
import type { LineComparison } from './comparison.ts'
import { keepsMargin, marginFloorPrice, marginPercent } from './margin-floor.ts'
import { sellableQuantity } from './order-quantity.ts'
import type { LineVerdict } from './price-judgement.ts'

type Beside = LineVerdict['also'][number]

function lower(a: DecimalText | undefined, b: DecimalText | undefined): DecimalText | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return compareDecimal(a, b) < 0 ? a : b
}

/** The lowest price we sell at: the item's own, and the one that keeps the margin. */
function floorOf({ asked }: LineComparison): DecimalText | undefined {
  const { landedCost, minimumPrice } = asked.line
  const byMargin =
    landedCost === undefined
      ? undefined
      : marginFloorPrice(landedCost, asked.settings.marginFloorPercent)
  if (byMargin === undefined || minimumPrice === undefined) return byMargin ?? minimumPrice
  return compareDecimal(byMargin, minimumPrice) > 0 ? byMargin : minimumPrice
}

function isBelowFloor(price: DecimalText, { asked }: LineComparison): boolean {
  const { landedCost, minimumPrice } = asked.line
  if (minimumPrice !== undefined && compareDecimal(price, minimumPrice) < 0) return true
  return (
    landedCost !== undefined && !keepsMargin(price, landedCost, asked.settings.marginFloorPercent)
  )
}

/** What the line may be billed at, at the lowest; of a price that a person has settled only that one counts. */
function lowestPrice({ asked, found, sentUnitPrice, standing }: LineComparison) {
  if (asked.line.settled !== undefined) return asked.line.settled.unitPrice
  // A price of zero is a question of its own: free goods cost what they cost.
  return lower(found?.expected.unitPrice, standing === 'zero' ? undefined : sentUnitPrice)
}

/** The expected price, or the buyer's, below the floor (domain rules 3.1.2, kind 17). */
function marginFloor(line: LineComparison, policyVersion: string): Beside[] {
  const { asked } = line
  const price = lowestPrice(line)
  if (price === undefined || !isBelowFloor(price, line)) return []
  const floor = floorOf(line)
  const { landedCost } = asked.line
  const { marginFloorPercent } = asked.settings
  const margin = landedCost === undefined ? undefined : marginPercent(price, landedCost)
  const { currency } = asked.order
  const shortMinor =
    floor === undefined
      ? 0
      : lineAmountMinor(
          subtractDecimal(price, floor),
          String(asked.line.wantedEach ?? asked.line.quantityEach),
          currency,
        )
  const leaves = margin === undefined ? '' : `, which leaves a margin of ${margin} %`
  return [
    {
      decision: 'hold',
      kind: 'MARGIN_FLOOR',
      message: `Line ${asked.line.line}: ${price} is below the lowest price ${floor ?? 'we sell at'}${leaves}.`,
      deltaMinor: shortMinor,
      policyVersion,
      money: { amountMinor: shortMinor, currency },
      evidence: [
        {
          weighs: 'against',
          text: `The price ${price} is below ${floor}: it costs us ${landedCost ?? 'an unknown amount'} and must keep ${marginFloorPercent} %.`,
          source: 'policy:pricing',
          values: {
            price,
            floor: floor ?? null,
            landedCost: landedCost ?? null,
            marginPercent: margin ?? null,
            marginFloorPercent,
          },
        },
      ],
      alternatives: floorAlternatives(line, floor, { shortMinor, currency }),
    },
  ]
}

function floorAlternatives(
  { asked }: LineComparison,
  floor: DecimalText | undefined,
  { shortMinor, currency }: { readonly shortMinor: number; readonly currency: Currency },
): Alternative[] {
  if (floor === undefined) return []
  return [
    {
      candidateId: `price:line ${asked.line.line}:floor`,
      kind: 'bill-floor',
      text: `Bill the lowest price ${floor}.`,
      amountMinor: -shortMinor,
      currency,
      values: { unitPrice: floor },
    },
  ]
}

/** A quantity we do not sell: a change of it is always a proposal (domain rules 3.1.1, P8). */
function quantityRule({ asked }: LineComparison, policyVersion: string): Beside[] {
  const { line, settings } = asked
  // The parts of a line that was split are of a quantity that was judged as a whole.
  if (line.settled?.of === 'split') return []
  if (settings.quantityRule === 'ignore' || line.quantityEach <= 0) return []
  const next = sellableQuantity(line.quantityEach, {
    ...(line.minimumQuantity === undefined ? {} : { minimumQuantity: line.minimumQuantity }),
    ...(line.quantityMultiple === undefined ? {} : { quantityMultiple: line.quantityMultiple }),
  })
  if (next.up === line.quantityEach) return []
  const proposed = next[settings.quantityRule]
  const quantities = [...new Set([proposed, next.up, next.down])]
  return [
    {
      decision: 'propose',
      kind: 'QUANTITY_RULE',
      message: `Line ${line.line}: ${line.quantityEach} ${line.baseUom} cannot be sold, ${proposed} can (at least ${line.minimumQuantity ?? 1}, in multiples of ${line.quantityMultiple ?? 1}).`,
      deltaMinor: 0,
      policyVersion,
      evidence: [
        {
          weighs: 'against',
          text: `We sell at least ${line.minimumQuantity ?? 1} of it, in multiples of ${line.quantityMultiple ?? 1}.`,
          source: `product:${line.sku}`,
          values: { ordered: line.quantityEach, proposed },
        },
      ],
      alternatives: quantities.map((quantityEach) => ({
        candidateId: `quantity:line ${line.line}:${quantityEach}`,
        kind: 'change-quantity',
        text: `Take ${quantityEach} ${line.baseUom} instead of ${line.quantityEach}.`,
        values: { quantityEach },
      })),
    },
  ]
}

/** A line amount that does not come out of quantity and price (domain rules 3.1.2, kind 15). */
function lineExtension(line: LineComparison, policyVersion: string): Beside[] {
  const { asked, sentAmountMinor, sentUnitPrice } = line
  const { statedAmountMinor } = asked.line
  if (statedAmountMinor === undefined || sentUnitPrice === undefined) return []
  const deltaMinor = statedAmountMinor - sentAmountMinor
  if (deltaMinor === 0) return []
  const { currency } = asked.order
  const { underpaid, overpaid } = asked.settings
  const bound = (deltaMinor < 0 ? underpaid : overpaid).amounts[currency]?.lineMinor
  const isSmall = bound !== undefined && Math.abs(deltaMinor) <= bound
  const stated = moneyText(statedAmountMinor, currency)
  const recomputed = moneyText(sentAmountMinor, currency)
  return [
    {
      decision: isSmall ? 'accept' : 'hold',
      kind: 'EXTENSION_ERROR',
      message: `Line ${asked.line.line}: the order says ${stated}, quantity times price is ${recomputed}.`,
      deltaMinor,
      policyVersion,
      money: { amountMinor: deltaMinor, currency },
      evidence: [
        {
          weighs: isSmall ? 'note' : 'against',
          text: `The line amount ${stated} does not come out of its quantity and price: they make ${recomputed}.`,
          values: { statedAmountMinor, recomputedMinor: sentAmountMinor },
        },
      ],
      alternatives: [],
    },
  ]
}

/** What is wrong with a line besides its price. */
export function besidesPrice(line: LineComparison, policyVersion: string): Beside[] {
  return [
    ...marginFloor(line, policyVersion),
    ...quantityRule(line, policyVersion),
    ...lineExtension(line, policyVersion),
  ]
}
