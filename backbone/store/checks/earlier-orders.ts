import { sql } from 'drizzle-orm'
import type { Party } from '../../canonical/party.ts'
import { asJson, type TenantTx } from '../database.ts'

/** An order that may have been seen before. */
export type DuplicateQuestion = {
  readonly orderId: string
  readonly orderNumber: string
  readonly customerNumber: string
  readonly receivedAt: string
  /** Normalised purchase order numbers it may have come under. */
  readonly numbers: readonly string[]
  /** Totals, in minor units, of orders that may be the same under another number; absent when it has none. */
  readonly near?: { readonly since: string; readonly fromMinor: number; readonly toMinor: number }
}

/** An earlier order of the same customer with a number or a total like it. */
export type EarlierOrderFact = {
  readonly orderId: string
  readonly orderNumber: string
  readonly purchaseOrderNumber: string
  readonly releaseNumber: string | null
  readonly lineHash: string
  readonly receivedAt: string
  readonly totalMinor: number
  readonly parties: readonly Party[]
  readonly lines: readonly {
    readonly sku: string | null
    readonly orderedEach: number
    readonly sentUnitPrice: string | null
    readonly priceBasis: string
    readonly uomFactor: number
    readonly requestedOn: string | null
  }[]
}

// How many of a customer's latest orders are looked at for one like it: who sends twice, sends soon.
const latestOrders = 50

/**
 * Earlier orders of the same customers, whatever their channel: those whose normalised number is asked for, and of
 * the customer's latest those with a total in the range asked for.
 */
export function earlierOrders(
  tx: TenantTx,
  questions: readonly DuplicateQuestion[],
): Promise<EarlierOrderFact[]> {
  if (questions.length === 0) return Promise.resolve([])
  const numbers = questions.flatMap(
    ({ orderId, orderNumber, customerNumber, receivedAt, ...asked }) =>
      asked.numbers.map((number) => ({ orderId, orderNumber, customerNumber, receivedAt, number })),
  )
  const totals = questions.flatMap(({ near, numbers: _, ...asked }) =>
    near === undefined ? [] : [{ ...asked, ...near }],
  )
  return tx.rows<EarlierOrderFact>(sql`
    with found as materialized (
      select question."orderId", question."orderNumber", question."receivedAt", orders.order_id
      from jsonb_to_recordset(${asJson(numbers)}) as question(
        "orderId" text, "orderNumber" text, "customerNumber" text, "receivedAt" timestamptz, number text)
      join orders on orders.po_normalised = question.number
        and orders.customer_number = question."customerNumber"
      union
      select question."orderId", question."orderNumber", question."receivedAt", latest.order_id
      from jsonb_to_recordset(${asJson(totals)}) as question(
        "orderId" text, "orderNumber" text, "customerNumber" text, "receivedAt" timestamptz,
        since timestamptz, "fromMinor" bigint, "toMinor" bigint)
      join lateral (
        select orders.order_id, orders.total_minor from orders
        where orders.customer_number = question."customerNumber" and orders.received_at >= question.since
        order by orders.received_at desc limit ${latestOrders}
      ) latest on latest.total_minor between question."fromMinor" and question."toMinor"
    )
    select found."orderId", orders.order_number as "orderNumber",
      orders.purchase_order_number as "purchaseOrderNumber", orders.release_number as "releaseNumber",
      orders.line_hash as "lineHash", orders.received_at as "receivedAt",
      orders.total_minor + (
        -- As the buyer adds it up, who knows nothing of our discount on the whole order.
        select coalesce(sum(round(discount_minor::numeric * (ordered_each - cancelled_each) / nullif(discount_of_each, 0))), 0)
          - least(orders.allowance_minor, coalesce(sum(discount_minor), 0))
        from order_line where order_line.order_id = orders.order_id)::bigint as "totalMinor", orders.parties,
      (select jsonb_agg(jsonb_build_object('sku', sku, 'orderedEach', ordered_each,
          'sentUnitPrice', sent_unit_price::text, 'priceBasis', price_basis::text,
          'uomFactor', uom_factor, 'requestedOn', requested_on))
        from order_line where order_line.order_id = orders.order_id) as lines
    from found
    join orders on orders.order_id = found.order_id
    where orders.order_id <> found."orderId"
      -- Our own numbers are drawn one transaction after the other, so they say which came first, also where two
      -- transactions began at once; numbers of other series (taken over from elsewhere) go by their moment.
      and case when orders.order_number ~ '^SO-[0-9]+$' and found."orderNumber" ~ '^SO-[0-9]+$'
        then (length(orders.order_number), orders.order_number)
          < (length(found."orderNumber"), found."orderNumber")
        else orders.received_at < found."receivedAt" end
      and orders.stage <> 'rejected'`)
}
