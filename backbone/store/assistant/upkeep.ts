import { sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

// Whoever works says so every ten seconds.
const lostAfterSeconds = 60
const mostAttempts = 3
const mostAtOnce = 500

/** Runs whose process went away: put in the queue again, or given up; gives those to be queued. */
export async function takeUpLostRuns(tx: TenantTx): Promise<string[]> {
  const rows = await tx.rows<{ runId: string; status: string }>(sql`
    update agent_run set
      status = case when trigger <> 'chat' and attempts < ${mostAttempts}::int then 'queued' else 'failed' end,
      error = case when trigger <> 'chat' and attempts < ${mostAttempts}::int then null
        else 'The process that worked on it went away.' end,
      finished_at = case when trigger <> 'chat' and attempts < ${mostAttempts}::int then null else now() end
    where status = 'running' and alive_at < now() - make_interval(secs => ${lostAfterSeconds}::int)
    returning run_id as "runId", status`)
  return rows.flatMap(({ runId, status }) => (status === 'queued' ? [runId] : []))
}

/** Ends answers whose process went away in the middle of them; what was told of them stays. */
export async function endLostAnswers(tx: TenantTx): Promise<number> {
  return tx.run(sql`
    update chat_message set status = 'stopped'
    where status = 'answering' and alive_at < now() - make_interval(secs => ${lostAfterSeconds}::int)`)
}

/** Removes runs, and what was spent, from before the days they are kept. */
export async function forgetOldRuns(tx: TenantTx, keptDays: number): Promise<number> {
  const old = await tx.rows<{ runId: string }>(sql`
    select run_id as "runId" from agent_run
    where created_at < now() - make_interval(days => ${keptDays}::int) and status not in ('queued', 'running')
    order by created_at limit ${mostAtOnce}::int`)
  if (old.length === 0) return 0
  await tx.run(sql`
    delete from model_spend where spent_on < (now() - make_interval(days => ${keptDays}::int))::date`)
  return tx.run(
    sql`delete from agent_run where run_id = any(${asTextList(old.map(({ runId }) => runId))})`,
  )
}

/** Removes threads nobody has written in for the days they are kept, with their messages. */
export async function forgetOldThreads(tx: TenantTx, keptDays: number): Promise<number> {
  const old = await tx.rows<{ threadId: string }>(sql`
    select thread_id as "threadId" from chat_thread
    where changed_at < now() - make_interval(days => ${keptDays}::int)
    order by changed_at limit ${mostAtOnce}::int`)
  if (old.length === 0) return 0
  const threadIds = asTextList(old.map(({ threadId }) => threadId))
  await tx.run(sql`delete from chat_message where thread_id = any(${threadIds})`)
  return tx.run(sql`delete from chat_thread where thread_id = any(${threadIds})`)
}
