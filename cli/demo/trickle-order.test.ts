import { expect, test } from 'vitest'
import { readJson } from '../../backbone/documents/json/read-json.ts'
import type { Reading } from '../../backbone/documents/reading.ts'
import { readShopify } from '../../backbone/documents/shopify/read-shopify.ts'
import { readX12 } from '../../backbone/documents/x12/read-x12.ts'
import { type TrickleOrder, trickleOrders } from './trickle-order.ts'

const start = Date.parse('2026-11-22T09:00:00Z')
const next = trickleOrders('2026-11-22')
const orders = Array.from({ length: 240 }, (_, turn) => next(turn, new Date(start + turn * 5_000)))

function readOrder({ channel, text, topic = '' }: TrickleOrder): Reading {
  const raw = Buffer.from(text)
  if (channel === 'x12') return readX12(raw, { defaultCurrency: 'USD' })
  if (channel === 'json') return readJson(raw)
  const headers = { topic, shopDomain: 'meridian-industrial.myshopify.example' }
  return readShopify(raw, headers, { defaultCurrency: 'USD' })
}

test('every demo order is read without a finding, has one to four lines, and is in turn by X12, shop and JSON', () => {
  expect(orders.slice(0, 4).map(({ channel }) => channel)).toEqual([
    ...['x12', 'shopify', 'json', 'x12'],
  ])
  for (const order of orders) {
    const reading = readOrder(order)
    expect([order.text, reading.findings]).toEqual([order.text, []])
    expect(reading.documents).toHaveLength(1)
    const [document] = reading.documents
    if (document?.docType !== 'order') throw new Error('An order was expected.')
    expect(document.purchaseOrderNumber).toBe(order.purchaseOrderNumber)
    expect(document.lines.length).toBeGreaterThanOrEqual(1)
    expect(document.lines.length).toBeLessThanOrEqual(4)
  }
})

test('no two demo orders have the same number, and a later run takes up no number of an earlier one', () => {
  const laterRun = trickleOrders('2026-11-22')(0, new Date(start + 240 * 5_000))
  const numbers = [...orders, laterRun].map(({ purchaseOrderNumber }) => purchaseOrderNumber)
  expect(new Set(numbers).size).toBe(numbers.length)
})

test('now and then a demo order names a product nobody has', () => {
  const odd = orders.filter(({ text }) => text.includes('FAS-9999'))
  expect(odd).toHaveLength(10)
})
