import { sql } from 'drizzle-orm'
import { outreachKind } from '../../canonical/outreach-settings.ts'
import type { TenantTx } from '../database.ts'

/** A connection that messages to customers leave by. */
export type OutreachConnection = { readonly connectionId: string; readonly settings: unknown }

/** The tenant's connections for messages to customers that are switched on, the first one by its id first. */
export function outreachConnections(tx: TenantTx): Promise<OutreachConnection[]> {
  return tx.rows(sql`
    select connection_id as "connectionId", settings from connection
    where kind = ${outreachKind} and is_enabled order by connection_id`)
}
