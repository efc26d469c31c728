import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'
import type { IdempotentRequest } from './begin-answer.ts'

type Place = Omit<IdempotentRequest, 'bodyHash'>

/** Keeps the answer of a request, so that its repeat gets the same; and drops a few that are over. */
export async function finishAnswer(
  tx: TenantTx,
  { principal, route, key }: Place,
  answer: { readonly status: number; readonly response: string },
): Promise<void> {
  await tx.run(sql`
    update idempotency set status = ${answer.status}, response = ${answer.response}
    where principal = ${principal} and route = ${route} and key = ${key}`)
  await tx.run(sql`
    delete from idempotency where ctid = any(array(
      select ctid from idempotency
      where principal = ${principal} and created_at < now() - interval '24 hours' limit 20))`)
}

/** Forgets a request that failed on our side, so that it may be tried again under its key. */
export async function forgetAnswer(tx: TenantTx, { principal, route, key }: Place): Promise<void> {
  await tx.run(sql`
    delete from idempotency
    where principal = ${principal} and route = ${route} and key = ${key} and status is null`)
}
