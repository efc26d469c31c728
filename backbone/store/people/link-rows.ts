import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** Writes a new one-time link, and sweeps out those of the tenant that are over. */
export async function insertLink(
  tx: TenantTx,
  link: {
    readonly linkId: string
    readonly userId: string
    readonly tokenHash: string
    readonly at: string
    readonly expiresAt: string
  },
): Promise<void> {
  await tx.run(sql`delete from sign_in_link where expires_at < ${link.at}::timestamptz`)
  await tx.run(sql`
    insert into sign_in_link (link_id, tenant_id, user_id, token_hash, created_at, expires_at)
    values (${link.linkId}, ${tx.tenantId}, ${link.userId}, ${link.tokenHash}, ${link.at}::timestamptz,
      ${link.expiresAt}::timestamptz)`)
}

/** Uses a link up. Only one of many who try at once gets its person. */
export async function consumeLink(
  tx: TenantTx,
  tokenHash: string,
  at: string,
): Promise<string | undefined> {
  const [used] = await tx.rows<{ userId: string }>(sql`
    update sign_in_link set consumed_at = ${at}::timestamptz
    where token_hash = ${tokenHash} and consumed_at is null and expires_at > ${at}::timestamptz
    returning user_id as "userId"`)
  return used?.userId
}

/** Voids the links of a person that nobody has used. */
export async function voidLinksOf(tx: TenantTx, userId: string): Promise<void> {
  await tx.run(sql`delete from sign_in_link where user_id = ${userId} and consumed_at is null`)
}
