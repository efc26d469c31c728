import { sql } from 'drizzle-orm'
import type { Database } from '../database.ts'

/** A credential as the door needs it: whose it is, what it may do, how long it is good. */
export type FoundCredential = {
  readonly credentialId: string
  readonly tenantId: string
  readonly name: string
  readonly role: string
  readonly scopes: unknown
  readonly expiresAt: string | null
  readonly isRevoked: boolean
}

type Row = {
  credential_id: string
  tenant_id: string
  name: string
  role: string
  scopes: unknown
  expires_at: string | null
  is_revoked: boolean
}

/** Finds whose API key this is, by the key's hash, before the tenant is known. */
export async function findCredential(
  database: Database,
  tokenHash: string,
): Promise<FoundCredential | undefined> {
  const [row] = await database.beforeTenant((tx) =>
    tx.rows<Row>(sql`
      select credential_id, tenant_id, name, role, scopes, expires_at, 
        revoked_at is not null or shut_at is not null as is_revoked
      from credential where token_hash = ${tokenHash}`),
  )
  if (row === undefined) return undefined
  return {
    credentialId: row.credential_id,
    tenantId: row.tenant_id,
    name: row.name,
    role: row.role,
    scopes: row.scopes,
    expiresAt: row.expires_at,
    isRevoked: row.is_revoked,
  }
}
