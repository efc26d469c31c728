import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** Ids of the latest orders that somebody meant, the newest first; of a customer or partner where one is named. */
export async function latestOrders(
  tx: TenantTx,
  limit: number,
  scope: string,
): Promise<{ readonly orderId: string }[]> {
  const [kind = ''] = scope.split(':', 1)
  const id = scope.slice(kind.length + 1)
  const ofScope =
    kind === 'customer'
      ? sql`and customer_number = ${id}`
      : kind === 'partner'
        ? sql`and partner_id = ${id}`
        : sql``
  return tx.rows<{ orderId: string }>(sql`
    select order_id as "orderId" from orders
    where stage not in ('cancelled', 'rejected') and not is_test ${ofScope}
    order by received_at desc, order_id desc
    limit ${limit}`)
}
