import { compareDecimal, normalDecimal } from '../../canonical/money.ts'
import { orderTotalMinor, wantedAmountMinor } from '../../canonical/order-amounts.ts'
import {
  activeHolds,
  type CheckFinding,
  type OrderLineState,
  type OrderState,
  type ShipmentState,
} from '../../canonical/order-state.ts'
import { nextLookAt } from '../../policies/holds/hold-moments.ts'
import { holdsPolicy } from '../../policies/holds.ts'
import type { OrderComparison } from '../../policies/pricing/comparison.ts'
import { type ShipPrice, shipPrice } from '../../policies/pricing/ship-price.ts'
import { hasPricesToTell, type PartPrice, tellPrices } from '../acknowledged-prices.ts'
import { defineStep } from '../define-step.ts'
import type { Decision } from '../order-batch.ts'
import { type HoldWish, isLetPass, placeHolds } from '../place-hold.ts'
import {
  loadShipPrices,
  shipmentsToPrice,
  shipPriceCause,
  shipPriceFinding,
  waitingForPrice,
  withoutShipFindings,
} from '../ship-prices.ts'

type Priced = Extract<ShipPrice, { status: 'priced' }>
type PricedLine = { readonly line: OrderLineState; readonly price: Priced }

/** What became of a shipment's prices: those that are known, and what a person must decide. */
type ShipmentPrices = {
  readonly priced: readonly PricedLine[]
  readonly wishes: readonly HoldWish[]
  readonly findings: readonly CheckFinding[]
}

function waitWish(
  { line }: OrderLineState,
  { shipmentNumber }: ShipmentState,
  { reason, unitPrice = 'none' }: Extract<ShipPrice, { status: 'waits' }>,
): HoldWish {
  const causeKey = shipPriceCause(shipmentNumber, line, unitPrice)
  return { type: 'PRICE', line, blocks: ['invoice'], causeKey, reason }
}

function pricesOf(
  order: OrderState,
  shipment: ShipmentState,
  comparison: OrderComparison,
): ShipmentPrices {
  const priced: PricedLine[] = []
  const wishes: HoldWish[] = []
  const findings: CheckFinding[] = []
  for (const line of waitingForPrice(order, shipment)) {
    const compared = comparison.lines.find(({ asked }) => asked.line.line === line.line)
    const told = line.acknowledgedPrice ?? line.unitPrice
    if (compared === undefined || told === undefined) continue
    const price = shipPrice(compared, comparison, told)
    if (price.status === 'priced') {
      priced.push({ line, price })
      continue
    }
    const wish = waitWish(line, shipment, price)
    const { unitPrice = told, source = line.priceSource ?? 'acknowledged' } = price
    // A person has let it pass: it is billed as it is, once the buyer has been told.
    if (isLetPass(order, wish.causeKey))
      priced.push({ line, price: { status: 'priced', unitPrice, source } })
    else {
      wishes.push(wish)
      findings.push(shipPriceFinding(line.line, price))
    }
  }
  return { priced, wishes, findings }
}

/** The price of a part that the buyer was not told; of older orders it is not known what they were told. */
function untoldPart({ line: { line, acknowledgedPrice }, price }: PricedLine): PartPrice[] {
  const unitPrice = normalDecimal(price.unitPrice)
  return acknowledgedPrice === undefined || compareDecimal(unitPrice, acknowledgedPrice) === 0
    ? []
    : [{ line, unitPrice, acknowledgedPrice }]
}

/** An order with the prices of goods that have left: their lines' amounts and its total follow. */
function withShipPrices(
  order: OrderState,
  shipment: ShipmentState,
  priced: readonly PricedLine[],
): OrderState {
  if (priced.length === 0) return order
  const byLine = new Map(
    priced.map(({ line, price: { unitPrice, source } }) => [
      line.line,
      { unitPrice: normalDecimal(unitPrice), source },
    ]),
  )
  const shipments = order.shipments.map((other) => {
    if (other.shipmentId !== shipment.shipmentId) return other
    const lines = other.lines.map((part) => {
      const price = byLine.get(part.line)
      return price === undefined ? part : { ...part, unitPrice: price.unitPrice }
    })
    return { ...other, lines }
  })
  const at = { currency: order.currency, shipments }
  const lines = order.lines.map((line) => {
    const price = byLine.get(line.line)
    if (price === undefined) return line
    const { unitPrice, source } = price
    const next = { ...line, unitPrice, priceSource: source }
    return { ...next, lineAmountMinor: wantedAmountMinor(next, at) }
  })
  const repriced: OrderState = { ...order, shipments, lines }
  return { ...repriced, totalMinor: orderTotalMinor(repriced) }
}

/**
 * Goods whose agreement counts the day they leave are priced as of that day. A price that has changed is
 * acknowledged anew before any invoice; one that has risen by more than is accepted waits for a person.
 */
export const priceShipments = defineStep<ReadonlyMap<string, OrderComparison>>({
  name: 'price-shipments',
  from: ['released', 'picking', 'shipped'],
  isNeeded: (order) =>
    order.shipments.some(({ isInvoiced }) => !isInvoiced) &&
    (shipmentsToPrice(order).length > 0 || hasPricesToTell(order)),
  load: (tx, orders, setting) =>
    loadShipPrices(
      tx,
      orders.filter((order) => shipmentsToPrice(order).length > 0),
      setting,
    ),
  decide(order, comparisons, setting): Decision {
    let current = order
    const wishes: HoldWish[] = []
    const news: PartPrice[] = []
    for (const shipment of shipmentsToPrice(order)) {
      const comparison = comparisons.get(shipment.shipmentId)
      if (comparison === undefined) continue
      const found = pricesOf(current, shipment, comparison)
      wishes.push(...found.wishes)
      news.push(...found.priced.flatMap(untoldPart))
      const looked = new Set(waitingForPrice(current, shipment).map(({ line }) => line))
      const findings = [...withoutShipFindings(current, looked), ...found.findings]
      current = withShipPrices({ ...current, findings }, shipment, found.priced)
    }
    const after = hasPricesToTell(current, news)
      ? tellPrices(current, setting, news)
      : { order: current, events: [], sends: [] }
    const held = placeHolds(after.order, wishes, setting, 'order-flow')
    const { settings } = setting.policy(holdsPolicy, order)
    const wakeAt = nextLookAt(activeHolds(held.order), settings, setting.now)
    return {
      order: held.order,
      events: [...after.events, ...held.events],
      sends: after.sends,
      ...(held.events.length === 0 || wakeAt === undefined ? {} : { wakeAt }),
    }
  },
})
