import { sql } from 'drizzle-orm'
import {
  type ConnectionRecord,
  connectionColumns,
  openedSecrets,
} from '../connections/connection-record.ts'
import type { Database } from '../database.ts'
import type { SecretKey } from '../secrets/sealed-secret.ts'

/** The connection a document came in at: who its tenant and partner are, and the secrets that may vouch for it. */
export type FoundConnection = {
  readonly connectionId: string
  readonly tenantId: string
  readonly kind: string
  readonly partnerId: string | null
  readonly settings: Readonly<Record<string, unknown>>
  readonly isEnabled: boolean
  readonly version: number
  /** Opens the secrets that count now, the current one first; opened once and kept. */
  secrets(): readonly string[]
}

/** Finds connections for the inbound door, from memory for a few seconds. */
export type ConnectionFinder = {
  find(connectionId: string): Promise<FoundConnection | undefined>
  /** Looks afresh next time: the connection has changed. */
  forget(connectionId: string): void
}

type Kept = { connection: FoundConnection; readUntilMs: number }

function found(key: SecretKey, record: ConnectionRecord, nowMs: () => number): FoundConnection {
  let opened: { secrets: readonly string[]; untilMs: number } | undefined
  return {
    connectionId: record.connectionId,
    tenantId: record.tenantId,
    kind: record.kind,
    partnerId: record.partnerId,
    settings: record.settings,
    isEnabled: record.isEnabled,
    version: record.version,
    secrets() {
      const now = nowMs()
      if (opened === undefined || opened.untilMs <= now) {
        const ends = record.secrets.flatMap(({ expiresAt }) =>
          expiresAt === undefined ? [] : Date.parse(expiresAt),
        )
        opened = {
          secrets: openedSecrets(key, record, now),
          untilMs: Math.min(...ends.filter((end) => end > now)),
        }
      }
      return opened.secrets
    },
  }
}

/**
 * Makes the finder. A connection is read again after `ttlMs`; its secrets are opened again only when its
 * version has changed. Unknown ids are never kept, so that a stranger cannot push the known ones out.
 */
export function connectionFinder(options: {
  database: Database
  secretKey: SecretKey
  ttlMs?: number
  maxKept?: number
  nowMs?: () => number
}): ConnectionFinder {
  const { database, secretKey, ttlMs = 3_000, maxKept = 1_000, nowMs = Date.now } = options
  const kept = new Map<string, Kept>()
  const reading = new Map<string, Promise<FoundConnection | undefined>>()
  let changes = 0

  async function read(connectionId: string): Promise<FoundConnection | undefined> {
    const changesBefore = changes
    const [record] = await database.beforeTenant((tx) =>
      tx.rows<ConnectionRecord>(
        sql`select ${connectionColumns} from connection where connection_id = ${connectionId}`,
      ),
    )
    const before = kept.get(connectionId)?.connection
    kept.delete(connectionId)
    if (record === undefined) return undefined
    const connection = before?.version === record.version ? before : found(secretKey, record, nowMs)
    const [oldest] = kept.keys()
    if (kept.size >= maxKept && oldest !== undefined) kept.delete(oldest)
    // A reading that was overtaken by a change is used once and not kept.
    if (changes === changesBefore)
      kept.set(connectionId, { connection, readUntilMs: nowMs() + ttlMs })
    return connection
  }
  return {
    async find(connectionId) {
      const known = kept.get(connectionId)
      if (known !== undefined && known.readUntilMs > nowMs()) return known.connection
      const under = reading.get(connectionId)
      if (under !== undefined) return under
      const fresh = read(connectionId).finally(() => {
        if (reading.get(connectionId) === fresh) reading.delete(connectionId)
      })
      reading.set(connectionId, fresh)
      return fresh
    },
    forget(connectionId) {
      changes += 1
      kept.delete(connectionId)
      reading.delete(connectionId)
    },
  }
}
