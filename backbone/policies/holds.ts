import { z } from 'zod'
import type { IsoMoment } from '../canonical/document.ts'
import {
  type BlockableStep,
  blockableSteps,
  type HoldState,
  type HoldType,
} from '../canonical/order-state.ts'
import { definePolicy } from './policy-in-force.ts'

/** What is done when a hold has stood past its time. None of them lifts the hold. */
export const timeoutActions = [
  'escalate',
  'contact-customer',
  'open-task',
  'ask-split',
  'ask-sender',
  'propose-cancel',
  're-authorise',
] as const
export type TimeoutAction = (typeof timeoutActions)[number]

type RuleDefaults = {
  /** Why an order is held so. */
  readonly about: string
  readonly blocks: readonly BlockableStep[]
  readonly timeoutHours?: number
  readonly timeoutBusinessDays?: number
  readonly onTimeout?: TimeoutAction
  readonly owner?: string
  readonly conditions?: readonly string[]
  readonly needsReasonCode?: boolean
  readonly needsEvidence?: boolean
  readonly isFourEyes?: boolean
}

function ruleOf(defaults: RuleDefaults) {
  const { owner = 'customer-service', conditions = [] } = defaults
  return z
    .object({
      blocks: z
        .array(z.enum(blockableSteps))
        .min(1)
        .default([...defaults.blocks])
        .meta({ description: 'Steps of the order’s way that it stops.' }),
      timeoutHours: z
        .number()
        .positive()
        .nullable()
        .default(defaults.timeoutHours ?? null)
        .meta({
          description: 'Hours it may stand before something is done; null for no such time.',
        }),
      timeoutBusinessDays: z
        .int()
        .min(1)
        .max(250)
        .nullable()
        .default(defaults.timeoutBusinessDays ?? null)
        .meta({ description: 'The same in business days; counts where no hours are set.' }),
      onTimeout: z
        .enum(timeoutActions)
        .nullable()
        .default(defaults.onTimeout ?? null)
        .meta({ description: 'What is done when it has stood past its time.' }),
      owner: z
        .string()
        .min(1)
        .max(60)
        .default(owner)
        .meta({ description: 'The desk that sees to it and is told.' }),
      conditions: z
        .array(z.string().min(1).max(60))
        .max(20)
        .default([...conditions])
        .meta({
          description: 'It is lifted by itself when documents have reported all of these.',
        }),
      needsReasonCode: z
        .boolean()
        .default(defaults.needsReasonCode ?? false)
        .meta({ description: 'A person who lifts it must name a reason code.' }),
      needsEvidence: z
        .boolean()
        .default(defaults.needsEvidence ?? false)
        .meta({
          description: 'A person who lifts it must name the document or number they rely on.',
        }),
      isFourEyes: z
        .boolean()
        .default(defaults.isFourEyes ?? false)
        .meta({ description: 'Whoever entered the order cannot lift it.' }),
    })
    .prefault({})
    .meta({ description: defaults.about })
}

const beforeGoods: readonly BlockableStep[] = ['release', 'pick', 'ship']
const untilBilled: readonly BlockableStep[] = [...beforeGoods, 'invoice']
const everything: readonly BlockableStep[] = ['confirm', 'allocate', ...untilBilled]

// Domain rules 3.7, the table of holds.
const typeRules = {
  CANCEL_WINDOW: ruleOf({
    about: 'The buyer may still cancel without asking.',
    blocks: untilBilled,
  }),
  CONDITIONAL: ruleOf({
    about: 'Waits for what its products need, such as an installer.',
    blocks: untilBilled,
    timeoutBusinessDays: 5,
    onTimeout: 'open-task',
  }),
  CREDIT: ruleOf({
    about: 'The order is above what we deliver on account.',
    blocks: untilBilled,
    timeoutHours: 24,
    onTimeout: 'escalate',
    owner: 'credit',
    needsReasonCode: true,
    isFourEyes: true,
  }),
  PRICE: ruleOf({
    about: 'A price is not the one agreed.',
    blocks: untilBilled,
    timeoutHours: 24,
    onTimeout: 'escalate',
    owner: 'pricing',
  }),
  MARGIN: ruleOf({
    about: 'A price is below its floor.',
    blocks: untilBilled,
    timeoutHours: 24,
    onTimeout: 'escalate',
    owner: 'sales-management',
    isFourEyes: true,
  }),
  SHIP_COMPLETE: ruleOf({
    about: 'Everything leaves together, and not everything is there.',
    blocks: beforeGoods,
    timeoutHours: 5 * 24,
    onTimeout: 'ask-split',
  }),
  ADDRESS: ruleOf({
    about: 'The address is in doubt.',
    blocks: beforeGoods,
    timeoutHours: 24,
    onTimeout: 'contact-customer',
    conditions: ['address-validated'],
  }),
  FRAUD: ruleOf({
    about: 'The order may be a fraud.',
    blocks: untilBilled,
    timeoutHours: 24,
    onTimeout: 'propose-cancel',
    owner: 'fraud-review',
    conditions: ['review-passed'],
    needsReasonCode: true,
    isFourEyes: true,
  }),
  // Never by the clock, and nothing is done when time passes: only the document counts.
  COMPLIANCE: ruleOf({
    about: 'A licence or permit is missing.',
    blocks: untilBilled,
    owner: 'compliance',
    conditions: ['document-present'],
    needsReasonCode: true,
    needsEvidence: true,
    isFourEyes: true,
  }),
  PAYMENT: ruleOf({
    about: 'Paid in advance, or authorised, before goods leave.',
    blocks: beforeGoods,
    timeoutHours: 24,
    onTimeout: 're-authorise',
    owner: 'payments',
    conditions: ['payment-authorised'],
  }),
  DATA_INCOMPLETE: ruleOf({
    about: 'Something is missing or unknown.',
    blocks: everything,
    timeoutHours: 24,
    onTimeout: 'ask-sender',
  }),
  DUPLICATE_SUSPECT: ruleOf({
    about: 'It may be the same order again.',
    blocks: everything,
    timeoutHours: 24,
    onTimeout: 'escalate',
  }),
  MANUAL: ruleOf({ about: 'A person stopped it.', blocks: untilBilled }),
  CUSTOMER_REQUEST: ruleOf({ about: 'The customer wants it later.', blocks: beforeGoods }),
} as const satisfies Record<HoldType, ReturnType<typeof ruleOf>>

const HoldRules = z.object(typeRules)

/** What a type of hold stops, how long it may stand and what is done then. */
export type HoldRule = z.infer<ReturnType<typeof ruleOf>>

/** The rule of every type of hold. */
export type HoldRules = z.infer<typeof HoldRules>

/** The default rule of every type of hold. */
export const holdRules: HoldRules = HoldRules.parse({})

const Seconds = z
  .number()
  .min(0)
  .max(30 * 86_400)

const HoldSettings = z.object({
  ...typeRules,
  cancelWindow: z
    .object({
      bySegment: z.record(z.string().max(40), Seconds).default({}),
      byProductClass: z.record(z.string().max(40), Seconds).default({}),
      bySku: z.record(z.string().max(80), Seconds).default({}),
    })
    .prefault({})
    .meta({
      description:
        'Seconds a buyer may cancel without asking, by segment of customer, class of product and product. A product counts before its class, a class before the segment, and that before what the connection says. Of several products the longest.',
    }),
  reserveStockHours: z.number().positive().nullable().default(null).meta({
    description:
      'Hours an order on credit hold keeps its stock before it is given back; null keeps it.',
  }),
  reasonCodes: z
    .array(z.string().min(1).max(60))
    .min(1)
    .max(100)
    .default([
      'payment-received',
      'payment-promised',
      'secured',
      'limit-being-raised',
      'within-risk-appetite',
      'reviewed-genuine',
      'document-on-file',
      'corrected',
      'other',
    ])
    .meta({ description: 'Reason codes a person may lift a hold with.' }),
})

/** The rules of all types of hold, the cancel window and what people may say when they lift one. */
export type HoldSettings = z.infer<typeof HoldSettings>

/** What holds stop, how long they stand, and who may lift them. */
export const holdsPolicy = definePolicy<HoldSettings>({
  name: 'holds',
  about: 'What each type of hold stops, when somebody is told, what lifts it; the cancel window.',
  schema: HoldSettings,
})

/** Why a hold in force may be lifted now, or undefined when it stands. Time passing never lifts any but a window or a date. */
export function liftReason(hold: HoldState, now: IsoMoment): string | undefined {
  const isDue = hold.expiresAt !== undefined && hold.expiresAt <= now
  switch (hold.type) {
    case 'CANCEL_WINDOW':
      return isDue ? 'The cancel window is over.' : undefined
    case 'CUSTOMER_REQUEST':
      return isDue ? 'The requested day has come.' : undefined
    case 'CONDITIONAL':
    case 'ADDRESS':
    case 'FRAUD':
    case 'COMPLIANCE':
    case 'PAYMENT': {
      const moments = Object.values(hold.conditions)
      const isMet = moments.length > 0 && moments.every((moment) => moment !== null)
      return isMet
        ? `All conditions are met: ${Object.keys(hold.conditions).join(', ')}.`
        : undefined
    }
    case 'CREDIT':
    case 'PRICE':
    case 'MARGIN':
    case 'SHIP_COMPLETE':
    case 'DATA_INCOMPLETE':
    case 'DUPLICATE_SUSPECT':
    case 'MANUAL':
      return undefined
  }
}

/** Whether a hold has stood past its time and a person must be told, once. A window or a requested day has no such time. */
export function isTimedOut(hold: HoldState, now: IsoMoment): boolean {
  if (hold.type === 'CANCEL_WINDOW' || hold.type === 'CUSTOMER_REQUEST') return false
  return hold.expiresAt !== undefined && hold.timedOutAt === undefined && hold.expiresAt <= now
}
