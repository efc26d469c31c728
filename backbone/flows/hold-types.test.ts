import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { milestoneOf, purchaseOrder } from '../../testing/flow-papers.ts'
import type { Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { businessTime } from '../canonical/business-calendar.ts'
import { activeHolds } from '../canonical/order-state.ts'
import { orderActions } from '../services/order-actions.ts'
import type { OrderActions } from '../services/ports.ts'
import { customerFile } from '../store/master-data/customer-file.ts'
import { addPolicyVersion } from '../store/policies/policy-settings.ts'

let world: FlowWorld
let actions: OrderActions

beforeAll(async () => {
  world = await openFlowWorld()
  actions = orderActions(world)
})
afterAll(() => world.close())

type Wish = Omit<
  Parameters<OrderActions['placeHold']>[0],
  'tenantId' | 'orderId' | 'actor' | 'reason'
>
type Said = { reasonCode?: string; evidence?: string; validUntil?: string; actor?: string }

const waiting = { json: { cancelWindowSeconds: 1800 }, erp: {}, wms: {} }

const pumps = (number: string, quantity = 1, more: object = {}) =>
  purchaseOrder(number, [{ sku: 'PMP-1003', quantity }], more)

/** A trade with one order in its cancel window. */
async function withOrder() {
  const trade = await world.newTrade(waiting)
  await trade.send(pumps('PO-1'))
  return trade
}

async function place(trade: Trade, wish: Wish) {
  const { orderId } = await trade.order('PO-1')
  const { tenantId } = trade
  const result = await actions.placeHold({
    ...{ tenantId, orderId, actor: 'key:Dana', reason: 'The customer called.' },
    ...wish,
  })
  await world.settle()
  return result
}

async function lift(trade: Trade, type: string, said: Said = {}) {
  const order = await trade.order('PO-1')
  const hold = activeHolds(order).find((candidate) => candidate.type === type)
  const result = await actions.releaseHold({
    tenantId: trade.tenantId,
    orderId: order.orderId,
    holdId: hold?.holdId ?? '',
    actor: 'key:Robin',
    reason: 'Looked at.',
    ...said,
  })
  await world.settle()
  return result
}

const holdTypes = async (trade: Trade) =>
  activeHolds(await trade.order('PO-1')).map(({ type }) => type)

async function endWindow(trade: Trade): Promise<void> {
  await trade.moveHoldEnd((await trade.order('PO-1')).orderId, 'CANCEL_WINDOW', 0)
}

const openNotices = (trade: Trade) =>
  trade.inTenant((tx) =>
    tx.rows<{ cause: string; subject: string; body: string; severity: string }>(
      sql`select cause, subject, body, severity from notice where status = 'open' and kind = 'hold-timeout'`,
    ),
  )

const setHolds = (trade: Trade, settings: Record<string, unknown>) =>
  trade.inTenant((tx) =>
    addPolicyVersion(tx, {
      policy: 'holds',
      scope: 'tenant',
      validFrom: '2020-01-01',
      validTo: null,
      settings,
      changedBy: 'key:Dana',
      reason: 'A test.',
    }),
  )

test('a person’s hold keeps the order after its window, until a person lifts it', async () => {
  const trade = await withOrder()
  expect(await place(trade, { type: 'MANUAL' })).toMatchObject({
    status: 'done',
    holdId: expect.stringMatching(/^hld_/),
  })
  await endWindow(trade)
  expect(await holdTypes(trade)).toEqual(['MANUAL'])
  expect(await lift(trade, 'MANUAL')).toMatchObject({ status: 'done' })
  expect((await trade.order('PO-1')).stage).toBe('picking')
  expect(await place(trade, { type: 'MANUAL', line: '7' })).toMatchObject({ status: 'refused' })
})

test('an order the customer wants later goes when the day has come, once', async () => {
  const trade = await withOrder()
  expect(await place(trade, { type: 'CUSTOMER_REQUEST' })).toMatchObject({ status: 'refused' })
  expect(
    await place(trade, { type: 'CUSTOMER_REQUEST', until: '2020-01-01T00:00:00Z' }),
  ).toMatchObject({ status: 'refused' })
  await place(trade, { type: 'CUSTOMER_REQUEST', until: '2099-01-04T06:00:00Z' })
  await endWindow(trade)
  expect(await holdTypes(trade)).toEqual(['CUSTOMER_REQUEST'])
  const { orderId } = await trade.order('PO-1')
  const jobs = await trade.inTenant((tx) =>
    tx.rows(sql`
      select 1 from pgboss.job where name = 'advance-order' and data ->> 'id' = ${orderId}
        and state = 'created' and start_after = '2099-01-04T06:00:00Z'`),
  )
  expect(jobs).not.toEqual([])
  await trade.moveHoldEnd(orderId, 'CUSTOMER_REQUEST', 0)
  expect((await trade.order('PO-1')).stage).toBe('picking')
})

test('an order that needs a licence waits for the document however long it takes, and no word lifts it without one', async () => {
  const trade = await withOrder()
  await place(trade, { type: 'COMPLIANCE' })
  await endWindow(trade)
  expect((await trade.order('PO-1')).holds.at(-1)?.expiresAt).toBeUndefined()
  expect(await lift(trade, 'COMPLIANCE')).toMatchObject({
    status: 'refused',
    message: expect.stringContaining('reason code'),
  })
  expect(await lift(trade, 'COMPLIANCE', { reasonCode: 'because' })).toMatchObject({
    message: expect.stringContaining('no reason code because'),
  })
  expect(await lift(trade, 'COMPLIANCE', { reasonCode: 'document-on-file' })).toMatchObject({
    message: expect.stringContaining('document'),
  })
  await trade.send(
    milestoneOf('condition-met', 'M-1', {
      purchaseOrderNumber: 'PO-1',
      condition: 'document-present',
    }),
  )
  expect((await trade.order('PO-1')).stage).toBe('picking')
})

test('what a person names when they lift a hold stays on it', async () => {
  const trade = await withOrder()
  await place(trade, { type: 'COMPLIANCE' })
  await endWindow(trade)
  const said = { reasonCode: 'document-on-file', evidence: 'Licence EXP-2026-114' }
  expect(await lift(trade, 'COMPLIANCE', said)).toMatchObject({ status: 'done' })
  const order = await trade.order('PO-1')
  expect(order.stage).toBe('picking')
  expect(order.holds.at(-1)).toMatchObject({ releasedBy: 'key:Robin', release: said })
})

test('a payment that is authorised lets the order go; one whose authorisation runs out first holds it again', async () => {
  const trade = await withOrder()
  await place(trade, { type: 'PAYMENT' })
  await lift(trade, 'PAYMENT', { validUntil: '2099-01-01T00:00:00Z', evidence: 'AUTH-1' })
  expect(await holdTypes(trade)).toEqual(['CANCEL_WINDOW'])
  await trade.inTenant((tx) =>
    tx.run(sql`
      update hold set evidence = jsonb_set(evidence, '{release,until}', '"2026-01-01T00:00:00Z"') where type = 'PAYMENT'`),
  )
  await endWindow(trade)
  expect(await holdTypes(trade)).toEqual(['PAYMENT'])
  expect(trade.arrived('erp.create-order')).toEqual([])
  await trade.send(
    milestoneOf('condition-met', 'M-1', {
      purchaseOrderNumber: 'PO-1',
      condition: 'payment-authorised',
    }),
  )
  expect((await trade.order('PO-1')).stage).toBe('picking')
})

test('an address in doubt is in doubt no more when the customer has corrected it', async () => {
  const trade = await withOrder()
  await place(trade, { type: 'ADDRESS' })
  // The same address again says nothing about it.
  await trade.send(pumps('PO-1', 2, { purpose: 'replace' }))
  expect(await holdTypes(trade)).toContain('ADDRESS')
  const parties = [
    { role: 'buyer', identifiers: [{ scheme: 'seller-assigned', value: 'C-10001' }] },
    { role: 'ship-to', name: 'Plant 2', address: { city: 'Dallas', country: 'US' } },
  ]
  await trade.send(pumps('PO-1', 2, { purpose: 'replace', parties }))
  expect(await holdTypes(trade)).not.toContain('ADDRESS')
})

test('what stands past its time is told once, to whom it concerns and with what to do, and never goes by itself', async () => {
  const trade = await withOrder()
  await place(trade, { type: 'FRAUD' })
  await endWindow(trade)
  const { orderId, orderNumber } = await trade.order('PO-1')
  await trade.moveHoldEnd(orderId, 'FRAUD', 0)
  await trade.advance(orderId)
  expect(await holdTypes(trade)).toEqual(['FRAUD'])
  const told = (await trade.timeline(orderId)).filter((kind) => kind === 'hold.timed-out')
  expect(told).toHaveLength(1)
  expect(await openNotices(trade)).toMatchObject([
    {
      subject: `Order ${orderNumber}: hold FRAUD stands past its time`,
      body: expect.stringContaining('cancel the order'),
      severity: 'critical',
    },
  ])
  expect((await openNotices(trade))[0]?.body).toContain('Desk: fraud-review.')
  await lift(trade, 'FRAUD', { reasonCode: 'reviewed-genuine' })
  expect(await openNotices(trade)).toEqual([])
  expect((await trade.order('PO-1')).stage).toBe('picking')
})

test('a hold on a released order stops what is left of its way, and its time runs too', async () => {
  const trade = await world.newTrade({ json: {}, erp: {}, wms: {} })
  await trade.count([
    { sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 0 },
    { sku: 'PMP-1003', warehouse: 'CHI', onHandEach: 0 },
  ])
  await trade.send(pumps('PO-1', 3))
  const released = await trade.order('PO-1')
  expect(released.stage).toBe('released')
  expect(await place(trade, { type: 'ADDRESS' })).toMatchObject({
    message: expect.stringContaining('released already'),
  })
  await trade.count([{ sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 5 }])
  await trade.advance(released.orderId)
  expect(trade.arrived('wms.request-pick')).toEqual([])
  await trade.moveHoldEnd(released.orderId, 'ADDRESS', 0)
  expect(await openNotices(trade)).toHaveLength(1)
  await trade.send(
    milestoneOf('condition-met', 'M-1', {
      purchaseOrderNumber: 'PO-1',
      condition: 'address-validated',
    }),
  )
  expect(await holdTypes(trade)).toEqual([])
  expect(trade.arrived('wms.request-pick')).toHaveLength(1)
  expect(await openNotices(trade)).toEqual([])
})

test('a held line is left out of the pick, unless all lines leave together: then it holds the order', async () => {
  for (const isShipComplete of [false, true]) {
    const trade = await world.newTrade({ json: {}, erp: {}, wms: {} })
    const none = [
      { warehouse: 'DAL', onHandEach: 0 },
      { warehouse: 'CHI', onHandEach: 0 },
    ]
    await trade.count(none.map((count) => ({ ...count, sku: 'PMP-1003' })))
    await trade.count(none.map((count) => ({ ...count, sku: 'BRG-1003' })))
    await trade.send(
      purchaseOrder(
        'PO-1',
        [
          { sku: 'PMP-1003', quantity: 1 },
          { sku: 'BRG-1003', quantity: 1 },
        ],
        { isShipComplete },
      ),
    )
    await place(trade, { type: 'MANUAL', line: '1' })
    await trade.count([
      { sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 5 },
      { sku: 'BRG-1003', warehouse: 'DAL', onHandEach: 5 },
    ])
    const { orderId } = await trade.order('PO-1')
    await trade.advance(orderId)
    const picked = (await trade.order('PO-1')).picks.flatMap((pick) =>
      pick.lines.map(({ line }) => line),
    )
    expect(picked).toEqual(isShipComplete ? [] : ['2'])
    await lift(trade, 'MANUAL')
    const all = (await trade.order('PO-1')).picks.flatMap((pick) =>
      pick.lines.map(({ line }) => line),
    )
    expect(all.toSorted()).toEqual(['1', '2'])
  }
})

async function withoutCredit(limit = 50_000) {
  const trade = await world.newTrade({ json: {}, erp: {}, wms: {} })
  const setLimit = (creditLimitMinor: number) =>
    trade.inTenant(async (tx) => {
      const [kept] = await customerFile.load(tx, ['C-10001'])
      if (kept !== undefined) await customerFile.write(tx, [{ ...kept.document, creditLimitMinor }])
    })
  await setLimit(limit)
  await trade.send(pumps('PO-1', 4))
  return { trade, setLimit }
}

test('a credit release needs its reason code and somebody else than who entered the order, and says how far it reaches', async () => {
  const { trade } = await withoutCredit()
  expect(await holdTypes(trade)).toEqual(['CREDIT'])
  expect(await lift(trade, 'CREDIT')).toMatchObject({ status: 'refused' })
  const reasonCode = 'within-risk-appetite'
  expect(
    await lift(trade, 'CREDIT', { reasonCode, actor: `connection:${trade.connectionId('json')}` }),
  ).toMatchObject({ status: 'refused', message: expect.stringContaining('somebody else') })
  expect(await lift(trade, 'CREDIT', { reasonCode })).toMatchObject({ status: 'done' })
  const order = await trade.order('PO-1')
  expect(order.stage).toBe('picking')
  const [hold] = order.holds
  expect(hold?.release).toMatchObject({
    reasonCode,
    upToMinor: 110_000,
    limitsMinor: { 'C-10001': 50_000 },
  })
  const daysHeld =
    (Date.parse(hold?.release?.until ?? '') - Date.parse(hold?.releasedAt ?? '')) / 86_400_000
  expect(Math.round(daysHeld)).toBe(5)
})

test('a released order may grow by a tenth without another check, and not by more', async () => {
  const { trade } = await withoutCredit()
  await place(trade, { type: 'MANUAL' })
  await lift(trade, 'CREDIT', { reasonCode: 'other' })
  expect(await holdTypes(trade)).toEqual(['MANUAL'])
  // 4 pumps were released, up to 1,100.00: with 28.68 more it is within, a fifth pump is not.
  const more = (quantity: number, bearings: number) =>
    purchaseOrder(
      'PO-1',
      [
        { sku: 'PMP-1003', quantity },
        { sku: 'BRG-1003', quantity: bearings },
      ],
      { purpose: 'replace' },
    )
  await trade.send(more(4, 6))
  expect(await holdTypes(trade)).toEqual(['MANUAL'])
  await trade.send(more(5, 6))
  expect(await holdTypes(trade)).toEqual(['MANUAL', 'CREDIT'])
})

test('a lower limit ends a credit release before its time', async () => {
  const { trade, setLimit } = await withoutCredit()
  await place(trade, { type: 'MANUAL' })
  await lift(trade, 'CREDIT', { reasonCode: 'other' })
  await setLimit(40_000)
  await lift(trade, 'MANUAL')
  expect(await holdTypes(trade)).toEqual(['CREDIT'])
  expect(trade.arrived('erp.create-order')).toEqual([])
})

test('an order without credit gives back its stock after the hours the policy says, and takes it again with its credit', async () => {
  const trade = await world.newTrade({ json: {}, erp: {}, wms: {} })
  await setHolds(trade, { reserveStockHours: 2 })
  await trade.inTenant(async (tx) => {
    const [kept] = await customerFile.load(tx, ['C-10001'])
    if (kept !== undefined)
      await customerFile.write(tx, [{ ...kept.document, creditLimitMinor: 50_000 }])
  })
  await trade.send(pumps('PO-1', 4))
  expect(await trade.stock('PMP-1003', 'DAL')).toMatchObject({ allocated: 4 })
  const { orderId } = await trade.order('PO-1')
  await trade.inTenant((tx) =>
    tx.run(sql`update hold set placed_at = now() - interval '2 hours' where order_id = ${orderId}`),
  )
  await trade.advance(orderId)
  expect(await trade.stock('PMP-1003', 'DAL')).toMatchObject({ allocated: 0 })
  await trade.advance(orderId)
  expect(await trade.stock('PMP-1003', 'DAL')).toMatchObject({ allocated: 0 })
  await lift(trade, 'CREDIT', { reasonCode: 'payment-received' })
  expect((await trade.order('PO-1')).stage).toBe('picking')
  expect(await trade.stock('PMP-1003', 'DAL')).toMatchObject({ allocated: 4 })
})

test('an installer’s order waits five business days before customer service is told', async () => {
  const trade = await world.newTrade({
    json: {
      cancelWindowSeconds: 0,
      conditionalHolds: [{ conditions: ['installer-booked'], productClasses: ['PMP'] }],
    },
    erp: {},
    wms: {},
  })
  await trade.send(pumps('PO-1'))
  const [hold] = activeHolds(await trade.order('PO-1'))
  const { timeZone, holidays } = { timeZone: 'UTC', holidays: [] }
  const hours = [{ weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }]
  const time = businessTime({ timeZone, holidays, hours })
  const [from, to] = [hold?.placedAt ?? '', hold?.expiresAt ?? '']
  expect(time.businessDaysBetween(from.slice(0, 10), to.slice(0, 10))).toBe(5)
  expect(to.slice(10)).toBe(from.slice(10))
})

test('a tenant’s own rule of a hold counts: what it stops and how long it may stand', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 600 }, erp: {}, wms: {} })
  await setHolds(trade, {
    MANUAL: { timeoutHours: 1, onTimeout: 'escalate', owner: 'night-desk' },
    cancelWindow: { bySegment: { standard: 60 } },
  })
  await trade.send(pumps('PO-1'))
  const [window] = activeHolds(await trade.order('PO-1'))
  expect(Date.parse(window?.expiresAt ?? '') - Date.parse(window?.placedAt ?? '')).toBe(60_000)
  await place(trade, { type: 'MANUAL' })
  const { orderId } = await trade.order('PO-1')
  await trade.moveHoldEnd(orderId, 'MANUAL', 0)
  expect((await openNotices(trade))[0]?.body).toContain('Desk: night-desk.')
})

test('goods that may not go everywhere or to everybody hold the order, and the document on file lets it go', async () => {
  const trade = await world.newTrade({ json: {}, erp: {}, wms: {} })
  await trade.inTenant((tx) =>
    tx.run(sql`
      update product set restrictions = restrictions || '{"licences": ["refrigerant"], "exportBarredTo": ["CU"]}'
      where sku = 'PMP-1003'`),
  )
  const more = [{ sku: 'BRG-1003', quantity: 1 }]
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 1 }, ...more]))
  const held = await trade.order('PO-1')
  expect(activeHolds(held)).toMatchObject([{ type: 'COMPLIANCE', placedBy: 'order-check' }])
  expect(held.findings).toMatchObject([
    {
      kind: 'COMPLIANCE_HOLD',
      message:
        'Line 1: PMP-1003 needs the licence refrigerant, which the customer is not known to hold.',
      evidence: [{ weighs: 'against', values: { reason: 'LICENCE', destination: 'US' } }],
    },
  ])
  // Without the line in question there is nothing to ask for.
  await trade.send(purchaseOrder('PO-2', [{ sku: 'PMP-1003', quantity: 1 }, ...more]))
  await trade.send(purchaseOrder('PO-2', more, { purpose: 'replace' }))
  expect((await trade.order('PO-2')).stage).toBe('picking')
  await trade.send(
    milestoneOf('condition-met', 'M-1', {
      purchaseOrderNumber: 'PO-1',
      condition: 'document-present',
    }),
  )
  expect((await trade.order('PO-1')).stage).toBe('picking')
})

test('a recall is settled by no document, and a licence the customer is known to hold needs none', async () => {
  const trade = await world.newTrade({ json: {}, erp: {}, wms: {} })
  const restrict = (restrictions: string) =>
    trade.inTenant((tx) =>
      tx.run(sql`
        update product set restrictions = restrictions || ${restrictions}::text::jsonb where sku = 'PMP-1003'`),
    )
  await restrict('{"licences": ["refrigerant"]}')
  await trade.inTenant((tx) =>
    addPolicyVersion(tx, {
      ...{ policy: 'substitution', scope: 'customer:C-10001', validFrom: '2020-01-01' },
      ...{ validTo: null, settings: { licencesHeld: ['refrigerant'] } },
      ...{ changedBy: 'key:Dana', reason: 'A test.' },
    }),
  )
  await trade.send(pumps('PO-1'))
  expect((await trade.order('PO-1')).stage).toBe('picking')
  await restrict('{"isRecalled": true}')
  await trade.send(pumps('PO-2'))
  const [hold] = activeHolds(await trade.order('PO-2'))
  expect(hold).toMatchObject({ type: 'COMPLIANCE', conditions: {} })
  expect(hold?.reason).toBe('Line 1: PMP-1003 is recalled.')
})
