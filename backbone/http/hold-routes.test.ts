import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder } from '../../testing/whole-order.ts'

let door: TestDoor
const asked: object[] = []

beforeAll(async () => {
  door = await openTestDoor({
    ports: {
      orderActions: {
        cancel: async () => ({ status: 'unknown' }),
        async placeHold({ tenantId: _tenantId, orderId: _orderId, ...act }) {
          asked.push(act)
          return act.reason === 'too late'
            ? {
                status: 'refused',
                message: 'The order is invoiced: there is nothing left to hold.',
              }
            : { status: 'done', message: 'The hold stops release, pick, ship.', holdId: 'hld_1' }
        },
        async releaseHold({ tenantId: _tenantId, orderId: _orderId, ...act }) {
          asked.push(act)
          return { status: 'done', message: 'The hold is lifted.' }
        },
      },
    },
  })
})
afterAll(() => door.close())

async function orderAndKey() {
  const tenantId = await door.newTenant()
  const { order } = await insertWholeOrder(door.database, tenantId)
  return { order, key: await door.newKey(tenantId) }
}

const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

test('a person holds an order by its number and is told the hold', async () => {
  const { order, key } = await orderAndKey()
  const wish = { type: 'ADDRESS', reason: 'The carrier says it does not exist.', line: '1' }
  const answer = await door.request(`/v1/orders/${order.orderNumber}/holds`, key, post(wish))
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ status: 'done', holdId: 'hld_1' })
  expect(asked.at(-1)).toMatchObject(wish)
})

test('only holds that are a person’s to place can be placed, with a reason and a real moment', async () => {
  const { order, key } = await orderAndKey()
  const place = async (body: object) =>
    (await door.request(`/v1/orders/${order.orderId}/holds`, key, post(body))).status
  expect(await place({ type: 'CREDIT', reason: 'No.' })).toBe(422)
  expect(await place({ type: 'CANCEL_WINDOW', reason: 'No.' })).toBe(422)
  expect(await place({ type: 'MANUAL' })).toBe(422)
  expect(await place({ type: 'CUSTOMER_REQUEST', reason: 'Later.', until: 'soon' })).toBe(422)
  expect(await place({ type: 'MANUAL', reason: 'too late' })).toBe(409)
})

test('whoever lifts a hold says why, on what evidence and until when', async () => {
  const { order, key } = await orderAndKey()
  const said = {
    reason: 'The bank has authorised it.',
    reasonCode: 'secured',
    evidence: 'AUTH-77',
    validUntil: '2026-12-01T00:00:00Z',
  }
  const path = `/v1/orders/${order.orderId}/holds/hld_1/release`
  const answer = await door.request(path, key, post(said))
  expect(answer.status).toBe(200)
  expect(asked.at(-1)).toEqual({ holdId: 'hld_1', actor: expect.stringMatching(/^key:/), ...said })
})
