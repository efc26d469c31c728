import { sql } from 'drizzle-orm'
import { asJson, type TenantTx } from '../database.ts'

/** Who a seeded tenant is. */
export type TenantProfile = {
  readonly name: string
  readonly timeZone: string
  readonly currency: string
  readonly settings: Readonly<Record<string, unknown>>
}

/**
 * Takes the tenant's row for this transaction, making it where there is none, and says whether the
 * tenant was seeded before. Two processes that seed at once wait here for each other.
 */
export async function claimTenantForSeed(tx: TenantTx, profile: TenantProfile): Promise<boolean> {
  await tx.run(sql`
    insert into tenant (tenant_id, name) values (${tx.tenantId}, ${profile.name})
    on conflict (tenant_id) do nothing`)
  const [row] = await tx.rows<{ isSeeded: boolean }>(sql`
    select settings ? 'seed' as "isSeeded" from tenant where tenant_id = ${tx.tenantId} for update`)
  return row?.isSeeded ?? false
}

/** Gives the tenant its name, place and settings, and marks it as seeded. */
export async function markTenantSeeded(
  tx: TenantTx,
  seed: string,
  profile: TenantProfile,
): Promise<void> {
  await tx.run(sql`
    update tenant set name = ${profile.name}, time_zone = ${profile.timeZone},
      currency = ${profile.currency},
      settings = settings || ${asJson({ ...profile.settings, seed })}
    where tenant_id = ${tx.tenantId}`)
}
