import { higherRole } from '../../policies/approval/roles.ts'
import type { JobQueue } from '../../queue/job-queue.ts'
import type { TenantTx } from '../../store/database.ts'
import { raiseNotices } from '../../store/notices/notice-rows.ts'
import {
  type AwaitingProposal,
  overdueApproved,
  takeAwaiting,
  takeExpired,
  takeUndecided,
} from '../../store/proposals/due-proposals.ts'
import {
  finishProposal,
  raiseRoles,
  recordDecisions,
} from '../../store/proposals/proposal-moves.ts'
import { endAs, rulesOf } from './end-proposal.ts'
import { actorOf, type ProposalNews, tell, waitingCause } from './tell.ts'

const mostPerRound = 200

/** An approved proposal that nobody has begun for so long has lost its job. */
const lostAfterSeconds = 45

async function expire(tx: TenantTx, now: string): Promise<number> {
  const due = await takeExpired(tx, now, mostPerRound)
  await endAs(tx, due, { status: 'expired', reason: 'Its time ran out.', at: now })
  return due.length
}

async function escalate(tx: TenantTx, queue: JobQueue, now: string): Promise<number> {
  const due = await takeUndecided(tx, now, mostPerRound)
  if (due.length === 0) return 0
  const raised = due.map((row) => ({
    ...row,
    role: row.escalateTo === null ? row.requiredRole : higherRole(row.requiredRole, row.escalateTo),
  }))
  const reasonOf = (role: string) => `Nobody has decided; from now on the role ${role} does.`
  const taken = raised.map((row) => ({
    ...{ proposalId: row.proposalId, version: row.version, effectHash: row.effectHash },
    ...{ decision: 'escalate' as const, by: rulesOf(row), policyVersion: row.policyVersion },
    reason: reasonOf(row.role),
  }))
  await recordDecisions(tx, taken, now)
  await raiseRoles(
    tx,
    raised.map(({ proposalId, role }) => ({ proposalId, requiredRole: role })),
    now,
  )
  await raiseNotices(
    tx,
    queue,
    raised.map(({ proposalId, title, role, expiresAt }) => ({
      kind: 'proposal-undecided',
      cause: waitingCause(proposalId),
      severity: 'warning',
      subject: `Nobody has decided: ${title}`,
      body: `${title}\n\nProposal ${proposalId} waits for somebody with the role ${role} and expires at ${expiresAt}.`,
    })),
  )
  const news = raised.map((row) => ({
    proposal: row,
    what: 'escalated' as const,
    actor: actorOf(rulesOf(row)),
    summary: `Not decided yet: ${row.title}. ${reasonOf(row.role)}`,
  }))
  await tell(tx, news, now)
  return due.length
}

type Ended = { readonly status: 'succeeded' | 'failed'; readonly result: string }

const over: ReadonlySet<string> = new Set(['succeeded', 'failed', 'dropped'])

/** What a proposal has come to whose calls were on their way; undefined while one still is. */
function endedBy({ awaited, statuses, result }: AwaitingProposal): Ended | undefined {
  if (statuses.some((status) => !over.has(status))) return undefined
  const before = result === null ? '' : `${result} `
  if (awaited === 0)
    return { status: 'failed', result: 'It was begun, and nothing is known of what became of it.' }
  const failed = awaited - statuses.filter((status) => status === 'succeeded').length
  const calls = awaited === 1 ? 'call' : 'calls'
  if (failed === 0)
    return { status: 'succeeded', result: `${before}${awaited} ${calls} went through.` }
  return { status: 'failed', result: `${before}${failed} of ${awaited} ${calls} failed.` }
}

async function followCalls(tx: TenantTx, now: string): Promise<number> {
  const news: ProposalNews[] = []
  for (const row of await takeAwaiting(tx, mostPerRound)) {
    const ended = endedBy(row)
    if (ended === undefined) continue
    const { proposalId, title, approvedByName } = row
    await finishProposal(tx, proposalId, { ...ended, at: now })
    news.push({
      proposal: row,
      what: ended.status,
      actor: `proposal:${proposalId} (${approvedByName})`,
      summary: `${ended.status === 'succeeded' ? 'Done' : 'Not done'}: ${title}. ${ended.result}`,
    })
  }
  await tell(tx, news, now)
  return news.length
}

/** What a round over the proposals of a tenant came to. */
type ProposalSweep = {
  readonly expired: number
  readonly escalated: number
  readonly finished: number
}

/**
 * The round over proposals: those whose time is over expire, those nobody decides are told of, those whose calls have
 * ended end with them, and what lost its job gets another. Cheap enough for every few seconds.
 */
export async function sweepProposals(
  tx: TenantTx,
  queue: JobQueue,
  now: string,
): Promise<ProposalSweep> {
  const lost = { now, seconds: lostAfterSeconds, limit: mostPerRound }
  const waiting = await overdueApproved(tx, lost)
  await queue.enqueue(tx, 'execute-proposal', await queue.jobless(tx, 'execute-proposal', waiting))
  return {
    finished: await followCalls(tx, now),
    expired: await expire(tx, now),
    escalated: await escalate(tx, queue, now),
  }
}
