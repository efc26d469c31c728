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

/** What there is to do about a customer's credits, by id: currencies of open ones, open deductions, credits used lately. */
export type CreditWork = {
  readonly currencies: readonly string[]
  readonly deductionIds: readonly string[]
  readonly usedNoteIds: readonly string[]
}

type WorkRow = { readonly what: 'currency' | 'deduction' | 'used'; readonly id: string }

/** Looks in one statement whether a customer has open credits, open deductions, or credits that people used lately. */
export async function creditWork(
  tx: TenantTx,
  customerNumber: string,
  most: { readonly deductions: number; readonly used: number; readonly usedDays: number },
): Promise<CreditWork> {
  const rows = await tx.rows<WorkRow>(sql`
    select 'currency' as what, currency as id from (
      select distinct currency from credit_note
      where customer_number = ${customerNumber} and status = 'open' and open_minor > 0) as open_in
    union all
    select 'deduction', deduction_id from (
      select deduction_id from deduction where customer_number = ${customerNumber} and status = 'open'
      order by opened_at, deduction_id limit ${most.deductions}) as waiting
    union all
    select 'used', credit_note_id from (
      select credit_note_id, max(applied_at) as last_at
      from credit_application join credit_note using (tenant_id, credit_note_id)
      where customer_number = ${customerNumber} and undone_at is null and payment_id is null
        and applied_at > now() - make_interval(days => ${most.usedDays}::int)
      group by credit_note_id order by last_at desc limit ${most.used}) as lately`)
  const idsOf = (what: WorkRow['what']) =>
    rows.filter((row) => row.what === what).map(({ id }) => id)
  return {
    currencies: idsOf('currency'),
    deductionIds: idsOf('deduction'),
    usedNoteIds: idsOf('used'),
  }
}
