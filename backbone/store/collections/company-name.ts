import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** The name the tenant trades under. */
export async function companyName(tx: TenantTx): Promise<string> {
  const [row] = await tx.rows<{ name: string }>(sql`select name from tenant`)
  return row?.name ?? ''
}
