import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allOpen, purchaseOrder, shipmentOf } from '../../testing/flow-papers.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { returnsService } from './returns.ts'

let world: FlowWorld
beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

test('goods of an order that went the whole way come back with their share of the tax, freight left alone', async () => {
  const trade = await world.newTrade()
  const order = purchaseOrder('PO-R1', [{ sku: 'PMP-1003', quantity: 4 }], {
    allowancesCharges: [{ kind: 'charge', code: 'freight', amountMinor: 2_500 }],
    taxes: [{ amountMinor: 5_625 }],
  })
  await trade.send(order)
  const released = await trade.order('PO-R1')
  await trade.send(shipmentOf(released, 'SH-R1', allOpen(released)))
  const [invoice] = (await trade.order('PO-R1')).invoices
  const invoiceNumber = invoice?.invoiceNumber ?? ''
  const returns = returnsService({ database: world.database, queue: world.queue })
  const dana = { tenantId: trade.tenantId, actor: 'key:Dana' }
  const lines = [{ line: '1', quantityEach: 1, reason: 'damaged', condition: 'damaged' as const }]
  const asked = await returns.request(dana, { invoiceNumber, lines })
  const reference = asked?.returnNumber ?? ''
  expect(asked?.status).toBe('requested')
  await returns.decide(dana, { reference, to: 'authorised', reason: 'Photos seen.' })
  const one = { reference, lines: [{ line: '1', quantityEach: 1 }] }
  await returns.count(dana, { ...one, to: 'received' })
  await returns.count(dana, { ...one, to: 'inspected' })
  const credited = await returns.credit(dana, { reference, reason: 'Broken housing.' })
  // A quarter of 1,000.00 and of the tax.
  expect(credited?.creditNote).toMatchObject({
    netMinor: 25_000,
    taxMinor: 1_406,
    totalMinor: 26_406,
    reasonCode: '04',
  })
  await world.settle()
  const number = credited?.creditNote?.creditNoteNumber ?? ''
  expect(trade.arrived('erp.post-credit-note')).toMatchObject([
    {
      idempotencyKey: expect.stringContaining(`:credit-note:${number}`),
      document: {
        ...{ creditNoteNumber: number, invoiceNumber, purchaseOrderNumber: 'PO-R1' },
        ...{ netMinor: 25_000, taxMinor: 1_406, feeMinor: 0, totalMinor: 26_406, reasonCode: '04' },
        lines: [{ line: '1', sku: 'PMP-1003', quantityEach: 1, netMinor: 25_000, taxMinor: 1_406 }],
      },
    },
  ])
  expect(await trade.timeline(released.orderId)).toEqual(
    expect.arrayContaining(['return.credited', 'transaction.succeeded']),
  )
  const reviews = await trade.inTenant((tx) =>
    tx.rows<{ cause: string }>(
      sql`select cause from credit_review where cause like 'credit-note%'`,
    ),
  )
  expect(reviews).toHaveLength(1)
})

test('a credit note goes to the ERP once; one that it refuses is a failed call on the timeline, and a buyer with a listener hears of it', async () => {
  const trade = await world.newTrade({
    json: { cancelWindowSeconds: 0, repliesTo: 'webhook' },
    webhook: {},
    erp: {},
    wms: {},
  })
  await trade.send(purchaseOrder('PO-R2', [{ sku: 'PMP-1003', quantity: 2 }]))
  const released = await trade.order('PO-R2')
  await trade.send(shipmentOf(released, 'SH-R2', allOpen(released)))
  const [invoice] = (await trade.order('PO-R2')).invoices
  const returns = returnsService({ database: world.database, queue: world.queue })
  const dana = { tenantId: trade.tenantId, actor: 'key:Dana' }
  const lines = [{ line: '1', quantityEach: 1, reason: 'damaged', condition: 'damaged' as const }]
  const asked = await returns.request(dana, { invoiceNumber: invoice?.invoiceNumber ?? '', lines })
  const reference = asked?.returnNumber ?? ''
  await returns.decide(dana, { reference, to: 'authorised', reason: 'Photos seen.' })
  for (const to of ['received', 'inspected'] as const)
    await returns.count(dana, { reference, to, lines: [{ line: '1', quantityEach: 1 }] })
  trade.answer(({ operation }) =>
    operation === 'erp.post-credit-note'
      ? {
          ...{ outcome: 'refused', errorClass: 'BUSINESS_RULE', code: 'account_period_closed' },
          message: 'The period is closed.',
        }
      : undefined,
  )
  await returns.credit(dana, { reference, reason: 'Broken housing.' })
  await expect(returns.credit(dana, { reference, reason: 'Again.' })).rejects.toMatchObject({
    problem: 'wrong-return-state',
  })
  await world.settle()
  const calls = await trade.inTenant((tx) =>
    tx.rows(sql`
      select natural_key as number, status, error_code as code from transaction
      where operation = 'erp.post-credit-note'`),
  )
  expect(calls).toEqual([{ number: 'CN-000001', status: 'failed', code: 'account_period_closed' }])
  expect(await trade.timeline(released.orderId)).toContain('transaction.failed')
  expect(trade.arrived('webhook.event').at(-1)?.document).toMatchObject({
    eventType: 'order.credited',
    data: { docType: 'credit-note', creditNoteNumber: 'CN-000001', totalMinor: 25_000 },
  })
})
