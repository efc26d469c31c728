import { z } from 'zod'
import { Alternative, Evidence } from '../decision.ts'
import { IsoDate, IsoMoment, PaymentTerms, Reference } from '../document.ts'
import { RecordName } from '../event-about.ts'
import { Item } from '../item.ts'
import { Currency, DecimalText, MinorUnits } from '../money.ts'
import { blockableSteps, holdTypes, stages } from '../order-state.ts'
import { Party } from '../party.ts'
import { InvoiceView } from './invoice-view.ts'
import { PaymentView } from './payment-view.ts'

/** An order as one line of a list. */
export const OrderSummary = z
  .object({
    orderId: z.string(),
    orderNumber: z.string(),
    stage: z.enum(stages),
    /** Some part of the order is further than its stage says. */
    isPartly: z.boolean(),
    customerNumber: z.string().nullable(),
    customerName: z.string().nullable(),
    purchaseOrderNumber: z.string(),
    connectionId: z.string(),
    currency: Currency,
    totalMinor: MinorUnits,
    lineCount: z.int(),
    /** Types of the holds in force. */
    activeHolds: z.array(z.enum(holdTypes)),
    isAcknowledged: z.boolean(),
    isTest: z.boolean(),
    receivedAt: IsoMoment,
    requestedOn: IsoDate.nullable(),
    updatedAt: IsoMoment,
  })
  .meta({ id: 'OrderSummary' })
export type OrderSummary = z.infer<typeof OrderSummary>

/** What was decided about a line beside the buyer's words, and what the buyer had written where something else is delivered. */
export const LineSettled = z
  .looseObject({
    price: z
      .looseObject({
        of: z.enum(['ours', 'buyers', 'swap', 'split']),
        unitPrice: DecimalText.meta({ description: 'Of one base unit.' }),
        source: z.string(),
        by: z.string(),
        at: z.string(),
      })
      .optional(),
    supply: z.enum(['substitute', 'split', 'backorder']).optional().meta({
      description: 'How a line that was short is delivered.',
    }),
    partOf: z.string().optional().meta({ description: "The buyer's line that this is a part of." }),
    standsForEach: z.int().optional(),
    written: z
      .looseObject({ sku: z.string().optional(), quantity: DecimalText, uom: z.string() })
      .optional()
      .meta({ description: 'The line as the buyer wrote it.' }),
  })
  .meta({ id: 'LineSettled' })

/** A line of an order with its five quantities in base units. */
export const OrderLineView = z
  .object({
    line: z.string(),
    sku: z.string().nullable(),
    item: Item,
    description: z.string().nullable(),
    /** As the buyer wrote it. */
    quantity: DecimalText,
    uom: z.string(),
    uomScheme: z.string(),
    uomFactor: z.int(),
    sentUnitPrice: DecimalText.nullable(),
    unitPrice: DecimalText.nullable(),
    priceSource: z.string().nullable(),
    /** The price is the one of the day the goods leave; until then it is what is expected of it. */
    isPricedAtShip: z.boolean(),
    /** The price of one base unit that the buyer was told last. */
    acknowledgedPrice: DecimalText.nullable(),
    /** Before the discount on the whole order. */
    lineAmountMinor: MinorUnits,
    /** Its share of the discount on the whole order, as far as it is still wanted. */
    discountMinor: MinorUnits,
    orderedEach: z.int(),
    cancelledEach: z.int(),
    allocatedEach: z.int(),
    shippedEach: z.int(),
    invoicedEach: z.int(),
    warehouse: z.string().nullable(),
    requestedOn: IsoDate.nullable(),
    promisedOn: IsoDate.nullable(),
    settled: LineSettled.nullable(),
  })
  .meta({ id: 'OrderLine' })
export type OrderLineView = z.infer<typeof OrderLineView>

/** A stop on the order or one of its lines, in force while `releasedAt` is null. */
export const HoldView = z
  .object({
    holdId: z.string(),
    line: z.string().nullable(),
    type: z.enum(holdTypes),
    blocks: z.array(z.enum(blockableSteps)),
    reason: z.string(),
    conditions: z.record(z.string(), z.string().nullable()),
    placedAt: IsoMoment,
    placedBy: z.string(),
    expiresAt: IsoMoment.nullable(),
    timedOutAt: IsoMoment.nullable(),
    releasedAt: IsoMoment.nullable(),
    releasedBy: z.string().nullable(),
    releaseReason: z.string().nullable(),
    /** What a person said when they lifted it, and how far that reaches. */
    release: z
      .object({
        reasonCode: z.string().optional(),
        evidence: z.string().optional(),
        upToMinor: MinorUnits.optional(),
        until: IsoMoment.optional(),
        limitsMinor: z.record(z.string(), MinorUnits).optional(),
        despite: z.array(z.string()).optional(),
      })
      .nullable(),
  })
  .meta({ id: 'Hold' })
export type HoldView = z.infer<typeof HoldView>

/** One line of an order's timeline. */
export const TimelineEvent = z
  .object({
    eventId: z.int(),
    orderId: z.string().nullable(),
    orderEventNo: z.int().nullable(),
    kind: z.string(),
    actor: z.string(),
    summary: z.string(),
    body: z.record(z.string(), z.unknown()),
    /** The records it is about, as far as it tells them: whoever shows one of these reads it anew. */
    about: z.array(RecordName),
    at: IsoMoment,
    traceParent: z.string().nullable(),
  })
  .meta({ id: 'TimelineEvent' })
export type TimelineEvent = z.infer<typeof TimelineEvent>

/** A document of an order, in or out; its exact bytes are at /v1/documents/{id}/raw. */
export const OrderDocument = z
  .object({
    documentId: z.string(),
    direction: z.enum(['in', 'out']),
    docType: z.string(),
    number: z.string(),
    status: z.string(),
    reason: z.string().nullable(),
    receiptId: z.string().nullable(),
    connectionId: z.string().nullable(),
    createdAt: IsoMoment,
    appliedAt: IsoMoment.nullable(),
  })
  .meta({ id: 'OrderDocument' })
export type OrderDocument = z.infer<typeof OrderDocument>

/** A call to an outside system made for an order. */
export const OrderTransaction = z
  .object({
    transactionId: z.string(),
    operation: z.string(),
    connectionId: z.string(),
    naturalKey: z.string(),
    status: z.string(),
    attempts: z.int(),
    errorClass: z.string().nullable(),
    errorMessage: z.string().nullable(),
    externalId: z.string().nullable(),
    /** The cause it fails by, at /v1/transactions/clusters; null while it does not fail. */
    clusterId: z.string().nullable(),
    createdAt: IsoMoment,
    finishedAt: IsoMoment.nullable(),
  })
  .meta({ id: 'OrderTransaction' })
export type OrderTransaction = z.infer<typeof OrderTransaction>

/** What a warehouse was asked to pick for an order. */
export const PickView = z
  .object({
    pickId: z.string(),
    pickNumber: z.string(),
    warehouse: z.string(),
    status: z.string(),
    lines: z.array(z.object({ line: z.string(), sku: z.string(), quantityEach: z.int() })),
    requestedAt: IsoMoment,
  })
  .meta({ id: 'Pick' })
export type PickView = z.infer<typeof PickView>

/** Goods of an order that have left. */
export const ShipmentView = z
  .object({
    shipmentId: z.string(),
    shipmentNumber: z.string(),
    shippedAt: IsoMoment,
    carrier: z.string().nullable(),
    trackingNumber: z.string().nullable(),
    deliveredAt: IsoMoment.nullable(),
    isInvoiced: z.boolean(),
    lines: z.array(z.object({ line: z.string(), quantityEach: z.int() })),
  })
  .meta({ id: 'Shipment' })
export type ShipmentView = z.infer<typeof ShipmentView>

/** What the checks found. */
export const OrderFinding = z
  .object({
    kind: z.string(),
    line: z.string().optional(),
    lines: z.array(z.string()).optional().meta({ description: 'Of several lines together.' }),
    message: z.string(),
    deltaMinor: MinorUnits.optional(),
    evidence: z.array(Evidence).optional(),
    alternatives: z.array(Alternative).optional(),
    policyVersion: z.string().optional(),
  })
  .meta({ id: 'OrderFinding' })

/** An order's header. */
export const OrderHeaderView = OrderSummary.extend({
  releaseNumber: z.string().nullable(),
  erpId: z.string().nullable(),
  orderedOn: IsoDate.nullable(),
  references: z.array(Reference),
  parties: z.array(Party),
  terms: PaymentTerms,
  statedTotalMinor: MinorUnits.nullable(),
  chargesMinor: MinorUnits,
  taxMinor: MinorUnits,
  isShipComplete: z.boolean(),
  changeCount: z.int(),
  cancelReason: z.string().nullable(),
  findings: z.array(OrderFinding),
  releasedAt: IsoMoment.nullable(),
  eventCount: z.int(),
  traceParent: z.string().nullable(),
  version: z.int(),
}).meta({ id: 'OrderHeader' })
export type OrderHeaderView = z.infer<typeof OrderHeaderView>

/** An order with everything on its way: lines, holds, documents, calls, goods, bills, money and the timeline. */
export const OrderView = OrderHeaderView.extend({
  lines: z.array(OrderLineView),
  holds: z.array(HoldView),
  /** The newest 1,000 events, oldest first. */
  timeline: z.array(TimelineEvent),
  documents: z.array(OrderDocument),
  transactions: z.array(OrderTransaction),
  picks: z.array(PickView),
  shipments: z.array(ShipmentView),
  invoices: z.array(InvoiceView),
  payments: z.array(PaymentView),
}).meta({ id: 'Order' })
export type OrderView = z.infer<typeof OrderView>
