import { z } from 'zod'
import { DecimalText, normalDecimal } from './money.ts'

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
