import { expect, test } from 'vitest'
import { Shipment } from '../../canonical/shipment.ts'
import { readFulfilmentOrders, writeFulfilment } from './write-fulfilment.ts'

const each = (value: string) => ({ value, uom: 'EA' })
const item = { identifiers: [{ scheme: 'sku' as const, value: 'FAS-1001' }] }
const shipment = Shipment.parse({
  docType: 'shipment',
  currency: 'USD',
  shipmentNumber: 'SH-1',
  orderNumber: 'SO-1',
  shippedAt: '2026-11-20T15:00:00Z',
  carrier: 'UPS',
  trackingNumber: '1Z2345',
  references: [
    { qualifier: 'shop-line', value: '820982911946154508', line: '1' },
    { qualifier: 'shop-line', value: '518995019', line: '2' },
  ],
  lines: [
    { line: '1', item, shipped: each('3'), lot: 'A' },
    { line: '1', item, shipped: each('2'), lot: 'B' },
    { line: '2', item, shipped: each('1') },
  ],
})
const answer = (text: string) => readFulfilmentOrders(new TextEncoder().encode(text)) ?? []
const open = answer(`{"fulfillment_orders":[
  {"id":1046000829123456789,"status":"open","line_items":[
    {"id":1058737567,"line_item_id":820982911946154508,"quantity":4,"fulfillable_quantity":4},
    {"id":1058737568,"line_item_id":518995019,"quantity":1,"fulfillable_quantity":1}]},
  {"id":1046000830,"status":"open","line_items":[
    {"id":1058737569,"line_item_id":820982911946154508,"quantity":6,"fulfillable_quantity":6}]}]}`)

test('a shipment is told to the shop per fulfilment order, with ids exact to the digit', () => {
  const writing = writeFulfilment(shipment, open, { notifyCustomer: true })
  expect(writing).toEqual({
    outcome: 'written',
    body:
      '{"fulfillment":{"line_items_by_fulfillment_order":[' +
      '{"fulfillment_order_id":1046000829123456789,"fulfillment_order_line_items":[' +
      '{"id":1058737567,"quantity":4},{"id":1058737568,"quantity":1}]},' +
      '{"fulfillment_order_id":1046000830,"fulfillment_order_line_items":[{"id":1058737569,"quantity":1}]}],' +
      '"tracking_info":{"number":"1Z2345","company":"UPS"},"notify_customer":true}}',
  })
})

test('more than the shop has open is refused, naming the line', () => {
  const [first] = open
  expect(writeFulfilment(shipment, first === undefined ? [] : [first])).toMatchObject({
    outcome: 'refused',
    line: '1',
    message: 'The shop has 4 open on line 1, 5 were shipped.',
  })
})

test('a line the shop never sent cannot be told to it', () => {
  const unknownLine = { ...shipment, references: [] }
  expect(writeFulfilment(unknownLine, open)).toMatchObject({ outcome: 'refused', line: '1' })
})

test('an answer of the shop that is no list of fulfilment orders is not read as one', () => {
  const read = readFulfilmentOrders(new TextEncoder().encode('{"errors":"Not Found"}'))
  expect(read).toBeUndefined()
})
