import { sql } from 'drizzle-orm'
import { check, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { minor, moment } from './columns.ts'

/** What of a credit note was put to an invoice; one that was undone stays on record. */
export const creditApplicationTable = pgTable(
  'credit_application',
  {
    tenantId: text('tenant_id').notNull(),
    creditApplicationId: text('credit_application_id').notNull(),
    creditNoteId: text('credit_note_id').notNull(),
    invoiceId: text('invoice_id').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    /** The number the ERP knows the posting by. */
    postingNumber: text('posting_number').notNull(),
    /** The payment it came with: taken back together. */
    paymentId: text('payment_id'),
    /** The deduction it clears. */
    deductionId: text('deduction_id'),
    appliedBy: text('applied_by').notNull(),
    reason: text('reason').notNull(),
    appliedAt: moment('applied_at').notNull(),
    undoneAt: moment('undone_at'),
    undoneBy: text('undone_by'),
    undoReason: text('undo_reason'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.creditApplicationId] }),
    index('credit_application_by_note').on(table.tenantId, table.creditNoteId),
    index('credit_application_by_invoice').on(table.tenantId, table.invoiceId),
    index('credit_application_by_payment')
      .on(table.tenantId, table.paymentId)
      .where(sql`payment_id is not null`),
    check('credit_application_above_zero', sql`amount_minor > 0`),
  ],
)
