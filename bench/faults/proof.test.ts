import { expect, test } from 'vitest'
import { type Facts, newOffenders, offenders, prove } from './proof.ts'

const kept = (orderNumber: string, purchaseOrderNumber: string, more: object = {}) => ({
  ...{ orderNumber, purchaseOrderNumber, stage: 'closed', erpRevision: 1 },
  ...more,
})

/** Two orders that went all the way; the second was changed once at the ERP. */
const whole: Facts = {
  orders: [
    kept('SO-000001', 'FLT-1'),
    kept('SO-000002', 'FLT-2', { erpRevision: 2 }),
    kept('SO-000900', 'OF-SOMEBODY-ELSE', { stage: 'held' }),
  ],
  receipts: ['partner-json FLT-1-order', 'partner-json FLT-2-order', 'partner-json FLT-2-change-1'],
  doneCalls: [
    { operation: 'erp.create-order', naturalKey: 'SO-000001' },
    { operation: 'erp.create-order', naturalKey: 'SO-000002' },
    { operation: 'wms.request-pick', naturalKey: 'SO-000001-P1' },
    { operation: 'webhook.event', naturalKey: 'anything' },
  ],
  leftovers: [],
  effects: [
    { system: 'erp', key: 'order:SO-000001' },
    { system: 'erp', key: 'order:SO-000002' },
    { system: 'wms', key: 'pick:SO-000001-P1' },
    { system: 'erp', key: 'order-change:SO-000002#2' },
    { system: 'webhooks', key: 'event:peachtree:evt_1' },
    { system: 'webhooks', key: 'event:peachtree:evt_1' },
  ],
}
const sendings = {
  sent: new Set(['FLT-1', 'FLT-2', 'FLT-3']),
  promised: { purchaseOrders: new Set(['FLT-1', 'FLT-2']), receipts: new Set(whole.receipts) },
}
const proofOf = (change: Partial<Facts>) => prove({ ...whole, ...change }, sendings)

test('when everything is there once and in turn, the proof names nothing', () => {
  expect(offenders(proofOf({}))).toBe(0)
})

test('an order that was acknowledged and is not there is lost', () => {
  const { lost } = proofOf({ orders: whole.orders.slice(1) })
  expect(lost).toEqual(['order FLT-1', 'the order of erp order:SO-000001'])
})

test('a delivery that was acknowledged and left no receipt is lost', () => {
  expect(proofOf({ receipts: whole.receipts.slice(0, 2) }).lost).toEqual([
    'receipt partner-json FLT-2-change-1',
  ])
})

test('a call that counts as done and had no effect is lost', () => {
  const effects = whole.effects.filter(({ system }) => system !== 'wms')
  expect(proofOf({ effects }).lost).toEqual(['effect wms pick:SO-000001-P1'])
})

test('an order closed here that the ERP never had is lost', () => {
  const effects = whole.effects.filter(({ key }) => key !== 'order:SO-000001')
  expect(proofOf({ effects }).lost).toContain('order SO-000001 at the ERP')
})

test('an order that is there twice is doubled', () => {
  const orders = [...whole.orders, kept('SO-000003', 'FLT-1')]
  expect(proofOf({ orders }).doubled).toEqual(['order FLT-1 x2'])
})

test('an effect that happened twice is doubled, but a webhook told again under one event id is not', () => {
  const effects = [...whole.effects, { system: 'wms', key: 'pick:SO-000001-P1' }]
  expect(proofOf({ effects }).doubled).toEqual(['effect wms pick:SO-000001-P1 x2'])
})

test('a receipt that is there twice is doubled', () => {
  const receipts = [...whole.receipts, 'partner-json FLT-1-order']
  expect(proofOf({ receipts }).doubled).toEqual(['receipt partner-json FLT-1-order x2'])
})

test('an order between two stages and whatever is left over are stuck', () => {
  const orders = whole.orders.map((order) =>
    order.purchaseOrderNumber === 'FLT-2' ? { ...order, stage: 'picking' } : order,
  )
  const leftovers = ['job advance-order active ord_1']
  expect(proofOf({ orders, leftovers }).stuck).toEqual([
    'job advance-order active ord_1',
    'order FLT-2 picking',
  ])
})

test('versions that reached the ERP out of turn, or not at all, are out of order', () => {
  expect(proofOf({ effects: whole.effects.toReversed() }).outOfOrder).toEqual([
    'order SO-000002 at the ERP: versions 2, 1',
  ])
  const effects = whole.effects.filter(({ key }) => !key.startsWith('order-change:'))
  expect(proofOf({ effects }).outOfOrder).toEqual([
    'order SO-000002 at the ERP: version 1 stands, ours is 2',
  ])
})

test('a later proof names only what earlier ones did not', () => {
  const proof = proofOf({ leftovers: ['job a', 'job b'] })
  expect(newOffenders(proof, new Set(['job a'])).stuck).toEqual(['job b'])
})
