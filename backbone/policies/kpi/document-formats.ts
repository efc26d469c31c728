/** A document that one kind of connection can carry, with the code that reads or writes it. */
export type DocumentFormat = {
  readonly direction: 'in' | 'out'
  /** The canonical type of what comes in, the operation of what goes out. */
  readonly docType: string
  /** What the standard calls it. */
  readonly name: string
}

const incoming = (docType: string, name: string): DocumentFormat => ({
  direction: 'in',
  docType,
  name,
})
const outgoing = (docType: string, name: string): DocumentFormat => ({
  direction: 'out',
  docType,
  name,
})

/** What each kind of connection carries: the column "supported" of the document matrix. */
export const documentFormats: Readonly<Record<string, readonly DocumentFormat[]>> = {
  x12: [
    incoming('order', 'X12 850 purchase order'),
    incoming('order-change', 'X12 860 purchase order change'),
    outgoing('partner.acknowledgement', 'X12 855 acknowledgement'),
    outgoing('partner.ship-notice', 'X12 856 ship notice'),
    outgoing('partner.invoice', 'X12 810 invoice'),
    outgoing('partner.technical-acknowledgement', 'X12 997 and TA1'),
  ],
  shopify: [
    incoming('order', 'Shopify order'),
    incoming('order-change', 'Shopify order update or cancellation'),
    outgoing('shop.fulfilment', 'Shopify fulfilment'),
  ],
  json: [
    incoming('order', 'order as JSON'),
    incoming('order-change', 'order change as JSON'),
    incoming('shipment', 'shipment as JSON'),
    incoming('milestone', 'milestone as JSON'),
    incoming('payment', 'payment as JSON'),
  ],
  webhook: [outgoing('webhook.event', 'signed webhook')],
}
