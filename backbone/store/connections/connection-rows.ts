import { sql } from 'drizzle-orm'
import { asJson, type TenantTx } from '../database.ts'
import { type ConnectionRecord, connectionColumns, type StoredSecret } from './connection-record.ts'

/** How a connection does, as ops people ask: does it work, and since when not. */
type ConnectionHealth = {
  readonly circuit: string
  readonly consecutiveFailures: number
  readonly openedAt: string | null
  readonly lastSucceededAt: string | null
  readonly lastFailedAt: string | null
  readonly lastError: string | null
}

/** A connection beside its health; nothing was called yet where health is null. */
export type ConnectionWithHealth = ConnectionRecord & { readonly health: ConnectionHealth | null }

const healthColumn = sql`
  (select jsonb_build_object('circuit', circuit, 'consecutiveFailures', consecutive_failures,
     'openedAt', opened_at, 'lastSucceededAt', last_succeeded_at, 'lastFailedAt', last_failed_at, 'lastError', last_error)
   from connection_health where connection_health.connection_id = connection.connection_id) as health`

/** All connections of the tenant by name. */
export async function listConnections(tx: TenantTx): Promise<ConnectionWithHealth[]> {
  return tx.rows(
    sql`select ${connectionColumns}, ${healthColumn} from connection order by name, connection_id`,
  )
}

/** One connection of the tenant. */
export async function readConnection(
  tx: TenantTx,
  connectionId: string,
): Promise<ConnectionWithHealth | undefined> {
  const [found] = await tx.rows<ConnectionWithHealth>(
    sql`select ${connectionColumns}, ${healthColumn} from connection where connection_id = ${connectionId}`,
  )
  return found
}

/** One connection of the tenant, held until the transaction ends so that its versions count on. */
export async function lockConnection(
  tx: TenantTx,
  connectionId: string,
): Promise<ConnectionRecord | undefined> {
  const [found] = await tx.rows<ConnectionRecord>(
    sql`select ${connectionColumns} from connection where connection_id = ${connectionId} for update`,
  )
  return found
}

/** What a person may say about a connection. */
export type ConnectionContent = {
  readonly kind: string
  readonly name: string
  readonly partnerId: string | null
  readonly settings: Readonly<Record<string, unknown>>
  readonly isEnabled: boolean
}

/** Writes a new connection; false when its id is taken, by whatever tenant. */
export async function insertConnection(
  tx: TenantTx,
  connectionId: string,
  content: ConnectionContent,
): Promise<boolean> {
  const written = await tx.run(sql`
    insert into connection (connection_id, tenant_id, kind, name, partner_id, settings, is_enabled)
    values (${connectionId}, ${tx.tenantId}, ${content.kind}, ${content.name}, ${content.partnerId},
      ${asJson(content.settings)}, ${content.isEnabled})
    on conflict (connection_id) do nothing`)
  return written > 0
}

/** Writes a connection's new content as its next version. */
export async function updateConnection(
  tx: TenantTx,
  connectionId: string,
  content: Omit<ConnectionContent, 'kind'>,
): Promise<void> {
  await tx.run(sql`
    update connection set name = ${content.name}, partner_id = ${content.partnerId},
      settings = ${asJson(content.settings)}, is_enabled = ${content.isEnabled},
      version = version + 1, updated_at = now()
    where connection_id = ${connectionId}`)
}

/** Writes a connection's sealed secrets as its next version. */
export async function updateSecrets(
  tx: TenantTx,
  connectionId: string,
  secrets: readonly StoredSecret[],
): Promise<void> {
  await tx.run(sql`
    update connection set secrets = ${asJson(secrets)}, version = version + 1, updated_at = now()
    where connection_id = ${connectionId}`)
}

/** Keeps what the test button found; the circuit is the outbox's own and stays as it is. */
export async function recordConnectionTest(
  tx: TenantTx,
  connectionId: string,
  result: { readonly isReachable: boolean; readonly detail: string },
): Promise<void> {
  const column = result.isReachable ? sql`last_succeeded_at` : sql`last_failed_at`
  const error = result.isReachable ? null : result.detail.slice(0, 500)
  await tx.run(sql`
    insert into connection_health (connection_id, tenant_id, ${column}, last_error)
    values (${connectionId}, ${tx.tenantId}, now(), ${error}::text)
    on conflict (connection_id) do update set ${column} = excluded.${column},
      last_error = coalesce(excluded.last_error, connection_health.last_error)`)
}
