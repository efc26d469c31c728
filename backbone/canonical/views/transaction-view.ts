import { z } from 'zod'
import { Alternative, decisions, Evidence } from '../decision.ts'
import { IsoMoment } from '../document.ts'
import { FailureClass, Remedy } from '../failures/failure-class.ts'
import { Currency, MinorUnits } from '../money.ts'

/** A document in or a call out, as ops people list them: the failed ones are what they work on. */
export const TransactionSummary = z
  .object({
    transactionId: z.string(),
    direction: z.enum(['in', 'out']),
    connectionId: z.string(),
    /** What was asked of an outside system, or `receive.<channel>` for what came in. */
    operation: z.string(),
    orderId: z.string().nullable(),
    naturalKey: z.string(),
    status: z.string(),
    attempts: z.int(),
    replays: z.int(),
    errorClass: z.string().nullable(),
    errorCode: z.string().nullable(),
    errorMessage: z.string().nullable(),
    /** The failure cluster it belongs to. */
    clusterId: z.string().nullable(),
    /** The money at stake: the sum it was made for, else its order's; null where none is. */
    amountMinor: z.int().nullable(),
    currency: Currency.nullable(),
    createdAt: IsoMoment,
    /** When the next try is due, for a call that has not ended. */
    dueAt: IsoMoment.nullable(),
    /** Why a call that could go waits: its connection has had its share of repeats (`retry-budget`). */
    waitsFor: z.enum(['retry-budget']).nullable(),
    /** Business deadline: after it the call is not tried again by itself. */
    deadlineAt: IsoMoment.nullable(),
    finishedAt: IsoMoment.nullable(),
  })
  .meta({ id: 'TransactionSummary' })
export type TransactionSummary = z.infer<typeof TransactionSummary>

/** A transaction with every try, what was sent and what came back. */
export const TransactionView = TransactionSummary.extend({
  documentId: z.string().nullable(),
  externalId: z.string().nullable(),
  idempotencyKey: z.string().nullable(),
  orderingKey: z.string().nullable(),
  sentAt: IsoMoment.nullable(),
  /** The canonical document the call carries; absent for what came in (see its receipt). */
  document: z.record(z.string(), z.unknown()).nullable(),
  /** The exact text that goes out, where the connection has a format of its own. */
  rendered: z.string().nullable(),
  response: z.string().nullable(),
  /** Whether the partner has acknowledged the document (X12 997); null where nobody acknowledges. */
  acknowledgement: z
    .object({
      status: z.enum([
        'not-awaited',
        'awaited',
        'overdue',
        'accepted',
        'accepted-with-errors',
        'partly-accepted',
        'rejected',
      ]),
      /** The receipt that brought the answer. */
      receiptId: z.string().nullable(),
      answeredAt: IsoMoment.nullable(),
    })
    .nullable(),
  tries: z.array(
    z.object({
      attempt: z.int(),
      startedAt: IsoMoment,
      finishedAt: IsoMoment,
      outcome: z.string(),
      code: z.string().nullable(),
      message: z.string().nullable(),
    }),
  ),
}).meta({ id: 'Transaction' })
export type TransactionView = z.infer<typeof TransactionView>

/** Where people are with a cause. */
export const ClusterState = z.enum([
  'open',
  'diagnosed',
  'fix-proposed',
  'fixed',
  'replaying',
  'closed',
])
export type ClusterState = z.infer<typeof ClusterState>

const PlanStep = z.object({
  transactionId: z.string(),
  operation: z.string(),
  naturalKey: z.string(),
})

/** What a replay of a cause would do, call by call. */
const ReplayPlan = z
  .object({
    /** In this order; dependants follow when the calls of the cause itself are through. */
    steps: z.array(PlanStep.extend({ isDependant: z.boolean() })),
    dropped: z.array(PlanStep.extend({ reason: z.string() })),
    /** Calls behind a connection that is away: they go by themselves once it is back. */
    parked: z.int(),
    /** Documents in quarantine that are read again through the usual door. */
    quarantined: z.array(z.string()),
    /** Documents in quarantine that reading again decides nothing about, and why. */
    forPerson: z.array(z.object({ quarantineId: z.string(), reason: z.string() })),
    /** Calls beyond the first thousand: they go with the next replay. */
    more: z.int(),
    text: z.string(),
  })
  .meta({ id: 'ReplayPlan' })

/** What a cause holds up. */
const BlastRadius = z
  .object({
    orders: z.int(),
    customers: z.int(),
    connections: z.array(z.string()),
    operations: z.array(z.string()),
    /** The value of the orders held up, each order once, by currency. */
    blocked: z.array(z.object({ currency: z.string(), amountMinor: MinorUnits, orders: z.int() })),
    /** Calls that have not failed themselves, but stand behind one that has. */
    waitingBehind: z.int(),
    /** The nearest promise among the orders held up. */
    nearestDueAt: IsoMoment.nullable(),
  })
  .meta({ id: 'BlastRadius' })

/** A change in the hours before the first failure. */
const Suspect = z
  .object({
    kind: z.enum(['master-data', 'connection', 'policy', 'deployment', 'signature']),
    subject: z.string(),
    at: IsoMoment,
    actor: z.string(),
    /** It is the thing at the root, on the way of the calls, or only near in time. */
    relation: z.enum(['root', 'path', 'time']),
    minutesBefore: z.int(),
    text: z.string(),
  })
  .meta({ id: 'Suspect' })

/** Failed calls with one cause: one fix and one replay for all of them. */
export const FailureCluster = z
  .object({
    clusterId: z.string(),
    /** Equal for causes that differ only in the thing at the root. */
    pattern: z.string(),
    rootEntity: z.string().nullable(),
    state: ClusterState,
    stateSince: IsoMoment.nullable(),
    /** What people wrote when they moved it last. */
    note: z.string().nullable(),
    /** How often it came again after people had done with it. */
    recurrences: z.int(),
    errorClass: FailureClass,
    errorCode: z.string(),
    decision: z.enum(decisions),
    remedy: Remedy,
    /** Whether and how the product tries again by itself. */
    autoRetry: z.string(),
    advice: z.string(),
    /** 0 to 1; 0 for UNKNOWN. */
    confidence: z.number(),
    signatureId: z.string().nullable(),
    evidence: z.array(Evidence),
    alternatives: z.array(Alternative),
    policyVersion: z.string(),
    proposedChange: z.object({ subject: z.string(), text: z.string() }),
    suspects: z.array(Suspect),
    blastRadius: BlastRadius,
    priority: z.object({
      score: z.int(),
      value: z.int(),
      urgency: z.number(),
      breadth: z.int(),
    }),
    plan: ReplayPlan,
    count: z.int(),
    /** Calls that failed only because a call of this cause did not get through. */
    dependants: z.array(PlanStep),
    /** Causes of the same pattern: the same mistake made with other things. */
    sharedWith: z.array(z.string()),
    firstFailedAt: IsoMoment,
    lastFailedAt: IsoMoment,
    exampleMessages: z.array(z.string()),
    /** The first hundred, dependants last. */
    transactionIds: z.array(z.string()),
  })
  .meta({ id: 'FailureCluster' })
export type FailureCluster = z.infer<typeof FailureCluster>
