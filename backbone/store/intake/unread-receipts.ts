import { sql } from 'drizzle-orm'
import type { InboundDocument } from '../../canonical/canonical-document.ts'
import type { Finding } from '../../canonical/finding.ts'
import { asJson, asTextList, keepableJson, type TenantTx } from '../database.ts'

/** A receipt whose bytes have yet to be read. */
export type UnreadReceipt = {
  readonly receiptId: string
  readonly connectionId: string
  readonly connectionKind: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly status: 'accepted' | 'conflict'
  readonly conflictsWith: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly traceParent: string | null
  readonly content: Uint8Array
  /** It was read before, and a person has sent it to be read once more. */
  readonly isReread: boolean
}

/** Locks and loads receipts that are still unread. */
export async function lockUnreadReceipts(
  tx: TenantTx,
  receiptIds: readonly string[],
): Promise<UnreadReceipt[]> {
  const receipts = await tx.rows<Omit<UnreadReceipt, 'content'> & { content: string }>(sql`
    select receipt.receipt_id as "receiptId", receipt.connection_id as "connectionId", receipt.status, connection.kind as "connectionKind", connection.settings,
      receipt.conflicts_with as "conflictsWith", receipt.headers, receipt.trace_parent as "traceParent",
      -- As base64: the built-in database's driver takes bytes apart letter by letter.
      encode(raw_document.content, 'base64') as content,
      -- Not as "exists": over a batch the planner would read all documents for it.
      (select 1 from document where document.receipt_id = receipt.receipt_id limit 1) is not null as "isReread"
    from receipt
    join raw_document on raw_document.receipt_id = receipt.receipt_id
    join connection on connection.connection_id = receipt.connection_id
    where receipt.receipt_id = any(${asTextList(receiptIds)})
      and receipt.status in ('accepted', 'conflict') and receipt.read_at is null
    order by receipt.received_seq for update of receipt`)
  return receipts.map((receipt) => ({
    ...receipt,
    content: new Uint8Array(Buffer.from(receipt.content, 'base64')),
  }))
}

/** What has been read from receipts before: by receipt, kind and number, as `rcp_1|order|PO-1`. */
export async function documentsReadBefore(
  tx: TenantTx,
  receiptIds: readonly string[],
): Promise<Set<string>> {
  if (receiptIds.length === 0) return new Set()
  const rows = await tx.rows<{ key: string }>(sql`
    select receipt_id || '|' || doc_type || '|' || number as key from document
    where direction = 'in' and receipt_id = any(${asTextList(receiptIds)})`)
  return new Set(rows.map((row) => row.key))
}

/** The places in order streams that receipts hold, in the order they were taken. */
export function heldPlaces(
  tx: TenantTx,
  receiptIds: readonly string[],
): Promise<{ receiptId: string; streamKey: string; orderSeq: number }[]> {
  return tx.rows(sql`
    select receipt_id as "receiptId", stream_key as "streamKey", order_seq as "orderSeq"
    from stream_place where receipt_id = any(${asTextList(receiptIds)}) order by stream_key, order_seq`)
}

/** A document read from a receipt, with its place in its stream. */
export type ReadDocument = {
  readonly documentId: string
  readonly receiptId: string
  readonly connectionId: string
  readonly docType: InboundDocument['docType']
  readonly number: string
  readonly streamKey: string
  readonly orderSeq: number
  readonly traceParent: string | null
  readonly canonical: InboundDocument
}

/** Keeps the documents read from receipts, pending until their turn comes; gives their contents as they are kept. */
export async function keepReadDocuments(
  tx: TenantTx,
  documents: readonly ReadDocument[],
): Promise<Map<string, InboundDocument>> {
  if (documents.length === 0) return new Map()
  const spelled = keepableJson(documents)
  await tx.run(sql`
    insert into document (tenant_id, document_id, direction, doc_type, number, receipt_id, connection_id, canonical,
      status, stream_key, order_seq, trace_parent)
    select ${tx.tenantId}, "documentId", 'in', "docType", number, "receiptId", "connectionId", canonical,
      'pending', "streamKey", "orderSeq", "traceParent"
    from jsonb_to_recordset(${spelled}::text::jsonb) as row(
      "documentId" text, "receiptId" text, "connectionId" text, "docType" text, number text, "streamKey" text,
      "orderSeq" int, "traceParent" text, canonical jsonb)`)
  // Only then may some character have been replaced.
  const kept: readonly ReadDocument[] = spelled.includes('\\ufffd')
    ? JSON.parse(spelled)
    : documents
  return new Map(kept.map(({ documentId, canonical }) => [documentId, canonical]))
}

/** What reading made of a receipt. */
export type ReceiptVerdict = {
  readonly receiptId: string
  readonly status: 'read' | 'partly-read' | 'quarantined' | 'conflict'
  readonly findings: readonly Finding[]
  /** The sender may mend it and send it again under the same id, which is free from now on. */
  readonly freesTransportId?: boolean
}

/** Records what reading made of receipts and gives up the places they held. */
export async function recordReceiptVerdicts(
  tx: TenantTx,
  verdicts: readonly ReceiptVerdict[],
): Promise<void> {
  await tx.run(sql`
    with verdict as materialized (
      select * from jsonb_to_recordset(${asJson(verdicts)}) as row(
        "receiptId" text, status text, findings jsonb, "freesTransportId" boolean)
    ), given_up as (
      delete from stream_place where receipt_id in (select "receiptId" from verdict)
    )
    update receipt set status = verdict.status, findings = verdict.findings, read_at = now(),
      transport_id = case when verdict."freesTransportId" then receipt.transport_id || '#' || receipt.receipt_id
        else receipt.transport_id end
    from verdict where receipt.receipt_id = verdict."receiptId"
      and receipt.receipt_id = any(${asTextList(verdicts.map((verdict) => verdict.receiptId))})`)
}

/** The pending documents of streams, all of them: one that waited for an unread place may go on now. */
export async function pendingOfStreams(
  tx: TenantTx,
  streamKeys: readonly string[],
): Promise<string[]> {
  if (streamKeys.length === 0) return []
  const rows = await tx.rows<{ document_id: string }>(sql`
    select document_id from document
    where stream_key = any(${asTextList(streamKeys)}) and status = 'pending' and direction = 'in'`)
  return rows.map((row) => row.document_id)
}

/** Counts a failed attempt to read a receipt; returns how often it has failed now. */
export async function countReceiptAttempt(tx: TenantTx, receiptId: string): Promise<number> {
  const [row] = await tx.rows<{ attempts: number }>(
    sql`update receipt set attempts = attempts + 1 where receipt_id = ${receiptId} returning attempts`,
  )
  return row?.attempts ?? 0
}
