import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder, orderOnItsWay } from '../../testing/whole-order.ts'
import type { OrderState } from '../canonical/order-state.ts'
import { ReturnView } from '../canonical/views/return-view.ts'
import { asJson } from '../store/database.ts'

let door: TestDoor
let tenantId: string
let key: string
beforeAll(async () => {
  door = await openTestDoor()
  tenantId = await door.newTenant()
  key = await door.newKey(tenantId)
})
afterAll(() => door.close())

type Billed = {
  readonly quantityEach: number
  readonly amountMinor: number
  readonly taxMinor: number
}

const inTenant = (statement: ReturnType<typeof sql>) =>
  door.database.inTenant(tenantId, (tx) => tx.run(statement))

/** An order of one line, shipped and billed yesterday. */
async function billedOrder(
  { quantityEach, amountMinor, taxMinor }: Billed,
  change: Partial<OrderState> = {},
  unitPrice = '8.00',
) {
  const plain = orderOnItsWay()
  const [line] = plain.lines
  const [invoice] = plain.invoices
  if (line === undefined || invoice === undefined) throw new Error('The sample order is billed.')
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  const order = {
    ...plain,
    lines: [
      {
        ...line,
        unitPrice,
        lineAmountMinor: amountMinor,
        orderedEach: quantityEach,
        shippedEach: quantityEach,
        invoicedEach: quantityEach,
      },
    ],
    invoices: [
      {
        ...{ ...invoice, invoicedOn: yesterday },
        ...{ totalMinor: amountMinor + taxMinor, openMinor: amountMinor + taxMinor },
      },
    ],
    ...change,
  }
  await insertWholeOrder(door.database, tenantId, order)
  const paper = {
    docType: 'invoice',
    currency: 'USD',
    invoiceNumber: invoice.invoiceNumber,
    invoicedOn: yesterday,
    dueOn: '2027-01-31',
    orderNumber: order.orderNumber,
    purchaseOrderNumber: order.purchaseOrderNumber,
    lines: [
      {
        line: '1',
        item: line.item,
        quantity: { value: String(quantityEach), uom: 'EA' },
        unitPrice,
        lineAmountMinor: amountMinor,
      },
    ],
    taxes: taxMinor === 0 ? [] : [{ amountMinor: taxMinor }],
    linesTotalMinor: amountMinor,
    totalMinor: amountMinor + taxMinor,
  }
  await inTenant(sql`
    insert into document (document_id, tenant_id, direction, doc_type, number, canonical, status)
    values (${invoice.documentId}, ${tenantId}, 'out', 'invoice', ${invoice.invoiceNumber}, ${asJson(paper)}, 'sent')`)
  return { order, invoiceNumber: invoice.invoiceNumber, sku: line.sku ?? '' }
}

const post = (path: string, body: object) =>
  door.request(path, key, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

async function asked(invoiceNumber: string, change: object = {}) {
  const answer = await post('/v1/returns', {
    invoiceNumber,
    lines: [{ line: '1', quantityEach: 1, reason: 'no-longer-needed', ...change }],
  })
  expect(answer.status).toBe(201)
  return ReturnView.parse(await answer.json())
}

async function step(returnId: string, word: string, body: object) {
  const answer = await post(`/v1/returns/${returnId}/${word}`, body)
  expect([word, answer.status]).toEqual([word, 200])
  return ReturnView.parse(await answer.json())
}

const reason = { reason: 'As agreed on the phone.' }

async function inspected(returnId: string, quantityEach: number) {
  await step(returnId, 'authorise', reason)
  await step(returnId, 'receive', { lines: [{ line: '1', quantityEach }] })
  return step(returnId, 'inspect', { lines: [{ line: '1', quantityEach }] })
}

test('R2_refund: a return is asked for, authorised, received, inspected and credited 30.00 + 1.88 tax', async () => {
  const { invoiceNumber, order } = await billedOrder(
    { quantityEach: 1, amountMinor: 3_334, taxMinor: 188 },
    { allowanceMinor: 334 },
  )
  const requested = await asked(invoiceNumber)
  expect(requested.status).toBe('requested')
  expect(requested.lines[0]?.eligibility).toMatchObject({ decision: 'propose', kind: 'ELIGIBLE' })
  expect(requested.lines[0]?.credit?.simple.totalMinor).toBe(3_188)
  await inspected(requested.returnId, 1)
  const credited = await step(requested.returnId, 'credit', reason)
  expect(credited.status).toBe('credited')
  expect(credited.creditNote).toMatchObject({
    netMinor: 3_000,
    taxMinor: 188,
    totalMinor: 3_188,
    openMinor: 3_188,
    status: 'open',
    customerNumber: order.customerNumber,
  })
  const timeline = await door.database.inTenant(tenantId, (tx) =>
    tx.rows<{ kind: string }>(sql`
      select kind from event where order_id = ${order.orderId} and kind like 'return.%' order by event_id`),
  )
  expect(timeline.map(({ kind }) => kind)).toEqual([
    'return.requested',
    'return.authorised',
    'return.received',
    'return.inspected',
    'return.credited',
  ])
})

test('R1_return: with brackets both credits are shown and a person chooses one', async () => {
  const { invoiceNumber, sku, order } = await billedOrder({
    quantityEach: 600,
    amountMinor: 480_000,
    taxMinor: 0,
  })
  await inTenant(
    sql`update order_line set price_source = 'list:BRACKETS' where order_id = ${order.orderId}`,
  )
  for (const [from, price] of [
    [1, '10'],
    [100, '9'],
    [500, '8'],
  ] as const)
    await inTenant(sql`
      insert into price (tenant_id, price_list_id, sku, minimum_quantity, unit_price)
      values (${tenantId}, 'BRACKETS', ${sku}, ${from}::int, ${price}::text::numeric)`)
  const { returnId } = await asked(invoiceNumber, { quantityEach: 150 })
  const ready = await inspected(returnId, 150)
  const credit = ready.lines[0]?.credit
  expect(credit?.simple.totalMinor).toBe(120_000)
  expect(credit?.rerated?.totalMinor).toBe(75_000)
  expect(credit?.decision).toBe('propose')
  const credited = await step(returnId, 'credit', { way: 'rerated', ...reason })
  expect(credited.creditNote?.totalMinor).toBe(75_000)
})

test('only what inspection accepted is credited, and the last return takes the remainder', async () => {
  const { invoiceNumber } = await billedOrder({ quantityEach: 3, amountMinor: 1_000, taxMinor: 63 })
  const credits: number[] = []
  for (const accepted of [1, 2]) {
    const { returnId } = await asked(invoiceNumber, { quantityEach: accepted })
    await inspected(returnId, accepted)
    const { creditNote } = await step(returnId, 'credit', reason)
    credits.push(creditNote?.totalMinor ?? 0)
  }
  expect(credits).toEqual([354, 709])
})

test('what the rules refuse is rejected at once, with every reason', async () => {
  const { invoiceNumber } = await billedOrder({ quantityEach: 2, amountMinor: 1_000, taxMinor: 0 })
  const refused = await asked(invoiceNumber, { quantityEach: 5, condition: 'used' })
  expect(refused.status).toBe('rejected')
  const texts = refused.lines[0]?.eligibility.evidence
    .filter(({ weighs }) => weighs === 'against')
    .map(({ text }) => text)
  expect(texts).toEqual([
    '5 cannot come back: 2 were billed and 0 are returned or on their way.',
    'Taken back unopened only, not used.',
  ])
})

test('goods on their way back cannot be returned twice', async () => {
  const { invoiceNumber } = await billedOrder({ quantityEach: 2, amountMinor: 1_000, taxMinor: 0 })
  await asked(invoiceNumber, { quantityEach: 2 })
  const again = await asked(invoiceNumber, { quantityEach: 1 })
  expect(again.lines[0]?.eligibility.kind).toBe('TOO_MANY')
})

test('a damaged delivery opens a dispute with X12 code 04 that ends with the return', async () => {
  const { invoiceNumber } = await billedOrder({ quantityEach: 2, amountMinor: 1_000, taxMinor: 0 })
  const { returnId } = await asked(invoiceNumber, { reason: 'damaged', condition: 'damaged' })
  const dispute = async () => {
    const rows = await door.database.inTenant(tenantId, (tx) =>
      tx.rows<object>(sql`
        select code, status, amount_minor as "amountMinor" from invoice_dispute
        where invoice_number = ${invoiceNumber}`),
    )
    return rows
  }
  expect(await dispute()).toEqual([{ code: '04', status: 'open', amountMinor: 500 }])
  await inspected(returnId, 1)
  const { creditNote } = await step(returnId, 'credit', reason)
  expect(creditNote?.reasonCode).toBe('04')
  expect(await dispute()).toEqual([{ code: '04', status: 'accepted', amountMinor: 500 }])
})

test('a return never jumps a step, counts no more than came, and is found by its number', async () => {
  const { invoiceNumber } = await billedOrder({ quantityEach: 2, amountMinor: 1_000, taxMinor: 0 })
  const { returnId, returnNumber } = await asked(invoiceNumber, { quantityEach: 2 })
  const jumped = await post(`/v1/returns/${returnId}/credit`, reason)
  expect(jumped.status).toBe(409)
  expect(await jumped.text()).toContain('can be authorised or rejected next')
  await step(returnId, 'authorise', reason)
  const lines = (quantityEach: number) => ({ lines: [{ line: '1', quantityEach }] })
  expect((await post(`/v1/returns/${returnId}/receive`, lines(3))).status).toBe(422)
  await step(returnId, 'receive', lines(1))
  expect((await post(`/v1/returns/${returnId}/inspect`, lines(2))).status).toBe(422)
  await step(returnId, 'inspect', lines(0))
  expect((await post(`/v1/returns/${returnId}/credit`, reason)).status).toBe(409)
  const rejected = await step(returnId, 'reject', reason)
  expect(rejected.status).toBe('rejected')
  expect((await door.request(`/v1/returns/${returnNumber}`, key)).status).toBe(200)
  const list = await door.request(`/v1/returns?invoice=${invoiceNumber}`, key)
  expect(await list.json()).toMatchObject({ items: [{ returnId, status: 'rejected' }] })
})

test('two returns of the last piece at once: one is asked for, the other refused', async () => {
  const { invoiceNumber } = await billedOrder({ quantityEach: 1, amountMinor: 1_000, taxMinor: 0 })
  const both = await Promise.all([asked(invoiceNumber), asked(invoiceNumber)])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['rejected', 'requested'])
})

test('an unknown invoice, line or reason is told apart', async () => {
  const body = { lines: [{ line: '9', quantityEach: 1, reason: 'damaged' }] }
  const { invoiceNumber } = await billedOrder({ quantityEach: 1, amountMinor: 1_000, taxMinor: 0 })
  expect((await post('/v1/returns', { invoiceNumber: 'INV-0', ...body })).status).toBe(404)
  expect((await post('/v1/returns', { invoiceNumber, ...body })).status).toBe(422)
  const odd = await asked(invoiceNumber, { reason: 'colour' })
  expect(odd.lines[0]?.eligibility.kind).toBe('UNKNOWN_REASON')
})

test('an invoice that was never sent is returned by the lines of its order, as long as it is the only one', async () => {
  const { invoiceNumber, order } = await billedOrder({
    quantityEach: 2,
    amountMinor: 1_000,
    taxMinor: 0,
  })
  const [invoice] = order.invoices
  await inTenant(sql`delete from document where document_id = ${invoice?.documentId ?? ''}`)
  const requested = await asked(invoiceNumber, { quantityEach: 1 })
  expect(requested.lines[0]?.credit?.simple.totalMinor).toBe(500)
  await inTenant(sql`
    insert into invoice (invoice_id, tenant_id, invoice_number, order_id, customer_number, currency, total_minor,
      open_minor, invoiced_on, due_on, status, document_id)
    values (${`${invoice?.invoiceId}-2`}, ${tenantId}, ${`${invoiceNumber}-2`}, ${order.orderId}, 'C-1', 'USD', 1, 1,
      '2026-11-22'::text::date, '2026-12-22'::text::date, 'open', 'history')`)
  const body = { invoiceNumber, lines: [{ line: '1', quantityEach: 1, reason: 'damaged' }] }
  expect((await post('/v1/returns', body)).status).toBe(409)
})
