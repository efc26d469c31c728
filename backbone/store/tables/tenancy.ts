import { sql } from 'drizzle-orm'
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/** The distributors that share one installation; every other row belongs to one of them. */
export const tenantTable = pgTable('tenant', {
  tenantId: text('tenant_id').primaryKey(),
  name: text('name').notNull(),
  timeZone: text('time_zone').notNull().default('UTC'),
  currency: text('currency').notNull().default('USD'),
  settings: jsonb('settings').notNull().default({}),
  createdAt: moment('created_at').notNull().defaultNow(),
})

/** Shops, partners, ERPs, warehouses, mail: where documents come from and go to, with encrypted secrets. */
export const connectionTable = pgTable(
  'connection',
  {
    connectionId: text('connection_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    kind: text('kind').notNull(),
    name: text('name').notNull(),
    partnerId: text('partner_id'),
    settings: jsonb('settings').notNull().default({}),
    /** Encrypted secrets, the current one first: [{sealed, createdAt, expiresAt?}]. */
    secrets: jsonb('secrets').notNull().default([]),
    isEnabled: boolean('is_enabled').notNull().default(true),
    version: integer('version').notNull().default(1),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (table) => [index('connection_by_tenant').on(table.tenantId, table.kind)],
)

/** How a connection does: its circuit and when it last worked. Apart from the settings, since it changes often. */
export const connectionHealthTable = pgTable('connection_health', {
  connectionId: text('connection_id').primaryKey(),
  tenantId: text('tenant_id').notNull(),
  circuit: text('circuit').notNull().default('closed'),
  consecutiveFailures: integer('consecutive_failures').notNull().default(0),
  windowStartedAt: moment('window_started_at'),
  windowCalls: integer('window_calls').notNull().default(0),
  windowFailures: integer('window_failures').notNull().default(0),
  openedAt: moment('opened_at'),
  probeAt: moment('probe_at'),
  lastSucceededAt: moment('last_succeeded_at'),
  lastFailedAt: moment('last_failed_at'),
  lastError: text('last_error'),
  blockedUntil: moment('blocked_until'),
  /** First tries and repeats of the last minutes, with the rule they are counted by. */
  retryBudget: jsonb('retry_budget'),
})

/** API keys and tokens: only their hash is kept. */
export const credentialTable = pgTable(
  'credential',
  {
    credentialId: text('credential_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    tokenHash: text('token_hash').notNull(),
    name: text('name').notNull(),
    role: text('role').notNull(),
    scopes: jsonb('scopes').notNull().default([]),
    connectionId: text('connection_id'),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at'),
    revokedAt: moment('revoked_at'),
    /** Shut while the agent it belongs to is switched off; nothing else of it changes. */
    shutAt: moment('shut_at'),
    lastUsedAt: moment('last_used_at'),
  },
  (table) => [
    uniqueIndex('credential_by_hash').on(table.tokenHash),
    index('credential_by_tenant').on(table.tenantId),
  ],
)

/** Answers already given to a POST with an Idempotency-Key, kept 24 hours. */
export const idempotencyTable = pgTable(
  'idempotency',
  {
    tenantId: text('tenant_id').notNull(),
    principal: text('principal').notNull(),
    route: text('route').notNull(),
    key: text('key').notNull(),
    bodyHash: text('body_hash').notNull(),
    status: integer('status'),
    response: text('response'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.principal, table.route, table.key] })],
)

/** Running numbers: order, invoice and shipment numbers, control numbers of interchanges. */
export const numberSeriesTable = pgTable(
  'number_series',
  {
    tenantId: text('tenant_id').notNull(),
    series: text('series').notNull(),
    lastNumber: integer('last_number').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.series] })],
)

/** Notices to people: open circuits, quarantine, SLA warnings and breaches. */
export const noticeTable = pgTable(
  'notice',
  {
    noticeId: text('notice_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    kind: text('kind').notNull(),
    /** One open notice per cause. */
    cause: text('cause').notNull(),
    severity: text('severity').notNull(),
    subject: text('subject').notNull(),
    body: text('body').notNull(),
    status: text('status').notNull().default('open'),
    createdAt: moment('created_at').notNull().defaultNow(),
    sentAt: moment('sent_at'),
    resolvedAt: moment('resolved_at'),
  },
  (table) => [
    index('notice_by_cause').on(table.tenantId, table.cause, table.status),
    uniqueIndex('notice_open').on(table.tenantId, table.cause).where(sql`status = 'open'`),
  ],
)

/** A promise in time (acknowledge, release, ship) and whether it is kept. */
export const slaClockTable = pgTable(
  'sla_clock',
  {
    tenantId: text('tenant_id').notNull(),
    subject: text('subject').notNull(),
    target: text('target').notNull(),
    orderId: text('order_id'),
    startedAt: moment('started_at').notNull(),
    warnAt: moment('warn_at').notNull(),
    breachAt: moment('breach_at').notNull(),
    stoppedAt: moment('stopped_at'),
    warnedAt: moment('warned_at'),
    breachedAt: moment('breached_at'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.subject, table.target] }),
    index('sla_clock_running').on(table.tenantId, table.stoppedAt, table.warnAt),
    // Clocks lie in the order they were started: a few bytes for each block find the period of the figures.
    index('sla_clock_by_start').using('brin', table.startedAt),
  ],
)
