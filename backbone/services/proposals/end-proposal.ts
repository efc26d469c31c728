import type { ProposalDecision, Requester } from '../../canonical/proposal.ts'
import type { TenantTx } from '../../store/database.ts'
import { endProposals, recordDecisions } from '../../store/proposals/proposal-moves.ts'
import type { ProposalRow } from '../../store/proposals/proposal-rows.ts'
import { actorOf, nobodyWaits, tell } from './tell.ts'

type Ending = 'rejected' | 'withdrawn' | 'expired' | 'stale'

const decisionOf = {
  rejected: 'reject',
  withdrawn: 'withdraw',
  expired: 'expire',
  stale: 'stale',
} as const satisfies Record<Ending, ProposalDecision['decision']>

const wordOf = {
  rejected: 'Rejected',
  withdrawn: 'Taken back',
  expired: 'Expired',
  stale: 'Out of date',
} as const satisfies Record<Ending, string>

/** Who ends a proposal when nobody does: the rules it was made under. */
export function rulesOf({ policyVersion }: Pick<ProposalRow, 'policyVersion'>): Requester {
  return { kind: 'policy', id: policyVersion, name: 'approval rules' }
}

type EndedProposal = Pick<
  ProposalRow,
  'proposalId' | 'version' | 'effectHash' | 'orderId' | 'title' | 'policyVersion' | 'escalatedAt'
>

/** Ends proposals that the caller holds and that nothing is done of, and says why on their records. */
export async function endAs(
  tx: TenantTx,
  rows: readonly EndedProposal[],
  ending: {
    readonly status: Ending
    /** The rules each was made under, when nobody else. */
    readonly by?: Requester
    readonly role?: string
    readonly inPlaceOf?: { readonly userId: string; readonly name: string }
    readonly reason: string
    readonly at: string
  },
): Promise<void> {
  if (rows.length === 0) return
  const { status, role, inPlaceOf, reason, at } = ending
  const taken = rows.map((row) => ({
    ...{ proposalId: row.proposalId, version: row.version, effectHash: row.effectHash },
    ...{ decision: decisionOf[status], by: ending.by ?? rulesOf(row), role, inPlaceOf, reason },
    policyVersion: ending.by === undefined ? row.policyVersion : undefined,
  }))
  await recordDecisions(tx, taken, at)
  await endProposals(
    tx,
    rows.map(({ proposalId }) => proposalId),
    { status, at, result: reason },
  )
  await nobodyWaits(tx, rows)
  const news = rows.map((row) => ({
    proposal: row,
    what: status,
    actor: actorOf(ending.by ?? rulesOf(row)),
    summary: `${wordOf[status]}: ${row.title}. ${reason}`,
  }))
  await tell(tx, news, at)
}
