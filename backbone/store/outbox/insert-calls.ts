import { sql } from 'drizzle-orm'
import type { OutboundDocument } from '../../canonical/canonical-document.ts'
import { asJson, type TenantTx } from '../database.ts'

/** A call to an outside system as it goes into the outbox, with the document it carries. */
export type NewCall = {
  readonly transactionId: string
  readonly documentId: string
  readonly number: string
  readonly document: OutboundDocument
  readonly operation: string
  readonly connectionId: string
  readonly orderId?: string | undefined
  readonly naturalKey: string
  readonly orderingKey: string
  readonly idempotencyKey: string
  readonly amountMinor?: number | undefined
  readonly deadlineAt?: string | undefined
  readonly traceParent?: string | undefined
}

/** Puts calls and their documents into the outbox; gives the ids of those that were not there before. */
export async function insertCalls(tx: TenantTx, calls: readonly NewCall[]): Promise<string[]> {
  const rows = await tx.rows<{ transaction_id: string }>(sql`
    with call as (
      select * from jsonb_to_recordset(${asJson(calls.map((call, place) => ({ ...call, place })))}) as call(
        "transactionId" text, "documentId" text, number text, document jsonb, operation text, "connectionId" text,
        "orderId" text, "naturalKey" text, "orderingKey" text, "idempotencyKey" text, "amountMinor" bigint,
        "deadlineAt" timestamptz, "traceParent" text, place int)
    ), fresh as (
      insert into transaction (transaction_id, tenant_id, connection_id, operation, order_id, document_id,
        natural_key, ordering_key, idempotency_key, amount_minor, deadline_at, trace_parent)
      select "transactionId", ${tx.tenantId}, "connectionId", operation, "orderId", "documentId",
        "naturalKey", "orderingKey", "idempotencyKey", "amountMinor", "deadlineAt", "traceParent"
      from call order by place
      on conflict (tenant_id, idempotency_key) do nothing
      returning transaction_id
    ), kept as (
      insert into document (document_id, tenant_id, direction, doc_type, number, connection_id, order_id,
        canonical, status, applied_at, trace_parent)
      select "documentId", ${tx.tenantId}, 'out', document ->> 'docType', number, "connectionId", "orderId",
        document, 'applied', now(), "traceParent"
      from call join fresh on fresh.transaction_id = "transactionId"
      -- Two calls may carry one and the same document.
      on conflict (document_id) do nothing
    )
    select transaction_id from fresh`)
  return rows.map((row) => row.transaction_id)
}
