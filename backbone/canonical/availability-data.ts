import { z } from 'zod'
import { IsoDate } from './document.ts'

const Sku = z.string().trim().min(1).max(80)
const Code = z.string().trim().min(1).max(40)
const CustomerNumber = z.string().trim().min(1).max(40)
const Sentence = z.string().trim().min(1).max(200)
// What an integer column holds.
const QuantityEach = z.int().min(1).max(2_147_483_647)
const DayInTrade = IsoDate.refine((day) => day > '1900', 'a day after 1900')
const WarehouseCode = Code.regex(/^[^:]*$/, 'a warehouse code has no colon')

/** Goods that will come into a warehouse: a purchase order, a transfer, a production order. */
export const Supply = z
  .object({
    supplyId: Code,
    sku: Sku,
    warehouse: WarehouseCode,
    quantityEach: QuantityEach,
    /** The day they are expected on the shelf; one that has passed counts for nothing until it is dated again. */
    expectedOn: DayInTrade,
    kind: z.enum(['purchase', 'transfer', 'production', 'return']).default('purchase'),
    /** Delivered or called off: it brings nothing any more. */
    isClosed: z.boolean().default(false),
    reference: z.string().max(120).optional(),
  })
  .meta({ id: 'Supply' })
export type Supply = z.infer<typeof Supply>

/** Goods of a warehouse that are spoken for elsewhere: contract reservations, transfers out, orders of another system. */
export const Demand = z
  .object({
    demandId: Code,
    sku: Sku,
    warehouse: WarehouseCode,
    quantityEach: QuantityEach,
    /** The day they are wanted; a day that has passed means today. */
    neededOn: DayInTrade,
    kind: z.enum(['reservation', 'transfer', 'forecast', 'other-system']).default('reservation'),
    /** Served or given up: it wants nothing any more. */
    isClosed: z.boolean().default(false),
    reference: z.string().max(120).optional(),
  })
  .meta({ id: 'Demand' })
export type Demand = z.infer<typeof Demand>

const RuleHead = z.object({
  ruleId: Code,
  /** For one customer only; for everyone when absent. */
  customerNumber: CustomerNumber.optional(),
  validFrom: DayInTrade.optional(),
  /** First day it no longer holds. */
  validTo: DayInTrade.optional(),
  /** Why, as people read it. */
  reason: Sentence.optional(),
})

const Instead = {
  sku: Sku,
  substituteSku: Sku,
  /** So many base units of the product … */
  quantityEach: QuantityEach.default(1),
  /** … are replaced by so many of the substitute: a box of 24 by 2 boxes of 12. */
  substituteEach: QuantityEach.default(1),
}

/** What may stand in for a product, and what may not. */
export const SubstitutionRule = z
  .discriminatedUnion('kind', [
    RuleHead.extend({
      kind: z.literal('approved'),
      ...Instead,
      /** The customer consented once for all: no question per order. */
      isStanding: z.boolean().default(false),
    }),
    RuleHead.extend({
      kind: z.literal('supersession'),
      ...Instead,
      /** The old one may also stand in for the new one. */
      isTwoWay: z.boolean().default(false),
    }),
    RuleHead.extend({ kind: z.literal('other-pack'), ...Instead }),
    RuleHead.extend({ kind: z.literal('functional'), ...Instead }),
    /** Never offered as a substitute. */
    RuleHead.extend({ kind: z.literal('blocked'), substituteSku: Sku }),
    /** Nothing stands in for it: specified by serial number, part of a kit, forbidden by contract. */
    RuleHead.extend({ kind: z.literal('irreplaceable'), sku: Sku }),
    /** Contract or regulation lets only approved substitutes stand in for it. */
    RuleHead.extend({ kind: z.literal('approved-only'), sku: Sku }),
  ])
  .refine(
    (rule) =>
      rule.validFrom === undefined || rule.validTo === undefined || rule.validTo > rule.validFrom,
    {
      error: 'it ends before it starts',
      path: ['validTo'],
    },
  )
  .refine(
    (rule) => !('sku' in rule && 'substituteSku' in rule) || rule.sku !== rule.substituteSku,
    {
      error: 'a product does not stand in for itself',
      path: ['substituteSku'],
    },
  )
  .meta({ id: 'SubstitutionRule' })
export type SubstitutionRule = z.infer<typeof SubstitutionRule>

/**
 * How an attribute counts when one product of a class stands in for another: safety and required ones must be
 * equal, the substitute's measure must be at least or at most the product's, or it only informs.
 */
const attributeRoles = [
  'safety-equal',
  'required-equal',
  'at-least',
  'at-most',
  'informative',
] as const
export type AttributeRole = (typeof attributeRoles)[number]

/** Which attributes of a product class must agree for one product to stand in for another. */
export const ClassRule = z
  .object({
    productClass: Code,
    attributes: z
      .array(z.object({ name: z.string().min(1).max(60), role: z.enum(attributeRoles) }))
      .min(1)
      .max(60)
      .refine(
        (attributes) => new Set(attributes.map(({ name }) => name)).size === attributes.length,
        'the same attribute twice',
      ),
  })
  .meta({ id: 'ClassRule' })
export type ClassRule = z.infer<typeof ClassRule>
