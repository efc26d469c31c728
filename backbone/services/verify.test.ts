import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { OurBug } from '../errors.ts'
import { appendOrderEvents, appendTenantEvents, eventHash } from '../store/events.ts'
import { sealEvents, verifyEvents } from './verify.ts'

let store: TestDatabase
const at = '2026-03-02T14:05:06.789Z'

beforeAll(async () => {
  store = await openTestDatabase()
})
afterAll(() => store.close())

const verify = (tenantId: string) => verifyEvents(store.database, { tenantIds: [tenantId] })
const problems = async (tenantId: string) =>
  (await verify(tenantId)).broken.map(({ chain, problem }) => `${chain}: ${problem}`)

async function newOrders(tenantId: string, orders: number, eventsEach: number): Promise<string[]> {
  const orderIds = Array.from({ length: orders }, (_, index) => `ord_${tenantId}_${1000 + index}`)
  await store.database.inTenant(tenantId, async (tx) => {
    for (const orderId of orderIds)
      await tx.run(sql`
        insert into orders (order_id, tenant_id, order_number, stage, connection_id, stream_key, document_id,
          purchase_order_number, po_normalised, currency, line_hash, received_at)
        values (${orderId}, ${tenantId}, ${orderId}, 'received', 'con_1', ${orderId}, 'doc_1', '4711', '4711', 'USD', '', now())`)
    const drafts = orderIds.flatMap((orderId) =>
      Array.from({ length: eventsEach }, (_, index) => ({
        orderId,
        kind: `order.step-${index + 1}`,
        actor: 'backbone',
        summary: `Step ${index + 1} – “größer” than 0.1 \u2028`,
        body: { amount: 0.1, list: [1, null, { b: 'two', a: true }], empty: {}, big: 12345678901 },
        traceParent:
          index === 0 ? '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' : undefined,
      })),
    )
    await appendOrderEvents(tx, drafts, at)
  })
  return orderIds
}

const tenantEvents = (tenantId: string, count: number) =>
  store.database.inTenant(tenantId, (tx) =>
    appendTenantEvents(
      tx,
      Array.from({ length: count }, (_, index) => ({
        kind: 'connection.changed',
        actor: 'person:ada',
        summary: `Change ${index + 1}`,
        body: { no: index },
      })),
      at,
    ),
  )

/** Changes the record as only somebody with the database's own password could. */
const tamper = (statement: string) =>
  store.database.driver.script(`
    alter table event disable trigger event_is_append_only;
    alter table event_checkpoint disable trigger event_checkpoint_is_append_only;
    ${statement};
    alter table event enable trigger event_is_append_only;
    alter table event_checkpoint enable trigger event_checkpoint_is_append_only;`)

const seal = async (tenantId: string) => {
  const sealed = await sealEvents(store.database, tenantId)
  if (sealed === undefined) throw new OurBug('Nothing was sealed.')
  return sealed
}

test('an untouched record verifies, over many pages, sealed or not', async () => {
  const tenantId = await store.newTenant()
  await newOrders(tenantId, 45, 100)
  await tenantEvents(tenantId, 30)
  expect(await verify(tenantId)).toMatchObject({
    orders: 45,
    events: 4_530,
    checkpoints: 0,
    unsealedEvents: 4_530,
    brokenCount: 0,
    broken: [],
  })
  expect(await seal(tenantId)).toMatchObject({ checkpointNo: 1, eventCount: 4_530 })
  expect(await sealEvents(store.database, tenantId)).toBeUndefined()
  await tenantEvents(tenantId, 2)
  expect(await seal(tenantId)).toMatchObject({ checkpointNo: 2, eventCount: 2 })
  await tenantEvents(tenantId, 1)
  const verified = await verify(tenantId)
  expect(verified).toMatchObject({ events: 4_533, checkpoints: 2, unsealedEvents: 1, broken: [] })
  expect(verified.eventsPerSecond).toBeGreaterThan(100)
})

test('a changed event of an order is named by its order and its number', async () => {
  const tenantId = await store.newTenant()
  const [first, second, third] = await newOrders(tenantId, 3, 5)
  await tamper(
    `update event set summary = 'Nothing happened' where order_id = '${second}' and order_event_no = 3`,
  )
  const found = await problems(tenantId)
  expect(found).toHaveLength(1)
  expect(found[0]).toMatch(
    new RegExp(`^order ${second}: Event 3 \\(id \\d+, order.step-3\\) was changed`),
  )
  await tamper(
    `update event set at = at + interval '1 hour' where order_id = '${third}' and order_event_no = 1`,
  )
  await tamper(
    `update event set body = '{"amount": 0.2}' where order_id = '${first}' and order_event_no = 5`,
  )
  expect((await problems(tenantId)).map((problem) => problem.split(' (')[0])).toEqual([
    `order ${first}: Event 5`,
    `order ${second}: Event 3`,
    `order ${third}: Event 1`,
  ])
})

test('a removed event, a cut-off end and a removed history are each named', async () => {
  const tenantId = await store.newTenant()
  const [middle, end, all, gone] = await newOrders(tenantId, 4, 4)
  await tamper(`delete from event where order_id = '${middle}' and order_event_no = 2`)
  await tamper(`delete from event where order_id = '${end}' and order_event_no > 2`)
  await tamper(`delete from event where order_id = '${all}'`)
  await tamper(`delete from orders where order_id = '${gone}'`)
  expect(await problems(tenantId)).toEqual([
    `order ${middle}: Event 2 is missing; the next one there is event 3.`,
    `order ${end}: The order has had 4 events and 2 are there.`,
    `order ${gone}: The order is gone and its events are still there.`,
    `order ${all}: The order has had 4 events and none is there.`,
  ])
})

test('an event changed together with its own hash breaks at the event after it', async () => {
  const tenantId = await store.newTenant()
  const [orderId] = await newOrders(tenantId, 1, 3)
  const rows = await store.database.inTenant(tenantId, (tx) =>
    tx.rows<{ previousHash: string; body: unknown }>(
      sql`select previous_hash as "previousHash", body from event where order_event_no = 2`,
    ),
  )
  const hash = eventHash({
    orderId: orderId ?? '',
    orderEventNo: 2,
    kind: 'order.step-2',
    actor: 'backbone',
    summary: 'Forged',
    body: rows[0]?.body,
    at,
    traceParent: null,
    previousHash: rows[0]?.previousHash ?? '',
  })
  await tamper(
    `update event set summary = 'Forged', hash = '${hash}' where order_id = '${orderId}' and order_event_no = 2`,
  )
  const found = await problems(tenantId)
  expect(found).toHaveLength(1)
  expect(found[0]).toMatch(/Event 3 .* does not follow from event 2/)
})

test('a whole chain written anew is still caught by the checkpoint that sealed it', async () => {
  const tenantId = await store.newTenant()
  const [orderId] = await newOrders(tenantId, 1, 1)
  const sealed = await seal(tenantId)
  const forged = {
    orderId: orderId ?? '',
    orderEventNo: 1,
    kind: 'order.step-1',
    actor: 'backbone',
    summary: 'Forged',
    body: {},
    at,
    traceParent: null,
    previousHash: '',
  }
  const hash = eventHash(forged)
  await tamper(`
    update event set summary = 'Forged', body = '{}', trace_parent = null, hash = '${hash}' where order_id = '${orderId}';
    update orders set event_hash = '${hash}' where order_id = '${orderId}'`)
  expect(await problems(tenantId)).toEqual([
    `checkpoint 1: What it sealed (events 1 to ${sealed.upToEventId}) is no longer what is there: an event was changed together with its hash.`,
  ])
})

test('a changed or removed event of no order is caught, and so is a changed or removed checkpoint', async () => {
  const tenantId = await store.newTenant()
  await tenantEvents(tenantId, 3)
  const one = await seal(tenantId)
  await tenantEvents(tenantId, 3)
  const two = await seal(tenantId)
  await tenantEvents(tenantId, 3)
  const three = await seal(tenantId)
  const mine = `tenant_id = '${tenantId}'`
  await tamper(`update event set actor = 'nobody' where event_id = ${one.upToEventId}`)
  await tamper(`delete from event where event_id = ${two.upToEventId - 1}`)
  expect(await problems(tenantId)).toEqual([
    `event ${one.upToEventId}: The event (connection.changed) was changed: its content does not give its hash.`,
    `checkpoint 2: It sealed 3 events (events ${one.upToEventId + 1} to ${two.upToEventId}) and 2 are there.`,
  ])
  await tamper(`delete from event_checkpoint where checkpoint_no = 2 and ${mine}`)
  expect(await problems(tenantId)).toContain('checkpoint 3: Checkpoint 2 is missing.')
  await tamper(`update event_checkpoint set hash = 'x' where checkpoint_no = 3 and ${mine}`)
  expect((await problems(tenantId)).length).toBe(2)
  expect(three.previousHash).toBe(two.hash)
})

test('two processes that seal at once make one checkpoint', async () => {
  const tenantId = await store.newTenant()
  await tenantEvents(tenantId, 5)
  await Promise.all([1, 2, 3].map(() => sealEvents(store.database, tenantId)))
  expect(await verify(tenantId)).toMatchObject({ checkpoints: 1, unsealedEvents: 0, broken: [] })
})

test('verification of one tenant neither sees nor counts another’s events', async () => {
  const [ours, theirs] = [await store.newTenant(), await store.newTenant()]
  const [orderId] = await newOrders(theirs, 1, 2)
  await tamper(`delete from event where order_id = '${orderId}' and order_event_no = 1`)
  expect(await verify(ours)).toMatchObject({ events: 0, broken: [] })
  const all = await verifyEvents(store.database)
  expect(all.broken.map((place) => place.tenantId)).toContain(theirs)
})
