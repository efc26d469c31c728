import { type OrderLineState, type OrderState, openEach } from '../../canonical/order-state.ts'
import type { QuantityStep } from '../../canonical/views/order-line-explanation.ts'

const ended: ReadonlySet<OrderState['stage']> = new Set(['closed', 'cancelled', 'rejected', 'paid'])

/** Whether goods of the line are still to be found and sent. */
export function isStillWanted(order: OrderState, line: OrderLineState): boolean {
  return !ended.has(order.stage) && line.sku !== undefined && openEach(line) > 0
}

function ordered(order: OrderState, line: OrderLineState): QuantityStep {
  const { quantity, uom, uomFactor, orderedEach, settled } = line
  const packs = uomFactor === 1 ? '' : ` of ${uomFactor} each: ${orderedEach}`
  const written = settled?.written
  const instead =
    written === undefined || written.sku === line.sku
      ? ''
      : ` in the place of ${written.quantity} ${written.uom} of ${written.sku ?? 'an item not known'}`
  const part = settled?.partOf === undefined ? '' : `, a part of the buyer's line ${settled.partOf}`
  return {
    what: 'ordered',
    each: orderedEach,
    text: `${quantity} ${uom}${packs} ordered${instead}${part}.`,
    at: order.receivedAt,
  }
}

const step = (
  what: QuantityStep['what'],
  each: number,
  text: string,
  at: string | null = null,
): QuantityStep[] => (each === 0 ? [] : [{ what, each, text, at }])

function onTheWay(order: OrderState, { line: number }: OrderLineState): QuantityStep[] {
  const picks = order.picks.flatMap(({ pickNumber, warehouse, status, lines, requestedAt }) =>
    lines
      .filter(({ line }) => line === number)
      .flatMap(({ quantityEach }) =>
        step(
          'picked',
          quantityEach,
          `${quantityEach} asked for with pick ${pickNumber} in ${warehouse}: ${status.replaceAll('-', ' ')}.`,
          requestedAt,
        ),
      ),
  )
  const shipments = order.shipments.flatMap((shipment) => {
    const by = [shipment.carrier, shipment.trackingNumber].filter((word) => word !== undefined)
    return shipment.lines
      .filter(({ line }) => line === number)
      .flatMap(({ quantityEach }) =>
        step(
          'shipped',
          quantityEach,
          `${quantityEach} left with ${[`shipment ${shipment.shipmentNumber}`, ...by].join(', ')}.`,
          shipment.shippedAt,
        ),
      )
  })
  return [...picks, ...shipments]
}

/** What has become of the quantity of a line, in the order of its way. */
export function quantityStory(order: OrderState, line: OrderLineState): QuantityStep[] {
  const { cancelledEach, allocatedEach, invoicedEach, warehouse } = line
  const missing = isStillWanted(order, line) ? Math.max(0, openEach(line) - allocatedEach) : 0
  const from = warehouse === undefined ? '' : ` in ${warehouse}`
  return [
    ordered(order, line),
    ...step('cancelled', cancelledEach, `${cancelledEach} cancelled.`),
    ...step('allocated', allocatedEach, `${allocatedEach} kept for it${from}.`),
    ...step('missing', missing, `${missing} not there yet: on backorder.`),
    ...onTheWay(order, line),
    ...step('billed', invoicedEach, `${invoicedEach} billed.`),
  ]
}
