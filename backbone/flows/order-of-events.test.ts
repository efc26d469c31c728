import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { milestoneOf, paymentOf, purchaseOrder, shipmentOf } from '../../testing/flow-papers.ts'
import type { Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { quarantineActions } from '../services/quarantine-actions.ts'
import { applyDocuments } from './apply-documents.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

/** What an order has come to, without ids and moments. */
async function endState(trade: Trade, purchaseOrderNumber: string) {
  const [order, another] = await trade.orders(purchaseOrderNumber)
  expect(another).toBeUndefined()
  if (order === undefined) return undefined
  const withWarehouse = order.picks
    .filter((pick) => pick.status !== 'cancelled')
    .flatMap((pick) => pick.lines)
    .reduce((sum, line) => sum + line.quantityEach, 0)
  return {
    stage: order.stage,
    totalMinor: order.totalMinor,
    changeCount: order.changeCount,
    withWarehouse,
    lines: order.lines.map(
      ({ line, orderedEach, cancelledEach, allocatedEach, shippedEach, invoicedEach }) => ({
        line,
        orderedEach,
        cancelledEach,
        allocatedEach,
        shippedEach,
        invoicedEach,
      }),
    ),
    invoices: order.invoices.map(({ totalMinor, openMinor }) => [totalMinor, openMinor]).sort(),
    stock: await trade.stock('PMP-1003', 'DAL'),
  }
}

type Happening = { readonly paper: object; readonly door?: 'json' | 'bank' }

async function play(happenings: readonly Happening[], turns: readonly number[], at: string) {
  const trade = await world.newTrade({
    json: {
      cancelWindowSeconds: 0,
      conditionalHolds: [{ conditions: ['contacted', 'booked', 'accepted'], skus: ['PMP-1003'] }],
    },
    bank: {},
    erp: {},
    wms: {},
  })
  for (const turn of turns) {
    const { paper, door } = happenings[turn] ?? { paper: {} }
    await trade.send(paper, door)
  }
  return endState(trade, at)
}

const six = [0, 1, 2, 3, 4, 5]
const anyOrder = fc.shuffledSubarray(six, { minLength: 6, maxLength: 6 })

async function endsTheSame(happenings: readonly Happening[], at: string, numRuns: number) {
  const inOrder = await play(happenings, six, at)
  expect(await play(happenings, six.toReversed(), at)).toEqual(inOrder)
  await fc.assert(
    fc.asyncProperty(anyOrder, async (turns) => {
      expect(await play(happenings, turns, at)).toEqual(inOrder)
    }),
    { numRuns },
  )
  return inOrder
}

const change = (revision: number, quantity: string) => ({
  docType: 'order-change',
  purpose: 'change',
  currency: 'USD',
  purchaseOrderNumber: 'PO-1',
  revision,
  changes: [{ action: 'quantity', line: '1', quantity: { value: quantity, uom: 'EA' } }],
})

const met = (condition: string) =>
  milestoneOf('condition-met', `M-${condition}`, { purchaseOrderNumber: 'PO-1', condition })

test('an order, two changes and three conditions end in the same state in whatever order they come', async () => {
  const end = await endsTheSame(
    [
      { paper: purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 4 }]) },
      { paper: change(1, '6') },
      { paper: change(2, '5') },
      { paper: met('contacted') },
      { paper: met('booked') },
      { paper: met('accepted') },
    ],
    'PO-1',
    8,
  )
  expect(end).toMatchObject({ stage: 'picking', totalMinor: 125_000, withWarehouse: 5 })
})

test('an order, its pick, two shipments and two payments end in the same state in whatever order they come', async () => {
  const so = { orderNumber: 'SO-000001' }
  const pay = (number: string, invoiceNumber: string) =>
    paymentOf(number, 898, [{ invoiceNumber, paidMinor: 898 }])
  const end = await endsTheSame(
    [
      { paper: purchaseOrder('PO-1', [{ sku: 'BRG-1003', quantity: 4 }]) },
      { paper: milestoneOf('picking-started', 'M-1', so) },
      { paper: shipmentOf(so, 'SH-1', [{ line: '1', quantityEach: 2 }]) },
      { paper: shipmentOf(so, 'SH-2', [{ line: '1', quantityEach: 2 }]) },
      { paper: pay('PAY-1', 'INV-000001'), door: 'bank' },
      { paper: pay('PAY-2', 'INV-000002'), door: 'bank' },
    ],
    'PO-1',
    8,
  )
  expect(end).toMatchObject({ stage: 'closed', totalMinor: 1_791 })
})

test('a shop order that is created, edited and cancelled ends cancelled in whatever order the webhooks come', async () => {
  const read = (name: string) =>
    readFileSync(new URL(`../../fixtures/shopify/${name}.json`, import.meta.url), 'utf8')
  const created = read('1003-create')
  const at = /"updated_at": "(2026-11-17[^"]+)"/.exec(created)?.[1] ?? ''
  const edited = (minute: number) =>
    created
      .replace(at, `2026-11-17T10:0${minute}:30-06:00`)
      .replace('"note": null', `"note": "${minute}"`)
  const webhooks: readonly (readonly [topic: string, body: string])[] = [
    ['orders/create', created],
    ['orders/updated', edited(2)],
    ['orders/updated', edited(3)],
    ['orders/updated', edited(4)],
    ['orders/cancelled', read('1003-cancelled')],
    ['orders/updated', read('1003-cancelled')],
  ]
  await fc.assert(
    fc.asyncProperty(anyOrder, async (turns) => {
      const trade = await world.newTrade({ shop: { cancelWindowSeconds: 600 }, erp: {}, wms: {} })
      for (const turn of turns) {
        const [topic, body] = webhooks[turn] ?? ['', '']
        expect(await trade.shop(topic, body, `w-${turn}`)).toMatchObject({ status: 200 })
        await world.settle()
      }
      const orders = await trade.orders('MH-0917')
      expect(orders.map((order) => order.stage)).toEqual(['cancelled'])
      expect(trade.arrived()).toEqual([])
      expect(await trade.stock('SFT-1014', 'DAL')).toMatchObject({ allocated: 0 })
    }),
    { numRuns: 10, examples: [[six.toReversed()]] },
  )
})

test('a poison document in a batch of a hundred is set aside alone, and the other ninety-nine go on', async () => {
  const trade = await world.newTrade()
  const numbers = Array.from({ length: 100 }, (_, index) => `PO-${index}`)
  const { driver } = world.database
  await driver.script(
    `alter table orders add constraint poison check (tenant_id <> '${trade.tenantId}' or purchase_order_number <> 'PO-41')`,
  )
  await trade.hand(
    numbers.map((number) => purchaseOrder(number, [{ sku: 'FAS-1001', quantity: 1 }])),
  )
  await world.settle()
  const documents = await trade.documents()
  expect(documents.filter((row) => row.status === 'applied')).toHaveLength(99)
  expect(documents.filter((row) => row.status !== 'applied')).toMatchObject([
    { number: 'PO-41', status: 'quarantined' },
  ])
  expect(await trade.quarantined()).toMatchObject([{ kind: 'poison', status: 'open' }])
  expect(trade.arrived('erp.create-order')).toHaveLength(99)
  // Mended and released, it goes its way like the others.
  await driver.script('alter table orders drop constraint poison')
  const [entry] = await trade.quarantined()
  const released = await quarantineActions(world).release({
    tenantId: trade.tenantId,
    quarantineId: entry?.quarantine_id ?? '',
    actor: 'key:Dana',
    reason: 'The database takes it now.',
  })
  expect(released).toBe('done')
  await world.settle()
  expect((await trade.order('PO-41')).stage).toBe('picking')
})

test('a document that a person discards is left out for good, with the reason', async () => {
  const trade = await world.newTrade()
  const again = { purpose: 'confirmation' }
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 1 }], again))
  const [entry] = await trade.quarantined()
  expect(entry).toMatchObject({ kind: 'needs-person', status: 'open' })
  const decision = {
    tenantId: trade.tenantId,
    quarantineId: entry?.quarantine_id ?? '',
    actor: 'key:Dana',
    reason: 'It was meant for somebody else.',
  }
  expect(await quarantineActions(world).discard(decision)).toBe('done')
  await world.settle()
  expect(await trade.documents()).toMatchObject([
    { status: 'ignored', reason: 'Left out by key:Dana: It was meant for somebody else.' },
  ])
  expect(await quarantineActions(world).release(decision)).toBe('already-decided')
})

test('a delivery that cannot even be tried to read is set aside alone, and the other ninety-nine go on', async () => {
  const trade = await world.newTrade()
  const paper = (number: string) => purchaseOrder(number, [{ sku: 'FAS-1001', quantity: 1 }])
  await trade.hand(Array.from({ length: 99 }, (_, index) => paper(`PO-${index}`)))
  await trade.hand(paper('PO-99'), 'bank')
  // A connection whose kind no reader knows any more.
  await trade.inTenant((tx) =>
    tx.run(
      sql`update connection set kind = 'fax' where connection_id = ${trade.connectionId('bank')}`,
    ),
  )
  await world.settle()
  expect(await trade.documents()).toHaveLength(99)
  expect(await trade.quarantined()).toMatchObject([{ kind: 'poison', document_id: null }])
  expect(trade.arrived('erp.create-order')).toHaveLength(99)
})

test('two workers at once never apply a document twice', async () => {
  const trade = await world.newTrade()
  for (let copy = 0; copy < 4; copy += 1)
    await trade.hand(
      purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 4 }], { notes: [{ text: `${copy}` }] }),
    )
  await world.work('read-receipt')
  const ids = (await trade.documents()).map((row) => row.document_id)
  await Promise.all(
    [ids, ids.toReversed(), ids.slice(2), ids.slice(0, 1)].map((some) =>
      trade.inTenant((tx) => applyDocuments(tx, world.queue, some)),
    ),
  )
  await world.settle()
  expect(await trade.orders('PO-1')).toHaveLength(1)
  expect(trade.arrived('erp.create-order')).toHaveLength(1)
  expect(await trade.stock('PMP-1003', 'DAL')).toMatchObject({ allocated: 4 })
  expect((await trade.documents()).map((row) => row.status).sort()).toEqual([
    'applied',
    'duplicate',
    'duplicate',
    'duplicate',
  ])
})

test.skipIf(process.env['TEST_DATABASE_URL'] === undefined)(
  'a condition that comes while its order is being made, unseen by each other, is not lost (PostgreSQL)',
  async () => {
    const conditionalHolds = [{ conditions: ['booked'], skus: ['PMP-1003'] }]
    const trade = await world.newTrade({
      json: { cancelWindowSeconds: 0, conditionalHolds },
      erp: {},
      wms: {},
    })
    await trade.hand(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 1 }]))
    await trade.hand(met('booked'))
    await world.work('read-receipt')
    // Both are being worked on: no job is left that would apply them later anyway.
    await world.queue.fetch('apply-document', { batchSize: 10 })
    const [order, condition] = (await trade.documents()).map((row) => row.document_id)
    await trade.inTenant(async (tx) => {
      await applyDocuments(tx, world.queue, [order ?? ''])
      await trade.inTenant((other) => applyDocuments(other, world.queue, [condition ?? '']))
    })
    await world.settle()
    expect((await trade.order('PO-1')).stage).toBe('picking')
  },
)

test('orders taken in by several workers at once never promise the last units twice', async () => {
  const trade = await world.newTrade()
  await trade.count([
    { sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 3 },
    { sku: 'PMP-1003', warehouse: 'CHI', onHandEach: 0 },
  ])
  const numbers = Array.from({ length: 8 }, (_, index) => `PO-${index}`)
  await trade.hand(
    numbers.map((number) => purchaseOrder(number, [{ sku: 'PMP-1003', quantity: 1 }])),
  )
  await world.work('read-receipt')
  const ids = (await trade.documents()).map((row) => row.document_id)
  await Promise.all(ids.map((id) => trade.inTenant((tx) => applyDocuments(tx, world.queue, [id]))))
  await world.settle()
  expect(await trade.stock('PMP-1003', 'DAL')).toEqual({ onHand: 3, allocated: 3 })
  const promised = await Promise.all(numbers.map((number) => trade.order(number)))
  expect(promised.flatMap((order) => order.lines.map((line) => line.allocatedEach)).sort()).toEqual(
    [0, 0, 0, 0, 0, 1, 1, 1],
  )
  expect(new Set(promised.map((order) => order.orderNumber)).size).toBe(8)
})

test('one purchase order number that comes through two channels at one moment is an order once, and a held suspect once', async () => {
  const trade = await world.newTrade()
  for (const [quantity, door] of [
    [1, 'json'],
    [2, 'bank'],
    [3, 'json'],
  ] as const)
    await trade.hand(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity }]), door)
  await world.work('read-receipt')
  const ids = (await trade.documents()).map((row) => row.document_id)
  await Promise.all(
    ids.toReversed().map((id) => trade.inTenant((tx) => applyDocuments(tx, world.queue, [id]))),
  )
  await world.settle()
  const orders = await trade.orders('PO-1')
  expect(orders).toHaveLength(3)
  const suspects = orders.filter((order) =>
    order.holds.some((hold) => hold.type === 'DUPLICATE_SUSPECT'),
  )
  expect(suspects).toHaveLength(2)
})
