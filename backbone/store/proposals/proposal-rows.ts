import { sql } from 'drizzle-orm'
import type { Evidence } from '../../canonical/decision.ts'
import type {
  ActKind,
  AgentNote,
  Change,
  MoneyAtStake,
  ProposalDecision,
  ProposalStatus,
  RecordVersion,
  Requester,
  Subject,
} from '../../canonical/proposal.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import { exactMoment } from '../reading/page.ts'

/** What an act would do, as it stands on a proposal: fixed once it is approved. */
export type ProposalContent = {
  readonly payload: unknown
  readonly effectHash: string
  readonly orderId: string | null
  readonly title: string
  readonly changes: readonly Change[]
  readonly evidence: readonly Evidence[]
  readonly records: readonly RecordVersion[]
  readonly money: MoneyAtStake | null
  readonly policyReasons: readonly string[]
  readonly policyVersion: string
  readonly requiredRole: string
  readonly needsOtherPerson: boolean
}

/** A proposal as it is made. */
export type NewProposal = ProposalContent & {
  readonly proposalId: string
  readonly kind: ActKind
  readonly subject: Subject
  readonly requestedBy: Requester
  readonly agent: AgentNote | null
  readonly createdAt: string
  readonly expiresAt: string
  readonly escalateAt: string | null
  readonly escalateTo: string | null
}

/** A proposal as it is kept. */
export type ProposalRow = Omit<NewProposal, 'escalateAt'> & {
  readonly status: ProposalStatus
  readonly version: number
  readonly editedById: string | null
  readonly escalatedAt: string | null
  readonly approvedById: string | null
  readonly approvedByName: string | null
  readonly decidedAt: string | null
  readonly attempts: number
  readonly transactionIds: readonly string[]
  readonly result: string | null
  readonly finishedAt: string | null
  readonly decisions: readonly ProposalDecision[]
}

const decisions = sql`
  coalesce((select json_agg(json_strip_nulls(json_build_object('decision', decision,
      'by', json_build_object('kind', by_kind, 'id', by_id, 'name', by_name),
      'isOwn', nullif(is_own, false), 'inPlaceOf', for_name, 'at', ${exactMoment(sql`taken.decided_at`)}))::jsonb
      || jsonb_build_object('reason', reason) order by decision_no)
    from proposal_decision as taken
    where taken.tenant_id = proposal.tenant_id and taken.proposal_id = proposal.proposal_id), '[]')`

/** The columns of a proposal as it is kept. */
export const proposalColumns = sql`
  proposal_id as "proposalId", kind, status, version, payload, effect_hash as "effectHash",
  json_build_object('kind', subject_kind, 'id', subject_id, 'label', subject_label) as subject,
  order_id as "orderId", title, changes, evidence, records,
  case when currency is not null then json_build_object('amountMinor', amount_minor, 'currency', currency) end as money,
  policy_reasons as "policyReasons", policy_version as "policyVersion",
  json_build_object('kind', requested_by_kind, 'id', requested_by_id, 'name', requested_by_name) as "requestedBy",
  agent, required_role as "requiredRole", needs_other_person as "needsOtherPerson", edited_by_id as "editedById",
  created_at as "createdAt", expires_at as "expiresAt", escalate_to as "escalateTo", escalated_at as "escalatedAt",
  approved_by_id as "approvedById", approved_by_name as "approvedByName", decided_at as "decidedAt", attempts,
  transaction_ids as "transactionIds", result, finished_at as "finishedAt", ${decisions} as decisions`

/** The proposal with an id. */
export async function getProposal(
  tx: TenantTx,
  proposalId: string,
): Promise<ProposalRow | undefined> {
  const [row] = await tx.rows<ProposalRow>(
    sql`select ${proposalColumns} from proposal where proposal_id = ${proposalId}`,
  )
  return row
}

/** Takes the row of a proposal that is about to move, and reads it as it stands then. */
export async function lockProposal(
  tx: TenantTx,
  proposalId: string,
): Promise<ProposalRow | undefined> {
  // Locked by a statement of its own: what it waited for shows in the next one only, decisions included.
  await tx.run(sql`select proposal_id from proposal where proposal_id = ${proposalId} for update`)
  return getProposal(tx, proposalId)
}

/** The proposal with an effect that is not over yet, taken. */
export async function lockPending(
  tx: TenantTx,
  effectHash: string,
): Promise<ProposalRow | undefined> {
  const pending = sql`effect_hash = ${effectHash} and status in ('requires_review', 'approved', 'executing')`
  await tx.run(sql`select proposal_id from proposal where ${pending} for update`)
  const [row] = await tx.rows<ProposalRow>(
    sql`select ${proposalColumns} from proposal where ${pending}`,
  )
  return row
}

/** The id of the proposal with an effect that is not over yet. */
export async function pendingWith(tx: TenantTx, effectHash: string): Promise<string | undefined> {
  const [row] = await tx.rows<{ proposalId: string }>(sql`
    select proposal_id as "proposalId" from proposal
    where effect_hash = ${effectHash} and status in ('requires_review', 'approved', 'executing')`)
  return row?.proposalId
}

/** The kinds of proposals, by id. */
export async function kindsOf(
  tx: TenantTx,
  proposalIds: readonly string[],
): Promise<Map<string, ActKind>> {
  const rows = await tx.rows<{ proposalId: string; kind: ActKind }>(sql`
    select proposal_id as "proposalId", kind from proposal where proposal_id = any(${asTextList(proposalIds)})`)
  return new Map(rows.map(({ proposalId, kind }) => [proposalId, kind]))
}

/**
 * How many proposals a requester has that nobody has decided. Takes the requester's turn, so that two at once are
 * counted one after the other.
 */
export async function countInReview(tx: TenantTx, requestedById: string): Promise<number> {
  const key = `proposals:${tx.tenantId}:${requestedById}`
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`)
  const [row] = await tx.rows<{ count: number }>(sql`
    select count(*)::int as count from proposal
    where requested_by_id = ${requestedById} and status = 'requires_review'`)
  return row?.count ?? 0
}

/** Makes a proposal; false when one with the same effect is not over yet. */
export async function insertProposal(tx: TenantTx, row: NewProposal): Promise<boolean> {
  const { subject, requestedBy, money, agent } = row
  const made = await tx.run(sql`
    insert into proposal (tenant_id, proposal_id, kind, payload, effect_hash, subject_kind, subject_id, subject_label,
      order_id, title, changes, evidence, records, amount_minor, currency, policy_reasons, policy_version,
      requested_by_kind, requested_by_id, requested_by_name, agent, is_tainted, required_role, needs_other_person,
      created_at, expires_at, escalate_at, escalate_to)
    values (${tx.tenantId}, ${row.proposalId}, ${row.kind}, ${asJson(row.payload)}, ${row.effectHash}, ${subject.kind},
      ${subject.id}, ${subject.label}, ${row.orderId}, ${row.title}, ${asJson(row.changes)}, ${asJson(row.evidence)},
      ${asJson(row.records)}, ${money?.amountMinor ?? null}::bigint, ${money?.currency ?? null},
      ${asJson(row.policyReasons)}, ${row.policyVersion}, ${requestedBy.kind}, ${requestedBy.id}, ${requestedBy.name},
      ${agent === null ? null : asJson(agent)}, ${agent?.isTainted ?? false}, ${row.requiredRole},
      ${row.needsOtherPerson}, ${row.createdAt}::timestamptz, ${row.expiresAt}::timestamptz,
      ${row.escalateAt}::timestamptz, ${row.escalateTo})
    on conflict (tenant_id, effect_hash) where status in ('requires_review', 'approved', 'executing') do nothing`)
  return made === 1
}
