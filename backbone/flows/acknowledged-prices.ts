import { compareDecimal } from '../canonical/money.ts'
import { type OrderLineState, type OrderState, wantedEach } from '../canonical/order-state.ts'
import { revisedAcknowledgement } from './acknowledge-order.ts'
import type { FlowSetting } from './flow-setting.ts'
import type { Decision } from './order-batch.ts'
import { type HoldWish, isLetPass } from './place-hold.ts'
import { replyTo } from './replies.ts'
import { changeInErp, withAcknowledgedPrices } from './steps/release-to-erp.ts'

/** Whether a line has another price than the buyer was told; of older orders it is not known what they were told. */
function isUntold(line: OrderLineState): boolean {
  const { unitPrice, acknowledgedPrice } = line
  return (
    wantedEach(line) > 0 &&
    unitPrice !== undefined &&
    acknowledgedPrice !== undefined &&
    compareDecimal(unitPrice, acknowledgedPrice) !== 0
  )
}

function untoldWish({ line, unitPrice, acknowledgedPrice }: OrderLineState): HoldWish {
  return {
    type: 'PRICE',
    line,
    blocks: ['invoice'],
    causeKey: `untold-price:${line}:${unitPrice}`,
    reason: `Line ${line} would be billed at ${unitPrice}; acknowledged was ${acknowledgedPrice}. The buyer is told before an invoice leaves.`,
  }
}

/** Whether the price the buyer was not told is that of the day goods left, or one that a person has decided. */
function isDecided(line: OrderLineState, order: OrderState): boolean {
  const { unitPrice = '', settled } = line
  const parts = order.shipments.flatMap(({ lines }) => lines)
  const atShip = parts.flatMap((part) => (part.line === line.line ? (part.unitPrice ?? []) : []))
  const decided = [...atShip, ...(settled?.price === undefined ? [] : [settled.price.unitPrice])]
  return (
    decided.some((price) => compareDecimal(price, unitPrice) === 0) ||
    isLetPass(order, untoldWish(line).causeKey)
  )
}

/** What keeps an order from being billed: prices that are not the ones acknowledged, and that nobody has decided. */
export function untoldPrices(order: OrderState): HoldWish[] {
  return order.lines
    .filter((line) => isUntold(line) && !isDecided(line, order))
    .map((line) => untoldWish(line))
}

/** The price of goods that left, where it is another one than the buyer was told. */
export type PartPrice = Pick<OrderLineState, 'line' | 'unitPrice' | 'acknowledgedPrice'>

/**
 * Whether the buyer is to be told other prices now: they have changed, and all of them are decided. A line stands at
 * the price of its last part; those of earlier parts are handed in with it.
 */
export function hasPricesToTell(order: OrderState, parts: readonly PartPrice[] = []): boolean {
  return parts.length + order.lines.filter(isUntold).length > 0 && untoldPrices(order).length === 0
}

/** Tells the buyer the prices as they are now, and the ERP before its invoice comes: a new revision of the order. */
export function tellPrices(
  order: OrderState,
  setting: FlowSetting,
  parts: readonly PartPrice[],
): Required<Pick<Decision, 'order' | 'events' | 'sends'>> {
  const changed = new Map(
    [...parts, ...order.lines.filter(isUntold)].map((price) => [
      `${price.line} ${price.unitPrice}`,
      price,
    ]),
  )
  const revised: OrderState = { ...order, erpRevision: order.erpRevision + 1 }
  const prices = [...changed.values()].map(({ line, unitPrice, acknowledgedPrice }) => ({
    ...{ line, unitPrice, before: acknowledgedPrice },
  }))
  const told = prices.map(({ line, unitPrice, before }) => `line ${line} ${unitPrice} (${before})`)
  const after = withAcknowledgedPrices(revised)
  return {
    order: after,
    events: [
      {
        kind: 'order.prices-acknowledged',
        actor: 'order-flow',
        summary: `Acknowledged again, as revision ${revised.erpRevision}, with prices that have changed: ${told.join(', ')}.`,
        body: { revision: revised.erpRevision, prices },
      },
    ],
    sends: [
      ...replyTo(revised, revisedAcknowledgement(revised, setting), setting),
      ...changeInErp(after, setting),
    ],
  }
}
