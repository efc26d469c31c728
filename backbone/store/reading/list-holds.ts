import { type SQL, sql } from 'drizzle-orm'
import type { HeldOrderView } from '../../canonical/views/hold-view.ts'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import type { TenantTx } from '../database.ts'
import { cutPage, exactMoment, splitPosition } from './page.ts'

/** Which holds are wanted. */
export type HoldFilter = {
  readonly type?: string | undefined
  readonly blocks?: string | undefined
  readonly customerNumber?: string | undefined
  readonly orderId?: string | undefined
  /** Without cancel windows, which end by themselves: nobody lifts them. */
  readonly isForPeople?: boolean | undefined
  /** With a deadline before this moment. */
  readonly dueBefore?: string | undefined
}

// The end of time, so that what has no deadline comes last in one order of moments.
const never = sql`'9999-12-31T00:00:00Z'::timestamptz`

function conditions(filter: HoldFilter, after: string | undefined): SQL {
  const wanted: SQL[] = [sql`true`]
  if (filter.type !== undefined) wanted.push(sql`type = ${filter.type}`)
  if (filter.isForPeople === true) wanted.push(sql`type <> 'CANCEL_WINDOW'`)
  if (filter.blocks !== undefined)
    wanted.push(sql`blocks @> jsonb_build_array(${filter.blocks}::text)`)
  if (filter.customerNumber !== undefined)
    wanted.push(sql`held.customer_number = ${filter.customerNumber}`)
  if (filter.orderId !== undefined) wanted.push(sql`order_id = ${filter.orderId}`)
  if (filter.dueBefore !== undefined)
    wanted.push(sql`due_at < ${filter.dueBefore}::text::timestamptz`)
  if (after !== undefined) {
    const { sortedBy, id } = splitPosition(after)
    wanted.push(sql`(due_at, hold_id) > (${sortedBy}::text::timestamptz, ${id})`)
  }
  return sql.join(wanted, sql` and `)
}

/** Holds in force, the one whose deadline is nearest first, one page. */
export async function listHolds(
  tx: TenantTx,
  filter: HoldFilter,
  { limit, after }: PageQuery,
): Promise<Page<HeldOrderView>> {
  const rows = await tx.rows<HeldOrderView & { position: string }>(sql`
    with held as (
      select hold.*, orders.order_number, orders.stage, orders.customer_number, orders.currency, orders.total_minor,
        orders.purchase_order_number, orders.received_at, orders.requested_on, clock.target, clock.breach_at,
        clock.is_resting, coalesce(clock.breach_at, hold.expires_at, ${never}) as due_at
      from hold
      join orders on orders.order_id = hold.order_id
      left join lateral (
        select target, breach_at, exists (select from sla_pause where sla_pause.subject = sla_clock.subject
            and sla_pause.target = sla_clock.target and ended_at is null) as is_resting
        from sla_clock where sla_clock.subject = 'order:' || orders.order_number and stopped_at is null
        order by (target = 'release') desc, breach_at limit 1
      ) clock on true
      where hold.released_at is null
    )
    select hold_id as "holdId", order_id as "orderId", order_number as "orderNumber", stage, line, type, blocks, reason,
      conditions, placed_at as "placedAt", placed_by as "placedBy", expires_at as "expiresAt",
      held.customer_number as "customerNumber", customer.name as "customerName",
      purchase_order_number as "purchaseOrderNumber", held.currency, total_minor as "totalMinor",
      received_at as "receivedAt", requested_on as "requestedOn",
      (select min(promised_on) from order_line where order_line.order_id = held.order_id) as "promisedOn",
      target as "promise", breach_at as "promiseEndsAt", coalesce(is_resting, false) as "isResting",
      ${exactMoment(sql`due_at`)} || '|' || hold_id as position
    from held left join customer on customer.customer_number = held.customer_number
    where ${conditions(filter, after)}
    order by due_at, hold_id limit ${limit + 1}`)
  return cutPage(rows, limit)
}
