import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'
import type { ClockName } from './clocks.ts'

/** A clock that runs. */
export type RunningClock = ClockName & {
  readonly orderId: string | null
  readonly startedAt: string
  readonly breachAt: string
}

/** The clocks that run and do not rest, the oldest first. */
export function runningClocks(tx: TenantTx, limit: number): Promise<RunningClock[]> {
  return tx.rows<RunningClock>(sql`
    select subject, target, order_id as "orderId", started_at as "startedAt", breach_at as "breachAt"
    from sla_clock where stopped_at is null and not exists (
      select 1 from sla_pause where sla_pause.subject = sla_clock.subject
        and sla_pause.target = sla_clock.target and ended_at is null)
    order by started_at limit ${limit}::int`)
}

/** How many clocks of each target stopped since a moment. */
export function clocksStoppedSince(
  tx: TenantTx,
  since: string,
): Promise<{ readonly target: string; readonly count: number }[]> {
  return tx.rows(sql`
    select target, count(*)::int as count from sla_clock
    where stopped_at >= ${since}::timestamptz group by target`)
}

/** Clocks past a share of their time that nobody was told of at that step. */
export type PastShare = {
  readonly target: string
  readonly count: number
  readonly examples: readonly string[]
  /** Whether one of them came there after people were last told. */
  readonly isNews: boolean
}

/** Counts clocks past a share of their promised time, by target; `cause` begins the notices of this step. */
export function clocksPastShare(
  tx: TenantTx,
  step: { readonly now: string; readonly share: number; readonly role: string },
): Promise<PastShare[]> {
  return tx.rows<PastShare>(sql`
    with past as (
      select target, subject, breach_at, started_at + (breach_at - started_at) * ${step.share}::float8 as came_at
      from sla_clock where stopped_at is null and breached_at is not null
    ), told as (
      select cause, max(created_at) as told_at from notice where starts_with(cause, 'sla:') group by cause
    )
    select target, count(*)::int as count, to_jsonb((array_agg(subject order by breach_at))[1:10]) as examples,
      bool_or(told_at is null or came_at > told_at) as "isNews"
    from past left join told on told.cause = 'sla:' || target || ':' || ${step.role}
    where came_at <= ${step.now}::timestamptz group by target order by target`)
}
