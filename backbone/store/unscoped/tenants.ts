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

/** Makes a tenant; nothing happens when it is there already. */
export async function addTenant(database: Database, tenantId: string): Promise<void> {
  await database.beforeTenant((tx) =>
    tx.run(sql`
      insert into tenant (tenant_id, name) values (${tenantId}, ${tenantId})
      on conflict (tenant_id) do nothing`),
  )
}
