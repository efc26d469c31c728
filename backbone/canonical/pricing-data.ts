import { z } from 'zod'
import { IsoDate } from './document.ts'
import { Currency, compareDecimal, DecimalText, normalDecimal } from './money.ts'

const BreakPercent = DecimalText.refine(
  (value) => !value.startsWith('-') && Number(value) <= 100,
  'a percentage from 0 to 100',
).overwrite(normalDecimal)

/** How an agreement is applied (domain rules 3.1.1). */
export const RuleTerms = z.object({
  /** All units at the reached price, or each slice at its own. */
  breaks: z.enum(['bracket', 'graduated']).default('bracket'),
  /** Which quantity reaches a break: the line's, that of the order's lines of one family, or all bought in the period. */
  breakBasis: z.enum(['line', 'family', 'period']).default('line'),
  /** Days back that count for breaks by period. */
  breakPeriodDays: z.int().min(1).max(1000).default(365),
  /** Percentages off the reached price from a quantity on, over and above the prices' own breaks. */
  volumeBreaks: z
    .array(z.object({ minimumQuantity: z.int().min(1), percentOff: BreakPercent }))
    .max(50)
    .overwrite((breaks) => breaks.toSorted((a, b) => a.minimumQuantity - b.minimumQuantity))
    .default([]),
  /** Decimals the net unit price is rounded to. */
  priceScale: z.int().min(0).max(8).default(4),
  /** The day whose prices count. */
  pricingDate: z
    .enum(['purchase-order', 'received', 'requested-ship', 'actual-ship'])
    .default('purchase-order'),
  isPromotionExcluded: z.boolean().default(false),
  /** Smallest quantity of a line at these prices, in base units. */
  minimumOrderQuantity: z.int().min(1).optional(),
  /** Whether the customers below this one buy at these prices too. */
  isForSubsidiaries: z.boolean().default(true),
})
export type RuleTerms = z.infer<typeof RuleTerms>

const Code = z.string().trim().min(1).max(40)
const Count = z.int().min(0).max(2_147_483_647)
const Day = IsoDate.refine((day) => day > '1900', 'a day after 1900')
const Amount = z
  .string()
  .regex(/^\d{1,16}(\.\d{1,8})?$/, { error: 'an amount such as 1.25, not below zero', abort: true })
  .overwrite(normalDecimal)

/** Which products a promotion is for: one, a family, a class, or all. */
const PromotionTarget = z.union([
  z.object({ sku: z.string().trim().min(1).max(80) }),
  z.object({ family: Code }),
  z.object({ productClass: Code }),
  z.object({ all: z.literal(true) }),
])
type PromotionTarget = z.infer<typeof PromotionTarget>

/** What a promotion is for, as the store spells it: `sku:FAS-1001`, `family:HEX`, `class:FAS` or `all`. */
export function promotionTarget(target: PromotionTarget): string {
  if ('sku' in target) return `sku:${target.sku}`
  if ('family' in target) return `family:${target.family}`
  return 'productClass' in target ? `class:${target.productClass}` : 'all'
}

const inTextOrder = (codes: readonly string[]) => [...new Set(codes)].sort()
const Codes = z.array(Code).max(2_000).overwrite(inTextOrder).default([])

/** Money off for a time: who gets it, on what, and how it goes together with others (domain rules 3.1.1, step 4). */
export const Promotion = z
  .object({
    promotionId: Code,
    name: z.string().trim().min(1).max(200),
    currency: Currency,
    validFrom: Day,
    /** First day it no longer holds. */
    validTo: Day.optional(),
    /** The best single one, or one after the other on the already reduced price. */
    combination: z.enum(['exclusive', 'stackable']).default('exclusive'),
    /** Lower numbers first. */
    priority: z.int().min(0).max(1_000_000).default(100),
    percentOff: BreakPercent.optional(),
    /** Per base unit. */
    amountOff: Amount.optional(),
    minimumQuantity: Count.min(1).default(1),
    /** Base units it is for in all, and how many of them are used. */
    quotaEach: Count.optional(),
    usedEach: Count.default(0),
    targets: z
      .array(PromotionTarget)
      .min(1)
      .max(5_000)
      .overwrite((targets) =>
        targets.toSorted((a, b) => (promotionTarget(a) < promotionTarget(b) ? -1 : 1)),
      ),
    /** Products of its families and classes that it is not for. */
    excludedSkus: Codes,
    /** Who gets it; everybody when all three are empty. */
    customerNumbers: Codes,
    tiers: Codes,
    buyingGroups: Codes,
  })
  .refine(({ validFrom, validTo }) => validTo === undefined || validTo > validFrom, {
    error: 'it ends before it starts',
    path: ['validTo'],
  })
  .refine(({ percentOff, amountOff }) => (percentOff === undefined) !== (amountOff === undefined), {
    error: 'a percentage or an amount, and not both',
    path: ['percentOff'],
  })
  .refine(({ targets }) => new Set(targets.map(promotionTarget)).size === targets.length, {
    error: 'the same product twice',
    path: ['targets'],
  })
  .meta({ id: 'Promotion' })
export type Promotion = z.infer<typeof Promotion>

/** A rate of exchange as it was on a day: one unit of `base` is `rate` units of `quote`. */
export const ExchangeRate = z
  .object({
    rateId: Code,
    base: Currency,
    quote: Currency,
    rate: Amount.refine((rate) => compareDecimal(rate, '0') > 0, 'above zero'),
    validOn: Day,
  })
  .refine(({ base, quote }) => base !== quote, { error: 'two currencies', path: ['quote'] })
  .meta({ id: 'ExchangeRate' })
export type ExchangeRate = z.infer<typeof ExchangeRate>
