import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** One POST of one caller under one key. */
export type IdempotentRequest = {
  readonly principal: string
  readonly route: string
  readonly key: string
  readonly bodyHash: string
}

/** What the table already holds for a request that is not new. */
export type EarlierAnswer = {
  readonly bodyHash: string
  readonly status: number | null
  readonly response: string | null
}

/**
 * Claims a key for this request; gives what is known when somebody was here before. A row is free again
 * after 24 hours, and after five minutes without an answer: then its process died.
 */
export async function beginAnswer(
  tx: TenantTx,
  { principal, route, key, bodyHash }: IdempotentRequest,
): Promise<EarlierAnswer | undefined> {
  const claimed = await tx.rows(sql`
    insert into idempotency (tenant_id, principal, route, key, body_hash)
    values (${tx.tenantId}, ${principal}, ${route}, ${key}, ${bodyHash})
    on conflict (tenant_id, principal, route, key) do update
      set body_hash = excluded.body_hash, status = null, response = null, created_at = now()
      where idempotency.created_at < now() - interval '24 hours'
         or (idempotency.status is null and idempotency.body_hash = excluded.body_hash
             and idempotency.created_at < now() - interval '5 minutes')
    returning key`)
  if (claimed.length > 0) return undefined
  const [earlier] = await tx.rows<{
    body_hash: string
    status: number | null
    response: string | null
  }>(sql`
    select body_hash, status, response from idempotency
    where principal = ${principal} and route = ${route} and key = ${key}`)
  return {
    bodyHash: earlier?.body_hash ?? bodyHash,
    status: earlier?.status ?? null,
    response: earlier?.response ?? null,
  }
}
