import { z } from 'zod'
import { MinorUnits } from '../../canonical/money.ts'
import { definePolicy } from '../policy-in-force.ts'

/** What can stand against delivering on account (domain rules 3.6). */
const creditChecks = [
  'LIMIT',
  'NO_LIMIT',
  'RATE_MISSING',
  'LIMIT_EXPIRED',
  'INSURANCE_EXPIRED',
  'OLDEST_OPEN_ITEM',
  'OVERDUE_PERCENT',
  'OVERDUE_AMOUNT',
  'DUNNING_LEVEL',
  'BROKEN_PROMISES',
  'TERMS_CHANGED',
  'NEW_CUSTOMER',
  'ORDER_VALUE',
  'FRAUD_SUSPECTED',
  'INSOLVENT',
] as const
export type CreditCheck = (typeof creditChecks)[number]

// A suspicion of fraud or an insolvency is never waved through.
const excludable = creditChecks.filter(
  (check): check is Exclude<CreditCheck, 'FRAUD_SUSPECTED' | 'INSOLVENT'> =>
    check !== 'FRAUD_SUSPECTED' && check !== 'INSOLVENT',
)

const Percent = z.string().regex(/^\d{1,4}(\.\d{1,4})?$/, 'a percentage such as 90 or 102.5')

const byCurrency = z.record(z.string().regex(/^[A-Z]{3}$/), MinorUnits.min(0))

const Exclusion = z.object({
  name: z.string().min(1).max(80),
  /** The checks it lets pass; all others stand. */
  checks: z.array(z.enum(excludable)).min(1),
  customerNumbers: z.array(z.string().max(40)).max(10_000).optional(),
  segments: z.array(z.string().max(40)).max(100).optional(),
  /** Orders up to this amount, by currency; a currency without an entry is not let pass. */
  orderUpToMinor: byCurrency.optional(),
  /** A limit exceeded by no more than this, by currency of the account. */
  overLimitUpToMinor: byCurrency.optional(),
})

/** An order that failed only these checks goes through; without a scope it would hold for everybody. */
export type CreditExclusion = z.infer<typeof Exclusion>

const CreditSettings = z.object({
  limitUsePercent: Percent.default('100').meta({
    description: 'How much of the limit may be used, in percent.',
  }),
  withoutLimit: z.enum(['not-checked', 'hold']).default('not-checked').meta({
    description: 'What applies when neither the customer nor a parent has a credit limit.',
  }),
  countsOpenCredits: z.boolean().default(true).meta({
    description: 'Whether open credit notes reduce the exposure.',
  }),
  horizonDays: z.int().min(0).max(3_650).nullable().default(null).meta({
    description:
      'Open orders requested later than in so many days do not count; null counts them all.',
  }),
  oldestOpenItemDays: z.int().min(0).nullable().default(null).meta({
    description: 'Most days the oldest open invoice may be past due; null does not check it.',
  }),
  overduePercent: Percent.nullable().default(null).meta({
    description: 'Largest part of the open invoices that may be past due, in percent.',
  }),
  overdueMinor: byCurrency.default({}).meta({
    description: 'Largest amount that may be past due, in minor units by currency of the customer.',
  }),
  dunningLevel: z.int().min(1).max(20).nullable().default(4).meta({
    description: 'From this dunning level on nothing is delivered on account.',
  }),
  brokenPromises: z.int().min(1).nullable().default(2).meta({
    description: 'So many broken promises to pay stop deliveries on account.',
  }),
  brokenPromiseDays: z.int().min(1).max(3_650).default(90).meta({
    description: 'Days back in which broken promises count.',
  }),
  holdsLongerTerms: z.boolean().default(true).meta({
    description: 'An order that asks for more days to pay than agreed is held.',
  }),
  holdsExpiredLimit: z.boolean().default(true).meta({
    description: 'A limit past its last day holds.',
  }),
  holdsExpiredInsurance: z.boolean().default(true).meta({
    description: 'Credit insurance past its last day holds; it secures nothing in either case.',
  }),
  newCustomerDays: z.int().min(1).nullable().default(null).meta({
    description: 'Customers of fewer days than this are looked at by a person.',
  }),
  orderValueMinor: byCurrency.default({}).meta({
    description:
      'Orders above this amount are looked at by a person, in minor units by currency of the order.',
  }),
  exclusions: z.array(Exclusion).max(200).default([]).meta({
    description:
      'Orders let pass although a check failed; looked at after all checks, each only within its scope. A suspicion of fraud and an insolvency are never let pass.',
  }),
  releaseExtraPercent: Percent.default('10').meta({
    description: 'How much an order may grow after a person released it, in percent.',
  }),
  releaseDays: z.int().min(1).max(365).default(5).meta({
    description: 'Days a release, or a check passed at the order’s receipt, holds.',
  }),
  releaseEndsAtDunningLevel: z.int().min(1).max(20).default(4).meta({
    description: 'A release ends before its time at this dunning level.',
  }),
  temporaryLimitDays: z.int().min(1).max(365).default(5).meta({
    description: 'Days of a temporary limit that is offered as a way out.',
  }),
})
export type CreditSettings = z.infer<typeof CreditSettings>

/** How far we deliver on account. */
export const creditPolicy = definePolicy<CreditSettings>({
  name: 'credit',
  about:
    'Which orders are delivered on account: limit, overdue items, flags, and how long a release holds.',
  schema: CreditSettings,
})
