import { sql } from 'drizzle-orm'
import type { TechnicalAcknowledgement } from '../../canonical/instruction.ts'
import { asTextList, type TenantTx } from '../database.ts'

/** A technical acknowledgement that was made for a receipt, and how often the receipt has come again. */
export type TechnicalAnswer = {
  readonly connectionId: string
  readonly receiptId: string
  readonly naturalKey: string
  readonly idempotencyKey: string
  readonly duplicates: number
  readonly document: TechnicalAcknowledgement
}

/** The technical acknowledgements first made for receipts, without their repetitions. */
export function technicalAnswers(
  tx: TenantTx,
  receiptIds: readonly string[],
): Promise<TechnicalAnswer[]> {
  // Asked with every intake, and nearly always about nothing.
  if (receiptIds.length === 0) return Promise.resolve([])
  return tx.rows<TechnicalAnswer>(sql`
    with repeated as materialized (
      -- Put together before the look-up: under row-level security an index takes finished values only.
      select receipt_id, connection_id, duplicates, 'acknowledgements:' || receipt_id as ordering_key
      from receipt where receipt_id = any(${asTextList(receiptIds)})
    )
    select repeated.connection_id as "connectionId", repeated.receipt_id as "receiptId",
      transaction.natural_key as "naturalKey", transaction.idempotency_key as "idempotencyKey",
      repeated.duplicates, document.canonical as document
    from repeated
    join transaction on transaction.connection_id = repeated.connection_id
      and transaction.ordering_key = repeated.ordering_key
      and transaction.idempotency_key not like '%:again:%'
    join document on document.document_id = transaction.document_id
    order by transaction.key_seq`)
}
