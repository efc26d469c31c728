import { sql } from 'drizzle-orm'
import {
  bigint,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core'
import { day, moment, price } from './columns.ts'

const version = () => integer('version').notNull().default(1)
const updatedAt = () => moment('updated_at').notNull().defaultNow()

/** Trading partners: who we exchange documents with, and by which rules. */
export const partnerTable = pgTable(
  'partner',
  {
    tenantId: text('tenant_id').notNull(),
    partnerId: text('partner_id').notNull(),
    name: text('name').notNull(),
    kind: text('kind').notNull(),
    /** Customer that orders of this partner belong to when the document names none. */
    customerNumber: text('customer_number'),
    identifiers: jsonb('identifiers').notNull().default([]),
    policy: jsonb('policy').notNull().default({}),
    version: version(),
    updatedAt: updatedAt(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.partnerId] })],
)

/** Customers: who buys, on which terms. */
export const customerTable = pgTable(
  'customer',
  {
    tenantId: text('tenant_id').notNull(),
    customerNumber: text('customer_number').notNull(),
    name: text('name').notNull(),
    status: text('status').notNull().default('active'),
    tier: text('tier'),
    currency: text('currency').notNull(),
    terms: jsonb('terms').notNull().default({}),
    creditLimitMinor: bigint('credit_limit_minor', { mode: 'number' }),
    credit: jsonb('credit').notNull().default({}),
    parentNumber: text('parent_number'),
    buyingGroup: text('buying_group'),
    segment: text('segment').notNull().default('standard'),
    legalKind: text('legal_kind').notNull().default('unknown'),
    timeZone: text('time_zone'),
    language: text('language'),
    addresses: jsonb('addresses').notNull().default([]),
    contacts: jsonb('contacts').notNull().default([]),
    settings: jsonb('settings').notNull().default({}),
    version: version(),
    updatedAt: updatedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.customerNumber] }),
    index('customer_by_parent').on(table.tenantId, table.parentNumber),
  ],
)

/** Cross-reference: numbers by which documents name a customer. */
export const customerKeyTable = pgTable(
  'customer_key',
  {
    tenantId: text('tenant_id').notNull(),
    /** Scheme and number, for example `seller-assigned:4711` or `shopify:115310627`. */
    key: text('key').notNull(),
    customerNumber: text('customer_number').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.key] }),
    index('customer_key_by_customer').on(table.tenantId, table.customerNumber),
  ],
)

/** Products we sell. */
export const productTable = pgTable(
  'product',
  {
    tenantId: text('tenant_id').notNull(),
    sku: text('sku').notNull(),
    name: text('name').notNull(),
    productClass: text('product_class').notNull(),
    family: text('family'),
    brand: text('brand'),
    origin: text('origin'),
    condition: text('condition').notNull().default('new'),
    shelfLifeDays: integer('shelf_life_days'),
    restrictions: jsonb('restrictions').notNull().default({}),
    status: text('status').notNull().default('active'),
    attributes: jsonb('attributes').notNull().default({}),
    baseUom: text('base_uom').notNull().default('EA'),
    /** Base units in one of each other unit: {"XCS": 24}. */
    uomFactors: jsonb('uom_factors').notNull().default({}),
    minimumQuantity: integer('minimum_quantity').notNull().default(1),
    quantityMultiple: integer('quantity_multiple').notNull().default(1),
    landedCost: price('landed_cost'),
    currency: text('currency').notNull().default('USD'),
    version: version(),
    updatedAt: updatedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.sku] }),
    index('product_by_class').on(table.tenantId, table.productClass, table.sku),
    // Few products are restricted: the check of an order finds out in no time that none of its own are.
    index('product_restricted')
      .on(table.tenantId, table.sku)
      .where(
        sql`restrictions->'licences' <> '[]' or restrictions->'exportBarredTo' <> '[]'
          or restrictions->'soldOnlyIn' <> '[]' or restrictions->'channelsBarred' <> '[]'
          or restrictions @> '{"isRecalled": true}' or restrictions @> '{"isOnQualityHold": true}'`,
      ),
  ],
)

/** Cross-reference: numbers by which documents name a product; customer '' is for everyone. */
export const itemKeyTable = pgTable(
  'item_key',
  {
    tenantId: text('tenant_id').notNull(),
    customerNumber: text('customer_number').notNull().default(''),
    /** Scheme and number, for example `gtin:00012345678905`. */
    key: text('key').notNull(),
    sku: text('sku').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.key, table.customerNumber] }),
    index('item_key_by_sku').on(table.tenantId, table.sku),
  ],
)

/** Price lists; `tier` null is the list price for everyone. */
export const priceListTable = pgTable(
  'price_list',
  {
    tenantId: text('tenant_id').notNull(),
    priceListId: text('price_list_id').notNull(),
    name: text('name').notNull(),
    currency: text('currency').notNull(),
    tier: text('tier'),
    validFrom: day('valid_from').notNull(),
    /** First day it no longer holds. */
    validTo: day('valid_to'),
    version: version(),
    updatedAt: updatedAt(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.priceListId] })],
)

/** Prices of a price list, per base unit, from a quantity on. */
export const priceTable = pgTable(
  'price',
  {
    tenantId: text('tenant_id').notNull(),
    priceListId: text('price_list_id').notNull(),
    sku: text('sku').notNull(),
    minimumQuantity: integer('minimum_quantity').notNull().default(1),
    unitPrice: price('unit_price').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.priceListId, table.sku, table.minimumQuantity] }),
    index('price_by_sku').on(table.tenantId, table.sku),
  ],
)

/** Price agreements with a customer or a buying group. */
export const agreementTable = pgTable(
  'agreement',
  {
    tenantId: text('tenant_id').notNull(),
    agreementId: text('agreement_id').notNull(),
    name: text('name').notNull(),
    kind: text('kind').notNull().default('contract'),
    customerNumber: text('customer_number'),
    shipTo: text('ship_to'),
    buyingGroup: text('buying_group'),
    currency: text('currency').notNull(),
    validFrom: day('valid_from').notNull(),
    validTo: day('valid_to'),
    settings: jsonb('settings').notNull().default({}),
    version: version(),
    updatedAt: updatedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.agreementId] }),
    index('agreement_by_customer').on(table.tenantId, table.customerNumber),
    index('agreement_by_group').on(table.tenantId, table.buyingGroup),
  ],
)

/** What an agreement says about one SKU (a price), a family or a class (a percentage off list). */
export const agreementPriceTable = pgTable(
  'agreement_price',
  {
    tenantId: text('tenant_id').notNull(),
    agreementId: text('agreement_id').notNull(),
    /** `sku:FAS-1001`, `family:HEX` or `class:FAS`. */
    target: text('target').notNull(),
    minimumQuantity: integer('minimum_quantity').notNull().default(1),
    unitPrice: price('unit_price'),
    percentOff: numeric('percent_off', { precision: 9, scale: 4 }),
  },
  (table) => [
    primaryKey({
      columns: [table.tenantId, table.agreementId, table.target, table.minimumQuantity],
    }),
  ],
)

/** Stock of a product in a warehouse, in base units. */
export const stockTable = pgTable(
  'stock',
  {
    tenantId: text('tenant_id').notNull(),
    warehouse: text('warehouse').notNull(),
    sku: text('sku').notNull(),
    onHandEach: integer('on_hand_each').notNull(),
    allocatedEach: integer('allocated_each').notNull().default(0),
    safetyEach: integer('safety_each').notNull().default(0),
    asOf: moment('as_of').notNull(),
    version: version(),
    updatedAt: updatedAt(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.sku, table.warehouse] })],
)
