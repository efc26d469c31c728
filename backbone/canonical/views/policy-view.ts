import { z } from 'zod'
import { IsoDate, IsoMoment } from '../document.ts'
import { Currency, MinorUnits } from '../money.ts'
import { holdTypes, stages } from '../order-state.ts'

/** For whom settings hold: the whole tenant, one partner or one customer. */
const PolicyScope = z
  .string()
  .max(60)
  .regex(/^(tenant|(partner|customer):\S.*)$/, 'tenant, partner:ID or customer:NUMBER')
  .meta({ example: 'customer:C-10001' })

/** Settings of a policy as somebody made them, for whom and from when to when. */
export const PolicyVersion = z
  .object({
    policy: z.string(),
    scope: PolicyScope,
    version: z.int().min(1),
    validFrom: IsoDate,
    validTo: IsoDate.nullable().meta({ description: 'First day they no longer hold.' }),
    settings: z.record(z.string(), z.unknown()).meta({
      description: 'What it sets; what it leaves out stays as it is below it.',
    }),
    changedBy: z.string(),
    reason: z.string(),
    changedAt: IsoMoment,
  })
  .meta({ id: 'PolicyVersion' })
export type PolicyVersion = z.infer<typeof PolicyVersion>

/** A rule set: what it decides, its settings in force for a subject, and what can be set. */
export const PolicyView = z
  .object({
    policy: z.string(),
    about: z.string(),
    inForce: z.object({
      version: z.string().meta({
        description: 'Which settings decide; every decision made by them carries it.',
      }),
      settings: z.record(z.string(), z.unknown()),
    }),
    defaults: z.record(z.string(), z.unknown()),
    schema: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema of the settings.' }),
    versions: z.array(PolicyVersion).meta({ description: 'Every change, the newest first.' }),
  })
  .meta({ id: 'Policy' })
export type PolicyView = z.infer<typeof PolicyView>

/** What a person asks to be set. */
export const PolicyChange = z
  .object({
    scope: PolicyScope.default('tenant'),
    validFrom: IsoDate.optional().meta({
      description: "Today in the tenant's time zone unless said.",
    }),
    validTo: IsoDate.optional().meta({ description: 'First day it no longer holds.' }),
    settings: z.record(z.string(), z.unknown()),
    reason: z.string().trim().min(1).max(500),
  })
  .meta({ id: 'PolicyChange' })
export type PolicyChange = z.infer<typeof PolicyChange>

/** A change of a policy tried on past orders before it is made. */
export const PolicyTrialAsk = PolicyChange.omit({ reason: true, validFrom: true, validTo: true })
  .extend({
    orders: z.int().min(1).max(1_000).default(100).meta({
      description: 'How many of the latest orders are checked again with the settings and without.',
    }),
  })
  .meta({ id: 'PolicyTrialAsk' })
export type PolicyTrialAsk = z.infer<typeof PolicyTrialAsk>

const TrialOutcome = z.object({
  wouldBecome: z.enum(stages),
  totalMinor: MinorUnits,
  holds: z.array(z.object({ type: z.enum(holdTypes), reason: z.string() })),
  findings: z.array(z.object({ kind: z.string(), message: z.string() })),
  promises: z.array(z.object({ line: z.string(), promisedOn: IsoDate.nullable() })),
})
export type TrialOutcome = z.infer<typeof TrialOutcome>

const TrialSum = z.object({
  /** Orders that nothing holds but their buyer's time to cancel. */
  touchless: z.int(),
  /** Orders with at least one hold of a type. */
  heldByType: z.record(z.string(), z.int()),
})
export type TrialSum = z.infer<typeof TrialSum>

/** What a change of a policy would have changed. */
export const PolicyTrial = z
  .object({
    policy: z.string(),
    scope: PolicyScope,
    settings: z.record(z.string(), z.unknown()),
    ordersReplayed: z.int(),
    ordersChanged: z.int(),
    before: TrialSum,
    after: TrialSum,
    changed: z
      .array(
        z.object({
          orderId: z.string(),
          orderNumber: z.string(),
          customerNumber: z.string().nullable(),
          currency: Currency,
          before: TrialOutcome,
          after: TrialOutcome,
        }),
      )
      .meta({ description: 'The latest hundred of the orders that would have gone another way.' }),
    note: z.string().meta({ description: 'What the trial does not see.' }),
  })
  .meta({ id: 'PolicyTrial' })
export type PolicyTrial = z.infer<typeof PolicyTrial>
