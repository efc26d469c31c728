import { sql } from 'drizzle-orm'
import type { Finding } from '../../canonical/finding.ts'
import type { CheckFinding } from '../../canonical/order-state.ts'
import type { DocumentView } from '../../canonical/views/document-view.ts'
import { asTextList, type TenantTx } from '../database.ts'

/** A delivery as it came, with what was found while it was read. */
export type Delivery = {
  readonly receiptId: string
  readonly connectionId: string
  readonly status: string
  readonly at: string
  readonly findings: readonly Finding[]
  readonly content: Uint8Array
}

/** What we sent, as it was written for its call. */
export type SentDocument = {
  readonly documentId: string
  readonly transactionId: string | null
  readonly connectionId: string | null
  readonly docType: string
  readonly number: string
  readonly status: string
  readonly orderId: string | null
  readonly orderNumber: string | null
  readonly at: string
  /** Written for its call; until then its content is what it will carry. */
  readonly isWritten: boolean
  readonly content: string
}

/** A document read from a delivery, by the numbers it has there, with its order. */
export type DeliveredDocument = DocumentView['documents'][number] & {
  readonly purchaseOrderNumber: string
  readonly interchangeControlNumber: string | null
  readonly groupControlNumber: string | null
  readonly transactionControlNumber: string | null
}

/** An order with what its checks found, in the buyer's line numbers. */
export type CheckedOrder = {
  readonly orderId: string
  readonly currency: string
  readonly findings: readonly CheckFinding[]
  /** Lines of ours that are parts of the buyer's: ours first. */
  readonly parts: Readonly<Record<string, string>>
}

/** What a document of an order's buyer says of lines, in the order the documents came. */
export type SaidLines = {
  readonly orderId: string
  readonly documentId: string
  readonly docType: string
  readonly lines: readonly string[]
}

/** Input that was set aside, of a delivery or about a document of ours. */
export type SetAside = DocumentView['quarantine'][number] & {
  readonly findings: readonly Finding[]
}

/** The delivery with this id, or the one that the document with this id came in. */
export async function getDelivery(tx: TenantTx, id: string): Promise<Delivery | undefined> {
  const [delivery] = await tx.rows<Delivery>(sql`
    select receipt_id as "receiptId", connection_id as "connectionId", status, received_at as at, findings, content
    from receipt join raw_document using (tenant_id, receipt_id)
    where receipt_id = coalesce(
      (select receipt_id from document where document_id = ${id} and direction = 'in'), ${id})`)
  return delivery
}

/** The document of ours with this id, as it went out or will go out. */
export async function getSentDocument(
  tx: TenantTx,
  documentId: string,
): Promise<SentDocument | undefined> {
  const [sent] = await tx.rows<SentDocument>(sql`
    select document.document_id as "documentId", transaction_id as "transactionId",
      coalesce(transaction.connection_id, document.connection_id) as "connectionId",
      doc_type as "docType", number, coalesce(transaction.status, document.status) as status,
      document.order_id as "orderId", order_number as "orderNumber", document.created_at as at,
      rendered is not null as "isWritten", coalesce(rendered, canonical::text) as content
    from document
    left join transaction on transaction.tenant_id = document.tenant_id and transaction.document_id = document.document_id
    left join orders on orders.tenant_id = document.tenant_id and orders.order_id = document.order_id
    where document.document_id = ${documentId} and direction = 'out'
    order by rendered is null, transaction.created_at desc limit 1`)
  return sent
}

/** The documents that were read from a delivery. */
export function documentsOfDelivery(tx: TenantTx, receiptId: string): Promise<DeliveredDocument[]> {
  return tx.rows<DeliveredDocument>(sql`
    select document.document_id as "documentId", doc_type as "docType", number, document.status,
      document.order_id as "orderId", order_number as "orderNumber",
      coalesce(canonical->>'purchaseOrderNumber', number) as "purchaseOrderNumber",
      canonical->'source'->>'interchangeControlNumber' as "interchangeControlNumber",
      canonical->'source'->>'groupControlNumber' as "groupControlNumber",
      canonical->'source'->>'transactionControlNumber' as "transactionControlNumber"
    from document
    left join orders on orders.tenant_id = document.tenant_id and orders.order_id = document.order_id
    where receipt_id = ${receiptId} and direction = 'in'
    order by document.created_at, document.document_id limit 100`)
}

/** Orders with what their checks found. */
export function checkedOrders(tx: TenantTx, orderIds: readonly string[]): Promise<CheckedOrder[]> {
  return tx.rows<CheckedOrder>(sql`
    select order_id as "orderId", currency, findings, coalesce((
        select jsonb_object_agg(line, settled->>'partOf') from order_line
        where order_line.order_id = orders.order_id and settled->>'partOf' is not null
      ), '{}'::jsonb) as parts
    from orders where order_id = any(${asTextList(orderIds)}) and findings <> '[]'::jsonb`)
}

/** The lines that each document of the orders' buyers names, the newest document last. */
export function linesSaid(tx: TenantTx, orderIds: readonly string[]): Promise<SaidLines[]> {
  return tx.rows<SaidLines>(sql`
    select order_id as "orderId", document_id as "documentId", doc_type as "docType", coalesce((
        select jsonb_agg(entry->>'line') from jsonb_array_elements(
          coalesce(canonical->'lines', '[]') || coalesce(canonical->'changes', '[]')
            || coalesce(canonical->'replacement'->'lines', '[]')) as entry
      ), '[]'::jsonb) as lines
    from document
    where order_id = any(${asTextList(orderIds)}) and direction = 'in' and status = 'applied'
      and doc_type in ('order', 'order-change')
    order by coalesce(order_seq, 0), created_at, document_id limit 1000`)
}

/** What was set aside of a delivery and its documents. */
export function setAsideOfDelivery(
  tx: TenantTx,
  receiptId: string,
  documentIds: readonly string[],
): Promise<SetAside[]> {
  return tx.rows<SetAside>(sql`
    select quarantine_id as "quarantineId", kind, reason, quarantine.status, findings,
      receipt_id as "receiptId", transaction.document_id as "aboutDocumentId"
    from quarantine left join transaction using (tenant_id, transaction_id)
    where receipt_id = ${receiptId} or quarantine.document_id = any(${asTextList(documentIds)})
    order by quarantine.created_at, quarantine_id limit 100`)
}

/** What a partner said against a document of ours. */
export function setAsideAboutCall(tx: TenantTx, transactionId: string): Promise<SetAside[]> {
  return tx.rows<SetAside>(sql`
    select quarantine_id as "quarantineId", kind, reason, status, findings, receipt_id as "receiptId",
      null as "aboutDocumentId"
    from quarantine where transaction_id = ${transactionId}
    order by created_at, quarantine_id limit 100`)
}
