import { sql } from 'drizzle-orm'
import {
  bigint,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { minor, moment } from './columns.ts'

/** A message to a customer that was approved, and what became of it. */
export const outreachMessageTable = pgTable(
  'outreach_message',
  {
    tenantId: text('tenant_id').notNull(),
    messageId: text('message_id').primaryKey(),
    customerNumber: text('customer_number').notNull(),
    currency: text('currency').notNull(),
    level: integer('level').notNull(),
    /** reminder, or copies that a customer has asked for. */
    purpose: text('purpose').notNull().default('reminder'),
    /** The answer that copies are sent for. */
    replyId: text('reply_id'),
    proposalId: text('proposal_id').notNull(),
    /** The key of the effect: the same effect is never queued twice. */
    effectKey: text('effect_key').notNull(),
    connectionId: text('connection_id').notNull(),
    /** Message-ID without its brackets: what answers refer to. */
    headerId: text('header_id').notNull(),
    /** Name, e-mail and role of the contact, from master data. */
    recipient: jsonb('recipient').notNull(),
    language: text('language').notNull(),
    subject: text('subject').notNull(),
    body: text('body').notNull(),
    invoiceNumbers: jsonb('invoice_numbers').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    /** Days past due of the oldest row, and the customer's segment, for the contact that it becomes. */
    oldestDays: integer('oldest_days').notNull(),
    segment: text('segment').notNull(),
    /** Where the customer is: on which day the contact was made there. */
    timeZone: text('time_zone').notNull(),
    /** What was approved, to be looked at again before it leaves. */
    payload: jsonb('payload').notNull(),
    /** queued, sent, failed, in-doubt, withdrawn, bounced. */
    status: text('status').notNull().default('queued'),
    statusReason: text('status_reason'),
    contactId: text('contact_id'),
    actor: text('actor').notNull(),
    queuedAt: moment('queued_at').notNull(),
    endedAt: moment('ended_at'),
  },
  (table) => [
    uniqueIndex('outreach_message_by_effect').on(table.tenantId, table.effectKey),
    uniqueIndex('outreach_message_by_header').on(table.tenantId, table.headerId),
    // One message to a customer at a time, whatever two approvals at once thought.
    uniqueIndex('outreach_message_queued')
      .on(table.tenantId, table.customerNumber)
      .where(sql`status = 'queued'`),
    // An answer that asks for copies is served once, whatever two approvals at once thought.
    uniqueIndex('outreach_message_of_reply')
      .on(table.tenantId, table.replyId)
      .where(sql`reply_id is not null and status in ('queued', 'sent', 'in-doubt')`),
    index('outreach_message_by_date').on(table.tenantId, table.queuedAt, table.messageId),
    index('outreach_message_by_customer').on(table.tenantId, table.customerNumber, table.queuedAt),
  ],
)

/** A mail that came into a mailbox of ours, read once, and what it was taken for. */
export const mailReplyTable = pgTable(
  'mail_reply',
  {
    tenantId: text('tenant_id').notNull(),
    mailId: text('mail_id').primaryKey(),
    connectionId: text('connection_id').notNull(),
    /** Digest of the whole mail: the same mail under another number is not another one. */
    contentHash: text('content_hash').notNull(),
    uidValidity: text('uid_validity').notNull(),
    uid: bigint('uid', { mode: 'number' }).notNull(),
    /** reply, auto-reply, bounce, delay, unknown-sender. */
    kind: text('kind').notNull(),
    sender: text('sender').notNull(),
    subject: text('subject').notNull(),
    content: text('content').notNull(),
    /** The message of ours it belongs to, and how that was found out: message-id, address, sender. */
    messageId: text('message_id'),
    tiedBy: text('tied_by'),
    customerNumber: text('customer_number'),
    replyClass: text('reply_class'),
    /** The answer on the record of collections. */
    replyId: text('reply_id'),
    /** What was done at once because of it. */
    outcome: text('outcome').notNull().default(''),
    receivedAt: moment('received_at').notNull(),
    takenAt: moment('taken_at').notNull(),
  },
  (table) => [
    uniqueIndex('mail_reply_once').on(table.tenantId, table.connectionId, table.contentHash),
    index('mail_reply_by_date').on(table.tenantId, table.takenAt, table.mailId),
    index('mail_reply_by_message').on(table.tenantId, table.messageId),
  ],
)

/** How far a mailbox has been read. */
export const mailboxPlaceTable = pgTable(
  'mailbox_place',
  {
    tenantId: text('tenant_id').notNull(),
    connectionId: text('connection_id').notNull(),
    /** RFC 3501 2.3.1.1: another value means that all numbers begin anew. */
    uidValidity: text('uid_validity').notNull(),
    lastUid: bigint('last_uid', { mode: 'number' }).notNull(),
    readAt: moment('read_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.connectionId] })],
)
