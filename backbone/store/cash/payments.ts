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
  /** Money taken back has nothing to be matched. */
  readonly unappliedMinor: number
  readonly bookedOn: string
  readonly isReversal: boolean
  readonly payerKey: string | null
  readonly referenceKey: string | null
  readonly remittanceLines: number
}

/** A payment as it stands. */
export type PaymentRow = {
  readonly paymentId: string
  readonly paymentNumber: string
  readonly connectionId: string
  readonly documentId: string
  readonly currency: string
  readonly amountMinor: number
  readonly unappliedMinor: number
  readonly bookedOn: string
  readonly customerNumber: string | null
  readonly payerKey: string | null
  readonly referenceKey: string | null
  readonly isReversal: boolean
  readonly reversedBy: string | null
  /** Postings sent to the ERP so far. */
  readonly postings: number
  /** The invoices this money has been put to before. */
  readonly paidInvoiceIds: readonly string[]
}

const columns = sql`
  payment.payment_id as "paymentId", payment.payment_number as "paymentNumber",
  payment.connection_id as "connectionId", payment.document_id as "documentId", payment.currency,
  payment.amount_minor as "amountMinor", payment.unapplied_minor as "unappliedMinor",
  payment.booked_on as "bookedOn", payment.customer_number as "customerNumber", payment.payer_key as "payerKey",
  payment.reference_key as "referenceKey", payment.is_reversal as "isReversal",
  payment.reversed_by as "reversedBy", payment.postings`

/** Records payments not known yet and locks and returns all of them; a payment number is unique per bank connection. */
export async function recordPayments(
  tx: TenantTx,
  payments: readonly NewPayment[],
): Promise<PaymentRow[]> {
  if (payments.length === 0) return []
  await tx.run(sql`
    insert into payment (tenant_id, payment_id, payment_number, connection_id, document_id, currency,
      amount_minor, unapplied_minor, booked_on, is_reversal, payer_key, reference_key, remittance_lines)
    select ${tx.tenantId}, "paymentId", "paymentNumber", "connectionId", "documentId", currency,
      "amountMinor", "unappliedMinor", "bookedOn", "isReversal", "payerKey", "referenceKey", "remittanceLines"
    from jsonb_to_recordset(${asJson(payments)}) as row(
      "paymentId" text, "paymentNumber" text, "connectionId" text, "documentId" text, currency text,
      "amountMinor" bigint, "unappliedMinor" bigint, "bookedOn" date, "isReversal" boolean, "payerKey" text,
      "referenceKey" text, "remittanceLines" int)
    on conflict (tenant_id, connection_id, payment_number) do nothing`)
  const rows = await tx.rows<Omit<PaymentRow, 'paidInvoiceIds'>>(sql`
    select ${columns}
    from payment
    join jsonb_to_recordset(${asJson(payments)}) as wanted("paymentNumber" text, "connectionId" text)
      on payment.payment_number = wanted."paymentNumber" and payment.connection_id = wanted."connectionId"
    order by payment.payment_id for update of payment`)
  return withPaidInvoices(tx, rows)
}

/** Payments by their ids. */
export async function readPayments(
  tx: TenantTx,
  paymentIds: readonly string[],
): Promise<PaymentRow[]> {
  if (paymentIds.length === 0) return []
  const rows = await tx.rows<Omit<PaymentRow, 'paidInvoiceIds'>>(sql`
    select ${columns} from payment where payment_id = any(${asTextList(paymentIds)})
    order by payment_id`)
  return withPaidInvoices(tx, rows)
}

/** Locks payments by their ids. */
export async function lockPayments(
  tx: TenantTx,
  paymentIds: readonly string[],
): Promise<PaymentRow[]> {
  if (paymentIds.length === 0) return []
  const rows = await tx.rows<Omit<PaymentRow, 'paidInvoiceIds'>>(sql`
    select ${columns} from payment where payment_id = any(${asTextList(paymentIds)})
    order by payment_id for update`)
  return withPaidInvoices(tx, rows)
}

/** Payments that a reversal may take back: those it names, and those with its references and amount. */
export async function reversiblePayments(
  tx: TenantTx,
  { numbers, referenceKeys }: { numbers: readonly string[]; referenceKeys: readonly string[] },
): Promise<PaymentRow[]> {
  const found = await tx.rows<{ payment_id: string }>(sql`
    select payment_id from payment
    where payment_number = any(${asTextList(numbers)}) and not is_reversal and reversed_by is null
    union
    select payment_id from payment
    where reference_key = any(${asTextList(referenceKeys)}) and not is_reversal and reversed_by is null`)
  return lockPayments(
    tx,
    found.map((row) => row.payment_id),
  )
}

async function withPaidInvoices(
  tx: TenantTx,
  rows: readonly Omit<PaymentRow, 'paidInvoiceIds'>[],
): Promise<PaymentRow[]> {
  const paid = await tx.rows<{ payment_id: string; invoice_ids: string[] }>(sql`
    select payment_id, json_agg(invoice_id) as invoice_ids from payment_application
    where payment_id = any(${asTextList(rows.map((row) => row.paymentId))}) group by payment_id`)
  const byPayment = new Map(paid.map((row) => [row.payment_id, row.invoice_ids]))
  return rows.map((row) => ({ ...row, paidInvoiceIds: byPayment.get(row.paymentId) ?? [] }))
}

/** The orders whose invoices payments have paid. */
export async function ordersPaidBy(tx: TenantTx, paymentIds: readonly string[]): Promise<string[]> {
  if (paymentIds.length === 0) return []
  const rows = await tx.rows<{ order_id: string }>(sql`
    select distinct order_id from invoice where invoice_id = any(array(
      select invoice_id from payment_application where payment_id = any(${asTextList(paymentIds)})))`)
  return rows.map((row) => row.order_id)
}
