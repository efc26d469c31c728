import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder } from '../../testing/whole-order.ts'
import { RetryLater } from '../errors.ts'
import type { InboundDelivery } from '../services/ports.ts'

let door: TestDoor
let nowMs: number
const received: InboundDelivery[] = []
const cancelled: { orderId: string; actor: string; reason: string }[] = []
const work: { cancel: () => Promise<void> } = { cancel: async () => undefined }

beforeAll(async () => {
  nowMs = Date.now()
  door = await openTestDoor({
    ports: {
      receive: async (delivery) => {
        received.push(delivery)
        return { status: 202, headers: { 'x-receipt-id': 'rcp_1' }, body: '{"receiptId":"rcp_1"}' }
      },
      orderActions: {
        cancel: async ({ orderId, actor, reason }) => {
          await work.cancel()
          cancelled.push({ orderId, actor, reason })
          return reason === 'too late'
            ? { status: 'refused', message: 'The order has left the house.' }
            : { status: 'done', message: 'The order is cancelled.' }
        },
        placeHold: async () => ({ status: 'done', message: 'It is held.' }),
        releaseHold: async ({ holdId }) =>
          holdId === 'hld_gone'
            ? { status: 'unknown' }
            : { status: 'requested', message: 'The warehouse is asked.' },
      },
    },
    options: {
      nowMs: () => nowMs,
      rateLimit: { burst: 20, perSecond: 10 },
      bodyBytes: 1_000,
      inboundBytes: 2_000,
    },
  })
})
afterAll(() => door.close())

const asJson = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

async function orderAndKey() {
  const tenantId = await door.newTenant()
  const { order } = await insertWholeOrder(door.database, tenantId)
  return { tenantId, order, key: await door.newKey(tenantId) }
}

test('a wrong, expired or revoked key opens nothing', async () => {
  const tenantId = await door.newTenant()
  const yesterday = new Date(nowMs - 86_400_000).toISOString()
  const soon = new Date(nowMs + 60_000).toISOString()
  const bad = [
    undefined,
    'qk_short',
    `qk_${'x'.repeat(43)}`,
    await door.newKey(tenantId, { expiresAt: yesterday }),
    await door.newKey(tenantId, { revokedAt: yesterday }),
  ]
  for (const key of bad) {
    const answer = await door.request('/v1/orders', key)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('Bearer')
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  }
  const short = await door.newKey(tenantId, { expiresAt: soon })
  expect((await door.request('/v1/orders', short)).status).toBe(200)
  nowMs += 61_000
  expect((await door.request('/v1/orders', short)).status).toBe(401)
})

test('a key that is revoked stops working within seconds, and its last use is on record', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  expect((await door.request('/v1/orders', key)).status).toBe(200)
  const used = await door.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`update credential set revoked_at = now()`)
    return tx.rows(sql`select 1 from credential where last_used_at is not null`)
  })
  expect(used).toHaveLength(1)
  nowMs += 5_000
  expect((await door.request('/v1/orders', key)).status).toBe(401)
})

test('a key works as x-api-key too', async () => {
  const key = await door.newKey(await door.newTenant())
  const answer = await door.request('/v1/orders', undefined, { headers: { 'x-api-key': key } })
  expect(answer.status).toBe(200)
})

test('what a key may do is what its role allows, narrowed by its own scopes', async () => {
  const { tenantId, order } = await orderAndKey()
  const cancel = async (role: string, scopes: string[] = []) => {
    const key = await door.newKey(tenantId, { role, scopes })
    const path = `/v1/orders/${order.orderId}/cancel`
    return (await door.request(path, key, asJson({ reason: 'Ordered twice.' }))).status
  }
  expect(await cancel('operator')).toBe(200)
  expect(await cancel('operator', ['orders:read'])).toBe(403)
  expect(await cancel('viewer', ['orders:write'])).toBe(403)
  expect(await cancel('agent')).toBe(403)
  expect(await cancel('partner')).toBe(403)
  expect(await cancel('unheard-of')).toBe(403)
})

test('a key that asks too often is told when to come back, and others are not held up', async () => {
  const tenantId = await door.newTenant()
  const [eager, calm] = [await door.newKey(tenantId), await door.newKey(tenantId)]
  for (let left = 19; left >= 0; left -= 1) {
    const answer = await door.request('/v1/orders', eager)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('ratelimit')).toMatch(`"key";r=${left};`)
  }
  const refused = await door.request('/v1/orders', eager)
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect((await door.request('/v1/orders', calm)).status).toBe(200)
  nowMs += 1_000
  expect((await door.request('/v1/orders', eager)).status).toBe(200)
})

test('a POST repeated under its Idempotency-Key has one effect and the first answer', async () => {
  const { order, key } = await orderAndKey()
  const path = `/v1/orders/${order.orderNumber}/cancel`
  const send = (body: unknown, to = path) =>
    door.request(to, key, asJson(body, { 'idempotency-key': 'k-1' }))
  const before = cancelled.length
  const first = await send({ reason: 'Ordered twice.' })
  expect(first.status).toBe(200)
  expect(first.headers.get('idempotent-replayed')).toBeNull()
  const second = await send({ reason: 'Ordered twice.' })
  expect(second.status).toBe(200)
  expect(second.headers.get('idempotent-replayed')).toBe('true')
  expect(second.headers.get('x-content-type-options')).toBe('nosniff')
  expect(await second.json()).toEqual(await first.json())
  expect(cancelled.slice(before)).toEqual([
    { orderId: order.orderId, actor: 'key:Test key', reason: 'Ordered twice.' },
  ])
  expect((await send({ reason: 'Another reason.' })).status).toBe(422)
  const otherOrder = await send({ reason: 'Ordered twice.' }, `/v1/orders/${order.orderId}/cancel`)
  expect(otherOrder.status).toBe(422)
  expect(cancelled.length).toBe(before + 1)
})

test('after a day an Idempotency-Key is forgotten', async () => {
  const { tenantId, order, key } = await orderAndKey()
  const send = () =>
    door.request(
      `/v1/orders/${order.orderId}/cancel`,
      key,
      asJson({ reason: 'Ordered twice.' }, { 'idempotency-key': 'k-0' }),
    )
  const replayed = async () => (await send()).headers.get('idempotent-replayed')
  expect(await replayed()).toBeNull()
  expect(await replayed()).toBe('true')
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update idempotency set created_at = now() - interval '25 hours'`),
  )
  expect(await replayed()).toBeNull()
})

test('keys of other callers and refused requests stand in nobody’s way', async () => {
  const { tenantId, order, key } = await orderAndKey()
  const path = `/v1/orders/${order.orderId}/cancel`
  const send = (by: string, reason: string) =>
    door.request(path, by, asJson({ reason }, { 'idempotency-key': 'k-2' }))
  expect((await send(key, 'too late')).status).toBe(409)
  expect((await send(key, 'Ordered twice.')).status).toBe(200)
  const other = await door.newKey(tenantId)
  expect((await send(other, 'Changed their mind.')).status).toBe(200)
})

test('while the first request has no answer yet, its repeat waits outside', async () => {
  const { order, key } = await orderAndKey()
  let finish: () => void = () => undefined
  const begun = new Promise<void>((begin) => {
    work.cancel = () =>
      new Promise((resolve) => {
        finish = resolve
        begin()
      })
  })
  const send = () =>
    door.request(
      `/v1/orders/${order.orderId}/cancel`,
      key,
      asJson({ reason: 'Ordered twice.' }, { 'idempotency-key': 'k-3' }),
    )
  const first = send()
  await begun
  const repeat = await send()
  expect(repeat.status).toBe(409)
  expect(repeat.headers.get('retry-after')).toBe('1')
  work.cancel = async () => undefined
  finish()
  expect((await first).status).toBe(200)
  expect((await send()).headers.get('idempotent-replayed')).toBe('true')
})

test('a request that failed on our side may be tried again under its key', async () => {
  const { order, key } = await orderAndKey()
  const send = () =>
    door.request(
      `/v1/orders/${order.orderId}/cancel`,
      key,
      asJson({ reason: 'Ordered twice.' }, { 'idempotency-key': 'k-4' }),
    )
  work.cancel = async () => {
    throw new RetryLater('The database is away.')
  }
  const put = await send()
  expect(put.status).toBe(503)
  expect(put.headers.get('retry-after')).toBe('5')
  work.cancel = async () => undefined
  expect((await send()).status).toBe(200)
})

test('an error nobody foresaw shows an id and no word of the driver', async () => {
  const { order, key } = await orderAndKey()
  work.cancel = async () => {
    throw new Error('duplicate key value violates "orders_pkey"')
  }
  const answer = await door.request(
    `/v1/orders/${order.orderId}/cancel`,
    key,
    asJson({ reason: 'x' }),
  )
  work.cancel = async () => undefined
  expect(answer.status).toBe(500)
  const body = await answer.text()
  expect(body).not.toContain('orders_pkey')
  const requestId = answer.headers.get('x-request-id') ?? ''
  expect(body).toContain(requestId)
  const line = door.logLines.find((text) => text.includes(requestId)) ?? ''
  expect(line).toContain('orders_pkey')
  expect(line).not.toContain(key)
})

test('bodies that are malformed, incomplete, of the wrong kind or too large are told apart', async () => {
  const { order, key } = await orderAndKey()
  const path = `/v1/orders/${order.orderId}/cancel`
  const status = async (init: RequestInit) => (await door.request(path, key, init)).status
  const malformed = { ...asJson({}), body: '{"reason": ' }
  expect(await status(malformed)).toBe(400)
  const incomplete = await door.request(path, key, asJson({ reason: '' }))
  expect(incomplete.status).toBe(422)
  expect(await incomplete.json()).toMatchObject({ details: [{ path: 'reason' }] })
  expect(
    await status({ method: 'POST', body: 'reason=x', headers: { 'content-type': 'text/plain' } }),
  ).toBe(415)
  expect(await status(asJson({ reason: 'x'.repeat(1_001) }))).toBe(413)
})

test('refusals and requests of people come out as what they are', async () => {
  const { order, key } = await orderAndKey()
  const late = await door.request(
    `/v1/orders/${order.orderId}/cancel`,
    key,
    asJson({ reason: 'too late' }),
  )
  expect(late.status).toBe(409)
  expect(await late.json()).toMatchObject({ detail: 'The order has left the house.' })
  const holds = `/v1/orders/${order.orderId}/holds`
  const asked = await door.request(`${holds}/hld_1/release`, key, asJson({ reason: 'Called.' }))
  expect(asked.status).toBe(202)
  const gone = await door.request(`${holds}/hld_gone/release`, key, asJson({ reason: 'Called.' }))
  expect(gone.status).toBe(404)
})

test('the inbound door hands over bytes and headers as they came and answers as the channel says', async () => {
  const body = new Uint8Array([0x49, 0x53, 0x41, 0x00, 0xff])
  const answer = await door.request('/v1/inbound/x12/northwind', undefined, {
    method: 'POST',
    headers: {
      'X-Signature': 's',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    },
    body,
  })
  expect(answer.status).toBe(202)
  expect(answer.headers.get('x-receipt-id')).toBe('rcp_1')
  expect(await answer.json()).toEqual({ receiptId: 'rcp_1' })
  const delivery = received.at(-1)
  expect(delivery).toMatchObject({ channel: 'x12', connectionId: 'northwind' })
  expect(delivery?.headers['x-signature']).toBe('s')
  expect(delivery?.traceparent).toContain('0af7651916cd43dd8448eb211c80319c')
  expect([...(delivery?.body ?? [])]).toEqual([...body])
})

test('an inbound document above the limit is refused before it is handed over', async () => {
  const before = received.length
  const chunked = { method: 'POST', body: 'x'.repeat(2_001) }
  expect((await door.request('/v1/inbound/x12/northwind', undefined, chunked)).status).toBe(413)
  const declared = { ...chunked, headers: { 'content-length': '2001' } }
  expect((await door.request('/v1/inbound/x12/northwind', undefined, declared)).status).toBe(413)
  expect(received.length).toBe(before)
})

test('while the process stops, requests are sent elsewhere and readiness says so; health still answers', async () => {
  const stopping = await openTestDoor()
  try {
    const key = await stopping.newKey(await stopping.newTenant())
    expect((await stopping.request('/readyz')).status).toBe(200)
    stopping.stop()
    const answer = await stopping.request('/v1/orders', key)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('5')
    const inbound = await stopping.request('/v1/inbound/x12/a', undefined, { method: 'POST' })
    expect(inbound.status).toBe(503)
    expect((await stopping.request('/readyz')).status).toBe(503)
    expect((await stopping.request('/healthz')).status).toBe(200)
  } finally {
    await stopping.close()
  }
})

test('a character no database keeps is refused at the door and never our mistake', async () => {
  const { key, order } = await orderAndKey()
  for (const path of [
    '/v1/orders/a%00b',
    '/v1/orders?q=a%00b',
    '/v1/orders?customer=%00',
    '/v1/transactions?text=%00',
    '/v1/transactions/%00',
    '/v1/receipts/%00',
    '/v1/documents/%00/raw',
    '/v1/documents/%00/view',
    '/v1/invoices/%00',
    '/v1/connections/%00',
    '/v1/quarantine?status=%00',
  ])
    expect([path, (await door.request(path, key)).status]).toEqual([path, 400])
  const inbound = await door.request('/v1/inbound/json/partner%00json', key, asJson({}))
  expect(inbound.status).toBe(404)
  for (const reason of ['too\0late', 'half a pair: \ud800']) {
    const answer = await door.request(`/v1/orders/${order.orderId}/cancel`, key, asJson({ reason }))
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ details: [{ path: 'reason' }] })
  }
})

test('what is missing or no number is said in plain words', async () => {
  const { key, order } = await orderAndKey()
  const cancel = await door.request(`/v1/orders/${order.orderId}/cancel`, key, asJson({}))
  expect(await cancel.json()).toMatchObject({
    details: [{ path: 'reason', message: 'It is missing.' }],
  })
  const page = await door.request('/v1/orders?limit=all', key)
  expect(await page.json()).toMatchObject({
    details: [{ path: 'limit', message: 'It is not a number.' }],
  })
  const replay = await door.request('/v1/transactions/replay', key, asJson({}))
  expect(await replay.json()).toMatchObject({
    details: [{ message: 'Name what goes again by exactly one of ids, cluster and filter.' }],
  })
})
