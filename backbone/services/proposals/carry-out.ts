import { OurBug } from '../../errors.ts'
import type { TenantTx } from '../../store/database.ts'
import { awaitCalls, beginProposal, finishProposal } from '../../store/proposals/proposal-moves.ts'
import type { ProposalRow } from '../../store/proposals/proposal-rows.ts'
import type { ActOutcome } from '../acts/act.ts'
import { type ApprovalTools, actOf } from './approval-desk.ts'
import { actorOf, tell } from './tell.ts'

/** Whoever asked, approved or stood behind the approver, as the record writes them. */
function behind({ requestedBy, decisions }: ProposalRow): string[] {
  const approval = decisions.findLast(({ decision }) => decision === 'approve')
  const names = [
    actorOf(requestedBy),
    ...(approval === undefined ? [] : [actorOf(approval.by)]),
    ...(approval?.inPlaceOf === undefined ? [] : [`person:${approval.inPlaceOf}`]),
  ]
  return [...new Set(names)]
}

async function settle(
  tx: TenantTx,
  row: ProposalRow,
  outcome: ActOutcome,
  at: string,
): Promise<'begun' | 'succeeded' | 'failed'> {
  const { proposalId } = row
  const { status, message: result } = outcome
  if (status === 'requested' && outcome.transactionIds.length > 0) {
    await awaitCalls(tx, proposalId, { transactionIds: outcome.transactionIds, result })
    return 'begun'
  }
  const ended = status === 'refused' ? 'failed' : 'succeeded'
  await finishProposal(tx, proposalId, { status: ended, result, at })
  return ended
}

/**
 * Does what was approved, in the transaction that holds the proposal: it is begun and done once, or not at all. What
 * leaves the house is keyed by proposal and effect.
 */
export async function carryOut(
  tx: TenantTx,
  tools: Pick<ApprovalTools, 'acts' | 'queue'>,
  row: ProposalRow,
  { actor, now }: { readonly actor: string; readonly now: string },
): Promise<void> {
  const { proposalId, effectHash, title } = row
  const act = actOf(tools, row.kind)
  if (!(await beginProposal(tx, proposalId, now)))
    throw new OurBug('A proposal was to be done that is not approved.', { proposalId })
  const { reason } = row.decisions.findLast(({ decision }) => decision === 'approve') ?? {}
  const outcome = await act.execute(tx, act.payload.parse(row.payload), {
    ...{ proposalId, actor, effectKey: `${proposalId}:${effectHash}` },
    ...{ behind: behind(row), records: row.records, queue: tools.queue },
    ...(typeof reason === 'string' ? { reason } : {}),
  })
  const what = await settle(tx, row, outcome, now)
  const word = what === 'failed' ? 'Not done' : what === 'begun' ? 'On its way' : 'Done'
  const summary = `${word}: ${title}. ${outcome.message}`
  await tell(tx, [{ proposal: row, what, actor, summary }], now)
}
