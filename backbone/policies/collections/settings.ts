import { z } from 'zod'
import { DunningLevel } from '../../canonical/collections.ts'
import { TimeOfDay } from '../../canonical/zone-clock.ts'
import { definePolicy } from '../policy-in-force.ts'

/** What is done at a step of the ladder. */
export const LadderAct = z.enum(['courtesy', 'message', 'call', 'final-notice', 'escalation'])
export type LadderAct = z.infer<typeof LadderAct>

const Rung = z.object({
  level: DunningLevel,
  /** Days past due of the oldest undisputed row; below zero before the due date. */
  daysPastDue: z.int().min(-60).max(730),
  act: LadderAct,
})
type Rung = z.infer<typeof Rung>

const rungs = (days: readonly number[]): Rung[] => {
  const acts = ['courtesy', 'message', 'message', 'call', 'final-notice', 'escalation'] as const
  return days.map((daysPastDue, level) => ({ level, daysPastDue, act: acts[level] ?? 'message' }))
}

// Domain rules 3.4; the gentle ladder ends at the final notice, what follows is the manager's decision.
const defaultLadders = {
  'low-risk': rungs([-7, 7, 18, 30, 45]),
  strategic: rungs([-7, 7, 18, 30, 45]),
  standard: rungs([-5, 3, 10, 20, 30, 45]),
  'high-risk': rungs([-5, 1, 7, 14, 21, 30]),
}

const Share = z.string().regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, 'a share from 0 to 1 such as 0.55')

const Chance = z.object({
  segment: z.string(),
  bucket: z.string(),
  leftAlone: Share,
  contacted: Share,
})

const MajorAmount = z.string().regex(/^\d{1,12}(\.\d{1,4})?$/, 'an amount such as 25.00')

const chances = (
  segment: string,
  pairs: readonly (readonly [bucket: string, leftAlone: string, contacted: string])[],
): z.infer<typeof Chance>[] =>
  pairs.map(([bucket, leftAlone, contacted]) => ({ segment, bucket, leftAlone, contacted }))

const goodPayers = [
  ['current', '0.90', '0.93'],
  ['1-30', '0.75', '0.85'],
  ['31-60', '0.50', '0.68'],
  ['61-90', '0.35', '0.50'],
  ['91-120', '0.20', '0.32'],
  ['>120', '0.08', '0.15'],
] as const

// A guess to begin with (domain rules 3.4): the older the debt, the less it comes by itself.
const coldStart = [
  ...chances('standard', [
    ['current', '0.80', '0.85'],
    ['1-30', '0.55', '0.70'],
    ['31-60', '0.30', '0.50'],
    ['61-90', '0.20', '0.35'],
    ['91-120', '0.12', '0.22'],
    ['>120', '0.05', '0.10'],
  ]),
  ...chances('low-risk', goodPayers),
  ...chances('strategic', goodPayers),
  ...chances('high-risk', [
    ['current', '0.60', '0.68'],
    ['1-30', '0.35', '0.52'],
    ['31-60', '0.20', '0.35'],
    ['61-90', '0.12', '0.22'],
    ['91-120', '0.07', '0.13'],
    ['>120', '0.03', '0.06'],
  ]),
]

/** What a tenant may set about collecting. */
export const CollectionsSettings = z.object({
  bucketDays: z
    .array(z.int().min(1))
    .min(1)
    .max(10)
    .default([30, 60, 90, 120])
    .meta({ description: 'Last day past due of each age bucket; what is older is the last one.' }),
  minimumCollectable: MajorAmount.default('25.00').meta({
    description: 'Below this net amount nobody is dunned; in major units of the currency.',
  }),
  ladders: z
    .record(z.string(), z.array(Rung).min(1).max(6))
    .default(defaultLadders)
    .meta({ description: 'Steps by customer segment: level, days past due, act.' }),
  fallbackSegment: z
    .string()
    .default('standard')
    .meta({ description: 'The ladder and the odds of segments that have none of their own.' }),
  courtesyLargeOnly: z
    .array(z.string())
    .default(['low-risk', 'strategic'])
    .meta({ description: 'Segments that get the courtesy note for large amounts only.' }),
  largeAmount: MajorAmount.default('10000.00').meta({
    description: 'What counts as large; in major units of the currency.',
  }),
  riseEveryDays: z
    .int()
    .min(1)
    .default(7)
    .meta({ description: 'The level rises at most once in so many days.' }),
  messageGapDays: z
    .int()
    .min(0)
    .default(7)
    .meta({ description: 'Least days between two messages to a customer, replies apart.' }),
  contactsInWindow: z
    .int()
    .min(1)
    .default(4)
    .meta({ description: 'Most contacts with a customer within the window of contactWindowDays.' }),
  contactWindowDays: z
    .int()
    .min(1)
    .default(30)
    .meta({ description: 'Days of the window in which contacts are counted.' }),
  channelsPerDay: z
    .int()
    .min(1)
    .default(1)
    .meta({ description: 'Most channels by which a customer is contacted on one day.' }),
  contactHours: z
    .object({ from: TimeOfDay, to: TimeOfDay })
    .default({ from: '08:00', to: '18:00' })
    .meta({ description: "Hours of the customer's business days in which it may be contacted." }),
  lettersAtAnyHour: z.boolean().default(false).meta({
    description: 'E-mail may leave outside the contact hours: it wakes nobody.',
  }),
  promiseGraceBusinessDays: z
    .int()
    .min(0)
    .default(2)
    .meta({ description: 'Business days after the promised date in which money still keeps it.' }),
  promiseKeptPercent: z
    .int()
    .min(1)
    .max(100)
    .default(95)
    .meta({ description: 'Percent of the promised amount that keeps the promise.' }),
  roundFrom: TimeOfDay.default('09:00').meta({
    description:
      "Time of day in the tenant's zone from which the daily round goes, after the bank's morning statements.",
  }),
  brokenPromises: z
    .object({ count: z.int().min(1), withinDays: z.int().min(1) })
    .default({ count: 2, withinDays: 90 })
    .meta({
      description: 'So many broken promises in so many days: one level more, and a person.',
    }),
  paymentInProcessDays: z
    .int()
    .min(0)
    .default(3)
    .meta({ description: 'Days for which money seen at the bank pauses dunning.' }),
  newCustomerDays: z.int().min(0).default(180).meta({
    description: 'A customer is new for so many days after we began to deliver on account.',
  }),
  contactRoles: z
    .array(z.object({ fromLevel: DunningLevel, roles: z.array(z.string()).min(1) }))
    .default([
      { fromLevel: 0, roles: ['accounts payable', 'ap', 'billing', 'bookkeeping', 'finance'] },
      { fromLevel: 3, roles: ['accounts payable', 'ap', 'finance', 'controller', 'purchasing'] },
      { fromLevel: 4, roles: ['finance', 'controller', 'cfo', 'accounts payable', 'ap', 'owner'] },
    ])
    .meta({ description: 'Roles of the right contact from a level on, the best first.' }),
  contactCost: MajorAmount.default('6.00').meta({
    description: 'What one contact costs; in major units of the currency.',
  }),
  urgencyFactor: z
    .string()
    .regex(/^\d(\.\d{1,4})?$/)
    .default('1.5')
    .meta({ description: 'Weight of a case that blocks new orders or nears the final notice.' }),
  finalNoticeNearDays: z
    .int()
    .min(0)
    .default(7)
    .meta({ description: 'The final notice is near when it is at most so many days away.' }),
  coldStart: z.array(Chance).default(coldStart).meta({
    description:
      'Chance to be paid within 14 days, left alone and contacted, where own experience is thin.',
  }),
  leastOwnCases: z
    .int()
    .min(0)
    .default(20)
    .meta({ description: 'Own cases of a segment and bucket before they count, of each kind.' }),
  lateFees: z
    .object({
      isAllowed: z.boolean(),
      /** Percent a year agreed with the customer; where none is, the law of its country. */
      contractRatePercent: z
        .string()
        .regex(/^\d{1,2}(\.\d{1,4})?$/)
        .optional(),
      /** Rates nobody of the tenant has checked against the source may be used. */
      usesUncheckedRates: z.boolean().default(false),
    })
    .default({ isAllowed: false, usesUncheckedRates: false })
    .meta({ description: 'Interest and fixed sums for late payment; off unless allowed here.' }),
  sender: z
    .object({
      name: z.string().max(120).optional(),
      email: z.email().max(254).optional(),
      phone: z.string().max(60).optional(),
      paymentLink: z.url().max(500).optional(),
      disputeLink: z.url().max(500).optional(),
    })
    .default({})
    .meta({ description: 'How customers reach us: what every message offers where it is set.' }),
  draftWords: z
    .int()
    .min(20)
    .default(180)
    .meta({ description: 'Most words of a message to a customer.' }),
  bannedPhrases: z
    .array(z.string().min(2).max(120))
    .default([])
    .meta({ description: "Phrases no message may have, besides the house's own list." }),
  wordsAllowed: z
    .array(z.string().min(1).max(60))
    .default([])
    .meta({ description: 'Names a message may use that are not in the ledger, such as our own.' }),
})
export type CollectionsSettings = z.infer<typeof CollectionsSettings>

/** Who is asked for money when, how and how often, and what counts as promised, disputed or paid. */
export const collectionsPolicy = definePolicy({
  name: 'collections',
  about: 'Dunning: ladder, limits of contact, promises, priority of the worklist, late fees.',
  schema: CollectionsSettings,
})
