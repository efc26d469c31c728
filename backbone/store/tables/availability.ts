import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { day, moment } from './columns.ts'

const version = () => integer('version').notNull().default(1)
const updatedAt = () => moment('updated_at').notNull().defaultNow()

/** Goods that will come into a warehouse. */
export const supplyTable = pgTable(
  'supply',
  {
    tenantId: text('tenant_id').notNull(),
    supplyId: text('supply_id').notNull(),
    sku: text('sku').notNull(),
    warehouse: text('warehouse').notNull(),
    quantityEach: integer('quantity_each').notNull(),
    expectedOn: day('expected_on').notNull(),
    kind: text('kind').notNull(),
    isClosed: boolean('is_closed').notNull().default(false),
    reference: text('reference'),
    version: version(),
    updatedAt: updatedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.supplyId] }),
    index('supply_open').on(table.tenantId, table.sku).where(sql`not is_closed`),
  ],
)

/** Goods of a warehouse that are spoken for outside the orders we know. */
export const demandTable = pgTable(
  'demand',
  {
    tenantId: text('tenant_id').notNull(),
    demandId: text('demand_id').notNull(),
    sku: text('sku').notNull(),
    warehouse: text('warehouse').notNull(),
    quantityEach: integer('quantity_each').notNull(),
    neededOn: day('needed_on').notNull(),
    kind: text('kind').notNull(),
    isClosed: boolean('is_closed').notNull().default(false),
    reference: text('reference'),
    version: version(),
    updatedAt: updatedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.demandId] }),
    index('demand_open').on(table.tenantId, table.sku).where(sql`not is_closed`),
  ],
)

/** What may stand in for a product, and what may not. */
export const substitutionRuleTable = pgTable(
  'substitution_rule',
  {
    tenantId: text('tenant_id').notNull(),
    ruleId: text('rule_id').notNull(),
    kind: text('kind').notNull(),
    /** The product that is replaced, or that nothing replaces. */
    sku: text('sku'),
    substituteSku: text('substitute_sku'),
    quantityEach: integer('quantity_each'),
    substituteEach: integer('substitute_each'),
    customerNumber: text('customer_number'),
    validFrom: day('valid_from'),
    /** First day it no longer holds. */
    validTo: day('valid_to'),
    reason: text('reason'),
    isStanding: boolean('is_standing'),
    isTwoWay: boolean('is_two_way'),
    version: version(),
    updatedAt: updatedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.ruleId] }),
    index('substitution_rule_by_sku').on(table.tenantId, table.sku),
    index('substitution_rule_by_substitute').on(table.tenantId, table.substituteSku),
  ],
)

/** Which attributes of a product class must agree. */
export const classRuleTable = pgTable(
  'class_rule',
  {
    tenantId: text('tenant_id').notNull(),
    productClass: text('product_class').notNull(),
    attributes: jsonb('attributes').notNull(),
    version: version(),
    updatedAt: updatedAt(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.productClass] })],
)

/** By which keys products of a class with a rule are found as fitting each other; worked out when either is written. */
export const productFitTable = pgTable(
  'product_fit',
  {
    tenantId: text('tenant_id').notNull(),
    sku: text('sku').notNull(),
    productClass: text('product_class').notNull(),
    fitKey: text('fit_key').notNull(),
    safeKey: text('safe_key').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.sku] }),
    index('product_fit_by_key').on(
      table.tenantId,
      table.productClass,
      table.fitKey,
      table.safeKey,
      table.sku,
    ),
  ],
)

/** A substitute that was offered for a line, and what became of the offer: what accepted swaps are learned from. */
export const substitutionOutcomeTable = pgTable(
  'substitution_outcome',
  {
    tenantId: text('tenant_id').notNull(),
    outcomeId: text('outcome_id').notNull(),
    sku: text('sku').notNull(),
    substituteSku: text('substitute_sku').notNull(),
    customerNumber: text('customer_number'),
    orderId: text('order_id'),
    line: text('line'),
    quantityEach: integer('quantity_each').notNull(),
    /** What was offered at which score, as it was then. */
    offer: jsonb('offer').notNull().default({}),
    /** `open`, `accepted` or `declined`. */
    answer: text('answer').notNull().default('open'),
    offeredBy: text('offered_by').notNull(),
    offeredAt: moment('offered_at').notNull().defaultNow(),
    answeredBy: text('answered_by'),
    answeredAt: moment('answered_at'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.outcomeId] }),
    index('substitution_outcome_by_pair').on(table.tenantId, table.sku, table.substituteSku),
  ],
)
