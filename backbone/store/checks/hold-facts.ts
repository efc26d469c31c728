import { sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

/** The segments of customers, by which cancel windows may differ. */
export async function segmentsOf(
  tx: TenantTx,
  customerNumbers: readonly string[],
): Promise<Map<string, string>> {
  if (customerNumbers.length === 0) return new Map()
  const rows = await tx.rows<{ customerNumber: string; segment: string }>(sql`
    select customer_number as "customerNumber", segment from customer
    where customer_number = any(${asTextList([...new Set(customerNumbers)])})`)
  return new Map(rows.map(({ customerNumber, segment }) => [customerNumber, segment]))
}

/** Who brought an order in, as its timeline names them. */
export async function enteredBy(tx: TenantTx, orderId: string): Promise<string | undefined> {
  const [row] = await tx.rows<{ actor: string }>(sql`
    select actor from event where order_id = ${orderId} and kind = 'order.received'
    order by order_event_no limit 1`)
  return row?.actor
}
