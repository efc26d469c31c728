import type { TechnicalAcknowledgement } from '../../canonical/instruction.ts'
import type { JobQueue } from '../../queue/job-queue.ts'
import type { TenantTx } from '../../store/database.ts'
import { technicalAnswers } from '../../store/outbox/technical-answers.ts'
import { enqueueCalls } from './enqueue-calls.ts'

/** A technical acknowledgement for a receipt: the how-manieth of it, and in whose trace. */
export type NewTechnicalAnswer = {
  readonly connectionId: string
  readonly receiptId: string
  readonly place: number
  readonly traceParent: string | null
  readonly document: TechnicalAcknowledgement
}

/** Sends the acknowledgements a standard demands, in the order they were made, as part of the reading. */
export function sendTechnicalAnswers(
  tx: TenantTx,
  queue: JobQueue,
  answers: readonly NewTechnicalAnswer[],
): Promise<void> {
  return enqueueCalls(
    tx,
    queue,
    answers.map(({ connectionId, receiptId, place, traceParent, document }) => ({
      operation: 'partner.technical-acknowledgement',
      connectionId,
      document,
      naturalKey: `${document.kind}:${document.acknowledges}`,
      orderingKey: `acknowledgements:${receiptId}`,
      idempotencyKey: `${connectionId}:technical:${receiptId}:${place}`,
      ...(traceParent === null ? {} : { traceParent }),
    })),
  )
}

/**
 * Sends the acknowledgements of receipts once more: a partner who sends an interchange again may never have
 * got our answer to it (formats, bad-input list 10). One that is still unread has none yet, and gets it then.
 */
export async function repeatTechnicalAnswers(
  tx: TenantTx,
  queue: JobQueue,
  receiptIds: readonly string[],
): Promise<void> {
  const answers = await technicalAnswers(tx, receiptIds)
  await enqueueCalls(
    tx,
    queue,
    answers.map(
      ({ connectionId, receiptId, naturalKey, idempotencyKey, duplicates, document }) => ({
        operation: 'partner.technical-acknowledgement',
        connectionId,
        document,
        naturalKey,
        orderingKey: `acknowledgements:${receiptId}`,
        idempotencyKey: `${idempotencyKey}:again:${duplicates}`,
      }),
    ),
  )
}
