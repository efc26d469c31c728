import { sql } from 'drizzle-orm'
import type { PolicyVersion } from '../../canonical/views/policy-view.ts'
import { asJson, type TenantTx } from '../database.ts'

const columns = sql`policy, scope, version, valid_from as "validFrom", valid_to as "validTo", settings,
  changed_by as "changedBy", reason, changed_at as "changedAt"`

/** Every change of a policy's settings, the newest first. */
export function policyVersions(tx: TenantTx, policy?: string): Promise<PolicyVersion[]> {
  return tx.rows<PolicyVersion>(sql`
    select ${columns} from policy_setting
    ${policy === undefined ? sql`` : sql`where policy = ${policy}`}
    order by policy, changed_at desc, scope, version desc`)
}

/** Adds a version of a policy's settings for a scope; two at once get two numbers, one after the other. */
export async function addPolicyVersion(
  tx: TenantTx,
  change: Omit<PolicyVersion, 'version' | 'changedAt'>,
): Promise<PolicyVersion | undefined> {
  const { policy, scope, validFrom, validTo, settings, changedBy, reason } = change
  const key = `policy:${tx.tenantId}:${policy}:${scope}`
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`)
  const [added] = await tx.rows<PolicyVersion>(sql`
    insert into policy_setting (tenant_id, policy, scope, version, valid_from, valid_to, settings, changed_by, reason)
    select ${tx.tenantId}, ${policy}, ${scope}, coalesce(max(version), 0) + 1, ${validFrom}::date, ${validTo}::date,
      ${asJson(settings)}, ${changedBy}, ${reason}
    from policy_setting where policy = ${policy} and scope = ${scope}
    returning ${columns}`)
  return added
}

/** What of a scope does not exist: its partner or its customer. */
export async function isScopeKnown(tx: TenantTx, scope: string): Promise<boolean> {
  if (scope === 'tenant') return true
  const [kind = '', id = ''] = [
    scope.slice(0, scope.indexOf(':')),
    scope.slice(scope.indexOf(':') + 1),
  ]
  const found =
    kind === 'partner'
      ? await tx.rows(sql`select from partner where partner_id = ${id}`)
      : await tx.rows(sql`select from customer where customer_number = ${id}`)
  return found.length > 0
}
