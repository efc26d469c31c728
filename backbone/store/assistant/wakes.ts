import { sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

/** Something new that an agent looks at: the key says that it woke the agent once. */
export type Wake = { readonly wakeKey: string; readonly kind: string; readonly id: string }

/** How long after it came something still wakes an agent: what is older was seen before the agents were here. */
const wakeWithinHours = 24

/** Orders held for a reason that checks can look into, whose newest hold has not woken the agent yet, oldest first. */
export function newlyHeldOrders(tx: TenantTx, agent: string, limit: number): Promise<Wake[]> {
  return tx.rows<Wake>(sql`
    with held as (
      select order_id, max(hold_id) as hold_id from hold
      where released_at is null and type <> 'CANCEL_WINDOW'
        and placed_at > now() - make_interval(hours => ${wakeWithinHours}::int)
      group by order_id)
    select 'held:' || order_id || ':' || hold_id as "wakeKey", 'order' as kind, order_id as id from held
    where not exists (
      select from agent_run where agent_run.agent = ${agent} and wake_key = 'held:' || order_id || ':' || hold_id)
    order by hold_id limit ${limit}::int`)
}

/** Causes of failures that are open and new, or came again, and have not woken the agent yet. */
export function newClusters(tx: TenantTx, agent: string, limit: number): Promise<Wake[]> {
  return tx.rows<Wake>(sql`
    select 'cluster:' || cluster_id || ':' || recurrences as "wakeKey", 'cluster' as kind, cluster_id as id
    from failure_cluster
    where state = 'open' and state_since > now() - make_interval(hours => ${wakeWithinHours}::int)
      and not exists (select from agent_run where agent_run.agent = ${agent}
        and wake_key = 'cluster:' || cluster_id || ':' || recurrences)
    order by state_since limit ${limit}::int`)
}

/** How many more runs events may make of an agent now: a flood of held orders is not a flood of runs. */
export async function roomForRuns(
  tx: TenantTx,
  agent: string,
  most: { readonly waiting: number; readonly anHour: number },
): Promise<number> {
  const [row] = await tx.rows<{ waiting: number; lastHour: number }>(sql`
    select count(*) filter (where status in ('queued', 'running'))::int as waiting, count(*)::int as "lastHour"
    from agent_run where agent = ${agent} and trigger = 'event' and created_at > now() - interval '1 hour'`)
  const { waiting = 0, lastHour = 0 } = row ?? {}
  return Math.max(0, Math.min(most.waiting - waiting, most.anHour - lastHour))
}

/** Agents whose run of today is due and was not made, of those with a time of day; with today in the tenant's zone. */
export async function dueToday(
  tx: TenantTx,
  agents: readonly { readonly agent: string; readonly dailyAt: string }[],
): Promise<Wake[]> {
  if (agents.length === 0) return []
  const [house] = await tx.rows<{ today: string; time: string }>(sql`
    select (now() at time zone time_zone)::date as today, to_char(now() at time zone time_zone, 'HH24:MI') as time
    from tenant`)
  if (house === undefined) return []
  const due = agents
    .filter(({ dailyAt }) => dailyAt <= house.time)
    .map(({ agent }) => ({ wakeKey: `daily:${house.today}`, kind: 'day', id: agent }))
  if (due.length === 0) return []
  const gone = await tx.rows<{ agent: string }>(sql`
    select agent from agent_run where wake_key = ${`daily:${house.today}`}
      and agent = any(${asTextList(due.map(({ id }) => id))})`)
  return due.filter(({ id }) => !gone.some(({ agent }) => agent === id))
}
