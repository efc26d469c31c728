import { sql } from 'drizzle-orm'
import { newId } from '../../canonical/ids.ts'
import type { Customer } from '../../canonical/master-data.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** A customer to whom something gave room, and what it was. */
export type CreditRelief = { readonly customerNumber: string; readonly cause: string }

/**
 * Asks, as part of the transaction that gave a customer room, that orders of its family on credit hold are
 * looked at again. Rows are only ever added, so nobody waits for anybody.
 */
export async function askCreditReviews(
  tx: TenantTx,
  reliefs: readonly CreditRelief[],
): Promise<void> {
  if (reliefs.length === 0) return
  const causes = new Map(reliefs.map(({ customerNumber, cause }) => [customerNumber, cause]))
  const rows = [...causes].map(([customerNumber, cause]) => ({
    reviewId: newId('crv'),
    customerNumber,
    cause,
  }))
  await tx.run(sql`
    insert into credit_review (tenant_id, review_id, customer_number, cause)
    select ${tx.tenantId}, "reviewId", "customerNumber", cause
    from jsonb_to_recordset(${asJson(rows)}) as row("reviewId" text, "customerNumber" text, cause text)`)
}

/** Asks for a look at customers of whom something credit rests on is about to be written otherwise. */
export async function askReviewsOfChangedFiles(
  tx: TenantTx,
  documents: readonly Customer[],
): Promise<void> {
  const rows = documents.map(({ customerNumber, creditLimitMinor, credit, parentNumber }) => ({
    reviewId: newId('crv'),
    customerNumber,
    creditLimitMinor,
    credit,
    parentNumber,
  }))
  await tx.run(sql`
    insert into credit_review (tenant_id, review_id, customer_number, cause)
    select ${tx.tenantId}, "reviewId", customer.customer_number, 'limit'
    from jsonb_to_recordset(${asJson(rows)}) as row("reviewId" text, "customerNumber" text,
      "creditLimitMinor" bigint, credit jsonb, "parentNumber" text)
    join customer on customer.customer_number = row."customerNumber"
    where (customer.credit_limit_minor, customer.credit, customer.parent_number)
      is distinct from (row."creditLimitMinor", row.credit, row."parentNumber")`)
}

/** Asks for a look at every customer of whom the credit check holds an order. */
export async function askReviewsOfHeld(tx: TenantTx, cause: string): Promise<void> {
  const rows = await tx.rows<{ customerNumber: string }>(sql`
    select distinct orders.customer_number as "customerNumber" from orders
    where orders.stage = 'held' and orders.customer_number is not null and orders.order_id = any(array(
      select order_id from hold
      where type = 'CREDIT' and released_at is null and evidence ->> 'causeKey' = 'credit'))`)
  await askCreditReviews(
    tx,
    rows.map(({ customerNumber }) => ({ customerNumber, cause })),
  )
}

/** Takes up to so many reviews that were asked for; gives their customers. */
export async function takeCreditReviews(tx: TenantTx, limit: number): Promise<string[]> {
  const rows = await tx.rows<{ customerNumber: string }>(sql`
    with taken as (
      delete from credit_review where review_id = any(array(
        select review_id from credit_review order by review_id limit ${limit}::int for update skip locked))
      returning customer_number
    )
    select distinct customer_number as "customerNumber" from taken order by customer_number`)
  return rows.map(({ customerNumber }) => customerNumber)
}

// More generations than any family of customers has; a circle ends here too.
const mostGenerations = 8
// So many orders of a family have their turn before the next family has its.
const ordersATurn = 20

/** Orders that the credit check holds of whole families, the oldest promise first; the families take turns. */
export async function ordersAwaitingCredit(
  tx: TenantTx,
  customerNumbers: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ orderId: string }>(sql`
    with recursive up as (
      select customer_number as asked, customer_number, parent_number, 0 as depth from customer
      where customer_number = any(${asTextList(customerNumbers)})
      union all
      select up.asked, parent.customer_number, parent.parent_number, up.depth + 1
      from up join customer parent on parent.customer_number = up.parent_number
      where up.depth < ${mostGenerations}::int
    ), family as (
      select head, head as customer_number
      from (select distinct on (asked) customer_number as head from up order by asked, depth desc) as heads
      union
      select family.head, customer.customer_number from family
      join customer on customer.parent_number = family.customer_number
    ), waiting as materialized (
      select distinct order_id from hold
      where type = 'CREDIT' and released_at is null and evidence ->> 'causeKey' = 'credit'
    ), turn as (
      select orders.order_id, family.head, row_number() over (partition by family.head
        order by coalesce(line.promised_on, orders.requested_on, orders.received_at::date),
          orders.received_at, orders.order_id) - 1 as place
      from waiting
      join orders on orders.order_id = waiting.order_id and orders.stage = 'held'
      join (select customer_number, min(head) as head from family group by customer_number) as family
        on family.customer_number = orders.customer_number
      left join lateral (
        select min(promised_on) as promised_on from order_line where order_line.order_id = orders.order_id) line on true
      where orders.customer_number = any(array(select customer_number from family))
    )
    select order_id as "orderId" from turn order by place / ${ordersATurn}::int, head, place`)
  return rows.map(({ orderId }) => orderId)
}
