import { type SQL, sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'
import { openSecret, type SecretKey, type SecretOwner } from '../secrets/sealed-secret.ts'

/** A secret as it is kept: sealed, with how long it still counts. */
export type StoredSecret = {
  readonly sealed: string
  readonly createdAt: string
  readonly expiresAt?: string
}

/** A connection as it is kept; its secrets are sealed. */
export type ConnectionRecord = {
  readonly connectionId: string
  readonly tenantId: string
  readonly kind: string
  readonly name: string
  readonly partnerId: string | null
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets: readonly StoredSecret[]
  readonly isEnabled: boolean
  readonly version: number
  readonly createdAt: string
  readonly updatedAt: string
}

/** The columns of a connection under the names of its record. */
export const connectionColumns: SQL = sql`
  connection_id as "connectionId", tenant_id as "tenantId", kind, name, partner_id as "partnerId", settings,
  secrets, is_enabled as "isEnabled", version, created_at as "createdAt", updated_at as "updatedAt"`

/** A connection with its secrets opened, as connectors and channels take it. Never logged. */
export type OpenedConnection = {
  readonly connectionId: string
  readonly tenantId: string
  readonly kind: string
  readonly settings: Readonly<Record<string, unknown>>
  /** The current secret first. */
  readonly secrets: readonly string[]
}

/** The secrets that count at a moment, the current one first: two during a rotation. */
export function validSecrets(secrets: readonly StoredSecret[], nowMs: number): StoredSecret[] {
  return secrets.filter(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > nowMs)
}

/** Opens a connection's secrets that count at a moment. */
export function openedSecrets(
  key: SecretKey,
  connection: SecretOwner & { readonly secrets: readonly StoredSecret[] },
  nowMs: number,
): string[] {
  return validSecrets(connection.secrets, nowMs).map(({ sealed }) =>
    openSecret(key, connection, sealed),
  )
}

/** Gives the outbox its connections with secrets opened; nothing for a connection that is not the tenant's. */
export function connectionOpener(
  key: SecretKey,
): (tx: TenantTx, connectionId: string) => Promise<OpenedConnection | undefined> {
  return async (tx, connectionId) => {
    const [found] = await tx.rows<ConnectionRecord & { now: string }>(
      sql`select ${connectionColumns}, now() as now from connection where connection_id = ${connectionId}`,
    )
    if (found === undefined) return undefined
    return {
      connectionId,
      tenantId: found.tenantId,
      kind: found.kind,
      settings: found.settings,
      secrets: openedSecrets(key, found, Date.parse(found.now)),
    }
  }
}
