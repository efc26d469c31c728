import type { DraftCheck, Requester } from '../../canonical/proposal.ts'
import { CallerMistake } from '../../errors.ts'
import {
  type DeciderVerdict,
  judgeDecider,
  judgeReviewer,
} from '../../policies/approval/judge-decider.ts'
import { higherRole } from '../../policies/approval/roles.ts'
import type { TenantTx } from '../../store/database.ts'
import { standsInFor } from '../../store/proposals/delegations.ts'
import { recordDecisions, reviseProposal } from '../../store/proposals/proposal-moves.ts'
import {
  getProposal,
  lockProposal,
  type ProposalContent,
  type ProposalRow,
  pendingWith,
} from '../../store/proposals/proposal-rows.ts'
import type { ActPicture } from '../acts/act.ts'
import {
  type ApprovalSetting,
  type ApprovalTools,
  actOf,
  approvalSettingOf,
  contentOf,
  decidableOf,
  lookAgainAt,
  lookAt,
  needOf,
  noSuchProposal,
  type Sight,
} from './approval-desk.ts'
import { approverName, markAsApproved } from './approve-proposal.ts'
import { effectHashOf } from './effect.ts'
import { endAs } from './end-proposal.ts'
import type { Decider, Deciding, ProposalsService } from './ports.ts'
import { actorOf, nobodyWaits, tell } from './tell.ts'

/** What a decision came to: nothing more, or a refusal that is answered once what it found out is kept. */
export type Decided = { readonly refusal?: CallerMistake }

type Allowed = Extract<DeciderVerdict, { may: true }>
type Opened = {
  readonly row: ProposalRow
  readonly setting: ApprovalSetting
  readonly verdict: Allowed
}

/** A person as they stand on the record. */
export function personOf({ userId, name }: Decider): Requester {
  return { kind: 'person', id: userId, name }
}

const refused = (problem: string, message: string, row: ProposalRow) =>
  new CallerMistake(409, problem, message, {
    proposalId: row.proposalId,
    status: row.status,
    version: row.version,
  })

const statusWords = {
  requires_review: 'in review',
  approved: 'approved',
  executing: 'being done',
  succeeded: 'done',
  failed: 'tried, and failed',
  rejected: 'rejected',
  withdrawn: 'taken back',
  expired: 'expired',
  stale: 'out of date',
} as const satisfies Record<ProposalRow['status'], string>

/** Refuses a decision on anything but what the person looked at. */
function assertAsSeen(row: ProposalRow, { version, effectHash }: Deciding): void {
  if (row.status !== 'requires_review') {
    const by = row.approvedByName === null ? '' : ` by ${row.approvedByName}`
    const words = `It is ${statusWords[row.status]} already${row.status === 'approved' ? by : ''}.`
    throw refused('already-decided', words, row)
  }
  if (row.version !== version || row.effectHash !== effectHash)
    throw refused('changed', 'It was changed since you looked at it; look again.', row)
}

function assertMay(verdict: DeciderVerdict): Allowed {
  if (verdict.may) return verdict
  throw new CallerMistake(403, verdict.problem, verdict.why)
}

/** A proposal as the person saw it, under the rules that hold now. */
async function seen(
  tx: TenantTx,
  row: ProposalRow | undefined,
  act: Deciding,
): Promise<Pick<Opened, 'row' | 'setting'>> {
  if (row === undefined) throw noSuchProposal(act.proposalId)
  assertAsSeen(row, act)
  const { subject, orderId } = row
  const setting = await approvalSettingOf(tx, row.kind, { subject, orderId: orderId ?? undefined })
  return { row, setting }
}

const isOver = ({ row, setting }: Pick<Opened, 'row' | 'setting'>): boolean =>
  row.expiresAt <= setting.now

const tooLate = (row: ProposalRow) => refused('expired', 'It expired before it was decided.', row)

/** Sees whether a person may decide it. */
async function admitted(
  tx: TenantTx,
  { row, setting }: Pick<Opened, 'row' | 'setting'>,
  { by, isApproval }: { readonly by: Decider; readonly isApproval: boolean },
): Promise<Opened> {
  const decider = { ...by, standsInFor: await standsInFor(tx, by.userId) }
  const about = decidableOf(row, setting)
  const judged = isApproval
    ? judgeDecider(decider, about, setting.rule)
    : judgeReviewer(decider, about)
  return { row, setting, verdict: assertMay(judged) }
}

/** Takes the proposal as the person saw it, and sees whether they may decide it. Expired meanwhile: ends it. */
async function open(
  tx: TenantTx,
  act: Deciding,
  { isApproval }: { readonly isApproval: boolean },
): Promise<Opened | Decided> {
  const found = await seen(tx, await lockProposal(tx, act.proposalId), act)
  if (!isOver(found)) return admitted(tx, found, { by: act.by, isApproval })
  const { row, setting } = found
  const reason = 'Nobody decided in time.'
  await endAs(tx, [row], { status: 'expired', reason, at: setting.now })
  return { refusal: tooLate(row) }
}

const outOfDate = (reason: string, row: ProposalRow) =>
  refused('stale', `It is out of date. ${reason}`, row)

/** Looks again at what it rests on; ends it where that is not as it was. */
async function lookAgain(
  tx: TenantTx,
  tools: ApprovalTools,
  { row, setting }: Opened,
): Promise<Extract<Sight, { picture: ActPicture }> | Decided> {
  const sight = await lookAgainAt(tx, tools, row)
  if ('picture' in sight) return sight
  const reason = sight.stale
  await endAs(tx, [row], { status: 'stale', reason, at: setting.now })
  return { refusal: outOfDate(reason, row) }
}

function ofVerdict({ role, inPlaceOf, isOwn }: Allowed) {
  return { role, isOwn, ...(inPlaceOf === undefined ? {} : { inPlaceOf }) }
}

/** Approves what stands as the person saw it; it is done by the executor once this has committed. */
export async function approve(tx: TenantTx, tools: ApprovalTools, act: Deciding): Promise<Decided> {
  const opened = await open(tx, act, { isApproval: true })
  if (!('row' in opened)) return opened
  const sight = await lookAgain(tx, tools, opened)
  if (!('picture' in sight)) return sight
  const { row, setting, verdict } = opened
  const approval = { by: personOf(act.by), reason: act.reason, ...ofVerdict(verdict) }
  await markAsApproved(tx, row, approval, setting.now)
  await tools.queue.enqueue(tx, 'execute-proposal', [row.proposalId])
  await nobodyWaits(tx, [row])
  const why = act.reason === undefined ? '' : ` ${act.reason}`
  const own = verdict.isOwn ? ', who asked for it' : ''
  const summary = `Approved by ${approverName(approval)}${own}: ${row.title}.${why}`
  const news = { proposal: row, what: 'approved', actor: actorOf(approval.by), summary } as const
  await tell(tx, [news], setting.now)
  return {}
}

/** Rejects what stands as the person saw it. */
export async function reject(
  tx: TenantTx,
  tools: ApprovalTools,
  act: Deciding & { readonly reason: string },
): Promise<Decided> {
  const opened = await open(tx, act, { isApproval: false })
  if (!('row' in opened)) return opened
  const { row, setting, verdict } = opened
  const { role, inPlaceOf } = verdict
  const ending = { by: personOf(act.by), role, reason: act.reason, at: setting.now }
  await endAs(tx, [row], {
    status: 'rejected',
    ...ending,
    ...(inPlaceOf === undefined ? {} : { inPlaceOf }),
  })
  const rejected = actOf(tools, row.kind)
  await rejected.rejected?.(tx, rejected.payload.parse(row.payload), { actor: actorOf(ending.by) })
  return {}
}

type Editing = Parameters<ProposalsService['edit']>[0]

async function draftedPayload(
  tx: TenantTx,
  tools: ApprovalTools,
  { row, sight, draft }: { row: ProposalRow; sight: { payload: unknown }; draft: Editing['draft'] },
): Promise<unknown> {
  const { edit } = actOf(tools, row.kind)
  if (edit === undefined)
    throw new CallerMistake(422, 'nothing-to-edit', 'Nothing of this proposal can be changed.')
  const fields = edit.fields.strict().safeParse(draft)
  if (!fields.success)
    throw new CallerMistake(
      422,
      'invalid-body',
      'The draft is not what this proposal takes; see details.',
      {},
      fields.error.issues.map(({ path, message }) => ({
        path: ['draft', ...path.map(String)].join('.'),
        message,
      })),
    )
  return edit.apply(tx, sight.payload, fields.data)
}

/** What an edit makes of a proposal: its words are checked, and the act is looked at as it would then be. */
async function editedContent(
  tx: TenantTx,
  tools: ApprovalTools,
  { row, setting }: Pick<Opened, 'row' | 'setting'>,
  { before, act }: { readonly before: { readonly payload: unknown }; readonly act: Editing },
): Promise<ProposalContent> {
  const payload = await draftedPayload(tx, tools, { row, sight: before, draft: act.draft })
  const sight = await lookAt(tx, actOf(tools, row.kind), payload)
  if ('gone' in sight) throw new CallerMistake(422, 'cannot-be-done', sight.gone)
  await assertOnly(tx, row, effectHashOf(row.kind, payload))
  const need = needOf(sight.picture, { isTainted: row.agent?.isTainted ?? false }, setting)
  return contentOf(row.kind, sight, stricter(need, row, act.by.name), setting.version)
}

/** Gives a proposal other words: checked again, hashed again, and to be approved as it then is. */
export async function edit(tx: TenantTx, tools: ApprovalTools, act: Editing): Promise<Decided> {
  const opened = await open(tx, act, { isApproval: false })
  if (!('row' in opened)) return opened
  const before = await lookAgain(tx, tools, opened)
  if (!('picture' in before)) return before
  const { row, setting, verdict } = opened
  const content = await editedContent(tx, tools, opened, { before, act })
  await reviseProposal(tx, row, { content, editedById: act.by.userId })
  const by = personOf(act.by)
  const { proposalId, version } = row
  const taken = { proposalId, decision: 'edit', by, reason: act.reason, version } as const
  await recordDecisions(
    tx,
    [{ ...taken, ...ofVerdict(verdict), effectHash: content.effectHash }],
    setting.now,
  )
  const summary = `Edited by ${act.by.name}: ${content.title}.`
  const proposal = { ...row, effectHash: content.effectHash }
  await tell(tx, [{ proposal, what: 'edited', actor: actorOf(by), summary }], setting.now)
  return {}
}

const standOf = ({
  changes,
  money,
  policyReasons,
  needsOtherPerson,
  requiredRole,
}: ProposalContent) => ({
  ...{ changes: [...changes], money, policyReasons: [...policyReasons] },
  ...{ needsOtherPerson, requiredRole },
})

/** What is wrong with a draft, at the fields of its form; nothing where the mistake is not in the words. */
function faultsOf(mistake: unknown): DraftCheck['faults'] {
  if (!(mistake instanceof CallerMistake) || mistake.status !== 422) return []
  if (mistake.problem === 'nothing-to-edit') return []
  if (mistake.details.length === 0) return [{ path: '', message: mistake.message }]
  return mistake.details.map(({ path, message }) => ({
    path: path.replace(/^draft\./, ''),
    message,
  }))
}

/**
 * What an edit would come to, found by the very checks of the edit; nothing is taken, kept or told. What is faulty
 * leaves the proposal as it stands.
 */
export async function checkEdit(
  tx: TenantTx,
  tools: ApprovalTools,
  act: Editing,
): Promise<DraftCheck> {
  const found = await seen(tx, await getProposal(tx, act.proposalId), act)
  const { row } = found
  if (isOver(found)) throw tooLate(row)
  await admitted(tx, found, { by: act.by, isApproval: false })
  const before = await lookAgainAt(tx, tools, row)
  if ('stale' in before) throw outOfDate(before.stale, row)
  try {
    return {
      faults: [],
      ...standOf(await editedContent(tx, tools, found, { before, act })),
    }
  } catch (mistake) {
    const faults = faultsOf(mistake)
    if (faults.length === 0) throw mistake
    return { faults, ...standOf(row) }
  }
}

/** An edit never makes a proposal easier to approve than it was. */
function stricter(need: ReturnType<typeof needOf>, row: ProposalRow, editor: string) {
  const requiredRole = higherRole(row.requiredRole, need.requiredRole)
  const needsOtherPerson = row.needsOtherPerson || need.needsOtherPerson
  const reasons = [
    needsOtherPerson
      ? `Changed by ${editor}: somebody other than they and whoever asked decides.`
      : `Changed by ${editor}: a person looks.`,
    `It takes the role ${requiredRole}.`,
  ]
  return { requiredRole, needsOtherPerson, reasons }
}

async function assertOnly(tx: TenantTx, row: ProposalRow, effectHash: string): Promise<void> {
  const same = await pendingWith(tx, effectHash)
  if (same !== undefined && same !== row.proposalId)
    throw refused('same-pending', `The same is proposed already, as ${same}.`, row)
}

/** Whoever asked takes it back; rules of the house may as well. Nothing is taken back that has begun. */
export async function withdraw(
  tx: TenantTx,
  act: Parameters<ProposalsService['withdraw']>[0],
  now: string,
): Promise<Decided> {
  const { proposalId, by, reason } = act
  const row = await lockProposal(tx, proposalId)
  if (row === undefined) throw noSuchProposal(proposalId)
  if (by.kind !== 'policy' && by.id !== row.requestedBy.id)
    throw new CallerMistake(403, 'not-yours', 'Only whoever asked for it takes it back.')
  if (row.status !== 'requires_review' && row.status !== 'approved')
    throw refused('already-decided', `It is ${statusWords[row.status]} already.`, row)
  const policy = by.kind === 'policy' ? {} : { by }
  await endAs(tx, [row], { status: 'withdrawn', ...policy, reason, at: now })
  return {}
}
