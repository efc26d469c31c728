import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** The period figures are asked for: days in the tenant's time zone, both included. */
export type KpiPeriod = { readonly since: string; readonly until: string }

/** The same as moments: from the first up to, and without, the second. */
export type KpiMoments = { readonly from: string; readonly before: string }

/** The tenant's time zone and its day today. */
export async function tenantDay(tx: TenantTx): Promise<{ timeZone: string; today: string }> {
  const [row] = await tx.rows<{ timeZone: string; today: string }>(sql`
    select time_zone as "timeZone", (now() at time zone time_zone)::date as today from tenant`)
  return row ?? { timeZone: 'UTC', today: new Date().toISOString().slice(0, 10) }
}

/** The moments of a period; worked out before the question, since under row-level security an index takes finished values only. */
export async function momentsOf(tx: TenantTx, { since, until }: KpiPeriod): Promise<KpiMoments> {
  const [moments] = await tx.rows<KpiMoments>(sql`
    select (${since}::text::date)::timestamp at time zone time_zone as "from",
      (${until}::text::date + 1)::timestamp at time zone time_zone as before
    from tenant`)
  return moments ?? { from: since, before: since }
}
