import {
  type DecimalText,
  divideDecimal,
  lineAmountMinor,
  type MinorUnits,
  multiplyDecimal,
  sumMinor,
} from './money.ts'
import {
  type OrderLineState,
  type OrderState,
  type ShipmentState,
  wantedEach,
} from './order-state.ts'

/**
 * The money off on the first so many base units of a line, of its share of the order's discount. The parts of a line
 * take the differences, so that they always sum to the share, and what is cancelled takes its own with it.
 */
export function discountOn(
  { discount }: Pick<OrderLineState, 'discount'>,
  quantityEach: number,
): MinorUnits {
  if (discount === undefined || discount.ofEach === 0) return 0
  const whole = multiplyDecimal(String(discount.amountMinor), String(quantityEach))
  return Number(divideDecimal(whole, String(discount.ofEach), 0))
}

/** The order's discount as far as its goods are still wanted. */
export function orderDiscountMinor({ lines }: Pick<OrderState, 'lines'>): MinorUnits {
  return sumMinor(lines.map((line) => discountOn(line, wantedEach(line))))
}

/**
 * Freight and other charges less allowances as they are billed: an allowance the buyer wrote is not taken once more
 * where it is the discount that the lines bear already.
 */
export function billedChargesMinor({
  chargesMinor,
  allowanceMinor,
  lines,
}: Pick<OrderState, 'chargesMinor' | 'allowanceMinor' | 'lines'>): MinorUnits {
  if (allowanceMinor === 0) return chargesMinor
  const granted = sumMinor(lines.map(({ discount }) => discount?.amountMinor ?? 0))
  return chargesMinor + Math.min(allowanceMinor, granted)
}

/** What an order comes to: its lines less their discount, freight and other charges, and tax. */
export function orderTotalMinor(
  order: Pick<OrderState, 'lines' | 'chargesMinor' | 'allowanceMinor' | 'taxMinor'>,
): MinorUnits {
  return sumMinor([
    ...order.lines.map((line) => line.lineAmountMinor),
    -orderDiscountMinor(order),
    billedChargesMinor(order),
    order.taxMinor,
  ])
}

type Sold = Pick<OrderState, 'currency' | 'shipments'>

const amountAt = (
  unitPrice: DecimalText | undefined,
  quantityEach: number,
  { currency }: Sold,
): MinorUnits => lineAmountMinor(unitPrice ?? '0', String(quantityEach), currency)

/** What of a line left in these shipments at a price of the day it left, and what that comes to. */
function atOwnPrice(
  { line: number }: OrderLineState,
  order: Sold,
  isCounted: (shipment: ShipmentState) => boolean,
): { readonly quantityEach: number; readonly amountMinor: MinorUnits } {
  const left = order.shipments
    .filter(isCounted)
    .flatMap(({ lines }) =>
      lines.filter(({ line, unitPrice }) => line === number && unitPrice !== undefined),
    )
  return {
    quantityEach: left.reduce((sum, { quantityEach }) => sum + quantityEach, 0),
    amountMinor: sumMinor(
      left.map(({ unitPrice, quantityEach }) => amountAt(unitPrice, quantityEach, order)),
    ),
  }
}

const isBilled = ({ isInvoiced }: ShipmentState) => isInvoiced
const isToBill = ({ isInvoiced }: ShipmentState) => !isInvoiced

/** What a line comes to, as far as it is wanted: goods with a price of the day they left at that, the rest at the line's. */
export function wantedAmountMinor(line: OrderLineState, order: Sold): MinorUnits {
  const own = atOwnPrice(line, order, () => true)
  const rest = Math.max(0, wantedEach(line) - own.quantityEach)
  return own.amountMinor + amountAt(line.unitPrice, rest, order)
}

/** What a line's bills come to so far, before the discount. */
export function billedMinor(line: OrderLineState, order: Sold): MinorUnits {
  const own = atOwnPrice(line, order, isBilled)
  return own.amountMinor + amountAt(line.unitPrice, line.invoicedEach - own.quantityEach, order)
}

/** What of a line has left and is not billed yet, less its discount. */
export function leftToBillMinor(line: OrderLineState, order: Sold): MinorUnits {
  const { invoicedEach, shippedEach } = line
  const leftEach = Math.max(0, shippedEach - invoicedEach)
  const own = atOwnPrice(line, order, isToBill)
  const rest = amountAt(line.unitPrice, Math.max(0, leftEach - own.quantityEach), order)
  const off = discountOn(line, invoicedEach + leftEach) - discountOn(line, invoicedEach)
  return own.amountMinor + rest - off
}

/** What a shipment adds to a line's bills, before the discount: the parts of a line always sum to it, to the cent. */
export function toBillMinor(
  line: OrderLineState,
  part: ShipmentState['lines'][number],
  order: Sold,
): MinorUnits {
  const { quantityEach, unitPrice } = part
  if (unitPrice !== undefined) return amountAt(unitPrice, quantityEach, order)
  const before = line.invoicedEach - atOwnPrice(line, order, isBilled).quantityEach
  return (
    amountAt(line.unitPrice, before + quantityEach, order) - amountAt(line.unitPrice, before, order)
  )
}
