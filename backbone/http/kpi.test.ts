import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder, orderOnItsWay } from '../../testing/whole-order.ts'
import { newId } from '../canonical/ids.ts'
import type { OrderState } from '../canonical/order-state.ts'
import { DocumentMatrixView, KpiView, TouchMapView } from '../canonical/views/kpi-view.ts'
import { rollUpFigures } from '../services/kpi-roll-up.ts'
import { sealEvents } from '../services/verify.ts'
import { appendOrderEvents } from '../store/events.ts'

let door: TestDoor
beforeAll(async () => {
  door = await openTestDoor()
})
afterAll(() => door.close())

const noHistory = { holds: [], shipments: [], invoices: [] } as const

async function figures(key: string, query = 'since=2026-11-01&until=2026-11-30') {
  const answer = await door.request(`/v1/metrics/kpi?${query}`, key)
  expect(answer.status).toBe(200)
  return KpiView.parse(await answer.json())
}

async function clean(tenantId: string): Promise<void> {
  await door.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`delete from transaction`)
    await tx.run(sql`delete from quarantine`)
  })
}

async function insertOrder(tenantId: string, change: Partial<OrderState>): Promise<OrderState> {
  const order = orderOnItsWay({ ...noHistory, ...change })
  await insertWholeOrder(door.database, tenantId, order)
  await clean(tenantId)
  return order
}

const happen = (tenantId: string, order: OrderState, kind: string, actor: string, at: string) =>
  door.database.inTenant(tenantId, (tx) =>
    appendOrderEvents(tx, [{ orderId: order.orderId, kind, actor, summary: kind }], at),
  )

test('where nothing happened there is no rate, not a rate of zero', async () => {
  const key = await door.newKey(await door.newTenant())
  const shown = await figures(key)
  expect(shown.touchlessRate).toEqual({ rate: null, count: 0, of: 0 })
  expect(shown.acknowledgedOnTime.rate).toBeNull()
  expect(shown.orderCycle).toEqual({ count: 0, medianSeconds: null, p95Seconds: null })
  expect(shown.dwell.map(({ stage }) => stage)).toEqual([
    'validating',
    'releasing',
    'shipping',
    'invoicing',
    'paying',
  ])
})

test('an order is touchless when it reached the ERP and no person acted, rejected ones count as orders', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  await insertOrder(tenantId, {})
  const touched = await insertOrder(tenantId, {})
  await happen(tenantId, touched, 'hold.lifted', 'key:Dana', '2026-11-02T09:30:00.000Z')
  const flowed = await insertOrder(tenantId, {})
  await happen(tenantId, flowed, 'hold.lifted', 'order-flow', '2026-11-02T09:30:00.000Z')
  const { releasedAt: _, ...unreleased } = orderOnItsWay(noHistory)
  await insertWholeOrder(door.database, tenantId, { ...unreleased, stage: 'rejected' })
  await clean(tenantId)
  const shown = await figures(key)
  expect(shown.touchlessRate).toEqual({ rate: 0.5, count: 2, of: 4 })
  expect(shown.exceptionRate).toEqual({ rate: 0.25, count: 1, of: 4 })
})

test('cancel and resend counts as touched', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  const first = await insertOrder(tenantId, { stage: 'cancelled' })
  await insertOrder(tenantId, {
    customerNumber: first.customerNumber ?? '',
    poNormalised: first.poNormalised,
    receivedAt: '2026-11-03T09:00:00.000Z',
    releasedAt: '2026-11-03T10:00:00.000Z',
  })
  const shown = await figures(key, 'since=2026-11-03&until=2026-11-03')
  expect(shown.touchlessRate).toEqual({ rate: 0, count: 0, of: 1 })
})

test('days are the tenant’s own days', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update tenant set time_zone = 'America/Chicago'`),
  )
  // 03:00 in UTC is 21:00 of the day before in Chicago.
  await insertOrder(tenantId, { receivedAt: '2026-11-05T03:00:00.000Z' })
  expect((await figures(key, 'since=2026-11-04&until=2026-11-04')).ordersReceived).toBe(1)
  const next = await figures(key, 'since=2026-11-05&until=2026-11-05')
  expect(next.ordersReceived).toBe(0)
  expect(next.timeZone).toBe('America/Chicago')
  const backwards = await door.request('/v1/metrics/kpi?since=2026-11-05&until=2026-11-04', key)
  expect(backwards.status).toBe(400)
})

test('cycle and dwell are measured from what happened, without the wait for a requested day', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  const [shipment] = orderOnItsWay().shipments
  if (shipment === undefined) throw new Error('The sample order has a shipment.')
  for (const hours of [10, 20, 30]) {
    const deliveredAt = new Date(Date.parse('2026-11-02T09:00:00Z') + hours * 3_600_000)
    const order = await insertOrder(tenantId, {
      shipments: [
        {
          ...shipment,
          shipmentId: `shp_${hours}`,
          shipmentNumber: `SH-${hours}`,
          deliveredAt: deliveredAt.toISOString(),
        },
      ],
      holds: [
        {
          holdId: `hld_${hours}`,
          type: 'CUSTOMER_REQUEST',
          blocks: ['release'],
          reason: 'Wanted later.',
          causeKey: 'requested',
          conditions: {},
          placedAt: '2026-11-02T09:00:00.000Z',
          placedBy: 'order-flow',
          releasedAt: '2026-11-02T09:30:00.000Z',
        },
      ],
    })
    await happen(tenantId, order, 'order.validated', 'order-flow', '2026-11-02T09:00:02.000Z')
    await happen(tenantId, order, 'invoice.issued', 'order-flow', '2026-11-02T16:00:00.000Z')
  }
  const shown = await figures(key)
  expect(shown.orderCycle).toMatchObject({ count: 3, medianSeconds: 19.5 * 3_600 })
  expect(shown.orderToInvoice).toMatchObject({ count: 3, medianSeconds: 7 * 3_600 })
  expect(shown.exceptionRate.count).toBe(0)
  const dwell = new Map(shown.dwell.map(({ stage, medianSeconds }) => [stage, medianSeconds]))
  expect(dwell.get('validating')).toBe(2)
  expect(dwell.get('releasing')).toBe(3_600 - 2 - 1_800)
  expect(dwell.get('shipping')).toBe(5 * 3_600)
  expect(dwell.get('invoicing')).toBe(3_600)
  expect(dwell.get('paying')).toBeNull()
})

const clock = (tenantId: string, order: OrderState, stoppedAt: string | null) =>
  door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into sla_clock (tenant_id, subject, target, order_id, started_at, warn_at, breach_at, stopped_at)
      values (${tenantId}, ${`order:${order.orderNumber}`}, 'acknowledge', ${order.orderId}, '2026-11-02T09:00:00Z',
        '2026-11-02T10:00:00Z', '2026-11-02T11:00:00Z', ${stoppedAt}::text::timestamptz)`),
  )

test('documents in quarantine or with errors are not first-pass; late acknowledgements are not on time', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  const first = await insertOrder(tenantId, {})
  const { order: second } = await insertWholeOrder(door.database, tenantId)
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update receipt set received_at = '2026-11-02T09:00:00Z'`),
  )
  await clock(tenantId, first, '2026-11-02T10:30:00Z')
  await clock(tenantId, second, '2026-11-02T11:30:00Z')
  const third = orderOnItsWay(noHistory)
  await insertWholeOrder(door.database, tenantId, {
    ...third,
    receivedAt: '2026-11-03T09:00:00.000Z',
  })
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`delete from receipt where received_at > '2026-11-03'`),
  )
  await clock(tenantId, third, null)
  const shown = await figures(key)
  expect(shown.firstPassYield).toEqual({ rate: 0.5, count: 1, of: 2 })
  expect(shown.firstPassByPartner).toHaveLength(2)
  expect(shown.firstPassByPartner).toContainEqual({
    partnerId: null,
    connectionId: first.connectionId,
    docType: 'order',
    rate: 1,
    count: 1,
    of: 1,
  })
  expect(shown.acknowledgedOnTime).toEqual({ rate: 0.3333, count: 1, of: 3 })
})

async function settled(tenantId: string): Promise<void> {
  await sealEvents(door.database, tenantId)
  await rollUpFigures(door.database, tenantId, { forMs: 60_000 })
}

const keptOrders = (tenantId: string) =>
  door.database.inTenant(tenantId, (tx) =>
    tx.rows<{ orderId: string; touches: unknown }>(
      sql`select order_id as "orderId", touches from order_figure`,
    ),
  )

test('figures are the same before and after the rounds have written them, and follow what happens later', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  const first = await insertOrder(tenantId, { partnerId: 'NORTHWIND' })
  const second = await insertOrder(tenantId, { partnerId: 'NORTHWIND' })
  await happen(tenantId, first, 'hold.lifted', 'key:Dana', '2026-11-02T09:30:00.000Z')
  await happen(tenantId, second, 'invoice.issued', 'order-flow', '2026-11-02T16:00:00.000Z')
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update receipt set received_at = '2026-11-02T09:00:00Z'`),
  )
  const live = await figures(key)
  expect(await keptOrders(tenantId)).toEqual([])
  await settled(tenantId)
  expect(await keptOrders(tenantId)).toHaveLength(2)
  expect(await figures(key)).toEqual(live)
  // Not sealed yet, so no round has seen it; the answer has it all the same, and once.
  await happen(tenantId, second, 'hold.lifted', 'person:Kim', '2026-11-02T09:40:00.000Z')
  const later = await figures(key)
  expect(later.touchlessRate).toEqual({ rate: 0, count: 0, of: 2 })
  expect(later.ordersReceived).toBe(2)
  await settled(tenantId)
  expect(await figures(key)).toEqual(later)
})

test('an order becomes a resent one when the first of its number is cancelled later', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  const first = await insertOrder(tenantId, {})
  const again = await insertOrder(tenantId, {
    customerNumber: first.customerNumber ?? '',
    poNormalised: first.poNormalised,
    receivedAt: '2026-11-03T09:00:00.000Z',
    releasedAt: '2026-11-03T10:00:00.000Z',
  })
  await settled(tenantId)
  expect((await figures(key)).touchlessRate.count).toBe(2)
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update orders set stage = 'cancelled' where order_id = ${first.orderId}`),
  )
  await happen(tenantId, first, 'order.cancelled', 'order-flow', '2026-11-03T11:00:00.000Z')
  expect((await figures(key)).touchlessRate.count).toBe(1)
  await settled(tenantId)
  const kept = await keptOrders(tenantId)
  expect(kept.find(({ orderId }) => orderId === again.orderId)?.touches).toEqual({
    'order.resent': 1,
  })
})

test('both forms of the perfect order are published', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  const [shipment] = orderOnItsWay().shipments
  const [line] = orderOnItsWay().lines
  if (shipment === undefined || line === undefined)
    throw new Error('The sample order has a shipment and a line.')
  const delivered = async (change: Partial<OrderState>, deliveredAt: string) => {
    const order = orderOnItsWay({
      shipments: [
        { ...shipment, shipmentId: newId('shp'), shipmentNumber: newId('shp'), deliveredAt },
      ],
      ...change,
    })
    await insertOrder(tenantId, order)
  }
  const whole = { lines: [{ ...line, shippedEach: 2, promisedOn: '2026-11-04' }] }
  await delivered(whole, '2026-11-04T12:00:00.000Z')
  await delivered(whole, '2026-11-05T12:00:00.000Z')
  await delivered({ lines: [line] }, '2026-11-05T12:00:00.000Z')
  const { perfectOrder } = await figures(key)
  expect(perfectOrder).toMatchObject({
    countForm: { rate: 0.3333, count: 1, of: 3 },
    onTime: { count: 2, of: 3 },
    complete: { count: 2, of: 3 },
    undamaged: { count: 3, of: 3 },
    productForm: 0.4444,
  })
})

test('the touch map shows what people did between receipt and invoice, partner by partner', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  const first = await insertOrder(tenantId, { partnerId: 'NORTHWIND' })
  await happen(tenantId, first, 'hold.lifted', 'key:Dana', '2026-11-02T09:30:00.000Z')
  await happen(tenantId, first, 'hold.lifted', 'key:Dana', '2026-11-02T09:31:00.000Z')
  await happen(tenantId, first, 'transaction.replayed', 'person:Kim', '2026-11-02T09:32:00.000Z')
  await happen(tenantId, first, 'invoice.issued', 'order-flow', '2026-11-02T16:00:00.000Z')
  await happen(tenantId, first, 'order.noted', 'key:Dana', '2026-11-09T09:00:00.000Z')
  await insertOrder(tenantId, { partnerId: 'NORTHWIND' })
  await insertOrder(tenantId, {})
  const read = async () => {
    const answer = await door.request(
      '/v1/metrics/touch-map?since=2026-11-01&until=2026-11-30',
      key,
    )
    expect(answer.status).toBe(200)
    return TouchMapView.parse(await answer.json())
  }
  const shown = await read()
  expect(shown.partners).toEqual([
    {
      partnerId: 'NORTHWIND',
      orders: 2,
      touchedOrders: 1,
      acts: [
        { act: 'hold.lifted', count: 2 },
        { act: 'transaction.replayed', count: 1 },
      ],
    },
    { partnerId: null, orders: 1, touchedOrders: 0, acts: [] },
  ])
  await settled(tenantId)
  expect(await read()).toEqual(shown)
})

test('the document matrix tells supported, tested and live apart', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  const live = await insertOrder(tenantId, {})
  const tested = await insertOrder(tenantId, {})
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      update document set canonical = '{"isTest": true}'::jsonb where document_id = ${tested.documentId}`),
  )
  const answer = await door.request('/v1/metrics/document-matrix', key)
  const { connections } = DocumentMatrixView.parse(await answer.json())
  const orders = (connectionId: string) =>
    connections
      .find((one) => one.connectionId === connectionId)
      ?.documents.find(({ docType }) => docType === 'order')
  expect(orders(live.connectionId)).toMatchObject({
    isSupported: true,
    isTested: false,
    isLive: true,
    documents: 1,
  })
  expect(orders(tested.connectionId)).toMatchObject({ isTested: true, isLive: false })
  const invoices = connections[0]?.documents.find(({ docType }) => docType === 'partner.invoice')
  expect(invoices).toMatchObject({ isSupported: true, isLive: false, lastOn: null })
})

const firstPass = async (key: string) =>
  (await figures(key, 'since=2026-11-02&until=2026-11-02')).firstPassYield

test('a document that is set aside after its day was counted is not first-pass any more', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  const { connectionId } = await insertOrder(tenantId, {})
  const day = (statement: ReturnType<typeof sql>) =>
    door.database.inTenant(tenantId, (tx) => tx.run(statement))
  await day(sql`update receipt set received_at = '2026-11-02T09:00:00Z'`)
  await settled(tenantId)
  expect(await firstPass(key)).toEqual({ rate: 1, count: 1, of: 1 })
  await day(sql`
    insert into quarantine (quarantine_id, tenant_id, receipt_id, connection_id, kind, reason, created_at)
    select ${newId('qrn')}, ${tenantId}, receipt_id, ${connectionId}, 'poison', 'It failed three times.', now()
    from receipt`)
  await settled(tenantId)
  expect(await firstPass(key)).toEqual({ rate: 0, count: 0, of: 1 })
})

test('a day with a delivery still unread, or a call still open, is not closed yet and is counted as it stands', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  await insertOrder(tenantId, {})
  const yesterday = new Date(Date.now() - 86_400_000).toISOString()
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update receipt set received_at = ${yesterday}::timestamptz, status = 'accepted'`),
  )
  await settled(tenantId)
  const day = yesterday.slice(0, 10)
  const counted = () =>
    door.database.inTenant(tenantId, (tx) => tx.rows<object>(sql`select day from figure_day`))
  expect(await counted()).toEqual([])
  await door.database.inTenant(tenantId, (tx) => tx.run(sql`update receipt set status = 'read'`))
  const shown = await figures(key, `since=${day}&until=${day}`)
  expect(shown.firstPassYield).toEqual({ rate: 1, count: 1, of: 1 })
  await settled(tenantId)
  expect(await counted()).toEqual([{ day }])
})

test('two processes that write figures at once write each order once', async () => {
  const tenantId = await door.newTenant()
  for (let no = 0; no < 5; no += 1) await insertOrder(tenantId, {})
  await Promise.all([settled(tenantId), settled(tenantId), settled(tenantId)])
  expect(await keptOrders(tenantId)).toHaveLength(5)
})
