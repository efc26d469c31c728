import { orderTotalMinor, wantedAmountMinor } from '../../canonical/order-amounts.ts'
import { activeHolds, type OrderLineState, type OrderState } from '../../canonical/order-state.ts'
import type { FlowSetting } from '../flow-setting.ts'
import type { Decision } from '../order-batch.ts'
import { liftHolds } from '../place-hold.ts'
import { isOfShipPrice, withoutShipFindings } from '../ship-prices.ts'

/** Whether goods of a line have left and wait for a person to decide the price of that day. */
export function isAwaitingShipPrice(order: OrderState, line: string): boolean {
  return activeHolds(order).some((hold) => isOfShipPrice(hold, line))
}

/**
 * An order with the price of goods that have left decided: the line stands at it, its hold goes, and the buyer is
 * told by the next step before anything is billed. What was shared out of the whole order stays as it was.
 */
export function withShippedPrice(
  order: OrderState,
  line: OrderLineState,
  {
    by,
    why,
    setting,
  }: { readonly by: string; readonly why: string; readonly setting: FlowSetting },
): Pick<Decision, 'order' | 'events'> {
  const priced = { ...line, lineAmountMinor: wantedAmountMinor(line, order) }
  const lines = order.lines.map((other) => (other.line === line.line ? priced : other))
  const findings = withoutShipFindings(order, new Set([line.line]))
  const repriced: OrderState = { ...order, lines, findings }
  return liftHolds(
    { ...repriced, totalMinor: orderTotalMinor(repriced) },
    (hold) => (isOfShipPrice(hold, line.line) ? why : undefined),
    setting.now,
    by,
  )
}
