import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder, orderOnItsWay } from '../../testing/whole-order.ts'
import type { OrderState } from '../canonical/order-state.ts'
import { KpiView } from '../canonical/views/kpi-view.ts'
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

test('documents in quarantine or with errors are not first-pass; late acknowledgements are not on time', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  await insertOrder(tenantId, {})
  await insertWholeOrder(door.database, tenantId)
  await door.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`update receipt set received_at = '2026-11-02T09:00:00Z'`)
    const clock = (subject: string, stoppedAt: string | null) =>
      tx.run(sql`
        insert into sla_clock (tenant_id, subject, target, started_at, warn_at, breach_at, stopped_at)
        values (${tenantId}, ${subject}, 'acknowledge', '2026-11-02T09:00:00Z', '2026-11-02T10:00:00Z',
          '2026-11-02T11:00:00Z', ${stoppedAt}::text::timestamptz)`)
    await clock('order:in-time', '2026-11-02T10:30:00Z')
    await clock('order:late', '2026-11-02T11:30:00Z')
    await clock('order:never', null)
  })
  const shown = await figures(key)
  expect(shown.firstPassYield).toEqual({ rate: 0.5, count: 1, of: 2 })
  expect(shown.acknowledgedOnTime).toEqual({ rate: 0.3333, count: 1, of: 3 })
})
