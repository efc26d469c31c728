import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** Rows whose job seems lost: unread receipts, documents still pending, orders whose hold has run out. */
export type OverdueWork = {
  readonly receiptIds: readonly string[]
  readonly documentIds: readonly string[]
  readonly orderIds: readonly string[]
}

/** Finds work older than some seconds that nobody has done; each list is capped, the next round takes the rest. */
export async function overdueWork(tx: TenantTx, olderThanSeconds: number): Promise<OverdueWork> {
  const age = sql`make_interval(secs => ${olderThanSeconds})`
  const rows = await tx.rows<{ kind: string; id: string }>(sql`
    (select 'receipt' as kind, receipt_id as id from receipt
      where status = 'accepted' and received_at < now() - ${age} order by received_seq limit 500)
    union all
    (select 'document', document_id from document
      where status = 'pending' and direction = 'in' and created_at < now() - ${age} limit 500)
    union all
    (select distinct 'order', hold.order_id from hold
      join orders on orders.order_id = hold.order_id and orders.stage in ('held', 'released', 'picking', 'shipped')
      where hold.released_at is null and hold.timed_out_at is null and hold.expires_at < now() - interval '2 seconds' limit 500)`)
  const ids = (kind: string) => rows.filter((row) => row.kind === kind).map((row) => row.id)
  return { receiptIds: ids('receipt'), documentIds: ids('document'), orderIds: ids('order') }
}
