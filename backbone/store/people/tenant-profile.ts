import { sql } from 'drizzle-orm'
import { OurBug } from '../../errors.ts'
import type { TenantTx } from '../database.ts'

/** A tenant as its people see it. */
export type TenantView = {
  readonly tenantId: string
  readonly name: string
  readonly timeZone: string
  readonly currency: string
}

/** The tenant itself. */
export async function readTenantProfile(tx: TenantTx): Promise<TenantView> {
  const [tenant] = await tx.rows<TenantView>(sql`
    select tenant_id as "tenantId", name, time_zone as "timeZone", currency from tenant`)
  if (tenant === undefined) throw new OurBug('A session belongs to a tenant that is not there.')
  return tenant
}
