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
  const returns = returnsService({ database: world.database })
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
  const reviews = await trade.inTenant((tx) =>
    tx.rows<{ cause: string }>(
      sql`select cause from credit_review where cause like 'credit-note%'`,
    ),
  )
  expect(reviews).toHaveLength(1)
})
