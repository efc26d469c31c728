import type { ActKind, Candidate, Requester } from '../../canonical/proposal.ts'
import { CallerMistake } from '../../errors.ts'
import type { TenantTx } from '../../store/database.ts'
import type { ActCandidate } from '../acts/act.ts'
import {
  type ApprovalSetting,
  type ApprovalTools,
  actOf,
  approvalSettingOf,
  lookAt,
  needOf,
} from './approval-desk.ts'
import { markAsApproved } from './approve-proposal.ts'
import { candidateIdOf } from './effect.ts'
import { makeProposal, standingProposal } from './make-proposal.ts'
import type { ProposalAsk, ProposalsService } from './ports.ts'
import { actorOf, tell } from './tell.ts'
import { assertWithinProfile } from './within-profile.ts'

type Subjected = Parameters<ProposalsService['candidates']>[0]['subject']

type Found = { readonly candidateId: string; readonly found: ActCandidate }

const named = (tx: TenantTx, candidates: readonly ActCandidate[]): Found[] =>
  candidates.map((found) => ({
    candidateId: candidateIdOf(tx.tenantId, found.kind, found.payload),
    found,
  }))

async function findCandidates(
  tx: TenantTx,
  { candidates }: ApprovalTools,
  subject: Subjected,
): Promise<Found[]> {
  const source = candidates[subject.kind]
  return source === undefined ? [] : named(tx, await source(tx, subject))
}

const ranked = (found: readonly Found[]): Candidate[] =>
  found.map(({ candidateId, found: { kind, picture } }, place) => ({
    ...{ candidateId, kind, subject: picture.subject, title: picture.title },
    ...{ changes: [...picture.changes], evidence: [...picture.evidence] },
    ...(picture.money === undefined ? {} : { money: picture.money }),
    rank: place + 1,
  }))

/** What could be done about a subject now, best first. */
export async function listCandidates(
  tx: TenantTx,
  tools: ApprovalTools,
  subject: Subjected,
): Promise<Candidate[]> {
  return ranked(await findCandidates(tx, tools, subject))
}

/** What could be done about several subjects of a kind now, best first, in the order they were asked for. */
export async function listCandidatesOfMany(
  tx: TenantTx,
  tools: ApprovalTools,
  { kind, ids }: { readonly kind: Subjected['kind']; readonly ids: readonly string[] },
): Promise<Candidate[][]> {
  const ofMany = tools.candidates[kind]?.ofMany
  if (ofMany === undefined) {
    const each: Candidate[][] = []
    for (const id of ids) each.push(await listCandidates(tx, tools, { kind, id }))
    return each
  }
  const found = await ofMany(tx, ids)
  return ids.map((id) => ranked(named(tx, found.get(id) ?? [])))
}

const gone = (why: string) =>
  new CallerMistake(
    409,
    'candidate-gone',
    `This cannot be proposed any more: ${why} Read what could be done again.`,
  )

const wrongKind = (kind: ActKind, kinds: readonly ActKind[]) =>
  new CallerMistake(
    422,
    'wrong-kind',
    `This candidate is of the kind ${kind}, which is not asked for here: ${kinds.join(', ')}.`,
    { kind },
  )

async function passItself(
  tx: TenantTx,
  tools: ApprovalTools,
  proposalId: string,
  { row, setting }: { row: Parameters<typeof markAsApproved>[1]; setting: ApprovalSetting },
): Promise<void> {
  const { now, version } = setting
  const by: Requester = { kind: 'policy', id: version, name: 'approval policy' }
  const reason = 'Exact and within what the policy lets pass by itself.'
  await markAsApproved(tx, row, { by, policyVersion: version, reason }, now)
  await tools.queue.enqueue(tx, 'execute-proposal', [proposalId])
  const summary = `Approved by policy ${version}: ${row.title}.`
  await tell(tx, [{ proposal: row, what: 'approved', actor: actorOf(by), summary }], now)
}

/** Proposes what a candidate stands for, or gives the pending proposal with the same effect; tells its id. */
export async function propose(
  tx: TenantTx,
  tools: ApprovalTools,
  ask: ProposalAsk,
): Promise<string> {
  const candidates = await findCandidates(tx, tools, ask.subject)
  const chosen = candidates.find(({ candidateId }) => candidateId === ask.candidateId)?.found
  if (chosen === undefined) throw gone('nothing there is to be done under this id now.')
  const { kind } = chosen
  if (ask.kinds?.includes(kind) === false) throw wrongKind(kind, ask.kinds)
  const sight = await lookAt(tx, actOf(tools, kind), chosen.payload)
  if ('gone' in sight) throw gone(sight.gone)
  const { subject, orderId } = sight.picture
  const setting = await approvalSettingOf(tx, kind, { subject, orderId })
  const standing = await standingProposal(tx, { kind, sight }, setting)
  if (standing !== undefined) return standing.proposalId
  const { requestedBy, agent } = ask
  const profile = await assertWithinProfile(tx, agent, { kind, picture: sight.picture })
  const need = needOf(sight.picture, { isTainted: agent?.isTainted ?? false }, setting)
  const wish = { kind, sight, requestedBy, agent, need }
  const { row, isMade } = await makeProposal(tx, wish, setting)
  if (isMade && need.passesItself && profile?.approval !== 'person')
    await passItself(tx, tools, row.proposalId, { row, setting })
  return row.proposalId
}
