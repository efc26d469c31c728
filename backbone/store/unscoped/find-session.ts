import { type SQL, sql } from 'drizzle-orm'
import type { PersonRole } from '../../canonical/person.ts'
import type { Database } from '../database.ts'

/** A session as the door needs it: whose it is, what they may do, how long it is good. */
export type FoundSession = {
  readonly sessionId: string
  readonly tenantId: string
  readonly userId: string
  readonly name: string
  readonly role: PersonRole
  readonly isActive: boolean
  readonly signedInBy: string
  readonly lastSeenAt: string
  readonly expiresAt: string
}

/** Finds whose session this is, by the hash of what the browser shows, before the tenant is known. */
export async function findSession(
  database: Database,
  tokenHash: string,
): Promise<FoundSession | undefined> {
  const [row] = await database.beforeTenant((tx) =>
    tx.rows<FoundSession>(sql`
      select session_id as "sessionId", s.tenant_id as "tenantId", s.user_id as "userId", name, role,
        is_active as "isActive", signed_in_by as "signedInBy", last_seen_at as "lastSeenAt", expires_at as "expiresAt"
      from session s join app_user u on u.user_id = s.user_id and u.tenant_id = s.tenant_id
      where token_hash = ${tokenHash}`),
  )
  return row
}

/** Whose one-time link this is, by its hash. */
export async function findLinkTenant(
  database: Database,
  tokenHash: string,
): Promise<string | undefined> {
  const [row] = await database.beforeTenant((tx) =>
    tx.rows<{ tenantId: string }>(
      sql`select tenant_id as "tenantId" from sign_in_link where token_hash = ${tokenHash}`,
    ),
  )
  return row?.tenantId
}

/** A person who wants to come in, before anything is proved. */
export type FoundPerson = {
  readonly userId: string
  readonly tenantId: string
  readonly tenantName: string
  readonly passwordHash: string | null
  readonly oidcSubject: string | null
  readonly isActive: boolean
}

function findPeople(database: Database, by: SQL): Promise<FoundPerson[]> {
  return database.beforeTenant((tx) =>
    tx.rows<FoundPerson>(sql`
      select user_id as "userId", u.tenant_id as "tenantId", t.name as "tenantName", password_hash as "passwordHash",
        oidc_subject as "oidcSubject", is_active as "isActive"
      from app_user u join tenant t on t.tenant_id = u.tenant_id
      where ${by} order by u.tenant_id limit 20`),
  )
}

/** Everybody with this address: one person may work for several tenants. */
export function findPeopleByEmail(database: Database, email: string): Promise<FoundPerson[]> {
  return findPeople(database, sql`email = ${email}`)
}

/** Everybody the provider knows under this subject. */
export function findPeopleBySubject(database: Database, subject: string): Promise<FoundPerson[]> {
  return findPeople(database, sql`oidc_subject = ${subject}`)
}
