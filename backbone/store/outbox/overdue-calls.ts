import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/**
 * One overdue call of every connection that may be called: its job is lost with a dead process, or
 * was never needed because a busy connection takes its next calls by itself.
 */
export async function overdueCalls(tx: TenantTx, now: Date): Promise<string[]> {
  const at = now.toISOString()
  const rows = await tx.rows<{ transaction_id: string }>(sql`
    select distinct on (call.connection_id) call.transaction_id
    from transaction as call
    join connection on connection.connection_id = call.connection_id and connection.is_enabled
    left join connection_health as health on health.connection_id = call.connection_id
    where call.status in ('waiting', 'sending', 'in-doubt') and call.due_at <= ${at}::timestamptz
      and (health.circuit is distinct from 'open' or health.probe_at <= ${at}::timestamptz)
      and (health.blocked_until is null or health.blocked_until <= ${at}::timestamptz)
    order by call.connection_id, call.due_at`)
  return rows.map((row) => row.transaction_id)
}
