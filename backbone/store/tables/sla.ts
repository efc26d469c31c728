import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/** A time in which a promise rested because something was up to the customer. */
export const slaPauseTable = pgTable(
  'sla_pause',
  {
    tenantId: text('tenant_id').notNull(),
    subject: text('subject').notNull(),
    target: text('target').notNull(),
    startedAt: moment('started_at').notNull(),
    reason: text('reason').notNull(),
    endedAt: moment('ended_at'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.subject, table.target, table.startedAt] }),
  ],
)
