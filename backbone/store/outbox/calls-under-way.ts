import { sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

/** The calls of an order, of these operations, that have yet to end. */
export async function callsUnderWay(
  tx: TenantTx,
  orderId: string,
  operations: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ transaction_id: string }>(sql`
    select transaction_id from transaction
    where tenant_id = ${tx.tenantId} and order_id = ${orderId} and operation = any(${asTextList(operations)})
      and status in ('waiting', 'sending', 'in-doubt')
    order by key_seq`)
  return rows.map((row) => row.transaction_id)
}
