import { sql } from 'drizzle-orm'
import { asJson, type TenantTx } from '../database.ts'

/** An order whose purchase order number may have been seen before. */
export type DuplicateQuestion = {
  readonly orderId: string
  readonly orderNumber: string
  readonly poNormalised: string
  readonly customerNumber: string
  readonly receivedAt: string
}

/** An earlier order of the same customer with the same purchase order number. */
export type EarlierOrderFact = {
  readonly orderId: string
  readonly orderNumber: string
  readonly purchaseOrderNumber: string
  readonly lineHash: string
  readonly receivedAt: string
}

/** The earlier orders of the same customer with the same normalised purchase order number, whatever their channel. */
export function earlierOrders(
  tx: TenantTx,
  questions: readonly DuplicateQuestion[],
): Promise<EarlierOrderFact[]> {
  if (questions.length === 0) return Promise.resolve([])
  return tx.rows<EarlierOrderFact>(sql`
    select question."orderId", orders.order_number as "orderNumber",
      orders.purchase_order_number as "purchaseOrderNumber", orders.line_hash as "lineHash",
      orders.received_at as "receivedAt"
    from jsonb_to_recordset(${asJson(questions)}) as question(
      "orderId" text, "orderNumber" text, "poNormalised" text, "customerNumber" text, "receivedAt" timestamptz)
    join orders on orders.po_normalised = question."poNormalised"
      and orders.customer_number = question."customerNumber"
      and orders.order_id <> question."orderId"
      -- Our own numbers are drawn one transaction after the other, so they say which came first, also where two
      -- transactions began at once; numbers of other series (taken over from elsewhere) go by their moment.
      and case when orders.order_number ~ '^SO-[0-9]+$' and question."orderNumber" ~ '^SO-[0-9]+$'
        then (length(orders.order_number), orders.order_number)
          < (length(question."orderNumber"), question."orderNumber")
        else orders.received_at < question."receivedAt" end
      and orders.stage <> 'rejected'`)
}
