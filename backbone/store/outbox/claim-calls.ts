import { sql } from 'drizzle-orm'
import type { OutboundDocument } from '../../canonical/canonical-document.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** How many calls of a connection may go now, and how long after its claim a call without a result is in doubt. */
export type Allowance = {
  readonly connectionId: string
  readonly calls: number
  readonly timeoutMs: number
  readonly marginMs: number
  /** How long the effect of a call in doubt must not be looked up yet. */
  readonly remainingMs: (transactionId: string) => number
  /** How many of the calls may be repeats, and until when another one waits; absent where they are not counted. */
  readonly repeats?: {
    readonly calls: number
    readonly waitUntil: (createdAt: string) => number
    /** What may have happened is looked up at once: it is no repeat unless it is not there. */
    readonly canLookUp: boolean
  }
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
  readonly createdAt: string
  /** Business deadline: after it the call is not tried again. */
  readonly deadlineAt: string | null
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
  /** Where calls in doubt may be looked up, or repeats have a budget again, in so long. */
  readonly early: readonly { readonly connectionId: string; readonly waitMs: number }[]
  /** How many of the calls are repeats that count against the connection's budget. */
  readonly repeats: ReadonlyMap<string, number>
  /** Cancellations that stand behind another call of their order. */
  readonly cancellationsBehind: readonly string[]
}

type DueCall = {
  readonly transactionId: string
  readonly connectionId: string
  readonly isWaiting: boolean
  readonly isBehind: boolean
  readonly isCancellation: boolean
  /** It was tried before without an answer to our liking, and nobody but us wants it tried again. */
  readonly isRepeat: boolean
  readonly createdAt: string
}

// Due calls looked at beyond the allowance, to find first ones among those that stand behind another.
const lookAhead = 50
const hourMs = 3_600_000

/** The code of a try that was not made because its process came to it too late. */
export const notSent = 'TOO_LATE'

type Sleeper = {
  readonly transactionId: string
  readonly until: string
  readonly waitsFor: 'retry-budget' | null
}

/** Due calls of a connection, sorted out: which go now, and until when others sleep. */
type SortedOut = {
  readonly first: readonly DueCall[]
  readonly asleep: readonly Sleeper[]
  readonly waitMs: number | undefined
  readonly repeats: number
}

function chosenWithinBudget(
  ready: readonly DueCall[],
  { calls, repeats: budget }: Allowance,
): { first: DueCall[]; overBudget: DueCall[]; repeats: number } {
  const first: DueCall[] = []
  const overBudget: DueCall[] = []
  let repeats = 0
  for (const call of ready) {
    if (first.length === calls) break
    if (budget !== undefined && call.isRepeat && repeats === budget.calls) overBudget.push(call)
    else {
      first.push(call)
      if (budget !== undefined && call.isRepeat) repeats += 1
    }
  }
  return { first, overBudget, repeats }
}

function sortOut(due: readonly DueCall[], allowance: Allowance, now: Date): SortedOut {
  const waitOf = ({ isWaiting, transactionId }: DueCall) =>
    isWaiting ? 0 : allowance.remainingMs(transactionId)
  const free = due.filter((call) => !call.isBehind)
  const tooEarly = free.filter((call) => waitOf(call) > 0)
  const earlyMs = Math.ceil(Math.max(0, ...tooEarly.map(waitOf)))
  const ready = free.filter((call) => waitOf(call) === 0)
  const { first, overBudget, repeats } = chosenWithinBudget(ready, allowance)
  const asleepFor =
    (forMs: number) =>
    ({ transactionId }: DueCall): Sleeper => {
      const until = new Date(now.getTime() + forMs).toISOString()
      return { transactionId, until, waitsFor: null }
    }
  const budgeted = overBudget.map(({ transactionId, createdAt }): Sleeper => {
    const until = new Date(allowance.repeats?.waitUntil(createdAt) ?? now).toISOString()
    return { transactionId, until, waitsFor: 'retry-budget' }
  })
  const waits = [
    ...(earlyMs > 0 ? [earlyMs] : []),
    ...budgeted.map(({ until }) => Math.max(0, Date.parse(until) - now.getTime())),
  ]
  return {
    first,
    repeats,
    asleep: [
      ...due.filter((call) => call.isBehind).map(asleepFor(hourMs)),
      ...tooEarly.map(asleepFor(earlyMs)),
      ...budgeted,
    ],
    waitMs: waits.length === 0 ? undefined : Math.min(...waits),
  }
}

/**
 * Marks as sending the calls that may go now: due, first of their key, within each connection's allowance and its
 * budget of repeats. A call still marked as sending after its time is in doubt. The caller holds the lanes.
 */
export async function claimCalls(
  tx: TenantTx,
  allowances: readonly Allowance[],
  now: Date,
): Promise<Claim> {
  const calls: ClaimedCall[] = []
  const full: string[] = []
  const hidden: string[] = []
  const early: { connectionId: string; waitMs: number }[] = []
  const cancellationsBehind: string[] = []
  const repeatsOf = new Map<string, number>()
  for (const allowance of allowances) {
    if (allowance.calls === 0) continue
    const { connectionId } = allowance
    const due = await dueCalls(tx, allowance, now)
    cancellationsBehind.push(
      ...due.flatMap((call) => (call.isBehind && call.isCancellation ? call.transactionId : [])),
    )
    const { first, asleep, waitMs, repeats } = sortOut(due, allowance, now)
    await putToSleep(tx, asleep)
    if (waitMs !== undefined) early.push({ connectionId, waitMs })
    if (repeats > 0) repeatsOf.set(connectionId, repeats)
    calls.push(...(await markSending(tx, { allowance, first, now })))
    if (first.length >= allowance.calls) full.push(connectionId)
    else if (due.length >= allowance.calls + lookAhead) hidden.push(connectionId)
  }
  return { calls, full, hidden, early, cancellationsBehind, repeats: repeatsOf }
}

// Three small statements, each with a plan that stays good without statistics (PGlite never gathers any)
// and however long the backlog is: an index scan that stops at its limit, then rows by their id.
function dueCalls(
  tx: TenantTx,
  { connectionId, calls, repeats }: Allowance,
  now: Date,
): Promise<DueCall[]> {
  const waiting = repeats?.canLookUp === true ? sql`('waiting')` : sql`('waiting', 'in-doubt')`
  return tx.rows<DueCall>(sql`
    select due.transaction_id as "transactionId", due.connection_id as "connectionId",
      due.status = 'waiting' as "isWaiting", due.operation = 'erp.cancel-order' as "isCancellation",
      due.created_at as "createdAt",
      -- No repeat of ours: what its own process died over, what came too late to be sent, what the system itself has
      -- put off (429), and what somebody has asked for.
      due.attempts > 0 and due.status in ${waiting} and not due.is_asked_again
        and coalesce(due.error_class, '') <> 'RATE_LIMIT' and coalesce(due.error_code, '') <> ${notSent} as "isRepeat",
      exists (
        select from transaction as first
        where first.tenant_id = ${tx.tenantId} and first.connection_id = due.connection_id
          and first.ordering_key = due.ordering_key and first.key_seq < due.key_seq
          and first.status in ('waiting', 'sending', 'in-doubt', 'failed')) as "isBehind"
    from (
      select transaction_id, connection_id, ordering_key, key_seq, due_at, status, operation, attempts, created_at,
        is_asked_again, error_class, error_code from transaction
      where tenant_id = ${tx.tenantId} and connection_id = ${connectionId}
        and status in ('waiting', 'sending', 'in-doubt') and due_at <= ${now.toISOString()}::timestamptz
      order by due_at limit ${calls + lookAhead}::int
      for update skip locked) as due
    -- Not by age alone: a call that was tried is due later, so it does not probe a system for all others for ever.
    order by due.due_at, due.key_seq`)
}

// A call behind another of its key sleeps until that one's end wakes it: due calls are then only those
// worth looking at, however long the line behind a stuck one. The hour heals what nobody woke.
async function putToSleep(tx: TenantTx, sleepers: readonly Sleeper[]): Promise<void> {
  if (sleepers.length === 0) return
  await tx.run(sql`
    update transaction set due_at = sleeper.until, waits_for = sleeper."waitsFor"
    from jsonb_to_recordset(${asJson(sleepers)}) as sleeper("transactionId" text, until timestamptz, "waitsFor" text)
    where transaction.transaction_id = any(${asTextList(sleepers.map((call) => call.transactionId))})
      and transaction.transaction_id = sleeper."transactionId"`)
}

async function markSending(
  tx: TenantTx,
  { allowance, first, now }: { allowance: Allowance; first: readonly DueCall[]; now: Date },
): Promise<ClaimedCall[]> {
  if (first.length === 0) return []
  const at = now.toISOString()
  const { timeoutMs, marginMs } = allowance
  const isWaiting = new Set(first.flatMap((call) => (call.isWaiting ? call.transactionId : [])))
  const sent = await tx.rows<SentRow>(sql`
    update transaction set status = 'sending', attempts = attempts + 1, sent_at = ${at}::timestamptz,
      waits_for = null, is_asked_again = false,
      -- A look-up before the call takes up to the same time again.
      due_at = ${at}::timestamptz + interval '1 millisecond'
        * (${marginMs}::int + ${timeoutMs}::int * case when status = 'waiting' then 1 else 2 end)
    where transaction_id = any(${asTextList(first.map((call) => call.transactionId))})
    returning transaction_id as "transactionId", connection_id as "connectionId", operation,
      order_id as "orderId", document_id as "documentId", natural_key as "naturalKey", ordering_key as "orderingKey",
      idempotency_key as "idempotencyKey", attempts as attempt, replays, sent_at as "sentAt",
      created_at as "createdAt", deadline_at as "deadlineAt", rendered,
      trace_parent as "traceParent", key_seq as "keySeq"`)
  const documents = await documentsOf(tx, sent)
  return sent
    .toSorted((a, b) => a.keySeq - b.keySeq)
    .flatMap(({ keySeq, ...call }) => {
      const document = documents.get(call.documentId)
      const isInDoubt = !isWaiting.has(call.transactionId)
      return document === undefined ? [] : { ...call, document, isInDoubt }
    })
}

type SentRow = Omit<ClaimedCall, 'isInDoubt' | 'document'> & { readonly keySeq: number }

async function documentsOf(
  tx: TenantTx,
  calls: readonly { readonly documentId: string }[],
): Promise<Map<string, ClaimedCall['document']>> {
  const rows = await tx.rows<Pick<ClaimedCall, 'documentId' | 'document'>>(sql`
    select document_id as "documentId", canonical as document from document
    where document_id = any(${asTextList(calls.map((call) => call.documentId))})`)
  return new Map(rows.map(({ documentId, document }) => [documentId, document]))
}
