import { sql } from 'drizzle-orm'
import {
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { day, minor, moment } from './columns.ts'

/** Goods a customer wants to send back, from the request to the credit (RMA). */
export const rmaTable = pgTable(
  'rma',
  {
    tenantId: text('tenant_id').notNull(),
    returnId: text('return_id').primaryKey(),
    returnNumber: text('return_number').notNull(),
    orderId: text('order_id').notNull(),
    invoiceId: text('invoice_id').notNull(),
    invoiceNumber: text('invoice_number').notNull(),
    customerNumber: text('customer_number').notNull(),
    currency: text('currency').notNull(),
    /** requested, authorised, received, inspected, credited, replaced, rejected. */
    status: text('status').notNull(),
    requestedOn: day('requested_on').notNull(),
    /** What the rules said about the request, as it was decided. */
    decision: jsonb('decision').notNull(),
    note: text('note'),
    requestedBy: text('requested_by').notNull(),
    version: integer('version').notNull().default(1),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('rma_by_number').on(table.tenantId, table.returnNumber),
    index('rma_by_invoice').on(table.tenantId, table.invoiceId),
    index('rma_by_order').on(table.tenantId, table.orderId),
    index('rma_by_status').on(table.tenantId, table.status, table.returnId),
  ],
)

/** One invoice line of a return: what was asked for, what came, what inspection accepted, what it was credited. */
export const rmaLineTable = pgTable(
  'rma_line',
  {
    tenantId: text('tenant_id').notNull(),
    returnId: text('return_id').notNull(),
    line: text('line').notNull(),
    sku: text('sku'),
    reason: text('reason').notNull(),
    /** X12 element 426, where the reason is one a dispute would name. */
    disputeCode: text('dispute_code'),
    /** The dispute this line opened with it. */
    disputeId: text('dispute_id'),
    condition: text('condition').notNull(),
    quantityEach: integer('quantity_each').notNull(),
    receivedEach: integer('received_each'),
    acceptedEach: integer('accepted_each'),
    creditedNetMinor: minor('credited_net_minor').notNull().default(0),
    creditedTaxMinor: minor('credited_tax_minor').notNull().default(0),
    feeMinor: minor('fee_minor').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.returnId, table.line] })],
)

/** Money we owe a customer for goods or a price; what is not yet used of it is an open credit. */
export const creditNoteTable = pgTable(
  'credit_note',
  {
    tenantId: text('tenant_id').notNull(),
    creditNoteId: text('credit_note_id').primaryKey(),
    creditNoteNumber: text('credit_note_number').notNull(),
    customerNumber: text('customer_number').notNull(),
    currency: text('currency').notNull(),
    netMinor: minor('net_minor').notNull(),
    taxMinor: minor('tax_minor').notNull(),
    /** Restocking fee, taken off. */
    feeMinor: minor('fee_minor').notNull().default(0),
    /** Net plus tax less the fee. */
    totalMinor: minor('total_minor').notNull(),
    /** What no invoice has used and nobody was paid back yet. */
    openMinor: minor('open_minor').notNull(),
    /** open, used, void. */
    status: text('status').notNull(),
    /** X12 element 426. */
    reasonCode: text('reason_code'),
    orderId: text('order_id'),
    invoiceId: text('invoice_id'),
    invoiceNumber: text('invoice_number'),
    returnId: text('return_id'),
    /** The deduction whose valid part it makes good. */
    deductionId: text('deduction_id'),
    lines: jsonb('lines').notNull().default([]),
    /** Postings of its use sent to the ERP so far. */
    postings: integer('postings').notNull().default(0),
    issuedOn: day('issued_on').notNull(),
    issuedBy: text('issued_by').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('credit_note_by_number').on(table.tenantId, table.creditNoteNumber),
    index('credit_note_by_customer').on(table.tenantId, table.customerNumber, table.status),
    index('credit_note_by_return').on(table.tenantId, table.returnId),
    index('credit_note_by_invoice').on(table.tenantId, table.invoiceId),
    // A deduction is made good once, whoever approves it at the same moment.
    uniqueIndex('credit_note_by_deduction')
      .on(table.tenantId, table.deductionId)
      .where(sql`deduction_id is not null`),
    check('credit_note_not_overdrawn', sql`open_minor >= 0 and open_minor <= total_minor`),
  ],
)
