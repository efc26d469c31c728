import { type SQL, sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'
import type { RecordedEvent } from '../events.ts'

/** An event as it stands in the database, with the hash it was kept with. */
export type KeptEvent = RecordedEvent & { readonly eventId: number; readonly hash: string }

/** An event of an order beside what the order's row says of its chain; null where the row is gone. */
export type ChainedEvent = KeptEvent & {
  readonly orderId: string
  readonly orderEventNo: number
  readonly headCount: number | null
  readonly headHash: string | null
}

const eventColumns: SQL = sql`
  event_id as "eventId", event.order_id as "orderId", order_event_no as "orderEventNo", kind, actor, summary, body, at,
  event.trace_parent as "traceParent", previous_hash as "previousHash", hash`

/** The next events of orders after a place, order by order in the order of their numbers. */
export async function nextChainedEvents(
  tx: TenantTx,
  after: { readonly orderId: string; readonly orderEventNo: number },
  limit: number,
): Promise<ChainedEvent[]> {
  return tx.rows(sql`
    select ${eventColumns}, event_count as "headCount", event_hash as "headHash"
    from event left join orders on orders.order_id = event.order_id
    where event.order_id is not null
      and (event.order_id, order_event_no) > (${after.orderId}, ${after.orderEventNo}::int)
    order by event.order_id, order_event_no limit ${limit}::int`)
}

/** Orders that say they have events and have none. */
export async function ordersWithoutEvents(
  tx: TenantTx,
  limit: number,
): Promise<{ orderId: string; eventCount: number }[]> {
  return tx.rows(sql`
    select order_id as "orderId", event_count as "eventCount" from orders
    where event_count > 0 and not exists
      (select 1 from event where event.tenant_id = orders.tenant_id and event.order_id = orders.order_id)
    order by order_id limit ${limit}::int`)
}

/** The next ids and hashes of a tenant's events in a range, in the order of their ids. */
export async function nextHashes(
  tx: TenantTx,
  range: { readonly after: number; readonly upTo: number },
  limit: number,
): Promise<{ eventId: number; hash: string }[]> {
  return tx.rows(sql`
    select event_id as "eventId", hash from event
    where event_id > ${range.after}::bigint and event_id <= ${range.upTo}::bigint
    order by event_id limit ${limit}::int`)
}

/** The events of a range that belong to no order. */
export async function tenantEventsIn(
  tx: TenantTx,
  range: { readonly after: number; readonly upTo: number },
): Promise<KeptEvent[]> {
  return tx.rows(sql`
    select ${eventColumns} from event
    where order_id is null and event_id > ${range.after}::bigint and event_id <= ${range.upTo}::bigint
    order by event_id`)
}
