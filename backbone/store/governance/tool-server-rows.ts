import { sql } from 'drizzle-orm'
import type { ToolServer } from '../../canonical/tool-server.ts'
import { asJson, type TenantTx } from '../database.ts'

/** A server of others as it is kept; its secret is sealed. */
export type ToolServerRow = Omit<ToolServer, 'hasSecret'> & { readonly sealedSecret: string | null }

const columns = sql`name, url, sealed_secret as "sealedSecret", tools, may_write as "mayWrite",
  is_enabled as "isEnabled", changed_by as "changedBy", changed_at as "changedAt"`

/** Servers of others, by name. */
export function toolServerRows(tx: TenantTx): Promise<ToolServerRow[]> {
  return tx.rows<ToolServerRow>(sql`select ${columns} from tool_server order by name`)
}

/** One server, nobody else changing it meanwhile; undefined when there is none of that name. */
export async function lockToolServer(
  tx: TenantTx,
  name: string,
): Promise<ToolServerRow | undefined> {
  const [found] = await tx.rows<ToolServerRow>(
    sql`select ${columns} from tool_server where name = ${name} for update`,
  )
  return found
}

/** Writes a server as it now is. */
export async function putToolServer(
  tx: TenantTx,
  row: Omit<ToolServerRow, 'changedAt'>,
): Promise<void> {
  await tx.run(sql`
    insert into tool_server (tenant_id, name, url, sealed_secret, tools, may_write, is_enabled, changed_by)
    values (${tx.tenantId}, ${row.name}, ${row.url}, ${row.sealedSecret}, ${asJson(row.tools)}, ${row.mayWrite},
      ${row.isEnabled}, ${row.changedBy})
    on conflict (tenant_id, name) do update set url = excluded.url, sealed_secret = excluded.sealed_secret,
      tools = excluded.tools, may_write = excluded.may_write, is_enabled = excluded.is_enabled,
      changed_by = excluded.changed_by, changed_at = now()`)
}

/** Forgets a server and its secret; false when there is none of that name. */
export async function deleteToolServer(tx: TenantTx, name: string): Promise<boolean> {
  const gone = await tx.rows(sql`delete from tool_server where name = ${name} returning name`)
  return gone.length > 0
}
