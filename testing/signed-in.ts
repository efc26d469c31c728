import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { newId } from '../backbone/canonical/ids.ts'
import type { PersonRole } from '../backbone/canonical/person.ts'
import { csrfTokenOf } from '../backbone/http/csrf.ts'
import type { Database } from '../backbone/store/database.ts'

/** A person who is signed in, and the headers their page sends with every request, changes included. */
export type SignedIn = {
  readonly userId: string
  readonly name: string
  readonly role: PersonRole
  readonly sessionId: string
  readonly headers: Readonly<Record<'cookie' | 'x-csrf-token' | 'origin', string>>
}

/** Adds a person to a tenant and signs them in; `origin` is the address of a server that really listens. */
export async function signedIn(
  { database }: { readonly database: Database },
  {
    tenantId,
    role,
    name = `Test ${role}`,
    origin = 'http://localhost',
    atMs = Date.now(),
  }: {
    readonly tenantId: string
    readonly role: PersonRole
    readonly name?: string
    readonly origin?: string
    readonly atMs?: number
  },
): Promise<SignedIn> {
  const [userId, sessionId] = [newId('usr'), newId('ses')]
  const token = `qs_${randomBytes(32).toString('base64url')}`
  const tokenHash = createHash('sha256').update(token).digest('hex')
  const [at, until] = [0, 12 * 3_600_000].map((ms) => new Date(atMs + ms).toISOString())
  await database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      insert into app_user (user_id, tenant_id, name, email, role, last_signed_in_at)
      values (${userId}, ${tenantId}, ${name}, ${`${userId}@test.example`}, ${role}, ${at}::timestamptz)`)
    await tx.run(sql`
      insert into session
        (session_id, tenant_id, user_id, token_hash, signed_in_by, created_at, last_seen_at, expires_at)
      values (${sessionId}, ${tenantId}, ${userId}, ${tokenHash}, 'password', ${at}::timestamptz,
        ${at}::timestamptz, ${until}::timestamptz)`)
  })
  return {
    userId,
    name,
    role,
    sessionId,
    headers: {
      cookie: `quittance_session=${token}`,
      'x-csrf-token': csrfTokenOf(token),
      origin,
    },
  }
}
