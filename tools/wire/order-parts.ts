import { z } from 'zod'
import type {
  OrderDocument,
  OrderLineView,
  OrderTransaction,
  PickView,
  ShipmentView,
  TimelineEvent,
} from '../../backbone/canonical/views/order-view.ts'
import { given } from './given.ts'
import { Money, moneyOf } from './money.ts'
import { ownText, plainText, reference, UntrustedText, untrusted } from './outside-text.ts'

/** A line with its quantities in base units. */
export const WireLine = z.object({
  line: z.string(),
  sku: z.string().optional(),
  quantity: z.string().describe('As the buyer wrote it, in `uom`.'),
  uom: z.string(),
  sent_unit_price: z.string().optional().describe('What the buyer wrote, for one ordered unit.'),
  unit_price: z.string().optional().describe('What we bill for one base unit.'),
  price_source: z.string().optional(),
  amount: Money,
  ordered_each: z.int(),
  cancelled_each: z.int(),
  allocated_each: z.int(),
  shipped_each: z.int(),
  invoiced_each: z.int(),
  warehouse: z.string().optional(),
  requested_on: z.string().optional(),
  promised_on: z.string().optional(),
  untrusted_text: UntrustedText.optional(),
})

/** A line as it goes over the wire; `currency` is the order's. */
export function lineOf(line: OrderLineView, currency: string): z.input<typeof WireLine> {
  return given({
    line: reference(line.line),
    sku: line.sku,
    quantity: line.quantity,
    uom: line.uom,
    sent_unit_price: line.sentUnitPrice,
    unit_price: line.unitPrice,
    price_source: line.priceSource,
    amount: moneyOf(line.lineAmountMinor, currency),
    ordered_each: line.orderedEach,
    cancelled_each: line.cancelledEach,
    allocated_each: line.allocatedEach,
    shipped_each: line.shippedEach,
    invoiced_each: line.invoicedEach,
    warehouse: line.warehouse,
    requested_on: line.requestedOn,
    promised_on: line.promisedOn,
    untrusted_text: untrusted(line.description, 120) ?? null,
  })
}

/** One thing that happened. */
export const WireEvent = z.object({
  at: z.string(),
  kind: z.string(),
  actor: z.string(),
  summary: z.string(),
})

/** A line of the timeline as it goes over the wire. */
export function eventOf({ at, kind, actor, summary }: TimelineEvent): z.input<typeof WireEvent> {
  return { at, kind, actor: plainText(actor, 120), summary: ownText(summary, 300) }
}

/** A document in or out. */
export const WireDocument = z.object({
  document_id: z.string(),
  direction: z.enum(['in', 'out']),
  doc_type: z.string(),
  number: z.string(),
  status: z.string(),
  created_at: z.string(),
})

/** A document as it goes over the wire. */
export function documentOf(document: OrderDocument): z.input<typeof WireDocument> {
  const { documentId, direction, docType, number, status, createdAt } = document
  return {
    ...{ document_id: documentId, direction, doc_type: docType, number: reference(number) },
    ...{ status, created_at: createdAt },
  }
}

/** A call to an outside system. */
export const WireCall = z.object({
  transaction_id: z.string(),
  operation: z.string(),
  connection_id: z.string(),
  status: z.string(),
  attempts: z.int(),
  error_class: z.string().optional(),
  untrusted_text: UntrustedText.optional(),
  created_at: z.string(),
  finished_at: z.string().optional(),
})

/** A call as it goes over the wire. */
export function callOf(call: OrderTransaction): z.input<typeof WireCall> {
  return given({
    transaction_id: call.transactionId,
    operation: call.operation,
    connection_id: call.connectionId,
    status: call.status,
    attempts: call.attempts,
    error_class: call.errorClass,
    untrusted_text: untrusted(call.errorMessage, 200) ?? null,
    created_at: call.createdAt,
    finished_at: call.finishedAt,
  })
}

/** What a warehouse was asked to pick. */
export const WirePick = z.object({
  pick_number: z.string(),
  warehouse: z.string(),
  status: z.string(),
  line_count: z.int(),
  requested_at: z.string(),
})

/** A pick as it goes over the wire. */
export function pickOf(pick: PickView): z.input<typeof WirePick> {
  const { pickNumber, warehouse, status, lines, requestedAt } = pick
  return {
    ...{ pick_number: pickNumber, warehouse, status },
    ...{ line_count: lines.length, requested_at: requestedAt },
  }
}

/** Goods that have left. */
export const WireShipment = z.object({
  shipment_number: z.string(),
  shipped_at: z.string(),
  carrier: z.string().optional(),
  tracking_number: z.string().optional(),
  delivered_at: z.string().optional(),
  is_invoiced: z.boolean(),
  line_count: z.int(),
})

/** A shipment as it goes over the wire. */
export function shipmentOf(shipment: ShipmentView): z.input<typeof WireShipment> {
  const { carrier, trackingNumber } = shipment
  return given({
    shipment_number: reference(shipment.shipmentNumber),
    shipped_at: shipment.shippedAt,
    carrier: carrier === null ? null : reference(carrier),
    tracking_number: trackingNumber === null ? null : reference(trackingNumber),
    delivered_at: shipment.deliveredAt,
    is_invoiced: shipment.isInvoiced,
    line_count: shipment.lines.length,
  })
}
