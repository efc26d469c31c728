import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allOpen, paymentOf, purchaseOrder, shipmentOf } from '../../testing/flow-papers.ts'
import type { Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { customerFile } from '../store/master-data/customer-file.ts'

const addDays = (date: string, days: number) =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10)

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

/** An order that has left and is billed: four pumps, 1,000.00 in one invoice. */
async function billed(trade: Trade, number: string, quantity = 4) {
  await trade.send(purchaseOrder(number, [{ sku: 'PMP-1003', quantity }]))
  const order = await trade.order(number)
  await trade.send(shipmentOf(order, `SH-${number}`, allOpen(order)))
  const [invoice] = (await trade.order(number)).invoices
  if (invoice === undefined) throw new Error('It was not billed.')
  return invoice
}

async function unapplied(trade: Trade) {
  const rows = await trade.inTenant((tx) =>
    tx.rows<{ number: string; left: number }>(
      sql`select payment_number as number, unapplied_minor as left from payment order by payment_number, connection_id`,
    ),
  )
  return rows.map((row) => [row.number, row.left])
}

test('a payment reported twice is counted once', async () => {
  const trade = await world.newTrade()
  const { invoiceNumber } = await billed(trade, 'PO-1')
  const paper = paymentOf('PAY-1', 60_000, [{ invoiceNumber, paidMinor: 60_000 }])
  await trade.send([paper, { ...paper, notes: [{ text: 'Second statement.' }] }], 'bank')
  expect((await trade.order('PO-1')).invoices).toMatchObject([{ openMinor: 40_000 }])
  expect((await trade.documents()).map((row) => row.status).slice(-2)).toEqual([
    'applied',
    'duplicate',
  ])
  expect(trade.arrived('erp.post-payment')).toHaveLength(1)
})

test('money for an invoice that is not known yet is kept as unapplied, and applied when the invoice is there', async () => {
  const trade = await world.newTrade()
  await trade.send(
    paymentOf('PAY-1', 100_000, [{ invoiceNumber: 'INV-000001', paidMinor: 100_000 }]),
    'bank',
  )
  expect(await unapplied(trade)).toEqual([['PAY-1', 100_000]])
  await billed(trade, 'PO-1')
  expect((await trade.order('PO-1')).stage).toBe('closed')
  expect(await unapplied(trade)).toEqual([['PAY-1', 0]])
})

test('money that waits for one of its invoices is not put to the other ones twice', async () => {
  const trade = await world.newTrade()
  const first = await billed(trade, 'PO-1')
  await trade.send(
    paymentOf('PAY-1', 110_000, [
      { invoiceNumber: first.invoiceNumber, paidMinor: 50_000 },
      { invoiceNumber: 'INV-000002', paidMinor: 60_000 },
    ]),
    'bank',
  )
  expect(await unapplied(trade)).toEqual([['PAY-1', 60_000]])
  await billed(trade, 'PO-2')
  expect((await trade.order('PO-1')).invoices).toMatchObject([{ openMinor: 50_000 }])
  expect((await trade.order('PO-2')).invoices).toMatchObject([{ openMinor: 40_000 }])
  expect(await unapplied(trade)).toEqual([['PAY-1', 0]])
})

test('a remittance that names an invoice on two lines pays it their sum', async () => {
  const trade = await world.newTrade()
  const { invoiceNumber } = await billed(trade, 'PO-1')
  const half = { invoiceNumber, paidMinor: 50_000 }
  await trade.send(paymentOf('PAY-1', 100_000, [half, half]), 'bank')
  expect((await trade.order('PO-1')).stage).toBe('closed')
  expect(await unapplied(trade)).toEqual([['PAY-1', 0]])
})

test('two banks may use the same payment number', async () => {
  const trade = await world.newTrade()
  const one = await billed(trade, 'PO-1')
  const two = await billed(trade, 'PO-2')
  const pay = (invoiceNumber: string) =>
    paymentOf('PAY-1', 100_000, [{ invoiceNumber, paidMinor: 100_000 }])
  await trade.hand(pay(one.invoiceNumber), 'bank')
  await trade.hand(pay(two.invoiceNumber), 'json')
  await world.settle()
  expect((await trade.order('PO-1')).stage).toBe('closed')
  expect((await trade.order('PO-2')).stage).toBe('closed')
})

test('a discount taken in time and a cent too little both settle the invoice; a late discount leaves it open', async () => {
  const trade = await world.newTrade()
  await trade.inTenant(async (tx) => {
    const [known] = await customerFile.load(tx, ['C-10001'])
    const terms = { netDays: 30, discountPercent: '2', discountDays: 10 }
    if (known !== undefined) await customerFile.write(tx, [{ ...known.document, terms }])
  })
  const early = await billed(trade, 'PO-1')
  expect(early.discountMinor).toBe(2_000)
  const late = await billed(trade, 'PO-2')
  const small = await billed(trade, 'PO-3')
  const pay = (number: string, invoiceNumber: string, paidMinor: number, bookedOn: string) =>
    paymentOf(number, paidMinor, [{ invoiceNumber, paidMinor }], { bookedOn })
  await trade.send(
    [
      pay('PAY-1', early.invoiceNumber, 98_000, addDays(early.invoicedOn, 10)),
      pay('PAY-2', late.invoiceNumber, 98_000, addDays(late.invoicedOn, 11)),
      pay('PAY-3', small.invoiceNumber, 99_999, addDays(small.invoicedOn, 20)),
    ],
    'bank',
  )
  expect((await trade.order('PO-1')).stage).toBe('closed')
  expect((await trade.order('PO-2')).invoices).toMatchObject([{ openMinor: 2_000 }])
  expect((await trade.order('PO-3')).stage).toBe('closed')
  expect(trade.arrived('erp.post-payment').map((call) => call.document)).toMatchObject([
    { applications: [{ appliedMinor: 98_000, discountMinor: 2_000 }] },
    { applications: [{ appliedMinor: 98_000, discountMinor: 0 }] },
    { applications: [{ appliedMinor: 99_999, discountMinor: 0, writeOffMinor: 1 }] },
  ])
})

test('what is paid too much stays unapplied, and no other invoice is touched', async () => {
  const trade = await world.newTrade()
  const one = await billed(trade, 'PO-1')
  await billed(trade, 'PO-2')
  await trade.send(
    paymentOf('PAY-1', 120_000, [{ invoiceNumber: one.invoiceNumber, paidMinor: 120_000 }]),
    'bank',
  )
  expect((await trade.order('PO-1')).stage).toBe('closed')
  expect((await trade.order('PO-2')).invoices).toMatchObject([{ openMinor: 100_000 }])
  expect(await unapplied(trade)).toEqual([['PAY-1', 20_000]])
})

test('a payment taken back waits for a person', async () => {
  const trade = await world.newTrade()
  const { invoiceNumber } = await billed(trade, 'PO-1')
  await trade.send(
    paymentOf('PAY-1', 100_000, [{ invoiceNumber, paidMinor: 100_000 }], { isReversal: true }),
    'bank',
  )
  expect(await trade.quarantined()).toMatchObject([
    { kind: 'needs-person', reason: expect.stringContaining('takes money back') },
  ])
  expect((await trade.order('PO-1')).invoices).toMatchObject([{ openMinor: 100_000 }])
})
