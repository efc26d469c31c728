import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/** A call to an outside system: what ops calls a transaction, and a failed transaction when it did not work. */
export const transactionTable = pgTable(
  'transaction',
  {
    transactionId: text('transaction_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    connectionId: text('connection_id').notNull(),
    operation: text('operation').notNull(),
    orderId: text('order_id'),
    documentId: text('document_id').notNull(),
    /** The number outside systems know the effect by: order, pick, invoice or control number. */
    naturalKey: text('natural_key').notNull(),
    /** Calls with one key to one connection go out strictly in turn. */
    orderingKey: text('ordering_key').notNull(),
    keySeq: bigint('key_seq', { mode: 'number' }).generatedAlwaysAsIdentity(),
    idempotencyKey: text('idempotency_key').notNull(),
    /** waiting, sending, in-doubt, succeeded, failed (dead letter), dropped. */
    status: text('status').notNull().default('waiting'),
    attempts: integer('attempts').notNull().default(0),
    replays: integer('replays').notNull().default(0),
    dueAt: moment('due_at').notNull().defaultNow(),
    sentAt: moment('sent_at'),
    finishedAt: moment('finished_at'),
    errorClass: text('error_class'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    fingerprint: text('fingerprint'),
    externalId: text('external_id'),
    rendered: text('rendered'),
    response: text('response'),
    amountMinor: bigint('amount_minor', { mode: 'number' }),
    traceParent: text('trace_parent'),
    /** What a call that is due waits for: retry-budget. */
    waitsFor: text('waits_for'),
    /** A person has asked for its next try, or what it waited for is there: that one is no repeat by itself. */
    isAskedAgain: boolean('is_asked_again').notNull().default(false),
    /** Business deadline: after it the call is not tried again by itself. */
    deadlineAt: moment('deadline_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('transaction_by_idempotency').on(table.tenantId, table.idempotencyKey),
    index('transaction_by_key').on(
      table.tenantId,
      table.connectionId,
      table.orderingKey,
      table.keySeq,
    ),
    index('transaction_by_order').on(table.tenantId, table.orderId),
    index('transaction_by_created').on(table.tenantId, table.createdAt, table.transactionId),
    index('transaction_by_status').on(table.tenantId, table.status, table.createdAt),
    index('transaction_open')
      .on(table.tenantId, table.connectionId, table.dueAt)
      .where(sql`status in ('waiting', 'sending', 'in-doubt')`),
    index('transaction_by_fingerprint')
      .on(table.tenantId, table.fingerprint)
      .where(sql`status = 'failed'`),
  ],
)

/** Every try of a transaction. */
export const transactionAttemptTable = pgTable(
  'transaction_attempt',
  {
    tenantId: text('tenant_id').notNull(),
    transactionId: text('transaction_id').notNull(),
    attempt: integer('attempt').notNull(),
    startedAt: moment('started_at').notNull(),
    finishedAt: moment('finished_at').notNull(),
    outcome: text('outcome').notNull(),
    code: text('code'),
    message: text('message'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.transactionId, table.attempt] })],
)

/** Documents that partners have to acknowledge (X12 997, 999, TA1), by the numbers they will name. */
export const awaitedAcknowledgementTable = pgTable(
  'awaited_acknowledgement',
  {
    tenantId: text('tenant_id').notNull(),
    transactionId: text('transaction_id').notNull(),
    connectionId: text('connection_id').notNull(),
    documentId: text('document_id').notNull(),
    /** The number the document is filed under, as an 824 names it. */
    number: text('number').notNull(),
    /** GS01 and GS06 of our group, ISA13 of our interchange, as they were sent. */
    functionalId: text('functional_id').notNull(),
    groupNumber: text('group_number').notNull(),
    interchangeNumber: text('interchange_number').notNull(),
    /** not-awaited, awaited, overdue, accepted, accepted-with-errors, partly-accepted, rejected. */
    status: text('status').notNull().default('awaited'),
    /** The receipt that brought the partner's answer. */
    answeredBy: text('answered_by'),
    answeredAt: moment('answered_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.transactionId] }),
    index('awaited_by_group').on(table.tenantId, table.connectionId, table.groupNumber),
    index('awaited_by_interchange').on(table.tenantId, table.connectionId, table.interchangeNumber),
    index('awaited_by_number').on(table.tenantId, table.connectionId, table.number),
    index('awaited_open')
      .on(table.tenantId, table.connectionId, table.createdAt)
      .where(sql`status = 'awaited'`),
  ],
)
