import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { CallerMistake, OurBug } from '../errors.ts'
import { connectionOpener } from '../store/connections/connection-record.ts'
import { secretKeyFrom } from '../store/secrets/sealed-secret.ts'
import { connectionFinder } from '../store/unscoped/find-connection.ts'
import type { ConnectionKind } from './connection-settings.ts'
import { ConnectionDraft, type ConnectionsService, connectionsService } from './connections.ts'

const key = secretKeyFrom(randomBytes(32).toString('base64'))
if (key === undefined) throw new OurBug('32 bytes are a key.')
const secretKey = key

const erp: ConnectionKind = {
  kind: 'erp',
  checkSettings: ({ url }) => (typeof url === 'string' ? [] : ['url: an address is needed']),
  test: async ({ secrets, settings }) =>
    settings['url'] === 'http://down.example'
      ? { isReachable: false, detail: 'Nobody answers.' }
      : { isReachable: true, detail: `${secrets.length} secrets` },
}
const shop = ConnectionDraft.parse({
  kind: 'shopify',
  name: 'Meridian shop',
  settings: { shopDomain: 'meridian.myshopify.com', cancelWindowSeconds: 5 },
})
const erpDraft = ConnectionDraft.parse({
  kind: 'erp',
  name: 'ERP',
  settings: { url: 'http://erp.example' },
})

let store: TestDatabase
let connections: ConnectionsService
let tenantId: string
let who: { tenantId: string; actor: string }
const changed: string[] = []

beforeAll(async () => {
  store = await openTestDatabase()
  tenantId = await store.newTenant()
  who = { tenantId, actor: 'person:ada' }
  connections = connectionsService({
    database: store.database,
    secretKey,
    connectors: [erp],
    onChanged: (connectionId) => changed.push(connectionId),
  })
})
afterAll(() => store.close())

const refusal = async (act: Promise<unknown>): Promise<CallerMistake> => {
  const error = await act.catch((thrown: unknown) => thrown)
  if (error instanceof CallerMistake) return error
  throw new OurBug(`Expected a refusal, got ${String(error)}`)
}

test('a connection is set up, read and listed, and nobody ever reads its secrets', async () => {
  const { connection, isNew } = await connections.put(who, 'meridian-shop', shop)
  expect(isNew).toBe(true)
  await connections.rotateSecret(who, 'meridian-shop', {
    secret: 'shpss_first_secret',
    previousValidForSeconds: 60,
  })
  const read = await connections.get(who, 'meridian-shop')
  expect(read).toMatchObject({ name: 'Meridian shop', version: connection.version + 1 })
  expect(read.secrets).toHaveLength(1)
  const everything = JSON.stringify([read, await connections.list(who)])
  expect(everything).not.toContain('shpss')
  expect(everything).not.toContain('sealed')
  const raw = await store.database.inTenant(tenantId, (tx) =>
    tx.rows(
      sql`select secrets::text, (select string_agg(body::text, '') from event) from connection`,
    ),
  )
  expect(JSON.stringify(raw)).not.toContain('shpss')
})

test('a rotated secret and the one before it both count until its time is over', async () => {
  const { connectionId } = await connections.create(who, erpDraft)
  const rotate = (secret: string, previousValidForSeconds: number) =>
    connections.rotateSecret(who, connectionId, { secret, previousValidForSeconds })
  const open = connectionOpener(secretKey)
  const secrets = async () =>
    (await store.database.inTenant(tenantId, (tx) => open(tx, connectionId)))?.secrets
  await rotate('first-secret', 60)
  await rotate('second-secret', 60)
  expect(await secrets()).toEqual(['second-secret', 'first-secret'])
  const third = await rotate('third-secret', 3_600)
  expect(third.secrets).toHaveLength(2)
  expect(await secrets()).toEqual(['third-secret', 'second-secret'])
  await store.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update connection set secrets = jsonb_set(secrets, '{1,expiresAt}', '"2020-01-01T00:00:00Z"')
      where connection_id = ${connectionId}`),
  )
  expect(await secrets()).toEqual(['third-secret'])
  await rotate('fourth-secret', 3_600)
  expect((await connections.endEarlierSecrets(who, connectionId)).secrets).toHaveLength(1)
  await rotate('fifth-secret', 0)
  expect(await secrets()).toEqual(['fifth-secret'])
})

test('settings that do not fit are refused field by field, and a secret among them too', async () => {
  const bad = await refusal(
    connections.create(who, { ...shop, settings: { shopDomain: 'https://x', apiKey: 'abcdefgh' } }),
  )
  expect(bad.status).toBe(422)
  expect(bad.details.map(({ path }) => path)).toEqual(['settings.shopDomain', 'settings.apiKey'])
  expect(JSON.stringify(bad)).not.toContain('abcdefgh')
  const url = await refusal(
    connections.create(who, { ...erpDraft, settings: { url: 'https://u:pw@erp.example' } }),
  )
  expect(url.details[0]?.message).toContain('not a setting')
  expect((await refusal(connections.create(who, { ...erpDraft, kind: 'fax' }))).details).toEqual([
    { path: 'kind', message: 'one of erp, json, shopify, x12' },
  ])
  expect(
    (await refusal(connections.create(who, { ...erpDraft, kind: 'constructor' }))).status,
  ).toBe(422)
  expect((await refusal(connections.create(who, { ...erpDraft, settings: {} }))).details).toEqual([
    { path: 'settings.url', message: 'an address is needed' },
  ])
})

test('a change meant for another version is refused and changes nothing', async () => {
  const { connectionId, version } = await connections.create(who, erpDraft)
  const renamed = { ...erpDraft, name: 'ERP of Dallas' }
  const { connection } = await connections.put(who, connectionId, renamed, { ifMatch: version })
  expect(connection).toMatchObject({ name: 'ERP of Dallas', version: version + 1 })
  const late = await refusal(connections.put(who, connectionId, erpDraft, { ifMatch: version }))
  expect(late.status).toBe(412)
  expect((await connections.get(who, connectionId)).name).toBe('ERP of Dallas')
  const other = await refusal(connections.put(who, connectionId, shop))
  expect(other.status).toBe(409)
})

test('every change of a connection is on the record with who made it', async () => {
  const { connectionId } = await connections.create(who, erpDraft)
  await connections.rotateSecret(who, connectionId, {
    secret: 'some-secret',
    previousValidForSeconds: 0,
  })
  await connections.setEnabled(who, connectionId, false)
  await connections.setEnabled(who, connectionId, true)
  await connections.test(who, connectionId)
  const events = await store.database.inTenant(tenantId, (tx) =>
    tx.rows<{ kind: string; actor: string }>(
      sql`select kind, actor from event where body->>'connectionId' = ${connectionId} order by event_id`,
    ),
  )
  expect(events.map(({ kind }) => kind)).toEqual([
    'connection.created',
    'connection.secret-rotated',
    'connection.disabled',
    'connection.enabled',
    'connection.tested',
  ])
  expect(new Set(events.map(({ actor }) => actor))).toEqual(new Set(['person:ada']))
})

test('the test button calls the system and its result is kept with the health', async () => {
  const up = await connections.create(who, erpDraft)
  expect(await connections.test(who, up.connectionId)).toEqual({
    isReachable: true,
    detail: '0 secrets',
  })
  expect((await connections.get(who, up.connectionId)).health?.lastSucceededAt).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/,
  )
  const down = await connections.create(who, {
    ...erpDraft,
    settings: { url: 'http://down.example' },
  })
  expect((await connections.test(who, down.connectionId)).isReachable).toBe(false)
  expect((await connections.get(who, down.connectionId)).health).toMatchObject({
    lastError: 'Nobody answers.',
    circuit: 'closed',
  })
})

test('another tenant can neither see, change, test nor take over a connection', async () => {
  const { connectionId } = await connections.create(who, erpDraft)
  const stranger = { tenantId: await store.newTenant(), actor: 'person:eve' }
  const rotation = { secret: 'eves-secret', previousValidForSeconds: 0 }
  const attempts = [
    () => connections.get(stranger, connectionId),
    () => connections.put(stranger, connectionId, erpDraft),
    () => connections.rotateSecret(stranger, connectionId, rotation),
    () => connections.setEnabled(stranger, connectionId, false),
    () => connections.test(stranger, connectionId),
  ]
  for (const attempt of attempts) expect((await refusal(attempt())).status).toBe(404)
  expect(await connections.list(stranger)).toEqual([])
  expect(await connections.get(who, connectionId)).toMatchObject({ version: 1, isEnabled: true })
})

test('the inbound door finds a connection, keeps it a while, and sees a change at once', async () => {
  const { connectionId } = await connections.create(who, shop)
  await connections.rotateSecret(who, connectionId, {
    secret: 'hook-secret',
    previousValidForSeconds: 0,
  })
  let nowMs = Date.now()
  let readings = 0
  const { database } = store
  const finder = connectionFinder({
    database: {
      ...database,
      beforeTenant: (work) => {
        readings += 1
        return database.beforeTenant(work)
      },
    },
    secretKey,
    ttlMs: 1_000,
    maxKept: 2,
    nowMs: () => nowMs,
  })
  expect(await finder.find('con_nobody')).toBeUndefined()
  readings = 0
  const [one, two] = await Promise.all([finder.find(connectionId), finder.find(connectionId)])
  expect(one).toMatchObject({ tenantId, kind: 'shopify', isEnabled: true })
  expect(two).toBe(one)
  expect(one?.secrets()).toEqual(['hook-secret'])
  await finder.find(connectionId)
  expect(readings).toBe(1)
  nowMs += 1_001
  expect(await finder.find(connectionId)).toBe(one)
  expect(readings).toBe(2)
  await connections.setEnabled(who, connectionId, false)
  expect(changed).toContain(connectionId)
  finder.forget(connectionId)
  expect(await finder.find(connectionId)).toMatchObject({ isEnabled: false })
  expect(readings).toBe(3)
})

test('a partner we only receive from needs no address to send to, and people’s quiet hours are checked', async () => {
  const mailbox: ConnectionKind = { ...erp, kind: 'x12', checkSettings: () => ['deliver: needed'] }
  const mail: ConnectionKind = { ...erp, kind: 'mail', checkSettings: () => [] }
  const service = connectionsService({
    database: store.database,
    secretKey,
    connectors: [mailbox, mail],
  })
  const addresses = { ourQualifier: 'ZZ', ourId: 'US', theirQualifier: '01', theirId: '123456789' }
  const partner = { kind: 'x12', name: 'Harbor', settings: addresses, isEnabled: true }
  expect((await refusal(service.create(who, partner))).details).toEqual([
    { path: 'settings.deliver', message: 'needed' },
  ])
  const receiving = { ...partner, settings: { ...addresses, receivesOnly: true } }
  const { connectionId } = await service.create(who, receiving)
  expect(await service.test(who, connectionId)).toMatchObject({ isReachable: false })
  const night = { from: '22:00', to: 'morning', timeZone: 'UTC' }
  const people = { kind: 'mail', name: 'Ops', settings: { quietHours: night }, isEnabled: true }
  expect((await refusal(service.create(who, people))).details[0]?.path).toBe(
    'settings.quietHours.to',
  )
})
