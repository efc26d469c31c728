import type { Acknowledgement } from '../canonical/acknowledgement.ts'
import type { CreditNote } from '../canonical/credit-note.ts'
import type { Invoice } from '../canonical/invoice.ts'
import type { OrderState } from '../canonical/order-state.ts'
import type { Shipment } from '../canonical/shipment.ts'
import type { FlowSetting } from './flow-setting.ts'
import type { OutboundIntent } from './outbox/outbound-intent.ts'

/** A document for the buyer. */
export type Reply = Acknowledgement | Shipment | Invoice | CreditNote

const partnerOperation = {
  acknowledgement: 'partner.acknowledgement',
  shipment: 'partner.ship-notice',
  invoice: 'partner.invoice',
} as const

const eventType = {
  acknowledgement: 'order.acknowledged',
  shipment: 'order.shipped',
  invoice: 'order.invoiced',
  'credit-note': 'order.credited',
} as const

/** What of a reply's number tells an answer that replaces another one from it. */
function versionOf(reply: Reply): string {
  if (reply.docType !== 'acknowledgement' || reply.revision === undefined) return ''
  return `:revision:${reply.revision}`
}

function replyNumber(reply: Reply): string {
  switch (reply.docType) {
    case 'acknowledgement':
      return reply.acknowledgementNumber
    case 'shipment':
      return reply.shipmentNumber
    case 'invoice':
      return reply.invoiceNumber
    case 'credit-note':
      return reply.creditNoteNumber
  }
}

/**
 * Answers the buyer the way their connection understands: EDI partners get X12 documents, a shop gets
 * fulfilments, everyone else a signed webhook where one is configured. A connection without a way back
 * gets nothing, and the document is still on the timeline.
 */
export function replyTo(
  order: Pick<OrderState, 'orderId' | 'orderNumber' | 'connectionId'>,
  reply: Reply,
  setting: FlowSetting,
  documentId?: string,
): OutboundIntent[] {
  const inbound = setting.connection(order.connectionId)
  const target = setting.connection(inbound?.rules.repliesTo ?? order.connectionId)
  if (target === undefined) return []
  const number = replyNumber(reply)
  const common = {
    connectionId: target.connectionId,
    naturalKey: number,
    orderingKey: order.orderNumber,
    idempotencyKey: `${target.connectionId}:${reply.docType}:${number}${versionOf(reply)}`,
  }
  const named = documentId === undefined ? {} : { documentId }
  switch (target.kind) {
    case 'x12':
      // X12 knows it as an 812, which we do not write: an EDI partner reads credits in its portal or by mail.
      return reply.docType === 'credit-note'
        ? []
        : [{ ...common, ...named, operation: partnerOperation[reply.docType], document: reply }]
    case 'shopify':
      // A shop tracks deliveries; it has its own order confirmation and has been paid already.
      return reply.docType === 'shipment'
        ? [{ ...common, ...named, operation: 'shop.fulfilment', document: reply }]
        : []
    case 'webhook':
      return [
        {
          ...common,
          operation: 'webhook.event',
          document: {
            docType: 'webhook-event',
            eventId: `${order.orderId}:${reply.docType}:${number}${versionOf(reply)}`,
            eventType: eventType[reply.docType],
            subject: order.orderNumber,
            occurredAt: setting.now,
            data: { ...reply },
          },
        },
      ]
    default:
      return []
  }
}
