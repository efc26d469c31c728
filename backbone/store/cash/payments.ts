import { sql } from 'drizzle-orm'
import { groupBy } from '../../canonical/group-by.ts'
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
  /** Invoices that a person took it off. */
  readonly takenOffInvoiceIds: readonly string[]
  /** Bank fees borne with it, in the currencies of their invoices. */
  readonly feesBorne: readonly { readonly currency: string; readonly feeMinor: number }[]
}

/** A payment without what has been done with its money. */
type BarePayment = Omit<PaymentRow, 'paidInvoiceIds' | 'takenOffInvoiceIds' | 'feesBorne'>

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
  const rows = await tx.rows<BarePayment>(sql`
    select ${columns}
    from payment
    join jsonb_to_recordset(${asJson(payments)}) as wanted("paymentNumber" text, "connectionId" text)
      on payment.payment_number = wanted."paymentNumber" and payment.connection_id = wanted."connectionId"
    order by payment.payment_id for update of payment`)
  return withMoneyPut(tx, rows)
}

/** Payments by their ids. */
export async function readPayments(
  tx: TenantTx,
  paymentIds: readonly string[],
): Promise<PaymentRow[]> {
  if (paymentIds.length === 0) return []
  const rows = await tx.rows<BarePayment>(sql`
    select ${columns} from payment where payment_id = any(${asTextList(paymentIds)})
    order by payment_id`)
  return withMoneyPut(tx, rows)
}

/** Locks payments by their ids. */
export async function lockPayments(
  tx: TenantTx,
  paymentIds: readonly string[],
): Promise<PaymentRow[]> {
  if (paymentIds.length === 0) return []
  const rows = await tx.rows<BarePayment>(sql`
    select ${columns} from payment where payment_id = any(${asTextList(paymentIds)})
    order by payment_id for update`)
  return withMoneyPut(tx, rows)
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

type MoneyPut = {
  readonly paymentId: string
  readonly invoiceId: string
  readonly isTakenOff: boolean
  readonly feeMinor: number
  /** Of the invoice, where a fee was borne. */
  readonly currency: string | null
}

async function withMoneyPut(tx: TenantTx, rows: readonly BarePayment[]): Promise<PaymentRow[]> {
  const ids = asTextList(rows.map((row) => row.paymentId))
  const put = await tx.rows<MoneyPut>(sql`
    select payment_id as "paymentId", invoice_id as "invoiceId", false as "isTakenOff", fee_minor as "feeMinor",
      case when fee_minor <> 0 then (select currency from invoice
        where invoice.invoice_id = payment_application.invoice_id) end as currency
    from payment_application where payment_id = any(${ids})
    union all
    select payment_id, invoice_id, true, 0, null from payment_taken_back
    where payment_id = any(${ids}) and reversal_payment_id is null`)
  const byPayment = groupBy(put, (row) => row.paymentId)
  return rows.map((row) => {
    const ofPayment = byPayment.get(row.paymentId) ?? []
    const idsOf = (isTakenOff: boolean) =>
      ofPayment.filter((one) => one.isTakenOff === isTakenOff).map((one) => one.invoiceId)
    const feesBorne = ofPayment.flatMap(({ currency, feeMinor }) =>
      currency === null ? [] : { currency, feeMinor },
    )
    return { ...row, feesBorne, paidInvoiceIds: idsOf(false), takenOffInvoiceIds: idsOf(true) }
  })
}

/** The orders whose invoices payments have paid, or credits that were set off with them. */
export async function ordersPaidBy(tx: TenantTx, paymentIds: readonly string[]): Promise<string[]> {
  if (paymentIds.length === 0) return []
  const rows = await tx.rows<{ order_id: string }>(sql`
    select distinct order_id from invoice where invoice_id = any(array(
      select invoice_id from payment_application where payment_id = any(${asTextList(paymentIds)})
      union select invoice_id from credit_application
      where payment_id = any(${asTextList(paymentIds)}) and undone_at is null))`)
  return rows.map((row) => row.order_id)
}
