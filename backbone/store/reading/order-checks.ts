import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'
import { exactMoment } from './page.ts'

/** When an order was checked last, and a promise in time that runs for it. */
export type CheckMoments = {
  readonly checkedAt: string | null
  readonly customerName: string | null
  readonly promises: readonly {
    readonly target: string
    readonly breachAt: string
    readonly isResting: boolean
  }[]
}

/** Reads when an order was checked and which promises in time run for it. */
export async function checkMoments(
  tx: TenantTx,
  order: {
    readonly orderId: string
    readonly orderNumber: string
    readonly customerNumber?: string | undefined
  },
): Promise<CheckMoments> {
  const subject = `order:${order.orderNumber}`
  const [found] = await tx.rows<CheckMoments>(sql`
    select (select max(at) from event where order_id = ${order.orderId} and kind = 'order.validated') as "checkedAt",
      (select name from customer where customer_number = ${order.customerNumber ?? ''}) as "customerName",
      coalesce((select json_agg(json_build_object('target', target, 'breachAt', ${exactMoment(sql`breach_at`)}, 'isResting', exists (
            select from sla_pause where sla_pause.subject = ${subject} and sla_pause.target = sla_clock.target
              and ended_at is null)) order by breach_at)
        from sla_clock where subject = ${subject} and stopped_at is null), '[]') as promises`)
  return found ?? { checkedAt: null, customerName: null, promises: [] }
}
