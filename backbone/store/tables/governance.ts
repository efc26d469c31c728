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

/** Profiles of agents: what of an agent's work is wanted, within which bounds. Every version stays to be read. */
export const agentProfileTable = pgTable(
  'agent_profile',
  {
    tenantId: text('tenant_id').notNull(),
    profileId: text('profile_id').notNull(),
    version: integer('version').notNull(),
    name: text('name').notNull(),
    status: text('status').notNull(),
    /** The draft: goal, tools, guardrails, approval, budget, times. */
    settings: jsonb('settings').notNull(),
    template: text('template'),
    lastTest: jsonb('last_test'),
    isLatest: boolean('is_latest').notNull().default(true),
    changedBy: text('changed_by').notNull(),
    changedAt: moment('changed_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.profileId, table.version] }),
    index('agent_profile_latest').on(table.tenantId, table.isLatest, table.name),
  ],
)

/** Agents of others that work here with a key of their own. */
export const thirdPartyAgentTable = pgTable(
  'third_party_agent',
  {
    tenantId: text('tenant_id').notNull(),
    agentId: text('agent_id').notNull(),
    name: text('name').notNull(),
    owner: text('owner').notNull(),
    provider: text('provider').notNull(),
    version: text('version').notNull(),
    purpose: text('purpose').notNull(),
    tools: jsonb('tools').notNull().default([]),
    credentialId: text('credential_id'),
    isEnabled: boolean('is_enabled').notNull().default(true),
    changedBy: text('changed_by').notNull(),
    changedAt: moment('changed_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.agentId] }),
    uniqueIndex('third_party_agent_name').on(table.tenantId, table.name),
    uniqueIndex('third_party_agent_key').on(table.tenantId, table.credentialId),
  ],
)
