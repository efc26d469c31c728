import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type FlowWorld,
  openFlowWorld,
  paymentOf,
  purchaseOrder,
  shipmentOf,
} from '../../testing/flow-world.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

test('an order in X12 goes all the way: released, picked, shipped, billed, paid and closed, with 997, 855, 856 and 810', async () => {
  const trade = await world.newTrade()
  const interchange = readFileSync(
    new URL('../../fixtures/x12/northwind-850-4471.x12', import.meta.url),
    'utf8',
  )
  const answer = await trade.deliver('x12', interchange)
  expect(answer.status).toBe(202)
  await world.settle()
  const released = await trade.order('NW-4471')
  expect(released.stage).toBe('picking')
  expect(released.erpId).toBe('erp-2')
  await trade.send(
    shipmentOf(
      released,
      'SH-1',
      released.lines.map(({ line, orderedEach }) => ({ line, quantityEach: orderedEach })),
    ),
  )
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
  expect(trade.arrived().map((call) => call.operation)).toEqual([
    'partner.technical-acknowledgement',
    'erp.create-order',
    'partner.acknowledgement',
    'wms.request-pick',
    'partner.ship-notice',
    'erp.post-invoice',
    'partner.invoice',
    'erp.post-payment',
  ])
  expect(await trade.timeline(closed.orderId)).toEqual(expect.arrayContaining(['order.received']))
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
