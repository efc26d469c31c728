import { sql } from 'drizzle-orm'
import type { ProposalDecision, Requester } from '../../canonical/proposal.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import type { ProposalContent, ProposalRow } from './proposal-rows.ts'

/** A decision about a proposal as it goes on the record. */
export type NewDecision = {
  readonly proposalId: string
  readonly decision: ProposalDecision['decision']
  readonly by: Requester
  /** The role it was taken under. */
  readonly role?: string | undefined
  /** The person a deputy stood in for. */
  readonly inPlaceOf?: { readonly userId: string; readonly name: string } | undefined
  readonly isOwn?: boolean
  readonly policyVersion?: string | undefined
  readonly reason?: string | undefined
  readonly version: number
  readonly effectHash: string
}

/** Puts decisions on the record, one a proposal, and tells their numbers. The caller holds the proposals. */
export async function recordDecisions(
  tx: TenantTx,
  taken: readonly NewDecision[],
  at: string,
): Promise<Map<string, number>> {
  const rows = taken.map(({ by, inPlaceOf, ...decision }) => ({
    ...decision,
    ...{ byKind: by.kind, byId: by.id, byName: by.name },
    ...{ forId: inPlaceOf?.userId, forName: inPlaceOf?.name },
  }))
  const numbered = await tx.rows<{ proposalId: string; no: number }>(sql`
    insert into proposal_decision (tenant_id, proposal_id, decision_no, decision, by_kind, by_id, by_name, by_role,
      for_id, for_name, is_own, policy_version, reason, version, effect_hash, decided_at)
    select ${tx.tenantId}, row."proposalId", coalesce(last.no, 0) + 1, row.decision, "byKind", "byId", "byName", role,
      "forId", "forName", coalesce("isOwn", false), "policyVersion", reason, version, "effectHash", ${at}::timestamptz
    from jsonb_to_recordset(${asJson(rows)}) as row("proposalId" text, decision text, "byKind" text, "byId" text,
      "byName" text, role text, "forId" text, "forName" text, "isOwn" boolean, "policyVersion" text, reason text,
      version int, "effectHash" text)
    left join lateral (
      select max(decision_no) as no from proposal_decision as earlier
      where earlier.tenant_id = ${tx.tenantId} and earlier.proposal_id = row."proposalId") as last on true
    returning proposal_id as "proposalId", decision_no as no`)
  return new Map(numbered.map(({ proposalId, no }) => [proposalId, no]))
}

/** Marks a proposal as approved by the decision with a number. */
export async function markApproved(
  tx: TenantTx,
  proposal: ProposalRow,
  { no, by, at }: { readonly no: number; readonly by: Requester; readonly at: string },
): Promise<void> {
  await tx.run(sql`
    update proposal set status = 'approved', version = version + 1, approval_no = ${no}::int, approval_word = 'approve',
      approved_by_kind = ${by.kind}, approved_by_id = ${by.id}, approved_by_name = ${by.name},
      decided_at = ${at}::timestamptz
    where proposal_id = ${proposal.proposalId} and status = 'requires_review' and version = ${proposal.version}::int
      and effect_hash = ${proposal.effectHash}`)
}

/** Ends proposals that nothing is done of. */
export async function endProposals(
  tx: TenantTx,
  proposalIds: readonly string[],
  {
    status,
    at,
    result,
  }: {
    readonly status: 'rejected' | 'withdrawn' | 'expired' | 'stale'
    readonly at: string
    readonly result?: string
  },
): Promise<void> {
  await tx.run(sql`
    update proposal set status = ${status}, version = version + 1, decided_at = coalesce(decided_at, ${at}::timestamptz),
      finished_at = ${at}::timestamptz, result = ${result ?? null}
    where proposal_id = any(${asTextList(proposalIds)}) and status in ('requires_review', 'approved')`)
}

/** Gives a proposal in review other words, and with them another effect. */
export async function reviseProposal(
  tx: TenantTx,
  proposal: ProposalRow,
  { content, editedById }: { readonly content: ProposalContent; readonly editedById: string },
): Promise<void> {
  const { money } = content
  await tx.run(sql`
    update proposal set version = version + 1, payload = ${asJson(content.payload)}, effect_hash = ${content.effectHash},
      order_id = ${content.orderId}, title = ${content.title}, changes = ${asJson(content.changes)},
      evidence = ${asJson(content.evidence)}, records = ${asJson(content.records)},
      amount_minor = ${money?.amountMinor ?? null}::bigint, currency = ${money?.currency ?? null},
      policy_reasons = ${asJson(content.policyReasons)}, policy_version = ${content.policyVersion},
      required_role = ${content.requiredRole}, needs_other_person = ${content.needsOtherPerson},
      edited_by_id = ${editedById}
    where proposal_id = ${proposal.proposalId} and status = 'requires_review' and version = ${proposal.version}::int`)
}

/** Raises the roles that decide proposals which nobody has decided for long. */
export async function raiseRoles(
  tx: TenantTx,
  raised: readonly { readonly proposalId: string; readonly requiredRole: string }[],
  at: string,
): Promise<void> {
  await tx.run(sql`
    update proposal set version = version + 1, required_role = row."requiredRole", escalated_at = ${at}::timestamptz
    from jsonb_to_recordset(${asJson(raised)}) as row("proposalId" text, "requiredRole" text)
    where proposal.proposal_id = row."proposalId"
      and proposal.proposal_id = any(${asTextList(raised.map(({ proposalId }) => proposalId))})
      and status = 'requires_review'`)
}

/** Begins what was approved; false when it is not approved any more. */
export async function beginProposal(
  tx: TenantTx,
  proposalId: string,
  at: string,
): Promise<boolean> {
  const begun = await tx.run(sql`
    update proposal set status = 'executing', version = version + 1, started_at = ${at}::timestamptz
    where proposal_id = ${proposalId} and status = 'approved'`)
  return begun === 1
}

/** Ends what was begun. */
export async function finishProposal(
  tx: TenantTx,
  proposalId: string,
  {
    status,
    result,
    at,
  }: {
    readonly status: 'succeeded' | 'failed'
    readonly result: string
    readonly at: string
  },
): Promise<void> {
  await tx.run(sql`
    update proposal set status = ${status}, version = version + 1, result = ${result}, finished_at = ${at}::timestamptz
    where proposal_id = ${proposalId} and status = 'executing'`)
}

/** Notes which calls a proposal that was begun waits for. */
export async function awaitCalls(
  tx: TenantTx,
  proposalId: string,
  {
    transactionIds,
    result,
  }: { readonly transactionIds: readonly string[]; readonly result: string },
): Promise<void> {
  await tx.run(sql`
    update proposal set transaction_ids = ${asJson(transactionIds)}, result = ${result}
    where proposal_id = ${proposalId} and status = 'executing'`)
}

/** Counts a try that failed; tells how many there were. */
export async function countAttempt(tx: TenantTx, proposalId: string): Promise<number> {
  const [row] = await tx.rows<{ attempts: number }>(sql`
    update proposal set attempts = attempts + 1 where proposal_id = ${proposalId} and status = 'approved'
    returning attempts`)
  return row?.attempts ?? 0
}
