import { sql } from 'drizzle-orm'
import { asJson, type TenantTx } from '../database.ts'

/** An API key as people see it: never its token. */
export type CredentialRecord = {
  readonly credentialId: string
  readonly name: string
  readonly role: string
  readonly scopes: readonly string[]
  readonly connectionId: string | null
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly revokedAt: string | null
  readonly lastUsedAt: string | null
}

const columns = sql`
  credential_id as "credentialId", name, role, scopes, connection_id as "connectionId", created_at as "createdAt",
  expires_at as "expiresAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt"`

/** All keys of the tenant, newest first. */
export async function listCredentials(tx: TenantTx): Promise<CredentialRecord[]> {
  return tx.rows(
    sql`select ${columns} from credential order by created_at desc, credential_id desc`,
  )
}

/** What is kept of a new key. */
type NewCredential = Pick<
  CredentialRecord,
  'credentialId' | 'name' | 'role' | 'scopes' | 'connectionId' | 'expiresAt'
> & { readonly tokenHash: string }

/** Writes a new key by the hash of its token. */
export async function insertCredential(
  tx: TenantTx,
  credential: NewCredential,
): Promise<CredentialRecord | undefined> {
  const [written] = await tx.rows<CredentialRecord>(sql`
    insert into credential (credential_id, tenant_id, token_hash, name, role, scopes, connection_id, expires_at)
    values (${credential.credentialId}, ${tx.tenantId}, ${credential.tokenHash}, ${credential.name}, ${credential.role},
      ${asJson(credential.scopes)}, ${credential.connectionId}, ${credential.expiresAt}::timestamptz)
    returning ${columns}`)
  return written
}

/** Ends a key; nothing when there is no such key or it has ended before. */
export async function revokeCredential(
  tx: TenantTx,
  credentialId: string,
): Promise<CredentialRecord | undefined> {
  const [revoked] = await tx.rows<CredentialRecord>(sql`
    update credential set revoked_at = now()
    where credential_id = ${credentialId} and revoked_at is null returning ${columns}`)
  return revoked
}

/** One key of the tenant. */
export async function readCredential(
  tx: TenantTx,
  credentialId: string,
): Promise<CredentialRecord | undefined> {
  const [found] = await tx.rows<CredentialRecord>(
    sql`select ${columns} from credential where credential_id = ${credentialId}`,
  )
  return found
}
