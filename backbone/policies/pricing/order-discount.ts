import type { Evidence } from '../../canonical/decision.ts'
import {
  amountText,
  type MinorUnits,
  moneyText,
  multiplyDecimal,
  percentOfMinor,
  sumMinor,
} from '../../canonical/money.ts'
import type { OrderComparison } from './comparison.ts'
import { keepsMargin } from './margin-floor.ts'
import { allocateDiscount } from './order-amounts.ts'
import type { LineVerdict, OrderDiscount } from './price-judgement.ts'

/** What the order itself says of a discount, beside ours. */
function claimText({ allowanceMinor = 0, currency }: OrderComparison['order']): string {
  if (allowanceMinor === 0) return 'The order names no discount.'
  return `The order names an allowance of ${moneyText(allowanceMinor, currency)}: it is the same discount, not another one.`
}

/** Lines whose price keeps the margin, but not once their share of the discount is taken off (3.1.1, step 8). */
export function belowFloorByDiscount(
  { lines, policy }: OrderComparison,
  verdicts: readonly Pick<LineVerdict, 'line' | 'lineAmountMinor'>[],
  { byLine }: OrderDiscount,
): string[] {
  const { marginFloorPercent } = policy.settings
  const shares = new Map(byLine.map(({ line, amountMinor }) => [line, amountMinor]))
  return verdicts.flatMap(({ line: number, lineAmountMinor: amountMinor }, place) => {
    const { line, order } = lines[place]?.asked ?? {}
    const share = shares.get(number) ?? 0
    if (line?.landedCost === undefined || order === undefined || share === 0) return []
    const wanted = String(line.wantedEach ?? line.quantityEach)
    const cost = multiplyDecimal(line.landedCost, wanted)
    const keeps = (minor: MinorUnits) =>
      keepsMargin(amountText(minor, order.currency), cost, marginFloorPercent)
    return keeps(amountMinor) && !keeps(amountMinor - share) ? [number] : []
  })
}

/**
 * A discount on the whole order, as the settings give it for what its lines are billed at, spread over the lines to
 * the cent. Nothing where no line can bear any, and on orders of a shop of our own: it grants its discounts itself.
 */
export function orderDiscount(
  { order, policy }: OrderComparison,
  lines: readonly Pick<LineVerdict, 'line' | 'lineAmountMinor'>[],
): OrderDiscount | undefined {
  const { orderDiscounts, rounding } = policy.settings
  if (orderDiscounts.length === 0 || order.isOwnShop === true) return undefined
  const shares = lines.map(({ line, lineAmountMinor: amountMinor }) => ({ line, amountMinor }))
  const valueMinor = sumMinor(shares.map(({ amountMinor }) => Math.max(0, amountMinor)))
  const [reached] = orderDiscounts
    .filter(({ currency, fromMinor }) => currency === order.currency && fromMinor <= valueMinor)
    .toSorted((a, b) => b.fromMinor - a.fromMinor)
  if (reached === undefined) return undefined
  const amountMinor = percentOfMinor(valueMinor, reached.percentOff, rounding)
  const byLine = allocateDiscount(amountMinor, shares)
  if (byLine === undefined) return undefined
  const money = (minor: number) => moneyText(minor, order.currency)
  const evidence: Evidence[] = [
    {
      weighs: 'for',
      text: `The lines come to ${money(valueMinor)}; from ${money(reached.fromMinor)} on ${reached.percentOff} % is taken off: ${money(amountMinor)}.`,
      source: 'policy:pricing',
    },
    { weighs: 'note', text: claimText(order), source: 'order' },
  ]
  return { amountMinor, byLine, evidence }
}
