import { type SQL, sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'
import { callsWhere, type TransactionFilter } from './list-transactions.ts'

/** Which given-up calls to take: these, or those of a filter. */
export type FailedSelection =
  | { readonly ids: readonly string[] }
  | { readonly filter: TransactionFilter }

/** A given-up call a person wants sent again, with what has become of its order since. */
export type ReplayCandidate = {
  readonly transactionId: string
  readonly connectionId: string
  readonly operation: string
  readonly naturalKey: string
  readonly orderingKey: string
  readonly keySeq: number
  readonly idempotencyKey: string
  readonly fingerprint: string | null
  readonly traceParent: string | null
  readonly orderId: string | null
  /** Null when the call has no order of ours. */
  readonly orderStage: string | null
  /** A later call has had this effect, or a newer form of it, already. */
  readonly isDone: boolean
  /** A newer version of the same document waits to be sent. */
  readonly isSuperseded: boolean
  /** The ERP has given the order a number. */
  readonly isPosted: boolean
  readonly pickStatus: string | null
}

function selected(selection: FailedSelection): SQL {
  if ('ids' in selection) return sql`call.transaction_id = any(${asTextList(selection.ids)})`
  return callsWhere(selection.filter)
}

/** The connections and orders of the given-up calls a selection means, oldest first. */
export function selectFailed(
  tx: TenantTx,
  selection: FailedSelection,
  limit: number,
): Promise<{ transactionId: string; connectionId: string; orderId: string | null }[]> {
  return tx.rows(sql`
    select call.transaction_id as "transactionId", call.connection_id as "connectionId", call.order_id as "orderId"
    from transaction as call where call.status = 'failed' and ${selected(selection)}
    order by call.key_seq limit ${limit}`)
}

/** The connections where calls of an order were given up or dropped. */
export async function connectionsOfEnded(tx: TenantTx, orderId: string): Promise<string[]> {
  const rows = await tx.rows<{ connection_id: string }>(sql`
    select distinct connection_id from transaction
    where tenant_id = ${tx.tenantId} and order_id = ${orderId} and status in ('failed', 'dropped')`)
  return rows.map((row) => row.connection_id)
}

/** Takes the row locks of orders, in id order, so that events may go onto their timelines. */
export async function lockOrders(tx: TenantTx, orderIds: readonly string[]): Promise<void> {
  if (orderIds.length === 0) return
  await tx.run(sql`
    select order_id from orders where order_id = any(${asTextList(orderIds)}) order by order_id for update`)
}

// Read again, as it stands now: what has become of the order, the pick and the document since the call was made.
// What came later of the same effect is joined for all calls at once, not looked up call by call.
const laterOf = (transactionIds: readonly string[]) => sql`
  later as (
    select call.transaction_id, bool_or(other.status = 'succeeded') as is_done,
      bool_or(other.operation = 'erp.change-order'
        and other.status in ('waiting', 'sending', 'in-doubt', 'failed')) as is_superseded
    from transaction as call
    join transaction as other on other.tenant_id = call.tenant_id and other.connection_id = call.connection_id
      and other.ordering_key = call.ordering_key and other.key_seq > call.key_seq
      and other.operation = call.operation and other.natural_key = call.natural_key
    where call.transaction_id = any(${asTextList(transactionIds)})
    group by call.transaction_id
  )`

const candidate = sql`
  call.transaction_id as "transactionId", call.connection_id as "connectionId", call.operation,
  call.natural_key as "naturalKey", call.ordering_key as "orderingKey", call.key_seq as "keySeq",
  call.idempotency_key as "idempotencyKey", call.fingerprint, call.trace_parent as "traceParent",
  orders.order_id as "orderId", orders.stage as "orderStage", orders.erp_id is not null as "isPosted",
  pick.status as "pickStatus", coalesce(later.is_done, false) as "isDone",
  coalesce(later.is_superseded, false) as "isSuperseded"`

const standing = sql`
  left join orders on orders.order_id = call.order_id
  left join pick on pick.tenant_id = call.tenant_id and pick.order_id = call.order_id
    and pick.pick_number = call.natural_key
  left join later on later.transaction_id = call.transaction_id`

/** Reads given-up calls again, without taking them: what a replay would do with each. */
export function readCandidates(
  tx: TenantTx,
  transactionIds: readonly string[],
): Promise<ReplayCandidate[]> {
  return tx.rows<ReplayCandidate>(sql`
    with ${laterOf(transactionIds)}
    select ${candidate}
    -- Row by row by their ids, which the limit forces: in a join, a planner without statistics goes through all failed
    -- calls for each of them.
    from unnest(${asTextList(transactionIds)}) as wanted(id)
    cross join lateral (select * from transaction where transaction_id = wanted.id limit 1) as call
    ${standing}
    where call.status = 'failed'
    order by call.key_seq`)
}

/** Takes calls in one of the given states that nobody works on. The caller holds their lanes and orders. */
export function lockCalls(
  tx: TenantTx,
  transactionIds: readonly string[],
  statuses: readonly string[],
): Promise<ReplayCandidate[]> {
  return tx.rows<ReplayCandidate>(sql`
    with ${laterOf(transactionIds)}
    select ${candidate}
    from transaction as call ${standing}
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
      replays = replays + 1, due_at = ${now}::timestamptz, finished_at = null, is_asked_again = true,
      -- Who sends it again has decided that it is wanted late, too.
      deadline_at = null
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
