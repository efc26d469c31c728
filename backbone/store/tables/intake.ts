import { sql } from 'drizzle-orm'
import {
  bigint,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

const bytes = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })

/** What arrived at the inbound door: one row per delivery, written before the sender is answered. */
export const receiptTable = pgTable(
  'receipt',
  {
    receiptId: text('receipt_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    connectionId: text('connection_id').notNull(),
    channel: text('channel').notNull(),
    receivedSeq: bigint('received_seq', { mode: 'number' }).generatedAlwaysAsIdentity(),
    transportId: text('transport_id').notNull(),
    /** The sender's own version of the object; unique where the channel has one. */
    businessKey: text('business_key'),
    sha256: text('sha256').notNull(),
    status: text('status').notNull(),
    findings: jsonb('findings').notNull().default([]),
    headers: jsonb('headers').notNull().default({}),
    contentType: text('content_type'),
    byteSize: integer('byte_size').notNull(),
    duplicates: integer('duplicates').notNull().default(0),
    attempts: integer('attempts').notNull().default(0),
    conflictsWith: text('conflicts_with'),
    traceParent: text('trace_parent'),
    receivedAt: moment('received_at').notNull().defaultNow(),
    readAt: moment('read_at'),
  },
  (table) => [
    uniqueIndex('receipt_by_transport')
      .on(table.connectionId, table.transportId)
      .where(sql`conflicts_with is null`),
    uniqueIndex('receipt_by_business_key')
      .on(table.connectionId, table.businessKey)
      .where(sql`business_key is not null and conflicts_with is null`),
    index('receipt_by_tenant').on(table.tenantId, table.receivedSeq),
    index('receipt_by_received').on(table.tenantId, table.receivedAt, table.receiptId),
    // Few of many: the list of what did not go through smoothly reads these alone.
    index('receipt_set_aside')
      .on(table.tenantId, table.receivedAt, table.receiptId)
      .where(sql`status not in ('accepted', 'read')`),
    index('receipt_unread').on(table.tenantId, table.receivedAt).where(sql`status = 'accepted'`),
  ],
)

/** The bytes of a receipt exactly as they came. */
export const rawDocumentTable = pgTable('raw_document', {
  receiptId: text('receipt_id').primaryKey(),
  tenantId: text('tenant_id').notNull(),
  content: bytes('content').notNull(),
})

/** A canonical document, in or out. An inbound one waits for its turn in its stream. */
export const documentTable = pgTable(
  'document',
  {
    documentId: text('document_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    direction: text('direction').notNull(),
    docType: text('doc_type').notNull(),
    number: text('number').notNull(),
    receiptId: text('receipt_id'),
    connectionId: text('connection_id'),
    orderId: text('order_id'),
    canonical: jsonb('canonical').notNull(),
    status: text('status').notNull(),
    /** Why it stands where it stands, in a sentence. */
    reason: text('reason'),
    streamKey: text('stream_key'),
    orderSeq: integer('order_seq'),
    /** For a parked document: the number whose arrival wakes it. */
    waitsFor: text('waits_for'),
    attempts: integer('attempts').notNull().default(0),
    createdAt: moment('created_at').notNull().defaultNow(),
    appliedAt: moment('applied_at'),
    traceParent: text('trace_parent'),
  },
  (table) => [
    index('document_by_stream').on(table.tenantId, table.streamKey, table.orderSeq),
    index('document_by_order').on(table.tenantId, table.orderId),
    index('document_by_receipt').on(table.tenantId, table.receiptId),
    index('document_waiting').on(table.tenantId, table.waitsFor).where(sql`status = 'parked'`),
    index('document_pending').on(table.tenantId, table.createdAt).where(sql`status = 'pending'`),
  ],
)

/** The events of one order in the order they came in: the last number given. */
export const orderStreamTable = pgTable(
  'order_stream',
  {
    tenantId: text('tenant_id').notNull(),
    streamKey: text('stream_key').notNull(),
    lastSeq: integer('last_seq').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.streamKey] })],
)

/** The places in order streams a receipt took at intake, filled when the receipt is read. */
export const streamPlaceTable = pgTable(
  'stream_place',
  {
    tenantId: text('tenant_id').notNull(),
    receiptId: text('receipt_id').notNull(),
    streamKey: text('stream_key').notNull(),
    orderSeq: integer('order_seq').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.receiptId, table.streamKey, table.orderSeq] }),
  ],
)

/** Input nobody could read or apply: kept whole, with findings, until a person decides. */
export const quarantineTable = pgTable(
  'quarantine',
  {
    quarantineId: text('quarantine_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    receiptId: text('receipt_id'),
    documentId: text('document_id'),
    connectionId: text('connection_id'),
    kind: text('kind').notNull(),
    reason: text('reason').notNull(),
    findings: jsonb('findings').notNull().default([]),
    status: text('status').notNull().default('open'),
    createdAt: moment('created_at').notNull().defaultNow(),
    decidedAt: moment('decided_at'),
    decidedBy: text('decided_by'),
    /** The entry this one was read again from, and could not be taken once more. */
    replayOf: text('replay_of'),
    /** The transaction of ours that it is about, where a partner has refused or not acknowledged one. */
    transactionId: text('transaction_id'),
    /** The cause it belongs to, written soon after it was set aside. */
    clusterId: text('cluster_id'),
  },
  (table) => [
    index('quarantine_open').on(table.tenantId, table.status, table.createdAt),
    index('quarantine_of_cause').on(table.tenantId, table.clusterId).where(sql`status = 'open'`),
    index('quarantine_by_receipt').on(table.tenantId, table.receiptId),
  ],
)
