import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** What is written about a try that has come to an end. */
export type CallResult = {
  readonly transactionId: string
  readonly attempt: number
  readonly status: 'waiting' | 'in-doubt' | 'succeeded' | 'failed'
  /** When the next try is due; the moment of the end for a finished call. */
  readonly at: string
  readonly startedAt: string
  readonly endedAt: string
  /** done, looked-up, refused, failed, unknown, look-up-failed. */
  readonly outcome: string
  readonly errorClass?: string | undefined
  readonly code?: string | undefined
  readonly message?: string | undefined
  readonly fingerprint?: string | undefined
  readonly externalId?: string | undefined
  readonly response?: string | undefined
}

// The ids once more as a list: so the rows are found by their id, whatever is known of the table's size.
const idsOf = (rows: readonly { readonly transactionId: string }[]) =>
  asTextList(rows.map((row) => row.transactionId))

/** Takes the rows of ended tries; gives the ids still on that very try (another may have taken over since). */
export async function lockTries(
  tx: TenantTx,
  tries: readonly { readonly transactionId: string; readonly attempt: number }[],
): Promise<Set<string>> {
  const wanted = tries.map(({ transactionId, attempt }) => ({ transactionId, attempt }))
  const rows = await tx.rows<{ transaction_id: string }>(sql`
    select transaction.transaction_id from transaction
    join jsonb_to_recordset(${asJson(wanted)}) as try("transactionId" text, attempt int)
      on transaction.transaction_id = try."transactionId" and transaction.attempts = try.attempt
    where transaction.transaction_id = any(${idsOf(tries)}) and transaction.status = 'sending'
    order by transaction.transaction_id
    for update of transaction`)
  return new Set(rows.map((row) => row.transaction_id))
}

/** Writes how tries ended, on the transactions and as their attempts. The caller holds their rows. */
export async function recordResults(tx: TenantTx, results: readonly CallResult[]): Promise<void> {
  if (results.length === 0) return
  await tx.run(sql`
    with result as (
      select * from jsonb_to_recordset(${asJson(results)}) as result(
        "transactionId" text, attempt int, status text, at timestamptz, "startedAt" timestamptz,
        "endedAt" timestamptz, outcome text, "errorClass" text, code text, message text, fingerprint text,
        "externalId" text, response text)
    ), attempt as (
      insert into transaction_attempt (tenant_id, transaction_id, attempt, started_at, finished_at, outcome, code, message)
      select ${tx.tenantId}, "transactionId", attempt, "startedAt", "endedAt", outcome, code, message from result
      on conflict do nothing
    )
    update transaction set status = result.status, due_at = result.at,
      finished_at = case when result.status in ('succeeded', 'failed') then result.at end,
      error_class = result."errorClass", error_code = result.code, error_message = result.message,
      fingerprint = result.fingerprint, external_id = coalesce(result."externalId", external_id),
      response = coalesce(result.response, transaction.response)
    from result
    where transaction.transaction_id = any(${idsOf(results)}) and transaction.transaction_id = result."transactionId"`)
}

/**
 * Wakes, for every key that just lost its first call, the next one, and gives the connections where it
 * did. The caller holds the lanes, so nobody can put that call to sleep at the same moment.
 */
export async function wakeNextOfKeys(
  tx: TenantTx,
  keys: readonly { readonly connectionId: string; readonly orderingKey: string }[],
  now: Date,
): Promise<string[]> {
  if (keys.length === 0) return []
  const wanted = keys.map(({ connectionId, orderingKey }) => ({ connectionId, orderingKey }))
  // Two statements, each by an index: in one, a planner without statistics reads the whole table to update a few rows.
  const next = await tx.rows<{ transactionId: string }>(sql`
    select next.transaction_id as "transactionId"
    from jsonb_to_recordset(${asJson(wanted)}) as key("connectionId" text, "orderingKey" text)
    cross join lateral (
      select transaction_id, status from transaction
      where tenant_id = ${tx.tenantId} and connection_id = key."connectionId"
        and ordering_key = key."orderingKey" and status in ('waiting', 'sending', 'in-doubt', 'failed')
      order by key_seq limit 1) as next
    where next.status in ('waiting', 'in-doubt')`)
  if (next.length === 0) return []
  const woken = await tx.rows<{ connection_id: string }>(sql`
    update transaction set due_at = least(due_at, ${now.toISOString()}::timestamptz)
    where transaction_id = any(${asTextList(next.map((call) => call.transactionId))})
    returning connection_id`)
  return [...new Set(woken.map((row) => row.connection_id))]
}

/**
 * Gives the tried calls of a connection that works again the turn they had by their age, instead of the one their
 * back-off left them: what came first goes first. A call in doubt still waits until its effect may be looked up.
 */
export async function bringForward(
  tx: TenantTx,
  { connectionId, patienceMs }: { connectionId: string; patienceMs: number },
): Promise<void> {
  await tx.run(sql`
    update transaction set due_at = case when status = 'waiting' then created_at
      else greatest(created_at, sent_at + interval '1 millisecond' * ${patienceMs}::int) end, waits_for = null
    where tenant_id = ${tx.tenantId} and connection_id = ${connectionId} and status in ('waiting', 'in-doubt')
      and attempts > 0 and due_at > created_at`)
}
