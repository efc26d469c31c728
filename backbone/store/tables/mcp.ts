import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/** What agent hosts called over MCP: one row for every call, whatever came of it. */
export const mcpCallTable = pgTable(
  'mcp_call',
  {
    tenantId: text('tenant_id').notNull(),
    callId: text('call_id').notNull(),
    /** Who called: agent, key or person, with its id and name. */
    callerKind: text('caller_kind').notNull(),
    callerId: text('caller_id').notNull(),
    callerName: text('caller_name').notNull(),
    tool: text('tool').notNull(),
    /** SHA-256 of the arguments as they came: the same question asked twice looks the same. */
    argumentHash: text('argument_hash').notNull(),
    /** The arguments without free text. */
    arguments: jsonb('arguments').notNull(),
    /** answered, refused, failed. */
    outcome: text('outcome').notNull(),
    problem: text('problem'),
    items: integer('items'),
    bytes: integer('bytes').notNull(),
    durationMs: integer('duration_ms').notNull(),
    traceId: text('trace_id'),
    calledAt: moment('called_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.callId] }),
    index('mcp_call_by_time').on(table.tenantId, table.calledAt),
  ],
)
