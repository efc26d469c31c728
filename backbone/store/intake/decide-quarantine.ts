import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** Quarantined input a person has decided about. */
export type DecidedQuarantine = {
  readonly kind: string
  readonly reason: string
  readonly receiptId: string | null
  readonly documentId: string | null
}

/** Closes an open quarantine entry with its decision; nothing when it is unknown or was decided before. */
export async function decideQuarantine(
  tx: TenantTx,
  decision: {
    readonly quarantineId: string
    readonly status: 'released' | 'discarded'
    readonly actor: string
  },
): Promise<DecidedQuarantine | undefined> {
  const [row] = await tx.rows<DecidedQuarantine>(sql`
    update quarantine set status = ${decision.status}, decided_at = now(), decided_by = ${decision.actor}
    where quarantine_id = ${decision.quarantineId} and status = 'open'
    returning kind, reason, receipt_id as "receiptId", document_id as "documentId"`)
  return row
}

/** Whether a quarantine entry exists, decided or not. */
export async function isQuarantineKnown(tx: TenantTx, quarantineId: string): Promise<boolean> {
  const rows = await tx.rows(
    sql`select 1 from quarantine where quarantine_id = ${quarantineId} limit 1`,
  )
  return rows.length > 0
}

/** Makes a set-aside receipt unread again; false when it is not set aside. */
export async function reopenReceipt(tx: TenantTx, receiptId: string): Promise<boolean> {
  const count = await tx.run(sql`
    update receipt set status = 'accepted', read_at = null, attempts = 0
    where receipt_id = ${receiptId} and status in ('quarantined', 'partly-read', 'conflict')`)
  return count > 0
}

/** Makes a set-aside document wait for its turn again; false when it is not set aside. */
export async function reopenDocument(tx: TenantTx, documentId: string): Promise<boolean> {
  const count = await tx.run(sql`
    update document set status = 'pending', reason = null, waits_for = null, attempts = 0, applied_at = null
    where document_id = ${documentId} and status = 'quarantined'`)
  return count > 0
}

/** Ends a set-aside document for good, with the reason. */
export async function leaveOutDocument(
  tx: TenantTx,
  documentId: string,
  reason: string,
): Promise<void> {
  await tx.run(sql`
    update document set status = 'ignored', reason = ${reason}, applied_at = now()
    where document_id = ${documentId} and status = 'quarantined'`)
}
