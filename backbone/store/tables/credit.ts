import { index, pgTable, text } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/** Customers whose orders on credit hold are to be looked at again, asked for by what gave them room. */
export const creditReviewTable = pgTable(
  'credit_review',
  {
    tenantId: text('tenant_id').notNull(),
    reviewId: text('review_id').primaryKey(),
    customerNumber: text('customer_number').notNull(),
    /** What gave room: money, a credit note, a cancelled order, another limit. */
    cause: text('cause').notNull(),
    askedAt: moment('asked_at').notNull().defaultNow(),
  },
  (table) => [index('credit_review_by_asked').on(table.tenantId, table.reviewId)],
)
