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
