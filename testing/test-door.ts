import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { newId } from '../backbone/canonical/ids.ts'
import { type AppOptions, type AppPorts, createApp } from '../backbone/http/app.ts'
import { apiPrincipals } from '../backbone/services/api-principal.ts'
import { idempotencyService } from '../backbone/services/idempotency.ts'
import { createLog } from '../backbone/telemetry/log.ts'
import { createMetrics } from '../backbone/telemetry/metrics.ts'
import { openTestDatabase } from './test-database.ts'

/** The HTTP door over a real database, and what a test needs to walk through it. */
export async function openTestDoor(
  change: { ports?: Partial<AppPorts>; options?: AppOptions } = {},
) {
  const { database, newTenant, close } = await openTestDatabase()
  const stopping = new AbortController()
  const logLines: string[] = []
  const nowMs = change.options?.nowMs ?? Date.now
  const ports: AppPorts = {
    authenticate: apiPrincipals({ database, nowMs }).authenticate,
    idempotency: idempotencyService({ database }),
    readiness: async () => ({ isReady: true, checks: [] }),
    frontPage: async () => ({
      version: '0.0.0',
      mode: 'a test',
      counts: [{ label: 'orders', count: 3 }],
    }),
    metrics: createMetrics(),
    log: createLog({ level: 'warn', destination: { write: (line) => void logLines.push(line) } }),
    stopping: stopping.signal,
    ...change.ports,
  }
  const app = createApp(ports, change.options)
  return {
    app,
    database,
    logLines,
    newTenant,
    stop: () => stopping.abort(),
    /** Makes an API key of a tenant. */
    async newKey(
      tenantId: string,
      {
        role = 'admin',
        scopes = [],
        expiresAt = null,
        revokedAt = null,
      }: {
        role?: string
        scopes?: readonly string[]
        expiresAt?: string | null
        revokedAt?: string | null
      } = {},
    ): Promise<string> {
      const key = `qk_${randomBytes(32).toString('base64url')}`
      const hash = createHash('sha256').update(key).digest('hex')
      await database.inTenant(tenantId, (tx) =>
        tx.run(sql`
          insert into credential (credential_id, tenant_id, token_hash, name, role, scopes, expires_at, revoked_at)
          values (${newId('crd')}, ${tenantId}, ${hash}, 'Test key', ${role}, ${JSON.stringify(scopes)}::text::jsonb,
                  ${expiresAt}, ${revokedAt})`),
      )
      return key
    },
    /** Asks as whoever holds the key. */
    request(path: string, key?: string, init: RequestInit = {}): Promise<Response> {
      const headers = new Headers(init.headers)
      if (key !== undefined) headers.set('authorization', `Bearer ${key}`)
      return Promise.resolve(app.request(path, { ...init, headers }))
    },
    close,
  }
}

/** What `openTestDoor` gives. */
export type TestDoor = Awaited<ReturnType<typeof openTestDoor>>
