import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { milestoneOf, paymentOf, purchaseOrder, shipmentOf } from '../../testing/flow-papers.ts'
import type { Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { CreditFile, type Customer } from '../canonical/master-data.ts'
import { Order } from '../canonical/order.ts'
import { activeHolds } from '../canonical/order-state.ts'
import { checkOrder } from '../services/check-order.ts'
import { orderActions } from '../services/order-actions.ts'
import { policiesService } from '../services/policies.ts'
import { ordersAwaitingCredit } from '../store/checks/credit-reviews.ts'
import { customerFile } from '../store/master-data/customer-file.ts'
import { exchangeRateFile } from '../store/master-data/exchange-rate-file.ts'
import { lockOrders } from '../store/orders/load-orders.ts'
import { advanceOrderWork } from './advance-orders.ts'
import { openFlowSetting } from './flow-setting.ts'
import { openOrderBatch } from './order-batch.ts'
import { placeHolds } from './place-hold.ts'
import { reviewCredit } from './review-credit.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

/** Gives a customer of the trade another file, for example a limit in cents. */
async function setCustomer(
  trade: Trade,
  customerNumber: string,
  change: Partial<Customer>,
): Promise<void> {
  await trade.inTenant(async (tx) => {
    const [kept] = await customerFile.load(tx, [customerNumber])
    if (kept === undefined) throw new Error(`There is no customer ${customerNumber}.`)
    await customerFile.write(tx, [{ ...kept.document, ...change }])
  })
}

/** Goes the round that looks again at what waits for credit. */
async function review(trade: Trade): Promise<void> {
  await trade.inTenant((tx) => reviewCredit(tx, world.queue))
  await world.settle()
}

const holdTypes = async (trade: Trade, purchaseOrderNumber: string) =>
  activeHolds(await trade.order(purchaseOrderNumber)).map(({ type }) => type)

const pumps = (number: string, quantity: number, more: object = {}) =>
  purchaseOrder(number, [{ sku: 'PMP-1003', quantity }], more)

const of = (customerNumber: string) => ({
  parties: [{ role: 'buyer', identifiers: [{ scheme: 'seller-assigned', value: customerNumber }] }],
})

test('an order above its customer’s limit is held with its figures and ways out, and never reaches the ERP', async () => {
  const trade = await world.newTrade()
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 200_000 })
  await trade.send(pumps('PO-1', 4))
  await trade.send(pumps('PO-2', 5))
  expect((await trade.order('PO-1')).stage).toBe('picking')
  const held = await trade.order('PO-2')
  expect(held.stage).toBe('held')
  expect(activeHolds(held)).toMatchObject([{ type: 'CREDIT', placedBy: 'credit-check' }])
  const [finding] = held.findings
  expect(finding).toMatchObject({
    kind: 'CREDIT_HOLD',
    message:
      'C-10001: exposure 2250.00 USD with this order (112.50 %) against the limit of 2000.00 USD: 250.00 USD too much.',
    deltaMinor: 25_000,
    policyVersion: 'credit:default',
  })
  expect(finding?.alternatives?.map(({ kind }) => kind)).toEqual([
    'release-part',
    'prepay',
    'temporary-limit',
  ])
  expect(trade.arrived('erp.create-order')).toHaveLength(1)
})

test('orders of one batch count on each other in the order they came in', async () => {
  const trade = await world.newTrade()
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 100_000 })
  // 500, 750 and 500: the second does not fit behind the first, the third does.
  await trade.hand([pumps('PO-1', 2), pumps('PO-2', 3), pumps('PO-3', 2)])
  await world.settle()
  expect(await holdTypes(trade, 'PO-1')).toEqual([])
  expect(await holdTypes(trade, 'PO-2')).toEqual(['CREDIT'])
  expect(await holdTypes(trade, 'PO-3')).toEqual([])
})

test('an order waiting out its cancel window counts as well as a released one', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 1800 }, erp: {}, wms: {} })
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 100_000 })
  await trade.send(pumps('PO-1', 3))
  await trade.send(pumps('PO-2', 3))
  expect(await holdTypes(trade, 'PO-1')).toEqual(['CANCEL_WINDOW'])
  expect(await holdTypes(trade, 'PO-2')).toEqual(['CREDIT', 'CANCEL_WINDOW'])
})

test('the limit of a parent holds for the whole family', async () => {
  const trade = await world.newTrade()
  await setCustomer(trade, 'C-10020', { creditLimitMinor: 100_000 })
  await setCustomer(trade, 'C-10001', { parentNumber: 'C-10020' })
  await setCustomer(trade, 'C-10002', { parentNumber: 'C-10001', creditLimitMinor: 90_000 })
  await trade.send(pumps('PO-1', 3))
  await trade.send(pumps('PO-2', 2, of('C-10002')))
  const held = await trade.order('PO-2')
  expect(activeHolds(held)).toMatchObject([{ type: 'CREDIT' }])
  expect(held.findings[0]?.message).toContain('C-10020: exposure 1250.00 USD')
  // A family that goes round in a circle is no reason to fail: everybody in it counts for everybody.
  await setCustomer(trade, 'C-10020', { parentNumber: 'C-10002' })
  await trade.send(pumps('PO-3', 1, of('C-10002')))
  expect((await trade.order('PO-3')).findings[0]?.message).toContain(
    'C-10002: exposure 1000.00 USD',
  )
})

async function shipped(trade: Trade, purchaseOrderNumber: string, quantityEach: number) {
  const order = await trade.order(purchaseOrderNumber)
  await trade.send(shipmentOf(order, `SH-${purchaseOrderNumber}`, [{ line: '1', quantityEach }]))
  return trade.order(purchaseOrderNumber)
}

test('money that arrives lets orders go by themselves, the oldest promise first', async () => {
  const trade = await world.newTrade()
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 100_000 })
  await trade.send(pumps('PO-1', 4))
  const [invoice] = (await shipped(trade, 'PO-1', 4)).invoices
  await trade.send(pumps('PO-2', 3, { requestedOn: '2026-12-10' }))
  await trade.send(pumps('PO-3', 3, { requestedOn: '2026-12-01' }))
  expect(await holdTypes(trade, 'PO-2')).toEqual(['CREDIT'])
  expect(await holdTypes(trade, 'PO-3')).toEqual(['CREDIT'])
  await trade.send(
    paymentOf('PMT-1', 100_000, [
      { invoiceNumber: invoice?.invoiceNumber ?? '', paidMinor: 100_000 },
    ]),
    'bank',
  )
  await review(trade)
  expect((await trade.order('PO-3')).stage).toBe('picking')
  const later = await trade.order('PO-2')
  expect(later.stage).toBe('held')
  expect(later.findings[0]?.message).toContain('exposure 1500.00 USD')
  const lifted = (await trade.order('PO-3')).holds.find(({ type }) => type === 'CREDIT')
  expect(lifted).toMatchObject({
    releasedBy: 'credit-check',
    releaseReason: 'There is credit for it now.',
  })
  expect((await trade.order('PO-3')).findings).toEqual([])
})

test('a cancelled order and a higher limit let orders go by themselves', async () => {
  const trade = await world.newTrade()
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 100_000 })
  await trade.send(pumps('PO-1', 4))
  await trade.send(pumps('PO-2', 4))
  await trade.send(pumps('PO-3', 2))
  await review(trade)
  expect(await holdTypes(trade, 'PO-2')).toEqual(['CREDIT'])
  const order = await trade.order('PO-1')
  await trade.send(milestoneOf('pick-cancelled', 'M-1', { orderNumber: order.orderNumber }))
  await trade.send({
    docType: 'order-change',
    purpose: 'cancel',
    currency: 'USD',
    purchaseOrderNumber: 'PO-1',
    parties: pumps('PO-1', 4).parties,
  })
  await review(trade)
  expect((await trade.order('PO-1')).stage).toBe('cancelled')
  expect((await trade.order('PO-2')).stage).toBe('picking')
  expect(await holdTypes(trade, 'PO-3')).toEqual(['CREDIT'])
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 150_000 })
  await review(trade)
  expect((await trade.order('PO-3')).stage).toBe('picking')
})

test('a customer without a limit is not checked; a suspicion or an insolvency holds even so', async () => {
  const trade = await world.newTrade()
  await trade.send(pumps('PO-1', 100))
  expect((await trade.order('PO-1')).stage).toBe('picking')
  await setCustomer(trade, 'C-10001', { credit: CreditFile.parse({ isInsolvent: true }) })
  await trade.send(pumps('PO-2', 1))
  const held = await trade.order('PO-2')
  expect(held.findings[0]?.message).toBe('C-10001: the customer is insolvent.')
  expect(held.findings[0]?.alternatives).toEqual([])
})

test('an order that waited longer than an answer about credit holds is checked once more before its release', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 1800 }, erp: {}, wms: {} })
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 100_000 })
  await trade.send([pumps('PO-1', 3), pumps('PO-2', 1)])
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 10_000 })
  const [old, fresh] = [await trade.order('PO-1'), await trade.order('PO-2')]
  await trade.inTenant((tx) =>
    tx.run(sql`
      update orders set received_at = now() - interval '6 days' where order_id = ${old.orderId}`),
  )
  await trade.moveHoldEnd(old.orderId, 'CANCEL_WINDOW', 0)
  await trade.moveHoldEnd(fresh.orderId, 'CANCEL_WINDOW', 0)
  expect(await holdTypes(trade, 'PO-1')).toEqual(['CREDIT'])
  expect((await trade.order('PO-2')).stage).toBe('picking')
})

test('a family’s limit in another currency is compared at the newest stored rate; without one the order is held', async () => {
  const trade = await world.newTrade()
  await setCustomer(trade, 'C-10020', { currency: 'EUR', creditLimitMinor: 100_000 })
  await setCustomer(trade, 'C-10001', { parentNumber: 'C-10020' })
  await trade.send(pumps('PO-1', 4))
  const unknown = await trade.order('PO-1')
  expect(unknown.findings[0]?.message).toContain('no exchange rate is stored for USD/EUR')
  const rate = (rateId: string, value: string, validOn: string) => ({
    ...{ rateId, base: 'USD', quote: 'EUR', rate: value, validOn },
  })
  await trade.inTenant((tx) =>
    exchangeRateFile.write(tx, [
      rate('FX-1', '1.2', '2026-01-02'),
      rate('FX-2', '0.9', '2026-11-20'),
      rate('FX-3', '9', '2099-01-01'),
    ]),
  )
  await trade.advance(unknown.orderId)
  expect((await trade.order('PO-1')).stage).toBe('picking')
  await trade.send(pumps('PO-2', 1))
  const held = await trade.order('PO-2')
  expect(held.findings[0]?.message).toContain('exposure 1125.00 EUR')
  expect(held.findings[0]?.evidence?.[0]?.values).toMatchObject({ rateIds: 'FX-2' })
})

test('money on account without an invoice lets an order go by itself', async () => {
  const trade = await world.newTrade()
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 100_000 })
  await trade.send(pumps('PO-1', 4))
  await trade.send(pumps('PO-2', 1))
  expect(await holdTypes(trade, 'PO-2')).toEqual(['CREDIT'])
  const identifiers = [{ scheme: 'seller-assigned', value: 'C-10001' }]
  await trade.send(
    paymentOf('PMT-1', 25_000, [], { payer: { role: 'payer', identifiers } }),
    'bank',
  )
  await review(trade)
  expect((await trade.order('PO-2')).stage).toBe('picking')
})

test('money nobody has put to an invoice yet reduces what a customer owes, and undecided money is offered as a way out', async () => {
  const trade = await world.newTrade()
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 100_000 })
  await trade.send(pumps('PO-1', 4))
  const [invoice] = (await shipped(trade, 'PO-1', 4)).invoices
  const receive = (paymentNumber: string, customerNumber: string | null) =>
    trade.inTenant((tx) =>
      tx.run(sql`
        insert into payment (tenant_id, payment_id, payment_number, connection_id, document_id, currency, amount_minor,
          unapplied_minor, booked_on, customer_number, remittance_lines)
        values (${trade.tenantId}, ${`pay_${paymentNumber}_${trade.tenantId}`}, ${paymentNumber}, 'bank', 'doc', 'USD', 30000,
          30000, '2026-11-20', ${customerNumber}, 1)`),
    )
  await receive('PMT-1', 'C-10001')
  await trade.send(pumps('PO-2', 1))
  expect(await holdTypes(trade, 'PO-2')).toEqual([])
  await receive('PMT-2', null)
  await trade.inTenant((tx) =>
    tx.run(sql`
      insert into cash_proposal (tenant_id, proposal_id, payment_id, candidate_id, pass, kind, confidence_percent,
        summary, applications, policy_version)
      values (${trade.tenantId}, 'cpr_1', ${`pay_PMT-2_${trade.tenantId}`}, 'c', 8, 'best', 50, '',
        jsonb_build_array(jsonb_build_object('invoiceId', ${invoice?.invoiceId ?? ''}::text)), 'cash:default')`),
  )
  await trade.send(pumps('PO-3', 1))
  const held = await trade.order('PO-3')
  const ways = held.findings[0]?.alternatives ?? []
  expect(ways.map(({ candidateId }) => candidateId)).toContain('credit:apply-receipt:PMT-2')
  expect(ways.find(({ kind }) => kind === 'apply-receipt')?.text).toContain('is enough')
})

test('a dry run answers with the credit decision, its figures and ways out, and keeps nothing', async () => {
  const trade = await world.newTrade()
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 100_000 })
  const check = checkOrder(world)
  const ask = async (quantity: number) => {
    const order = Order.parse(pumps('PO-1', quantity))
    const answer = await check({ tenantId: trade.tenantId, order })
    return answer.decisions.find(({ policy }) => policy === 'credit')
  }
  expect(await ask(4)).toMatchObject({
    decision: 'accept',
    kind: 'CREDIT_WITHIN_LIMIT',
    evidence: [{ weighs: 'for', values: { totalMinor: 100_000, limitMinor: 100_000 } }],
  })
  const held = await ask(5)
  expect(held).toMatchObject({ decision: 'hold', money: { amountMinor: 25_000, currency: 'USD' } })
  expect(held?.alternatives.map(({ kind }) => kind)).toEqual([
    'release-part',
    'prepay',
    'temporary-limit',
  ])
  await trade.inTenant((tx) => tx.run(sql`update customer set credit_limit_minor = null`))
  expect(await ask(500)).toMatchObject({ kind: 'CREDIT_NOT_CHECKED' })
})

test('two orders that each fit but not together never both pass, however their checks fall into each other', async () => {
  const trade = await world.newTrade({ json: {}, erp: {}, wms: {} })
  await setCustomer(trade, 'C-10020', { creditLimitMinor: 10_000 })
  await setCustomer(trade, 'C-10001', { parentNumber: 'C-10020' })
  await setCustomer(trade, 'C-10002', { parentNumber: 'C-10020' })
  const numbers = ['PO-1', 'PO-2', 'PO-3', 'PO-4', 'PO-5', 'PO-6']
  for (const [index, number] of numbers.entries())
    await trade.send(pumps(number, 2, of(index % 2 === 0 ? 'C-10001' : 'C-10002')))
  const held = await Promise.all(numbers.map((number) => trade.order(number)))
  expect(held.map(({ stage }) => stage)).toEqual(numbers.map(() => 'held'))
  // Room for two of the six; each in a transaction of its own, all at once.
  await setCustomer(trade, 'C-10020', { creditLimitMinor: 110_000 })
  const work = advanceOrderWork(world.queue).work
  await Promise.all(held.map(({ orderId }) => trade.inTenant((tx) => work(tx, [orderId]))))
  await world.settle()
  const stages = (await Promise.all(numbers.map((number) => trade.order(number)))).map(
    ({ stage }) => stage,
  )
  expect(stages.toSorted()).toEqual(['held', 'held', 'held', 'held', 'picking', 'picking'])
})

const creditHolds = async (trade: Trade) =>
  (
    await trade.inTenant((tx) =>
      tx.rows<{ count: number }>(
        sql`select count(*)::int as count from hold where type = 'CREDIT' and released_at is null`,
      ),
    )
  )[0]?.count

test('of more orders than are looked at in one go none is forgotten, and no family waits for another’s', async () => {
  const trade = await world.newTrade()
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 0 })
  await setCustomer(trade, 'C-10002', { creditLimitMinor: 0 })
  const numbers = Array.from({ length: 105 }, (_, place) => `PO-${place}`)
  await trade.hand(numbers.map((number) => pumps(number, 1)))
  await trade.hand([pumps('PO-other', 1, of('C-10002'))])
  await world.settle()
  expect(await creditHolds(trade)).toBe(106)
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 1_000_000_000 })
  await setCustomer(trade, 'C-10002', { creditLimitMinor: 1_000_000_000 })
  const other = await trade.order('PO-other')
  const turns = await trade.inTenant((tx) => ordersAwaitingCredit(tx, ['C-10001', 'C-10002']))
  expect(turns).toHaveLength(106)
  expect(turns.indexOf(other.orderId)).toBe(20)
  await review(trade)
  expect(await creditHolds(trade)).toBe(0)
}, 60_000)

test('a hold on credit that a person placed stands, whatever the check finds', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 1800 }, erp: {}, wms: {} })
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 100_000 })
  await trade.send(pumps('PO-1', 4))
  await trade.send(pumps('PO-2', 1))
  const [fits, tooMuch] = [await trade.order('PO-1'), await trade.order('PO-2')]
  const reason = 'Their bank rang.'
  const wish = { type: 'CREDIT', causeKey: 'person:1:CREDIT', reason } as const
  await trade.inTenant(async (tx) => {
    const orders = await lockOrders(tx, [fits.orderId, tooMuch.orderId])
    const batch = openOrderBatch(await openFlowSetting(tx), orders)
    for (const order of orders) batch.decide(placeHolds(order, [wish], batch.setting, 'key:Dana'))
    await batch.flush(tx, world.queue)
  })
  await trade.advance(fits.orderId)
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 1_000_000 })
  await review(trade)
  for (const { purchaseOrderNumber } of [fits, tooMuch])
    expect(
      activeHolds(await trade.order(purchaseOrderNumber)).filter(({ type }) => type === 'CREDIT'),
    ).toMatchObject([{ placedBy: 'key:Dana', reason }])
})

const changeTo = (purchaseOrderNumber: string, value: string, more: object = {}) => ({
  docType: 'order-change',
  purpose: 'change',
  currency: 'USD',
  purchaseOrderNumber,
  parties: pumps(purchaseOrderNumber, 1).parties,
  changes: [{ action: 'quantity', line: '1', quantity: { value, uom: 'EA' } }],
  ...more,
})

/** A warehouse gives its pick back, so that the change goes on. */
async function givePickBack(trade: Trade, purchaseOrderNumber: string): Promise<void> {
  const { orderNumber } = await trade.order(purchaseOrderNumber)
  const milestone = milestoneOf('pick-cancelled', `M-${orderNumber}`, { orderNumber })
  await trade.send(milestone)
}

test('a change that raises a released order above what there is credit for is refused with the figures, and nobody outside hears of it', async () => {
  const trade = await world.newTrade()
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 100_000 })
  await trade.send(pumps('PO-1', 1))
  await trade.send(pumps('PO-2', 1))
  const before = trade.arrived().length
  await trade.send(changeTo('PO-1', '4'))
  const order = await trade.order('PO-1')
  expect(order).toMatchObject({ stage: 'picking', totalMinor: 25_000, erpRevision: 1 })
  expect(order.picks.map(({ status }) => status)).toEqual(['requested'])
  expect(trade.arrived()).toHaveLength(before)
  const refused = (await trade.documents()).find(({ status }) => status === 'refused')
  expect(refused?.reason).toContain(
    'from 250.00 USD to 1000.00 USD, and there is no credit for that: C-10001: exposure 1250.00 USD',
  )
})

test('a change that raises a released order as far as there is credit goes to the ERP, and the next one counts it', async () => {
  const trade = await world.newTrade()
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 100_000 })
  await trade.send(pumps('PO-1', 1))
  await trade.send(pumps('PO-2', 1))
  await trade.hand([changeTo('PO-1', '3'), changeTo('PO-2', '2')])
  await world.settle()
  await givePickBack(trade, 'PO-1')
  await givePickBack(trade, 'PO-2')
  const totals = [await trade.order('PO-1'), await trade.order('PO-2')].map(
    ({ totalMinor }) => totalMinor,
  )
  expect(totals.toSorted()).toEqual([25_000, 75_000])
})

test('what a person released for credit may grow by as much as the release reaches, and no further', async () => {
  const trade = await world.newTrade()
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 100_000 })
  await trade.send(pumps('PO-1', 20))
  const held = await trade.order('PO-1')
  const [hold] = activeHolds(held)
  await orderActions(world).releaseHold({
    ...{ tenantId: trade.tenantId, orderId: held.orderId, holdId: hold?.holdId ?? '' },
    ...{ actor: 'key:Robin', reason: 'Known for years.', reasonCode: 'secured' },
  })
  await world.settle()
  await trade.send(changeTo('PO-1', '23'))
  expect((await trade.order('PO-1')).totalMinor).toBe(500_000)
  await trade.send(changeTo('PO-1', '22'))
  await givePickBack(trade, 'PO-1')
  expect((await trade.order('PO-1')).totalMinor).toBe(550_000)
})

test('rules of credit that let more pass let held orders go by themselves', async () => {
  const trade = await world.newTrade()
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 100_000 })
  await trade.send(pumps('PO-1', 5))
  await review(trade)
  expect(await holdTypes(trade, 'PO-1')).toEqual(['CREDIT'])
  await policiesService(world).change({
    ...{ tenantId: trade.tenantId, actor: 'key:Dana', policy: 'credit' },
    change: {
      ...{ scope: 'tenant', reason: 'A good year.' },
      settings: {
        exclusions: [{ name: 'small', checks: ['LIMIT'], overLimitUpToMinor: { USD: 25_000 } }],
      },
    },
  })
  await review(trade)
  expect((await trade.order('PO-1')).stage).toBe('picking')
})

test('two changes that each fit but not together never both pass, however they fall into each other', async () => {
  const trade = await world.newTrade({ json: {}, erp: {} })
  await setCustomer(trade, 'C-10001', { creditLimitMinor: 100_000 })
  const numbers = ['PO-1', 'PO-2']
  for (const number of numbers) await trade.send(pumps(number, 1))
  await Promise.all(numbers.map((number) => trade.hand([changeTo(number, '3')])))
  await world.settle()
  const orders = await Promise.all(numbers.map((number) => trade.order(number)))
  expect(orders.map(({ totalMinor }) => totalMinor).toSorted()).toEqual([25_000, 75_000])
  expect(trade.arrived('erp.change-order')).toHaveLength(1)
})
