import { index, integer, jsonb, numeric, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { day, moment, price } from './columns.ts'

const version = () => integer('version').notNull().default(1)
const updatedAt = () => moment('updated_at').notNull().defaultNow()

/** Promotions: money off for a time. */
export const promotionTable = pgTable(
  'promotion',
  {
    tenantId: text('tenant_id').notNull(),
    promotionId: text('promotion_id').notNull(),
    name: text('name').notNull(),
    currency: text('currency').notNull(),
    validFrom: day('valid_from').notNull(),
    /** First day it no longer holds. */
    validTo: day('valid_to'),
    combination: text('combination').notNull(),
    priority: integer('priority').notNull(),
    percentOff: numeric('percent_off', { precision: 9, scale: 4 }),
    /** Per base unit. */
    amountOff: price('amount_off'),
    minimumQuantity: integer('minimum_quantity').notNull().default(1),
    quotaEach: integer('quota_each'),
    usedEach: integer('used_each').notNull().default(0),
    excludedSkus: jsonb('excluded_skus').notNull().default([]),
    customerNumbers: jsonb('customer_numbers').notNull().default([]),
    tiers: jsonb('tiers').notNull().default([]),
    buyingGroups: jsonb('buying_groups').notNull().default([]),
    version: version(),
    updatedAt: updatedAt(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.promotionId] })],
)

/** Which products a promotion is for. */
export const promotionTargetTable = pgTable(
  'promotion_target',
  {
    tenantId: text('tenant_id').notNull(),
    /** `sku:FAS-1001`, `family:HEX`, `class:FAS` or `all`. */
    target: text('target').notNull(),
    promotionId: text('promotion_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.target, table.promotionId] }),
    index('promotion_target_by_promotion').on(table.tenantId, table.promotionId),
  ],
)

/** Rates of exchange by day; what is converted names the rate it was converted at. */
export const exchangeRateTable = pgTable(
  'exchange_rate',
  {
    tenantId: text('tenant_id').notNull(),
    rateId: text('rate_id').notNull(),
    base: text('base').notNull(),
    quote: text('quote').notNull(),
    rate: price('rate').notNull(),
    validOn: day('valid_on').notNull(),
    version: version(),
    updatedAt: updatedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.rateId] }),
    index('exchange_rate_by_day').on(table.tenantId, table.validOn),
  ],
)
