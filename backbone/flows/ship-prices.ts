import { divideDecimal, multiplyDecimal } from '../canonical/money.ts'
import type {
  CheckFinding,
  HoldState,
  OrderLineState,
  OrderState,
  ShipmentState,
} from '../canonical/order-state.ts'
import { zoneClock } from '../canonical/zone-clock.ts'
import { comparePrices, type OrderComparison } from '../policies/pricing/comparison.ts'
import { pricingPolicy } from '../policies/pricing/pricing-policy.ts'
import type { ShipPrice } from '../policies/pricing/ship-price.ts'
import { priceFacts } from '../store/checks/price-facts.ts'
import type { TenantTx } from '../store/database.ts'
import type { FlowSetting } from './flow-setting.ts'
import { orderToPrice, priceQuestions, sortedFacts } from './order-to-price.ts'
import { loadPeriods } from './price-backgrounds.ts'

const shipCause = 'ship-price:'

/** The cause of a hold on goods of a line that left when its price was one that a person must decide. */
export function shipPriceCause(shipmentNumber: string, line: string, unitPrice: string): string {
  return `${shipCause}${shipmentNumber}:${line}:${unitPrice}`
}

/** The kind of a finding on the price of goods that have left. */
const shipFinding = 'SHIP_PRICE'

/** What is shown of a price that a person must decide, until they have. */
export function shipPriceFinding(
  line: string,
  { reason, verdict }: Extract<ShipPrice, { status: 'waits' }>,
): CheckFinding {
  const { deltaMinor, evidence, alternatives, policyVersion } = verdict
  const shown = { kind: shipFinding, line, message: reason, evidence, alternatives, policyVersion }
  return deltaMinor === 0 ? shown : { ...shown, deltaMinor }
}

/** An order's findings without those on the price of goods of these lines that have left. */
export function withoutShipFindings(
  { findings }: Pick<OrderState, 'findings'>,
  lines: ReadonlySet<string>,
): readonly CheckFinding[] {
  const isOver = ({ kind, line = '' }: CheckFinding) => kind === shipFinding && lines.has(line)
  return findings.some(isOver) ? findings.filter((finding) => !isOver(finding)) : findings
}

/** Whether a hold waits for the price of goods of a line that have left. */
export function isOfShipPrice({ causeKey, line }: HoldState, number: string): boolean {
  return causeKey.startsWith(shipCause) && line === number
}

/** The day goods left, in the tenant's time zone. */
export function shipDayOf({ shippedAt }: ShipmentState, { timeZone }: FlowSetting): string {
  return zoneClock(timeZone).read(Date.parse(shippedAt)).day
}

/** A price that a person or a swap has settled stands; that of a part is the price of the line it is a part of. */
function isOfItsDay({ isPricedAtShip, settled }: OrderLineState): boolean {
  return isPricedAtShip === true && (settled?.price === undefined || settled.price.of === 'split')
}

/** Goods billed at the order's own price before: what is left of that line is billed at it too. */
function isBilledOtherwise({ line: number }: OrderLineState, order: OrderState): boolean {
  return order.shipments.some(
    ({ isInvoiced, lines }) =>
      isInvoiced && lines.some(({ line, unitPrice }) => line === number && unitPrice === undefined),
  )
}

/** The lines of a shipment that wait for the price of the day they left. */
export function waitingForPrice(order: OrderState, shipment: ShipmentState): OrderLineState[] {
  if (shipment.isInvoiced) return []
  const parts = new Map(shipment.lines.map((part) => [part.line, part]))
  return order.lines.filter((line) => {
    const part = parts.get(line.line)
    return (
      part !== undefined &&
      part.unitPrice === undefined &&
      part.quantityEach > 0 &&
      isOfItsDay(line) &&
      !isBilledOtherwise(line, order)
    )
  })
}

/** The shipments of an order whose prices are those of the day they left, and not known yet. */
export function shipmentsToPrice(order: OrderState): ShipmentState[] {
  if (!order.lines.some(isOfItsDay)) return []
  return order.shipments.filter((shipment) => waitingForPrice(order, shipment).length > 0)
}

/** A part of a line as what the buyer wrote of the whole: its breaks and its price are judged by that. */
function asBought(line: OrderLineState, order: OrderState): OrderLineState {
  if (line.settled?.price?.of !== 'split') return line
  const { settled, sku, item, ...rest } = line
  const whole = order.lines.find((other) => other.line === (settled.partOf ?? line.line))
  const { price: _, ...others } = settled
  const written = whole?.settled?.written
  if (written === undefined) return { ...line, settled: others }
  const { sentUnitPrice, uomFactor, priceBasis, orderedEach } = written
  const sent =
    sentUnitPrice === undefined
      ? {}
      : {
          sentUnitPrice: divideDecimal(
            sentUnitPrice,
            multiplyDecimal(priceBasis, String(uomFactor)),
            8,
          ),
        }
  return {
    ...{ ...rest, item, settled: others, orderedEach, quantity: String(orderedEach) },
    ...(sku === undefined ? {} : { sku }),
    ...sent,
    cancelledEach: Math.max(0, orderedEach - line.orderedEach + line.cancelledEach),
  }
}

/** Prices the shipments of a batch as of the days they left, beside the prices the orders were written at; by shipment. */
export async function loadShipPrices(
  tx: TenantTx,
  orders: readonly OrderState[],
  setting: FlowSetting,
): Promise<ReadonlyMap<string, OrderComparison>> {
  const asked = orders.map((order) => {
    const lines = order.lines.map((line) => asBought(line, order))
    return { order: { ...order, lines }, shipments: shipmentsToPrice(order) }
  })
  const questions = asked.flatMap(({ order, shipments }) =>
    priceQuestions(
      order,
      setting,
      shipments.map((shipment) => shipDayOf(shipment, setting)),
    ),
  )
  const facts = sortedFacts(await priceFacts(tx, questions))
  const bought = asked.map(({ order }) => order)
  const periods = await loadPeriods(tx, bought, facts)
  return new Map(
    asked.flatMap(({ order, shipments }) =>
      shipments.map((shipment): [string, OrderComparison] => {
        const toPrice = orderToPrice(order, facts, setting, periods)
        const shippedOn = shipDayOf(shipment, setting)
        const policy = setting.policy(pricingPolicy, order)
        return [shipment.shipmentId, comparePrices({ ...toPrice, shippedOn }, policy)]
      }),
    ),
  )
}
