import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allOpen, paymentOf, purchaseOrder, shipmentOf } from '../../testing/flow-papers.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { verifyEvents } from '../services/verify.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8')

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

test('an order in X12 goes all the way: released, picked, shipped, billed, paid and closed, with 997, 855, 856 and 810', async () => {
  const trade = await world.newTrade()
  const answer = await trade.deliver('x12', fixture('x12/northwind-850-4471.x12'))
  expect(answer.status).toBe(202)
  await world.settle()
  const released = await trade.order('NW-4471')
  expect(released.stage).toBe('picking')
  expect(released.erpId).toMatch(/^erp-/)
  await trade.send(shipmentOf(released, 'SH-1', allOpen(released)))
  const billed = await trade.order('NW-4471')
  expect(billed.stage).toBe('invoiced')
  const [invoice] = billed.invoices
  expect(invoice?.totalMinor).toBe(16_340)
  const { invoiceNumber = '', totalMinor = 0 } = invoice ?? {}
  await trade.send(
    paymentOf('PAY-1', totalMinor, [{ invoiceNumber, paidMinor: totalMinor }]),
    'bank',
  )
  const closed = await trade.order('NW-4471')
  expect(closed.stage).toBe('closed')
  expect(
    trade
      .arrived()
      .map((call) => call.operation)
      .sort(),
  ).toEqual([
    'erp.create-order',
    'erp.post-invoice',
    'erp.post-payment',
    'partner.acknowledgement',
    'partner.invoice',
    'partner.ship-notice',
    // The interchange asks for a TA1, and its group gets a 997.
    'partner.technical-acknowledgement',
    'partner.technical-acknowledgement',
    'wms.request-pick',
  ])
  const timeline = await trade.timeline(closed.orderId)
  const milestones = [
    'order.received',
    'order.validated',
    'order.release-requested',
    'order.released',
    'pick.requested',
    'order.shipped',
    'invoice.issued',
    'payment.applied',
    'order.closed',
  ]
  expect(timeline.filter((kind) => milestones.includes(kind))).toEqual(milestones)
  const { tenantId } = trade
  const verified = await verifyEvents(world.database, { tenantIds: [tenantId] })
  expect(verified.broken).toEqual([])
})

test('a shop order is shipped, the shop is told of the fulfilment, and nothing else is sent to it', async () => {
  const trade = await world.newTrade({ shop: {}, json: {}, erp: {}, wms: {} })
  const answer = await trade.shop('orders/create', fixture('shopify/1003-create.json'), 'w-1')
  expect(answer.status).toBe(200)
  await world.settle()
  const order = await trade.order('MH-0917')
  expect(order).toMatchObject({ stage: 'picking', customerNumber: 'C-10020' })
  await trade.send(shipmentOf(order, 'SH-1', allOpen(order)))
  expect(trade.arrived('shop.fulfilment')).toHaveLength(1)
  expect(trade.arrived('partner.acknowledgement')).toEqual([])
})

test('an order is released only when the ERP has answered, and held for a person when it refuses', async () => {
  const trade = await world.newTrade()
  trade.answer((call) =>
    call.operation === 'erp.create-order'
      ? {
          outcome: 'refused',
          errorClass: 'BUSINESS_RULE',
          code: 'X1',
          message: 'Customer is on stop.',
        }
      : undefined,
  )
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 2 }]))
  const order = await trade.order('PO-1')
  expect(order.releasedAt).toBeUndefined()
  expect(order.stage).toBe('held')
  expect(trade.arrived()).toEqual([])
})
