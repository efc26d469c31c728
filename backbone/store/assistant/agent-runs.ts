import { type SQL, sql } from 'drizzle-orm'
import type { AgentRun, RunEnd } from '../../canonical/agent-run.ts'
import type { Requester } from '../../canonical/proposal.ts'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import { cutPage } from '../reading/page.ts'
import { addSpend } from './agent-settings.ts'

/** A run as it is begun or put in the queue. */
export type NewRun = {
  readonly runId: string
  readonly agent: string
  readonly agentVersion: string
  readonly trigger: AgentRun['trigger']
  readonly subject: AgentRun['subject']
  readonly threadId: string | null
  /** Who asked, and the scopes of tools that they have. */
  readonly requestedBy: Requester & { readonly scopes: readonly string[] }
  readonly input: string | null
  /** What woke it; a second run for the same thing is not made. */
  readonly wakeKey: string | null
}

/** A run that has begun, with what it must know of its tenant. */
export type BegunRow = {
  readonly isBegun: boolean
  readonly now: string
  readonly timeZone: string
  /** What models cost the tenant today, in millionths of a dollar. */
  readonly daySpentMicros: number
}

const asRow = (run: NewRun) => ({
  run_id: run.runId,
  agent: run.agent,
  agent_version: run.agentVersion,
  trigger: run.trigger,
  subject_kind: run.subject?.kind ?? null,
  subject_id: run.subject?.id ?? null,
  thread_id: run.threadId,
  requested_by: run.requestedBy,
  input: run.input,
  wake_key: run.wakeKey,
})

const given = (runs: readonly NewRun[]): SQL => sql`
  jsonb_to_recordset(${asJson(runs.map(asRow))}) as given(run_id text, agent text, agent_version text, trigger text,
    subject_kind text, subject_id text, thread_id text, requested_by jsonb, input text, wake_key text)`

const insertable = sql`tenant_id, run_id, agent, agent_version, trigger, subject_kind, subject_id, thread_id,
  requested_by, input, wake_key`
const fromGiven = sql`run_id, agent, agent_version, trigger, subject_kind, subject_id, thread_id, requested_by, input,
  wake_key`

const house = sql`now() as now, time_zone as "timeZone",
  coalesce((select cost_micros from model_spend where spent_on = (now() at time zone 'utc')::date), 0) as "daySpentMicros"`

// A profile stands still with the agent whose work it narrows.
const isSwitchedOff = (agent: SQL): SQL => sql`
  exists (select from agent_setting where not is_enabled and (agent_setting.agent = ${agent}
    or agent_setting.agent in (select settings ->> 'agent' from agent_profile
      where agent_profile.name = ${agent} and status = 'active')))`

/** Begins a run at once, unless its agent is switched off. */
export async function beginRun(tx: TenantTx, run: NewRun): Promise<BegunRow | undefined> {
  const [begun] = await tx.rows<BegunRow>(sql`
    with begun as (
      insert into agent_run (${insertable}, status, attempts, started_at, alive_at)
      select ${tx.tenantId}, ${fromGiven}, 'running', 1, now(), now() from ${given([run])}
      where not ${isSwitchedOff(sql`${run.agent}`)}
      returning run_id)
    select exists (select from begun) as "isBegun", ${house} from tenant`)
  return begun
}

/** Puts runs in the queue, but none that something woke before; gives the ids of those that are new. */
export async function queueRuns(tx: TenantTx, runs: readonly NewRun[]): Promise<string[]> {
  if (runs.length === 0) return []
  const rows = await tx.rows<{ runId: string }>(sql`
    insert into agent_run (${insertable}, status) select ${tx.tenantId}, ${fromGiven}, 'queued' from ${given(runs)}
    on conflict (tenant_id, agent, wake_key) do nothing returning run_id as "runId"`)
  return rows.map(({ runId }) => runId)
}

/** A queued run that this process has taken. */
export type ClaimedRow = Omit<BegunRow, 'isBegun'> & {
  readonly runId: string
  readonly agent: string
  readonly trigger: AgentRun['trigger']
  readonly subject: AgentRun['subject']
  readonly requestedBy: NewRun['requestedBy']
  readonly input: string | null
}

const subject = sql`case when subject_kind is null then null
  else jsonb_build_object('kind', subject_kind, 'id', subject_id) end as subject`

/** Takes queued runs; those of agents that were switched off meanwhile end here. */
export async function claimRuns(tx: TenantTx, runIds: readonly string[]): Promise<ClaimedRow[]> {
  await tx.run(sql`
    update agent_run set status = 'stopped', finished_at = now(), error = 'The agent is switched off.'
    where run_id = any(${asTextList(runIds)}) and status = 'queued' and ${isSwitchedOff(sql`agent_run.agent`)}`)
  return tx.rows<ClaimedRow>(sql`
    with claimed as (
      update agent_run set status = 'running', attempts = attempts + 1, started_at = now(), alive_at = now()
      where run_id = any(${asTextList(runIds)}) and status = 'queued'
      returning run_id, agent, trigger, subject_kind, subject_id, requested_by, input)
    select run_id as "runId", agent, trigger, ${subject}, requested_by as "requestedBy", input, ${house}
    from claimed cross join tenant order by run_id`)
}

/** Says that a run is still worked on. */
export async function noteAlive(tx: TenantTx, runId: string): Promise<void> {
  await tx.run(
    sql`update agent_run set alive_at = now() where run_id = ${runId} and status = 'running'`,
  )
}

/**
 * Writes what came of a run, and what it took of the tenant's day; a run that was given up for lost meanwhile stays as
 * it is.
 */
export async function finishRun(tx: TenantTx, runId: string, end: RunEnd): Promise<void> {
  const row = {
    status: end.status,
    mode: end.mode,
    note: end.note,
    tool_calls: end.toolCalls,
    proposal_ids: end.proposalIds,
    model_calls: end.spent.modelCalls,
    input_tokens: end.spent.inputTokens,
    output_tokens: end.spent.outputTokens,
    cost_micros: end.spent.costMicros,
    outcome: end.outcome,
    error: end.error,
  }
  const written = tx.run(sql`
    update agent_run set status = given.status, mode = given.mode, note = given.note, tool_calls = given.tool_calls,
      proposal_ids = given.proposal_ids, model_calls = given.model_calls, input_tokens = given.input_tokens,
      output_tokens = given.output_tokens, cost_micros = given.cost_micros, outcome = given.outcome,
      error = given.error, finished_at = now()
    from jsonb_to_record(${asJson(row)}) as given(status text, mode text, note text, tool_calls jsonb, proposal_ids jsonb,
      model_calls int, input_tokens int, output_tokens int, cost_micros bigint, outcome text, error text)
    where run_id = ${runId} and agent_run.status = 'running'`)
  const booked = end.unbooked === null ? undefined : addSpend(tx, end.unbooked)
  await Promise.all([written, booked])
}

const columns = sql`run_id as "runId", agent, agent_version as "agentVersion", trigger, ${subject},
  thread_id as "threadId", requested_by - 'scopes' as "requestedBy", input, status, mode, note,
  tool_calls as "toolCalls", proposal_ids as "proposalIds",
  jsonb_build_object('modelCalls', model_calls, 'inputTokens', input_tokens, 'outputTokens', output_tokens,
    'costMicros', cost_micros) as spent,
  outcome, error, created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`

/** The log of one run. */
export async function getRun(tx: TenantTx, runId: string): Promise<AgentRun | undefined> {
  const [run] = await tx.rows<AgentRun>(
    sql`select ${columns} from agent_run where run_id = ${runId}`,
  )
  return run
}

/** The runs of an agent, the newest first, one page. */
export async function listRuns(
  tx: TenantTx,
  agent: string,
  { limit, after }: PageQuery,
): Promise<Page<AgentRun>> {
  const rows = await tx.rows<AgentRun & { position: string }>(sql`
    select ${columns}, run_id as position from agent_run
    where agent = ${agent} and ${after === undefined ? sql`true` : sql`run_id < ${after}`}
    order by run_id desc limit ${limit + 1}::int`)
  return cutPage(rows, limit)
}
