import { sql } from 'drizzle-orm'
import type { AgentSetting, AgentView, DaySpend } from '../../canonical/agent-run.ts'
import type { TenantTx } from '../database.ts'

/** What a tenant set for an agent, and who did. */
export type AgentSettingRow = AgentSetting & {
  readonly agent: string
  readonly changedBy: string
  readonly reason: string
  readonly changedAt: string
}

/** Everything the tenant set for its agents. */
export function agentSettings(tx: TenantTx): Promise<AgentSettingRow[]> {
  return tx.rows<AgentSettingRow>(sql`
    select agent, is_enabled as "isEnabled", runs_on_events as "runsOnEvents", daily_at as "dailyAt",
      changed_by as "changedBy", reason, changed_at as "changedAt"
    from agent_setting`)
}

/** Sets what holds for an agent from now on. */
export async function setAgent(
  tx: TenantTx,
  row: Omit<AgentSettingRow, 'changedAt'>,
): Promise<void> {
  await tx.run(sql`
    insert into agent_setting (tenant_id, agent, is_enabled, runs_on_events, daily_at, changed_by, reason)
    values (${tx.tenantId}, ${row.agent}, ${row.isEnabled}, ${row.runsOnEvents}, ${row.dailyAt}, ${row.changedBy}, ${row.reason})
    on conflict (tenant_id, agent) do update set is_enabled = excluded.is_enabled,
      runs_on_events = excluded.runs_on_events, daily_at = excluded.daily_at, changed_by = excluded.changed_by,
      reason = excluded.reason, changed_at = now()`)
}

/** The last run of each agent. */
export function lastRuns(
  tx: TenantTx,
): Promise<(NonNullable<AgentView['lastRun']> & { readonly agent: string })[]> {
  return tx.rows(sql`
    select distinct on (agent) agent, run_id as "runId", status, created_at as "createdAt"
    from agent_run order by agent, run_id desc`)
}

/** Adds what a call of a model cost to the tenant's day; gives the day's cost, in millionths of a dollar. */
export async function addSpend(tx: TenantTx, spent: DaySpend): Promise<number> {
  const [row] = await tx.rows<{ costMicros: number }>(sql`
    insert into model_spend as day (tenant_id, spent_on, calls, tokens, cost_micros)
    values (${tx.tenantId}, (now() at time zone 'utc')::date, ${spent.calls}::int, ${spent.tokens}::bigint, ${spent.costMicros}::bigint)
    on conflict (tenant_id, spent_on) do update set calls = day.calls + excluded.calls,
      tokens = day.tokens + excluded.tokens, cost_micros = day.cost_micros + excluded.cost_micros
    returning cost_micros as "costMicros"`)
  return row?.costMicros ?? 0
}
