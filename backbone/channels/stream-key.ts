import type { InboundDocument } from '../canonical/canonical-document.ts'
import { normalisePurchaseOrder } from '../canonical/purchase-order-number.ts'

function orderStream(
  connectionId: string,
  purchaseOrderNumber: string,
  releaseNumber: string | undefined,
): string {
  const number = normalisePurchaseOrder(purchaseOrderNumber)
  return ['po', connectionId, number, ...(releaseNumber === undefined ? [] : [releaseNumber])].join(
    ':',
  )
}

/** The stream of the documents of one order, where the sender's key is the purchase order number. */
export function streamOfPurchaseOrder(connectionId: string, purchaseOrderNumber: string): string {
  return orderStream(connectionId, purchaseOrderNumber, undefined)
}

/** The stream a document belongs to: of its order, of its order's shipments, or of its payment. */
export function streamOfDocument(document: InboundDocument, connectionId: string): string {
  switch (document.docType) {
    case 'order':
    case 'order-change':
      return orderStream(connectionId, document.purchaseOrderNumber, document.releaseNumber)
    case 'shipment':
      return `shipments:${document.orderNumber}`
    case 'milestone':
      return `milestones:${document.orderNumber ?? document.purchaseOrderNumber ?? document.milestoneNumber}`
    case 'payment':
      return `payment:${connectionId}:${document.paymentNumber}`
  }
}
