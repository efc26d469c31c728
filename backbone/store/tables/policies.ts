import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { day, moment } from './columns.ts'

/** What a tenant set its rules to, for whom and from when to when; a change is a new row, so that every version stays readable. */
export const policySettingTable = pgTable(
  'policy_setting',
  {
    tenantId: text('tenant_id').notNull(),
    policy: text('policy').notNull(),
    /** `tenant`, `partner:ID` or `customer:NUMBER`. */
    scope: text('scope').notNull(),
    version: integer('version').notNull(),
    validFrom: day('valid_from').notNull(),
    /** First day it no longer holds. */
    validTo: day('valid_to'),
    settings: jsonb('settings').notNull(),
    changedBy: text('changed_by').notNull(),
    reason: text('reason').notNull(),
    changedAt: moment('changed_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.policy, table.scope, table.version] }),
    index('policy_setting_by_change').on(table.tenantId, table.changedAt),
  ],
)
