import { sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

/** A proposal whose time has come, as the rounds see it. */
export type DueProposal = {
  readonly proposalId: string
  readonly status: string
  readonly version: number
  readonly effectHash: string
  readonly orderId: string | null
  readonly title: string
  readonly policyVersion: string
  readonly requiredRole: string
  readonly escalateTo: string | null
  readonly escalatedAt: string | null
  readonly expiresAt: string
}

const columns = sql`proposal_id as "proposalId", status, version, effect_hash as "effectHash", order_id as "orderId",
  title, policy_version as "policyVersion", required_role as "requiredRole", escalate_to as "escalateTo",
  escalated_at as "escalatedAt", expires_at as "expiresAt"`

/** Takes proposals whose time is over and that nothing has begun of. */
export function takeExpired(tx: TenantTx, now: string, limit: number): Promise<DueProposal[]> {
  return tx.rows<DueProposal>(sql`
    select ${columns} from proposal
    where status in ('requires_review', 'approved') and expires_at <= ${now}::timestamptz
    order by proposal_id limit ${limit} for update skip locked`)
}

/** Takes proposals that nobody has decided for long, where nobody has been told. */
export function takeUndecided(tx: TenantTx, now: string, limit: number): Promise<DueProposal[]> {
  return tx.rows<DueProposal>(sql`
    select ${columns} from proposal
    where status = 'requires_review' and escalated_at is null and escalate_at <= ${now}::timestamptz
      and expires_at > ${now}::timestamptz
    order by proposal_id limit ${limit} for update skip locked`)
}

/** Approved proposals that nobody has begun for so long that their job must be lost. */
export async function overdueApproved(
  tx: TenantTx,
  {
    now,
    seconds,
    limit,
  }: { readonly now: string; readonly seconds: number; readonly limit: number },
): Promise<string[]> {
  const rows = await tx.rows<{ proposalId: string }>(sql`
    select proposal_id as "proposalId" from proposal
    where status = 'approved' and expires_at > ${now}::timestamptz
      and decided_at < ${now}::timestamptz - make_interval(secs => ${seconds}::float8)
    order by proposal_id limit ${limit}`)
  return rows.map(({ proposalId }) => proposalId)
}

/** A proposal that was begun and waits for its calls, with how each of them stands. */
export type AwaitingProposal = {
  readonly proposalId: string
  readonly orderId: string | null
  readonly title: string
  readonly escalatedAt: string | null
  readonly result: string | null
  readonly approvedByName: string
  /** How many calls it waits for. */
  readonly awaited: number
  readonly statuses: readonly string[]
}

/** Takes proposals whose calls have all ended; a call that is not kept any more has no status. */
export async function takeAwaiting(tx: TenantTx, limit: number): Promise<AwaitingProposal[]> {
  const rows = await tx.rows<
    Omit<AwaitingProposal, 'statuses' | 'awaited'> & { transactionIds: readonly string[] }
  >(sql`
    select proposal_id as "proposalId", order_id as "orderId", title, escalated_at as "escalatedAt", result,
      approved_by_name as "approvedByName", transaction_ids as "transactionIds"
    from proposal where status = 'executing' and not exists (
      select from transaction as call
      where call.transaction_id = any(array(select jsonb_array_elements_text(proposal.transaction_ids)))
        and call.status not in ('succeeded', 'failed', 'dropped'))
    order by proposal_id limit ${limit} for update skip locked`)
  if (rows.length === 0) return []
  const calls = await tx.rows<{ id: string; status: string }>(sql`
    select transaction_id as id, status from transaction
    where transaction_id = any(${asTextList(rows.flatMap(({ transactionIds }) => transactionIds))})`)
  const statusOf = new Map(calls.map(({ id, status }) => [id, status]))
  return rows.map(({ transactionIds, ...row }) => ({
    ...row,
    awaited: transactionIds.length,
    statuses: transactionIds.flatMap((id) => statusOf.get(id) ?? []),
  }))
}
