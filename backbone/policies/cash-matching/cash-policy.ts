import { z } from 'zod'
import { compareDecimal, DecimalText } from '../../canonical/money.ts'
import { definePolicy } from '../policy-in-force.ts'

const upTo = (most: DecimalText) =>
  DecimalText.refine(
    (value) => compareDecimal(value, '0') >= 0 && compareDecimal(value, most) <= 0,
    `from 0 to ${most}`,
  )

/** Above this, minor units of a currency with many decimals could not be counted exactly. */
const Money = upTo('1000000000')
const Percent = upTo('100')

/** How far money may be put to invoices without a person, and which differences are let go (domain rules 3.5). */
export const CashSettings = z.object({
  autoPostPasses: z.array(z.int().min(1).max(6)).default([1, 2, 3]).meta({
    description: 'Passes whose match is posted by itself; the others propose to a person.',
  }),
  confidencePercent: z
    .array(z.int().min(0).max(100))
    .length(8)
    .default([100, 98, 97, 90, 75, 70, 60, 0])
    .meta({ description: 'How sure a match of each pass is, pass 1 first, in percent.' }),
  discountGraceDays: z.int().min(0).max(60).default(0).meta({
    description:
      'Calendar days after the discount day on which the discount still counts as earned.',
  }),
  toleranceUpTo: Money.default('5.00').meta({
    description: 'A short payment up to this is written off, in units of the invoice currency.',
  }),
  tolerancePercent: Percent.default('0.5').meta({
    description: 'And not above this percentage of the open amount.',
  }),
  toleranceMonthlyCap: Money.default('50.00').meta({
    description:
      'Small differences written off for one customer in one month, in units of the currency.',
  }),
  feeUpTo: Money.default('50.00').meta({
    description:
      'Bank charges borne for one foreign wire (or as the bank states them), in units of the currency.',
  }),
  feeMonthlyCap: Money.default('500.00').meta({
    description: 'Bank charges borne for one customer in one month, in units of the currency.',
  }),
  feeMethods: z
    .array(z.enum(['ach', 'wire', 'check', 'card', 'other']))
    .default(['wire'])
    .meta({ description: 'Ways of paying on which an unstated bank fee is believed.' }),
  thirdPartyPayers: z.enum(['propose', 'accept']).default('propose').meta({
    description: 'Money of one customer for an invoice of another: posted by itself, or proposed.',
  }),
  onAccount: z.enum(['unapplied', 'oldest-first']).default('unapplied').meta({
    description:
      'Money without a reference: stays unapplied, or pays the oldest invoices first (pass 7).',
  }),
  repairLength: z.int().min(3).max(20).default(5).meta({
    description:
      'A reference needs so many letters and digits for one edit or swap to be repaired.',
  }),
  subsetMostItems: z.int().min(2).max(36).default(36).meta({
    description: 'Most open items among which a sum is searched; more are narrowed down first.',
  }),
  subsetDueWithinDays: z.int().min(0).max(365).default(30).meta({
    description:
      'When there are too many, only items due up to so many days after the booking count.',
  }),
  subsetTieBreak: z.enum(['none', 'due-dates']).default('none').meta({
    description:
      'Of several sums: none is taken, or the one that pays everything due up to a day and nothing after.',
  }),
  duplicateDays: z.int().min(0).max(365).default(30).meta({
    description: 'The same payer, amount and reference within so many days is held as paid twice.',
  }),
  deductionRoutes: z
    .record(z.string().max(10), z.enum(['pricing', 'logistics', 'receivables']))
    .default({
      '01': 'pricing',
      '02': 'pricing',
      '03': 'pricing',
      '04': 'logistics',
      '05': 'logistics',
      '06': 'logistics',
      '07': 'logistics',
      '11': 'logistics',
      '24': 'receivables',
    })
    .meta({ description: 'Who looks at a deduction, by its X12 426 code; receivables otherwise.' }),
  unearnedDiscountCode: z.string().max(10).default('24').meta({
    description: 'X12 426 code of a discount taken too late.',
  }),
  mostCandidates: z.int().min(1).max(20).default(5).meta({
    description: 'Candidates shown to a person for money that stays unapplied.',
  }),
})
export type CashSettings = z.infer<typeof CashSettings>

/** What a tenant may set about putting money to invoices. */
export const cashPolicy = definePolicy({
  name: 'cash',
  about: 'Puts money to open invoices in eight passes, and says what is let go and what is held.',
  schema: CashSettings,
})
