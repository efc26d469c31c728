import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** The given-up calls of an order, oldest first, so many at the most. */
export async function failedCallsOfOrder(
  tx: TenantTx,
  orderId: string,
  limit: number,
): Promise<string[]> {
  const rows = await tx.rows<{ transaction_id: string }>(sql`
    select transaction_id from transaction
    where tenant_id = ${tx.tenantId} and order_id = ${orderId} and status = 'failed'
    order by key_seq limit ${limit}`)
  return rows.map((row) => row.transaction_id)
}
