import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

type LayerRow = {
  readonly policy: string
  readonly scope: string
  readonly version: number
  readonly validFrom: string
  readonly validTo?: string
  readonly settings: Readonly<Record<string, unknown>>
}

/** What the approval of an act rests on: the clock, the tenant's settings, and whose matter it is. */
export type ApprovalFacts = {
  readonly now: string
  readonly today: string
  readonly layers: readonly LayerRow[]
  readonly customerNumber: string | null
  readonly partnerId: string | null
}

/** Reads what the approval of an act rests on, in one statement. */
export async function approvalFacts(
  tx: TenantTx,
  orderId: string | undefined,
): Promise<ApprovalFacts | undefined> {
  const [row] = await tx.rows<ApprovalFacts>(sql`
    select now() as now, (now() at time zone time_zone)::date as today, orders.customer_number as "customerNumber",
      orders.partner_id as "partnerId",
      coalesce((select json_agg(json_strip_nulls(json_build_object('policy', policy, 'scope', scope, 'version', version,
        'validFrom', valid_from, 'validTo', valid_to))::jsonb || jsonb_build_object('settings', settings))
        from policy_setting where policy = 'approval'), '[]') as layers
    from tenant left join orders on orders.order_id = ${orderId ?? null}`)
  return row
}

/** The customer an order is of, where it is known. */
export async function customerOfOrder(tx: TenantTx, orderId: string): Promise<string | undefined> {
  const [found] = await tx.rows<{ customerNumber: string | null }>(
    sql`select customer_number as "customerNumber" from orders where order_id = ${orderId}`,
  )
  return found?.customerNumber ?? undefined
}

/** How many proposals a run of an agent has made. */
export async function proposalsOfRun(tx: TenantTx, runId: string): Promise<number> {
  const [found] = await tx.rows<{ made: number }>(
    sql`select count(*)::int as made from proposal where agent->>'runId' = ${runId}`,
  )
  return found?.made ?? 0
}
