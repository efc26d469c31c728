import { allocateMinor, lineAmountMinor, type MinorUnits, sumMinor } from '../canonical/money.ts'
import {
  type OrderLineState,
  type OrderState,
  type ShipmentState,
  wantedEach,
} from '../canonical/order-state.ts'

const each = (lines: readonly OrderLineState[], of: (line: OrderLineState) => number): number =>
  lines.reduce((sum, line) => sum + of(line), 0)

function amountOf(line: OrderLineState, quantityEach: number, order: OrderState): MinorUnits {
  return lineAmountMinor(line.unitPrice ?? '0', String(quantityEach), order.currency)
}

/** The share of the order's tax that its first so many units carry. */
function taxUpTo(order: OrderState, quantityEach: number): MinorUnits {
  const rest = Math.max(0, each(order.lines, wantedEach) - quantityEach)
  if (order.taxMinor === 0 || quantityEach + rest === 0) return 0
  return allocateMinor(order.taxMinor, [quantityEach, rest])[0] ?? 0
}

/** What a shipment adds to a line's bill: the parts of a line always sum to the line, to the cent. */
export function billedLineMinor(
  order: OrderState,
  line: OrderLineState,
  quantityEach: number,
): MinorUnits {
  return (
    amountOf(line, line.invoicedEach + quantityEach, order) -
    amountOf(line, line.invoicedEach, order)
  )
}

/** Freight and tax a shipment carries: the first one all freight, each so much tax that the sum stays exact. */
export function billedExtrasMinor(
  order: OrderState,
  shipment: ShipmentState,
): { chargesMinor: MinorUnits; taxMinor: MinorUnits } {
  const isFirst = order.invoices.length === 0
  const billedBefore =
    sumMinor(order.invoices.map((invoice) => invoice.totalMinor)) -
    sumMinor(order.lines.map((line) => amountOf(line, line.invoicedEach, order))) -
    (isFirst ? 0 : order.chargesMinor)
  const upTo =
    each(order.lines, (line) => line.invoicedEach) +
    shipment.lines.reduce((sum, line) => sum + line.quantityEach, 0)
  return {
    chargesMinor: isFirst ? order.chargesMinor : 0,
    taxMinor: taxUpTo(order, upTo) - billedBefore,
  }
}

/** The order after some of it will not come any more: amounts, tax and total follow what is still wanted. */
export function withLessWanted(before: OrderState, after: OrderState): OrderState {
  const wantedBefore = each(before.lines, wantedEach)
  const wantedAfter = each(after.lines, wantedEach)
  if (wantedAfter >= wantedBefore) return after
  const lines = after.lines.map((line) => ({
    ...line,
    lineAmountMinor: amountOf(line, wantedEach(line), after),
  }))
  const [taxMinor = 0] = allocateMinor(before.taxMinor, [wantedAfter, wantedBefore - wantedAfter])
  const totalMinor = sumMinor([
    ...lines.map((line) => line.lineAmountMinor),
    after.chargesMinor,
    taxMinor,
  ])
  return { ...after, lines, taxMinor, totalMinor }
}
