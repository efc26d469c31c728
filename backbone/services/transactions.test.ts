import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import type { CallOutcome, Connector, Operation } from '../connectors/connector.ts'
import { type Delivery, deliveryProcess } from '../flows/outbox/delivery.ts'
import { enqueueCalls } from '../flows/outbox/enqueue-calls.ts'
import { type JobQueue, openJobQueue } from '../queue/job-queue.ts'
import { type TransactionsService, transactionsService } from './transactions.ts'
import { type TriageService, triageService } from './triage/triage-service.ts'
import { verifyEvents } from './verify.ts'

let store: TestDatabase
let queue: JobQueue
let transactions: TransactionsService
let triage: TriageService
const deliveries: Delivery[] = []

beforeAll(async () => {
  store = await openTestDatabase()
  queue = await openJobQueue(store.database, {
    onError: (error) => expect.unreachable(error.message),
    supervise: false,
  })
  transactions = transactionsService({ database: store.database, queue })
  triage = triageService({ database: store.database })
})
afterEach(async () => {
  for (const delivery of deliveries.splice(0)) await delivery.stop()
})
afterAll(async () => {
  await queue.stop()
  await store.close()
})

type Answer = CallOutcome | 'take'

/** A tenant with an ERP that keeps its effects and answers as told, by natural key. */
async function openScene() {
  const { database } = store
  const tenantId = await store.newTenant()
  const connectionId = `con_${tenantId}`
  await database.inTenant(tenantId, (tx) =>
    tx.run(sql`insert into connection (connection_id, tenant_id, kind, name)
      values (${connectionId}, ${tenantId}, 'far', 'ERP')`),
  )
  const answers = new Map<string, Answer>()
  const sent: { key: string; idempotencyKey: string; rendered: string | undefined }[] = []
  const held = new Set<string>()
  const keyOf = (call: { document: { docType: string } }) =>
    'orderNumber' in call.document ? String(call.document.orderNumber) : ''
  let rendered = 0
  const connector: Connector = {
    kind: 'far',
    operations: ['erp.create-order', 'erp.post-invoice', 'erp.cancel-order'],
    timeoutMs: 1_000,
    checkSettings: () => [],
    test: async () => ({ isReachable: true, detail: '' }),
    render: (call) => {
      rendered += 1
      return `${keyOf(call)} as written ${rendered}`
    },
    async send(call) {
      const key = keyOf(call)
      sent.push({ key, idempotencyKey: call.idempotencyKey, rendered: call.rendered })
      const answer = answers.get(key) ?? 'take'
      if (answer !== 'take') return answer
      held.add(key)
      return { outcome: 'done', externalId: `erp-${key}`, response: '{"ok":true}' }
    },
    async lookUp(call) {
      const key = keyOf(call)
      return held.has(key) ? { found: true, isSame: true } : { found: false }
    },
  }
  let isOpen = false
  const delivery = deliveryProcess({
    // Open for an hour: nothing of a process before it is waited for.
    monotonicMs: () => performance.now() + (isOpen ? 3_600_000 : 0),
    database,
    queue,
    connectors: [connector],
    openConnection: async () => ({
      connectionId,
      tenantId,
      kind: 'far',
      settings: {},
      secrets: ['very-secret'],
    }),
    onFinished: async () => undefined,
    report: {
      worked: () => undefined,
      failed: (_, error) => expect.unreachable(String(error)),
    },
  })
  isOpen = true
  deliveries.push(delivery)
  return {
    tenantId,
    connectionId,
    answers,
    sent,
    held,
    async order(orderId: string, stage: string) {
      await database.inTenant(tenantId, (tx) =>
        tx.run(sql`
          insert into orders (order_id, tenant_id, order_number, stage, connection_id, stream_key, document_id,
            purchase_order_number, po_normalised, currency, line_hash, received_at)
          values (${orderId}, ${tenantId}, ${orderId}, ${stage}, ${connectionId}, ${orderId}, 'doc', 'PO', 'PO',
            'USD', 'hash', now())`),
      )
    },
    async send(
      key: string,
      facts: {
        operation?: Operation
        orderId?: string
        amountMinor?: number
        orderingKey?: string
      } = {},
    ) {
      await database.inTenant(tenantId, (tx) =>
        enqueueCalls(tx, queue, [
          {
            operation: 'erp.create-order',
            connectionId,
            document: { docType: 'cancellation', orderNumber: key, reason: 'test' },
            naturalKey: key,
            orderingKey: key,
            idempotencyKey: `key-${key}`,
            ...facts,
          },
        ]),
      )
      await this.deliver()
    },
    async deliver() {
      const [row] = await database.inTenant(tenantId, (tx) =>
        tx.rows<{ id: string }>(sql`select transaction_id as id from transaction limit 1`),
      )
      if (row === undefined) return
      await delivery.process([{ jobId: randomUUID(), tenantId, id: row.id }])
      await delivery.idle()
    },
    async all() {
      const page = { limit: 200, after: undefined }
      return (await transactions.list({ tenantId, page, direction: 'out' })).items
    },
    async find(key: string) {
      const found = (await this.all()).find((transaction) => transaction.naturalKey === key)
      if (found === undefined) throw new Error(`no transaction for ${key}`)
      return found
    },
    events: () =>
      database.inTenant(tenantId, (tx) =>
        tx.rows<{ kind: string; order_id: string | null; actor: string; summary: string }>(
          sql`select kind, order_id, actor, summary from event order by event_id`,
        ),
      ),
  }
}

const unknownItem = (item: number): CallOutcome => ({
  outcome: 'refused',
  errorClass: 'MAPPING',
  code: 'INVALID_KEY',
  message: `Invalid item reference key ${item} for subsidiary 1.`,
})
const noSuchOrder: CallOutcome = {
  outcome: 'refused',
  errorClass: 'DEPENDENCY',
  code: 'ORDER_NOT_FOUND',
  message: 'Order not found.',
}

test('failed calls come together by root cause, dependants under what they wait for, most value first', async () => {
  const scene = await openScene()
  for (const [key, item] of [
    ['SO-1', 1009],
    ['SO-2', 1009],
    ['SO-3', 1009],
    ['SO-4', 2044],
  ] as const) {
    scene.answers.set(key, unknownItem(item))
    await scene.send(key, { orderId: `ord_${key}`, amountMinor: 10_000 })
  }
  scene.answers.set('INV-1', noSuchOrder)
  await scene.send('INV-1', {
    operation: 'erp.post-invoice',
    orderId: 'ord_SO-1',
    amountMinor: 500,
  })
  const clusters = await triage.clusters(scene.tenantId)
  expect(clusters).toMatchObject([
    {
      rootEntity: 'item 1009',
      count: 3,
      dependants: [{ naturalKey: 'INV-1' }],
      blastRadius: { orders: 3, blocked: [{ currency: 'USD', amountMinor: 30_000, orders: 3 }] },
    },
    {
      rootEntity: 'item 2044',
      count: 1,
      dependants: [],
      blastRadius: { blocked: [{ currency: 'USD', amountMinor: 10_000, orders: 1 }] },
    },
  ])
  expect(new Set(clusters.map((cluster) => cluster.pattern)).size).toBe(1)
  expect(clusters[0]?.exampleMessages).toEqual([
    'Invalid item reference key 1009 for subsidiary 1.',
  ])
  expect(clusters[0]?.transactionIds).toHaveLength(4)
  const notices = await store.database.inTenant(scene.tenantId, (tx) =>
    tx.rows(sql`select kind from notice where status = 'open'`),
  )
  expect(notices).toHaveLength(3)
})

test('one replay of a cluster sends all of it again, dependants too, with the first keys and bytes', async () => {
  const scene = await openScene()
  await scene.order('ord_SO-1', 'ready')
  for (const key of ['SO-1', 'SO-2']) {
    scene.answers.set(key, unknownItem(1009))
    await scene.send(key, { orderId: `ord_${key}` })
  }
  scene.answers.set('INV-1', noSuchOrder)
  await scene.send('INV-1', { operation: 'erp.post-invoice', orderId: 'ord_SO-1' })
  const [cluster] = await triage.clusters(scene.tenantId)
  const before = scene.sent.length
  scene.answers.clear()
  const counts = await transactions.replay({
    tenantId: scene.tenantId,
    actor: 'person:ops',
    selection: { cluster: cluster?.clusterId ?? '' },
  })
  expect(counts).toEqual({ replayed: 3, dropped: 0, skipped: 0 })
  await scene.deliver()
  expect((await scene.all()).map((transaction) => transaction.status)).toEqual(
    Array(3).fill('succeeded'),
  )
  const again = scene.sent.slice(before).toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const first = scene.sent.slice(0, before).toSorted((a, b) => (a.key < b.key ? -1 : 1))
  expect(again).toEqual(first)
  expect(await triage.clusters(scene.tenantId)).toEqual([])
  const events = await scene.events()
  expect(events.filter((event) => event.kind === 'transaction.replayed')).toHaveLength(3)
  expect(events.filter((event) => event.order_id === 'ord_SO-1')).toHaveLength(2)
  expect(events[0]?.actor).toBe('person:ops')
  const verification = await verifyEvents(store.database, { tenantIds: [scene.tenantId] })
  expect(verification.broken).toEqual([])
  const open = await store.database.inTenant(scene.tenantId, (tx) =>
    tx.rows(sql`select cause from notice where status = 'open'`),
  )
  expect(open).toEqual([])
})

test('what was given up for want of an order goes by itself when the order is through', async () => {
  const scene = await openScene()
  await scene.order('ord_parent', 'held')
  scene.answers.set('SO-1', unknownItem(1009))
  await scene.send('SO-1', { orderId: 'ord_parent' })
  scene.answers.set('INV-1', noSuchOrder)
  await scene.send('INV-1', { operation: 'erp.post-invoice', orderId: 'ord_parent' })
  expect(await scene.find('INV-1')).toMatchObject({ status: 'failed' })
  scene.answers.clear()
  // Only the order is sent again, not its cause.
  await transactions.replay({
    tenantId: scene.tenantId,
    actor: 'person:ops',
    selection: { ids: [(await scene.find('SO-1')).transactionId] },
  })
  await scene.deliver()
  expect(await scene.find('INV-1')).toMatchObject({ status: 'succeeded', replays: 1 })
  const replays = (await scene.events()).filter(({ kind }) => kind === 'transaction.replayed')
  expect(replays.map(({ actor }) => actor)).toEqual(['person:ops', 'outbox'])
  const verification = await verifyEvents(store.database, { tenantIds: [scene.tenantId] })
  expect(verification.broken).toEqual([])
})

test('a replayed call whose effect is there already is found and not sent again', async () => {
  const scene = await openScene()
  scene.answers.set('SO-1', unknownItem(1009))
  await scene.send('SO-1')
  scene.held.add('SO-1')
  scene.answers.clear()
  const { transactionId } = await scene.find('SO-1')
  await transactions.replay({
    tenantId: scene.tenantId,
    actor: 'person:ops',
    selection: { ids: [transactionId] },
  })
  await scene.deliver()
  expect(scene.sent).toHaveLength(1)
  const view = await transactions.get(scene.tenantId, transactionId)
  expect(view).toMatchObject({ status: 'succeeded', replays: 1 })
  expect(view?.tries.map((one) => one.outcome)).toEqual(['refused', 'looked-up'])
})

test('a replay drops what its cancelled order does not want any more, and says how many', async () => {
  const scene = await openScene()
  await scene.order('ord_1', 'cancelled')
  scene.answers.set('SO-1', unknownItem(1009))
  await scene.send('SO-1', { orderId: 'ord_1', orderingKey: 'ord_1' })
  await scene.send('INV-1', {
    orderId: 'ord_1',
    orderingKey: 'ord_1',
    operation: 'erp.post-invoice',
  })
  expect(await scene.find('INV-1')).toMatchObject({ status: 'waiting', attempts: 0 })
  const counts = await transactions.replay({
    tenantId: scene.tenantId,
    actor: 'person:ops',
    selection: { filter: { errorClass: 'MAPPING' } },
  })
  expect(counts).toEqual({ replayed: 0, dropped: 1, skipped: 0 })
  await scene.deliver()
  expect(await scene.find('SO-1')).toMatchObject({
    status: 'dropped',
    errorMessage: 'Dropped: its order is cancelled.',
  })
  // The invoice stood behind the dropped call and goes on now.
  expect(await scene.find('INV-1')).toMatchObject({ status: 'succeeded' })
})

test('a cancellation does not wait behind a creation the ERP has refused: neither is sent any more', async () => {
  const scene = await openScene()
  await scene.order('ord_refused', 'cancelled')
  scene.answers.set('SO-1', unknownItem(1009))
  const ofOrder = { orderId: 'ord_refused', orderingKey: 'SO-1' }
  await scene.send('SO-1', ofOrder)
  const cancellation = { ...ofOrder, operation: 'erp.cancel-order' } as const
  await scene.send('SO-1-cancel', cancellation)
  expect(await scene.find('SO-1')).toMatchObject({
    status: 'dropped',
    errorMessage: 'Dropped: its order is cancelled.',
  })
  expect(await scene.find('SO-1-cancel')).toMatchObject({
    status: 'dropped',
    attempts: 0,
    errorMessage: 'Dropped: the ERP never took the order.',
  })
  expect(scene.sent).toHaveLength(1)
  expect((await scene.events()).filter(({ kind }) => kind === 'transaction.dropped')).toHaveLength(
    2,
  )
  const verification = await verifyEvents(store.database, { tenantIds: [scene.tenantId] })
  expect(verification.broken).toEqual([])
})

test('a cancellation behind a creation given up in doubt goes out: the ERP may have the order', async () => {
  const scene = await openScene()
  await scene.order('ord_in_doubt', 'cancelled')
  scene.answers.set('SO-1', unknownItem(1009))
  const ofOrder = { orderId: 'ord_in_doubt', orderingKey: 'SO-1' }
  await scene.send('SO-1', ofOrder)
  await store.database.inTenant(scene.tenantId, (tx) =>
    tx.run(sql`update transaction_attempt set outcome = 'unknown'`),
  )
  await scene.send('SO-1-cancel', { ...ofOrder, operation: 'erp.cancel-order' })
  expect(await scene.find('SO-1')).toMatchObject({ status: 'dropped' })
  await scene.deliver()
  expect(await scene.find('SO-1-cancel')).toMatchObject({ status: 'succeeded' })
})

test('what is not given up is skipped, and a thousand is the most at once', async () => {
  const scene = await openScene()
  await scene.send('SO-1')
  const { transactionId } = await scene.find('SO-1')
  const replay = (ids: readonly string[]) =>
    transactions.replay({ tenantId: scene.tenantId, actor: 'person:ops', selection: { ids } })
  expect(await replay([transactionId, 'txn_unknown'])).toEqual({
    replayed: 0,
    dropped: 0,
    skipped: 2,
  })
  await expect(replay(Array.from({ length: 1_001 }, (_, at) => `txn_${at}`))).rejects.toThrow(
    'At most 1000',
  )
})

test('another tenant sees, replays and drops nothing of ours', async () => {
  const scene = await openScene()
  const other = await store.newTenant()
  scene.answers.set('SO-1', unknownItem(1009))
  await scene.send('SO-1')
  const { transactionId } = await scene.find('SO-1')
  expect(await transactions.get(other, transactionId)).toBeUndefined()
  expect(await triage.clusters(other)).toEqual([])
  const selection = { ids: [transactionId] }
  expect(await transactions.replay({ tenantId: other, actor: 'x', selection })).toEqual({
    replayed: 0,
    dropped: 0,
    skipped: 1,
  })
  const drop = { tenantId: other, actor: 'x', transactionId, reason: 'y' }
  expect(await transactions.drop(drop)).toEqual({ outcome: 'not-found' })
})

test('dropping a given-up call lets its key go on; what has ended cannot be dropped', async () => {
  const scene = await openScene()
  scene.answers.set('A-1', unknownItem(1))
  await scene.send('A-1', { orderingKey: 'A' })
  await scene.send('A-2', { orderingKey: 'A' })
  const request = { tenantId: scene.tenantId, actor: 'person:ops', reason: 'keyed in by hand' }
  const { transactionId } = await scene.find('A-1')
  expect(await transactions.drop({ ...request, transactionId })).toEqual({ outcome: 'dropped' })
  await scene.deliver()
  const next = await scene.find('A-2')
  expect(next.status).toBe('succeeded')
  expect(await transactions.drop({ ...request, transactionId: next.transactionId })).toEqual({
    outcome: 'not-droppable',
    status: 'succeeded',
  })
})

test('a transaction is shown with its tries, its document and its bytes, and never with a secret', async () => {
  const scene = await openScene()
  await scene.send('SO-1', { orderId: 'ord_1', amountMinor: 700 })
  const { transactionId } = await scene.find('SO-1')
  const view = await transactions.get(scene.tenantId, transactionId)
  expect(view).toMatchObject({
    operation: 'erp.create-order',
    externalId: 'erp-SO-1',
    amountMinor: 700,
    document: { docType: 'cancellation', orderNumber: 'SO-1' },
    rendered: 'SO-1 as written 1',
    response: '{"ok":true}',
    tries: [{ attempt: 1, outcome: 'done', code: null }],
  })
  expect(JSON.stringify(view)).not.toContain('very-secret')
})

test('calls out and documents in are listed together, newest first, page by page without a gap', async () => {
  const scene = await openScene()
  for (let at = 0; at < 5; at += 1) {
    await scene.send(`SO-${at}`)
    await store.database.inTenant(scene.tenantId, (tx) =>
      tx.run(sql`
        insert into receipt (receipt_id, tenant_id, connection_id, channel, transport_id, sha256, status, byte_size)
        values (${`rcp_${scene.tenantId}_${at}`}, ${scene.tenantId}, ${scene.connectionId}, 'json',
          ${`delivery-${at}`}, 'hash', 'read', 1)`),
    )
  }
  const seen: string[] = []
  let after: string | undefined
  do {
    const page = await transactions.list({ tenantId: scene.tenantId, page: { limit: 3, after } })
    seen.push(...page.items.map((item) => item.naturalKey))
    after = page.next ?? undefined
  } while (after !== undefined)
  expect(seen).toEqual([4, 3, 2, 1, 0].flatMap((at) => [`delivery-${at}`, `SO-${at}`]))
  const keys = async (filter: object) => {
    const page = { limit: 50, after: undefined }
    const found = await transactions.list({ tenantId: scene.tenantId, page, ...filter })
    return found.items.map((item) => item.naturalKey)
  }
  expect(await keys({ direction: 'in', text: 'delivery-3' })).toEqual(['delivery-3'])
  expect(await keys({ operation: 'receive.json', status: 'accepted' })).toEqual([])
  expect(await keys({ text: 'o-2' })).toEqual(['SO-2'])
  expect(await keys({ since: new Date(Date.now() + 60_000).toISOString() })).toEqual([])
})
