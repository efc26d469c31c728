import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { doAct, pictureOf, seenBy } from '../../../testing/act-bench.ts'
import { purchaseOrder, shipmentOf } from '../../../testing/flow-papers.ts'
import type { Trade } from '../../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../../testing/flow-world.ts'
import { ClassRule, SubstitutionRule, Supply } from '../../canonical/availability-data.ts'
import { addDays } from '../../canonical/calendar.ts'
import { PriceList, Product } from '../../canonical/master-data.ts'
import { activeHolds } from '../../canonical/order-state.ts'
import { openFlowSetting } from '../../flows/flow-setting.ts'
import { classRuleFile } from '../../store/master-data/class-rule-file.ts'
import { priceListFile } from '../../store/master-data/price-list-file.ts'
import { productFile } from '../../store/master-data/product-file.ts'
import { substitutionRuleFile } from '../../store/master-data/substitution-rule-file.ts'
import { supplyFile } from '../../store/master-data/supply-file.ts'
import { orderCandidates } from '../candidates/order-candidates.ts'
import { openProposals } from '../proposals/open-proposals.ts'
import { backorderLineAct } from './backorder-line-act.ts'
import { splitLineAct } from './split-line-act.ts'
import { substituteLineAct } from './substitute-line-act.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const attributes = { voltage: '230', power: { value: '5', unit: 'BHP' } }

const motors: Readonly<Record<string, { price: string; change?: object; stock: number }>> = {
  'MTR-1': { price: '310', stock: 0 },
  'MTR-TWIN': { price: '289', stock: 25 },
  'MTR-DEAR': { price: '335', stock: 25 },
  'MTR-460': { price: '300', stock: 25, change: { attributes: { ...attributes, voltage: '460' } } },
}

/** A trade whose motor MTR-1 is sold out, with others beside it; orders wait half an hour for a cancel. */
async function motorTrade(): Promise<Trade> {
  const trade = await world.newTrade({
    json: { cancelWindowSeconds: 1_800, repliesTo: 'x12' },
    x12: {},
    erp: {},
    wms: {},
  })
  await trade.inTenant(async (tx) => {
    await classRuleFile.write(tx, [
      ClassRule.parse({
        productClass: 'MTR',
        attributes: [
          { name: 'voltage', role: 'safety-equal' },
          { name: 'power', role: 'at-least' },
        ],
      }),
    ])
    await productFile.write(
      tx,
      Object.entries(motors).map(([sku, { change }]) =>
        Product.parse({
          ...{ sku, name: `Motor ${sku}`, productClass: 'MTR', landedCost: '200' },
          ...{ attributes, ...change },
        }),
      ),
    )
    await priceListFile.write(tx, [
      PriceList.parse({
        ...{ priceListId: 'MOTORS', name: 'Motors', currency: 'USD', validFrom: '2020-01-01' },
        prices: Object.entries(motors).map(([sku, { price }]) => ({ sku, unitPrice: price })),
      }),
    ])
  })
  await trade.count(
    Object.entries(motors).map(([sku, { stock }]) => ({
      sku,
      warehouse: 'DAL',
      onHandEach: stock,
    })),
  )
  return trade
}

const order20 = (number: string, more: object = {}) =>
  purchaseOrder(number, [{ sku: 'MTR-1', quantity: 20, unitPrice: '310' }], more)

const today = async (trade: Trade) => (await trade.inTenant((tx) => openFlowSetting(tx))).today

const expect50 = async (trade: Trade, days: number, quantityEach = 50) => {
  const expectedOn = addDays(await today(trade), days)
  await trade.inTenant((tx) =>
    supplyFile.write(tx, [
      Supply.parse({ supplyId: 'S-1', sku: 'MTR-1', warehouse: 'DAL', quantityEach, expectedOn }),
    ]),
  )
  return expectedOn
}

const release = async (trade: Trade, orderId: string) => {
  await trade.moveHoldEnd(orderId, 'CANCEL_WINDOW', -1)
}

const acknowledged = (trade: Trade) => trade.arrived('partner.acknowledgement')[0]?.document

test('a sold-out line is delivered by a substitute at the lower price: the record keeps what was ordered, and the buyer reads IS', async () => {
  const trade = await motorTrade()
  await trade.send(order20('PO-1'))
  const { orderId } = await trade.order('PO-1')
  const wish = { orderId, line: '1', sku: 'MTR-TWIN' }
  const shown = await pictureOf(trade, substituteLineAct, wish)
  expect(shown.title).toContain('20 of MTR-TWIN instead of 20 of MTR-1')
  expect(shown.money).toEqual({ amountMinor: 578_000, currency: 'USD' })
  expect(shown.isExact).toBeUndefined()
  expect(shown.changes.map(({ label }) => label)).toEqual([
    'Line 1',
    'Amount of line 1',
    'Order total',
    'Price of line 1',
  ])
  // The three numbers of the ways out, with their costs in cents.
  expect(shown.evidence.flatMap(({ values }) => values?.['way'] ?? []).toSorted()).toEqual([
    'backorder',
    'split',
    'substitute',
  ])
  expect(shown.evidence).toContainEqual(
    expect.objectContaining({ weighs: 'against', text: expect.stringContaining('ask them first') }),
  )
  expect(shown.records.map(({ record }) => record)).toEqual([
    `order:${orderId}`,
    'stock:MTR-TWIN',
    `price:${orderId}:1:MTR-TWIN`,
  ])
  expect(await doAct(world, trade, substituteLineAct, wish)).toMatchObject({ status: 'done' })
  const swapped = await trade.order('PO-1')
  expect(swapped).toMatchObject({ stage: 'held', totalMinor: 578_000, findings: [] })
  expect(swapped.lines).toMatchObject([
    {
      ...{ line: '1', sku: 'MTR-TWIN', orderedEach: 20, allocatedEach: 20, warehouse: 'DAL' },
      ...{ unitPrice: '289', lineAmountMinor: 578_000 },
      settled: {
        supply: 'substitute',
        written: { sku: 'MTR-1', orderedEach: 20, sentUnitPrice: '310' },
      },
    },
  ])
  expect(await trade.stock('MTR-TWIN', 'DAL')).toEqual({ onHand: 25, allocated: 20 })
  expect(await trade.timeline(orderId)).toContain('line.substituted')
  expect(await seenBy(trade, substituteLineAct, wish)).toEqual({
    gone: expect.stringContaining('It is settled how line 1 is delivered'),
  })
  expect(await doAct(world, trade, substituteLineAct, wish)).toMatchObject({ status: 'refused' })
  expect(await trade.stock('MTR-TWIN', 'DAL')).toEqual({ onHand: 25, allocated: 20 })
  await release(trade, orderId)
  expect(trade.arrived('erp.create-order')[0]?.document).toMatchObject({
    totalMinor: 578_000,
    lines: [{ line: '1', sku: 'MTR-TWIN', quantityEach: 20 }],
  })
  expect(acknowledged(trade)).toMatchObject({
    answer: 'accepted-with-changes',
    lines: [
      {
        ...{ line: '1', ordered: { value: '20' }, orderedUnitPrice: '310' },
        item: { identifiers: [{ value: 'MTR-1' }] },
        statuses: [
          {
            ...{ answer: 'substituted', quantity: { value: '20' } },
            substitute: { identifiers: [{ scheme: 'sku', value: 'MTR-TWIN' }] },
          },
        ],
      },
    ],
  })
  expect(await seenBy(trade, substituteLineAct, { ...wish, sku: 'MTR-DEAR' })).toEqual({
    gone: expect.stringContaining('before its release'),
  })
  const outcomes = await trade.inTenant((tx) =>
    tx.rows(
      sql`select substitute_sku, answer, order_id from substitution_outcome order by substitute_sku`,
    ),
  )
  expect(outcomes).toEqual([
    { substitute_sku: 'MTR-DEAR', answer: 'open', order_id: orderId },
    { substitute_sku: 'MTR-TWIN', answer: 'accepted', order_id: orderId },
  ])
})

test('a swap that a person rejects is an offer that was declined', async () => {
  const trade = await motorTrade()
  const { tenantId } = trade
  await trade.send([order20('PO-1')])
  const { orderId } = await trade.order('PO-1')
  const proposals = openProposals({
    ...{ database: world.database, queue: world.queue, acts: [substituteLineAct] },
    candidates: { order: orderCandidates },
  })
  const subject = { kind: 'order', id: orderId } as const
  const found = await proposals.candidates({ tenantId, subject })
  const swap = found.find(({ kind }) => kind === 'substitute-line')
  const { proposalId, version, effectHash } = await proposals.propose({
    ...{ tenantId, subject, candidateId: swap?.candidateId ?? '' },
    requestedBy: { kind: 'agent', id: 'agent:substitution', name: 'substitution' },
  })
  const by = { userId: 'usr_andrew', name: 'Andrew Stone', role: 'approver' } as const
  const reason = 'They want the original.'
  await proposals.reject({ tenantId, proposalId, version, effectHash, by, reason })
  const outcomes = await trade.inTenant((tx) =>
    tx.rows(sql`select sku, substitute_sku, answer, answered_by from substitution_outcome`),
  )
  expect(outcomes).toEqual([
    {
      ...{ sku: 'MTR-1', substitute_sku: expect.stringContaining('MTR-') },
      ...{ answer: 'declined', answered_by: 'person:Andrew Stone' },
    },
  ])
})

test('what no rule offers is not delivered: another voltage, or a line that can be delivered as ordered', async () => {
  const trade = await motorTrade()
  await trade.send([
    order20('PO-1'),
    purchaseOrder('PO-2', [{ sku: 'MTR-TWIN', quantity: 2, unitPrice: '289' }]),
  ])
  const { orderId } = await trade.order('PO-1')
  const wish = { orderId, line: '1', sku: 'MTR-460' }
  expect(await seenBy(trade, substituteLineAct, wish)).toEqual({
    gone: expect.stringContaining('voltage 460 instead of 230'),
  })
  expect(await doAct(world, trade, substituteLineAct, wish)).toMatchObject({ status: 'refused' })
  const well = await trade.order('PO-2')
  expect(
    await seenBy(trade, substituteLineAct, { orderId: well.orderId, line: '1', sku: 'MTR-DEAR' }),
  ).toEqual({ gone: 'Line 1 can be delivered as ordered.' })
})

test('six swaps for units that are enough for two: two are done, four refused, and no unit is promised twice', async () => {
  const trade = await motorTrade()
  await trade.count([{ sku: 'MTR-TWIN', warehouse: 'DAL', onHandEach: 45 }])
  const numbers = ['PO-1', 'PO-2', 'PO-3', 'PO-4', 'PO-5', 'PO-6']
  const motor = { sku: 'MTR-1', quantity: 20, unitPrice: '310' }
  const pump = { sku: 'PMP-1003', quantity: 1, unitPrice: '250' }
  // Their lines stand in different orders: whoever locks shelves in another order would wait for the other for ever.
  await trade.send(
    numbers.map((number, place) =>
      purchaseOrder(number, place % 2 === 0 ? [motor, pump] : [pump, motor]),
    ),
  )
  const outcomes = await Promise.all(
    numbers.map(async (number, place) => {
      const { orderId } = await trade.order(number)
      const line = place % 2 === 0 ? '1' : '2'
      return doAct(world, trade, substituteLineAct, { orderId, line, sku: 'MTR-TWIN' })
    }),
  )
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual([
    ...['done', 'done', 'refused', 'refused', 'refused', 'refused'],
  ])
  expect(await trade.stock('MTR-TWIN', 'DAL')).toEqual({ onHand: 45, allocated: 40 })
})

test('stock that is gone makes the swap stale, and it is refused', async () => {
  const trade = await motorTrade()
  await trade.send(order20('PO-1'))
  const { orderId } = await trade.order('PO-1')
  const wish = { orderId, line: '1', sku: 'MTR-TWIN' }
  const before = await pictureOf(trade, substituteLineAct, wish)
  await trade.send(purchaseOrder('PO-2', [{ sku: 'MTR-TWIN', quantity: 3, unitPrice: '289' }]))
  expect((await pictureOf(trade, substituteLineAct, wish)).records).toEqual(before.records)
  await trade.send(purchaseOrder('PO-3', [{ sku: 'MTR-TWIN', quantity: 10, unitPrice: '289' }]))
  expect(await seenBy(trade, substituteLineAct, wish)).toEqual({
    gone: expect.stringMatching(/Only 12 of 20|cannot stand in/),
  })
  expect(await doAct(world, trade, substituteLineAct, wish)).toMatchObject({ status: 'refused' })
})

test('an approved swap at the same price, consented to once for all, is exact; packs are converted, never mis-counted', async () => {
  const trade = await motorTrade()
  await trade.inTenant(async (tx) => {
    await productFile.write(tx, [
      Product.parse({
        ...{ sku: 'MTR-HALF', name: 'Half a motor', productClass: 'MTR', landedCost: '80' },
        ...{ quantityMultiple: 4, attributes },
      }),
    ])
    await substitutionRuleFile.write(tx, [
      SubstitutionRule.parse({
        ...{ ruleId: 'R-1', kind: 'approved', sku: 'MTR-1', substituteSku: 'MTR-HALF' },
        ...{ quantityEach: 1, substituteEach: 2, customerNumber: 'C-10001', isStanding: true },
      }),
    ])
  })
  await trade.count([{ sku: 'MTR-HALF', warehouse: 'CHI', onHandEach: 100 }])
  await trade.send(order20('PO-1'))
  const { orderId } = await trade.order('PO-1')
  const wish = { orderId, line: '1', sku: 'MTR-HALF' }
  const shown = await pictureOf(trade, substituteLineAct, wish)
  expect(shown.isExact).toBe(true)
  await doAct(world, trade, substituteLineAct, wish)
  expect((await trade.order('PO-1')).lines[0]).toMatchObject({
    ...{ sku: 'MTR-HALF', orderedEach: 40, unitPrice: '155', lineAmountMinor: 620_000 },
    ...{ allocatedEach: 40, warehouse: 'CHI', settled: { standsForEach: 20 } },
  })
  await release(trade, orderId)
  expect(acknowledged(trade)).toMatchObject({
    lines: [
      {
        statuses: [
          {
            ...{ answer: 'substituted', quantity: { value: '20' }, unitPrice: '310.0000' },
            reason: '40 EA of MTR-HALF stand in for 20.',
          },
        ],
      },
    ],
  })
})

test('a swap stands when the order is checked again, and is void when the buyer changes the line', async () => {
  const trade = await motorTrade()
  const two = [
    { sku: 'MTR-1', quantity: 20, unitPrice: '310' },
    { sku: 'PMP-1003', quantity: 2, unitPrice: '250' },
  ]
  await trade.send(purchaseOrder('PO-1', two))
  const { orderId } = await trade.order('PO-1')
  await doAct(world, trade, substituteLineAct, { orderId, line: '1', sku: 'MTR-TWIN' })
  const change = (line: string, quantity: string, revision: number) => ({
    docType: 'order-change',
    purpose: 'change',
    ...{ purchaseOrderNumber: 'PO-1', currency: 'USD', revision },
    changes: [{ action: 'quantity', line, quantity: { value: quantity, uom: 'EA' } }],
    parties: purchaseOrder('PO-1', []).parties,
  })
  await trade.send(change('2', '3', 1))
  const checked = await trade.order('PO-1')
  expect(checked.lines[0]).toMatchObject({ sku: 'MTR-TWIN', unitPrice: '289', orderedEach: 20 })
  expect(checked.lines[1]).toMatchObject({ orderedEach: 3 })
  expect(activeHolds(checked).map(({ type }) => type)).toEqual(['CANCEL_WINDOW'])
  await trade.send(change('1', '10', 2))
  const reworded = await trade.order('PO-1')
  expect(reworded.lines[0]).toMatchObject({ sku: 'MTR-1', unitPrice: '310', orderedEach: 10 })
  expect(reworded.lines[0]?.settled).toBeUndefined()
  expect(await trade.stock('MTR-TWIN', 'DAL')).toEqual({ onHand: 25, allocated: 0 })
})

test('a line that several warehouses have together is split: each part ships and is billed under the buyer’s line', async () => {
  const trade = await motorTrade()
  await trade.count([
    { sku: 'MTR-1', warehouse: 'DAL', onHandEach: 12 },
    { sku: 'MTR-1', warehouse: 'CHI', onHandEach: 9 },
  ])
  await trade.send(order20('PO-1'))
  const before = await trade.order('PO-1')
  expect(before.lines).toMatchObject([{ allocatedEach: 12, warehouse: 'DAL' }])
  const wish = { orderId: before.orderId, line: '1' }
  const shown = await pictureOf(trade, splitLineAct, wish)
  expect(shown.title).toContain('in 2 parts')
  await doAct(world, trade, splitLineAct, wish)
  const after = await trade.order('PO-1')
  expect(after.totalMinor).toBe(before.totalMinor)
  expect(after.lines).toMatchObject([
    { line: '1', orderedEach: 12, allocatedEach: 12, warehouse: 'DAL' },
    { line: '1-2', orderedEach: 8, allocatedEach: 8, warehouse: 'CHI', settled: { partOf: '1' } },
  ])
  expect(await trade.stock('MTR-1', 'DAL')).toEqual({ onHand: 12, allocated: 12 })
  expect(await trade.stock('MTR-1', 'CHI')).toEqual({ onHand: 9, allocated: 8 })
  expect(await trade.timeline(before.orderId)).toContain('line.split')
  expect(await doAct(world, trade, splitLineAct, wish)).toMatchObject({ status: 'refused' })
  await release(trade, before.orderId)
  expect(trade.arrived('wms.request-pick')).toHaveLength(2)
  expect(acknowledged(trade)).toMatchObject({
    lines: [
      {
        line: '1',
        statuses: [
          { answer: 'accepted', quantity: { value: '12' } },
          { answer: 'accepted', quantity: { value: '8' } },
        ],
      },
    ],
  })
  await trade.send(
    shipmentOf(after, 'SHP-1', [
      { line: '1', quantityEach: 12 },
      { line: '1-2', quantityEach: 8 },
    ]),
  )
  const shipped = await trade.order('PO-1')
  expect(shipped).toMatchObject({ stage: 'invoiced', invoices: [{ totalMinor: 620_000 }] })
  expect(trade.arrived('partner.invoice')[0]?.document).toMatchObject({
    lines: [{ line: '1' }, { line: '1' }],
  })
})

test('what is there is delivered as ordered, and a substitute for the rest: two products under the buyer’s one line', async () => {
  const trade = await motorTrade()
  await trade.count([{ sku: 'MTR-1', warehouse: 'DAL', onHandEach: 12 }])
  await trade.send(order20('PO-1'))
  const { orderId } = await trade.order('PO-1')
  const wish = { orderId, line: '1', sku: 'MTR-TWIN', isForRest: true as const }
  const shown = await pictureOf(trade, substituteLineAct, wish)
  expect(shown.title).toContain('12 as ordered and 8 of MTR-TWIN')
  expect(shown.isExact).toBeUndefined()
  expect(await doAct(world, trade, substituteLineAct, wish)).toMatchObject({ status: 'done' })
  const after = await trade.order('PO-1')
  expect(after.totalMinor).toBe(12 * 31_000 + 8 * 28_900)
  expect(after.lines).toMatchObject([
    { line: '1', sku: 'MTR-1', orderedEach: 12, allocatedEach: 12 },
    { line: '1-2', sku: 'MTR-TWIN', orderedEach: 8, allocatedEach: 8, settled: { partOf: '1' } },
  ])
  expect(await trade.stock('MTR-TWIN', 'DAL')).toEqual({ onHand: 25, allocated: 8 })
  await release(trade, orderId)
  expect(acknowledged(trade)).toMatchObject({
    lines: [
      {
        ...{ line: '1', ordered: { value: '20' } },
        statuses: [
          { answer: 'accepted', quantity: { value: '12' } },
          {
            ...{ answer: 'substituted', quantity: { value: '8' } },
            substitute: { identifiers: [{ value: 'MTR-TWIN' }] },
          },
        ],
      },
    ],
  })
})

test('a split is undone when the buyer changes the line: it is whole again, and its part is delivered no more', async () => {
  const trade = await motorTrade()
  await trade.count([
    { sku: 'MTR-1', warehouse: 'DAL', onHandEach: 12 },
    { sku: 'MTR-1', warehouse: 'CHI', onHandEach: 9 },
  ])
  await trade.send(order20('PO-1'))
  const { orderId } = await trade.order('PO-1')
  await doAct(world, trade, splitLineAct, { orderId, line: '1' })
  await trade.send({
    docType: 'order-change',
    purpose: 'change',
    ...{ purchaseOrderNumber: 'PO-1', currency: 'USD', revision: 1 },
    changes: [{ action: 'quantity', line: '1', quantity: { value: '11', uom: 'EA' } }],
    parties: purchaseOrder('PO-1', []).parties,
  })
  const after = await trade.order('PO-1')
  expect(after.lines).toMatchObject([
    { line: '1', sku: 'MTR-1', orderedEach: 11, cancelledEach: 0 },
    { line: '1-2', orderedEach: 8, cancelledEach: 8, allocatedEach: 0 },
  ])
  expect(after.totalMinor).toBe(11 * 31_000)
  await trade.advance(orderId)
  await release(trade, orderId)
  const [line, ...others] = (await trade.order('PO-1')).lines
  expect(others).toHaveLength(1)
  expect(line?.settled).toBeUndefined()
  expect(acknowledged(trade)).toMatchObject({
    lines: [{ line: '1', ordered: { value: '11' } }],
  })
})

test('what is there leaves now and the rest on the day that supply brings it', async () => {
  const trade = await motorTrade()
  await trade.count([{ sku: 'MTR-1', warehouse: 'DAL', onHandEach: 5 }])
  const comesOn = await expect50(trade, 3)
  await trade.send(order20('PO-1'))
  const { orderId } = await trade.order('PO-1')
  await doAct(world, trade, splitLineAct, { orderId, line: '1' })
  expect((await trade.order('PO-1')).lines).toMatchObject([
    { line: '1', orderedEach: 5, allocatedEach: 5 },
    { line: '1-2', orderedEach: 15, allocatedEach: 0, promisedOn: comesOn },
  ])
  await release(trade, orderId)
  expect(acknowledged(trade)).toMatchObject({
    lines: [
      {
        statuses: [
          { answer: 'accepted', quantity: { value: '5' } },
          { answer: 'backordered', quantity: { value: '15' }, promisedOn: comesOn },
        ],
      },
    ],
  })
})

test('a line that waits leaves in one go: nothing of it is picked before all of it is there', async () => {
  const trade = await motorTrade()
  await trade.count([{ sku: 'MTR-1', warehouse: 'DAL', onHandEach: 5 }])
  const comesOn = await expect50(trade, 3)
  await trade.send(order20('PO-1'))
  const { orderId } = await trade.order('PO-1')
  const wish = { orderId, line: '1' }
  const shown = await pictureOf(trade, backorderLineAct, wish)
  expect(shown.title).toContain(comesOn)
  expect(await doAct(world, trade, backorderLineAct, wish)).toMatchObject({ status: 'done' })
  expect(await doAct(world, trade, backorderLineAct, wish)).toMatchObject({ status: 'refused' })
  await release(trade, orderId)
  expect(await trade.order('PO-1')).toMatchObject({
    stage: 'released',
    lines: [{ allocatedEach: 5, promisedOn: comesOn, settled: { supply: 'backorder' } }],
  })
  expect(trade.arrived('wms.request-pick')).toEqual([])
  await trade.count([{ sku: 'MTR-1', warehouse: 'DAL', onHandEach: 55 }])
  await trade.advance(orderId)
  expect(trade.arrived('wms.request-pick')[0]?.document).toMatchObject({
    lines: [{ line: '1', quantityEach: 20 }],
  })
})

test('nothing is split of an order that leaves in one shipment, and nobody waits for what no supply brings', async () => {
  const trade = await motorTrade()
  await trade.count([{ sku: 'MTR-1', warehouse: 'DAL', onHandEach: 5 }])
  await trade.send(order20('PO-1', { isShipComplete: true }))
  await trade.send(order20('PO-2'))
  const whole = await trade.order('PO-1')
  const line = { orderId: whole.orderId, line: '1' }
  expect(await seenBy(trade, splitLineAct, line)).toEqual({
    gone: expect.stringContaining('leaves in one shipment'),
  })
  const second = await trade.order('PO-2')
  expect(await seenBy(trade, backorderLineAct, { ...line, orderId: second.orderId })).toEqual({
    gone: expect.stringContaining('no day to wait for'),
  })
  // A substitute for all of it lets the order go in one shipment.
  expect(activeHolds(whole).map(({ type }) => type)).toContain('SHIP_COMPLETE')
  await doAct(world, trade, substituteLineAct, { ...line, sku: 'MTR-TWIN' })
  const after = await trade.order('PO-1')
  expect(activeHolds(after).map(({ type }) => type)).toEqual(['CANCEL_WINDOW'])
  expect(await trade.stock('MTR-1', 'DAL')).toMatchObject({ allocated: 0 })
})
