import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** Remembers to the minute when a key was last used, so that forgotten keys can be found and revoked. */
export async function noteCredentialUse(tx: TenantTx, credentialId: string): Promise<void> {
  await tx.run(sql`
    update credential set last_used_at = now()
    where credential_id = ${credentialId}
      and (last_used_at is null or last_used_at < now() - interval '1 minute')`)
}
