import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/**
 * What the warehouses of a made-up distributor do by themselves: shelves that run low get ten times their safety
 * stock, and everything is counted once a day. Returns how many shelves were filled or counted.
 */
export async function restock(tx: TenantTx): Promise<number> {
  const rows = await tx.rows(sql`
    update stock set as_of = now(), version = version + 1, updated_at = now(),
      on_hand_each = on_hand_each
        + case when on_hand_each - allocated_each < 2 * safety_each then 10 * safety_each else 0 end
    where safety_each > 0
      and (on_hand_each - allocated_each < 2 * safety_each or as_of < now() - interval '20 hours')
    returning 1`)
  return rows.length
}
