import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { CredentialDraft, type CredentialsService, credentialsService } from './credentials.ts'

let store: TestDatabase
let credentials: CredentialsService
let who: { tenantId: string; actor: string }

beforeAll(async () => {
  store = await openTestDatabase()
  who = { tenantId: await store.newTenant(), actor: 'person:ada' }
  credentials = credentialsService({ database: store.database })
})
afterAll(() => store.close())

const draft = CredentialDraft.parse({ name: 'Reporting', role: 'viewer', scopes: ['orders:read'] })

test('a key is shown once; the database keeps only the hash of its token', async () => {
  const { credential, token } = await credentials.create(who, draft)
  expect(token).toMatch(/^qk_[\w-]{43}$/)
  expect(credential).toMatchObject({ name: 'Reporting', role: 'viewer', scopes: ['orders:read'] })
  expect(JSON.stringify(await credentials.list(who))).not.toContain(token)
  const kept = await store.database.inTenant(who.tenantId, (tx) =>
    tx.rows<{ hash: string; all: string }>(sql`
      select token_hash as hash, credential::text || (select string_agg(event::text, '') from event) as all
      from credential where credential_id = ${credential.credentialId}`),
  )
  expect(kept[0]?.hash).toBe(createHash('sha256').update(token).digest('hex'))
  expect(kept[0]?.all).not.toContain(token)
})

test('a key is revoked for good, by its own tenant only, and both acts are on the record', async () => {
  const { credential } = await credentials.create(who, draft)
  const stranger = { tenantId: await store.newTenant(), actor: 'person:eve' }
  await expect(credentials.revoke(stranger, credential.credentialId)).rejects.toThrow('no such key')
  const revoked = await credentials.revoke(who, credential.credentialId)
  expect(revoked.revokedAt).not.toBeNull()
  expect(await credentials.revoke(who, credential.credentialId)).toEqual(revoked)
  const events = await store.database.inTenant(who.tenantId, (tx) =>
    tx.rows(
      sql`select kind, actor from event where body->>'credentialId' = ${credential.credentialId} order by event_id`,
    ),
  )
  expect(events).toEqual([
    { kind: 'credential.created', actor: 'person:ada' },
    { kind: 'credential.revoked', actor: 'person:ada' },
  ])
})

test('a key that would be over already, or for a connection that is not ours, is refused', async () => {
  const past = { ...draft, expiresAt: '2020-01-01T00:00:00Z' }
  await expect(credentials.create(who, past)).rejects.toThrow('expired already')
  const foreign = { ...draft, role: 'partner' as const, connectionId: 'con_elsewhere' }
  await expect(credentials.create(who, foreign)).rejects.toThrow('no such connection')
})

test('a key is made for scopes there are: a misspelt one is named with those that could be meant', () => {
  const draft = (scope: string) =>
    CredentialDraft.safeParse({ name: 'Host', role: 'mcp', scopes: [scope] })
  expect(draft('order:propose').success).toBe(true)
  expect(draft('order:proposes').error?.issues[0]?.message).toContain('order:propose, ')
})
