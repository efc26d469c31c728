import { type SQL, sql } from 'drizzle-orm'
import type { McpCall } from '../../canonical/views/mcp-call-view.ts'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import { asJson, type TenantTx } from '../database.ts'
import { cutPage } from '../reading/page.ts'

/** Writes calls of agent hosts on record. */
export async function insertMcpCalls(
  tx: TenantTx,
  calls: readonly Omit<McpCall, 'calledAt'>[],
): Promise<void> {
  await tx.run(sql`
    insert into mcp_call (tenant_id, call_id, caller_kind, caller_id, caller_name, tool, argument_hash, arguments, outcome,
      problem, items, bytes, duration_ms, trace_id)
    select ${tx.tenantId}, "callId", caller ->> 'kind', caller ->> 'id', caller ->> 'name', tool, "argumentHash", arguments,
      outcome, problem, items, bytes, "durationMs", "traceId"
    from jsonb_to_recordset(${asJson(calls)}) as given("callId" text, caller jsonb, tool text, "argumentHash" text,
      arguments jsonb, outcome text, problem text, items int, bytes int, "durationMs" int, "traceId" text)`)
}

/** Which calls are wanted. */
export type McpCallFilter = {
  readonly tool?: string | undefined
  readonly outcome?: string | undefined
  readonly callerId?: string | undefined
}

/** The calls of agent hosts, the newest first, one page. */
export async function listMcpCalls(
  tx: TenantTx,
  { tool, outcome, callerId }: McpCallFilter,
  { limit, after }: PageQuery,
): Promise<Page<McpCall>> {
  const equal = (column: SQL, value: string | undefined) =>
    value === undefined ? sql`true` : sql`${column} = ${value}`
  const rows = await tx.rows<McpCall & { position: string }>(sql`
    select call_id as "callId", jsonb_build_object('kind', caller_kind, 'id', caller_id, 'name', caller_name) as caller,
      tool, argument_hash as "argumentHash", arguments, outcome, problem, items, bytes, duration_ms as "durationMs",
      trace_id as "traceId", called_at as "calledAt", call_id as position
    from mcp_call
    where ${equal(sql`tool`, tool)} and ${equal(sql`outcome`, outcome)} and ${equal(sql`caller_id`, callerId)}
      and ${after === undefined ? sql`true` : sql`call_id < ${after}`}
    order by call_id desc limit ${limit + 1}::int`)
  return cutPage(rows, limit)
}

const mostAtOnce = 5_000

/** Removes calls from before the days they are kept. */
export async function forgetOldMcpCalls(tx: TenantTx, keptDays: number): Promise<number> {
  return tx.run(sql`
    delete from mcp_call where call_id in (
      select call_id from mcp_call where called_at < now() - make_interval(days => ${keptDays}::int)
      order by called_at limit ${mostAtOnce}::int)`)
}
