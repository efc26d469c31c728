import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** Which promise in time it is: whose, and what is promised (acknowledge, release, ship). */
export type ClockName = { readonly subject: string; readonly target: string }

/** A promise that begins: how long it gives, or its times where a calendar has worked them out. */
export type StartedClock = ClockName & {
  readonly orderId?: string | undefined
  readonly startedAt: string
} & ({ readonly withinSeconds: number } | { readonly warnAt: string; readonly breachAt: string })

/** Starts clocks; one that runs or has run already stays as it is. Warns at 70 % of the time (domain rules 3.8). */
export async function startClocks(tx: TenantTx, clocks: readonly StartedClock[]): Promise<void> {
  if (clocks.length === 0) return
  await tx.run(sql`
    insert into sla_clock (tenant_id, subject, target, order_id, started_at, warn_at, breach_at)
    select ${tx.tenantId}, subject, target, "orderId", "startedAt",
      coalesce("warnAt", "startedAt" + make_interval(secs => "withinSeconds" * 0.7)),
      coalesce("breachAt", "startedAt" + make_interval(secs => "withinSeconds"))
    from jsonb_to_recordset(${asJson(clocks)}) as clock(subject text, target text, "orderId" text,
      "startedAt" timestamptz, "withinSeconds" float8, "warnAt" timestamptz, "breachAt" timestamptz)
    on conflict do nothing`)
}

/**
 * Stops clocks at the moment their promise was kept or fell away; a stopped one stays as it is. One that is
 * stopped too late and has not been swept yet is marked as broken here.
 */
export async function stopClocks(
  tx: TenantTx,
  clocks: readonly ClockName[],
  at: string,
): Promise<void> {
  if (clocks.length === 0) return
  await tx.run(sql`
    update sla_clock set stopped_at = greatest(${at}::timestamptz, started_at),
      -- A clock that rests was in time when it began to rest; its rest is written down by the next sweep.
      breached_at = case when breach_at < ${at}::timestamptz and not exists (select 1 from sla_pause
          where sla_pause.tenant_id = ${tx.tenantId} and sla_pause.subject = clock.subject
            and sla_pause.target = clock.target and ended_at is null)
        then coalesce(breached_at, ${at}::timestamptz) else breached_at end
    from jsonb_to_recordset(${asJson(clocks)}) as clock(subject text, target text)
    where sla_clock.tenant_id = ${tx.tenantId} and sla_clock.subject = clock.subject
      and sla_clock.target = clock.target and stopped_at is null`)
}

/** A clock that has come to its warning or its end. */
export type DueClock = ClockName & {
  readonly orderId: string | null
  readonly breachAt: string
  readonly isBreached: boolean
}

const isDue = (now: string) => sql`
  stopped_at is null and warn_at <= ${now}::timestamptz
  and (warned_at is null or (breached_at is null and breach_at <= ${now}::timestamptz))
  and not exists (select 1 from sla_pause where sla_pause.subject = sla_clock.subject
    and sla_pause.target = sla_clock.target and ended_at is null)`

/** A clock whose time has come, with its times as they stand. */
export type ClockTimes = ClockName & {
  readonly orderId: string | null
  readonly startedAt: string
  readonly warnAt: string
  readonly breachAt: string
}

/** The running clocks that have reached their warning or their end and are not marked so yet. */
export async function dueClocks(tx: TenantTx, now: string, limit: number): Promise<ClockTimes[]> {
  return tx.rows(sql`
    select subject, target, order_id as "orderId", started_at as "startedAt", warn_at as "warnAt",
      breach_at as "breachAt" from sla_clock where ${isDue(now)}
    order by warn_at limit ${limit}::int`)
}

/** Marks those of the clocks that are still due; each state of a clock is given once. */
export async function markDue(
  tx: TenantTx,
  now: string,
  clocks: readonly ClockName[],
): Promise<DueClock[]> {
  return tx.rows(sql`
    update sla_clock set warned_at = coalesce(warned_at, ${now}::timestamptz),
      breached_at = case when breach_at <= ${now}::timestamptz then ${now}::timestamptz end
    from jsonb_to_recordset(${asJson(clocks)}) as clock(subject text, target text)
    where sla_clock.tenant_id = ${tx.tenantId} and sla_clock.subject = clock.subject
      and sla_clock.target = clock.target and ${isDue(now)}
    returning sla_clock.subject, sla_clock.target, order_id as "orderId", breach_at as "breachAt",
      breached_at is not null as "isBreached"`)
}

/** Locks the orders of clocks, in the order of their ids as every step does; gives those that are there. */
export async function lockClockOrders(
  tx: TenantTx,
  orderIds: readonly string[],
): Promise<Set<string>> {
  const rows = await tx.rows<{ orderId: string }>(sql`
    select order_id as "orderId" from orders where order_id = any(${asTextList(orderIds)})
    order by order_id for update`)
  return new Set(rows.map(({ orderId }) => orderId))
}

/** How many clocks of each target still run past their warning or their end. */
export type OpenLateness = {
  readonly target: string
  readonly warned: number
  readonly breached: number
  /** Some of those past their end, then of those past their warning, the latest first. */
  readonly examples: readonly string[]
}

/** Counts the clocks that run late now, by target. */
export async function countLate(tx: TenantTx): Promise<OpenLateness[]> {
  return tx.rows(sql`
    select target, count(*) filter (where breached_at is null)::int as warned,
      count(breached_at)::int as breached,
      to_jsonb((array_agg(subject order by breach_at))[1:10]) as examples
    from sla_clock where stopped_at is null and (warned_at is not null or breached_at is not null)
    group by target order by target`)
}
