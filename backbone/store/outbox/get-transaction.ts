import { sql } from 'drizzle-orm'
import type { TransactionView } from '../../canonical/views/transaction-view.ts'
import type { TenantTx } from '../database.ts'
import { callJoins, callSummary, receiptSummary } from './list-transactions.ts'

async function getCall(tx: TenantTx, transactionId: string): Promise<TransactionView | undefined> {
  const [call] = await tx.rows<TransactionView>(sql`
    select ${callSummary}, call.document_id as "documentId", call.external_id as "externalId",
      call.idempotency_key as "idempotencyKey", call.ordering_key as "orderingKey", call.sent_at as "sentAt",
      document.canonical as document, call.rendered, call.response,
      (select jsonb_build_object('status', sent.status, 'receiptId', sent.answered_by, 'answeredAt',
          to_char(sent.answered_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        from awaited_acknowledgement as sent
        where sent.tenant_id = ${tx.tenantId} and sent.transaction_id = ${transactionId}) as acknowledgement
    from transaction as call ${callJoins}
    where call.transaction_id = ${transactionId}`)
  if (call === undefined) return undefined
  const tries = await tx.rows<TransactionView['tries'][number]>(sql`
    select attempt, started_at as "startedAt", finished_at as "finishedAt", outcome, code, message
    from transaction_attempt where transaction_id = ${transactionId} order by attempt`)
  return { ...call, tries }
}

async function getReceived(tx: TenantTx, receiptId: string): Promise<TransactionView | undefined> {
  const [received] = await tx.rows<TransactionView>(sql`
    select ${receiptSummary}, null as "documentId", null as "externalId", null as "idempotencyKey",
      null as "orderingKey", null as "sentAt", null as document, null as rendered, null as response, null as acknowledgement
    from receipt where receipt_id = ${receiptId}`)
  return received === undefined ? undefined : { ...received, tries: [] }
}

/** A call with its tries and payload, or a document that came in. */
export async function getTransaction(
  tx: TenantTx,
  transactionId: string,
): Promise<TransactionView | undefined> {
  return (await getCall(tx, transactionId)) ?? (await getReceived(tx, transactionId))
}
