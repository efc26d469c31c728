import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { purchaseOrder } from '../../testing/flow-papers.ts'
import { doorSecret, type Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import type { QueueName } from '../queue/queues.ts'
import { type Database, type Driver, openDatabase } from '../store/database.ts'
import type { DiskRoom } from '../store/disk-room.ts'
import { createLog } from '../telemetry/log.ts'
import { type BackPressure, openBackPressure } from './back-pressure.ts'
import { type Intake, openIntake } from './intake.ts'
import { type PressureWatch, startPressureWatch } from './pressure-watch.ts'

const Problem = z.object({ type: z.string(), title: z.string(), detail: z.string() })

type Trouble = (() => Promise<void>) | undefined

/** The real driver, with what befalls the way to the database before and after a transaction. */
function troubled(driver: Driver) {
  const trouble: { before: Trouble; after: Trouble } = { before: undefined, after: undefined }
  const troubledDriver: Driver = {
    ...driver,
    run: async (text, values) => {
      await trouble.before?.()
      return driver.run(text, values)
    },
    transaction: async (work) => {
      await trouble.before?.()
      const result = await driver.transaction(work)
      await trouble.after?.()
      return result
    },
  }
  return { trouble, database: openDatabase(troubledDriver) }
}

const failing = (code: string) => async (): Promise<void> => {
  throw Object.assign(new Error('The driver says no.'), { code })
}

let world: FlowWorld
let door: TestDoor
let guarded: { receive: Intake['receive']; pressure: BackPressure }
let closers: (() => Promise<void>)[] = []
let gates: (() => void)[] = []

beforeAll(async () => {
  world = await openFlowWorld()
  door = await openTestDoor({
    ports: {
      receive: (delivery) => guarded.receive(delivery),
      pressure: {
        enter: (...at) => guarded.pressure.enter(...at),
        assertDatabase: () => guarded.pressure.assertDatabase(),
      },
    },
  })
})
afterEach(async () => {
  for (const open of gates) open()
  gates = []
  for (const close of closers.reverse()) await close()
  closers = []
  await world.database.jobs.executeSql(`delete from pgboss.job_common`)
})
afterAll(async () => {
  await door.close()
  await world.close()
})

/** Counts, and tells when it has come so far. */
function counter() {
  let count = 0
  let changed: () => void = () => undefined
  return {
    add() {
      count += 1
      changed()
    },
    async reached(wanted: number): Promise<void> {
      while (count < wanted)
        await new Promise<void>((resolve) => {
          changed = resolve
        })
    },
  }
}

type HouseOptions = {
  limits?: { deliveries?: number; bytes?: number; waitMs?: number }
  disk?: { room: () => Promise<DiskRoom>; leastBytes: number }
  database?: Database
  patienceMs?: number
}

/** The inbound door over the world's store, guarded as cli guards it, but with a watch that looks more often. */
function openGuardedDoor({
  limits = {},
  disk,
  patienceMs = 5_000,
  database = world.database,
}: HouseOptions = {}) {
  const refused: string[] = []
  const pressure = openBackPressure({
    limits: { queueSeconds: 60, deliveries: 100, bytes: 1_000_000, waitMs: 10_000, ...limits },
    refused: (reason) => void refused.push(reason),
  })
  const { queue, connections, channels } = world
  const intake = openIntake({ database, queue, connections, channels, pressure })
  const received = counter()
  guarded = {
    pressure,
    receive(delivery) {
      received.add()
      return intake.receive(delivery)
    },
  }
  let changed: (() => void) | undefined
  const watch: PressureWatch = startPressureWatch({
    database,
    // The watch tells what it learns; a test waits for that instead of for the clock.
    pressure: {
      ...pressure,
      learn(news) {
        pressure.learn(news)
        changed?.()
      },
    },
    queueSeconds: 60,
    ...(disk === undefined ? {} : { disk }),
    everyMs: 10,
    patienceMs,
    log: createLog({ level: 'silent' }),
  })
  closers.push(async () => {
    await intake.drained()
    await watch.stop()
  })
  async function learnt(isSo: () => boolean): Promise<void> {
    while (!isSo())
      await new Promise<void>((resolve) => {
        changed = resolve
      })
  }
  const send = (trade: Trade, body: NonNullable<RequestInit['body']>, init: RequestInit = {}) =>
    door.request(`/v1/inbound/json/${trade.connectionId('json')}`, undefined, {
      method: 'POST',
      headers: { 'x-api-key': doorSecret, 'content-type': 'application/json' },
      body,
      ...init,
    })
  return {
    refused,
    pressure,
    send,
    order: (trade: Trade, number: string) => send(trade, order(number)),
    /** Resolves when what the watch has learnt makes this true. */
    learnt,
    /** Resolves when so many deliveries have been read whole. */
    received: received.reached,
    /** Resolves when the watch has looked so many times more. */
    looked(times: number) {
      let left = times + 1
      return learnt(() => {
        left -= 1
        return left < 0
      })
    },
  }
}

const order = (number: string) =>
  JSON.stringify(purchaseOrder(number, [{ sku: 'FAS-1001', quantity: 1 }]))

async function told(answer: Response) {
  const { type } = Problem.parse(await answer.clone().json())
  return {
    status: answer.status,
    problem: type.replace('urn:quittance:problem:', ''),
    retryAfter: Number(answer.headers.get('retry-after')),
  }
}

/** Puts a job in that has been due for so long. */
async function waitingJob(trade: Trade, queue: QueueName, seconds: number): Promise<void> {
  await trade.inTenant((tx) => world.queue.enqueue(tx, queue, ['nobody-knows-this-id']))
  await world.database.jobs.executeSql(
    `update pgboss.job_common set start_after = now() - make_interval(secs => $1::float8)
     where name = $2 and group_id = $3`,
    [seconds, queue, trade.tenantId],
  )
}

async function kept(trade: Trade): Promise<number> {
  return (await trade.inTenant((tx) => tx.rows(sql`select 1 from receipt`))).length
}

test('an idle house takes everything', async () => {
  const trade = await world.newTrade()
  const { order, refused, pressure } = openGuardedDoor()
  expect((await order(trade, 'PO-1')).status).toBe(202)
  expect(refused).toEqual([])
  expect(pressure.view()).toMatchObject({ deliveries: 0, bytes: 0, lateTenants: 0 })
})

test.each(['read-receipt', 'apply-document', 'advance-order'] as const)(
  'a tenant whose jobs wait too long in %s is asked to slow down, the others are not, and it passes by itself',
  async (queue) => {
    const [eager, calm, third] = [
      await world.newTrade(),
      await world.newTrade(),
      await world.newTrade(),
    ]
    await waitingJob(eager, queue, 61)
    await waitingJob(calm, queue, 50)
    const { order, learnt, pressure } = openGuardedDoor()
    await learnt(() => pressure.view().lateTenants === 1)
    const answer = await order(eager, 'PO-1')
    expect(await told(answer)).toEqual({
      status: 429,
      problem: 'tenant-queue-too-old',
      retryAfter: 15,
    })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await kept(eager)).toBe(0)
    expect((await order(calm, 'PO-1')).status).toBe(202)
    expect((await order(third, 'PO-1')).status).toBe(202)

    await world.database.jobs.executeSql(`delete from pgboss.job_common where group_id = $1`, [
      eager.tenantId,
    ])
    await learnt(() => pressure.view().lateTenants === 0)
    expect((await order(eager, 'PO-1')).status).toBe(202)
  },
)

test('when the jobs of most tenants wait too long it is the house that is behind', async () => {
  const trades = [await world.newTrade(), await world.newTrade()]
  const tenants = await world.database.jobs.executeSql(`select tenant_id from tenant`)
  for (const { tenant_id } of tenants.rows)
    await world.database.inTenant(String(tenant_id), (tx) =>
      world.queue.enqueue(tx, 'apply-document', ['nobody-knows-this-id']),
    )
  await world.database.jobs.executeSql(
    `update pgboss.job_common set start_after = now() - interval '2 minutes'`,
  )
  const { order, learnt, pressure } = openGuardedDoor()
  await learnt(() => pressure.view().isHouseBehind)
  for (const trade of trades)
    expect(await told(await order(trade, 'PO-1'))).toMatchObject({
      status: 503,
      problem: 'queue-too-old',
    })
})

test('an outbox behind an open circuit refuses no order, however long its calls have waited', async () => {
  const trade = await world.newTrade()
  trade.answer(() => ({
    outcome: 'failed',
    errorClass: 'OUTAGE',
    code: 'HTTP_503',
    message: 'Away.',
  }))
  await trade.send(purchaseOrder('PO-1', [{ sku: 'FAS-1001', quantity: 1 }]))
  for (const queue of ['deliver-transaction', 'send-notice'] as const)
    await waitingJob(trade, queue, 600)
  await world.database.jobs.executeSql(
    `update pgboss.job_common set start_after = now() - interval '10 minutes', created_on = now() - interval '10 minutes'
     where name in ('deliver-transaction', 'send-notice')`,
  )
  const { order, refused, looked, pressure } = openGuardedDoor()
  await looked(3)
  expect(pressure.view().oldest).toEqual([])
  expect((await order(trade, 'PO-2')).status).toBe(202)
  expect(refused).toEqual([])
})

test('orders that wait for their cancel window are not late', async () => {
  const trade = await world.newTrade()
  await trade.inTenant((tx) =>
    world.queue.enqueue(tx, 'advance-order', ['ord_later'], {
      startAt: new Date(Date.now() + 3_600_000),
    }),
  )
  await world.database.jobs.executeSql(
    `update pgboss.job_common set created_on = now() - interval '1 day'`,
  )
  const { order, looked } = openGuardedDoor()
  await looked(3)
  expect((await order(trade, 'PO-1')).status).toBe(202)
})

test('a disk that is nearly full refuses deliveries until there is room again', async () => {
  const trade = await world.newTrade()
  let freeBytes = 400
  const room = async () => ({ freeBytes, totalBytes: 1_000_000 })
  const { order, learnt, pressure } = openGuardedDoor({ disk: { room, leastBytes: 500 } })
  await learnt(() => pressure.view().isDiskNearlyFull)
  expect(await told(await order(trade, 'PO-1'))).toEqual({
    status: 503,
    problem: 'disk-nearly-full',
    retryAfter: 60,
  })
  freeBytes = 600
  await learnt(() => !pressure.view().isDiskNearlyFull)
  expect((await order(trade, 'PO-1')).status).toBe(202)
})

test('on a small disk a twentieth of it is room enough', async () => {
  const room = async () => ({ freeBytes: 60, totalBytes: 1_000 })
  const { learnt, pressure } = openGuardedDoor({ disk: { room, leastBytes: 500 } })
  await learnt(() => pressure.view().disk !== undefined)
  expect(pressure.view().isDiskNearlyFull).toBe(false)
})

test.each([
  ['refuses connections', 'ECONNREFUSED'],
  ['cut the connection', 'CONNECTION_CLOSED'],
  ['has no disk left', '53100'],
  ['takes no more connections', '53300'],
  ['is being shut down', '57P01'],
  ['is read-only', '25006'],
])(
  'a delivery to a database that %s is asked to come again, and is taken when it does',
  async (_, code) => {
    const trade = await world.newTrade()
    const { database, trouble } = troubled(world.database.driver)
    const { order, learnt, pressure } = openGuardedDoor({ database })
    trouble.before = failing(code)
    expect(await told(await order(trade, 'PO-1'))).toEqual({
      status: 503,
      problem: 'database-away',
      retryAfter: 5,
    })
    await learnt(() => pressure.view().isDatabaseAway)
    expect(await kept(trade)).toBe(0)
    trouble.before = undefined
    await learnt(() => !pressure.view().isDatabaseAway)
    expect((await order(trade, 'PO-1')).status).toBe(202)
  },
)

test('a connection lost during the commit is never a yes: the repetition is answered as one', async () => {
  const trade = await world.newTrade()
  const { database, trouble } = troubled(world.database.driver)
  const { order } = openGuardedDoor({ database })
  trouble.after = failing('CONNECTION_CLOSED')
  expect((await order(trade, 'PO-1')).status).toBe(503)
  trouble.after = undefined
  const repeated = await order(trade, 'PO-1')
  expect(await repeated.text()).toContain('duplicateOf')
  expect(await kept(trade)).toBe(1)
})

test('nobody waits for ever for a database that hangs', async () => {
  const trade = await world.newTrade()
  const { database, trouble } = troubled(world.database.driver)
  const { order, learnt, pressure } = openGuardedDoor({
    database,
    limits: { waitMs: 30 },
    patienceMs: 60,
  })
  let goOn: () => void = () => undefined
  const hanging = new Promise<void>((resolve) => {
    goOn = resolve
  })
  trouble.before = () => hanging
  const [first] = await Promise.all([
    order(trade, 'PO-1'),
    learnt(() => pressure.view().isDatabaseAway),
  ])
  expect(await told(first)).toEqual({ status: 503, problem: 'not-in-time', retryAfter: 5 })
  // What still hangs is counted until it has ended.
  expect(pressure.view()).toMatchObject({ deliveries: 1 })
  expect(await told(await order(trade, 'PO-2'))).toMatchObject({ problem: 'database-away' })
  const reading = await door.request('/v1/orders', 'qk_whatever')
  expect(await told(reading)).toMatchObject({
    status: 503,
    problem: 'database-away',
    retryAfter: 5,
  })

  trouble.before = undefined
  goOn()
  await learnt(() => !pressure.view().isDatabaseAway)
  const repeated = await order(trade, 'PO-1')
  expect(await repeated.text()).toContain('duplicateOf')
  expect(await kept(trade)).toBe(1)
  expect(pressure.view()).toMatchObject({ deliveries: 0, bytes: 0 })
})

/** A database whose commits wait until they are let go. */
function gated() {
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const slow: Database = {
    ...world.database,
    inTenant: async (tenantId, work) => {
      await gate
      return world.database.inTenant(tenantId, work)
    },
  }
  gates.push(() => open())
  return { slow, open }
}

test('with the room for waiting deliveries full, the next is refused before its body is read', async () => {
  const [one, two] = [await world.newTrade(), await world.newTrade()]
  const { slow, open } = gated()
  const {
    send,
    order: sent,
    pressure,
    refused,
    received,
  } = openGuardedDoor({
    database: slow,
    limits: { deliveries: 4 },
  })
  const waiting = [sent(one, 'PO-1'), sent(one, 'PO-2')]
  await received(2)
  // One connection holds no more than half of the room.
  expect(await told(await sent(one, 'PO-3'))).toEqual({
    status: 429,
    problem: 'connection-over-share',
    retryAfter: 1,
  })
  waiting.push(sent(two, 'PO-1'), sent(two, 'PO-2'))
  await received(4)
  expect(pressure.view()).toMatchObject({ deliveries: 4, isOutOfRoom: false })
  let isRead = false
  const unread = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        isRead = true
        controller.enqueue(new TextEncoder().encode(order('PO-4')))
        controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  const third = await send(await world.newTrade(), unread, { duplex: 'half' })
  expect(await told(third)).toEqual({ status: 503, problem: 'too-many-waiting', retryAfter: 1 })
  expect(isRead).toBe(false)
  expect(pressure.view().isOutOfRoom).toBe(true)
  expect(refused).toEqual(['connection-over-share', 'too-many-waiting'])

  open()
  for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(202)
  expect(pressure.view()).toMatchObject({ deliveries: 0, bytes: 0 })
  expect((await sent(one, 'PO-3')).status).toBe(202)
})

test('the bytes that wait are bounded too, whether their length was declared or not', async () => {
  const [one, two] = [await world.newTrade(), await world.newTrade()]
  const { slow, open } = gated()
  const size = order('PO-1').length
  const {
    send,
    order: sent,
    pressure,
    received,
  } = openGuardedDoor({
    database: slow,
    limits: { bytes: size * 2 + 1 },
  })
  const waiting = [sent(one, 'PO-1'), sent(two, 'PO-1')]
  await received(2)
  const declared = { 'x-api-key': doorSecret, 'content-length': String(size) }
  expect(await told(await send(one, order('PO-2'), { headers: declared }))).toMatchObject({
    problem: 'too-many-waiting',
  })
  const stream = new Response(order('PO-2')).body
  if (stream === null) throw new Error('A body was expected.')
  expect(await told(await send(one, stream, { duplex: 'half' }))).toMatchObject({
    problem: 'too-many-waiting',
  })
  expect(pressure.view()).toMatchObject({ deliveries: 2, bytes: size * 2 })
  open()
  for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(202)
  expect(pressure.view()).toMatchObject({ deliveries: 0, bytes: 0 })
})
