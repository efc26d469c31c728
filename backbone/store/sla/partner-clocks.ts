import { sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

/** How the promises to a partner's orders were kept in a period and stand now, by what was promised. */
export type PartnerClocks = {
  readonly partnerId: string | null
  readonly partnerName: string | null
  readonly target: string
  readonly kept: number
  readonly broken: number
  readonly running: number
  readonly runningLate: number
  readonly nextBreachAt: string | null
}

/** Promises by partner: those that began since a moment, and all that run. */
export function partnerClocks(tx: TenantTx, since: string): Promise<PartnerClocks[]> {
  return tx.rows<PartnerClocks>(sql`
    select orders.partner_id as "partnerId", max(partner.name) as "partnerName", target,
      count(*) filter (where stopped_at is not null and breached_at is null)::int as kept,
      count(*) filter (where stopped_at is not null and breached_at is not null)::int as broken,
      count(*) filter (where stopped_at is null)::int as running,
      count(*) filter (where stopped_at is null and breach_at <= now())::int as "runningLate",
      min(breach_at) filter (where stopped_at is null and breach_at > now()) as "nextBreachAt"
    -- In two parts, so that each finds its own index.
    from (
      select order_id, target, stopped_at, breached_at, breach_at from sla_clock
      where started_at >= ${since}::timestamptz
      union all
      select order_id, target, stopped_at, breached_at, breach_at from sla_clock
      where stopped_at is null and started_at < ${since}::timestamptz
    ) clock
    join orders on orders.order_id = clock.order_id
    left join partner on partner.partner_id = orders.partner_id
    group by orders.partner_id, target`)
}

/** The partners of orders. */
export function partnersOfOrders(
  tx: TenantTx,
  orderIds: readonly string[],
): Promise<{ readonly orderId: string; readonly partnerId: string | null }[]> {
  if (orderIds.length === 0) return Promise.resolve([])
  return tx.rows(sql`
    select order_id as "orderId", partner_id as "partnerId" from orders
    where order_id = any(${asTextList(orderIds)})`)
}
