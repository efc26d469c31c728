import { sql } from 'drizzle-orm'
import type { Finding } from '../../canonical/finding.ts'
import { asJson, type TenantTx } from '../database.ts'

/** A delivery about to be kept. */
export type ReceiptDraft = {
  readonly receiptId: string
  readonly connectionId: string
  readonly channel: string
  readonly transportId: string
  readonly businessKey?: string
  readonly sha256: string
  readonly status: 'accepted' | 'rejected'
  readonly findings: readonly Finding[]
  /** Without anything secret. */
  readonly headers: Readonly<Record<string, string>>
  readonly contentType?: string
  readonly traceParent?: string
  readonly body: Uint8Array
}

type StoredDraft = Omit<ReceiptDraft, 'body' | 'status'> & {
  status: string
  byteSize: number
  content: string
  conflictsWith?: string
}

function stored(draft: ReceiptDraft): StoredDraft {
  const { body, ...row } = draft
  const content = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64')
  return { ...row, byteSize: body.byteLength, content }
}

async function insertReceipts(tx: TenantTx, rows: readonly StoredDraft[]): Promise<Set<string>> {
  const inserted = await tx.rows<{ receipt_id: string }>(sql`
    with draft as materialized (
      select * from rows from (jsonb_to_recordset(${asJson(rows)}) as (
        "receiptId" text, "connectionId" text, channel text, "transportId" text, "businessKey" text, sha256 text,
        status text, findings jsonb, headers jsonb, "contentType" text, "byteSize" int, "conflictsWith" text,
        "traceParent" text, content text)) with ordinality as row(
        "receiptId", "connectionId", channel, "transportId", "businessKey", sha256, status, findings, headers,
        "contentType", "byteSize", "conflictsWith", "traceParent", content, place)
    ), kept as (
      insert into receipt (tenant_id, receipt_id, connection_id, channel, transport_id, business_key, sha256,
        status, findings, headers, content_type, byte_size, conflicts_with, trace_parent)
      select ${tx.tenantId}, "receiptId", "connectionId", channel, "transportId", "businessKey", sha256,
        status, findings, headers, "contentType", "byteSize", "conflictsWith", "traceParent"
      from draft order by place
      on conflict do nothing
      returning receipt_id
    ), raw as (
      insert into raw_document (tenant_id, receipt_id, content)
      select ${tx.tenantId}, kept.receipt_id, decode(draft.content, 'base64')
      from kept join draft on draft."receiptId" = kept.receipt_id
    )
    select receipt_id from kept`)
  return new Set(inserted.map((row) => row.receipt_id))
}

type Earlier = { readonly receiptId: string; readonly earlierId: string; readonly sha256: string }

function findEarlier(tx: TenantTx, rows: readonly StoredDraft[]): Promise<Earlier[]> {
  const keys = rows.map(({ receiptId, connectionId, transportId, businessKey }) => ({
    receiptId,
    connectionId,
    transportId,
    businessKey,
  }))
  return tx.rows<Earlier>(sql`
    select distinct on (draft."receiptId") draft."receiptId", receipt.receipt_id as "earlierId", receipt.sha256
    from jsonb_to_recordset(${asJson(keys)}) as draft(
      "receiptId" text, "connectionId" text, "transportId" text, "businessKey" text)
    join receipt on receipt.connection_id = draft."connectionId" and receipt.conflicts_with is null
      and (receipt.transport_id = draft."transportId" or receipt.business_key = draft."businessKey")
    order by draft."receiptId", receipt.received_seq`)
}

/** What became of a draft: kept, known already, or in conflict with an earlier delivery. */
export type Acceptance =
  | { readonly outcome: 'kept'; readonly receiptId: string }
  | { readonly outcome: 'duplicate'; readonly receiptId: string }
  | { readonly outcome: 'conflict'; readonly receiptId: string; readonly conflictsWith: string }

/**
 * Keeps a batch of deliveries of one tenant, bytes and all. A delivery seen before is not kept twice: the
 * same content is answered with the first receipt, other content under the same id is kept as a conflict.
 */
export async function acceptReceipts(
  tx: TenantTx,
  drafts: readonly ReceiptDraft[],
): Promise<Acceptance[]> {
  const rows = drafts.map(stored)
  const kept = await insertReceipts(tx, rows)
  if (kept.size === rows.length)
    return rows.map(({ receiptId }) => ({ outcome: 'kept', receiptId }))
  const repeated = rows.filter((row) => !kept.has(row.receiptId))
  const earlier = new Map((await findEarlier(tx, repeated)).map((row) => [row.receiptId, row]))
  const conflicting = repeated.filter((row) => earlier.get(row.receiptId)?.sha256 !== row.sha256)
  if (conflicting.length > 0)
    await insertReceipts(
      tx,
      conflicting.map((row) => ({
        ...row,
        status: 'conflict',
        conflictsWith: earlier.get(row.receiptId)?.earlierId ?? '',
      })),
    )
  const conflictIds = new Set(conflicting.map((row) => row.receiptId))
  const acceptances = rows.map(({ receiptId }): Acceptance => {
    const first = earlier.get(receiptId)
    if (first === undefined) return { outcome: 'kept', receiptId }
    return conflictIds.has(receiptId)
      ? { outcome: 'conflict', receiptId, conflictsWith: first.earlierId }
      : { outcome: 'duplicate', receiptId: first.earlierId }
  })
  await countDuplicates(
    tx,
    acceptances.flatMap((acceptance) =>
      acceptance.outcome === 'duplicate' ? acceptance.receiptId : [],
    ),
  )
  return acceptances
}

async function countDuplicates(tx: TenantTx, receiptIds: readonly string[]): Promise<void> {
  if (receiptIds.length === 0) return
  await tx.run(sql`
    update receipt set duplicates = duplicates + repeated.times
    from (select receipt_id, count(*)::int as times
      from jsonb_array_elements_text(${asJson(receiptIds)}) as receipt_id group by receipt_id) as repeated
    where receipt.receipt_id = repeated.receipt_id`)
}

/** A place in an order stream. */
export type StreamPlace = {
  readonly receiptId: string
  readonly streamKey: string
  readonly orderSeq: number
}

/** Takes the next places of streams, in the order asked. Streams are locked in key order. */
export async function takeStreamPlaces(
  tx: TenantTx,
  wanted: readonly Omit<StreamPlace, 'orderSeq'>[],
): Promise<StreamPlace[]> {
  if (wanted.length === 0) return []
  const counts = new Map<string, number>()
  for (const { streamKey } of wanted) counts.set(streamKey, (counts.get(streamKey) ?? 0) + 1)
  const asked = [...counts].map(([streamKey, count]) => ({ streamKey, count }))
  const rows = await tx.rows<{ stream_key: string; last_seq: number }>(sql`
    insert into order_stream (tenant_id, stream_key, last_seq)
    select ${tx.tenantId}, "streamKey", count
    from jsonb_to_recordset(${asJson(asked)}) as row("streamKey" text, count int) order by "streamKey"
    on conflict (tenant_id, stream_key) do update set last_seq = order_stream.last_seq + excluded.last_seq
    returning stream_key, last_seq`)
  const next = new Map(
    rows.map((row) => [row.stream_key, row.last_seq - (counts.get(row.stream_key) ?? 0) + 1]),
  )
  return wanted.map(({ receiptId, streamKey }) => {
    const orderSeq = next.get(streamKey) ?? 1
    next.set(streamKey, orderSeq + 1)
    return { receiptId, streamKey, orderSeq }
  })
}

/** Remembers which places receipts hold, until they are read. */
export async function keepStreamPlaces(
  tx: TenantTx,
  places: readonly StreamPlace[],
): Promise<void> {
  if (places.length === 0) return
  await tx.run(sql`
    insert into stream_place (tenant_id, receipt_id, stream_key, order_seq)
    select ${tx.tenantId}, "receiptId", "streamKey", "orderSeq"
    from jsonb_to_recordset(${asJson(places)}) as row("receiptId" text, "streamKey" text, "orderSeq" int)`)
}
