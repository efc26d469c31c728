import { boolean, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/** MCP servers of others whose tools the tenant's agents may use. */
export const toolServerTable = pgTable(
  'tool_server',
  {
    tenantId: text('tenant_id').notNull(),
    name: text('name').notNull(),
    url: text('url').notNull(),
    /** What the server knows the tenant by, sealed as the secrets of connections are. */
    sealedSecret: text('sealed_secret'),
    /** Names of its tools that agents may use. */
    tools: jsonb('tools').notNull().default([]),
    mayWrite: boolean('may_write').notNull().default(false),
    isEnabled: boolean('is_enabled').notNull().default(true),
    changedBy: text('changed_by').notNull(),
    changedAt: moment('changed_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.name] })],
)
