import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import type { ClockName } from './clocks.ts'

/** A clock that may have rested, with its times as they stand. */
export type RestingClock = ClockName & {
  readonly orderId: string
  readonly startedAt: string
  readonly warnAt: string
  readonly breachAt: string
}

/** A time in which a clock rested. */
export type PauseRow = ClockName & {
  readonly startedAt: string
  readonly endedAt: string | null
  readonly reason: string
}

/** Clocks that rest now. */
export function restingClocks(tx: TenantTx, limit: number): Promise<RestingClock[]> {
  return tx.rows<RestingClock>(sql`
    select sla_clock.subject, sla_clock.target, order_id as "orderId", sla_clock.started_at as "startedAt",
      warn_at as "warnAt", breach_at as "breachAt"
    from sla_pause join sla_clock on sla_clock.subject = sla_pause.subject and sla_clock.target = sla_pause.target
    where ended_at is null and order_id is not null order by sla_pause.started_at limit ${limit}::int`)
}

/** The rests these clocks have had. */
export function pausesOf(tx: TenantTx, subjects: readonly string[]): Promise<PauseRow[]> {
  if (subjects.length === 0) return Promise.resolve([])
  return tx.rows<PauseRow>(sql`
    select subject, target, started_at as "startedAt", ended_at as "endedAt", reason from sla_pause
    where subject = any(${asTextList(subjects)}) order by started_at`)
}

/** A hold of an order. */
export type HoldTimes = {
  readonly orderId: string
  readonly type: string
  readonly placedAt: string
  readonly releasedAt: string | null
}

/** The holds of some types that orders have or had. */
export function holdTimes(
  tx: TenantTx,
  orderIds: readonly string[],
  types: readonly string[],
): Promise<HoldTimes[]> {
  if (orderIds.length === 0 || types.length === 0) return Promise.resolve([])
  return tx.rows<HoldTimes>(sql`
    select order_id as "orderId", type, placed_at as "placedAt", released_at as "releasedAt" from hold
    where order_id = any(${asTextList(orderIds)}) and type = any(${asTextList(types)})`)
}

/** Writes rests down, and the ends of those that are over. */
export async function writePauses(tx: TenantTx, pauses: readonly PauseRow[]): Promise<void> {
  if (pauses.length === 0) return
  await tx.run(sql`
    insert into sla_pause (tenant_id, subject, target, started_at, ended_at, reason)
    select ${tx.tenantId}, subject, target, "startedAt", "endedAt", reason
    from jsonb_to_recordset(${asJson(pauses)}) as pause(subject text, target text, "startedAt" timestamptz,
      "endedAt" timestamptz, reason text)
    on conflict (tenant_id, subject, target, started_at) do update set ended_at = excluded.ended_at`)
}

/** Moves the times of clocks that have rested. */
export async function moveClocks(
  tx: TenantTx,
  clocks: readonly (ClockName & { readonly warnAt: string; readonly breachAt: string })[],
): Promise<void> {
  if (clocks.length === 0) return
  await tx.run(sql`
    update sla_clock set warn_at = clock."warnAt", breach_at = clock."breachAt"
    from jsonb_to_recordset(${asJson(clocks)}) as clock(subject text, target text, "warnAt" timestamptz,
      "breachAt" timestamptz)
    where sla_clock.tenant_id = ${tx.tenantId} and sla_clock.subject = clock.subject
      and sla_clock.target = clock.target`)
}
