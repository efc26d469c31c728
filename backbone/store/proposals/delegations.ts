import { type SQL, sql } from 'drizzle-orm'
import type { ApprovalDelegation } from '../../canonical/proposal.ts'
import type { TenantTx } from '../database.ts'

const columns = sql`delegation_id as "delegationId", from_user_id as "fromUserId", from_name as "fromName",
  to_user_id as "toUserId", to_name as "toName", valid_from as "validFrom", valid_until as "validUntil", reason,
  created_at as "createdAt", ended_at as "endedAt"`

/** A person as deputies are named: active, with the role they have now. */
export async function findPerson(
  tx: TenantTx,
  userId: string,
): Promise<{ readonly userId: string; readonly name: string; readonly role: string } | undefined> {
  const [row] = await tx.rows<{ userId: string; name: string; role: string }>(sql`
    select user_id as "userId", name, role from app_user where user_id = ${userId} and is_active`)
  return row
}

/** Those in whose place a person decides now, with the roles they have now. */
export function standsInFor(
  tx: TenantTx,
  userId: string,
): Promise<{ readonly userId: string; readonly name: string; readonly role: string }[]> {
  return tx.rows(sql`
    select delegator.user_id as "userId", delegator.name, delegator.role
    from approval_delegation
    join app_user as delegator on delegator.user_id = from_user_id and delegator.is_active
    where to_user_id = ${userId} and ended_at is null and valid_from <= now() and valid_until > now()
    order by delegation_id`)
}

/** Who stands in for whom: those of one person, or of everybody; what is over too, the newest first. */
export function listDelegations(
  tx: TenantTx,
  userId: string | undefined,
): Promise<ApprovalDelegation[]> {
  const wanted: SQL =
    userId === undefined ? sql`true` : sql`(from_user_id = ${userId} or to_user_id = ${userId})`
  return tx.rows<ApprovalDelegation>(
    sql`select ${columns} from approval_delegation where ${wanted} order by delegation_id desc limit 200`,
  )
}

/** Records who decides in whose place. */
export async function insertDelegation(
  tx: TenantTx,
  row: Omit<ApprovalDelegation, 'endedAt' | 'createdAt'> & { readonly fromRole: string },
): Promise<ApprovalDelegation | undefined> {
  const [made] = await tx.rows<ApprovalDelegation>(sql`
    insert into approval_delegation (tenant_id, delegation_id, from_user_id, from_name, from_role, to_user_id, to_name,
      valid_from, valid_until, reason, created_at)
    values (${tx.tenantId}, ${row.delegationId}, ${row.fromUserId}, ${row.fromName}, ${row.fromRole}, ${row.toUserId},
      ${row.toName}, ${row.validFrom}::timestamptz, ${row.validUntil}::timestamptz, ${row.reason}, now())
    returning ${columns}`)
  return made
}

/** Ends a person's delegation before its time; undefined when there is none, or it was ended. */
export async function endDelegation(
  tx: TenantTx,
  { delegationId, fromUserId }: { readonly delegationId: string; readonly fromUserId: string },
): Promise<ApprovalDelegation | undefined> {
  const [ended] = await tx.rows<ApprovalDelegation>(sql`
    update approval_delegation set ended_at = now() where delegation_id = ${delegationId} and from_user_id = ${fromUserId} and ended_at is null
    returning ${columns}`)
  return ended
}
