import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder, orderOnItsWay } from '../../testing/whole-order.ts'
import type { OrderState } from '../canonical/order-state.ts'
import { OrderCount } from '../canonical/views/order-list.ts'
import { OrderSummary } from '../canonical/views/order-view.ts'
import { pageOf } from './router.ts'

let door: TestDoor
beforeAll(async () => {
  door = await openTestDoor({ options: { rateLimit: { burst: 100_000, perSecond: 1_000 } } })
})
afterAll(() => door.close())

/** A house with its orders, and somebody who lists them. */
async function house() {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId, { role: 'viewer' })
  const page = async (query: string) => {
    const answer = await door.request(`/v1/orders?${query}`, key)
    expect([query, answer.status]).toEqual([query, 200])
    return pageOf(OrderSummary).parse(await answer.json())
  }
  return {
    tenantId,
    page,
    add: async (change: Partial<OrderState> = {}) =>
      (await insertWholeOrder(door.database, tenantId, orderOnItsWay(change))).order,
    numbers: async (query: string) =>
      (await page(query)).items.map(({ orderNumber }) => orderNumber),
    count: async (query: string) => {
      const answer = await door.request(`/v1/orders/count?${query}`, key)
      return OrderCount.parse(await answer.json())
    },
    /** Every page of a list, two at a time or as many as said. */
    leaf: async (query: string, limit: number) => {
      const seen: OrderSummary[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const { items, nextCursor } = await page(`${query}&limit=${limit}${after}`)
        seen.push(...items)
        cursor = nextCursor
      }
      return seen
    },
  }
}

type Place = readonly [string | number, string]

function compare([one, oneId]: Place, [other, otherId]: Place): number {
  if (one === other) return oneId < otherId ? -1 : 1
  return one < other ? -1 : 1
}

const day = (daysAway: number) =>
  new Date(Date.now() + daysAway * 86_400_000).toISOString().slice(0, 10)

test('whatever the order of sorting, its pages give every order once and in that order', async () => {
  const { tenantId, leaf } = await house()
  const Made = fc.array(
    fc.record({
      minute: fc.integer({ min: 0, max: 3 }),
      wanted: fc.option(fc.integer({ min: 0, max: 2 })),
      totalMinor: fc.constantFrom(0, 100, 9_900, 123_456),
    }),
    { minLength: 1, maxLength: 12 },
  )
  await fc.assert(
    fc.asyncProperty(Made, fc.integer({ min: 1, max: 5 }), async (made, limit) => {
      await door.database.inTenant(tenantId, (tx) => tx.run(sql`delete from orders`))
      for (const [no, { minute, wanted, totalMinor }] of made.entries())
        await door.database.inTenant(tenantId, (tx) =>
          tx.run(sql`
            insert into orders (order_id, tenant_id, order_number, stage, connection_id, stream_key, document_id,
              purchase_order_number, po_normalised, currency, line_hash, requested_on, total_minor, received_at)
            values (${`${tenantId}-${no}`}, ${tenantId}, ${`SO-${no}`}, 'ready', 'c', 's', 'd', 'p', 'P', 'USD', 'h',
              ${wanted === null ? null : `2026-12-0${wanted + 1}`}::text::date, ${totalMinor},
              ${`2026-11-02T09:0${minute}:00Z`}::text::timestamptz)`),
        )
      const key: Record<string, (order: OrderSummary) => [string | number, string]> = {
        received: ({ receivedAt, orderId }) => [receivedAt, orderId],
        oldest: ({ receivedAt, orderId }) => [receivedAt, orderId],
        wanted: ({ requestedOn, orderId }) => [requestedOn ?? '9999-12-31', orderId],
        total: ({ totalMinor, orderId }) => [totalMinor, orderId],
      }
      for (const [sort, keyOf] of Object.entries(key)) {
        const seen = (await leaf(`sort=${sort}`, limit)).map(keyOf)
        const rising = seen.toSorted(compare)
        const isFalling = sort === 'received' || sort === 'total'
        expect([sort, seen]).toEqual([sort, isFalling ? rising.toReversed() : rising])
        expect(new Set(seen.map(([, id]) => id)).size).toBe(made.length)
      }
    }),
    { numRuns: 15 },
  )
})

test('orders are narrowed by several stages, hold, channel, amount, days and lateness; test orders are hidden', async () => {
  const { tenantId, add, numbers, count } = await house()
  const open = { holds: [], invoices: [] }
  const big = await add({ ...open, stage: 'ready', totalMinor: 900_000, requestedOn: day(-3) })
  const held = await add({ stage: 'held', connectionId: 'edi', requestedOn: day(0) })
  const gone = await add({ ...open, stage: 'closed', requestedOn: day(-3), currency: 'EUR' })
  const tried = await add({ ...open, stage: 'ready' })
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update orders set is_test = true where order_id = ${tried.orderId}`),
  )
  const all = [big, held, gone]
  for (const [query, expected] of [
    ['', all],
    ['stage=ready,held', [big, held]],
    ['hold=MANUAL', [held]],
    ['hold=MANUAL,PRICE&stage=held', [held]],
    ['hold=PRICE', []],
    ['connection=edi', [held]],
    ['totalFrom=900000', [big]],
    ['totalFrom=900001', []],
    ['currency=EUR', [gone]],
    ['late=true', [big]],
    ['wantedFrom=today&wantedUntil=today&zone=UTC', [held]],
    [`wantedUntil=${day(-1)}`, [big, gone]],
    ['wantedFrom=today-3&wantedUntil=today-3&zone=UTC', [big, gone]],
    ['test=show', [...all, tried]],
    ['test=only', [tried]],
    ['test=hide&stage=ready', [big]],
  ] as const) {
    const wanted = expected.map(({ orderNumber }) => orderNumber).toSorted()
    expect([query, (await numbers(query)).toSorted()]).toEqual([query, wanted])
    expect([query, await count(query)]).toEqual([query, { count: wanted.length, isCapped: false }])
  }
})

test('the days an order was received on are those of the reader’s zone', async () => {
  const { add, numbers } = await house()
  // 23:30 on the 1st in Chicago, 05:30 on the 2nd in London.
  const { orderNumber } = await add({ receivedAt: '2026-06-02T04:30:00.000Z' })
  const on = (date: string, zone: string) =>
    numbers(`receivedFrom=${date}&receivedUntil=${date}&zone=${zone}`)
  expect(await on('2026-06-01', 'America/Chicago')).toEqual([orderNumber])
  expect(await on('2026-06-02', 'America/Chicago')).toEqual([])
  expect(await on('2026-06-02', 'Europe/London')).toEqual([orderNumber])
  expect(await numbers('receivedFrom=today&zone=Europe/London')).toEqual([])
})

test('an order is found by a part of any number it goes by, and by its customer’s name', async () => {
  const { tenantId, add, numbers } = await house()
  const order = await add({ orderNumber: 'SO-004711' })
  await add()
  const mark = order.lineHash
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into customer (tenant_id, customer_number, name, currency)
      values (${tenantId}, ${order.customerNumber}, 'Harbor & Sons (100%) Ltd', 'USD')`),
  )
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into product (tenant_id, sku, name, product_class) values (${tenantId}, ${`FAS-${mark}`}, 'Bolt', 'FAS')`),
  )
  for (const text of [
    ...['SO-004711', 'so-0047', '4711'],
    ...[order.purchaseOrderNumber, mark.slice(2, 7), `${mark}7`, `po ${mark}`],
    ...[`C-${mark}`, `c-${mark.slice(0, 5)}`, 'harbor', 'SONS', '(100%)'],
    ...[`FAS-${mark}`, `fas-${mark.slice(0, 4)}1`.slice(0, 8), `${mark.slice(1, 7)}`],
    ...[`IN-${mark}`, `SH-${mark}`, `PK-${mark}`, `1Z${mark}`, `1z${mark}`],
  ])
    expect([text, await numbers(`q=${encodeURIComponent(text)}`)]).toEqual([text, ['SO-004711']])
  for (const text of ['SO-00471155', 'harbour', '%x', '_', '10_%'])
    expect([text, await numbers(`q=${encodeURIComponent(text)}`)]).toEqual([text, []])
  // Whole numbers only, as Enter in the search box asks.
  expect(await numbers('match=whole&q=4711')).toEqual(['SO-004711'])
  expect(await numbers(`match=whole&q=1Z${mark}`)).toEqual(['SO-004711'])
  expect(await numbers('match=whole&q=SO-0047')).toEqual([])
})

test('what thousands go by is found too, page by page, whatever the order of sorting', async () => {
  const { tenantId, leaf, count } = await house()
  await door.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      insert into orders (order_id, tenant_id, order_number, stage, connection_id, stream_key, document_id,
        purchase_order_number, po_normalised, currency, line_hash, total_minor, received_at)
      select ${tenantId} || '-' || no, ${tenantId}, 'SO-' || no, 'ready', 'c', 's', 'd', 'p', 'P', 'USD', 'h', no % 50,
        now() - no * interval '1 minute' from generate_series(1, 3000) as no`)
    await tx.run(sql`
      insert into shipment (shipment_id, tenant_id, shipment_number, order_id, document_id, shipped_at, tracking_number, lines)
      select ${tenantId} || '-' || no, ${tenantId}, 'SH-' || no, ${tenantId} || '-' || no, 'd', now(), '1Z' || no, '[]'
      from generate_series(1, 1500) as no`)
  })
  for (const sort of ['received', 'wanted', 'total']) {
    const seen = await leaf(`q=1Z&sort=${sort}`, 200)
    expect([sort, new Set(seen.map(({ orderId }) => orderId)).size, seen.length]).toEqual([
      ...[sort, 1_500, 1_500],
    ])
  }
  expect(await count('q=1Z')).toEqual({ count: 200, isCapped: true })
  expect(await count('')).toEqual({ count: 3_000, isCapped: false })
})

test('a filter that cannot be is refused, and names itself', async () => {
  const { tenantId } = await house()
  const key = await door.newKey(tenantId, { role: 'viewer' })
  for (const [query, path] of [
    ['stage=lost', 'stage'],
    ['stage=held,lost', 'stage'],
    ['hold=NONE', 'hold'],
    ['receivedFrom=tomorrow', 'receivedFrom'],
    ['wantedUntil=2026-02-30', 'wantedUntil'],
    ['receivedUntil=9999-12-31', 'receivedUntil'],
    ['wantedFrom=0000-01-01', 'wantedFrom'],
    ['since=0000-01-01T00:00:00Z', 'since'],
    ['zone=Mars/Base', 'zone'],
    ['totalFrom=-1', 'totalFrom'],
    ['totalFrom=1.5', 'totalFrom'],
    ['sort=colour', 'sort'],
    ['test=maybe', 'test'],
  ]) {
    const answer = await door.request(`/v1/orders?${query}`, key)
    expect([query, answer.status]).toEqual([query, 400])
    expect(await answer.json()).toMatchObject({ details: [{ path }] })
  }
})

test('the place in one order of sorting is none in another', async () => {
  const { tenantId, add, page } = await house()
  for (let index = 0; index < 2; index += 1) await add()
  const key = await door.newKey(tenantId, { role: 'viewer' })
  const { nextCursor } = await page('limit=1&sort=total')
  const cursor = encodeURIComponent(nextCursor ?? '')
  const answer = await door.request(`/v1/orders?limit=1&sort=wanted&cursor=${cursor}`, key)
  expect(answer.status).toBe(400)
})
