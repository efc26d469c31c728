import type { TimelineEvent } from '../canonical/views/order-view.ts'
import type { Database } from '../store/database.ts'
import { eventsBetween, newestEventId, settledEventId } from '../store/reading/events-after.ts'

/** The events of a tenant as they happen. */
export type EventFeed = {
  /** Where the feed stands now. */
  newest(tenantId: string): Promise<number>
  /** What came after an event, in order and without a gap; empty when nothing did. */
  after(tenantId: string, eventId: number): Promise<readonly TimelineEvent[]>
}

/** Follows the event table. */
export function eventFeed({ database }: { readonly database: Database }): EventFeed {
  const newest = (tenantId: string) => database.inTenant(tenantId, newestEventId)
  return {
    newest,
    async after(tenantId, eventId) {
      // The look that writers do not notice comes first: most of the time nothing is new.
      if ((await newest(tenantId)) <= eventId) return []
      const upTo = await database.inTenant(tenantId, settledEventId)
      return database.inTenant(tenantId, (tx) =>
        eventsBetween(tx, { after: eventId, upTo, limit: 500 }),
      )
    },
  }
}
