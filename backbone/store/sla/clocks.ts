import { sql } from 'drizzle-orm'
import { asJson, type TenantTx } from '../database.ts'

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

/** Stops clocks at the moment their promise was kept or fell away; a stopped one stays as it is. */
export async function stopClocks(
  tx: TenantTx,
  clocks: readonly ClockName[],
  at: string,
): Promise<void> {
  if (clocks.length === 0) return
  await tx.run(sql`
    update sla_clock set stopped_at = greatest(${at}::timestamptz, started_at)
    from jsonb_to_recordset(${asJson(clocks)}) as clock(subject text, target text)
    where sla_clock.tenant_id = ${tx.tenantId} and sla_clock.subject = clock.subject
      and sla_clock.target = clock.target and stopped_at is null`)
}

/** A clock that has come to its warning or its end. */
export type DueClock = ClockName & { readonly orderId: string | null; readonly breachAt: string }

/** Marks the running clocks that have reached their warning but not their end; each is given once. */
export async function markWarned(tx: TenantTx, now: string, limit: number): Promise<DueClock[]> {
  return tx.rows(sql`
    update sla_clock set warned_at = ${now}::timestamptz
    where tenant_id = ${tx.tenantId} and (subject, target) in (
      select subject, target from sla_clock
      where stopped_at is null and warned_at is null and breached_at is null
        and warn_at <= ${now}::timestamptz and breach_at > ${now}::timestamptz
      order by warn_at limit ${limit}::int for update skip locked)
    returning subject, target, order_id as "orderId", breach_at as "breachAt"`)
}

/**
 * Marks the clocks whose promise is broken, also those that were stopped too late for a sweep to see them
 * run out; each is given once.
 */
export async function markBreached(tx: TenantTx, now: string, limit: number): Promise<DueClock[]> {
  return tx.rows(sql`
    update sla_clock set breached_at = ${now}::timestamptz
    where tenant_id = ${tx.tenantId} and (subject, target) in (
      select subject, target from sla_clock
      where breached_at is null and breach_at <= ${now}::timestamptz
        and (stopped_at is null or stopped_at > breach_at)
      order by breach_at limit ${limit}::int for update skip locked)
    returning subject, target, order_id as "orderId", breach_at as "breachAt"`)
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
