import { boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/** Signs by which a tenant knows failures of its own systems; they go before the built-in ones. */
export const failureSignatureTable = pgTable(
  'failure_signature',
  {
    tenantId: text('tenant_id').notNull(),
    signatureId: text('signature_id').notNull(),
    signature: jsonb('signature').notNull(),
    changedBy: text('changed_by').notNull(),
    changedAt: moment('changed_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.signatureId] })],
)

/** Where people are with a cause of failures: one row for every cause that has had a call given up. */
export const failureClusterTable = pgTable(
  'failure_cluster',
  {
    tenantId: text('tenant_id').notNull(),
    /** Pattern and thing at the root, as on the transactions. */
    clusterId: text('cluster_id').notNull(),
    /** open, diagnosed, fix-proposed, fixed, replaying, closed. */
    state: text('state').notNull().default('open'),
    stateSince: moment('state_since').notNull().defaultNow(),
    /** How often it came again after people had done with it. */
    recurrences: integer('recurrences').notNull().default(0),
    note: text('note'),
    changedBy: text('changed_by').notNull(),
    openedAt: moment('opened_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.clusterId] }),
    index('failure_cluster_by_state').on(table.tenantId, table.state, table.stateSince),
  ],
)

/** The calls that were sent again for a cause: it is closed when all of them are through. */
export const clusterReplayTable = pgTable(
  'cluster_replay',
  {
    tenantId: text('tenant_id').notNull(),
    transactionId: text('transaction_id').notNull(),
    clusterId: text('cluster_id').notNull(),
    /** `transaction_id` is an entry of the quarantine whose input was read again. */
    isInbound: boolean('is_inbound').notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.transactionId] }),
    index('cluster_replay_by_cluster').on(table.tenantId, table.clusterId),
  ],
)
