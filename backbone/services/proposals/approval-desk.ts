import type { ActKind, RecordVersion, Subject } from '../../canonical/proposal.ts'
import { CallerMistake, OurBug } from '../../errors.ts'
import {
  type ApprovalRule,
  type ApprovalSettings,
  approvalPolicy,
} from '../../policies/approval/approval-policy.ts'
import type { Decidable } from '../../policies/approval/judge-decider.ts'
import { judgeRequest, type ReviewNeed } from '../../policies/approval/judge-request.ts'
import { higherRole } from '../../policies/approval/roles.ts'
import type { JobQueue } from '../../queue/job-queue.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { canonicalJson } from '../../store/events.ts'
import { approvalFacts } from '../../store/proposals/approval-facts.ts'
import type { ProposalContent, ProposalRow } from '../../store/proposals/proposal-rows.ts'
import type { Act, ActPicture, CandidateSource } from '../acts/act.ts'
import { effectHashOf } from './effect.ts'

/** What approval stands on: the store, the acts it can have done, and who finds what could be done. */
export type ApprovalTools = {
  readonly database: Database
  readonly queue: JobQueue
  readonly acts: readonly Act<unknown>[]
  readonly candidates: Readonly<Partial<Record<Subject['kind'], CandidateSource>>>
}

/** The act of a kind. */
export function actOf({ acts }: Pick<ApprovalTools, 'acts'>, kind: ActKind): Act<unknown> {
  const act = acts.find((candidate) => candidate.kind === kind)
  if (act === undefined)
    throw new CallerMistake(422, 'unknown-act', `Nothing here does the act ${kind}.`, { kind })
  return act
}

/** What an act would do now, or why it cannot be done any more. */
export type Sight =
  | { readonly payload: unknown; readonly picture: ActPicture }
  | { readonly gone: string }

/** Looks at the records: what would an act with this payload do now? */
export async function lookAt(tx: TenantTx, act: Act<unknown>, payload: unknown): Promise<Sight> {
  const parsed = act.payload.safeParse(payload)
  if (!parsed.success) return { gone: 'It is written in a way that this version does not read.' }
  const picture = await act.picture(tx, parsed.data)
  return 'gone' in picture ? picture : { payload: parsed.data, picture }
}

const inOrder = (records: readonly RecordVersion[]) =>
  canonicalJson(
    [...records].sort((a, b) => (a.record < b.record ? -1 : 1)).map((entry) => ({ ...entry })),
  )

/** The records that are not as they were, by name. */
export function changedRecords(
  before: readonly RecordVersion[],
  now: readonly RecordVersion[],
): string[] {
  if (inOrder(before) === inOrder(now)) return []
  const was = new Map(before.map(({ record, version }) => [record, version]))
  const is = new Map(now.map(({ record, version }) => [record, version]))
  const names = [...new Set([...was.keys(), ...is.keys()])]
  return names.filter((record) => was.get(record) !== is.get(record))
}

/** Why a proposal is out of date, naming the records. */
export function staleReason(changed: readonly string[]): string {
  const named = changed.slice(0, 5).join(', ')
  const more = changed.length > 5 ? ` and ${changed.length - 5} more` : ''
  return `What it rests on has changed: ${named}${more}.`
}

/** Looks again at what a proposal would do: as it was proposed, or why it is out of date. */
export async function lookAgainAt(
  tx: TenantTx,
  tools: Pick<ApprovalTools, 'acts'>,
  row: Pick<ProposalRow, 'kind' | 'payload' | 'effectHash' | 'records'>,
): Promise<Extract<Sight, { picture: ActPicture }> | { readonly stale: string }> {
  if (effectHashOf(row.kind, row.payload) !== row.effectHash)
    return { stale: 'What it would do is not what its hash says.' }
  const sight = await lookAt(tx, actOf(tools, row.kind), row.payload)
  if ('gone' in sight) return { stale: sight.gone }
  const changed = changedRecords(row.records, sight.picture.records)
  return changed.length === 0 ? sight : { stale: staleReason(changed) }
}

/** The rules of approval as they hold for one act, and the moment it is looked at. */
export type ApprovalSetting = {
  readonly now: string
  readonly rule: ApprovalRule
  readonly settings: ApprovalSettings
  readonly version: string
}

/** Reads the rules of approval that hold for an act now. */
export async function approvalSettingOf(
  tx: TenantTx,
  kind: ActKind,
  about: { readonly subject: Pick<Subject, 'kind' | 'id'>; readonly orderId?: string | undefined },
): Promise<ApprovalSetting> {
  const facts = await approvalFacts(tx, about.orderId)
  if (facts === undefined)
    throw new OurBug('A proposal names a tenant that does not exist.', { tenantId: tx.tenantId })
  const { subject } = about
  const customerNumber = subject.kind === 'customer' ? subject.id : facts.customerNumber
  const { settings, version } = approvalPolicy.inForce(
    facts.layers,
    {
      ...(customerNumber === null ? {} : { customerNumber }),
      ...(facts.partnerId === null ? {} : { partnerId: facts.partnerId }),
    },
    facts.today,
  )
  return { now: facts.now, rule: settings[kind], settings, version }
}

/** Who must look at what an act would do. */
export function needOf(
  picture: ActPicture,
  { isTainted }: { readonly isTainted: boolean },
  { rule }: ApprovalSetting,
): ReviewNeed {
  const { money, leastRole, isExact = false } = picture
  const asked = leastRole === undefined ? {} : { leastRole }
  return judgeRequest(
    { ...(money === undefined ? {} : { money }), ...asked, isExact, isTainted },
    rule,
  )
}

/**
 * What of a proposal says who may decide it: as it was made, and as the rules are now where they are stricter.
 */
export function decidableOf(
  row: Pick<
    ProposalRow,
    'requestedBy' | 'editedById' | 'requiredRole' | 'needsOtherPerson' | 'money'
  >,
  { rule }: Pick<ApprovalSetting, 'rule'>,
): Decidable {
  const { requestedBy, editedById } = row
  const money = row.money === null ? {} : { money: row.money }
  const now = judgeRequest({ ...money, isExact: false, isTainted: true }, rule)
  return {
    ...{ requestedById: requestedBy.id, editedById, ...money },
    requiredRole: higherRole(row.requiredRole, now.requiredRole),
    needsOtherPerson: row.needsOtherPerson || now.needsOtherPerson,
  }
}

/** What a proposal keeps of the act it is for. */
export function contentOf(
  kind: ActKind,
  { payload, picture }: Extract<Sight, { picture: ActPicture }>,
  need: Pick<ReviewNeed, 'requiredRole' | 'needsOtherPerson' | 'reasons'>,
  policyVersion: string,
): ProposalContent {
  const { title, changes, evidence, records, money, orderId } = picture
  return {
    payload,
    effectHash: effectHashOf(kind, payload),
    orderId: orderId ?? null,
    ...{ title, changes, evidence, records, money: money ?? null },
    ...{ policyReasons: need.reasons, policyVersion },
    requiredRole: need.requiredRole,
    needsOtherPerson: need.needsOtherPerson,
  }
}

/** Says that there is no such proposal; another tenant's looks exactly the same. */
export function noSuchProposal(proposalId: string): CallerMistake {
  return new CallerMistake(404, 'not-found', 'There is no such proposal.', { proposalId })
}
