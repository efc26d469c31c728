import { afterAll, beforeAll, expect, test } from 'vitest'
import { purchaseOrder } from '../../testing/flow-papers.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { activeHolds } from '../canonical/order-state.ts'
import { orderActions } from '../services/order-actions.ts'
import { productFile } from '../store/master-data/product-file.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

test('a line priced above tolerance holds the order and names the line', async () => {
  const trade = await world.newTrade()
  await trade.send(
    purchaseOrder('PO-1', [
      { sku: 'BRG-1003', quantity: 10, unitPrice: '4.4772' },
      { sku: 'PMP-1003', quantity: 2, unitPrice: '230' },
    ]),
  )
  const order = await trade.order('PO-1')
  expect(order.stage).toBe('held')
  expect(activeHolds(order)).toMatchObject([{ type: 'PRICE', line: '2' }])
  expect(order.findings).toMatchObject([
    { kind: 'UNAUTHORISED_DISCOUNT', line: '2', deltaMinor: -4_000 },
  ])
  expect(trade.arrived('erp.create-order')).toEqual([])
})

test('a small underpayment is honoured, a small overpayment is billed at our price, and nobody is asked', async () => {
  const trade = await world.newTrade()
  await trade.send(
    purchaseOrder('PO-1', [
      { sku: 'PMP-1003', quantity: 1, unitPrice: '249' },
      { sku: 'PMP-1003', quantity: 1, unitPrice: '251' },
    ]),
  )
  const order = await trade.order('PO-1')
  expect(order.stage).toBe('picking')
  expect(order.lines.map((line) => line.lineAmountMinor)).toEqual([24_900, 25_000])
  // Two lines with the same kind are one finding.
  expect(order.findings).toMatchObject([
    { kind: 'WITHIN_TOLERANCE', message: expect.stringContaining('Lines 1, 2') },
  ])
})

test('a price that was let pass by a person is not held again when the buyer changes another line', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 600 }, erp: {}, wms: {} })
  const lines = [
    { sku: 'PMP-1003', quantity: 2, unitPrice: '230' },
    { sku: 'BRG-1003', quantity: 10, unitPrice: '4.4772' },
  ]
  await trade.send(purchaseOrder('PO-1', lines))
  const held = await trade.order('PO-1')
  const [price] = activeHolds(held).filter((hold) => hold.type === 'PRICE')
  const actions = orderActions(world)
  const act = {
    tenantId: trade.tenantId,
    orderId: held.orderId,
    actor: 'key:Dana',
    reason: 'Agreed by phone.',
  }
  expect(await actions.releaseHold({ ...act, holdId: price?.holdId ?? '' })).toMatchObject({
    status: 'done',
  })
  await trade.send(
    purchaseOrder(
      'PO-1',
      [lines[0] ?? held, { sku: 'BRG-1003', quantity: 12, unitPrice: '4.4772' }].flatMap((line) =>
        'sku' in line ? [line] : [],
      ),
      { purpose: 'replace' },
    ),
  )
  const changed = await trade.order('PO-1')
  expect(activeHolds(changed).map((hold) => hold.type)).toEqual(['CANCEL_WINDOW'])
})

test('a price that nobody let pass holds the order again after the buyer changes another line', async () => {
  const trade = await world.newTrade()
  const wrong = { sku: 'PMP-1003', quantity: 2, unitPrice: '230' }
  await trade.send(purchaseOrder('PO-1', [wrong, { sku: 'BRG-1003', quantity: 10 }]))
  await trade.send(
    purchaseOrder('PO-1', [wrong, { sku: 'BRG-1003', quantity: 12 }], { purpose: 'replace' }),
  )
  const order = await trade.order('PO-1')
  expect(order.stage).toBe('held')
  expect(activeHolds(order).map((hold) => hold.type)).toEqual(['PRICE'])
})

test('an order that writes better payment terms than agreed is billed on the agreed ones', async () => {
  const trade = await world.newTrade()
  const terms = { netDays: 120, discountPercent: '5', discountDays: 60 }
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 1 }], { terms }))
  expect((await trade.order('PO-1')).terms).toEqual({ netDays: 30 })
})

test('unknown customer, item and unit hold the order, each with its number; nothing is promised to it', async () => {
  const trade = await world.newTrade()
  const stranger = [
    { role: 'buyer', identifiers: [{ scheme: 'seller-assigned', value: 'C-99999' }] },
  ]
  await trade.send(
    purchaseOrder(
      'PO-1',
      [
        { sku: 'NO-SUCH', quantity: 1 },
        { sku: 'BRG-1003', quantity: 1, uom: 'KGM' },
        { sku: 'FAS-1001', quantity: 5 },
      ],
      { parties: stranger },
    ),
  )
  const order = await trade.order('PO-1')
  expect(order.stage).toBe('held')
  expect(order.findings.map(({ kind, line }) => [kind, line])).toEqual([
    ['UNKNOWN_CUSTOMER', undefined],
    ['UNKNOWN_ITEM', '1'],
    ['UNKNOWN_UNIT', '2'],
  ])
  expect(activeHolds(order).map((hold) => hold.reason)).toContainEqual(
    expect.stringContaining('C-99999'),
  )
  expect(await trade.stock('FAS-1001', 'DAL')).toMatchObject({ allocated: 0 })
})

test('lifting a hold for missing data checks again: still missing it stands, and once the data is there the order goes on', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', [{ sku: 'NEW-1', quantity: 3 }]))
  const held = await trade.order('PO-1')
  const [hold] = activeHolds(held)
  const act = {
    tenantId: trade.tenantId,
    orderId: held.orderId,
    holdId: hold?.holdId ?? '',
    actor: 'key:Dana',
    reason: 'Looked after.',
  }
  const actions = orderActions(world)
  expect(await actions.releaseHold(act)).toMatchObject({
    status: 'refused',
    message: expect.stringContaining('NEW-1'),
  })
  await world.settle()
  expect((await trade.order('PO-1')).stage).toBe('held')
  await trade.inTenant(async (tx) => {
    const [known] = await productFile.load(tx, ['PMP-1003'])
    if (known !== undefined)
      await productFile.write(tx, [{ ...known.document, keys: [{ key: 'sku:NEW-1' }] }])
  })
  expect(await actions.releaseHold(act)).toMatchObject({ status: 'done' })
  await world.settle()
  const released = await trade.order('PO-1')
  expect(released.stage).toBe('picking')
  expect(released.lines).toMatchObject([{ sku: 'PMP-1003', lineAmountMinor: 75_000 }])
  expect(await actions.releaseHold(act)).toMatchObject({ status: 'refused' })
})

test('the same order sent twice makes one order, and the answer we gave goes out once more', async () => {
  const trade = await world.newTrade({
    json: { repliesTo: 'x12' },
    x12: {},
    erp: {},
    wms: {},
  })
  const paper = purchaseOrder('PO-1', [{ sku: 'BRG-1003', quantity: 5 }])
  await trade.send(paper)
  await trade.send({ ...paper, notes: [{ text: 'Second copy.' }] })
  expect(await trade.orders('PO-1')).toHaveLength(1)
  expect(trade.arrived('erp.create-order')).toHaveLength(1)
  expect((await trade.documents()).map((row) => row.status)).toEqual(['applied', 'duplicate'])
  const answers = trade.arrived('partner.acknowledgement').map((call) => call.document)
  expect(answers).toHaveLength(2)
  expect(answers[1]).toEqual(answers[0])
})

test('a purchase order number used again with other content is held, and sent a third time still makes two orders', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', [{ sku: 'BRG-1003', quantity: 5 }]))
  const other = purchaseOrder('PO-1', [{ sku: 'BRG-1003', quantity: 9 }])
  await trade.send(other)
  await trade.send({ ...other, notes: [{ text: 'Again.' }] })
  const [first, second, third] = await trade.orders('PO-1')
  expect(first?.stage).toBe('picking')
  expect(second?.stage).toBe('held')
  expect(second?.findings.map((finding) => finding.kind)).toEqual(['PO_REUSED'])
  expect(third).toBeUndefined()
  expect(await trade.stock('BRG-1003', 'DAL')).toMatchObject({ allocated: 5 })
})

test('two orders with one number that come in the same moment: the first goes on, the second is held', async () => {
  const trade = await world.newTrade()
  for (let round = 0; round < 8; round += 1) {
    const number = `TWIN-${round}`
    await trade.hand(purchaseOrder(number, [{ sku: 'BRG-1003', quantity: 1 }]))
    await trade.hand(purchaseOrder(number, [{ sku: 'BRG-1003', quantity: 2 }]))
    await trade.hand(purchaseOrder(number, [{ sku: 'BRG-1003', quantity: 1 }]), 'bank')
  }
  await world.settle()
  for (let round = 0; round < 8; round += 1)
    expect((await trade.orders(`TWIN-${round}`)).map((order) => order.stage)).toEqual([
      'picking',
      'held',
      'held',
    ])
})
