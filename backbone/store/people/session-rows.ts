import { sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

/** What is kept of a new session. */
type NewSession = {
  readonly sessionId: string
  readonly userId: string
  readonly tokenHash: string
  readonly signedInBy: string
  readonly at: string
  readonly expiresAt: string
}

/** Writes a new session, and sweeps out those of the tenant that are over. */
export async function insertSession(tx: TenantTx, session: NewSession): Promise<void> {
  await tx.run(sql`delete from session where expires_at < ${session.at}::timestamptz`)
  await tx.run(sql`
    insert into session (session_id, tenant_id, user_id, token_hash, signed_in_by, created_at, last_seen_at, expires_at)
    values (${session.sessionId}, ${tx.tenantId}, ${session.userId}, ${session.tokenHash}, ${session.signedInBy},
      ${session.at}::timestamptz, ${session.at}::timestamptz, ${session.expiresAt}::timestamptz)`)
}

/** Notes that somebody was there. */
export async function touchSession(tx: TenantTx, sessionId: string, at: string): Promise<void> {
  await tx.run(sql`
    update session set last_seen_at = greatest(last_seen_at, ${at}::timestamptz) where session_id = ${sessionId}`)
}

/** Ends a session; whether it was still there. */
export async function deleteSession(tx: TenantTx, sessionId: string): Promise<boolean> {
  return (await tx.run(sql`delete from session where session_id = ${sessionId}`)) > 0
}

/** Ends every session of these people; how many there were. */
export function deleteSessionsOf(tx: TenantTx, userIds: readonly string[]): Promise<number> {
  return tx.run(sql`delete from session where user_id = any(${asTextList(userIds)})`)
}
