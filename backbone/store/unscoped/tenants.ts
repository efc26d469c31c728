import { sql } from 'drizzle-orm'
import type { Database } from '../database.ts'

/** The ids of all tenants of the installation, for sweeps, seals and checks that go round them. */
export async function listTenantIds(database: Database): Promise<string[]> {
  const rows = await database.beforeTenant((tx) =>
    tx.rows<{ tenantId: string }>(
      sql`select tenant_id as "tenantId" from tenant order by tenant_id`,
    ),
  )
  return rows.map((row) => row.tenantId)
}
