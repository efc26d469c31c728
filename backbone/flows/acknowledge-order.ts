import type {
  Acknowledgement,
  AcknowledgementLine,
  LineStatus,
} from '../canonical/acknowledgement.ts'
import { compareDecimal, divideDecimal, multiplyDecimal } from '../canonical/money.ts'
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

function lineStatuses(line: OrderLineState): LineStatus[] {
  const price = orderedUnitPrice(line)
  const isRepriced =
    line.sentUnitPrice !== undefined &&
    price.unitPrice !== undefined &&
    compareDecimal(line.sentUnitPrice, price.unitPrice) !== 0
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
  const accepted: LineStatus[] =
    promisedEach > 0
      ? [
          {
            answer: isRepriced ? 'price-changed' : 'accepted',
            quantity: ordered(line, promisedEach),
            ...price,
          },
        ]
      : []
  return [...accepted, ...backordered, ...cancelled]
}

function rejectedStatuses(line: OrderLineState, reason: string): LineStatus[] {
  return [{ answer: 'rejected', quantity: ordered(line), reason }]
}

/** The answer to a line as it is delivered: in parts, or by another product, in the words the buyer wrote. */
function statusesOf(
  line: OrderLineState,
  { written, parts }: { written: OrderLineState; parts: readonly OrderLineState[] },
): LineStatus[] {
  if (line.settled?.written === undefined) return lineStatuses(line)
  const { uom, uomScheme } = ordered(written)
  return settledStatuses([line, ...parts], line.settled.written, { uom, uomScheme })
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
      ? statusesOf(delivered, { written: line, parts })
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
