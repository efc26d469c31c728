import { z } from 'zod'
import { IsoDate } from './document.ts'
import { Currency, DecimalText, MinorUnits } from './money.ts'
import { Party } from './party.ts'

/** A line as the ERP gets it: our SKU, quantity in base units, the price we agreed to. */
const SalesOrderLine = z.object({
  line: z.string(),
  sku: z.string(),
  description: z.string().optional(),
  quantityEach: z.int().min(0),
  unitPrice: DecimalText,
  lineAmountMinor: MinorUnits,
  requestedOn: IsoDate.optional(),
  warehouse: z.string().optional(),
})

/** A released order as we hand it to the ERP: checked, priced, with our own order number. */
export const SalesOrder = z.object({
  docType: z.literal('sales-order'),
  orderNumber: z.string(),
  purchaseOrderNumber: z.string(),
  customerNumber: z.string(),
  /** Counts up with every change sent after the release; 1 is the release itself. */
  revision: z.int().min(1),
  orderedOn: IsoDate.optional(),
  currency: Currency,
  shipTo: Party.optional(),
  billTo: Party.optional(),
  lines: z.array(SalesOrderLine),
  /** Off the lines together; they are before it. */
  discountMinor: MinorUnits.optional(),
  totalMinor: MinorUnits,
})
export type SalesOrder = z.infer<typeof SalesOrder>

/** What a warehouse must pick and send for one order. `pickNumber` is the natural key. */
export const PickRequest = z.object({
  docType: z.literal('pick-request'),
  pickNumber: z.string(),
  orderNumber: z.string(),
  purchaseOrderNumber: z.string(),
  warehouse: z.string(),
  requestedOn: IsoDate.optional(),
  isShipComplete: z.boolean(),
  shipTo: Party.optional(),
  lines: z.array(
    z.object({
      line: z.string(),
      sku: z.string(),
      quantityEach: z.int().min(1),
      description: z.string().optional(),
    }),
  ),
})
export type PickRequest = z.infer<typeof PickRequest>

/** A request to undo one earlier effect: an ERP order or a pick, named by its own number. */
export const Cancellation = z.object({
  docType: z.literal('cancellation'),
  orderNumber: z.string(),
  /** The pick to withdraw; absent when the ERP order itself is cancelled. */
  pickNumber: z.string().optional(),
  reason: z.string(),
})
export type Cancellation = z.infer<typeof Cancellation>

/** Money matched to invoices, as the ERP's ledger gets it. `paymentNumber` is the natural key. */
export const PaymentPosting = z.object({
  docType: z.literal('payment-posting'),
  paymentNumber: z.string(),
  currency: Currency,
  amountMinor: MinorUnits,
  bookedOn: IsoDate,
  applications: z.array(
    z.object({
      invoiceNumber: z.string(),
      /** Below zero in a reversal, as are the other amounts. */
      appliedMinor: MinorUnits,
      discountMinor: MinorUnits,
      /** Small difference, for the small-difference account. */
      writeOffMinor: MinorUnits.optional(),
      /** Fee a bank kept, for bank charges. */
      feeMinor: MinorUnits.optional(),
      /** Gain (above zero) or loss by the exchange rate, in the payment's currency. */
      fxDifferenceMinor: MinorUnits.optional(),
    }),
  ),
  unappliedMinor: MinorUnits,
  /** The number the money itself was posted under, where this only puts more of it to invoices; its amount is 0. */
  continuesPayment: z.string().optional(),
  /** The number of the posting that this one takes back. */
  reversesPayment: z.string().optional(),
})
export type PaymentPosting = z.infer<typeof PaymentPosting>

/** An event as our signed webhook carries it (CloudEvents 1.0 attributes in the headers). */
export const WebhookEvent = z.object({
  docType: z.literal('webhook-event'),
  eventId: z.string(),
  eventType: z.string(),
  subject: z.string(),
  occurredAt: z.string(),
  data: z.record(z.string(), z.unknown()),
})
export type WebhookEvent = z.infer<typeof WebhookEvent>

/** A notice to people: an open circuit, a quarantined document, an SLA about to break. */
export const Notice = z.object({
  docType: z.literal('notice'),
  noticeId: z.string(),
  kind: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  subject: z.string(),
  body: z.string(),
  occurredAt: z.string(),
})
export type Notice = z.infer<typeof Notice>

/**
 * A technical acknowledgement (X12 TA1, 997, 999; EDIFACT CONTRL) as plain data: its own format renders
 * it when it is sent and a control number is known. `body` belongs to that format alone.
 */
export const TechnicalAcknowledgement = z.object({
  docType: z.literal('technical-acknowledgement'),
  standard: z.enum(['x12']),
  kind: z.enum(['TA1', '997', '999']),
  /** Control number of the interchange or group that is acknowledged. */
  acknowledges: z.string(),
  verdict: z.enum(['accepted', 'accepted-with-errors', 'partly-accepted', 'rejected']),
  body: z.record(z.string(), z.unknown()),
})
export type TechnicalAcknowledgement = z.infer<typeof TechnicalAcknowledgement>
