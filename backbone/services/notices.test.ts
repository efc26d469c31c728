import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { enqueueCalls } from '../flows/outbox/enqueue-calls.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import { openJobQueue } from '../queue/job-queue.ts'
import { inBatches } from '../queue/worker.ts'
import { asJson, type TenantTx } from '../store/database.ts'
import { raiseNotices } from '../store/notices/notice-rows.ts'
import { closeNotices } from '../store/outbox/notices.ts'
import { type EnqueueCalls, noticesService, noticeWork, sweepNotices } from './notices.ts'

let store: TestDatabase
let queue: JobQueue
let enqueue: EnqueueCalls

beforeAll(async () => {
  store = await openTestDatabase()
  queue = await openJobQueue(store.database, {
    onError: (error) => expect.unreachable(error.message),
    supervise: false,
  })
  enqueue = (tx, intents) => enqueueCalls(tx, queue, intents)
})
afterAll(async () => {
  await queue.stop()
  await store.close()
})

const id = (place = 9) => `con_${place}_${randomBytes(6).toString('hex')}`

/** A tenant with connections of its own; `inTenant` works in it. */
async function newHouse(connections: { kind: string; settings: Record<string, unknown> }[]) {
  const tenantId = await store.newTenant()
  const inTenant = <T>(work: (tx: TenantTx) => Promise<T>) =>
    store.database.inTenant(tenantId, work)
  const made = connections.map((connection, place) => ({ ...connection, connectionId: id(place) }))
  const add = (connectionId: string, kind: string, settings: Record<string, unknown>) =>
    inTenant((tx) =>
      tx.run(sql`insert into connection (connection_id, tenant_id, kind, name, settings)
        values (${connectionId}, ${tenantId}, ${kind}, ${kind}, ${asJson(settings)})`),
    )
  for (const { connectionId, kind, settings } of made) await add(connectionId, kind, settings)
  const calls = () =>
    inTenant((tx) =>
      tx.rows<{ connectionId: string; operation: string; document: Record<string, unknown> }>(sql`
        select t.connection_id as "connectionId", operation, canonical as document
        from transaction t join document d on d.document_id = t.document_id order by key_seq`),
    )
  return { tenantId, inTenant, add, calls, ids: made.map(({ connectionId }) => connectionId) }
}

const circuit = {
  kind: 'circuit-open',
  cause: 'circuit:erp',
  severity: 'critical',
  subject: 'Calls to the ERP are held back',
  body: 'The ERP does not answer.',
} as const
const quarantine = {
  ...circuit,
  kind: 'quarantine',
  cause: 'quarantine:1',
  severity: 'warning',
} as const

/** Does what a worker does with the waiting jobs, once. */
async function workOnce(): Promise<number> {
  const jobs = await queue.fetch('send-notice', { batchSize: 100 })
  await inBatches(store.database, queue, noticeWork({ enqueueCalls: enqueue }), {
    worked: () => undefined,
    failed: (_, error) => expect.unreachable(String(error)),
  })(jobs)
  return jobs.length
}

test('a cause has one open notice, which goes once to the mail and webhook that want it', async () => {
  const house = await newHouse([
    { kind: 'mail', settings: { owner: 'Ada in operations' } },
    { kind: 'webhook', settings: { severities: ['critical'] } },
    { kind: 'webhook', settings: { url: 'http://orders.example' } },
    { kind: 'erp', settings: {} },
  ])
  await house.inTenant((tx) => raiseNotices(tx, queue, [circuit, quarantine]))
  await house.inTenant((tx) => raiseNotices(tx, queue, [circuit]))
  expect(await workOnce()).toBe(2)
  const calls = await house.calls()
  const told = calls.map(({ connectionId, operation, document }) =>
    [connectionId, operation, document['kind'] ?? document['eventType']].join(' '),
  )
  expect(told.sort()).toEqual([
    `${house.ids[0]} notify.people circuit-open`,
    `${house.ids[0]} notify.people quarantine`,
    `${house.ids[1]} webhook.event notice.circuit-open`,
  ])
  expect(calls.find(({ document }) => document['kind'] === 'circuit-open')?.document).toMatchObject(
    {
      docType: 'notice',
      severity: 'critical',
      body: 'The ERP does not answer.\n\nOwner: Ada in operations',
    },
  )
  const now = new Date().toISOString()
  await house.inTenant((tx) => sweepNotices(tx, enqueue, now))
  expect(await house.calls()).toHaveLength(3)
  await house.inTenant((tx) => closeNotices(tx, [circuit.cause]))
  await house.inTenant((tx) => raiseNotices(tx, queue, [circuit]))
  expect(await workOnce()).toBe(1)
  expect(await house.calls()).toHaveLength(5)
})

test('in quiet hours only what is critical gets through; the rest is told when they end', async () => {
  const now = new Date()
  const minutesFromNow = (minutes: number) =>
    new Date(now.getTime() + minutes * 60_000).toISOString().slice(11, 16)
  const quietHours = { from: minutesFromNow(-60), to: minutesFromNow(60), timeZone: 'UTC' }
  const house = await newHouse([{ kind: 'mail', settings: { quietHours } }])
  await house.inTenant((tx) => raiseNotices(tx, queue, [circuit, quarantine]))
  await workOnce()
  expect((await house.calls()).map(({ document }) => document['kind'])).toEqual(['circuit-open'])
  const sweep = (minutes: number) =>
    house.inTenant((tx) =>
      sweepNotices(tx, enqueue, new Date(now.getTime() + minutes * 60_000).toISOString()),
    )
  expect(await sweep(30)).toMatchObject({ told: 0 })
  expect(await sweep(61)).toMatchObject({ told: 1 })
  expect(await sweep(62)).toMatchObject({ told: 0 })
  expect((await house.calls()).map(({ document }) => document['kind'])).toEqual([
    'circuit-open',
    'quarantine',
  ])
})

test('a notice that stays unresolved is escalated once, and a resolved one never', async () => {
  const lead = id()
  const house = await newHouse([
    { kind: 'mail', settings: { owner: 'Ada', escalateAfterMinutes: 30, escalateTo: lead } },
  ])
  await house.add(lead, 'mail', { severities: [] })
  await house.inTenant((tx) => raiseNotices(tx, queue, [circuit, quarantine]))
  await workOnce()
  const service = noticesService({ database: store.database })
  const who = { tenantId: house.tenantId, actor: 'person:ada' }
  const open = await service.list(who, { status: 'open' })
  const seen = open.find(({ cause }) => cause === quarantine.cause)
  await service.resolve(who, seen?.noticeId ?? '')
  await service.resolve(who, seen?.noticeId ?? '')
  const sweep = (minutes: number) =>
    house.inTenant((tx) =>
      sweepNotices(tx, enqueue, new Date(Date.now() + minutes * 60_000).toISOString()),
    )
  expect(await sweep(29)).toMatchObject({ escalated: 0 })
  expect(await sweep(31)).toMatchObject({ escalated: 1 })
  expect(await sweep(32)).toMatchObject({ escalated: 0 })
  const last = (await house.calls()).at(-1)
  expect(last?.connectionId).toBe(lead)
  expect(last?.document).toMatchObject({
    kind: 'circuit-open',
    subject: 'Unresolved for 30 minutes: Calls to the ERP are held back',
  })
  const events = await house.inTenant((tx) => tx.rows(sql`select kind, actor, summary from event`))
  expect(events).toEqual([
    { kind: 'notice.resolved', actor: 'person:ada', summary: `Seen to: ${quarantine.subject}` },
  ])
})

test('a notice whose job was lost, or whose mail connection came later, is still told', async () => {
  const house = await newHouse([])
  await house.inTenant((tx) => raiseNotices(tx, queue, [circuit]))
  await workOnce()
  const now = new Date().toISOString()
  expect(await house.inTenant((tx) => sweepNotices(tx, enqueue, now))).toEqual({
    told: 0,
    escalated: 0,
  })
  await house.add(id(), 'mail', {})
  await house.add(id(), 'mail', { severities: 'all of them' })
  expect(await house.inTenant((tx) => sweepNotices(tx, enqueue, now))).toMatchObject({ told: 1 })
  expect(await house.calls()).toHaveLength(1)
})

test('another tenant neither sees nor resolves a notice', async () => {
  const house = await newHouse([])
  await house.inTenant((tx) => raiseNotices(tx, queue, [circuit]))
  await workOnce()
  const service = noticesService({ database: store.database })
  const stranger = { tenantId: await store.newTenant(), actor: 'person:eve' }
  const [notice] = await service.list({ tenantId: house.tenantId })
  expect(await service.list(stranger)).toEqual([])
  await expect(service.resolve(stranger, notice?.noticeId ?? '')).rejects.toThrow('no such notice')
  expect(await service.list({ tenantId: house.tenantId }, { status: 'resolved' })).toEqual([])
})
