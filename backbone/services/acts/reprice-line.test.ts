import { afterAll, beforeAll, expect, test } from 'vitest'
import { doAct, pictureOf, seenBy } from '../../../testing/act-bench.ts'
import { purchaseOrder } from '../../../testing/flow-papers.ts'
import type { Trade } from '../../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../../testing/flow-world.ts'
import { activeHolds } from '../../canonical/order-state.ts'
import { customerFile } from '../../store/master-data/customer-file.ts'
import { productFile } from '../../store/master-data/product-file.ts'
import { repriceLineAct } from './reprice-line-act.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const newTrade = () => world.newTrade({ json: { cancelWindowSeconds: 0 }, erp: {}, wms: {} })

// Ours is 250; two lines with a price nobody can explain.
const twoOff = [
  { sku: 'PMP-1003', quantity: 4, unitPrice: '217.77' },
  { sku: 'CBL-1006', quantity: 2, unitPrice: '136.29' },
  { sku: 'TLS-1002', quantity: 100, unitPrice: '8.0333' },
]

const priceHolds = async (trade: Trade, number: string) =>
  activeHolds(await trade.order(number)).map(({ type, line, reason }) => ({ type, line, reason }))

test('billing our price settles one line: its hold goes, the other line stays held under its own', async () => {
  const trade = await newTrade()
  await trade.send(purchaseOrder('PO-1', twoOff))
  const { orderId, totalMinor, holds } = await trade.order('PO-1')
  expect(holds).toMatchObject([{ type: 'PRICE', reason: expect.stringContaining('Lines 1, 3') }])
  const wish = { orderId, line: '1', to: 'ours' as const }
  const shown = await pictureOf(trade, repriceLineAct, wish)
  expect(shown).toMatchObject({
    title: expect.stringContaining('at our price 250'),
    // 4 × 217.77 is 128.92 below 4 × 250.
    money: { amountMinor: 12_892, currency: 'USD' },
  })
  expect(shown.isExact).toBeUndefined()
  expect(shown.changes.map(({ label, after }) => [label, after])).toEqual([
    ['Price of line 1', '250.0000, settled'],
    ['Hold PRICE', 'lifted'],
    ['Hold PRICE', expect.stringContaining('Line 3')],
  ])
  expect(await doAct(world, trade, repriceLineAct, wish)).toMatchObject({ status: 'done' })
  const after = await trade.order('PO-1')
  expect(after).toMatchObject({ stage: 'held', totalMinor })
  expect(after.lines[0]).toMatchObject({ unitPrice: '250', settled: { price: { of: 'ours' } } })
  expect(await priceHolds(trade, 'PO-1')).toMatchObject([{ type: 'PRICE', line: '3' }])
  expect(after.findings.filter(({ line }) => line === '1')).toEqual([])
  expect(await trade.timeline(orderId)).toEqual(
    expect.arrayContaining(['line.repriced', 'hold.lifted']),
  )
  // Once more there is nothing to settle.
  expect(await seenBy(trade, repriceLineAct, wish)).toEqual({
    gone: expect.stringContaining('is settled at'),
  })
  expect(await doAct(world, trade, repriceLineAct, wish)).toMatchObject({ status: 'refused' })
})

test('accepting the buyer’s price bills it, and the buyer reads that the line is accepted', async () => {
  const trade = await world.newTrade({
    json: { cancelWindowSeconds: 0, repliesTo: 'x12' },
    x12: {},
    erp: {},
    wms: {},
  })
  await trade.send(purchaseOrder('PO-1', twoOff.slice(0, 1)))
  const { orderId } = await trade.order('PO-1')
  const wish = { orderId, line: '1', to: 'buyers' as const }
  expect(await doAct(world, trade, repriceLineAct, wish)).toMatchObject({
    status: 'done',
    message: expect.stringContaining('217.77'),
  })
  const after = await trade.order('PO-1')
  expect(after).toMatchObject({ stage: 'picking', totalMinor: 87_108 })
  expect(trade.arrived('erp.create-order')[0]?.document).toMatchObject({
    totalMinor: 87_108,
    lines: [{ unitPrice: '217.7700', lineAmountMinor: 87_108 }],
  })
  expect(trade.arrived('partner.acknowledgement')[0]?.document).toMatchObject({
    answer: 'accepted',
    lines: [{ statuses: [{ answer: 'accepted' }] }],
  })
  expect(await seenBy(trade, repriceLineAct, wish)).toEqual({
    gone: expect.stringContaining('before its release'),
  })
})

test('a settled price stands through another check, until the buyer writes something else of the line', async () => {
  const trade = await newTrade()
  await trade.send(purchaseOrder('PO-1', twoOff))
  const { orderId } = await trade.order('PO-1')
  await doAct(world, trade, repriceLineAct, { orderId, line: '1', to: 'buyers' })
  const change = (changes: object[], revision: number) => ({
    docType: 'order-change',
    purpose: 'change',
    ...{ purchaseOrderNumber: 'PO-1', currency: 'USD', revision, changes },
    parties: purchaseOrder('PO-1', []).parties,
  })
  const more = { action: 'quantity', line: '2', quantity: { value: '3', uom: 'EA' } }
  await trade.send(change([more], 1))
  const checked = await trade.order('PO-1')
  expect(checked.lines[0]).toMatchObject({ unitPrice: '217.77', lineAmountMinor: 87_108 })
  expect(checked.lines[1]).toMatchObject({ orderedEach: 3 })
  expect(await priceHolds(trade, 'PO-1')).toMatchObject([{ type: 'PRICE', line: '3' }])
  await trade.send(change([{ ...more, line: '1', quantity: { value: '5', uom: 'EA' } }], 2))
  const reworded = await trade.order('PO-1')
  expect(reworded.lines[0]).toMatchObject({ unitPrice: '250' })
  expect(reworded.lines[0]?.settled).toBeUndefined()
  expect(await priceHolds(trade, 'PO-1')).toMatchObject([
    { type: 'PRICE', reason: expect.stringContaining('Lines 1, 3') },
  ])
})

test('a price below the margin floor says so, asks an approver, and leaves the order held for its margin', async () => {
  const trade = await newTrade()
  await trade.inTenant(async (tx) => {
    const [known] = await productFile.load(tx, ['PMP-1003'])
    if (known !== undefined) await productFile.write(tx, [{ ...known.document, landedCost: '230' }])
  })
  await trade.send(purchaseOrder('PO-1', twoOff.slice(0, 1)))
  const { orderId } = await trade.order('PO-1')
  const buyers = { orderId, line: '1', to: 'buyers' as const }
  const shown = await pictureOf(trade, repriceLineAct, buyers)
  expect(shown.leastRole).toBe('approver')
  expect(shown.evidence.filter(({ weighs }) => weighs === 'against').length).toBeGreaterThan(0)
  const ours = await pictureOf(trade, repriceLineAct, { ...buyers, to: 'ours' })
  expect(ours.leastRole).toBeUndefined()
  await doAct(world, trade, repriceLineAct, buyers)
  expect(await priceHolds(trade, 'PO-1')).toMatchObject([{ type: 'MARGIN', line: '1' }])
  // At our price nothing is below the floor any more.
  await trade.send(purchaseOrder('PO-2', twoOff.slice(0, 1)))
  const second = await trade.order('PO-2')
  await doAct(world, trade, repriceLineAct, { ...buyers, to: 'ours', orderId: second.orderId })
  expect((await trade.order('PO-2')).stage).toBe('picking')
})

test('a price that makes the order dearer is a matter of credit again', async () => {
  const trade = await newTrade()
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 4, unitPrice: '291.37' }]))
  const { orderId, totalMinor } = await trade.order('PO-1')
  expect(totalMinor).toBe(100_000)
  await trade.inTenant(async (tx) => {
    const [known] = await customerFile.load(tx, ['C-10001'])
    if (known !== undefined)
      await customerFile.write(tx, [{ ...known.document, creditLimitMinor: 110_000 }])
  })
  await doAct(world, trade, repriceLineAct, { orderId, line: '1', to: 'buyers' })
  expect(await trade.order('PO-1')).toMatchObject({ stage: 'held', totalMinor: 116_548 })
  expect(await priceHolds(trade, 'PO-1')).toMatchObject([{ type: 'CREDIT' }])
})

test('two people who settle one line differently at once: the first one counts, the other is told', async () => {
  const trade = await newTrade()
  await trade.send(purchaseOrder('PO-1', twoOff.slice(0, 1)))
  const { orderId } = await trade.order('PO-1')
  const outcomes = await Promise.all(
    (['ours', 'buyers'] as const).map((to) =>
      doAct(world, trade, repriceLineAct, { orderId, line: '1', to }),
    ),
  )
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['done', 'refused'])
  expect((await trade.timeline(orderId)).filter((kind) => kind === 'line.repriced')).toHaveLength(1)
})
