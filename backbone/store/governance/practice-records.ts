import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** A call of a practice house that was given up, as the outbox would have noted it. */
export type GivenUpCall = {
  readonly transactionId: string
  readonly connectionId: string
  readonly documentId: string
  readonly operation: string
  readonly errorClass: string
  readonly code: string
  readonly message: string
  readonly fingerprint: string
}

/** Puts connections into a practice house: nothing is behind them. */
export async function putPracticeConnections(
  tx: TenantTx,
  connections: readonly {
    readonly connectionId: string
    readonly kind: string
    readonly name: string
  }[],
): Promise<void> {
  await tx.run(sql`
    insert into connection (tenant_id, connection_id, kind, name)
    select ${tx.tenantId}, "connectionId", kind, name
    from jsonb_to_recordset(${asJson(connections)}) as given("connectionId" text, kind text, name text)`)
}

/** Puts calls that were given up half an hour ago into a practice house. */
export async function putGivenUpCalls(tx: TenantTx, calls: readonly GivenUpCall[]): Promise<void> {
  await tx.run(sql`
    insert into transaction (tenant_id, transaction_id, connection_id, operation, document_id, natural_key,
      ordering_key, idempotency_key, status, attempts, error_class, error_code, error_message, fingerprint, finished_at)
    select ${tx.tenantId}, "transactionId", "connectionId", operation, "documentId", "transactionId",
      "transactionId", "transactionId", 'failed', 3, "errorClass", code, message, fingerprint, now() - interval '30 minutes'
    from jsonb_to_recordset(${asJson(calls)}) as given("transactionId" text, "connectionId" text, "documentId" text,
      operation text, "errorClass" text, code text, message text, fingerprint text)`)
}

/** Leaves nothing of these products on the shelves of a practice house. */
export async function emptyShelves(tx: TenantTx, skus: readonly string[]): Promise<void> {
  await tx.run(
    sql`update stock set on_hand_each = 0, safety_each = 0 where sku = any(${asTextList(skus)})`,
  )
}
