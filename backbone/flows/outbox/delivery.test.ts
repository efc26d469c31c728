import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestDatabase, type TestDatabase } from '../../../testing/test-database.ts'
import type { CallOutcome, Connector } from '../../connectors/connector.ts'
import { RetryLater } from '../../errors.ts'
import { type JobQueue, openJobQueue } from '../../queue/job-queue.ts'
import { startWorker } from '../../queue/worker.ts'
import type { Database } from '../../store/database.ts'
import { listTransactions } from '../../store/outbox/list-transactions.ts'
import { type Delivery, deliveryProcess } from './delivery.ts'
import { enqueueCalls } from './enqueue-calls.ts'
import type { FinishedCall, OutboundIntent } from './outbound-intent.ts'
import { sweepOutbox } from './sweep-outbox.ts'

// What the far system does with one call.
type Behaviour =
  | 'take'
  | 'take-but-answer-500'
  | 'answer-500'
  | 'take-but-hang'
  | 'hang'
  | 'busy'
  | 'rate-limit'
  | 'refuse'
  | 'lock-out'

type FarSystem = {
  url: string
  /** How often each natural key had its effect, in the order of the first. */
  effects: Map<string, number>
  /** Every write that arrived, as its natural key. */
  arrivals: string[]
  lookUps: string[]
  contents: Map<string, string>
  behave: (key: string, turn: number) => Behaviour
  /** Resolves once this many writes have arrived. */
  arrived(count: number): Promise<void>
  close(): Promise<void>
}

const FarOrder = z.object({ key: z.string(), reason: z.string() })

async function openFarSystem(): Promise<FarSystem> {
  const waiting: { count: number; tell: () => void }[] = []
  const far: Omit<FarSystem, 'url' | 'close'> = {
    effects: new Map(),
    arrivals: [],
    lookUps: [],
    contents: new Map(),
    behave: () => 'take',
    arrived: (count) =>
      far.arrivals.length >= count
        ? Promise.resolve()
        : new Promise((tell) => void waiting.push({ count, tell })),
  }
  const server: Server = createServer((request, response) => {
    const answer = (status: number, body: object, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body))
    const parts = new URL(request.url ?? '/', 'http://far').pathname.split('/')
    if (request.method === 'GET') {
      const key = decodeURIComponent(parts[2] ?? '')
      far.lookUps.push(key)
      const content = far.contents.get(key)
      if (content === undefined) answer(404, {})
      else answer(200, { id: `far-${key}`, reason: content })
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { key, reason } = FarOrder.parse(JSON.parse(Buffer.concat(chunks).toString()))
      const turn = far.arrivals.filter((arrival) => arrival === key).length
      far.arrivals.push(key)
      for (const waiter of waiting.splice(0))
        if (far.arrivals.length >= waiter.count) waiter.tell()
        else waiting.push(waiter)
      const behaviour = far.behave(key, turn)
      if (behaviour.startsWith('take')) {
        far.effects.set(key, (far.effects.get(key) ?? 0) + 1)
        far.contents.set(key, reason)
      }
      switch (behaviour) {
        case 'take':
          return answer(201, { id: `far-${key}` })
        case 'take-but-answer-500':
        case 'answer-500':
          return answer(500, {})
        case 'busy':
          return answer(503, {})
        case 'rate-limit':
          return answer(429, {}, { 'retry-after': '7' })
        case 'refuse':
          return answer(422, { message: `Invalid item reference key 1009 for order "${key}".` })
        case 'lock-out':
          return answer(401, {})
        case 'take-but-hang':
        case 'hang':
          return response
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return Object.assign(far, {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}

function outcomeOf(status: number, body: string, retryAfter: string | null): CallOutcome {
  const { id, message = '' } = z
    .object({ id: z.string().optional(), message: z.string().optional() })
    .parse(JSON.parse(body))
  const failure = (errorClass: 'RATE_LIMIT' | 'TRANSPORT' | 'MAPPING' | 'AUTH_EXPIRED') =>
    ({ errorClass, code: `HTTP_${status}`, message: message || `HTTP ${status}.` }) as const
  if (status === 201) return { outcome: 'done', externalId: id ?? '', response: body }
  if (status === 429)
    return {
      outcome: 'failed',
      ...failure('RATE_LIMIT'),
      retryAfterMs: Number(retryAfter) * 1_000,
    }
  if (status === 503) return { outcome: 'failed', ...failure('TRANSPORT') }
  if (status === 401) return { outcome: 'refused', ...failure('AUTH_EXPIRED') }
  if (status === 422) return { outcome: 'refused', ...failure('MAPPING') }
  return { outcome: 'unknown', code: `HTTP_${status}`, message: 'It may have happened.' }
}

const timeoutMs = 400

function farConnector(kind: string, options: { hasLookUp: boolean }): Connector {
  const connector: Connector = {
    kind,
    operations: ['erp.create-order'],
    timeoutMs,
    checkSettings: () => [],
    test: async () => ({ isReachable: true, detail: '' }),
    async send(call, { settings }, signal) {
      const { document } = call
      const reason = document.docType === 'cancellation' ? document.reason : ''
      const key = document.docType === 'cancellation' ? document.orderNumber : ''
      try {
        const answer = await fetch(`${settings['url']}/orders`, {
          method: 'POST',
          headers: { connection: 'close' },
          body: JSON.stringify({ key, reason }),
          signal,
        })
        return outcomeOf(answer.status, await answer.text(), answer.headers.get('retry-after'))
      } catch {
        return { outcome: 'unknown', code: 'BROKEN', message: 'It may have happened.' }
      }
    },
  }
  if (!options.hasLookUp) return connector
  return {
    ...connector,
    async lookUp({ document }, { settings }, signal) {
      if (document.docType !== 'cancellation') return { found: false }
      const answer = await fetch(
        `${settings['url']}/orders/${encodeURIComponent(document.orderNumber)}`,
        { headers: { connection: 'close' }, signal },
      ).catch(() => {
        throw new RetryLater('The far system cannot be asked.')
      })
      if (answer.status === 404) return { found: false }
      const body = z
        .object({ id: z.string(), reason: z.string() })
        .parse(JSON.parse(await answer.text()))
      return { found: true, externalId: body.id, isSame: body.reason === document.reason }
    },
  }
}

let store: TestDatabase
let queue: JobQueue
const opened: { close(): Promise<void> }[] = []

beforeAll(async () => {
  store = await openTestDatabase()
  queue = await openJobQueue(store.database, {
    onError: (error) => expect.unreachable(error.message),
    supervise: false,
  })
})
afterEach(async () => {
  for (const { close } of opened.splice(0).reverse()) await close()
})
afterAll(async () => {
  await queue.stop()
  await store.close()
})

type Row = {
  transaction_id: string
  natural_key: string
  status: string
  attempts: number
  due_at: string
  sent_at: string
  error_class: string | null
  error_code: string | null
  external_id: string | null
}

/** A tenant with one connection to a far system of its own, and the delivery under a clock of its own. */
type Scene = {
  tenantId: string
  connectionId: string
  far: FarSystem
  finished: FinishedCall[]
  failures: unknown[]
  clock: { ms: number; step(byMs: number): void }
  delivery: Delivery
  enqueue(...intents: (Partial<OutboundIntent> & { naturalKey: string })[]): Promise<void>
  rows(): Promise<Row[]>
  row(naturalKey: string): Promise<Row>
  attempts(naturalKey: string): Promise<string[]>
  health(): Promise<{ circuit: string; probe_at: string | null; blocked_until: string | null }>
  notices(): Promise<{ cause: string; status: string }[]>
  /** Lets everything that may go now go, and waits for its end. */
  deliver(): Promise<void>
  /** Moves the clock from one due moment to the next until every call has come to its end. */
  toTheEnd(): Promise<void>
  secondDelivery(): Delivery
}

type SceneOptions = {
  settings?: Record<string, unknown>
  hasLookUp?: boolean
  render?: Connector['render']
  jitter?: number
  onFinished?: (calls: readonly FinishedCall[]) => Promise<void>
  /** Counts the statements of the delivery. */
  counted?: { statements: number }
}

function countingDatabase(database: Database, counted: { statements: number }): Database {
  return {
    ...database,
    inTenant: (tenantId, work) =>
      database.inTenant(tenantId, (tx) =>
        work({
          ...tx,
          rows(query) {
            counted.statements += 1
            return tx.rows(query)
          },
          run(query) {
            counted.statements += 1
            return tx.run(query)
          },
        }),
      ),
  }
}

async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const { database } = store
  const tenantId = await store.newTenant()
  const connectionId = `con_${tenantId}`
  const far = await openFarSystem()
  const settings = { url: far.url, ...options.settings }
  await database.inTenant(tenantId, (tx) =>
    tx.run(sql`insert into connection (connection_id, tenant_id, kind, name, settings)
      values (${connectionId}, ${tenantId}, 'far', 'Far system', ${JSON.stringify(settings)}::text::jsonb)`),
  )
  let aheadMs = 0
  let steppedMs = 0
  const clock = {
    /** Steps the wall clock: the moments of the database move, no time passes. */
    step(byMs: number) {
      aheadMs += byMs
      steppedMs += byMs
    },
    get ms() {
      return Date.now() + aheadMs
    },
    set ms(at: number) {
      aheadMs = at - Date.now()
    },
  }
  const finished: FinishedCall[] = []
  const failures: unknown[] = []
  const connector = farConnector('far', { hasLookUp: options.hasLookUp ?? true })
  const openDelivery = () => {
    const delivery = deliveryProcess({
      database:
        options.counted === undefined ? database : countingDatabase(database, options.counted),
      queue,
      connectors: [
        options.render === undefined ? connector : { ...connector, render: options.render },
      ],
      openConnection: async (tx, id) => ({
        connectionId: id,
        tenantId: tx.tenantId,
        kind: 'far',
        settings,
        secrets: ['very-secret'],
      }),
      onFinished: async (_, calls) => {
        await options.onFinished?.(calls)
        finished.push(...calls)
      },
      report: { worked: () => undefined, failed: (_, error) => void failures.push(error) },
      now: () => new Date(clock.ms),
      monotonicMs: () => clock.ms - steppedMs,
      random: () => options.jitter ?? 0.5,
    })
    opened.push({ close: () => delivery.stop() })
    return delivery
  }
  opened.push(far)
  const delivery = openDelivery()
  const inTenant = <T extends object>(query: ReturnType<typeof sql>) =>
    database.inTenant(tenantId, (tx) => tx.rows<T>(query))
  const rows = () =>
    inTenant<Row>(sql`select transaction_id, natural_key, status, attempts, due_at, sent_at, error_class, error_code,
      external_id from transaction order by key_seq`)
  const health = async () => {
    const [row] = await inTenant<{
      circuit: string
      probe_at: string | null
      blocked_until: string | null
    }>(sql`select circuit, probe_at, blocked_until from connection_health`)
    return row ?? { circuit: 'closed', probe_at: null, blocked_until: null }
  }
  const openRows = async () =>
    (await rows()).filter((row) => ['waiting', 'sending', 'in-doubt'].includes(row.status))
  const scene: Scene = {
    tenantId,
    connectionId,
    far,
    finished,
    failures,
    clock,
    delivery,
    secondDelivery: openDelivery,
    async enqueue(...intents) {
      await database.inTenant(tenantId, (tx) =>
        enqueueCalls(
          tx,
          queue,
          intents.map((intent) => ({
            operation: 'erp.create-order',
            connectionId,
            document: { docType: 'cancellation', orderNumber: intent.naturalKey, reason: 'test' },
            orderingKey: intent.naturalKey,
            idempotencyKey: `key-${intent.naturalKey}`,
            ...intent,
          })),
        ),
      )
    },
    rows,
    async row(naturalKey) {
      const row = (await rows()).find((candidate) => candidate.natural_key === naturalKey)
      if (row === undefined) throw new Error(`no call for ${naturalKey}`)
      return row
    },
    attempts: async (naturalKey) =>
      (
        await inTenant<{ outcome: string }>(sql`
          select outcome from transaction_attempt join transaction using (transaction_id)
          where natural_key = ${naturalKey} order by attempt`)
      ).map((row) => row.outcome),
    health,
    notices: () => inTenant(sql`select cause, status from notice order by cause`),
    async deliver() {
      const [row] = await rows()
      if (row === undefined) return
      await delivery.process([{ jobId: randomUUID(), tenantId, id: row.transaction_id }])
      await delivery.idle()
    },
    async toTheEnd() {
      for (let turn = 0; turn < 300; turn += 1) {
        await scene.deliver()
        const open = await openRows()
        if (open.length === 0) return
        const { circuit, probe_at: probeAt, blocked_until: blockedUntil } = await health()
        const due = Math.min(...open.map((row) => Date.parse(row.due_at)))
        const gates = [circuit === 'open' ? probeAt : null, blockedUntil].map((at) =>
          at === null ? 0 : Date.parse(at),
        )
        clock.ms = Math.max(clock.ms + 1, due, ...gates)
      }
      expect.unreachable('some call never came to its end')
    },
  }
  return scene
}

test('a call goes out once, is recorded with the id of the far system, and the flow is told', async () => {
  const scene = await openScene()
  await scene.enqueue({ naturalKey: 'SO-1', orderId: 'ord_1', amountMinor: 100 })
  await scene.deliver()
  expect(scene.far.effects).toEqual(new Map([['SO-1', 1]]))
  expect(await scene.row('SO-1')).toMatchObject({ status: 'succeeded', external_id: 'far-SO-1' })
  expect(scene.finished).toMatchObject([
    {
      naturalKey: 'SO-1',
      orderId: 'ord_1',
      result: { status: 'succeeded', externalId: 'far-SO-1', wasLookedUp: false },
    },
  ])
})

test('a second intent with a known key changes nothing and leaves no document behind', async () => {
  const scene = await openScene()
  await scene.enqueue({ naturalKey: 'SO-1' }, { naturalKey: 'SO-1' })
  await scene.enqueue({ naturalKey: 'SO-1' })
  expect(await scene.rows()).toHaveLength(1)
  const documents = await store.database.inTenant(scene.tenantId, (tx) =>
    tx.rows(sql`select number, direction, status, doc_type from document`),
  )
  expect(documents).toEqual([
    { number: 'SO-1', direction: 'out', status: 'applied', doc_type: 'cancellation' },
  ])
})

test('a running worker delivers calls as they are decided, without being polled', async () => {
  const scene = await openScene()
  const worker = startWorker(queue, {
    queue: 'deliver-transaction',
    batchSize: 20,
    pollMs: 60_000,
    process: scene.delivery.process,
    report: { worked: () => undefined, failed: (_, error) => void scene.failures.push(error) },
  })
  await scene.enqueue(...['A', 'B', 'C'].map((naturalKey) => ({ naturalKey })))
  await scene.far.arrived(3)
  await worker.stop()
  await scene.delivery.stop()
  expect((await scene.rows()).map((row) => row.status)).toEqual(Array(3).fill('succeeded'))
  expect(scene.failures).toEqual([])
})

test('an answer 500 after the effect is looked up, found, and sent no second time', async () => {
  const scene = await openScene()
  scene.far.behave = () => 'take-but-answer-500'
  await scene.enqueue({ naturalKey: 'SO-1' })
  await scene.deliver()
  const inDoubt = await scene.row('SO-1')
  expect(inDoubt.status).toBe('in-doubt')
  // Not before the call's own time-out plus a margin: it may still be running over there.
  expect(Date.parse(inDoubt.due_at) - Date.parse(inDoubt.sent_at)).toBeGreaterThanOrEqual(
    timeoutMs + 2_000,
  )
  await scene.deliver()
  expect(scene.far.lookUps).toEqual([])
  await scene.toTheEnd()
  expect(scene.far.effects).toEqual(new Map([['SO-1', 1]]))
  expect(await scene.attempts('SO-1')).toEqual(['unknown', 'looked-up'])
  expect(scene.finished).toMatchObject([{ result: { status: 'succeeded', wasLookedUp: true } }])
})

test('a call without any answer that had no effect is looked up and sent again', async () => {
  const scene = await openScene()
  scene.far.behave = (_, turn) => (turn === 0 ? 'hang' : 'take')
  await scene.enqueue({ naturalKey: 'SO-1' })
  await scene.toTheEnd()
  expect(scene.far.lookUps).toEqual(['SO-1'])
  expect(scene.far.effects).toEqual(new Map([['SO-1', 1]]))
  expect(await scene.attempts('SO-1')).toEqual(['unknown', 'done'])
})

test('a system without look-up gets the same key again, and the record says so', async () => {
  const scene = await openScene({ hasLookUp: false })
  scene.far.behave = (_, turn) => (turn === 0 ? 'answer-500' : 'take')
  await scene.enqueue({ naturalKey: 'SO-1' })
  await scene.toTheEnd()
  expect(await scene.attempts('SO-1')).toEqual(['unknown', 'sent-again'])
})

test('after a crash between sending and recording the effect is looked up first', async () => {
  const scene = await openScene()
  await scene.enqueue({ naturalKey: 'SO-1' })
  scene.far.effects.set('SO-1', 1)
  scene.far.contents.set('SO-1', 'test')
  await store.database.inTenant(scene.tenantId, (tx) =>
    tx.run(sql`update transaction set status = 'sending', attempts = 1,
      sent_at = now() - interval '1 minute', due_at = now() - interval '50 seconds'`),
  )
  scene.clock.ms += timeoutMs + 2_000
  await scene.deliver()
  expect(scene.far.arrivals).toEqual([])
  expect(await scene.row('SO-1')).toMatchObject({ status: 'succeeded', attempts: 2 })
})

test('a clock that is stepped forward lets no effect be looked up while the request may still run', async () => {
  const scene = await openScene()
  scene.far.behave = () => 'answer-500'
  await scene.enqueue({ naturalKey: 'SO-1' })
  await scene.deliver()
  scene.clock.step(60_000)
  await scene.deliver()
  expect(scene.far.lookUps).toEqual([])
  scene.clock.ms += timeoutMs + 2_000
  await scene.deliver()
  expect(scene.far.lookUps).toEqual(['SO-1'])
})

test.skipIf(process.env['TEST_DATABASE_URL'] !== undefined)(
  'the built-in database, started anew with a clock stepped forward, waits for what the process before it sent',
  async () => {
    const scene = await openScene()
    await scene.enqueue({ naturalKey: 'SO-1' })
    await store.database.inTenant(scene.tenantId, (tx) =>
      tx.run(sql`update transaction set status = 'sending', attempts = 1,
        sent_at = now() - interval '1 minute', due_at = now() - interval '50 seconds'`),
    )
    await scene.deliver()
    expect([scene.far.lookUps, scene.far.arrivals]).toEqual([[], []])
    scene.clock.ms += timeoutMs + 2_000
    await scene.deliver()
    expect(scene.far.lookUps).toEqual(['SO-1'])
    expect(scene.far.effects).toEqual(new Map([['SO-1', 1]]))
  },
)

test('something else under our number is no success: the call is given up as a duplicate', async () => {
  const scene = await openScene()
  scene.far.behave = () => 'answer-500'
  await scene.enqueue({ naturalKey: 'SO-1' })
  await scene.deliver()
  scene.far.contents.set('SO-1', 'an order of somebody else')
  await scene.toTheEnd()
  expect(await scene.row('SO-1')).toMatchObject({
    status: 'failed',
    error_class: 'DUPLICATE',
    error_code: 'OTHER_CONTENT',
  })
  expect(await scene.notices()).toMatchObject([{ status: 'open' }])
})

test('a rate limit holds the whole connection for as long as Retry-After says', async () => {
  const scene = await openScene({ settings: { concurrency: 1 } })
  scene.far.behave = (key, turn) => (key === 'A' && turn === 0 ? 'rate-limit' : 'take')
  await scene.enqueue({ naturalKey: 'A' }, { naturalKey: 'B' })
  await scene.deliver()
  expect(scene.far.arrivals).toEqual(['A'])
  scene.clock.ms += 6_000
  await scene.deliver()
  expect(scene.far.arrivals).toEqual(['A'])
  scene.clock.ms += 2_000
  await scene.deliver()
  expect(scene.far.arrivals.toSorted()).toEqual(['A', 'A', 'B'])
  expect((await scene.health()).circuit).toBe('closed')
})

test('five failures in a row open the circuit; waiting calls cost no try; a good probe lets them go in order', async () => {
  const scene = await openScene({ settings: { concurrency: 1 } })
  scene.far.behave = () => 'busy'
  const keys = Array.from({ length: 12 }, (_, place) => `SO-${place}`)
  await scene.enqueue(...keys.map((naturalKey) => ({ naturalKey })))
  await scene.deliver()
  expect(scene.far.arrivals).toHaveLength(5)
  expect((await scene.health()).circuit).toBe('open')
  expect(await scene.notices()).toEqual([
    { cause: `circuit:${scene.connectionId}`, status: 'open' },
  ])
  await scene.deliver()
  scene.clock.ms += 30_100
  await scene.deliver()
  expect(scene.far.arrivals).toHaveLength(6)
  expect((await scene.rows()).map((row) => row.status)).toEqual(Array(12).fill('waiting'))
  expect((await scene.rows()).filter((row) => row.attempts === 0)).toHaveLength(6)
  scene.far.behave = () => 'take'
  await scene.toTheEnd()
  expect((await scene.health()).circuit).toBe('closed')
  expect(scene.far.effects.size).toBe(12)
  expect(await scene.notices()).toEqual([
    { cause: `circuit:${scene.connectionId}`, status: 'resolved' },
  ])
})

test('after an outage calls go in the order they came in, those that had failed before it too', async () => {
  const scene = await openScene({ settings: { concurrency: 1 } })
  scene.far.behave = () => 'busy'
  const keys = Array.from({ length: 12 }, (_, place) => `SO-${place}`)
  for (const naturalKey of keys) await scene.enqueue({ naturalKey })
  await scene.deliver()
  scene.far.behave = () => 'take'
  // As they come to an end, look by look: never so far that a back-off would run out by itself.
  scene.clock.ms += 30_100
  await scene.deliver()
  const [probe, ...others] = scene.far.effects.keys()
  expect(others).toEqual(keys.filter((key) => key !== probe))
})

test('a refused credential is one incident of the connection: nothing is given up, all waits', async () => {
  const scene = await openScene()
  scene.far.behave = () => 'lock-out'
  await scene.enqueue({ naturalKey: 'A' }, { naturalKey: 'B' })
  await scene.deliver()
  expect((await scene.health()).circuit).toBe('open')
  expect((await scene.rows()).map((row) => row.status)).toEqual(['waiting', 'waiting'])
  scene.far.behave = () => 'take'
  await scene.toTheEnd()
  expect(scene.far.effects.size).toBe(2)
})

test('calls of one key go strictly in turn while another key goes on', async () => {
  const scene = await openScene()
  scene.far.behave = (key, turn) => (key === 'A-1' && turn === 0 ? 'busy' : 'take')
  await scene.enqueue(
    ...['A-1', 'A-2', 'A-3'].map((naturalKey) => ({ naturalKey, orderingKey: 'A' })),
    ...['B-1', 'B-2'].map((naturalKey) => ({ naturalKey, orderingKey: 'B' })),
  )
  await scene.deliver()
  expect(scene.far.arrivals.toSorted()).toEqual(['A-1', 'B-1', 'B-2'])
  await scene.toTheEnd()
  expect([...scene.far.effects.keys()].filter((key) => key.startsWith('A'))).toEqual([
    'A-1',
    'A-2',
    'A-3',
  ])
})

test('a given-up call stops its own key only', async () => {
  const scene = await openScene()
  scene.far.behave = (key) => (key === 'A-1' ? 'refuse' : 'take')
  await scene.enqueue(...['A-1', 'A-2'].map((naturalKey) => ({ naturalKey, orderingKey: 'A' })), {
    naturalKey: 'B-1',
  })
  await scene.deliver()
  await scene.deliver()
  expect(await scene.row('A-1')).toMatchObject({ status: 'failed', error_class: 'MAPPING' })
  expect(await scene.row('A-2')).toMatchObject({ status: 'waiting', attempts: 0 })
  expect(await scene.row('B-1')).toMatchObject({ status: 'succeeded' })
  expect(scene.finished.find((call) => call.naturalKey === 'A-1')?.result).toMatchObject({
    status: 'failed',
    errorClass: 'MAPPING',
  })
})

test('calls behind a long line of a stuck key are still found', async () => {
  const scene = await openScene({ settings: { concurrency: 2 } })
  scene.far.behave = (key) => (key === 'A-0' ? 'refuse' : 'take')
  await scene.enqueue(
    ...Array.from({ length: 150 }, (_, at) => ({ naturalKey: `A-${at}`, orderingKey: 'A' })),
    { naturalKey: 'B-1' },
  )
  await scene.deliver()
  await expect
    .poll(async () => (await scene.row('B-1')).status, { timeout: 5_000 })
    .toBe('succeeded')
})

test('a connection never has more calls on their way than its concurrency allows', async () => {
  const scene = await openScene({ settings: { concurrency: 3 } })
  scene.far.behave = (_, turn) => (turn === 0 ? 'hang' : 'take')
  await scene.enqueue(...Array.from({ length: 7 }, (_, at) => ({ naturalKey: `K-${at}` })))
  const [row] = await scene.rows()
  const job = { jobId: randomUUID(), tenantId: scene.tenantId, id: row?.transaction_id ?? '' }
  await scene.delivery.process([job])
  await scene.far.arrived(3)
  await scene.delivery.process([{ ...job, jobId: randomUUID() }])
  expect(scene.far.arrivals).toHaveLength(3)
  await scene.delivery.idle()
})

test('a connection with a rate gets no more than its rate in a second', async () => {
  const scene = await openScene({ settings: { ratePerSecond: 2 } })
  await scene.enqueue(...Array.from({ length: 5 }, (_, at) => ({ naturalKey: `K-${at}` })))
  await scene.deliver()
  expect(scene.far.arrivals).toHaveLength(2)
  scene.clock.ms += 1_000
  await scene.deliver()
  expect(scene.far.arrivals).toHaveLength(4)
})

test('two deliveries at once never send one call twice', async () => {
  const scene = await openScene()
  const other = scene.secondDelivery()
  await scene.enqueue(...Array.from({ length: 40 }, (_, at) => ({ naturalKey: `K-${at}` })))
  const jobs = (await scene.rows()).map((row) => ({
    jobId: randomUUID(),
    tenantId: scene.tenantId,
    id: row.transaction_id,
  }))
  await Promise.all(jobs.flatMap((job) => [scene.delivery.process([job]), other.process([job])]))
  await Promise.all([scene.delivery.idle(), other.idle()])
  await scene.toTheEnd()
  expect(scene.far.arrivals).toHaveLength(40)
  expect(new Set(scene.far.effects.values())).toEqual(new Set([1]))
})

test('control numbers are used once and every later try sends the same bytes', async () => {
  const sent: string[] = []
  const scene = await openScene({
    render: (_, __, { interchange, group }) => {
      sent.push(`${interchange}/${group}`)
      return `ISA*${interchange}*${group}~`
    },
  })
  scene.far.behave = (_, turn) => (turn === 0 ? 'busy' : 'take')
  await scene.enqueue({ naturalKey: 'A' }, { naturalKey: 'B' })
  await scene.toTheEnd()
  expect(sent).toEqual(['1/1', '2/2'])
  const rendered = await store.database.inTenant(scene.tenantId, (tx) =>
    tx.rows(sql`select rendered from transaction order by key_seq`),
  )
  expect(rendered).toEqual([{ rendered: 'ISA*1*1~' }, { rendered: 'ISA*2*2~' }])
})

test('a document that cannot be written is given up alone and no control number comes twice', async () => {
  const scene = await openScene({
    render: ({ document }, _, { interchange }) => {
      if (document.docType === 'cancellation' && document.orderNumber === 'BAD')
        throw new Error('secret driver text')
      return `ISA*${interchange}~`
    },
  })
  await scene.enqueue({ naturalKey: 'BAD' }, { naturalKey: 'GOOD' })
  await scene.deliver()
  expect(await scene.row('BAD')).toMatchObject({ status: 'failed', error_code: 'NOT_RENDERED' })
  expect(await scene.row('GOOD')).toMatchObject({ status: 'succeeded' })
})

test('a result the flow cannot take keeps no other result from being recorded', async () => {
  const scene = await openScene({
    settings: { delivery: { maxTries: 2 } },
    onFinished: async (calls) => {
      if (calls.some((call) => call.naturalKey === 'POISON')) throw new Error('flow fails')
    },
  })
  await scene.enqueue({ naturalKey: 'A' }, { naturalKey: 'POISON' }, { naturalKey: 'C' })
  await scene.toTheEnd()
  expect((await scene.rows()).map((row) => row.status)).toEqual([
    'succeeded',
    'failed',
    'succeeded',
  ])
  expect(await scene.row('POISON')).toMatchObject({ error_class: 'POISON' })
  expect(scene.far.effects.get('POISON')).toBe(1)
})

test.each(['40P01', '57P01'])(
  'an answer whose recording met passing trouble (%s) is recorded a moment later, and nothing is sent again',
  async (code) => {
    let left = 1
    const scene = await openScene({
      hasLookUp: false,
      onFinished: async () => {
        left -= 1
        if (left >= 0) throw Object.assign(new Error('The driver says no.'), { code })
      },
    })
    await scene.enqueue({ naturalKey: 'SO-1' })
    await scene.toTheEnd()
    expect(scene.far.arrivals).toEqual(['SO-1'])
    expect(await scene.attempts('SO-1')).toEqual(['done'])
  },
)

test('trouble that passes while the others of a poisoned result are recorded apart calls none of them in doubt', async () => {
  let left = 1
  const scene = await openScene({
    hasLookUp: false,
    settings: { delivery: { maxTries: 1 } },
    onFinished: async (calls) => {
      if (calls.some((call) => call.naturalKey === 'POISON')) throw new Error('flow fails')
      left -= 1
      if (left >= 0) throw Object.assign(new Error('The driver says no.'), { code: '40P01' })
    },
  })
  await scene.enqueue({ naturalKey: 'POISON' }, { naturalKey: 'A' })
  await scene.toTheEnd()
  expect(scene.far.arrivals.filter((key) => key === 'A')).toHaveLength(1)
  expect(await scene.attempts('A')).toEqual(['done'])
})

test('an overdue call without a job is found by the sweep, and none behind an open circuit', async () => {
  const scene = await openScene()
  await scene.enqueue({ naturalKey: 'A' }, { naturalKey: 'B' })
  const drain = async () => {
    const jobs = await queue.fetch('deliver-transaction', { batchSize: 5_000 })
    await store.database.inTenant(scene.tenantId, (tx) =>
      queue.complete(
        tx,
        'deliver-transaction',
        jobs.map((job) => job.jobId),
      ),
    )
    return jobs.filter((job) => job.tenantId === scene.tenantId)
  }
  const sweep = () =>
    store.database.inTenant(scene.tenantId, (tx) =>
      sweepOutbox(tx, queue, new Date(scene.clock.ms + 1)),
    )
  await drain()
  await sweep()
  expect(await drain()).toHaveLength(1)
  await store.database.inTenant(scene.tenantId, (tx) =>
    tx.run(sql`insert into connection_health (connection_id, tenant_id, circuit, probe_at)
      values (${scene.connectionId}, ${scene.tenantId}, 'open', now() + interval '1 minute')`),
  )
  await sweep()
  expect(await drain()).toEqual([])
})

const behaviours: Behaviour[] = [
  'take',
  'take-but-answer-500',
  'answer-500',
  'take-but-hang',
  'busy',
  'rate-limit',
  'refuse',
  'lock-out',
]

test('whatever the far system does, each effect happens at most once and every call comes to an end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.constantFrom(...behaviours), { maxLength: 5 }), {
        minLength: 1,
        maxLength: 6,
      }),
      fc.integer({ min: 1, max: 3 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (plans, keyCount, jitter) => {
        const scene = await openScene({
          jitter,
          settings: { concurrency: 2, delivery: { probeAfterMs: 1_000 } },
        })
        scene.far.behave = (key, turn) => plans[Number(key)]?.[turn] ?? 'take'
        await scene.enqueue(
          ...plans.map((_, at) => ({ naturalKey: `${at}`, orderingKey: `K-${at % keyCount}` })),
        )
        // A given-up call stops its key: drop it, as a person would, and go on.
        for (let round = 0; round < plans.length; round += 1) {
          await untilStuck(scene)
          await store.database.inTenant(scene.tenantId, (tx) =>
            tx.run(sql`update transaction set status = 'dropped' where status = 'failed'`),
          )
          await store.database.inTenant(scene.tenantId, (tx) =>
            tx.run(
              sql`update transaction set due_at = now() where status = 'waiting' and attempts = 0`,
            ),
          )
        }
        await scene.toTheEnd()
        for (const count of scene.far.effects.values()) expect(count).toBe(1)
        for (const row of await scene.rows()) {
          expect(['succeeded', 'failed', 'dropped']).toContain(row.status)
          if (row.status === 'succeeded') expect(scene.far.effects.get(row.natural_key)).toBe(1)
        }
        expect(scene.failures).toEqual([])
        await scene.delivery.stop()
      },
    ),
    { numRuns: 12 },
  )
})

// Runs until nothing moves but what stands behind a given-up call.
async function untilStuck(scene: Scene): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) {
    await scene.deliver()
    const rows = await scene.rows()
    const movable = rows.filter(
      (row) =>
        ['waiting', 'in-doubt'].includes(row.status) &&
        Date.parse(row.due_at) < scene.clock.ms + 1_800_000,
    )
    if (movable.length === 0) return
    const { circuit, probe_at: probeAt, blocked_until: blockedUntil } = await scene.health()
    const due = Math.min(...movable.map((row) => Date.parse(row.due_at)))
    const gates = [circuit === 'open' ? probeAt : null, blockedUntil].map((at) =>
      at === null ? 0 : Date.parse(at),
    )
    scene.clock.ms = Math.max(scene.clock.ms + 1, due, ...gates)
  }
}

// A system that fails often enough to be tired of us, and not often enough to count as away.
const oftenBusy = {
  settings: { delivery: { failuresInARow: 1_000, retryBaseMs: 20_000, timeoutMs: 10_000 } },
}

const waitsFor = (scene: Scene) =>
  store.database.inTenant(scene.tenantId, async (tx) => {
    const page = { limit: 200, after: undefined }
    const { items } = await listTransactions(tx, {}, page)
    return items.filter((item) => item.waitsFor === 'retry-budget').map((item) => item.naturalKey)
  })

test('repeats stop at a tenth of the calls, and say what they wait for; first tries go on', async () => {
  const scene = await openScene(oftenBusy)
  scene.far.behave = (key, turn) =>
    turn === 0 && Number(key.slice(3)) % 4 === 0 && Number(key.slice(3)) < 100 ? 'busy' : 'take'
  const keys = Array.from({ length: 100 }, (_, place) => `SO-${place}`)
  await scene.enqueue(...keys.map((naturalKey) => ({ naturalKey })))
  await scene.deliver()
  expect(scene.far.arrivals).toHaveLength(100)
  scene.clock.ms += 25_000
  await scene.deliver()
  expect(scene.far.arrivals).toHaveLength(110)
  expect(await waitsFor(scene)).toHaveLength(15)
  await scene.enqueue({ naturalKey: 'SO-200' })
  await scene.deliver()
  expect(await scene.row('SO-200')).toMatchObject({ status: 'succeeded', attempts: 1 })
  expect((await scene.rows()).filter((row) => row.status === 'waiting')).toHaveLength(15)
  await scene.toTheEnd()
  expect(await waitsFor(scene)).toEqual([])
  expect((await scene.rows()).every((row) => row.status === 'succeeded')).toBe(true)
  expect(scene.finished).toHaveLength(101)
})

test('a call that waits for its budget keeps its place: what comes after it in its key waits behind it', async () => {
  const settings = {
    delivery: { failuresInARow: 1_000, leastRetries: 1, retryPercent: 0, timeoutMs: 10_000 },
  }
  const scene = await openScene({ settings })
  scene.far.behave = (key, turn) => (turn === 0 && key !== 'SO-9' ? 'busy' : 'take')
  await scene.enqueue(
    { naturalKey: 'SO-1' },
    { naturalKey: 'SO-2', orderingKey: 'ACME' },
    { naturalKey: 'SO-3', orderingKey: 'ACME' },
    { naturalKey: 'SO-9' },
  )
  await scene.deliver()
  scene.clock.ms += 3_000
  await scene.deliver()
  expect(await waitsFor(scene)).toEqual(['SO-2'])
  await scene.toTheEnd()
  const acme = scene.far.arrivals.filter((key) => key === 'SO-2' || key === 'SO-3')
  expect(acme).toEqual(['SO-2', 'SO-2', 'SO-3', 'SO-3'])
})

test('what the system itself puts off with 429 costs no budget', async () => {
  const settings = { delivery: { leastRetries: 1, retryPercent: 0 } }
  const scene = await openScene({ settings })
  scene.far.behave = (_, turn) => (turn < 3 ? 'rate-limit' : 'take')
  await scene.enqueue(...['A', 'B', 'C'].map((naturalKey) => ({ naturalKey })))
  await scene.toTheEnd()
  expect(scene.clock.ms - Date.now()).toBeLessThan(60_000)
  expect(await scene.rows()).toMatchObject(Array(3).fill({ status: 'succeeded', attempts: 4 }))
})

test('two deliveries at once share one budget', async () => {
  const scene = await openScene(oftenBusy)
  scene.far.behave = (key, turn) => (turn === 0 && Number(key.slice(3)) % 4 === 0 ? 'busy' : 'take')
  const keys = Array.from({ length: 60 }, (_, place) => `SO-${place}`)
  await scene.enqueue(...keys.map((naturalKey) => ({ naturalKey })))
  await scene.deliver()
  scene.clock.ms += 25_000
  const second = scene.secondDelivery()
  const [row] = await scene.rows()
  const job = () => ({
    jobId: randomUUID(),
    tenantId: scene.tenantId,
    id: row?.transaction_id ?? '',
  })
  await Promise.all([scene.delivery.process([job()]), second.process([job()])])
  await Promise.all([scene.delivery.idle(), second.idle()])
  expect(scene.far.arrivals).toHaveLength(70)
  expect(await waitsFor(scene)).toHaveLength(5)
})

test('a turn of calls that work asks the database no more often than before there was a budget', async () => {
  const counted = { statements: 0 }
  const scene = await openScene({ counted })
  // The first call makes the row of the connection's health.
  await scene.enqueue({ naturalKey: 'A' })
  await scene.deliver()
  await scene.enqueue({ naturalKey: 'B' })
  counted.statements = 0
  await scene.deliver()
  expect(await scene.rows()).toMatchObject(Array(2).fill({ status: 'succeeded' }))
  // Two turns: one that claims, one that records. Counted on the version before the budget.
  expect(counted.statements).toBe(11)
})

const fromNow = (scene: Scene, ms: number) => new Date(scene.clock.ms + ms).toISOString()

test('a call that cannot be repeated before its business deadline is given up, with what to do about it', async () => {
  const scene = await openScene({ settings: { delivery: { retryBaseMs: 60_000 } } })
  scene.far.behave = () => 'busy'
  await scene.enqueue({ naturalKey: 'ACK-1', deadlineAt: fromNow(scene, 30_000) })
  await scene.deliver()
  expect(await scene.row('ACK-1')).toMatchObject({
    status: 'failed',
    attempts: 1,
    error_class: 'BUSINESS_RULE',
    error_code: 'DEADLINE_PASSED',
  })
  expect(scene.finished).toMatchObject([
    {
      result: {
        status: 'failed',
        message: expect.stringMatching(
          /^It had to be there by .* UTC\. The one try ended with HTTP_503, .* Ask whether it is still wanted/,
        ),
      },
    },
  ])
})

test('before its deadline a call is repeated as any other, and its first try goes even after it', async () => {
  const scene = await openScene()
  scene.far.behave = (key, turn) => (key === 'ACK-1' && turn === 0 ? 'busy' : 'take')
  await scene.enqueue(
    { naturalKey: 'ACK-1', deadlineAt: fromNow(scene, 3_600_000) },
    { naturalKey: 'ACK-2', deadlineAt: fromNow(scene, -60_000) },
  )
  await scene.toTheEnd()
  expect(await scene.row('ACK-1')).toMatchObject({ status: 'succeeded', attempts: 2 })
  expect(await scene.row('ACK-2')).toMatchObject({ status: 'succeeded', attempts: 1 })
})

test('what may have happened is still looked up after its deadline, and not sent again', async () => {
  const scene = await openScene()
  scene.far.behave = (key) => (key === 'ACK-1' ? 'take-but-answer-500' : 'answer-500')
  const deadlineAt = fromNow(scene, 60_000)
  await scene.enqueue({ naturalKey: 'ACK-1', deadlineAt }, { naturalKey: 'ACK-2', deadlineAt })
  await scene.deliver()
  scene.clock.ms += 120_000
  await scene.deliver()
  expect(await scene.row('ACK-1')).toMatchObject({ status: 'succeeded' })
  expect(await scene.row('ACK-2')).toMatchObject({
    status: 'failed',
    error_code: 'DEADLINE_PASSED',
  })
  expect(scene.far.arrivals.toSorted()).toEqual(['ACK-1', 'ACK-2'])
  expect(scene.far.lookUps.toSorted()).toEqual(['ACK-1', 'ACK-2'])
})

test('a connection says how long its calls may take, and none is waited for beyond its deadline', async () => {
  const scene = await openScene({ settings: { delivery: { timeoutMs: 60_000 } } })
  scene.far.behave = (key) => (key === 'ACK-1' ? 'hang' : 'take')
  await scene.enqueue({ naturalKey: 'ACK-1', deadlineAt: fromNow(scene, 1_200) })
  const startedAt = performance.now()
  await scene.deliver()
  // The far system never answers: the deadline ends the wait, long before the minute of the connection.
  expect(performance.now() - startedAt).toBeLessThan(10_000)
  const call = await scene.row('ACK-1')
  expect(call.status).toBe('in-doubt')
  expect(Date.parse(call.due_at) - Date.parse(call.sent_at)).toBeGreaterThanOrEqual(60_000)
})

test('what may have happened is looked up at once, whatever the budget; only what is not there counts as a repeat', async () => {
  const settings = {
    delivery: { failuresInARow: 1_000, leastRetries: 1, retryPercent: 0, timeoutMs: 10_000 },
  }
  const scene = await openScene({ settings })
  scene.far.behave = (key, turn) => {
    if (turn > 0) return 'take'
    return key === 'B' ? 'answer-500' : key === 'D' ? 'busy' : 'take-but-answer-500'
  }
  await scene.enqueue(...['A', 'B', 'C', 'D'].map((naturalKey) => ({ naturalKey })))
  await scene.deliver()
  scene.clock.ms += 20_000
  // Those in doubt first: B is not there and goes again, which is the one repeat there is.
  await store.database.inTenant(scene.tenantId, (tx) =>
    tx.run(
      sql`update transaction set due_at = due_at + interval '60 seconds' where natural_key = 'D'`,
    ),
  )
  await scene.deliver()
  const done = (await scene.rows()).filter((row) => row.status === 'succeeded')
  expect(done.map((row) => row.natural_key)).toEqual(['A', 'B', 'C'])
  scene.clock.ms += 60_000
  await scene.deliver()
  expect(await waitsFor(scene)).toEqual(['D'])
  await scene.toTheEnd()
  expect(scene.far.effects).toEqual(new Map(['A', 'C', 'B', 'D'].map((key) => [key, 1])))
})
