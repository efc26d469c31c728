import { z } from 'zod'
import { IsoMoment } from '../document.ts'

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
    amountMinor: z.int().nullable(),
    createdAt: IsoMoment,
    /** When the next try is due, for a call that has not ended. */
    dueAt: IsoMoment.nullable(),
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

/** Given-up calls with one cause: one fix and one replay for all of them. */
export const FailureCluster = z
  .object({
    clusterId: z.string(),
    /** Equal for clusters that differ only in the thing at the root. */
    pattern: z.string(),
    rootEntity: z.string().nullable(),
    operations: z.array(z.string()),
    connectionIds: z.array(z.string()),
    errorClass: z.string(),
    errorCode: z.string(),
    count: z.int(),
    /** Calls that failed only because a call of the same order sits in this cluster. */
    dependants: z.int(),
    valueBlockedMinor: z.int(),
    firstFailedAt: IsoMoment,
    lastFailedAt: IsoMoment,
    exampleMessages: z.array(z.string()),
    /** The first hundred, dependants last. */
    transactionIds: z.array(z.string()),
  })
  .meta({ id: 'FailureCluster' })
export type FailureCluster = z.infer<typeof FailureCluster>
