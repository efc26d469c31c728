import { sql } from 'drizzle-orm'
import type { CheckFinding } from '../../canonical/order-state.ts'
import type { TenantTx } from '../database.ts'
import { exactMoment } from './page.ts'

/** When an order was checked last and what was found then, and the promises in time that run for it. */
export type CheckMoments = {
  readonly checked: { readonly at: string; readonly findings: readonly CheckFinding[] } | null
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
    select (select json_build_object('at', ${exactMoment(sql`at`)}, 'findings', coalesce(body->'findings', '[]'))
        from event where order_id = ${order.orderId} and kind = 'order.validated'
        order by order_event_no desc limit 1) as checked,
      (select name from customer where customer_number = ${order.customerNumber ?? ''}) as "customerName",
      coalesce((select json_agg(json_build_object('target', target, 'breachAt', ${exactMoment(sql`breach_at`)}, 'isResting', exists (
            select from sla_pause where sla_pause.subject = ${subject} and sla_pause.target = sla_clock.target
              and ended_at is null)) order by breach_at)
        from sla_clock where subject = ${subject} and stopped_at is null), '[]') as promises`)
  return found ?? { checked: null, customerName: null, promises: [] }
}
