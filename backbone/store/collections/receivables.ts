import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** A period from its first day to its last, for everybody or for one customer. */
type Period = {
  readonly since: string
  readonly until: string
  readonly customerNumber?: string | undefined
}

/** What was owed and sold in one currency over a period. */
export type ReceivablesRow = {
  readonly currency: string
  readonly beginMinor: number
  readonly salesMinor: number
  readonly endMinor: number
  readonly endCurrentMinor: number
}

/**
 * Receivables at the beginning and end of a period, from invoices and the payments put to them by the day they
 * were booked; what is due on the last day or later is current.
 */
export async function receivables(
  tx: TenantTx,
  { since, until, customerNumber }: Period,
): Promise<ReceivablesRow[]> {
  const own =
    customerNumber === undefined ? sql`` : sql`and invoice.customer_number = ${customerNumber}`
  const ownPaid =
    customerNumber === undefined
      ? sql``
      : sql`and invoice_id in (select invoice_id from invoice where customer_number = ${customerNumber})`
  return tx.rows(sql`
    with paid as materialized (
      select invoice_id,
        coalesce(sum(settled_minor) filter (where booked_on < ${since}::text::date), 0) as before_minor,
        sum(settled_minor) as until_minor
      from (
        select invoice_id, booked_on, applied_minor + discount_minor + write_off_minor + fee_minor as settled_minor
        from payment_application join payment on payment.payment_id = payment_application.payment_id
      ) as settlement where booked_on <= ${until}::text::date ${ownPaid} group by invoice_id
    ), stood as (
      select currency, total_minor, invoiced_on, due_on,
        total_minor - coalesce(before_minor, 0) as begin_minor, total_minor - coalesce(until_minor, 0) as end_minor
      from invoice left join paid on paid.invoice_id = invoice.invoice_id
      where invoiced_on <= ${until}::text::date ${own}
    )
    select currency,
      coalesce(sum(begin_minor) filter (where invoiced_on < ${since}::text::date), 0)::bigint as "beginMinor",
      coalesce(sum(total_minor) filter (where invoiced_on >= ${since}::text::date), 0)::bigint as "salesMinor",
      coalesce(sum(end_minor), 0)::bigint as "endMinor",
      coalesce(sum(end_minor) filter (where due_on >= ${until}::text::date), 0)::bigint as "endCurrentMinor"
    from stood group by currency order by currency`)
}

/** How many promises were decided in a period, and how many of them were kept. */
export async function promisesDecided(
  tx: TenantTx,
  { since, until, customerNumber }: Period,
): Promise<{ readonly decided: number; readonly kept: number }> {
  const own = customerNumber === undefined ? sql`` : sql`and customer_number = ${customerNumber}`
  const [row] = await tx.rows<{ decided: number; kept: number }>(sql`
    select count(*)::int as decided, count(*) filter (where status = 'kept')::int as kept from payment_promise
    where status in ('kept', 'broken') and decided_on between ${since}::text::date and ${until}::text::date ${own}`)
  return row ?? { decided: 0, kept: 0 }
}
