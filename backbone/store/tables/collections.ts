import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { day, minor, moment } from './columns.ts'

/** What customers were sent or told about open invoices, by whom and at which level of the ladder. */
export const dunningContactTable = pgTable(
  'dunning_contact',
  {
    tenantId: text('tenant_id').notNull(),
    contactId: text('contact_id').primaryKey(),
    customerNumber: text('customer_number').notNull(),
    currency: text('currency').notNull(),
    channel: text('channel').notNull(),
    level: integer('level').notNull(),
    /** An answer to the customer's own message; it does not count against the limits. */
    isReply: boolean('is_reply').notNull().default(false),
    outcome: text('outcome').notNull(),
    /** Who was addressed: name, e-mail, phone, role. */
    addressee: jsonb('addressee').notNull().default({}),
    invoiceNumbers: jsonb('invoice_numbers').notNull().default([]),
    amountMinor: minor('amount_minor').notNull(),
    /** Days past due of the oldest row, and the customer's segment, at that time: what own experience is counted by. */
    oldestDays: integer('oldest_days').notNull(),
    segment: text('segment').notNull(),
    note: text('note').notNull().default(''),
    madeAt: moment('made_at').notNull(),
    /** The day of the contact where the customer is. */
    madeOn: day('made_on').notNull(),
    recordedBy: text('recorded_by').notNull(),
  },
  (table) => [
    index('dunning_contact_by_customer').on(table.tenantId, table.customerNumber, table.madeAt),
    index('dunning_contact_by_date').on(table.tenantId, table.madeAt, table.contactId),
  ],
)

/** What customers answered, word for word, and what the answer was taken for. */
export const dunningReplyTable = pgTable(
  'dunning_reply',
  {
    tenantId: text('tenant_id').notNull(),
    replyId: text('reply_id').primaryKey(),
    customerNumber: text('customer_number').notNull(),
    channel: text('channel').notNull(),
    sender: text('sender').notNull().default(''),
    content: text('content').notNull(),
    replyClass: text('reply_class').notNull(),
    /** Amount, date, dispute code and the evidence the class rests on. */
    reading: jsonb('reading').notNull().default({}),
    receivedAt: moment('received_at').notNull(),
    recordedBy: text('recorded_by').notNull(),
    readAt: moment('read_at'),
    readBy: text('read_by'),
  },
  (table) => [
    index('dunning_reply_by_date').on(table.tenantId, table.receivedAt, table.replyId),
    index('dunning_reply_unread')
      .on(table.tenantId, table.customerNumber)
      .where(sql`read_at is null`),
  ],
)

/** What customers promised to pay, and what became of it. */
export const paymentPromiseTable = pgTable(
  'payment_promise',
  {
    tenantId: text('tenant_id').notNull(),
    promiseId: text('promise_id').primaryKey(),
    customerNumber: text('customer_number').notNull(),
    currency: text('currency').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    promisedOn: day('promised_on').notNull(),
    /** The last day on which money still keeps the promise: two business days later unless the policy says otherwise. */
    settleBy: day('settle_by').notNull(),
    /** The invoices it is for; the oldest ones where it names none. */
    invoiceNumbers: jsonb('invoice_numbers').notNull().default([]),
    status: text('status').notNull(),
    /** Money that came for it until it was decided. */
    paidMinor: minor('paid_minor').notNull().default(0),
    replyId: text('reply_id'),
    note: text('note').notNull().default(''),
    recordedAt: moment('recorded_at').notNull(),
    recordedOn: day('recorded_on').notNull(),
    recordedBy: text('recorded_by').notNull(),
    decidedAt: moment('decided_at'),
    decidedOn: day('decided_on'),
    decidedBy: text('decided_by'),
    decisionReason: text('decision_reason'),
  },
  (table) => [
    index('payment_promise_by_date').on(table.tenantId, table.recordedAt, table.promiseId),
    index('payment_promise_by_customer').on(table.tenantId, table.customerNumber, table.status),
    index('payment_promise_pending')
      .on(table.tenantId, table.promisedOn)
      .where(sql`status = 'pending'`),
  ],
)

/** What customers contest of an invoice, with the X12 426 code and who looks into it. */
export const invoiceDisputeTable = pgTable(
  'invoice_dispute',
  {
    tenantId: text('tenant_id').notNull(),
    disputeId: text('dispute_id').primaryKey(),
    customerNumber: text('customer_number').notNull(),
    currency: text('currency').notNull(),
    invoiceNumber: text('invoice_number').notNull(),
    /** The instalment it is about; the whole invoice when absent. */
    instalment: integer('instalment'),
    amountMinor: minor('amount_minor').notNull(),
    /** X12 element 426. */
    code: text('code').notNull(),
    /** The desk that looks into it. */
    route: text('route').notNull(),
    note: text('note').notNull().default(''),
    status: text('status').notNull(),
    replyId: text('reply_id'),
    openedAt: moment('opened_at').notNull(),
    recordedBy: text('recorded_by').notNull(),
    resolvedAt: moment('resolved_at'),
    resolvedBy: text('resolved_by'),
    resolution: text('resolution'),
  },
  (table) => [
    index('invoice_dispute_by_date').on(table.tenantId, table.openedAt, table.disputeId),
    index('invoice_dispute_by_invoice').on(table.tenantId, table.invoiceNumber),
    index('invoice_dispute_open')
      .on(table.tenantId, table.customerNumber)
      .where(sql`status = 'open'`),
  ],
)

/** What keeps a customer from being contacted by the house of itself. */
export const customerStopTable = pgTable(
  'customer_stop',
  {
    tenantId: text('tenant_id').notNull(),
    stopId: text('stop_id').primaryKey(),
    customerNumber: text('customer_number').notNull(),
    kind: text('kind').notNull(),
    reason: text('reason').notNull(),
    placedAt: moment('placed_at').notNull(),
    placedBy: text('placed_by').notNull(),
    /** Last day it holds; until it is lifted when absent. */
    until: day('until'),
    liftedAt: moment('lifted_at'),
    liftedBy: text('lifted_by'),
    liftReason: text('lift_reason'),
  },
  (table) => [
    index('customer_stop_by_date').on(table.tenantId, table.placedAt, table.stopId),
    index('customer_stop_active')
      .on(table.tenantId, table.customerNumber)
      .where(sql`lifted_at is null`),
  ],
)

/** The daily round of collections: one row a tenant and day says that it was gone. */
export const collectionsRoundTable = pgTable(
  'collections_round',
  {
    tenantId: text('tenant_id').notNull(),
    roundOn: day('round_on').notNull(),
    outcome: jsonb('outcome').notNull().default({}),
    doneAt: moment('done_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.roundOn] })],
)

/** Own experience: how often customers of a segment and age of debt paid within the span, with a contact and without. */
export const collectionsOddsTable = pgTable(
  'collections_odds',
  {
    tenantId: text('tenant_id').notNull(),
    segment: text('segment').notNull(),
    bucket: text('bucket').notNull(),
    contactedTrials: integer('contacted_trials').notNull(),
    contactedPaid: integer('contacted_paid').notNull(),
    leftAloneTrials: integer('left_alone_trials').notNull(),
    leftAlonePaid: integer('left_alone_paid').notNull(),
    countedAt: moment('counted_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.segment, table.bucket] })],
)
