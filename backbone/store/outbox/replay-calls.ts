import { type SQL, sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'
import { failedWithHome } from './failure-clusters.ts'
import { callsWhere, type TransactionFilter } from './list-transactions.ts'

/** Which given-up calls to send again: these, those of one cause, or those of a filter. */
export type ReplaySelection =
  | { readonly ids: readonly string[] }
  | { readonly cluster: string }
  | { readonly filter: TransactionFilter }

/** A given-up call a person wants sent again, with what has become of its order since. */
export type ReplayCandidate = {
  readonly transactionId: string
  readonly connectionId: string
  readonly operation: string
  readonly naturalKey: string
  readonly orderingKey: string
  readonly idempotencyKey: string
  readonly fingerprint: string | null
  readonly traceParent: string | null
  readonly orderId: string | null
  /** Null when the call has no order of ours. */
  readonly orderStage: string | null
  /** A later call has had this effect, or a newer form of it, already. */
  readonly isDone: boolean
}

function selected(selection: ReplaySelection): SQL {
  if ('ids' in selection) return sql`call.transaction_id = any(${asTextList(selection.ids)})`
  if ('cluster' in selection)
    return sql`call.transaction_id in (
      select transaction_id from (${failedWithHome}) as failed where home = ${selection.cluster})`
  return callsWhere(selection.filter)
}

/** The connections and orders of the given-up calls a selection means, oldest first. */
export function selectFailed(
  tx: TenantTx,
  selection: ReplaySelection,
  limit: number,
): Promise<{ transactionId: string; connectionId: string; orderId: string | null }[]> {
  return tx.rows(sql`
    select call.transaction_id as "transactionId", call.connection_id as "connectionId", call.order_id as "orderId"
    from transaction as call where call.status = 'failed' and ${selected(selection)}
    order by call.key_seq limit ${limit}`)
}

/** Takes the row locks of orders, in id order, so that events may go onto their timelines. */
export async function lockOrders(tx: TenantTx, orderIds: readonly string[]): Promise<void> {
  if (orderIds.length === 0) return
  await tx.run(sql`
    select order_id from orders where order_id = any(${asTextList(orderIds)}) order by order_id for update`)
}

/** Takes calls in one of the given states that nobody works on. The caller holds their lanes and orders. */
export function lockCalls(
  tx: TenantTx,
  transactionIds: readonly string[],
  statuses: readonly string[],
): Promise<ReplayCandidate[]> {
  return tx.rows<ReplayCandidate>(sql`
    select call.transaction_id as "transactionId", call.connection_id as "connectionId", call.operation,
      call.natural_key as "naturalKey", call.ordering_key as "orderingKey",
      call.idempotency_key as "idempotencyKey", call.fingerprint, call.trace_parent as "traceParent",
      orders.order_id as "orderId", orders.stage as "orderStage",
      exists (
        select from transaction as done
        where done.tenant_id = call.tenant_id and done.connection_id = call.connection_id
          and done.order_id = call.order_id and done.operation = call.operation
          and done.natural_key = call.natural_key and done.key_seq > call.key_seq
          and done.status = 'succeeded') as "isDone"
    from transaction as call left join orders on orders.order_id = call.order_id
    where call.transaction_id = any(${asTextList(transactionIds)})
      and call.status = any(${asTextList(statuses)})
    order by call.key_seq
    for update of call skip locked`)
}

/**
 * Makes given-up calls due again with the same key and the same bytes. What was sent before is in doubt:
 * its effect is looked up first.
 */
export async function replayCalls(
  tx: TenantTx,
  transactionIds: readonly string[],
  now: string,
): Promise<void> {
  if (transactionIds.length === 0) return
  await tx.run(sql`
    update transaction set status = case when attempts > 0 then 'in-doubt' else 'waiting' end,
      replays = replays + 1, due_at = ${now}::timestamptz, finished_at = null
    where transaction_id = any(${asTextList(transactionIds)})`)
}

/** Ends calls that are not wanted any more, with the reason. */
export async function dropCalls(
  tx: TenantTx,
  {
    transactionIds,
    reason,
    now,
  }: { transactionIds: readonly string[]; reason: string; now: string },
): Promise<void> {
  if (transactionIds.length === 0) return
  await tx.run(sql`
    update transaction set status = 'dropped', finished_at = ${now}::timestamptz, error_code = 'DROPPED',
      error_message = ${reason}
    where transaction_id = any(${asTextList(transactionIds)})`)
}

/** The fingerprints of these that no given-up call has any more. */
export async function clearedClusters(
  tx: TenantTx,
  fingerprints: readonly string[],
): Promise<string[]> {
  if (fingerprints.length === 0) return []
  const rows = await tx.rows<{ fingerprint: string }>(sql`
    select fingerprint from unnest(${asTextList(fingerprints)}) as fingerprint
    where not exists (
      select from transaction where transaction.fingerprint = fingerprint.fingerprint and transaction.status = 'failed')`)
  return rows.map((row) => row.fingerprint)
}
