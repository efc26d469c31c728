import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** An open invoice of a customer, with the terms where it is due in instalments. */
export type OwedInvoice = {
  readonly invoiceId: string
  readonly invoiceNumber: string
  readonly orderId: string
  readonly invoicedOn: string
  readonly dueOn: string
  readonly totalMinor: number
  readonly openMinor: number
  readonly terms: unknown
}

/** The open invoices of a customer in a currency. */
export async function owedInvoices(
  tx: TenantTx,
  { customerNumber, currency }: { readonly customerNumber: string; readonly currency: string },
): Promise<OwedInvoice[]> {
  return tx.rows<OwedInvoice>(sql`
    select invoice_id as "invoiceId", invoice_number as "invoiceNumber", invoice.order_id as "orderId",
      invoiced_on as "invoicedOn", due_on as "dueOn", invoice.total_minor as "totalMinor", open_minor as "openMinor",
      case when jsonb_exists(orders.terms, 'instalments') then orders.terms end as terms
    from invoice join orders on orders.order_id = invoice.order_id
    where invoice.customer_number = ${customerNumber} and invoice.currency = ${currency}
      and invoice.status in ('open', 'partly-paid') and open_minor > 0
    order by due_on, invoice_number`)
}

/** What people call a customer; its number where the file has no name. */
export async function customerLabel(tx: TenantTx, customerNumber: string): Promise<string> {
  const [row] = await tx.rows<{ name: string }>(
    sql`select name from customer where customer_number = ${customerNumber}`,
  )
  // A title of 200 letters holds it with everything around it.
  return (row?.name ?? customerNumber).slice(0, 100)
}

/** The credit notes of a customer that were put to invoices lately other than with a payment, the newest first. */
export async function creditNotesUsedLately(
  tx: TenantTx,
  customerNumber: string,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select credit_note_id as id, max(applied_at) as last_at
    from credit_application join credit_note using (tenant_id, credit_note_id)
    where customer_number = ${customerNumber} and undone_at is null and payment_id is null
      and applied_at > now() - make_interval(days => ${days}::int)
    group by credit_note_id order by last_at desc limit ${limit}`)
  return rows.map((row) => row.id)
}
