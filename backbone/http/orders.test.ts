import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder, orderOnItsWay } from '../../testing/whole-order.ts'
import { InvoiceView } from '../canonical/views/invoice-view.ts'
import { OrderSummary, OrderView } from '../canonical/views/order-view.ts'
import { PaymentView } from '../canonical/views/payment-view.ts'
import { QuarantineView, ReceiptView } from '../canonical/views/receipt-view.ts'
import { isPartlyDone } from '../policies/order-stage.ts'
import { pageOf } from './router.ts'

let door: TestDoor
beforeAll(async () => {
  door = await openTestDoor()
})
afterAll(() => door.close())

async function tenantWithKey(): Promise<{ tenantId: string; key: string }> {
  const tenantId = await door.newTenant()
  return { tenantId, key: await door.newKey(tenantId, { role: 'viewer' }) }
}

test('an order is shown whole, by its id and by its number', async () => {
  const { tenantId, key } = await tenantWithKey()
  const { order, transactionId, paymentId } = await insertWholeOrder(door.database, tenantId)
  const answer = await door.request(`/v1/orders/${order.orderNumber}`, key)
  expect(answer.status).toBe(200)
  const shown = OrderView.parse(await answer.json())
  expect(shown).toMatchObject({
    orderId: order.orderId,
    stage: 'picking',
    isPartly: true,
    activeHolds: ['MANUAL'],
    lines: [
      { orderedEach: 2, cancelledEach: 0, allocatedEach: 1, shippedEach: 1, invoicedEach: 1 },
    ],
    holds: [{ type: 'MANUAL', blocks: ['ship'] }],
    timeline: [{ kind: 'order.received', orderEventNo: 1 }],
    documents: [{ docType: 'order', direction: 'in' }],
    transactions: [{ transactionId, status: 'failed' }],
    picks: [{ warehouse: 'DAL' }],
    shipments: [{ carrier: 'UPSN' }],
    invoices: [{ openMinor: 190, status: 'partly-paid' }],
    payments: [{ paymentId, applications: [{ appliedMinor: 1000 }] }],
    findings: [{ kind: 'price-mismatch' }],
  })
  const byId = await door.request(`/v1/orders/${order.orderId}`, key)
  expect(OrderView.parse(await byId.json())).toEqual(shown)
})

test('an order is found by any number it goes by, and by none of another', async () => {
  const { tenantId, key } = await tenantWithKey()
  const { order } = await insertWholeOrder(door.database, tenantId)
  await insertWholeOrder(door.database, tenantId)
  const [line] = order.lines
  const [invoice] = order.invoices
  const references = [
    order.orderNumber,
    order.orderNumber.toLowerCase(),
    order.purchaseOrderNumber,
    order.purchaseOrderNumber.replaceAll('-', ' '),
    order.customerNumber,
    line?.sku,
    invoice?.invoiceNumber,
  ]
  for (const reference of references) {
    const answer = await door.request(`/v1/orders?q=${encodeURIComponent(reference ?? '')}`, key)
    const page = pageOf(OrderSummary).parse(await answer.json())
    expect(page.items.map((item) => item.orderId)).toEqual([order.orderId])
  }
})

test('pages of orders give every order once, the newest first, even of one moment or microseconds apart', async () => {
  const { tenantId, key } = await tenantWithKey()
  const numbers: string[] = []
  for (let index = 0; index < 7; index += 1) {
    const receivedAt = `2026-11-02T09:00:00.000${Math.floor(index / 2)}00Z`
    const { order } = await insertWholeOrder(door.database, tenantId, orderOnItsWay({ receivedAt }))
    numbers.push(order.orderNumber)
  }
  const seen: OrderSummary[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const next: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const answer = await door.request(`/v1/orders?limit=2${next}`, key)
    const page = pageOf(OrderSummary).parse(await answer.json())
    seen.push(...page.items)
    cursor = page.nextCursor
  }
  expect(seen.map((item) => item.orderNumber).sort()).toEqual(numbers.sort())
  const moments = seen.map((item) => item.receivedAt)
  expect(moments).toEqual([...moments].sort().reverse())
})

test('a cursor that was not given out for this list and tenant is refused', async () => {
  const { tenantId, key } = await tenantWithKey()
  for (let index = 0; index < 2; index += 1) await insertWholeOrder(door.database, tenantId)
  const first = await door.request('/v1/orders?limit=1', key)
  const { nextCursor } = z.object({ nextCursor: z.string() }).parse(await first.json())
  const stranger = await tenantWithKey()
  const tries = [
    ['/v1/orders', stranger.key, nextCursor],
    ['/v1/invoices', key, nextCursor],
    ['/v1/orders', key, `${nextCursor.slice(0, -2)}AA`],
    ['/v1/orders', key, 'x'],
  ] as const
  for (const [path, by, cursor] of tries) {
    const answer = await door.request(`${path}?cursor=${cursor}`, by)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ type: 'urn:quittance:problem:bad-cursor' })
  }
})

test('orders are filtered by stage, customer, day and hold', async () => {
  const { tenantId, key } = await tenantWithKey()
  const held = orderOnItsWay({
    stage: 'held',
    receivedAt: '2026-10-01T00:00:00.000Z',
    holds: [
      {
        holdId: 'hld_of_price',
        type: 'PRICE',
        blocks: ['release'],
        reason: 'The price is above the tolerance.',
        causeKey: 'price:1',
        conditions: {},
        placedAt: '2026-10-01T00:00:01.000Z',
        placedBy: 'order-flow',
      },
    ],
  })
  await insertWholeOrder(door.database, tenantId, held)
  const { order: other } = await insertWholeOrder(door.database, tenantId)
  const found = async (query: string) => {
    const answer = await door.request(`/v1/orders?${query}`, key)
    return pageOf(OrderSummary)
      .parse(await answer.json())
      .items.map((item) => item.orderId)
  }
  expect(await found('stage=held')).toEqual([held.orderId])
  expect(await found('held=true')).toEqual([held.orderId])
  expect(await found('held=false')).toEqual([other.orderId])
  expect(await found(`customer=${other.customerNumber}`)).toEqual([other.orderId])
  expect(await found('until=2026-10-15T00:00:00Z')).toEqual([held.orderId])
  expect(await found('since=2026-10-15T00:00:00Z')).toEqual([other.orderId])
  const wrong = await door.request('/v1/orders?stage=lost&limit=0', key)
  expect(wrong.status).toBe(400)
  expect(await wrong.json()).toMatchObject({ details: [{ path: 'limit' }, { path: 'stage' }] })
})

test('the list says "partly" exactly when the policy does', async () => {
  const { tenantId, key } = await tenantWithKey()
  for (const stage of ['received', 'released', 'picking', 'shipped', 'invoiced', 'paid'] as const)
    for (const isBegun of [true, false]) {
      const whole = orderOnItsWay({ stage })
      const untouched = {
        lines: whole.lines.map((line) => ({ ...line, shippedEach: 0, invoicedEach: 0 })),
        invoices: whole.invoices.map((invoice) => ({ ...invoice, openMinor: invoice.totalMinor })),
      }
      const order = isBegun ? whole : { ...whole, ...untouched }
      await insertWholeOrder(door.database, tenantId, order)
      const answer = await door.request(`/v1/orders/${order.orderId}`, key)
      expect(OrderView.parse(await answer.json()).isPartly).toBe(isPartlyDone(order))
    }
})

test('invoices, payments and unapplied money are listed with what belongs to them', async () => {
  const { tenantId, key } = await tenantWithKey()
  const { order, paymentId } = await insertWholeOrder(door.database, tenantId)
  const [invoice] = order.invoices
  const invoices = await door.request(
    `/v1/invoices?order=${order.orderNumber}&status=partly-paid`,
    key,
  )
  expect(pageOf(InvoiceView).parse(await invoices.json()).items).toMatchObject([
    { invoiceNumber: invoice?.invoiceNumber, orderNumber: order.orderNumber, openMinor: 190 },
  ])
  const one = await door.request(`/v1/invoices/${invoice?.invoiceNumber}`, key)
  expect(InvoiceView.parse(await one.json()).invoiceId).toBe(invoice?.invoiceId)
  const overdue = await door.request('/v1/invoices?dueBefore=2026-11-30', key)
  expect(await overdue.json()).toEqual({ items: [], nextCursor: null })
  for (const path of ['/v1/payments', '/v1/cash/unapplied']) {
    const answer = await door.request(path, key)
    expect(pageOf(PaymentView).parse(await answer.json()).items).toMatchObject([
      { paymentId, unappliedMinor: 500, applications: [{ invoiceNumber: invoice?.invoiceNumber }] },
    ])
  }
})

test('a receipt says what became of a delivery, and its bytes come back exactly, as a download', async () => {
  const { tenantId, key } = await tenantWithKey()
  const { order, receiptId } = await insertWholeOrder(door.database, tenantId)
  const answer = await door.request(`/v1/receipts/${receiptId}`, key)
  expect(ReceiptView.parse(await answer.json())).toMatchObject({
    receiptId,
    status: 'read',
    documents: [{ documentId: order.documentId, orderId: order.orderId }],
  })
  for (const id of [receiptId, order.documentId]) {
    const raw = await door.request(`/v1/documents/${id}/raw`, key)
    expect(await raw.text()).toBe(`ISA*00*${order.purchaseOrderNumber}~`)
    expect(raw.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(raw.headers.get('content-disposition')).toContain('attachment')
    expect(raw.headers.get('x-content-type-options')).toBe('nosniff')
  }
  const quarantine = await door.request('/v1/quarantine?status=open', key)
  expect(pageOf(QuarantineView).parse(await quarantine.json()).items).toMatchObject([{ receiptId }])
})
