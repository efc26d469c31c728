import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/** What a tenant set for an agent: the kill switch, what wakes it, and when its day's run is due. */
export const agentSettingTable = pgTable(
  'agent_setting',
  {
    tenantId: text('tenant_id').notNull(),
    agent: text('agent').notNull(),
    isEnabled: boolean('is_enabled').notNull().default(true),
    /** Whether new held orders and new causes of failures wake it. */
    runsOnEvents: boolean('runs_on_events').notNull().default(true),
    /** Time of day, in the tenant's zone, of its run; null where it has none. */
    dailyAt: text('daily_at'),
    changedBy: text('changed_by').notNull(),
    reason: text('reason').notNull(),
    changedAt: moment('changed_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.agent] })],
)

/** One run of an agent: who asked, what it was given, what it called, what it cost and what came of it. */
export const agentRunTable = pgTable(
  'agent_run',
  {
    tenantId: text('tenant_id').notNull(),
    runId: text('run_id').notNull(),
    agent: text('agent').notNull(),
    agentVersion: text('agent_version').notNull(),
    /** demand, chat, event, schedule. */
    trigger: text('trigger').notNull(),
    subjectKind: text('subject_kind'),
    subjectId: text('subject_id'),
    threadId: text('thread_id'),
    requestedBy: jsonb('requested_by').notNull(),
    /** What it was asked besides its subject: a person's words, capped. */
    input: text('input'),
    /** What woke it, once: a second run for the same thing is not made. */
    wakeKey: text('wake_key'),
    /** queued, running, succeeded, failed, stopped. */
    status: text('status').notNull(),
    attempts: integer('attempts').notNull().default(0),
    mode: text('mode'),
    note: text('note'),
    toolCalls: jsonb('tool_calls').notNull().default([]),
    proposalIds: jsonb('proposal_ids').notNull().default([]),
    modelCalls: integer('model_calls').notNull().default(0),
    inputTokens: integer('input_tokens').notNull().default(0),
    outputTokens: integer('output_tokens').notNull().default(0),
    costMicros: bigint('cost_micros', { mode: 'number' }).notNull().default(0),
    /** What it said at the end, capped. */
    outcome: text('outcome'),
    error: text('error'),
    createdAt: moment('created_at').notNull().defaultNow(),
    startedAt: moment('started_at'),
    /** When its process last said that it works on it; long ago, and the process is gone. */
    aliveAt: moment('alive_at'),
    finishedAt: moment('finished_at'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.runId] }),
    index('agent_run_by_agent').on(table.tenantId, table.agent, table.runId),
    index('agent_run_by_age').on(table.tenantId, table.createdAt),
    index('agent_run_of_cause')
      .on(table.tenantId, table.subjectId)
      .where(sql`subject_kind = 'cluster'`),
    index('agent_run_unfinished').on(table.tenantId, table.status, table.aliveAt),
    uniqueIndex('agent_run_wake').on(table.tenantId, table.agent, table.wakeKey),
  ],
)

/** What language models cost a tenant on a day, in UTC: the day's budget is kept by it. */
export const modelSpendTable = pgTable(
  'model_spend',
  {
    tenantId: text('tenant_id').notNull(),
    spentOn: date('spent_on', { mode: 'string' }).notNull(),
    calls: integer('calls').notNull().default(0),
    tokens: bigint('tokens', { mode: 'number' }).notNull().default(0),
    costMicros: bigint('cost_micros', { mode: 'number' }).notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.spentOn] })],
)

/** A conversation of one caller with the assistant; nobody else reads it. */
export const chatThreadTable = pgTable(
  'chat_thread',
  {
    tenantId: text('tenant_id').notNull(),
    threadId: text('thread_id').notNull(),
    /** The user, or the key, it belongs to. */
    ownerId: text('owner_id').notNull(),
    title: text('title').notNull(),
    messageCount: integer('message_count').notNull().default(0),
    createdAt: moment('created_at').notNull().defaultNow(),
    changedAt: moment('changed_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.threadId] }),
    index('chat_thread_by_owner').on(table.tenantId, table.ownerId, table.changedAt),
    index('chat_thread_by_age').on(table.tenantId, table.changedAt),
  ],
)

/** What was said in a thread, in order; an answer is kept while it is still being given. */
export const chatMessageTable = pgTable(
  'chat_message',
  {
    tenantId: text('tenant_id').notNull(),
    threadId: text('thread_id').notNull(),
    /** Place in the thread, from 1. */
    place: integer('place').notNull(),
    messageId: text('message_id').notNull(),
    /** person, assistant. */
    author: text('author').notNull(),
    text: text('text').notNull(),
    /** Of an answer: its tables, cards, citations and mode, as they were told. */
    events: jsonb('events').notNull().default([]),
    /** complete, answering, stopped, failed. */
    status: text('status').notNull(),
    runId: text('run_id'),
    isStopAsked: boolean('is_stop_asked').notNull().default(false),
    createdAt: moment('created_at').notNull().defaultNow(),
    aliveAt: moment('alive_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.threadId, table.place] }),
    index('chat_message_unfinished').on(table.tenantId, table.status, table.aliveAt),
    // A thread gives one answer at a time.
    uniqueIndex('chat_message_one_answer')
      .on(table.tenantId, table.threadId)
      .where(sql`status = 'answering'`),
  ],
)
