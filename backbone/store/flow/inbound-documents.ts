import { sql } from 'drizzle-orm'
import type { InboundDocument } from '../../canonical/canonical-document.ts'
import type { Finding } from '../../canonical/finding.ts'
import { newId } from '../../canonical/ids.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** A canonical document that waits to be applied. */
export type WaitingDocument = {
  readonly documentId: string
  readonly receiptId: string | null
  readonly connectionId: string
  readonly partnerId: string | null
  readonly status: 'pending' | 'parked'
  readonly streamKey: string
  readonly orderSeq: number
  readonly waitsFor: string | null
  readonly traceParent: string | null
  readonly receivedAt: string
  readonly canonical: InboundDocument
}

type WaitingRow = Omit<WaitingDocument, 'canonical'> & {
  readonly canonical: InboundDocument | null
}

/**
 * Loads the documents of the given ones' streams whose turn has come: pending ones with nothing unread
 * before them, and parked ones that may go on now. Streams are locked in key order, so that two workers
 * never apply one stream at once. Contents the caller has in hand are not read again.
 */
export async function lockWaitingDocuments(
  tx: TenantTx,
  documentIds: readonly string[],
  inHand: ReadonlyMap<string, InboundDocument>,
): Promise<WaitingDocument[]> {
  await tx.run(sql`
    select 1 from order_stream
    where stream_key in (select stream_key from document where document_id = any(${asTextList(documentIds)}))
    order by stream_key for update`)
  const documents = await tx.rows<WaitingRow>(sql`
    with stream as materialized (
      select distinct stream_key from document where document_id = any(${asTextList(documentIds)})
    )
    select document.document_id as "documentId", document.receipt_id as "receiptId",
      document.connection_id as "connectionId", connection.partner_id as "partnerId", document.status,
      document.stream_key as "streamKey", document.order_seq as "orderSeq", document.waits_for as "waitsFor",
      document.trace_parent as "traceParent", document.created_at as "receivedAt",
      case when document.document_id = any(${asTextList([...inHand.keys()])}) then null else document.canonical end as canonical
    from document
    join stream on stream.stream_key = document.stream_key
    join connection on connection.connection_id = document.connection_id
    where document.direction = 'in' and document.status in ('pending', 'parked')
      and not exists (
        select 1 from stream_place place
        where place.stream_key = document.stream_key and place.order_seq < document.order_seq)
    order by document.stream_key, document.order_seq`)
  return documents.flatMap((document) => {
    const canonical = document.canonical ?? inHand.get(document.documentId)
    return canonical === undefined ? [] : { ...document, canonical }
  })
}

/** What became of a document. */
export type DocumentResult = {
  readonly documentId: string
  readonly status:
    | 'applied'
    | 'parked'
    | 'duplicate'
    | 'superseded'
    | 'refused'
    | 'ignored'
    | 'quarantined'
  readonly reason?: string
  readonly waitsFor?: string
  readonly orderId?: string
}

/** Records what became of documents. */
export async function recordDocumentResults(
  tx: TenantTx,
  results: readonly DocumentResult[],
): Promise<void> {
  if (results.length === 0) return
  await tx.run(sql`
    update document set status = result.status, reason = result.reason, waits_for = result."waitsFor",
      order_id = coalesce(result."orderId", document.order_id),
      applied_at = case when result.status = 'parked' then null else now() end
    from jsonb_to_recordset(${asJson(results)}) as result(
      "documentId" text, status text, reason text, "waitsFor" text, "orderId" text)
    where document.document_id = result."documentId"
      and document.document_id = any(${asTextList(results.map((result) => result.documentId))})`)
}

/** Sets parked documents that waited for one of the keys to pending; returns their ids. */
export async function wakeParkedDocuments(
  tx: TenantTx,
  keys: readonly string[],
): Promise<string[]> {
  if (keys.length === 0) return []
  const rows = await tx.rows<{ document_id: string }>(sql`
    update document set status = 'pending', waits_for = null
    where status = 'parked' and waits_for = any(${asTextList([...new Set(keys)])})
    returning document_id`)
  return rows.map((row) => row.document_id)
}

/** An order whose stream may still have something for it. */
type OrderStream = { readonly orderNumber: string; readonly streamKey: string }

/** The numbers of those orders for which the buyer's documents wait: pending, or parked until the order moves. */
export async function ordersAwaitingChange(
  tx: TenantTx,
  orders: readonly OrderStream[],
): Promise<Set<string>> {
  if (orders.length === 0) return new Set()
  const wanted = orders.map(({ orderNumber, streamKey }) => ({ orderNumber, streamKey }))
  const rows = await tx.rows<{ order_number: string }>(sql`
    select distinct wanted."orderNumber" as order_number
    from jsonb_to_recordset(${asJson(wanted)}) as wanted("orderNumber" text, "streamKey" text)
    join document on document.stream_key = wanted."streamKey" and document.direction = 'in'
      and (document.status = 'pending'
        or (document.status = 'parked' and document.waits_for = 'order:' || wanted."orderNumber"))`)
  return new Set(rows.map((row) => row.order_number))
}

/** The orders whose stream a document is of. */
export async function ordersOfStream(tx: TenantTx, documentId: string): Promise<string[]> {
  const rows = await tx.rows<{ order_id: string }>(sql`
    select orders.order_id from orders join document on document.stream_key = orders.stream_key
    where document.document_id = ${documentId}`)
  return rows.map((row) => row.order_id)
}

/** Something for quarantine: what it is, why, and where it came from. */
export type QuarantineDraft = {
  readonly kind:
    | 'unreadable'
    | 'partly-readable'
    | 'conflict'
    | 'needs-person'
    | 'poison'
    | 'overdue'
  readonly reason: string
  readonly findings: readonly Finding[]
  readonly receiptId?: string | null
  readonly documentId?: string | null
  readonly connectionId?: string | null
  /** The transaction of ours that a partner has refused, or not acknowledged. */
  readonly transactionId?: string | null
}

/** Puts input aside for a person, whole and with its findings; what was read again names the entry it was read from. */
export async function quarantine(tx: TenantTx, drafts: readonly QuarantineDraft[]): Promise<void> {
  if (drafts.length === 0) return
  const rows = drafts.map((draft) => ({ quarantineId: newId('qrn'), ...draft }))
  await tx.run(sql`
    insert into quarantine (tenant_id, quarantine_id, receipt_id, document_id, connection_id, transaction_id, kind,
      reason, findings, replay_of)
    select ${tx.tenantId}, "quarantineId", "receiptId", "documentId", "connectionId", "transactionId", kind, reason,
      findings, (
        select earlier.quarantine_id from quarantine as earlier
        where earlier.tenant_id = ${tx.tenantId} and earlier.receipt_id = row."receiptId"
          and coalesce(earlier.document_id, row."documentId") is not distinct from row."documentId"
          and earlier.status = 'released'
        order by earlier.decided_at desc limit 1)
    from jsonb_to_recordset(${asJson(rows)}) as row(
      "quarantineId" text, "receiptId" text, "documentId" text, "connectionId" text, "transactionId" text, kind text,
      reason text, findings jsonb)
    -- A receipt that is read once more says again what is open already.
    where not (row.kind = 'needs-person' and exists (
      select from quarantine as known
      where known.tenant_id = ${tx.tenantId} and known.receipt_id = row."receiptId" and known.status = 'open'
        and known.kind = row.kind and known.reason = row.reason
        and known.document_id is not distinct from row."documentId"))`)
}

/** Counts a failed attempt on a document; returns how often it has failed now. */
export async function countDocumentAttempt(tx: TenantTx, documentId: string): Promise<number> {
  const [row] = await tx.rows<{ attempts: number }>(
    sql`update document set attempts = attempts + 1 where document_id = ${documentId} returning attempts`,
  )
  return row?.attempts ?? 0
}
