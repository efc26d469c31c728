import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { furnishForTools, type ToolsTenant } from '../../testing/tools-world.ts'
import { insertWholeOrder } from '../../testing/whole-order.ts'
import { FailureCluster, TransactionSummary } from '../canonical/views/transaction-view.ts'

let door: TestDoor
let tenant: ToolsTenant
let key: string
beforeAll(async () => {
  door = await openTestDoor()
  const tenantId = await door.newTenant()
  tenant = await furnishForTools(door.database, tenantId, { isSeeded: false })
  key = await door.newKey(tenantId)
})
afterAll(() => door.close())

const Listed = z.object({ items: z.array(TransactionSummary) })

async function listed(query: Record<string, string>): Promise<TransactionSummary[]> {
  const answer = await door.request(`/v1/transactions?${new URLSearchParams(query)}`, key)
  expect(answer.status).toBe(200)
  return Listed.parse(await answer.json()).items
}

const keysOf = (calls: readonly TransactionSummary[]) =>
  calls.map(({ naturalKey }) => naturalKey).toSorted()

test('a call tells the money that is at stake with its currency, in the list and by itself', async () => {
  const { transactionId, order: ordered } = tenant.whole
  const call = (await listed({ q: transactionId }))[0]
  const order = await door.request(`/v1/orders/${ordered.orderNumber}`, key)
  const { totalMinor } = z.object({ totalMinor: z.int() }).parse(await order.json())
  expect(call).toMatchObject({ currency: 'USD', amountMinor: totalMinor })
  const alone = await door.request(`/v1/transactions/${transactionId}`, key)
  expect(await alone.json()).toMatchObject({ currency: 'USD', amountMinor: totalMinor })
})

test('a call that is about no order has the currency of what it carries, and none where it carries no money', async () => {
  const { tenantId } = tenant
  await door.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      insert into document (document_id, tenant_id, direction, doc_type, number, canonical, status)
      values ('doc_cash', ${tenantId}, 'out', 'payment', 'PAY-1', '{"currency": "EUR"}'::jsonb, 'applied')`)
    await tx.run(sql`
      insert into transaction (transaction_id, tenant_id, connection_id, operation, document_id, natural_key,
        ordering_key, idempotency_key, external_id, amount_minor)
      values ('txn_cash', ${tenantId}, ${tenant.whole.connectionId}, 'erp.post-payment', 'doc_cash', 'PAY-1', 'PAY-1',
        'key-cash', 'ERP-99417', 1234)`)
  })
  expect(await listed({ q: 'ERP-99417' })).toMatchObject([
    { transactionId: 'txn_cash', amountMinor: 1234, currency: 'EUR' },
  ])
  expect(await listed({ q: 'INV-4' })).toMatchObject([{ amountMinor: null, currency: null }])
})

test('a call is found by the number of its order however it is written, by its own, and not by a part of them', async () => {
  const { order, transactionId, orderId } = tenant.whole
  const { orderNumber } = order
  for (const q of [orderNumber, orderNumber.toLowerCase(), transactionId]) {
    const found = await listed({ q, direction: 'out' })
    expect(found.map((call) => call.transactionId)).toEqual([transactionId])
    expect(found[0]?.orderId).toBe(orderId)
  }
  expect(await listed({ q: orderNumber.slice(0, -1) })).toEqual([])
  expect(await listed({ q: 'of nobody' })).toEqual([])
})

test('the calls of one cause are listed, narrowed by connection and operation too', async () => {
  const { connectionId } = tenant.whole
  const clusterId = '77aa5c7e9b0d/item FAS-1001'
  expect(keysOf(await listed({ clusterId }))).toEqual(['INV-1', 'INV-4', 'INV-7'])
  expect(await listed({ clusterId, connectionId, operation: 'erp.post-invoice' })).toHaveLength(3)
  expect(await listed({ clusterId, operation: 'erp.create-order' })).toEqual([])
  expect(await listed({ clusterId, connectionId: 'con_other' })).toEqual([])
})

test('causes are counted without being worked out, and the count is that of their list', async () => {
  // What was set aside a moment ago is counted from the next round of triage on, which says what its cause is.
  await door.database.inTenant(tenant.tenantId, (tx) =>
    tx.run(sql`delete from quarantine where cluster_id is null`),
  )
  const clusters = await door.request('/v1/transactions/clusters', key)
  const { items } = z.object({ items: z.array(FailureCluster) }).parse(await clusters.json())
  const count = await door.request('/v1/transactions/clusters/count', key)
  expect(await count.json()).toEqual({ count: items.length, isMore: false })
  expect(items.length).toBeGreaterThan(3)
  const other = await door.newKey(await door.newTenant())
  const ofOther = await door.request('/v1/transactions/clusters/count', other)
  expect(await ofOther.json()).toEqual({ count: 0, isMore: false })
})

test('more causes than anybody counts are a hundred and more, and a call that missed another adds none', async () => {
  const tenantId = await door.newTenant()
  const { orderId, connectionId } = await insertWholeOrder(door.database, tenantId)
  const many = await door.newKey(tenantId)
  const counted = async () => (await door.request('/v1/transactions/clusters/count', many)).json()
  const fail = (count: number, orderOf: string | null, errorClass: string) =>
    door.database.inTenant(tenantId, (tx) =>
      tx.run(sql`
        insert into transaction (transaction_id, tenant_id, connection_id, operation, order_id, document_id, natural_key,
          ordering_key, idempotency_key, status, error_class, fingerprint, finished_at)
        select id, ${tenantId}, ${connectionId}, 'erp.post-invoice', ${orderOf}::text, id, id, id, id, 'failed',
          ${errorClass}, 'aa/' || id, now()
        from generate_series(1, ${count}) as place, lateral (select ${errorClass} || place as id) as named`),
    )
  expect(await counted()).toEqual({ count: 1, isMore: false })
  await fail(1, orderId, 'DEPENDENCY')
  expect(await counted()).toEqual({ count: 1, isMore: false })
  await fail(120, null, 'MAPPING')
  expect(await counted()).toEqual({ count: 100, isMore: true })
})
