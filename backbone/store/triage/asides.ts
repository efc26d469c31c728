import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** A document in quarantine as it stands now, with what has become of its order and its sender's next deliveries. */
export type AsideStanding = {
  readonly quarantineId: string
  readonly status: string
  readonly kind: string
  readonly reason: string
  readonly receiptId: string | null
  readonly documentId: string | null
  readonly operation: string
  readonly naturalKey: string
  readonly isAboutOurs: boolean
  readonly orderStage: string | null
  readonly sentAgainAs: string | null
  readonly isTakenElsewhere: boolean
}

/** The open entries of the quarantine that ids of entries or of receipts mean. */
export async function openAsides(tx: TenantTx, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await tx.rows<{ quarantine_id: string }>(sql`
    select quarantine_id from quarantine where quarantine_id = any(${asTextList(ids)}) and status = 'open'
    union
    select quarantine_id from quarantine
    where tenant_id = ${tx.tenantId} and receipt_id = any(${asTextList(ids)}) and status = 'open'
    order by quarantine_id`)
  return rows.map((row) => row.quarantine_id)
}

/** Takes open entries of the quarantine for this transaction alone; gives those that are still open. */
export async function lockAsides(
  tx: TenantTx,
  quarantineIds: readonly string[],
): Promise<string[]> {
  if (quarantineIds.length === 0) return []
  const rows = await tx.rows<{ quarantine_id: string }>(sql`
    select quarantine_id from quarantine
    where quarantine_id = any(${asTextList(quarantineIds)}) and status = 'open'
    order by quarantine_id for update`)
  return rows.map((row) => row.quarantine_id)
}

/** Reads documents in quarantine as they stand now, in the order they were set aside. */
export function readAsides(
  tx: TenantTx,
  quarantineIds: readonly string[],
): Promise<AsideStanding[]> {
  if (quarantineIds.length === 0) return Promise.resolve([])
  return tx.rows<AsideStanding>(sql`
    select aside.quarantine_id as "quarantineId", aside.status, aside.kind, aside.reason,
      aside.receipt_id as "receiptId", aside.document_id as "documentId",
      'receive.' || coalesce(receipt.channel, 'unknown') as operation,
      coalesce(document.number, aside.receipt_id, aside.quarantine_id) as "naturalKey",
      -- What a partner said of ours names no document that waits to be applied.
      aside.transaction_id is not null or (aside.kind = 'needs-person' and aside.document_id is null) as "isAboutOurs",
      (select case when count(*) = 1 then min(orders.stage) end from orders
        where orders.tenant_id = ${tx.tenantId} and orders.stream_key = document.stream_key) as "orderStage",
      (select later.receipt_id from receipt as later
        where later.connection_id = receipt.connection_id and later.conflicts_with is null
          -- A refused delivery gives its id back with its own number behind it.
          and later.transport_id = case when right(receipt.transport_id, length(receipt.receipt_id) + 1)
            = '#' || receipt.receipt_id
            then left(receipt.transport_id, -(length(receipt.receipt_id) + 1)) end
          and later.received_seq > receipt.received_seq and later.status = 'read'
        order by later.received_seq desc limit 1) as "sentAgainAs",
      exists (select from document as later
        where later.tenant_id = ${tx.tenantId} and later.stream_key = document.stream_key
          and later.doc_type = document.doc_type and later.number = document.number and later.direction = 'in'
          and later.order_seq > document.order_seq and later.status = 'applied') as "isTakenElsewhere"
    from quarantine as aside
    left join receipt on receipt.receipt_id = aside.receipt_id
    left join document on document.document_id = aside.document_id and document.direction = 'in'
    where aside.quarantine_id = any(${asTextList(quarantineIds)})
    order by aside.created_at, aside.quarantine_id`)
}

/** Writes the decision about open entries. The caller holds them. */
export async function decideAsides(
  tx: TenantTx,
  decisions: readonly {
    readonly quarantineId: string
    readonly status: 'released' | 'discarded'
  }[],
  { actor, at }: { readonly actor: string; readonly at: string },
): Promise<void> {
  if (decisions.length === 0) return
  await tx.run(sql`
    update quarantine set status = decision.status, decided_at = ${at}::timestamptz, decided_by = ${actor}
    from jsonb_to_recordset(${asJson(decisions)}) as decision("quarantineId" text, status text)
    where quarantine.quarantine_id = decision."quarantineId" and quarantine.status = 'open'
      and quarantine.quarantine_id = any(${asTextList(decisions.map(({ quarantineId }) => quarantineId))})`)
}

/** Makes receipts unread again; gives those that were set aside until now. */
export async function reopenReceipts(
  tx: TenantTx,
  receiptIds: readonly string[],
): Promise<string[]> {
  if (receiptIds.length === 0) return []
  const rows = await tx.rows<{ receipt_id: string }>(sql`
    update receipt set status = 'accepted', read_at = null, attempts = 0
    where receipt_id = any(${asTextList(receiptIds)}) and status in ('quarantined', 'partly-read', 'conflict')
    returning receipt_id`)
  return rows.map((row) => row.receipt_id)
}

/** Makes documents wait for their turn again; gives those that were set aside until now. */
export async function reopenDocuments(
  tx: TenantTx,
  documentIds: readonly string[],
): Promise<string[]> {
  if (documentIds.length === 0) return []
  const rows = await tx.rows<{ document_id: string }>(sql`
    update document set status = 'pending', reason = null, waits_for = null, attempts = 0, applied_at = null
    where document_id = any(${asTextList(documentIds)}) and status = 'quarantined'
    returning document_id`)
  return rows.map((row) => row.document_id)
}

/** Ends set-aside documents for good, each with its reason. */
export async function leaveOutDocuments(
  tx: TenantTx,
  left: readonly { readonly documentId: string; readonly reason: string }[],
): Promise<void> {
  if (left.length === 0) return
  await tx.run(sql`
    update document set status = 'ignored', reason = gone.reason, applied_at = now()
    from jsonb_to_recordset(${asJson(left)}) as gone("documentId" text, reason text)
    where document.document_id = gone."documentId" and document.status = 'quarantined'
      and document.document_id = any(${asTextList(left.map(({ documentId }) => documentId))})`)
}
