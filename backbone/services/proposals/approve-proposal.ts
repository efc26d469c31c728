import type { Requester } from '../../canonical/proposal.ts'
import { OurBug } from '../../errors.ts'
import type { TenantTx } from '../../store/database.ts'
import { markApproved, recordDecisions } from '../../store/proposals/proposal-moves.ts'
import type { ProposalRow } from '../../store/proposals/proposal-rows.ts'

/** Who approves: a person under a role, or a policy with its version. */
export type Approval = {
  readonly by: Requester
  readonly role?: string
  readonly inPlaceOf?: { readonly userId: string; readonly name: string }
  readonly isOwn?: boolean
  readonly policyVersion?: string
  readonly reason?: string | undefined
}

/** Approves a proposal that the caller holds, and puts the decision on its record. */
export async function markAsApproved(
  tx: TenantTx,
  row: ProposalRow,
  approval: Approval,
  at: string,
): Promise<void> {
  const { proposalId, version, effectHash } = row
  const decision = { proposalId, decision: 'approve', version, effectHash, ...approval } as const
  const no = (await recordDecisions(tx, [decision], at)).get(proposalId)
  if (no === undefined) throw new OurBug('A decision was not written.', { proposalId })
  await markApproved(tx, row, { no, by: approval.by, at })
}

/** How the approver is named in a sentence: a deputy with whom they stand in for. */
export function approverName({ by, inPlaceOf }: Pick<Approval, 'by' | 'inPlaceOf'>): string {
  return inPlaceOf === undefined ? by.name : `${by.name} for ${inPlaceOf.name}`
}
