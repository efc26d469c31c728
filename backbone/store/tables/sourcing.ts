import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { day, minor, moment, price } from './columns.ts'

/** What a supplier offers one product for, until when, and how it has delivered so far. */
export const supplierOfferTable = pgTable(
  'supplier_offer',
  {
    tenantId: text('tenant_id').notNull(),
    supplierId: text('supplier_id').notNull(),
    sku: text('sku').notNull(),
    currency: text('currency').notNull(),
    /** Price of one base unit, and what it costs to get it here. */
    unitPrice: price('unit_price').notNull(),
    landingPerUnit: price('landing_per_unit').notNull().default('0'),
    availableEach: integer('available_each').notNull(),
    leadDays: integer('lead_days').notNull().default(0),
    deliveries: integer('deliveries').notNull().default(0),
    /** Of them on time and in full. */
    deliveriesInFull: integer('deliveries_in_full').notNull().default(0),
    qualityPermille: integer('quality_permille').notNull().default(1000),
    quotedOn: day('quoted_on').notNull(),
    /** First day the quote no longer holds. */
    validTo: day('valid_to'),
    version: integer('version').notNull().default(1),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.sku, table.supplierId] }),
    index('supplier_offer_by_supplier').on(table.tenantId, table.supplierId, table.sku),
  ],
)

/** How long a carrier's service took between two places, and what it asks. */
export const laneHistoryTable = pgTable(
  'lane_history',
  {
    tenantId: text('tenant_id').notNull(),
    laneId: text('lane_id').notNull(),
    carrier: text('carrier').notNull(),
    service: text('service').notNull(),
    origin: text('origin').notNull(),
    destination: text('destination').notNull(),
    currency: text('currency').notNull(),
    costMinor: minor('cost_minor').notNull(),
    /** How many deliveries took how many days: [{days, deliveries}]. */
    transits: jsonb('transits').notNull().default([]),
    asOf: day('as_of').notNull(),
    version: integer('version').notNull().default(1),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.laneId] }),
    index('lane_history_by_lane').on(table.tenantId, table.origin, table.destination),
  ],
)
