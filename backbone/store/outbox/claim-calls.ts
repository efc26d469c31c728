import { type SQL, sql } from 'drizzle-orm'
import type { OutboundDocument } from '../../canonical/canonical-document.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** How many calls of a connection may go now, and how long after its claim a call without a result is in doubt. */
export type Allowance = {
  readonly connectionId: string
  readonly calls: number
  readonly timeoutMs: number
  readonly marginMs: number
}

/** A call that is on its way from now on. */
export type ClaimedCall = {
  readonly transactionId: string
  readonly connectionId: string
  readonly operation: string
  readonly orderId: string | null
  readonly documentId: string
  readonly document: OutboundDocument
  readonly naturalKey: string
  readonly orderingKey: string
  readonly idempotencyKey: string
  readonly attempt: number
  readonly replays: number
  readonly sentAt: string
  readonly rendered: string | null
  readonly traceParent: string | null
  /** An earlier try may have had its effect: find out before sending. */
  readonly isInDoubt: boolean
}

/** The connections some transactions go to. */
export async function connectionsOf(
  tx: TenantTx,
  transactionIds: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ connection_id: string }>(sql`
    select distinct connection_id from transaction where transaction_id = any(${asTextList(transactionIds)})`)
  return rows.map((row) => row.connection_id)
}

/** What a claim gave: the calls to make, and the connections where more may be waiting. */
export type Claim = {
  readonly calls: readonly ClaimedCall[]
  /** All places are taken: look again when one is free. */
  readonly full: readonly string[]
  /** Only calls that stand behind others were in sight: look again at once. */
  readonly hidden: readonly string[]
}

type TakenRow = ClaimedCall & { readonly isBehind: boolean }

// Due calls looked at beyond the allowance, to find first ones among those that stand behind another.
const lookAhead = 50

/**
 * Marks as sending the calls that may go now: due, first of their key, within each connection's
 * allowance. A call still marked as sending after its time is in doubt. The caller holds the lanes.
 */
export async function claimCalls(
  tx: TenantTx,
  allowances: readonly Allowance[],
  now: Date,
): Promise<Claim> {
  const open = allowances.filter((allowance) => allowance.calls > 0)
  if (open.length === 0) return { calls: [], full: [], hidden: [] }
  const taken = await tx.rows<TakenRow>(claimStatement(tx.tenantId, open, now.toISOString()))
  const calls = taken.filter((row) => !row.isBehind)
  const count = (rows: readonly TakenRow[], { connectionId }: Allowance) =>
    rows.filter((row) => row.connectionId === connectionId).length
  const isFull = (allowance: Allowance) => count(calls, allowance) >= allowance.calls
  const seesEnd = (allowance: Allowance) => count(taken, allowance) < allowance.calls + lookAhead
  const hidden = open.filter((allowance) => !isFull(allowance) && !seesEnd(allowance))
  return {
    calls,
    full: open.filter(isFull).map(({ connectionId }) => connectionId),
    hidden: hidden.map(({ connectionId }) => connectionId),
  }
}

// A call behind another of its key sleeps until that one's end wakes it: due calls are then only those
// worth looking at, however long the line behind a stuck one. The hour heals what nobody woke.
function claimStatement(tenantId: string, allowances: readonly Allowance[], at: string): SQL {
  return sql`
    with due as materialized (
      select row.*, allowance.calls,
        -- A look-up before the call takes up to the same time again.
        ${at}::timestamptz + interval '1 millisecond' * (allowance."marginMs" + allowance."timeoutMs"
          * case when row.was = 'waiting' then 1 else 2 end) as in_doubt_at
      from jsonb_to_recordset(${asJson(allowances)})
        as allowance("connectionId" text, calls int, "timeoutMs" int, "marginMs" int)
      cross join lateral (
        select transaction_id, connection_id, ordering_key, key_seq, due_at, status as was
        from transaction as candidate
        where candidate.tenant_id = ${tenantId} and candidate.connection_id = allowance."connectionId"
          and candidate.status in ('waiting', 'sending', 'in-doubt')
          and candidate.due_at <= ${at}::timestamptz
        order by candidate.due_at, candidate.key_seq
        limit allowance.calls + ${lookAhead}::int
        for update skip locked) as row
    ), placed as (
      select due.*, exists (
        select from transaction as first
        where first.tenant_id = ${tenantId} and first.connection_id = due.connection_id
          and first.ordering_key = due.ordering_key and first.key_seq < due.key_seq
          and first.status in ('waiting', 'sending', 'in-doubt', 'failed')) as is_behind
      from due
    ), turned as (
      select placed.*,
        row_number() over (partition by connection_id, is_behind order by due_at, key_seq) as turn
      from placed
    ), taken as (
      update transaction as call set
        status = case when turned.is_behind then call.status else 'sending' end,
        attempts = call.attempts + case when turned.is_behind then 0 else 1 end,
        sent_at = case when turned.is_behind then call.sent_at else ${at}::timestamptz end,
        due_at = case when turned.is_behind then ${at}::timestamptz + interval '1 hour' else turned.in_doubt_at end
      from turned
      where call.transaction_id = turned.transaction_id and (turned.is_behind or turned.turn <= turned.calls)
      returning call.*, turned.was, turned.is_behind
    )
    select taken.transaction_id as "transactionId", taken.connection_id as "connectionId", taken.operation,
      taken.order_id as "orderId", taken.document_id as "documentId", document.canonical as document,
      taken.natural_key as "naturalKey", taken.ordering_key as "orderingKey",
      taken.idempotency_key as "idempotencyKey", taken.attempts as attempt, taken.replays, taken.sent_at as "sentAt",
      taken.rendered, taken.trace_parent as "traceParent", taken.was <> 'waiting' as "isInDoubt",
      taken.is_behind as "isBehind"
    from taken join document using (document_id)
    order by taken.key_seq`
}
