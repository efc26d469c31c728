import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'
import { eventLockKey } from '../events.ts'

/** A seal over a tenant's events after one id and up to another, chained to the seal before. */
export type Checkpoint = {
  readonly checkpointNo: number
  readonly afterEventId: number
  readonly upToEventId: number
  readonly eventCount: number
  readonly previousHash: string
  readonly hash: string
  readonly at: string
}

const columns = sql`
  checkpoint_no as "checkpointNo", after_event_id as "afterEventId", up_to_event_id as "upToEventId",
  event_count as "eventCount", previous_hash as "previousHash", hash, at`

/** The newest checkpoint of the tenant. */
export async function lastCheckpoint(tx: TenantTx): Promise<Checkpoint | undefined> {
  const [last] = await tx.rows<Checkpoint>(
    sql`select ${columns} from event_checkpoint order by checkpoint_no desc limit 1`,
  )
  return last
}

/** The next checkpoints of the tenant after a number. */
export async function nextCheckpoints(
  tx: TenantTx,
  afterNo: number,
  limit: number,
): Promise<Checkpoint[]> {
  return tx.rows(sql`
    select ${columns} from event_checkpoint where checkpoint_no > ${afterNo}::int
    order by checkpoint_no limit ${limit}::int`)
}

/**
 * The id up to which the tenant's events are final: writers share the lock, so once it is held alone every
 * event with a lower id has committed. The lock ends with the transaction; keep that one short.
 */
export async function finalEventId(tx: TenantTx): Promise<number> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${eventLockKey(tx.tenantId)}, 0))`)
  const [row] = await tx.rows<{ last: number | null }>(sql`select max(event_id) as last from event`)
  return row?.last ?? 0
}

/** Writes a checkpoint; false when another process has sealed in the meantime. */
export async function insertCheckpoint(tx: TenantTx, seal: Checkpoint): Promise<boolean> {
  const written = await tx.run(sql`
    insert into event_checkpoint
      (tenant_id, checkpoint_no, after_event_id, up_to_event_id, event_count, previous_hash, hash, at)
    values (${tx.tenantId}, ${seal.checkpointNo}, ${seal.afterEventId}, ${seal.upToEventId}, ${seal.eventCount},
      ${seal.previousHash}, ${seal.hash}, ${seal.at}::timestamptz)
    on conflict do nothing`)
  return written > 0
}

/** Takes the hashes of a checkpoint's events one after the other and gives the checkpoint's own. */
export type SealHasher = {
  add(event: { readonly eventId: number; readonly hash: string }): void
  readonly count: number
  digest(): string
}

/** Begins the hash of a checkpoint: SHA-256 over its place in the chain and its events' ids and hashes. */
export function sealHasher(
  tenantId: string,
  seal: Pick<Checkpoint, 'checkpointNo' | 'afterEventId' | 'upToEventId' | 'previousHash' | 'at'>,
): SealHasher {
  const { checkpointNo, afterEventId, upToEventId, previousHash, at } = seal
  const hash = createHash('sha256')
  hash.update(
    `${JSON.stringify([tenantId, checkpointNo, afterEventId, upToEventId, previousHash, at])}\n`,
  )
  let count = 0
  return {
    add(event) {
      count += 1
      hash.update(`${event.eventId}:${event.hash}\n`)
    },
    get count() {
      return count
    },
    digest: () => hash.digest('hex'),
  }
}
