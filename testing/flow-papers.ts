import { type OrderState, openEach } from '../backbone/canonical/order-state.ts'

/** A line of a test order: product, quantity in pieces unless said otherwise, and the price the buyer writes. */
export type LineDraft = {
  readonly sku: string
  readonly quantity: number
  readonly unitPrice?: string
  readonly uom?: string
}

/** A purchase order of customer C-10001 as JSON. */
export function purchaseOrder(number: string, lines: readonly LineDraft[], more: object = {}) {
  return {
    docType: 'order',
    purchaseOrderNumber: number,
    issuedOn: '2026-11-16',
    currency: 'USD',
    parties: [
      { role: 'buyer', identifiers: [{ scheme: 'seller-assigned', value: 'C-10001' }] },
      { role: 'ship-to', name: 'Plant 2', address: { city: 'Fort Worth', country: 'US' } },
    ],
    lines: lines.map(({ sku, quantity, unitPrice, uom = 'EA' }, index) => ({
      line: String(index + 1),
      item: { identifiers: [{ scheme: 'sku', value: sku }] },
      quantity: { value: String(quantity), uom },
      ...(unitPrice === undefined ? {} : { unitPrice }),
    })),
    ...more,
  }
}

/** A warehouse's report that goods of an order left. */
export function shipmentOf(
  order: Pick<OrderState, 'orderNumber'>,
  shipmentNumber: string,
  lines: readonly { line: string; quantityEach: number }[],
  more: object = {},
) {
  return {
    docType: 'shipment',
    currency: 'USD',
    shipmentNumber,
    orderNumber: order.orderNumber,
    shippedAt: '2026-11-17T15:00:00Z',
    carrier: 'UPSN',
    trackingNumber: `1Z-${shipmentNumber}`,
    lines: lines.map(({ line, quantityEach }) => ({
      line,
      item: { identifiers: [{ scheme: 'other', value: line }] },
      shipped: { value: String(quantityEach), uom: 'EA' },
    })),
    ...more,
  }
}

/** Money from the bank, with what it is for. */
export function paymentOf(
  paymentNumber: string,
  amountMinor: number,
  remittance: readonly { invoiceNumber: string; paidMinor: number; discountMinor?: number }[],
  more: object = {},
) {
  return {
    docType: 'payment',
    currency: 'USD',
    paymentNumber,
    bookedOn: '2026-11-20',
    amountMinor,
    remittance,
    ...more,
  }
}

/** Everything of an order that has yet to leave, as lines of a shipment. */
export function allOpen(
  order: Pick<OrderState, 'lines'>,
): { line: string; quantityEach: number }[] {
  return order.lines.map((line) => ({ line: line.line, quantityEach: openEach(line) }))
}

/** Something that happened outside, told about an order. */
export function milestoneOf(kind: string, milestoneNumber: string, more: object) {
  return {
    docType: 'milestone',
    kind,
    milestoneNumber,
    happenedAt: '2026-11-18T14:05:00Z',
    ...more,
  }
}
