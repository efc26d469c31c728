import { sql } from 'drizzle-orm'
import type { PaymentTerms } from '../../canonical/document.ts'
import type { Item } from '../../canonical/item.ts'
import type { Party } from '../../canonical/party.ts'
import { asJson, type TenantTx } from '../database.ts'

/** A line of an order that was delivered and billed in full. */
export type HistoricLine = {
  readonly orderId: string
  readonly line: string
  readonly position: number
  readonly sku: string
  readonly item: Item
  readonly description: string
  readonly quantityEach: number
  readonly unitPrice: string
  readonly priceSource: string
  readonly lineAmountMinor: number
  readonly warehouse: string
}

/** An order that is paid and closed. */
export type HistoricOrder = {
  readonly orderId: string
  readonly orderNumber: string
  readonly partnerId?: string | undefined
  readonly customerNumber: string
  readonly purchaseOrderNumber: string
  readonly poNormalised: string
  readonly currency: string
  readonly orderedOn: string
  readonly requestedOn: string
  readonly parties: readonly Party[]
  readonly terms: PaymentTerms
  readonly lineHash: string
  readonly totalMinor: number
  readonly receivedAt: string
  readonly releasedAt: string
  readonly closedAt: string
}

/** The invoice of a closed order, fully paid. */
export type HistoricInvoice = {
  readonly invoiceId: string
  readonly invoiceNumber: string
  readonly orderId: string
  readonly customerNumber: string
  readonly currency: string
  readonly totalMinor: number
  readonly invoicedOn: string
  readonly dueOn: string
  readonly discountUntil?: string | undefined
  readonly discountMinor: number
}

/** Money that came for one or several invoices, applied to the last cent. */
export type HistoricPayment = {
  readonly paymentId: string
  readonly paymentNumber: string
  readonly customerNumber: string
  readonly currency: string
  readonly amountMinor: number
  readonly bookedOn: string
  readonly receivedAt: string
}

/** What of a payment went to which invoice. */
export type HistoricApplication = {
  readonly paymentId: string
  readonly invoiceId: string
  readonly appliedMinor: number
  readonly discountMinor: number
  readonly at: string
}

/** Closed business of the past. */
export type OrderHistory = {
  readonly orders: readonly HistoricOrder[]
  readonly lines: readonly HistoricLine[]
  readonly invoices: readonly HistoricInvoice[]
  readonly payments: readonly HistoricPayment[]
  readonly applications: readonly HistoricApplication[]
}

// Of the past there are no documents and no connection: the rows say so by this word.
const past = 'history'

async function writeOrders(tx: TenantTx, orders: readonly HistoricOrder[]): Promise<void> {
  await tx.run(sql`
    insert into orders (order_id, tenant_id, order_number, stage, connection_id, partner_id, stream_key,
      document_id, customer_number, purchase_order_number, po_normalised, erp_revision, erp_id, currency,
      ordered_on, requested_on, parties, terms, line_hash, total_minor, is_acknowledged, received_at,
      released_at, updated_at)
    select "orderId", ${tx.tenantId}, "orderNumber", 'closed', ${past}, "partnerId",
      ${past} || ':' || "orderNumber", ${past}, "customerNumber", "purchaseOrderNumber", "poNormalised", 1,
      'ERP-' || "orderNumber", currency, "orderedOn", "requestedOn", parties, terms, "lineHash",
      "totalMinor", true, "receivedAt", "releasedAt", "closedAt"
    from jsonb_to_recordset(${asJson(orders)}) as r("orderId" text, "orderNumber" text, "partnerId" text,
      "customerNumber" text, "purchaseOrderNumber" text, "poNormalised" text, currency text,
      "orderedOn" date, "requestedOn" date, parties jsonb, terms jsonb, "lineHash" text,
      "totalMinor" bigint, "receivedAt" timestamptz, "releasedAt" timestamptz, "closedAt" timestamptz)`)
}

async function writeLines(tx: TenantTx, lines: readonly HistoricLine[]): Promise<void> {
  await tx.run(sql`
    insert into order_line (tenant_id, order_id, line, position, sku, item, description, quantity, uom,
      uom_scheme, sent_unit_price, unit_price, price_source, line_amount_minor, ordered_each,
      shipped_each, invoiced_each, warehouse)
    select ${tx.tenantId}, "orderId", line, position, sku, item, description, "quantityEach", 'EA',
      'rec20', "unitPrice", "unitPrice", "priceSource", "lineAmountMinor", "quantityEach",
      "quantityEach", "quantityEach", warehouse
    from jsonb_to_recordset(${asJson(lines)}) as r("orderId" text, line text, position int, sku text,
      item jsonb, description text, "quantityEach" int, "unitPrice" numeric, "priceSource" text,
      "lineAmountMinor" bigint, warehouse text)`)
}

async function writeInvoices(tx: TenantTx, invoices: readonly HistoricInvoice[]): Promise<void> {
  await tx.run(sql`
    insert into invoice (invoice_id, tenant_id, invoice_number, order_id, customer_number, currency,
      total_minor, open_minor, invoiced_on, due_on, discount_until, discount_minor, status, document_id)
    select "invoiceId", ${tx.tenantId}, "invoiceNumber", "orderId", "customerNumber", currency,
      "totalMinor", 0, "invoicedOn", "dueOn", "discountUntil", "discountMinor", 'paid', ${past}
    from jsonb_to_recordset(${asJson(invoices)}) as r("invoiceId" text, "invoiceNumber" text,
      "orderId" text, "customerNumber" text, currency text, "totalMinor" bigint, "invoicedOn" date,
      "dueOn" date, "discountUntil" date, "discountMinor" bigint)`)
}

async function writePayments(
  tx: TenantTx,
  { payments, applications }: Pick<OrderHistory, 'payments' | 'applications'>,
): Promise<void> {
  await tx.run(sql`
    insert into payment (payment_id, tenant_id, payment_number, connection_id, document_id, currency,
      amount_minor, unapplied_minor, booked_on, customer_number, received_at)
    select "paymentId", ${tx.tenantId}, "paymentNumber", ${past}, ${past}, currency, "amountMinor", 0,
      "bookedOn", "customerNumber", "receivedAt"
    from jsonb_to_recordset(${asJson(payments)}) as r("paymentId" text, "paymentNumber" text,
      currency text, "amountMinor" bigint, "bookedOn" date, "customerNumber" text,
      "receivedAt" timestamptz)`)
  await tx.run(sql`
    insert into payment_application (tenant_id, payment_id, invoice_id, applied_minor, discount_minor,
      reason, at)
    select ${tx.tenantId}, "paymentId", "invoiceId", "appliedMinor", "discountMinor",
      'The remittance names the invoice.', at
    from jsonb_to_recordset(${asJson(applications)}) as r("paymentId" text, "invoiceId" text,
      "appliedMinor" bigint, "discountMinor" bigint, at timestamptz)`)
}

/** Writes closed business of the past: no flow moved it, so its orders have no chain of events. */
export async function writeOrderHistory(tx: TenantTx, history: OrderHistory): Promise<void> {
  await writeOrders(tx, history.orders)
  await writeLines(tx, history.lines)
  await writeInvoices(tx, history.invoices)
  await writePayments(tx, history)
  // No event tells the figures of it: they are written anew, back to where the history begins.
  await tx.run(sql`delete from figure_progress`)
}
