import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** A call that goes on because what it waited for is there now. */
export type WokenCall = {
  readonly transactionId: string
  readonly connectionId: string
  readonly orderId: string
  readonly operation: string
  readonly naturalKey: string
  readonly idempotencyKey: string
  readonly traceParent: string | null
  /** It had been given up already. */
  readonly wasGivenUp: boolean
}

/** Makes due the calls that failed for want of one of these orders at a system that has it now, given-up ones too. */
export function wakeDependants(
  tx: TenantTx,
  parents: readonly { readonly orderId: string; readonly connectionId: string }[],
  now: Date,
): Promise<WokenCall[]> {
  if (parents.length === 0) return Promise.resolve([])
  const at = now.toISOString()
  return tx.rows<WokenCall>(sql`
    with child as (
      select call.transaction_id, call.status = 'failed' as was_given_up
      from transaction as call
      join jsonb_to_recordset(${asJson(parents)}) as parent("orderId" text, "connectionId" text)
        on call.order_id = parent."orderId" and call.connection_id = parent."connectionId"
      where call.tenant_id = ${tx.tenantId} and call.order_id = any(${asTextList(parents.map((parent) => parent.orderId))})
        and call.error_class = 'DEPENDENCY'
        and (call.status = 'failed' or call.status in ('waiting', 'in-doubt') and call.due_at > ${at}::timestamptz)
      order by call.transaction_id
      for update of call
    )
    update transaction as call set due_at = ${at}::timestamptz, finished_at = null,
      status = case when child.was_given_up then 'in-doubt' else call.status end,
      replays = call.replays + child.was_given_up::int, is_asked_again = true
    from child where call.transaction_id = child.transaction_id
    returning call.transaction_id as "transactionId", call.connection_id as "connectionId", call.order_id as "orderId",
      call.operation, call.natural_key as "naturalKey", call.idempotency_key as "idempotencyKey",
      call.trace_parent as "traceParent", child.was_given_up as "wasGivenUp"`)
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
