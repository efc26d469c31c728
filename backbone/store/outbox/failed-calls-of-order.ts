import { sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

/** The given-up calls of orders, oldest first, so many of each at the most. */
export async function failedCallsOfOrders(
  tx: TenantTx,
  orderIds: readonly string[],
  limit: number,
): Promise<{ readonly orderId: string; readonly transactionId: string }[]> {
  return tx.rows(sql`
    select wanted.order_id as "orderId", failed.transaction_id as "transactionId"
    from unnest(${asTextList(orderIds)}) as wanted(order_id) cross join lateral (
      select transaction_id, key_seq from transaction
      where tenant_id = ${tx.tenantId} and order_id = wanted.order_id and status = 'failed'
      order by key_seq limit ${limit}::int) as failed
    order by failed.key_seq`)
}
