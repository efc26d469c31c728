import { newId } from '../../canonical/ids.ts'
import type { ActKind, AgentNote, Requester } from '../../canonical/proposal.ts'
import { CallerMistake, OurBug, RetryLater } from '../../errors.ts'
import type { ReviewNeed } from '../../policies/approval/judge-request.ts'
import type { TenantTx } from '../../store/database.ts'
import {
  countInReview,
  getProposal,
  insertProposal,
  lockPending,
  type NewProposal,
  type ProposalRow,
} from '../../store/proposals/proposal-rows.ts'
import type { ActPicture } from '../acts/act.ts'
import {
  type ApprovalSetting,
  changedRecords,
  contentOf,
  type Sight,
  staleReason,
} from './approval-desk.ts'
import { effectHashOf } from './effect.ts'
import { endAs } from './end-proposal.ts'
import { actorOf, tell } from './tell.ts'

/** What is to be proposed: an act as code sees it now, who asks, and who must look at it. */
export type Wish = {
  readonly kind: ActKind
  readonly sight: Extract<Sight, { picture: ActPicture }>
  readonly requestedBy: Requester
  readonly agent?: AgentNote | undefined
  readonly need: Pick<ReviewNeed, 'requiredRole' | 'needsOtherPerson' | 'reasons'>
}

const later = (now: string, hours: number): string =>
  new Date(Date.parse(now) + hours * 3_600_000).toISOString()

/** The proposal with the same effect that still stands, taken. One that has gone out of date meanwhile is ended. */
export async function standingProposal(
  tx: TenantTx,
  { kind, sight }: Pick<Wish, 'kind' | 'sight'>,
  { now }: Pick<ApprovalSetting, 'now'>,
): Promise<ProposalRow | undefined> {
  const pending = await lockPending(tx, effectHashOf(kind, sight.payload))
  if (pending === undefined || pending.status !== 'requires_review') return pending
  if (pending.expiresAt <= now) {
    await endAs(tx, [pending], { status: 'expired', reason: 'Nobody decided in time.', at: now })
    return undefined
  }
  const changed = changedRecords(pending.records, sight.picture.records)
  if (changed.length === 0) return pending
  await endAs(tx, [pending], { status: 'stale', reason: staleReason(changed), at: now })
  return undefined
}

async function assertRoom(
  tx: TenantTx,
  requestedBy: Requester,
  { settings }: ApprovalSetting,
): Promise<void> {
  const most = settings.pendingPerRequester
  const waiting = await countInReview(tx, requestedBy.id)
  if (waiting >= most)
    throw new CallerMistake(
      429,
      'too-many-pending',
      `${requestedBy.name} has ${waiting} proposals that nobody has decided, of at most ${most}; have some decided or take them back first.`,
      { waiting, most, retryAfterSeconds: 60 },
    )
}

/**
 * Makes a proposal in review; the caller has seen that none with the same effect stands. One that somebody made at
 * this very moment is given instead.
 */
export async function makeProposal(
  tx: TenantTx,
  { kind, sight, requestedBy, agent, need }: Wish,
  setting: ApprovalSetting,
): Promise<{ readonly row: ProposalRow; readonly isMade: boolean }> {
  await assertRoom(tx, requestedBy, setting)
  const { now, rule, version } = setting
  const { escalateAfterHours } = rule
  const made: NewProposal = {
    ...contentOf(kind, sight, need, version),
    proposalId: newId('prp'),
    kind,
    subject: sight.picture.subject,
    requestedBy,
    agent: agent ?? null,
    createdAt: now,
    expiresAt: later(now, rule.expiresAfterHours),
    escalateAt: escalateAfterHours === null ? null : later(now, escalateAfterHours),
    escalateTo: rule.escalateTo,
  }
  if (!(await insertProposal(tx, made))) {
    const standing = await lockPending(tx, made.effectHash)
    if (standing !== undefined) return { row: standing, isMade: false }
    throw new RetryLater('The same was proposed and ended at this moment; ask again.', {
      retryAfterSeconds: 1,
    })
  }
  const row = await getProposal(tx, made.proposalId)
  if (row === undefined) throw new OurBug('A proposal was not written.', { kind })
  const summary = `Proposed: ${made.title}. ${need.reasons.at(0) ?? ''}`
  await tell(tx, [{ proposal: row, what: 'made', actor: actorOf(requestedBy), summary }], now)
  return { row, isMade: true }
}
