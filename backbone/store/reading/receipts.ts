import { type SQL, sql } from 'drizzle-orm'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import type { QuarantineView, ReceiptView } from '../../canonical/views/receipt-view.ts'
import type { TenantTx } from '../database.ts'
import { cutPage, exactMoment, splitPosition } from './page.ts'

/** A receipt with the documents that came out of it. */
export async function getReceipt(
  tx: TenantTx,
  receiptId: string,
): Promise<ReceiptView | undefined> {
  const [receipt] = await tx.rows<ReceiptView>(sql`
    select receipt_id as "receiptId", connection_id as "connectionId", channel, transport_id as "transportId",
      business_key as "businessKey", sha256, status, findings, content_type as "contentType",
      byte_size as "byteSize", duplicates, conflicts_with as "conflictsWith", received_at as "receivedAt",
      read_at as "readAt", trace_parent as "traceParent",
      coalesce((
        select jsonb_agg(jsonb_build_object(
          'documentId', document_id, 'docType', doc_type, 'number', number, 'status', document.status,
          'reason', reason, 'orderId', order_id) order by document_id)
        from document where document.tenant_id = receipt.tenant_id and document.receipt_id = receipt.receipt_id
      ), '[]'::jsonb) as documents
    from receipt where receipt_id = ${receiptId}`)
  return receipt
}

/** The bytes of a receipt, or of the receipt a document came from, exactly as they came. */
export async function getRawDocument(
  tx: TenantTx,
  receiptOrDocumentId: string,
): Promise<Uint8Array | undefined> {
  const [raw] = await tx.rows<{ content: Uint8Array }>(sql`
    select content from raw_document
    where receipt_id = coalesce(
      (select receipt_id from document where document_id = ${receiptOrDocumentId}), ${receiptOrDocumentId})`)
  return raw?.content
}

/** What we sent: the bytes of an outgoing document as they were rendered for its call. */
export async function getRenderedDocument(
  tx: TenantTx,
  documentId: string,
): Promise<string | undefined> {
  const [sent] = await tx.rows<{ content: string }>(sql`
    select coalesce(rendered, canonical::text) as content
    from document left join transaction using (tenant_id, document_id)
    where document_id = ${documentId} and direction = 'out'
    order by rendered is null limit 1`)
  return sent?.content
}

/** Quarantined input, the newest first, one page. */
export async function listQuarantine(
  tx: TenantTx,
  filter: { readonly status?: string | undefined; readonly kind?: string | undefined },
  { limit, after }: PageQuery,
): Promise<Page<QuarantineView>> {
  const wanted: SQL[] = [sql`true`]
  if (filter.status !== undefined) wanted.push(sql`status = ${filter.status}`)
  if (filter.kind !== undefined) wanted.push(sql`kind = ${filter.kind}`)
  if (after !== undefined) {
    const { sortedBy, id } = splitPosition(after)
    wanted.push(sql`(created_at, quarantine_id) < (${sortedBy}::text::timestamptz, ${id})`)
  }
  const rows = await tx.rows<QuarantineView & { position: string }>(sql`
    select quarantine_id as "quarantineId", receipt_id as "receiptId", document_id as "documentId",
      connection_id as "connectionId", kind, reason, findings, status, created_at as "createdAt",
      decided_at as "decidedAt", decided_by as "decidedBy", replay_of as "replayOf",
      transaction_id as "transactionId",
      ${exactMoment(sql`created_at`)} || '|' || quarantine_id as position
    from quarantine where ${sql.join(wanted, sql` and `)}
    order by created_at desc, quarantine_id desc limit ${limit + 1}`)
  return cutPage(rows, limit)
}
