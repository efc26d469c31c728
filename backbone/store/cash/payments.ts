import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** A payment as it is first recorded. */
export type NewPayment = {
  readonly paymentId: string
  readonly paymentNumber: string
  readonly connectionId: string
  readonly documentId: string
  readonly currency: string
  readonly amountMinor: number
  readonly bookedOn: string
  readonly isReversal: boolean
}

/** A payment as it stands. */
export type PaymentRow = {
  readonly paymentId: string
  readonly paymentNumber: string
  readonly connectionId: string
  readonly documentId: string
  readonly unappliedMinor: number
  /** The invoices this money has been put to before. */
  readonly paidInvoiceIds: readonly string[]
}

/** Records payments not known yet and returns all of them; a payment number is unique per bank connection. */
export async function recordPayments(
  tx: TenantTx,
  payments: readonly NewPayment[],
): Promise<PaymentRow[]> {
  if (payments.length === 0) return []
  await tx.run(sql`
    insert into payment (tenant_id, payment_id, payment_number, connection_id, document_id, currency,
      amount_minor, unapplied_minor, booked_on, is_reversal)
    select ${tx.tenantId}, "paymentId", "paymentNumber", "connectionId", "documentId", currency,
      "amountMinor", "amountMinor", "bookedOn", "isReversal"
    from jsonb_to_recordset(${asJson(payments)}) as row(
      "paymentId" text, "paymentNumber" text, "connectionId" text, "documentId" text, currency text,
      "amountMinor" bigint, "bookedOn" date, "isReversal" boolean)
    on conflict (tenant_id, connection_id, payment_number) do nothing`)
  const rows = await tx.rows<Omit<PaymentRow, 'paidInvoiceIds'>>(sql`
    select payment.payment_id as "paymentId", payment.payment_number as "paymentNumber",
      payment.connection_id as "connectionId", payment.document_id as "documentId", payment.unapplied_minor as "unappliedMinor"
    from payment
    join jsonb_to_recordset(${asJson(payments)}) as wanted("paymentNumber" text, "connectionId" text)
      on payment.payment_number = wanted."paymentNumber" and payment.connection_id = wanted."connectionId"
    order by payment.payment_id for update of payment`)
  const paid = await paidInvoices(
    tx,
    rows.map((row) => row.paymentId),
  )
  return rows.map((row) => ({ ...row, paidInvoiceIds: paid.get(row.paymentId) ?? [] }))
}

async function paidInvoices(
  tx: TenantTx,
  paymentIds: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await tx.rows<{ payment_id: string; invoice_ids: string[] }>(sql`
    select payment_id, json_agg(invoice_id) as invoice_ids from payment_application
    where payment_id = any(${asTextList(paymentIds)}) group by payment_id`)
  return new Map(rows.map((row) => [row.payment_id, row.invoice_ids]))
}

/** Money put to an invoice. */
export type NewApplication = {
  readonly paymentId: string
  readonly invoiceId: string
  readonly appliedMinor: number
  readonly discountMinor: number
  readonly reason: string
}

/** Records applications and takes them off the payments' unapplied money; the invoices are the orders' business. */
export async function recordApplications(
  tx: TenantTx,
  applications: readonly NewApplication[],
): Promise<void> {
  if (applications.length === 0) return
  await tx.run(sql`
    with application as (
      insert into payment_application (tenant_id, payment_id, invoice_id, applied_minor, discount_minor, reason)
      select ${tx.tenantId}, "paymentId", "invoiceId", "appliedMinor", "discountMinor", reason
      from jsonb_to_recordset(${asJson(applications)}) as row(
        "paymentId" text, "invoiceId" text, "appliedMinor" bigint, "discountMinor" bigint, reason text)
      on conflict (tenant_id, payment_id, invoice_id) do nothing
      returning payment_id, invoice_id, applied_minor
    ), applied as (
      select payment_id, sum(applied_minor)::bigint as minor, min(invoice_id) as invoice_id
      from application group by payment_id
    )
    update payment set unapplied_minor = payment.unapplied_minor - applied.minor,
      customer_number = coalesce(payment.customer_number,
        (select customer_number from invoice where invoice.invoice_id = applied.invoice_id))
    from applied where payment.payment_id = applied.payment_id`)
}

/** Which of some invoice numbers exist. */
export async function knownInvoiceNumbers(
  tx: TenantTx,
  numbers: readonly string[],
): Promise<Set<string>> {
  if (numbers.length === 0) return new Set()
  const rows = await tx.rows<{ invoice_number: string }>(
    sql`select invoice_number from invoice where invoice_number = any(${asTextList(numbers)})`,
  )
  return new Set(rows.map((row) => row.invoice_number))
}
