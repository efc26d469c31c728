import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../testing/free-port.ts'
import { openErpSink } from './erp-sink.ts'
import { sinkClient } from './sink.ts'

let sink: Awaited<ReturnType<typeof openErpSink>>
beforeAll(async () => {
  sink = await openErpSink(await freePort())
})
afterAll(() => sink.stop())

const order = (number: string, purchaseOrder: string) =>
  JSON.stringify({ order_no: number, po_no: purchaseOrder, lines: [{}, {}] })
const post = (ledger: string, body: string) =>
  fetch(`${sink.url}/erp/${ledger}/orders`, { method: 'POST', body })
const lookUp = (ledger: string, number: string) =>
  fetch(`${sink.url}/erp/${ledger}/orders/${number}`)

test('the ERP counts an order as often as it comes, and each run by itself', async () => {
  for (const purchaseOrder of ['PO-r1-000001', 'PO-r1-000001', 'PO-r1-000002', 'PO-r2-000001'])
    expect((await post('a', order('SO-1', purchaseOrder))).status).toBe(201)
  const client = sinkClient(sink.url)
  expect(await client.stats('r1')).toMatchObject({ arrived: 3, unique: 2 })
  expect((await client.arrivals('r1')).map(([number, times]) => [number, times])).toEqual([
    ['PO-r1-000001', 2],
    ['PO-r1-000002', 1],
  ])
})

test('two houses that number their orders alike do not find each other’s', async () => {
  await post('b', order('SO-7', 'PO-r3-000001'))
  expect((await lookUp('b', 'SO-7')).status).toBe(200)
  expect((await lookUp('c', 'SO-7')).status).toBe(404)
})

test('an ERP that is away answers no order and no question, and counts none', async () => {
  const client = sinkClient(sink.url)
  await post('d', order('SO-8', 'PO-r4-000001'))
  await client.setMode({ isFailing: true })
  expect((await post('d', order('SO-9', 'PO-r4-000002'))).status).toBe(500)
  expect((await lookUp('d', 'SO-8')).status).toBe(500)
  await client.setMode({ isFailing: false })
  expect((await client.stats('r4')).unique).toBe(1)
  expect((await post('d', '{"order_no":"SO-10"}')).status).toBe(422)
})
