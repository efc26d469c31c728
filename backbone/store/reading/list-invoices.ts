import { type SQL, sql } from 'drizzle-orm'
import type { InvoiceView } from '../../canonical/views/invoice-view.ts'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import type { TenantTx } from '../database.ts'
import { cutPage, splitPosition } from './page.ts'

/** Which invoices are wanted; `dueBefore` asks for what is past due on that day. */
export type InvoiceFilter = {
  readonly status?: string | undefined
  readonly customerNumber?: string | undefined
  readonly orderNumber?: string | undefined
  readonly dueBefore?: string | undefined
}

const columns = sql`
  invoice_id as "invoiceId", invoice_number as "invoiceNumber", invoice.order_id as "orderId",
  orders.order_number as "orderNumber", shipment_id as "shipmentId", invoice.customer_number as "customerNumber",
  invoice.currency, invoice.total_minor as "totalMinor", open_minor as "openMinor", invoiced_on as "invoicedOn",
  due_on as "dueOn", discount_until as "discountUntil", discount_minor as "discountMinor", invoice.status,
  invoice.document_id as "documentId"`

const source = sql`invoice left join orders on orders.order_id = invoice.order_id`

/** Invoices, the newest first, one page. */
export async function listInvoices(
  tx: TenantTx,
  filter: InvoiceFilter,
  { limit, after }: PageQuery,
): Promise<Page<InvoiceView>> {
  const wanted: SQL[] = [sql`true`]
  if (filter.status !== undefined) wanted.push(sql`invoice.status = ${filter.status}`)
  if (filter.customerNumber !== undefined)
    wanted.push(sql`invoice.customer_number = ${filter.customerNumber}`)
  if (filter.orderNumber !== undefined)
    wanted.push(sql`orders.order_number = ${filter.orderNumber}`)
  if (filter.dueBefore !== undefined)
    wanted.push(sql`due_on < ${filter.dueBefore}::text::date and open_minor > 0`)
  if (after !== undefined) {
    const { sortedBy, id } = splitPosition(after)
    wanted.push(sql`(invoiced_on, invoice_id) < (${sortedBy}::text::date, ${id})`)
  }
  const rows = await tx.rows<InvoiceView & { position: string }>(sql`
    select ${columns}, invoiced_on::text || '|' || invoice_id as position
    from ${source} where ${sql.join(wanted, sql` and `)}
    order by invoiced_on desc, invoice_id desc limit ${limit + 1}`)
  return cutPage(rows, limit)
}

/** The invoice with this id or number. */
export async function getInvoice(
  tx: TenantTx,
  reference: string,
): Promise<InvoiceView | undefined> {
  const [invoice] = await tx.rows<InvoiceView>(sql`
    select ${columns} from ${source} where invoice_id = ${reference} or invoice_number = ${reference} limit 1`)
  return invoice
}

/** The invoices of an order, the first one first. */
export function invoicesOfOrder(tx: TenantTx, orderId: string): Promise<InvoiceView[]> {
  return tx.rows<InvoiceView>(sql`
    select ${columns} from ${source} where invoice.order_id = ${orderId} order by invoiced_on, invoice_id`)
}
