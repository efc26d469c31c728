import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** A connection as the outbox sees it: whether calls may go, and how the last ones went. */
export type Lane = {
  readonly connectionId: string
  readonly kind: string
  readonly isEnabled: boolean
  readonly settings: Readonly<Record<string, unknown>>
  readonly circuit: 'closed' | 'open' | 'half-open'
  readonly failuresInARow: number
  readonly windowStartedAt: string | null
  readonly windowCalls: number
  readonly windowFailures: number
  readonly openedAt: string | null
  readonly probeAt: string | null
  readonly blockedUntil: string | null
  readonly lastError: string | null
  readonly lastSucceededAt: string | null
  readonly lastFailedAt: string | null
  /** First tries and repeats of the last minutes, with the rule they are counted by; null before the first call. */
  readonly retryBudget: {
    readonly rule: { readonly percent: number; readonly least: number; readonly windowMs: number }
    readonly parts: readonly {
      readonly at: number
      readonly firsts: number
      readonly repeats: number
    }[]
  } | null
}

/**
 * Takes the lanes of connections for this transaction alone, in id order. Whoever decides what goes out,
 * or records how it went, holds the lane: so no key overtakes itself and no wake-up is lost.
 */
export async function lockLanes(tx: TenantTx, connectionIds: readonly string[]): Promise<Lane[]> {
  const wanted = [...new Set(connectionIds)]
  if (wanted.length === 0) return []
  const lanes = await lockKnown(tx, wanted)
  if (lanes.length === wanted.length) return lanes
  const made = await tx.run(sql`
    insert into connection_health (connection_id, tenant_id)
    select connection_id, tenant_id from connection
    where connection_id = any(${asTextList(wanted)}) order by connection_id
    on conflict do nothing`)
  return made === 0 ? lanes : lockKnown(tx, wanted)
}

function lockKnown(tx: TenantTx, connectionIds: readonly string[]): Promise<Lane[]> {
  return tx.rows<Lane>(sql`
    select health.connection_id as "connectionId", connection.kind, connection.is_enabled as "isEnabled",
      connection.settings, health.circuit, health.consecutive_failures as "failuresInARow",
      health.window_started_at as "windowStartedAt", health.window_calls as "windowCalls",
      health.window_failures as "windowFailures", health.opened_at as "openedAt", health.probe_at as "probeAt",
      health.blocked_until as "blockedUntil", health.last_error as "lastError",
      health.last_succeeded_at as "lastSucceededAt", health.last_failed_at as "lastFailedAt",
      health.retry_budget as "retryBudget"
    from connection_health as health join connection using (connection_id)
    where health.connection_id = any(${asTextList(connectionIds)})
    order by health.connection_id
    for update of health`)
}

/** How many calls of each connection are on their way at this moment, of all processes. */
export async function sendingCalls(
  tx: TenantTx,
  connectionIds: readonly string[],
  now: Date,
): Promise<Map<string, number>> {
  const counts = await tx.rows<{ connection_id: string; sending: number }>(sql`
    select connection_id, count(*)::int as sending from transaction
    where tenant_id = ${tx.tenantId} and status = 'sending' and due_at > ${now.toISOString()}::timestamptz
      and connection_id = any(${asTextList(connectionIds)})
    group by connection_id`)
  return new Map(counts.map((row) => [row.connection_id, row.sending]))
}

/** Writes how connections do. The caller holds their lanes. */
export async function saveLanes(tx: TenantTx, lanes: readonly Lane[]): Promise<void> {
  if (lanes.length === 0) return
  await tx.run(sql`
    update connection_health as health set
      circuit = lane.circuit, consecutive_failures = lane."failuresInARow",
      window_started_at = lane."windowStartedAt", window_calls = lane."windowCalls",
      window_failures = lane."windowFailures", opened_at = lane."openedAt", probe_at = lane."probeAt",
      blocked_until = lane."blockedUntil", last_error = lane."lastError",
      last_succeeded_at = lane."lastSucceededAt", last_failed_at = lane."lastFailedAt",
      retry_budget = lane."retryBudget"
    from jsonb_to_recordset(${asJson(lanes)}) as lane(
      "connectionId" text, circuit text, "failuresInARow" int, "windowStartedAt" timestamptz, "windowCalls" int,
      "windowFailures" int, "openedAt" timestamptz, "probeAt" timestamptz, "blockedUntil" timestamptz,
      "lastError" text, "lastSucceededAt" timestamptz, "lastFailedAt" timestamptz, "retryBudget" jsonb)
    where health.connection_id = lane."connectionId"`)
}
