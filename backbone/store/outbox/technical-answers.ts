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
  return tx.rows<TechnicalAnswer>(sql`
    select receipt.connection_id as "connectionId", receipt.receipt_id as "receiptId",
      transaction.natural_key as "naturalKey", transaction.idempotency_key as "idempotencyKey",
      receipt.duplicates, document.canonical as document
    from receipt
    join transaction on transaction.connection_id = receipt.connection_id
      and transaction.ordering_key = 'acknowledgements:' || receipt.receipt_id
      and transaction.idempotency_key not like '%:again:%'
    join document on document.document_id = transaction.document_id
    where receipt.receipt_id = any(${asTextList(receiptIds)})
    order by transaction.key_seq`)
}
