import { allocateMinor, type MinorUnits, sumMinor } from '../canonical/money.ts'
import {
  billedChargesMinor,
  billedMinor,
  discountOn,
  orderTotalMinor,
  wantedAmountMinor,
} from '../canonical/order-amounts.ts'
import {
  type OrderLineState,
  type OrderState,
  type ShipmentState,
  wantedEach,
} from '../canonical/order-state.ts'

const each = (lines: readonly OrderLineState[], of: (line: OrderLineState) => number): number =>
  lines.reduce((sum, line) => sum + of(line), 0)

const invoicedEach = (line: OrderLineState) => line.invoicedEach

/** The tax on what is billed already: what its bills come to beyond goods and freight. */
function billedTaxMinor(order: OrderState): MinorUnits {
  if (order.invoices.length === 0) return 0
  const goods = sumMinor(
    order.lines.map((line) => billedMinor(line, order) - discountOn(line, line.invoicedEach)),
  )
  return (
    sumMinor(order.invoices.map(({ totalMinor }) => totalMinor)) - goods - billedChargesMinor(order)
  )
}

/** Of tax on so many units the share of some of them; none where there are none. */
function taxShare(taxMinor: MinorUnits, quantityEach: number, restEach: number): MinorUnits {
  if (taxMinor === 0 || quantityEach + restEach <= 0) return 0
  return allocateMinor(taxMinor, [quantityEach, restEach])[0] ?? 0
}

/** The order's discount on the goods of a shipment, by quantity: the last one takes what is left of each line's. */
export function billedDiscountMinor(order: OrderState, shipment: ShipmentState): MinorUnits {
  return sumMinor(
    shipment.lines.map(({ line: number, quantityEach }) => {
      const line = order.lines.find((candidate) => candidate.line === number)
      if (line === undefined) return 0
      const { invoicedEach } = line
      return discountOn(line, invoicedEach + quantityEach) - discountOn(line, invoicedEach)
    }),
  )
}

/** Freight and tax a shipment carries: the first one all freight, each so much tax that the sum stays exact. */
export function billedExtrasMinor(
  order: OrderState,
  shipment: ShipmentState,
): { chargesMinor: MinorUnits; taxMinor: MinorUnits } {
  const quantityEach = shipment.lines.reduce((sum, line) => sum + line.quantityEach, 0)
  const restEach = each(order.lines, wantedEach) - each(order.lines, invoicedEach) - quantityEach
  return {
    chargesMinor: order.invoices.length === 0 ? billedChargesMinor(order) : 0,
    taxMinor: taxShare(order.taxMinor - billedTaxMinor(order), quantityEach, restEach),
  }
}

/** The order after some of it will not come any more: amounts, tax and total follow what is still wanted. */
export function withLessWanted(before: OrderState, after: OrderState): OrderState {
  const wantedBefore = each(before.lines, wantedEach)
  const wantedAfter = each(after.lines, wantedEach)
  if (wantedAfter >= wantedBefore) return after
  const lines = after.lines.map((line) => ({
    ...line,
    lineAmountMinor: wantedAmountMinor(line, after),
  }))
  // What is billed stays as it is: only the tax on the rest becomes less.
  const billedTax = billedTaxMinor(before)
  const toBillEach = wantedAfter - each(before.lines, invoicedEach)
  const rest = taxShare(before.taxMinor - billedTax, toBillEach, wantedBefore - wantedAfter)
  const settled = { ...after, lines, taxMinor: billedTax + rest }
  return { ...settled, totalMinor: orderTotalMinor(settled) }
}
