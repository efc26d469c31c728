import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** Brings forward the calls that failed for want of one of these orders at a system that has it now; gives their connections. */
export async function wakeDependants(
  tx: TenantTx,
  parents: readonly { readonly orderId: string; readonly connectionId: string }[],
  now: Date,
): Promise<string[]> {
  if (parents.length === 0) return []
  const woken = await tx.rows<{ connection_id: string }>(sql`
    update transaction as call set due_at = ${now.toISOString()}::timestamptz
    from jsonb_to_recordset(${asJson(parents)}) as parent("orderId" text, "connectionId" text)
    where call.tenant_id = ${tx.tenantId} and call.order_id = any(${asTextList(parents.map((parent) => parent.orderId))})
      and call.order_id = parent."orderId" and call.connection_id = parent."connectionId"
      and call.status in ('waiting', 'in-doubt') and call.error_class = 'DEPENDENCY'
      and call.due_at > ${now.toISOString()}::timestamptz
    returning call.connection_id`)
  return [...new Set(woken.map((row) => row.connection_id))]
}

/** A cancellation that stands behind the given-up creation of its order. */
export type StuckCancellation = {
  readonly cancelId: string
  readonly createId: string
  readonly connectionId: string
  readonly orderingKey: string
  readonly orderId: string
  readonly orderNumber: string
  readonly fingerprint: string | null
  /** The last try said for certain that the ERP did not take the order. */
  readonly isRefused: boolean
}

/** Finds the cancellations among these calls, or behind these calls, whose order the ERP was never given. */
export function stuckCancellations(
  tx: TenantTx,
  transactionIds: readonly string[],
): Promise<StuckCancellation[]> {
  return tx.rows<StuckCancellation>(sql`
    with key as (
      select distinct connection_id, ordering_key from transaction
      where transaction_id = any(${asTextList(transactionIds)})
    )
    select cancel.transaction_id as "cancelId", made.transaction_id as "createId",
      cancel.connection_id as "connectionId", cancel.ordering_key as "orderingKey", made.order_id as "orderId",
      cancel.natural_key as "orderNumber", made.fingerprint,
      coalesce((select outcome in ('refused', 'failed') from transaction_attempt as attempt
        where attempt.tenant_id = ${tx.tenantId} and attempt.transaction_id = made.transaction_id
        order by attempt desc limit 1), false) as "isRefused"
    from key
    join transaction as cancel on cancel.tenant_id = ${tx.tenantId} and cancel.connection_id = key.connection_id
      and cancel.ordering_key = key.ordering_key and cancel.operation = 'erp.cancel-order'
      and cancel.status in ('waiting', 'in-doubt') and cancel.attempts = 0
    join transaction as made on made.tenant_id = ${tx.tenantId} and made.connection_id = key.connection_id
      and made.ordering_key = key.ordering_key and made.operation = 'erp.create-order'
      and made.status = 'failed' and made.key_seq < cancel.key_seq
    where made.order_id is not null`)
}
