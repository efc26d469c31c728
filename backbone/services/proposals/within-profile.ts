import type { ProfileDraft } from '../../canonical/agent-profile.ts'
import type { ActKind, AgentNote } from '../../canonical/proposal.ts'
import { CallerMistake } from '../../errors.ts'
import { guardrailObjection } from '../../policies/agent-profiles/within-guardrails.ts'
import type { TenantTx } from '../../store/database.ts'
import { activeProfile, lockProfile } from '../../store/governance/profile-rows.ts'
import { customerOfOrder, proposalsOfRun } from '../../store/proposals/approval-facts.ts'
import type { ActPicture } from '../acts/act.ts'

type Sought = { readonly kind: ActKind; readonly picture: ActPicture }

async function customerOf(tx: TenantTx, { subject, orderId }: ActPicture) {
  if (subject.kind === 'customer') return subject.id
  return orderId === undefined ? undefined : customerOfOrder(tx, orderId)
}

/**
 * Refuses what the profile does not allow that an agent runs under; gives the profile, where there is one. Its runs
 * take their turns, so that no two together make more than one may.
 */
export async function assertWithinProfile(
  tx: TenantTx,
  agent: AgentNote | undefined,
  { kind, picture }: Sought,
): Promise<ProfileDraft | undefined> {
  if (agent?.profileId === undefined) return undefined
  await lockProfile(tx, agent.profileId)
  const profile = (await activeProfile(tx, agent.profileId))?.settings
  if (profile === undefined)
    throw new CallerMistake(403, 'profile-not-active', 'The profile of this run is not active.')
  const customerNumber = await customerOf(tx, picture)
  const objection = guardrailObjection(
    {
      kind,
      isTainted: agent.isTainted,
      madeBefore: await proposalsOfRun(tx, agent.runId ?? ''),
      ...(picture.money === undefined ? {} : { money: picture.money }),
      ...(customerNumber === undefined ? {} : { customerNumber }),
    },
    profile.guardrails,
  )
  if (objection !== undefined) throw new CallerMistake(403, 'outside-profile', objection, { kind })
  return profile
}
