import { type SQL, sql } from 'drizzle-orm'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import type { PaymentApplication, PaymentView } from '../../canonical/views/payment-view.ts'
import { asTextList, type TenantTx } from '../database.ts'
import { cutPage, splitPosition } from './page.ts'

/** Which payments are wanted; `isUnapplied` asks for money that is not matched whole. */
export type PaymentFilter = {
  readonly customerNumber?: string | undefined
  readonly isUnapplied?: boolean | undefined
}

type PaymentHead = Omit<PaymentView, 'applications'>

const columns = sql`
  payment_id as "paymentId", payment_number as "paymentNumber", connection_id as "connectionId",
  document_id as "documentId", customer_number as "customerNumber", currency, amount_minor as "amountMinor",
  unapplied_minor as "unappliedMinor", booked_on as "bookedOn", is_reversal as "isReversal",
  received_at as "receivedAt"`

async function withApplications<Head extends PaymentHead>(
  tx: TenantTx,
  heads: readonly Head[],
): Promise<(Head & PaymentView)[]> {
  if (heads.length === 0) return []
  const rows = await tx.rows<PaymentApplication & { paymentId: string }>(sql`
    select payment_id as "paymentId", payment_application.invoice_id as "invoiceId",
      coalesce(invoice_number, payment_application.invoice_id) as "invoiceNumber", applied_minor as "appliedMinor",
      payment_application.discount_minor as "discountMinor", write_off_minor as "writeOffMinor", fee_minor as "feeMinor",
      pass, applied_by as "appliedBy", reason, at
    from payment_application left join invoice on invoice.invoice_id = payment_application.invoice_id
    where payment_id = any(${asTextList(heads.map((head) => head.paymentId))})
    order by payment_id, at, payment_application.invoice_id`)
  const byPayment = new Map<string, PaymentApplication[]>()
  for (const { paymentId, ...application } of rows) {
    const known = byPayment.get(paymentId)
    if (known === undefined) byPayment.set(paymentId, [application])
    else known.push(application)
  }
  return heads.map((head) => ({ ...head, applications: byPayment.get(head.paymentId) ?? [] }))
}

/** Payments, the newest first, one page, with what they paid. */
export async function listPayments(
  tx: TenantTx,
  filter: PaymentFilter,
  { limit, after }: PageQuery,
): Promise<Page<PaymentView>> {
  const wanted: SQL[] = [sql`true`]
  if (filter.customerNumber !== undefined)
    wanted.push(sql`customer_number = ${filter.customerNumber}`)
  if (filter.isUnapplied === true) wanted.push(sql`unapplied_minor <> 0`)
  if (after !== undefined) {
    const { sortedBy, id } = splitPosition(after)
    wanted.push(sql`(booked_on, payment_id) < (${sortedBy}::text::date, ${id})`)
  }
  const rows = await tx.rows<PaymentHead & { position: string }>(sql`
    select ${columns}, booked_on::text || '|' || payment_id as position
    from payment where ${sql.join(wanted, sql` and `)}
    order by booked_on desc, payment_id desc limit ${limit + 1}`)
  return cutPage(await withApplications(tx, rows), limit)
}

/** The payments that paid an order's invoices. */
export async function paymentsOfOrder(tx: TenantTx, orderId: string): Promise<PaymentView[]> {
  const heads = await tx.rows<PaymentHead>(sql`
    select ${columns} from payment where payment_id in (
      select payment_id from payment_application join invoice on invoice.invoice_id = payment_application.invoice_id
      where invoice.order_id = ${orderId})
    order by booked_on, payment_id`)
  return withApplications(tx, heads)
}
