import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { day, minor, moment, price } from './columns.ts'

/** Orders on their way from received to closed. */
export const ordersTable = pgTable(
  'orders',
  {
    orderId: text('order_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    orderNumber: text('order_number').notNull(),
    stage: text('stage').notNull(),
    connectionId: text('connection_id').notNull(),
    partnerId: text('partner_id'),
    streamKey: text('stream_key').notNull(),
    sourceKey: text('source_key'),
    documentId: text('document_id').notNull(),
    customerNumber: text('customer_number'),
    /** How the document named the customer, the most telling key first. */
    customerKeys: jsonb('customer_keys').notNull().default([]),
    purchaseOrderNumber: text('purchase_order_number').notNull(),
    /** Upper case without blanks, dashes and underscores: how duplicates are found. */
    poNormalised: text('po_normalised').notNull(),
    releaseNumber: text('release_number'),
    sourceVersion: text('source_version'),
    /** Changes of the buyer applied so far. */
    changeCount: integer('change_count').notNull().default(0),
    /** Revisions sent to the ERP; 0 before the release. */
    erpRevision: integer('erp_revision').notNull().default(0),
    erpId: text('erp_id'),
    currency: text('currency').notNull(),
    orderedOn: day('ordered_on'),
    requestedOn: day('requested_on'),
    parties: jsonb('parties').notNull().default([]),
    references: jsonb('references').notNull().default([]),
    terms: jsonb('terms').notNull().default({}),
    lineHash: text('line_hash').notNull(),
    statedTotalMinor: minor('stated_total_minor'),
    totalMinor: minor('total_minor').notNull().default(0),
    chargesMinor: minor('charges_minor').notNull().default(0),
    allowanceMinor: minor('allowance_minor').notNull().default(0),
    taxMinor: minor('tax_minor').notNull().default(0),
    /** What it still adds to its customer's exposure: to be delivered, and delivered but not billed. Unknown of older rows. */
    openOrderMinor: minor('open_order_minor'),
    toBillMinor: minor('to_bill_minor'),
    isShipComplete: boolean('is_ship_complete').notNull().default(false),
    isTest: boolean('is_test').notNull().default(false),
    isAcknowledged: boolean('is_acknowledged').notNull().default(false),
    cancelReason: text('cancel_reason'),
    /** What the checks found, newest run only. */
    findings: jsonb('findings').notNull().default([]),
    eventCount: integer('event_count').notNull().default(0),
    eventHash: text('event_hash').notNull().default(''),
    traceParent: text('trace_parent'),
    version: integer('version').notNull().default(1),
    receivedAt: moment('received_at').notNull(),
    releasedAt: moment('released_at'),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('orders_by_number').on(table.tenantId, table.orderNumber.op('text_pattern_ops')),
    index('orders_by_stream').on(table.tenantId, table.streamKey),
    index('orders_by_stage').on(table.tenantId, table.stage, table.receivedAt),
    // All that the list of orders is narrowed, sorted and counted by: it reads this index and fifty rows.
    index('orders_listed').on(
      table.tenantId,
      table.receivedAt,
      table.orderId,
      table.stage,
      table.requestedOn,
      table.totalMinor,
      table.customerNumber,
      table.connectionId,
      table.currency,
      table.isTest,
      table.poNormalised,
      table.orderNumber,
    ),
    index('orders_by_po').on(table.tenantId, table.poNormalised.op('text_pattern_ops')),
    index('orders_by_customer').on(table.tenantId, table.customerNumber, table.receivedAt),
    // What a customer has ordered and not been billed for yet: the credit check adds it up.
    index('orders_open_by_customer')
      .on(table.tenantId, table.customerNumber)
      .where(sql`stage in ('validated', 'held', 'ready', 'released', 'picking', 'shipped')`),
  ],
)

/** Lines of an order with their five quantities in base units. */
export const orderLineTable = pgTable(
  'order_line',
  {
    tenantId: text('tenant_id').notNull(),
    orderId: text('order_id').notNull(),
    line: text('line').notNull(),
    position: integer('position').notNull(),
    sku: text('sku'),
    item: jsonb('item').notNull(),
    description: text('description'),
    /** As the buyer wrote it. */
    quantity: numeric('quantity', { precision: 24, scale: 8 }).notNull(),
    uom: text('uom').notNull(),
    uomScheme: text('uom_scheme').notNull(),
    uomFactor: integer('uom_factor').notNull().default(1),
    sentUnitPrice: price('sent_unit_price'),
    priceBasis: price('price_basis').notNull().default('1'),
    /** Price of one base unit that we bill. */
    unitPrice: price('unit_price'),
    priceSource: text('price_source'),
    /** Priced by the day the goods leave. */
    isPricedAtShip: boolean('is_priced_at_ship').notNull().default(false),
    /** The price the buyer was told last. Unknown of older rows. */
    acknowledgedPrice: price('acknowledged_price'),
    lineAmountMinor: minor('line_amount_minor').notNull().default(0),
    /** Its share of the discount on the whole order, and of how many base units it is. */
    discountMinor: minor('discount_minor').notNull().default(0),
    discountOfEach: integer('discount_of_each').notNull().default(0),
    orderedEach: integer('ordered_each').notNull().default(0),
    cancelledEach: integer('cancelled_each').notNull().default(0),
    allocatedEach: integer('allocated_each').notNull().default(0),
    shippedEach: integer('shipped_each').notNull().default(0),
    invoicedEach: integer('invoiced_each').notNull().default(0),
    warehouse: text('warehouse'),
    requestedOn: day('requested_on'),
    promisedOn: day('promised_on'),
    references: jsonb('references').notNull().default([]),
    findings: jsonb('findings').notNull().default([]),
    /** What was decided about it beside the buyer's words: its price, a substitute, its parts. */
    settled: jsonb('settled'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.orderId, table.line] }),
    // In the order of their characters, here and below: people also know how a number begins.
    index('order_line_by_sku').on(table.tenantId, table.sku.op('text_pattern_ops')),
    // Of the lines of a product, the few that still wait for goods.
    index('order_line_waiting')
      .on(table.tenantId, table.sku)
      .where(sql`ordered_each - cancelled_each - shipped_each - allocated_each > 0`),
  ],
)

/** What stops an order, which steps it blocks, and what lifts it. */
export const holdTable = pgTable(
  'hold',
  {
    holdId: text('hold_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    orderId: text('order_id').notNull(),
    line: text('line'),
    type: text('type').notNull(),
    blocks: jsonb('blocks').notNull(),
    reason: text('reason').notNull(),
    evidence: jsonb('evidence').notNull().default({}),
    /** For conditional holds: the conditions that must all be met, and since when each is. */
    conditions: jsonb('conditions').notNull().default({}),
    placedAt: moment('placed_at').notNull(),
    placedBy: text('placed_by').notNull(),
    /** A cancel window is released at this moment; any other hold starts its timeout action. */
    expiresAt: moment('expires_at'),
    timedOutAt: moment('timed_out_at'),
    releasedAt: moment('released_at'),
    releasedBy: text('released_by'),
    releaseReason: text('release_reason'),
  },
  (table) => [
    index('hold_by_order').on(table.tenantId, table.orderId),
    index('hold_active')
      .on(table.tenantId, table.type, table.expiresAt)
      .where(sql`released_at is null`),
  ],
)

/** Everything that happened, append-only; the events of one order form a hash chain. */
export const eventTable = pgTable(
  'event',
  {
    eventId: bigint('event_id', { mode: 'number' }).generatedAlwaysAsIdentity().primaryKey(),
    tenantId: text('tenant_id').notNull(),
    orderId: text('order_id'),
    orderEventNo: integer('order_event_no'),
    kind: text('kind').notNull(),
    actor: text('actor').notNull(),
    summary: text('summary').notNull(),
    body: jsonb('body').notNull().default({}),
    at: moment('at').notNull(),
    traceParent: text('trace_parent'),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [
    uniqueIndex('event_by_order').on(table.tenantId, table.orderId, table.orderEventNo),
    index('event_by_tenant').on(table.tenantId, table.eventId),
    index('event_by_kind').on(table.tenantId, table.kind, table.at),
  ],
)

/** A seal over all events of a tenant up to a point, chained to the seal before. */
export const eventCheckpointTable = pgTable(
  'event_checkpoint',
  {
    tenantId: text('tenant_id').notNull(),
    checkpointNo: integer('checkpoint_no').notNull(),
    afterEventId: bigint('after_event_id', { mode: 'number' }).notNull(),
    upToEventId: bigint('up_to_event_id', { mode: 'number' }).notNull(),
    eventCount: integer('event_count').notNull(),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
    at: moment('at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.checkpointNo] })],
)

/** What a warehouse was asked to pick. */
export const pickTable = pgTable(
  'pick',
  {
    pickId: text('pick_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    pickNumber: text('pick_number').notNull(),
    orderId: text('order_id').notNull(),
    warehouse: text('warehouse').notNull(),
    status: text('status').notNull(),
    lines: jsonb('lines').notNull(),
    requestedAt: moment('requested_at').notNull(),
  },
  (table) => [
    uniqueIndex('pick_by_number').on(table.tenantId, table.pickNumber.op('text_pattern_ops')),
    index('pick_by_order').on(table.tenantId, table.orderId),
  ],
)

/** Goods that left for an order. */
export const shipmentTable = pgTable(
  'shipment',
  {
    shipmentId: text('shipment_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    shipmentNumber: text('shipment_number').notNull(),
    orderId: text('order_id').notNull(),
    documentId: text('document_id').notNull(),
    shippedAt: moment('shipped_at').notNull(),
    carrier: text('carrier'),
    trackingNumber: text('tracking_number'),
    deliveredAt: moment('delivered_at'),
    isInvoiced: boolean('is_invoiced').notNull().default(false),
    lines: jsonb('lines').notNull(),
  },
  (table) => [
    uniqueIndex('shipment_by_number').on(
      table.tenantId,
      table.shipmentNumber.op('text_pattern_ops'),
    ),
    index('shipment_by_tracking').on(table.tenantId, table.trackingNumber.op('text_pattern_ops')),
    index('shipment_by_order').on(table.tenantId, table.orderId),
  ],
)

/** What we billed and what of it is still open. */
export const invoiceTable = pgTable(
  'invoice',
  {
    invoiceId: text('invoice_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    invoiceNumber: text('invoice_number').notNull(),
    orderId: text('order_id').notNull(),
    shipmentId: text('shipment_id'),
    customerNumber: text('customer_number').notNull(),
    currency: text('currency').notNull(),
    totalMinor: minor('total_minor').notNull(),
    openMinor: minor('open_minor').notNull(),
    invoicedOn: day('invoiced_on').notNull(),
    dueOn: day('due_on').notNull(),
    discountUntil: day('discount_until'),
    discountMinor: minor('discount_minor').notNull().default(0),
    status: text('status').notNull(),
    documentId: text('document_id').notNull(),
  },
  (table) => [
    uniqueIndex('invoice_by_number').on(table.tenantId, table.invoiceNumber.op('text_pattern_ops')),
    index('invoice_by_order').on(table.tenantId, table.orderId),
    index('invoice_by_customer').on(table.tenantId, table.customerNumber, table.status),
    index('invoice_by_date').on(table.tenantId, table.invoicedOn, table.invoiceId),
  ],
)

/** Money that arrived and what of it is not yet matched. */
export const paymentTable = pgTable(
  'payment',
  {
    paymentId: text('payment_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    paymentNumber: text('payment_number').notNull(),
    connectionId: text('connection_id').notNull(),
    documentId: text('document_id').notNull(),
    currency: text('currency').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    unappliedMinor: minor('unapplied_minor').notNull(),
    bookedOn: day('booked_on').notNull(),
    customerNumber: text('customer_number'),
    isReversal: boolean('is_reversal').notNull().default(false),
    /** Account or name the money came from, in its one spelling. */
    payerKey: text('payer_key'),
    /** The numbers its remittance names, in one spelling: with payer and amount it shows what was paid twice. */
    referenceKey: text('reference_key'),
    /** Lines of the remittance, for the line rate. */
    remittanceLines: integer('remittance_lines').notNull().default(1),
    /** What matching last decided: kind, passes tried and why not, policy version. */
    matching: jsonb('matching'),
    /** Postings sent to the ERP so far. */
    postings: integer('postings').notNull().default(0),
    /** When the last cent was matched. */
    settledAt: moment('settled_at'),
    /** The payment that took this one back. */
    reversedBy: text('reversed_by'),
    receivedAt: moment('received_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('payment_by_number').on(table.tenantId, table.connectionId, table.paymentNumber),
    index('payment_by_date').on(table.tenantId, table.bookedOn, table.paymentId),
    index('payment_by_reference')
      .on(table.tenantId, table.referenceKey, table.amountMinor)
      .where(sql`reference_key is not null`),
    index('payment_to_match')
      .on(table.tenantId, table.bookedOn, table.paymentId)
      .where(sql`unapplied_minor <> 0`),
    index('payment_unapplied')
      .on(table.tenantId, table.customerNumber)
      .where(sql`unapplied_minor <> 0`),
    // Money is never put to invoices twice, whatever matching thought.
    check('payment_not_overdrawn', sql`unapplied_minor >= 0 or amount_minor < 0`),
  ],
)

/** Which money paid which invoice. */
export const paymentApplicationTable = pgTable(
  'payment_application',
  {
    tenantId: text('tenant_id').notNull(),
    paymentId: text('payment_id').notNull(),
    invoiceId: text('invoice_id').notNull(),
    appliedMinor: minor('applied_minor').notNull(),
    discountMinor: minor('discount_minor').notNull().default(0),
    /** Small difference, on the small-difference account. */
    writeOffMinor: minor('write_off_minor').notNull().default(0),
    /** Fee a bank kept on the way, on bank charges. */
    feeMinor: minor('fee_minor').notNull().default(0),
    /** What the payment's money fell by, in its own currency; the applied amount when absent. */
    takenMinor: minor('taken_minor'),
    fxDifferenceMinor: minor('fx_difference_minor').notNull().default(0),
    /** Which of the eight passes matched it. */
    pass: integer('pass'),
    /** `cash-matching`, or the person who chose it. */
    appliedBy: text('applied_by').notNull().default('cash-matching'),
    reason: text('reason').notNull(),
    at: moment('at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.paymentId, table.invoiceId] }),
    index('payment_application_by_invoice').on(table.tenantId, table.invoiceId),
  ],
)
