import { sql } from 'drizzle-orm'
import type { TimelineEvent } from '../../canonical/views/order-view.ts'
import type { TenantTx } from '../database.ts'
import { eventLockKey } from '../events.ts'
import { timelineEvents } from './timeline-event.ts'

/** The highest event of the tenant that can be seen now, 0 when there is none. */
export async function newestEventId(tx: TenantTx): Promise<number> {
  const [row] = await tx.rows<{ newest: number }>(
    sql`select coalesce(max(event_id), 0)::bigint as newest from event`,
  )
  return row?.newest ?? 0
}

/**
 * The highest event up to which no lower one can still appear. Event ids are given before they are
 * committed; for a moment no writer of the tenant is under way, so all lower ids are decided.
 */
export async function settledEventId(tx: TenantTx): Promise<number> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${eventLockKey(tx.tenantId)}, 0))`)
  return newestEventId(tx)
}

/** Events after one, up to another, in the order of their ids. */
export function eventsBetween(
  tx: TenantTx,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<TimelineEvent[]> {
  return timelineEvents(
    tx,
    sql`where event.event_id > ${after} and event.event_id <= ${upTo} order by event.event_id limit ${limit}`,
  )
}
