import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder, orderOnItsWay } from '../../testing/whole-order.ts'
import { newId } from '../canonical/ids.ts'
import type { OrderState } from '../canonical/order-state.ts'
import { OrderLineExplanation } from '../canonical/views/order-line-explanation.ts'
import { OrderStanding, StoryEntry } from '../canonical/views/order-story.ts'
import { pageOf } from './router.ts'

let door: TestDoor
beforeAll(async () => {
  door = await openTestDoor()
})
afterAll(() => door.close())

const asked = async (path: string, key: string) => {
  const answer = await door.request(path, key)
  expect(answer.status).toBe(200)
  return answer.json()
}

test('a line of an old order shows what is on record, and does not make up when it was decided', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId, { role: 'viewer' })
  const { order } = await insertWholeOrder(door.database, tenantId)
  const line = OrderLineExplanation.parse(
    await asked(`/v1/orders/${order.orderNumber}/lines/1`, key),
  )
  expect(line).toMatchObject({
    orderId: order.orderId,
    recorded: {
      ...{ unitPrice: '11.9', source: 'agreement', decidedAt: null, decidedBy: null },
      decisions: [
        { at: null, actor: null, findings: [{ message: 'Ordered at 12.50, agreed 11.90.' }] },
      ],
    },
    buyer: { asWritten: '12.5', amountMinor: 2_500, differenceMinor: 120 },
    tolerance: { direction: 'above', isAsRecorded: false },
    alternatives: null,
  })
  expect(line.quantities.map(({ what, each }) => `${each} ${what}`)).toEqual([
    '2 ordered',
    '1 allocated',
    '2 picked',
    '1 shipped',
    '1 billed',
  ])
  for (const path of ['nowhere/lines/1', `${order.orderId}/lines/7`, 'nowhere/standing'])
    expect((await door.request(`/v1/orders/${path}`, key)).status).toBe(404)
  expect((await door.request('/v1/orders/nowhere/story', key)).status).toBe(404)
})

test('how an order stands names the hold, who lifts it, and the invoice that is due', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId, { role: 'viewer' })
  const { order } = await insertWholeOrder(door.database, tenantId)
  const standing = OrderStanding.parse(await asked(`/v1/orders/${order.orderId}/standing`, key))
  expect(standing.waitsFor).toMatchObject([
    { type: 'MANUAL', blocks: ['ship'], placedBy: 'person:Dana', role: 'operator', endsAt: null },
  ])
  // It was never checked on the record: nothing is said to have passed.
  expect(standing.checks.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
    'other found',
    'stock passed',
  ])
  expect(standing.next.map(({ on }) => on)).toEqual([null, '2026-12-02'])
})

async function tellCustomer(tenantId: string, order: OrderState): Promise<void> {
  const [invoice] = order.invoices
  await door.database.inTenant(tenantId, async (tx) => {
    const messageId = newId('msg')
    await tx.run(sql`
      insert into outreach_message (tenant_id, message_id, customer_number, currency, level, proposal_id, effect_key,
        connection_id, header_id, recipient, language, subject, body, invoice_numbers, amount_minor, oldest_days,
        segment, time_zone, payload, status, actor, queued_at)
      values (${tenantId}, ${messageId}, ${order.customerNumber ?? ''}, 'USD', 2, 'prp_1', ${messageId}, 'con_mail',
        ${messageId}, '{}'::jsonb, 'en', 'Your invoice', 'Please pay.',
        jsonb_build_array(${invoice?.invoiceNumber ?? ''}::text), 190, 3, 'standard', 'UTC', '{}'::jsonb, 'sent',
        'person:Ann', '2026-11-20T09:00:00Z'::timestamptz)`)
    await tx.run(sql`
      insert into mail_reply (tenant_id, mail_id, connection_id, content_hash, uid_validity, uid, kind, sender, subject,
        content, message_id, received_at, taken_at)
      values (${tenantId}, ${newId('rpl')}, 'con_mail', 'abc', '1', 1, 'reply', 'ap@buyer.example', 'Re: Your invoice',
        'We pay on Friday.', ${messageId}, '2026-11-20T10:00:00Z'::timestamptz, now())`)
  })
}

test('the story names the cause of a failed call, and tells messages only to who may read them', async () => {
  const tenantId = await door.newTenant()
  const whole = await insertWholeOrder(door.database, tenantId, orderOnItsWay())
  const { order, orderId, clusterId } = whole
  await insertWholeOrder(door.database, tenantId)
  await tellCustomer(tenantId, order)
  const story = async (key: string, query = '') =>
    pageOf(StoryEntry).parse(await asked(`/v1/orders/${orderId}/story${query}`, key))
  const viewer = await door.newKey(tenantId, { role: 'viewer', scopes: ['orders:read'] })
  const admin = await door.newKey(tenantId)
  const all = await story(admin)
  expect(all.items.map(({ sort }) => sort).toSorted()).toEqual([
    'call',
    'document',
    'flow',
    'message',
    'message',
  ])
  const call = all.items.find(({ sort }) => sort === 'call')
  expect(call).toMatchObject({ records: [`cluster:${clusterId}`] })
  const document = all.items.find(({ sort }) => sort === 'document')
  expect(document).toMatchObject({ documentId: order.documentId })
  const messages = await story(admin, '?sort=message')
  expect(messages.items).toMatchObject([
    { kind: 'mail', hand: 'outside', actor: 'ap@buyer.example' },
    { kind: 'message', hand: 'person', actor: 'Ann' },
  ])
  // The words of a customer are not told here, only that they came.
  expect(JSON.stringify(messages)).not.toContain('We pay on Friday')
  const first = await story(admin, '?limit=2')
  const rest = await story(admin, `?limit=200&cursor=${encodeURIComponent(first.nextCursor ?? '')}`)
  expect([...first.items, ...rest.items]).toEqual(all.items)
  const isMessageRead = (await story(viewer)).items.some(({ sort }) => sort === 'message')
  const mayRead = (await door.request('/v1/messages', viewer)).status === 200
  expect(isMessageRead).toBe(mayRead)
})
