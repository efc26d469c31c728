import { type SQL, sql } from 'drizzle-orm'
import { aboutOf } from '../../canonical/event-about.ts'
import type { TimelineEvent } from '../../canonical/views/order-view.ts'
import type { TenantTx } from '../database.ts'

type Row = Omit<TimelineEvent, 'about'> & { readonly customerNumber: string | null }

/** Events as the timeline shows them, each with the records it is about; `which` chooses, sorts and limits them. */
export async function timelineEvents(tx: TenantTx, which: SQL): Promise<TimelineEvent[]> {
  const rows = await tx.rows<Row>(sql`
    select event.event_id as "eventId", event.order_id as "orderId", event.order_event_no as "orderEventNo", event.kind,
      event.actor, event.summary, event.body, event.at, event.trace_parent as "traceParent",
      orders.customer_number as "customerNumber"
    from event left join orders on orders.tenant_id = event.tenant_id and orders.order_id = event.order_id
    ${which}`)
  return rows.map(({ customerNumber, ...event }) => ({
    ...event,
    about: aboutOf({ ...event, customerNumber }),
  }))
}
