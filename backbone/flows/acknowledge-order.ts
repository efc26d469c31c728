import type {
  Acknowledgement,
  AcknowledgementLine,
  LineStatus,
} from '../canonical/acknowledgement.ts'
import {
  compareDecimal,
  divideDecimal,
  multiplyDecimal,
  normalDecimal,
  subtractDecimal,
  sumDecimal,
} from '../canonical/money.ts'
import type { OrderLineState, OrderState } from '../canonical/order-state.ts'
import type { Quantity } from '../canonical/uom.ts'
import { settledStatuses } from './acknowledge-settled.ts'
import type { FlowSetting } from './flow-setting.ts'

function ordered(line: OrderLineState, each?: number): Quantity {
  const value =
    each === undefined ? line.quantity : divideDecimal(String(each), String(line.uomFactor), 6)
  const uomScheme =
    line.uomScheme === 'x12-355' || line.uomScheme === 'unknown' ? line.uomScheme : 'rec20'
  return { value, uom: line.uom, uomScheme }
}

/** The price of one ordered unit, as the buyer reads it. */
function orderedUnitPrice(line: OrderLineState): { unitPrice?: string } {
  if (line.unitPrice === undefined) return {}
  return {
    unitPrice: multiplyDecimal(
      multiplyDecimal(line.unitPrice, String(line.uomFactor)),
      line.priceBasis,
    ),
  }
}

/** Whether a price is another one than the buyer wrote; where they wrote none, than they were told last. */
function isRepriced(line: OrderLineState, unitPrice: string | undefined): boolean {
  const { sentUnitPrice, acknowledgedPrice } = line
  const before =
    sentUnitPrice ??
    (acknowledgedPrice === undefined
      ? undefined
      : orderedUnitPrice({ ...line, unitPrice: acknowledgedPrice }).unitPrice)
  return before !== undefined && unitPrice !== undefined && compareDecimal(before, unitPrice) !== 0
}

/** What of a line left at prices of the days it left, one entry a price. */
function leftAtOwnPrices(
  { line: number }: OrderLineState,
  shipments: OrderState['shipments'],
): { readonly unitPrice: string; readonly quantityEach: number }[] {
  const byPrice = new Map<string, number>()
  for (const { line, unitPrice, quantityEach } of shipments.flatMap(({ lines }) => lines))
    if (line === number && unitPrice !== undefined)
      byPrice.set(unitPrice, (byPrice.get(unitPrice) ?? 0) + quantityEach)
  return [...byPrice].map(([unitPrice, quantityEach]) => ({ unitPrice, quantityEach }))
}

function lineStatuses(
  line: OrderLineState,
  { shipments }: Pick<OrderState, 'shipments'>,
): LineStatus[] {
  const price = orderedUnitPrice(line)
  const cancelled: LineStatus[] =
    line.cancelledEach > 0
      ? [{ answer: 'deleted', quantity: ordered(line, line.cancelledEach) }]
      : []
  const promisedEach = line.allocatedEach + line.shippedEach
  const backorderedEach = Math.max(0, line.orderedEach - line.cancelledEach - promisedEach)
  const backordered: LineStatus[] =
    backorderedEach > 0
      ? [{ answer: 'backordered', quantity: ordered(line, backorderedEach), ...price }]
      : []
  const left = leftAtOwnPrices(line, shipments)
  const rest = promisedEach - left.reduce((sum, { quantityEach }) => sum + quantityEach, 0)
  const promised = [...left, ...(rest > 0 ? [{ ...line, quantityEach: rest }] : [])]
  const accepted = promised.map(({ unitPrice, quantityEach }): LineStatus => {
    const at = orderedUnitPrice(unitPrice === undefined ? line : { ...line, unitPrice })
    const answer = isRepriced(line, at.unitPrice) ? 'price-changed' : 'accepted'
    return { answer, quantity: ordered(line, quantityEach), ...at }
  })
  return inWhole(line, [...accepted, ...backordered, ...cancelled])
}

/** Thirds of a case do not add up to it: the last part is what is left of what was ordered. */
function inWhole(line: OrderLineState, statuses: readonly LineStatus[]): LineStatus[] {
  if (statuses.length < 3) return [...statuses]
  const before = sumDecimal(statuses.slice(0, -1).map(({ quantity }) => quantity.value))
  return statuses.map((status, place) => {
    if (place < statuses.length - 1) return status
    const value = normalDecimal(subtractDecimal(line.quantity, before))
    return { ...status, quantity: { ...status.quantity, value } }
  })
}

function rejectedStatuses(line: OrderLineState, reason: string): LineStatus[] {
  return [{ answer: 'rejected', quantity: ordered(line), reason }]
}

/** The answer to a line as it is delivered: in parts, or by another product, in the words the buyer wrote. */
function statusesOf(
  line: OrderLineState,
  {
    written,
    parts,
    order,
  }: { written: OrderLineState; parts: readonly OrderLineState[]; order: OrderState },
): LineStatus[] {
  if (line.settled?.written === undefined) return lineStatuses(line, order)
  const { uom, uomScheme } = ordered(written)
  const leftOf = (part: OrderLineState) => leftAtOwnPrices(part, order.shipments)
  return settledStatuses([line, ...parts], line.settled.written, { uom, uomScheme, leftOf })
}

function acknowledgedLine(
  delivered: OrderLineState,
  order: OrderState,
  rejection: string | undefined,
): AcknowledgementLine {
  const line = { ...delivered, ...delivered.settled?.written }
  const parts = order.lines.filter(
    ({ settled }) => settled?.partOf === delivered.line && settled.supply !== undefined,
  )
  const statuses =
    rejection === undefined
      ? statusesOf(delivered, { written: line, parts, order })
      : rejectedStatuses(line, rejection)
  return {
    line: line.line,
    item: line.item,
    ordered: ordered(line),
    ...(line.sentUnitPrice === undefined ? {} : { orderedUnitPrice: line.sentUnitPrice }),
    statuses:
      statuses.length > 0 ? statuses : rejectedStatuses(line, 'Nothing is left of this line.'),
  }
}

/** Our answer once more, with prices that have changed since: it takes the place of the one before. */
export function revisedAcknowledgement(order: OrderState, setting: FlowSetting): Acknowledgement {
  return {
    ...acknowledgement(order, setting),
    purpose: 'replace',
    revision: Math.max(1, order.erpRevision),
  }
}

/** Our answer to an order as it stands: line by line, quantities summing to what was ordered. */
export function acknowledgement(
  order: OrderState,
  setting: FlowSetting,
  rejection?: string,
): Acknowledgement {
  // The parts of a line are answered with it.
  const lines = order.lines
    .filter(({ settled }) => settled?.partOf === undefined)
    .map((line) => acknowledgedLine(line, order, rejection))
  const isUnchanged = lines.every((line) =>
    line.statuses.every((status) => status.answer === 'accepted'),
  )
  return {
    docType: 'acknowledgement',
    purpose: 'original',
    acknowledgementNumber: order.orderNumber,
    purchaseOrderNumber: order.purchaseOrderNumber,
    orderNumber: order.orderNumber,
    issuedOn: setting.today,
    currency: order.currency,
    isTest: false,
    answer:
      rejection !== undefined ? 'rejected' : isUnchanged ? 'accepted' : 'accepted-with-changes',
    ...(order.releaseNumber === undefined ? {} : { releaseNumber: order.releaseNumber }),
    ...(order.orderedOn === undefined ? {} : { orderedOn: order.orderedOn }),
    ...(rejection === undefined ? {} : { reason: rejection }),
    parties: [...order.parties],
    references: [],
    notes: [],
    unknown: [],
    lines,
  }
}
