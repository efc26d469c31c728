import { sql } from 'drizzle-orm'
import { boolean, index, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/** Views people have saved of a list: what it is narrowed to and how it is sorted. */
export const savedViewTable = pgTable(
  'saved_view',
  {
    tenantId: text('tenant_id').notNull(),
    viewId: text('view_id').notNull(),
    /** The list it is of: orders. */
    screen: text('screen').notNull(),
    ownerUserId: text('owner_user_id').notNull(),
    name: text('name').notNull(),
    /** As the list's own address says it, the order of sorting among it. */
    filters: jsonb('filters').notNull(),
    isShared: boolean('is_shared').notNull().default(false),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.viewId] }),
    uniqueIndex('saved_view_by_name').on(
      table.tenantId,
      table.ownerUserId,
      table.screen,
      sql`lower(name)`,
    ),
    index('saved_view_shared').on(table.tenantId, table.screen).where(sql`is_shared`),
  ],
)

/** Which view of a list opens first for a person: one they saved, a shared one, or one that everybody has. */
export const firstViewTable = pgTable(
  'first_view',
  {
    tenantId: text('tenant_id').notNull(),
    userId: text('user_id').notNull(),
    screen: text('screen').notNull(),
    viewId: text('view_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.userId, table.screen] })],
)
