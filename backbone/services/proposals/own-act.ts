import { CallerMistake } from '../../errors.ts'
import { judgeDecider, ownObstacle } from '../../policies/approval/judge-decider.ts'
import { roleMay } from '../../policies/approval/roles.ts'
import type { TenantTx } from '../../store/database.ts'
import { standsInFor } from '../../store/proposals/delegations.ts'
import { lockProposal, type ProposalRow } from '../../store/proposals/proposal-rows.ts'
import type { Act } from '../acts/act.ts'
import {
  type ApprovalSetting,
  type ApprovalTools,
  actOf,
  approvalSettingOf,
  decidableOf,
  lookAt,
  needOf,
} from './approval-desk.ts'
import { type Approval, markAsApproved } from './approve-proposal.ts'
import { carryOut } from './carry-out.ts'
import { personOf } from './decide.ts'
import { makeProposal, standingProposal } from './make-proposal.ts'
import type { ProposalsService } from './ports.ts'
import { nobodyWaits } from './tell.ts'

type OwnAct = Parameters<ProposalsService['act']>[0]

function parsed(act: Act<unknown>, payload: unknown): unknown {
  // Words that leave the house are made by code first: a person proposes the candidate, then changes its draft.
  if (act.edit !== undefined)
    throw new CallerMistake(
      422,
      'candidate-needed',
      `An act of kind ${act.kind} is proposed from a candidate, then edited and approved.`,
      { kind: act.kind },
    )
  const read = act.payload.safeParse(payload)
  if (read.success) return read.data
  throw new CallerMistake(
    422,
    'invalid-body',
    `An act of kind ${act.kind} is not asked for so; see details.`,
    { kind: act.kind },
    read.error.issues.map(({ path, message }) => ({
      path: ['payload', ...path.map(String)].join('.'),
      message,
    })),
  )
}

async function doNow(
  tx: TenantTx,
  tools: ApprovalTools,
  row: ProposalRow,
  { approval, setting }: { readonly approval: Approval; readonly setting: ApprovalSetting },
): Promise<void> {
  const { now } = setting
  await markAsApproved(tx, row, approval, now)
  await nobodyWaits(tx, [row])
  const approved = (await lockProposal(tx, row.proposalId)) ?? row
  await carryOut(tx, tools, approved, { actor: `person:${approval.by.name}`, now })
}

/** The same stands as a proposal: the person decides that one where they may. */
async function decideStanding(
  tx: TenantTx,
  tools: ApprovalTools,
  row: ProposalRow,
  { ask, setting }: { readonly ask: OwnAct; readonly setting: ApprovalSetting },
): Promise<string> {
  if (row.status !== 'requires_review') return row.proposalId
  const { by, reason } = ask
  const decider = { ...by, standsInFor: await standsInFor(tx, by.userId) }
  const verdict = judgeDecider(decider, decidableOf(row, setting), setting.rule)
  if (!verdict.may) return row.proposalId
  const { role, isOwn, inPlaceOf } = verdict
  const deputised = inPlaceOf === undefined ? {} : { inPlaceOf }
  const approval = { by: personOf(by), role, isOwn, reason, ...deputised }
  await doNow(tx, tools, row, { approval, setting })
  return row.proposalId
}

/**
 * A person's own act: a proposal they decide themselves and that is done in the same transaction. Above their limit
 * it waits for somebody else. Tells the proposal's id.
 */
export async function actOnOwn(tx: TenantTx, tools: ApprovalTools, ask: OwnAct): Promise<string> {
  const { kind, by, reason } = ask
  const act = actOf(tools, kind)
  const sight = await lookAt(tx, act, parsed(act, ask.payload))
  if ('gone' in sight) throw new CallerMistake(409, 'cannot-be-done', sight.gone, { kind })
  const { subject, orderId, money } = sight.picture
  const setting = await approvalSettingOf(tx, kind, { subject, orderId })
  const standing = await standingProposal(tx, { kind, sight }, setting)
  if (standing !== undefined) return decideStanding(tx, tools, standing, { ask, setting })
  const need = needOf(sight.picture, { isTainted: false }, setting)
  const requestedBy = personOf(by)
  const obstacle = roleMay(by.role, need.requiredRole)
    ? ownObstacle(by.role, money, setting.rule)
    : `With the role ${by.role} it is asked for, and decided by somebody else.`
  const isForOther = need.needsOtherPerson || obstacle !== undefined
  const reasons = isForOther
    ? [...(obstacle === undefined ? [] : [obstacle]), ...need.reasons, `Asked for: ${reason}`]
    : ['Within the limit of whoever did it.']
  const wish = {
    kind,
    sight,
    requestedBy,
    need: { ...need, needsOtherPerson: isForOther, reasons },
  }
  const { row, isMade } = await makeProposal(tx, wish, setting)
  if (!isMade) return decideStanding(tx, tools, row, { ask, setting })
  if (isForOther) return row.proposalId
  const approval = { by: requestedBy, role: by.role, isOwn: true, reason }
  await doNow(tx, tools, row, { approval, setting })
  return row.proposalId
}
