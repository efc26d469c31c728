import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** What an order's timeline has of one of its lines. */
export type LineEvent = {
  readonly kind: string
  readonly actor: string
  readonly summary: string
  readonly body: Record<string, unknown>
  readonly at: string
}

/** What happened to one line, and every check of the whole order, the newest first. */
export function lineEvents(tx: TenantTx, orderId: string, line: string): Promise<LineEvent[]> {
  return tx.rows<LineEvent>(sql`
    select kind, actor, summary, body, at from event
    where order_id = ${orderId} and (kind = 'order.validated' or body->>'line' = ${line})
    order by order_event_no desc limit 100`)
}
