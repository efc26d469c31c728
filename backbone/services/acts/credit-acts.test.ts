import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { doAct, pictureOf, seenBy } from '../../../testing/act-bench.ts'
import { allOpen, paymentOf, purchaseOrder, shipmentOf } from '../../../testing/flow-papers.ts'
import type { Trade } from '../../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../../testing/flow-world.ts'
import { newId } from '../../canonical/ids.ts'
import { creditLedgers } from '../../store/checks/credit-accounts.ts'
import { customerCandidates } from '../candidates/customer-candidates.ts'
import { cashService } from '../cash.ts'
import { collectionsService } from '../collections.ts'
import { returnsService } from '../returns.ts'
import { applyCreditAct } from './apply-credit-act.ts'
import { chargeBackDeductionAct } from './charge-back-deduction-act.ts'
import { creditDeductionAct } from './credit-deduction-act.ts'
import { takeBackCreditAct } from './take-back-credit-act.ts'

let world: FlowWorld
beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

/** An order that has left and is billed: pumps at 250.00 in one invoice. */
async function billed(trade: Trade, number: string, quantity = 4) {
  await trade.send(purchaseOrder(number, [{ sku: 'PMP-1003', quantity }]))
  const order = await trade.order(number)
  await trade.send(shipmentOf(order, `SH-${number}`, allOpen(order)))
  const [invoice] = (await trade.order(number)).invoices
  if (invoice === undefined) throw new Error('It was not billed.')
  return invoice
}

type Issued = {
  readonly minor: number
  readonly invoiceNumber?: string
  readonly currency?: string
  readonly customerNumber?: string
}

/** A credit note as a return makes it, for an invoice or for none. */
async function credit(trade: Trade, number: string, issued: Issued): Promise<string> {
  const { minor, invoiceNumber, currency = 'USD', customerNumber = 'C-10001' } = issued
  const creditNoteId = newId('crn')
  await trade.inTenant((tx) =>
    tx.run(sql`
      insert into credit_note (tenant_id, credit_note_id, credit_note_number, customer_number, currency, net_minor,
        tax_minor, fee_minor, total_minor, open_minor, status, invoice_id, invoice_number, lines, issued_on, issued_by)
      select ${trade.tenantId}, ${creditNoteId}, ${number}, ${customerNumber}, ${currency}, ${minor}::bigint, 0, 0,
        ${minor}::bigint, ${minor}::bigint, 'open',
        (select invoice_id from invoice where invoice_number = ${invoiceNumber ?? null}), ${invoiceNumber ?? null}, '[]',
        '2026-11-01'::text::date, 'test'`),
  )
  return creditNoteId
}

const payer = {
  payer: {
    ...{ role: 'payer', name: 'Northwind Tools, Inc.' },
    identifiers: [{ scheme: 'seller-assigned', value: 'C-10001' }],
  },
}

/** Pumps were agreed at 240.00: ten less than they are billed at. */
const agreePrice = (trade: Trade, price = '240.0000') =>
  trade.inTenant(async (tx) => {
    await tx.run(sql`
      insert into agreement (tenant_id, agreement_id, name, customer_number, currency, valid_from)
      values (${trade.tenantId}, 'AGR-PUMP', 'Pumps', 'C-10001', 'USD', '2026-01-01'::text::date)`)
    await tx.run(sql`
      insert into agreement_price (tenant_id, agreement_id, target, minimum_quantity, unit_price)
      values (${trade.tenantId}, 'AGR-PUMP', 'sku:PMP-1003', 1, ${price}::text::numeric)`)
  })

type DeductionSeen = {
  readonly id: string
  readonly status: string
  readonly settled: number
  readonly verdict: string
}

const deductions = (trade: Trade) =>
  trade.inTenant((tx) =>
    tx.rows<DeductionSeen>(sql`
      select deduction_id as id, status, settled_minor as settled, verdict from deduction order by opened_at, deduction_id`),
  )

const notes = (trade: Trade) =>
  trade.inTenant((tx) =>
    tx.rows<{ number: string; open: number; status: string; reason: string | null }>(sql`
      select credit_note_number as number, open_minor as open, status, reason_code as reason from credit_note
      order by credit_note_number`),
  )

const openOf = async (trade: Trade, po: string) =>
  (await trade.order(po)).invoices.map(({ openMinor }) => openMinor)

const account = { customerNumber: 'C-10001', currency: 'USD' }

const candidates = (trade: Trade) =>
  trade.inTenant((tx) => customerCandidates(tx, { kind: 'customer', id: 'C-10001' }))

const ledger = async (trade: Trade) => {
  const rows = await trade.inTenant((tx) =>
    creditLedgers(tx, {
      accounts: [{ customerNumber: 'C-10001' }],
      today: '2026-11-22',
      inHand: [],
    }),
  )
  const row = rows.find(({ currency }) => currency === 'USD')
  return [row?.openReceivablesMinor ?? 0, row?.openCreditsMinor ?? 0]
}

test('credits pay the invoice they were made for first, then what is due longest; both have that much less open, and the ERP is told', async () => {
  const trade = await world.newTrade()
  await billed(trade, 'PO-1')
  const two = await billed(trade, 'PO-2')
  await credit(trade, 'CN-000001', { minor: 30_000, invoiceNumber: two.invoiceNumber })
  await credit(trade, 'CN-000002', { minor: 20_000 })
  // Another currency and another customer have no part in it.
  await credit(trade, 'CN-000003', { minor: 7_000, currency: 'EUR' })
  await credit(trade, 'CN-000004', { minor: 8_000, customerNumber: 'C-10002' })
  expect(await ledger(trade)).toEqual([200_000, 50_000])
  const [first] = await candidates(trade)
  expect(first).toMatchObject({ kind: 'apply-credit', payload: account })
  const shown = await pictureOf(trade, applyCreditAct, account)
  expect(shown.money).toEqual({ amountMinor: 50_000, currency: 'USD' })
  expect(shown.evidence.map(({ text }) => text)).toEqual([
    `300.00 USD of CN-000001 to ${two.invoiceNumber}: it was made for that invoice.`,
    '200.00 USD of CN-000002 to INV-000001: that is due longest.',
  ])
  expect(await doAct(world, trade, applyCreditAct, account)).toMatchObject({ status: 'done' })
  expect([await openOf(trade, 'PO-1'), await openOf(trade, 'PO-2')]).toEqual([[80_000], [70_000]])
  expect(await ledger(trade)).toEqual([150_000, 0])
  expect((await notes(trade)).map(({ open, status }) => [open, status])).toEqual([
    [0, 'used'],
    [0, 'used'],
    [7_000, 'open'],
    [8_000, 'open'],
  ])
  expect(trade.arrived('erp.apply-credit').map(({ document }) => document)).toMatchObject([
    {
      ...{ postingNumber: 'CN-000001.1', creditNoteNumber: 'CN-000001', openMinor: 0 },
      applications: [{ invoiceNumber: two.invoiceNumber, appliedMinor: 30_000 }],
    },
    { postingNumber: 'CN-000002.1', applications: [{ appliedMinor: 20_000 }] },
  ])
  // Once more there is nothing to use.
  expect(await seenBy(trade, applyCreditAct, account)).toEqual({
    gone: expect.stringContaining('no open credit'),
  })
  expect(await doAct(world, trade, applyCreditAct, account)).toMatchObject({ status: 'refused' })
})

test('taking a credit back opens it and the invoices as before, and the ERP hears of it as a posting that undoes the first', async () => {
  const trade = await world.newTrade()
  await billed(trade, 'PO-1')
  const before = await trade.order('PO-1')
  const creditNoteId = await credit(trade, 'CN-000001', { minor: 100_000 })
  await doAct(world, trade, applyCreditAct, account)
  expect(['paid', 'closed']).toContain((await trade.order('PO-1')).stage)
  const found = await candidates(trade)
  expect(found.map(({ kind }) => kind)).toEqual(['take-back-credit'])
  expect(found[0]?.picture.evidence[0]?.weighs).toBe('against')
  expect(await doAct(world, trade, takeBackCreditAct, { creditNoteId })).toMatchObject({
    status: 'done',
  })
  const after = await trade.order('PO-1')
  expect(after).toMatchObject({ stage: 'invoiced', invoices: before.invoices })
  expect(await notes(trade)).toMatchObject([{ open: 100_000, status: 'open' }])
  expect(trade.arrived('erp.apply-credit').at(-1)?.document).toMatchObject({
    ...{ postingNumber: 'CN-000001.2', reversesPosting: 'CN-000001.1', openMinor: 100_000 },
    applications: [{ appliedMinor: -100_000 }],
  })
  expect(await trade.timeline(after.orderId)).toContain('credit.taken-back')
  expect(await doAct(world, trade, takeBackCreditAct, { creditNoteId })).toMatchObject({
    status: 'refused',
  })
})

test('a credit made or used since somebody looked makes what they decided out of date', async () => {
  const trade = await world.newTrade()
  await billed(trade, 'PO-1')
  await credit(trade, 'CN-000001', { minor: 30_000 })
  const { records } = await pictureOf(trade, applyCreditAct, account)
  await credit(trade, 'CN-000002', { minor: 5_000 })
  const execution = {
    ...{ proposalId: 'prp_1', actor: 'proposal:prp_1 (Ines)', behind: [], effectKey: 'one' },
    ...{ records, queue: world.queue },
  }
  const outcome = await trade.inTenant((tx) => applyCreditAct.execute(tx, account, execution))
  expect(outcome).toMatchObject({ status: 'refused', message: expect.stringContaining('changed') })
  expect(await openOf(trade, 'PO-1')).toEqual([100_000])
})

test('C4_settled: a valid deduction is credited by the rule with the payer’s reason, clears the invoice, and nobody is credited twice for one price', async () => {
  const trade = await world.newTrade()
  const { invoiceNumber } = await billed(trade, 'PO-1')
  await agreePrice(trade)
  const part = (paidMinor: number) => [
    { invoiceNumber, paidMinor, deductionMinor: 4_000, deductionCode: '01' },
  ]
  // Two amounts: the same one again would be held as paid twice.
  for (const [number, paidMinor] of [
    ['PAY-1', 45_000],
    ['PAY-2', 47_000],
  ] as const)
    await trade.send(paymentOf(number, paidMinor, part(paidMinor), payer), 'bank')
  const raised = await deductions(trade)
  expect(raised.map(({ verdict }) => verdict)).toEqual(['valid', 'valid'])
  const [one, two] = raised.map(({ id }) => ({ deductionId: id, allow: 'justified' as const }))
  if (one === undefined || two === undefined) throw new Error('Two were raised.')
  const shown = await pictureOf(trade, creditDeductionAct, one)
  expect(shown).toMatchObject({ money: { amountMinor: 4_000, currency: 'USD' }, isExact: true })
  expect((await candidates(trade)).map(({ kind }) => kind)).toEqual([
    'credit-deduction',
    'credit-deduction',
  ])
  expect(await doAct(world, trade, creditDeductionAct, one)).toMatchObject({ status: 'done' })
  expect(await openOf(trade, 'PO-1')).toEqual([4_000])
  expect(await notes(trade)).toEqual([
    { number: 'CN-000001', open: 0, status: 'used', reason: '01' },
  ])
  expect(trade.arrived('erp.post-credit-note')[0]?.document).toMatchObject({
    ...{ reasonCode: '01', totalMinor: 4_000, invoiceNumber },
    lines: [{ line: '1', netMinor: 4_000 }],
  })
  expect(trade.arrived('erp.apply-credit')).toHaveLength(1)
  // The same forty dollars were kept back a second time: the rule has given them back already.
  expect(await seenBy(trade, creditDeductionAct, two)).toEqual({
    gone: expect.stringContaining('nothing'),
  })
  expect(await doAct(world, trade, creditDeductionAct, one)).toMatchObject({ status: 'refused' })
  const back = { deductionId: two.deductionId }
  expect(await doAct(world, trade, chargeBackDeductionAct, back)).toMatchObject({ status: 'done' })
  expect((await deductions(trade)).map(({ status, settled }) => [status, settled])).toEqual([
    ['settled', 4_000],
    ['charged-back', 0],
  ])
  const order = await trade.order('PO-1')
  expect(await trade.timeline(order.orderId)).toEqual(
    expect.arrayContaining(['credit.issued', 'credit.applied', 'deduction.charged-back']),
  )
})

test('a deduction is judged by what its own invoice billed, not by what another invoice of the order did', async () => {
  const trade = await world.newTrade()
  const pumps = { sku: 'PMP-1003', quantity: 4 }
  await trade.send(purchaseOrder('PO-1', [pumps, pumps]))
  const order = await trade.order('PO-1')
  for (const line of ['1', '2'])
    await trade.send(shipmentOf(order, `SH-${line}`, [{ line, quantityEach: 4 }]))
  await agreePrice(trade)
  const [first, second] = (await trade.order('PO-1')).invoices
  if (first === undefined || second === undefined) throw new Error('Two were billed.')
  const part = { paidMinor: 92_000, deductionMinor: 8_000, deductionCode: '01' }
  const { invoiceNumber } = first
  await trade.send(paymentOf('PAY-1', 92_000, [{ invoiceNumber, ...part }], payer), 'bank')
  const [raised] = await deductions(trade)
  expect(raised?.verdict).toBe('partly-valid')
  const wish = { deductionId: raised?.id ?? '', allow: 'justified' as const }
  expect((await pictureOf(trade, creditDeductionAct, wish)).money?.amountMinor).toBe(4_000)
})

test('of a deduction that is partly valid the valid part is credited and the rest is owed after all', async () => {
  const trade = await world.newTrade()
  const { invoiceNumber } = await billed(trade, 'PO-1')
  await agreePrice(trade)
  const line = { invoiceNumber, paidMinor: 90_000, deductionMinor: 10_000, deductionCode: '01' }
  await trade.send(paymentOf('PAY-1', 90_000, [line], payer), 'bank')
  const [raised] = await deductions(trade)
  const wish = { deductionId: raised?.id ?? '', allow: 'justified' as const }
  expect(raised?.verdict).toBe('partly-valid')
  // What the rule finds right is not asked for again.
  expect(await seenBy(trade, chargeBackDeductionAct, wish)).toEqual({
    gone: expect.stringContaining('credit that first'),
  })
  const collections = collectionsService({ database: world.database })
  const disputed = async () => {
    const { tenantId } = trade
    const seen = await collections.customer({ tenantId, customerNumber: 'C-10001' })
    const [own] = seen?.ledgers ?? []
    return [own?.ageing.openMinor, own?.ageing.disputedMinor]
  }
  expect(await disputed()).toEqual([10_000, 4_000])
  await doAct(world, trade, creditDeductionAct, wish)
  expect(await openOf(trade, 'PO-1')).toEqual([6_000])
  expect(await deductions(trade)).toMatchObject([{ status: 'settled', settled: 4_000 }])
  expect(await disputed()).toEqual([6_000, 0])
})

/** One unit of an invoice's first line comes back broken and is credited; what the credit note comes to. */
async function sendBackOne(trade: Trade, invoiceNumber: string): Promise<number> {
  const returns = returnsService({ database: world.database, queue: world.queue })
  const dana = { tenantId: trade.tenantId, actor: 'key:Dana' }
  const line = { line: '1', quantityEach: 1 }
  const lines = [{ ...line, reason: 'damaged', condition: 'damaged' as const }]
  const asked = await returns.request(dana, { invoiceNumber, lines })
  const reference = asked?.returnNumber ?? ''
  await returns.decide(dana, { reference, to: 'authorised', reason: 'Photos seen.' })
  for (const to of ['received', 'inspected'] as const)
    await returns.count(dana, { reference, to, lines: [line] })
  const credited = await returns.credit(dana, { reference, reason: 'Broken housing.' })
  await world.settle()
  return credited?.creditNote?.totalMinor ?? 0
}

test('a price that was credited is not given back again with the goods, nor goods that came back with the price', async () => {
  const trade = await world.newTrade()
  const one = await billed(trade, 'PO-1')
  const two = await billed(trade, 'PO-2')
  // Agreed after they were billed: each pump was 10.00 too dear.
  await agreePrice(trade)
  const pay = ({ invoiceNumber }: { invoiceNumber: string }, number: string) => {
    const line = { invoiceNumber, paidMinor: 96_000, deductionMinor: 4_000, deductionCode: '01' }
    return trade.send(paymentOf(number, 96_000, [line], payer), 'bank')
  }
  await pay(one, 'PAY-1')
  const [raised] = await deductions(trade)
  const wish = { deductionId: raised?.id ?? '', allow: 'justified' as const }
  await doAct(world, trade, creditDeductionAct, wish)
  expect(await sendBackOne(trade, one.invoiceNumber)).toBe(24_000)
  expect(await sendBackOne(trade, two.invoiceNumber)).toBe(25_000)
  await pay(two, 'PAY-2')
  // Three of the four pumps stay.
  expect((await deductions(trade)).map(({ verdict }) => verdict)).toEqual(['valid', 'partly-valid'])
  await assertBalanced(trade)
})

test('a credit note of an older release, which told nobody of it, is posted to the ERP before its first use', async () => {
  const trade = await world.newTrade()
  const { invoiceNumber } = await billed(trade, 'PO-1')
  const totalMinor = await sendBackOne(trade, invoiceNumber)
  // As an older release left it: lines as a return keeps them, and no call.
  await trade.inTenant(async (tx) => {
    await tx.run(sql`delete from transaction_attempt where transaction_id in
      (select transaction_id from transaction where operation = 'erp.post-credit-note')`)
    await tx.run(sql`delete from transaction where operation = 'erp.post-credit-note'`)
    await tx.run(
      sql`update credit_note set lines = ${JSON.stringify([
        {
          ...{ line: '1', sku: null, reason: 'damaged', quantityEach: 2, acceptedEach: 1 },
          ...{ creditedNetMinor: totalMinor, creditedTaxMinor: 0, feeMinor: 0 },
        },
      ])}::text::jsonb`,
    )
  })
  const before = trade.arrived().length
  expect(await doAct(world, trade, applyCreditAct, account)).toMatchObject({ status: 'done' })
  const later = trade.arrived().slice(before)
  expect(later.map(({ operation }) => operation)).toEqual([
    'erp.post-credit-note',
    'erp.apply-credit',
  ])
  expect(later[0]?.document).toMatchObject({
    ...{ creditNoteNumber: 'CN-000001', invoiceNumber, purchaseOrderNumber: 'PO-1', totalMinor },
    lines: [{ line: '1', quantityEach: 1, netMinor: totalMinor, taxMinor: 0, feeMinor: 0 }],
  })
})

test('a credit that a payer set off before credits were used with their payments is used when a person settles it', async () => {
  const trade = await world.newTrade()
  await billed(trade, 'PO-1')
  await trade.send(paymentOf('PAY-1', 1_000, [], payer), 'bank')
  await credit(trade, 'CN-000001', { minor: 50_000 })
  const deductionId = newId('ddn')
  await trade.inTenant((tx) =>
    tx.run(sql`
      insert into deduction (tenant_id, deduction_id, payment_id, invoice_id, customer_number, currency, amount_minor,
        kind, reference, route, verdict, justified_minor, policy_version)
      select ${trade.tenantId}, ${deductionId}, payment_id, invoice_id, 'C-10001', 'USD', 30000, 'credit-taken',
        'CN-000001', 'receivables', 'valid', 30000, 'cash:default' from payment, invoice`),
  )
  // What the payer has set off is not put to other invoices.
  expect((await pictureOf(trade, applyCreditAct, account)).money?.amountMinor).toBe(20_000)
  const wish = { deductionId, allow: 'justified' as const }
  expect(await doAct(world, trade, creditDeductionAct, wish)).toMatchObject({ status: 'done' })
  expect(await openOf(trade, 'PO-1')).toEqual([70_000])
  expect(await notes(trade)).toMatchObject([{ number: 'CN-000001', open: 20_000 }])
  expect(await deductions(trade)).toMatchObject([{ status: 'settled', settled: 30_000 }])
})

test('goodwill beyond the rule is an approver’s, is named as such, and never credits more than was billed', async () => {
  const trade = await world.newTrade()
  const { invoiceNumber } = await billed(trade, 'PO-1')
  const line = { invoiceNumber, paidMinor: 90_000, deductionMinor: 10_000, deductionCode: '04' }
  await trade.send(paymentOf('PAY-1', 90_000, [line], payer), 'bank')
  const [raised] = await deductions(trade)
  const deductionId = raised?.id ?? ''
  expect(raised?.verdict).toBe('unchecked')
  const found = await candidates(trade)
  expect(found.map(({ kind, payload }) => [kind, payload])).toEqual([
    ['charge-back-deduction', { deductionId }],
    ['credit-deduction', { deductionId, allow: 'whole' }],
  ])
  expect(found[1]?.picture).toMatchObject({ leastRole: 'approver', isExact: false })
  expect(found[1]?.picture.evidence[0]?.weighs).toBe('against')
  await doAct(world, trade, creditDeductionAct, { deductionId, allow: 'whole' })
  expect(['paid', 'closed']).toContain((await trade.order('PO-1')).stage)
  // Taken back and credited once more: the note that was made for it is used again, no second one is made.
  const creditNoteId = await trade.inTenant(async (tx) => {
    const [row] = await tx.rows<{ id: string }>(sql`select credit_note_id as id from credit_note`)
    return row?.id ?? ''
  })
  await doAct(world, trade, takeBackCreditAct, { creditNoteId })
  expect(await deductions(trade)).toMatchObject([{ status: 'open', settled: 0 }])
  await doAct(world, trade, creditDeductionAct, { deductionId, allow: 'whole' })
  expect(await notes(trade)).toMatchObject([{ open: 0, status: 'used', reason: '04' }])
  expect(await openOf(trade, 'PO-1')).toEqual([0])
})

test('C12: money that the bank takes back takes the credit along that the payer had set off with it', async () => {
  const trade = await world.newTrade()
  const { invoiceNumber } = await billed(trade, 'PO-1')
  await credit(trade, 'CN-000001', { minor: 50_000 })
  const lines = [
    { invoiceNumber, paidMinor: 100_000 },
    { invoiceNumber: 'CN-000001', paidMinor: -30_000 },
  ]
  await trade.send(paymentOf('PAY-1', 70_000, lines, payer), 'bank')
  expect(await openOf(trade, 'PO-1')).toEqual([0])
  expect(await notes(trade)).toMatchObject([{ open: 20_000, status: 'open' }])
  const back = { isReversal: true, reversesPayment: 'PAY-1' }
  await trade.send(paymentOf('RET-1', 70_000, [], back), 'bank')
  expect(await openOf(trade, 'PO-1')).toEqual([100_000])
  expect(await notes(trade)).toMatchObject([{ open: 50_000, status: 'open' }])
  expect(await deductions(trade)).toMatchObject([{ status: 'withdrawn', settled: 0 }])
  expect(trade.arrived('erp.apply-credit').map(({ document }) => document)).toMatchObject([
    { postingNumber: 'CN-000001.1', applications: [{ appliedMinor: 30_000 }] },
    { postingNumber: 'CN-000001.2', reversesPosting: 'CN-000001.1' },
  ])
})

const doneOf = (outcomes: readonly { readonly status: string }[]) =>
  outcomes.filter(({ status }) => status === 'done').length

test('of approvals at the same moment no cent is used twice: the same credit, the same deduction, and both on one invoice', async () => {
  for (const round of [1, 2, 3]) {
    const trade = await world.newTrade()
    const { invoiceNumber } = await billed(trade, 'PO-1')
    await agreePrice(trade)
    await credit(trade, 'CN-100001', { minor: 100_000 })
    const line = { invoiceNumber, paidMinor: 46_000, deductionMinor: 4_000, deductionCode: '01' }
    await trade.send(paymentOf('PAY-1', 46_000, [line], payer), 'bank')
    const [raised] = await deductions(trade)
    const wish = { deductionId: raised?.id ?? '', allow: 'justified' as const }
    const [one, two, ...others] = await Promise.all([
      doAct(world, trade, applyCreditAct, account),
      doAct(world, trade, applyCreditAct, account),
      doAct(world, trade, creditDeductionAct, wish),
      doAct(world, trade, creditDeductionAct, wish),
    ])
    await world.settle()
    expect([round, doneOf([one, two]), doneOf(others)]).toEqual([round, 1, 1])
    await assertBalanced(trade)
    expect(await openOf(trade, 'PO-1')).toEqual([0])
  }
  expect(world.failures).toEqual([])
})

test('money that is taken back while credits are used and undone leaves the books right, whoever comes first', async () => {
  for (const _round of [1, 2, 3]) {
    const trade = await world.newTrade()
    const one = await billed(trade, 'PO-1')
    await billed(trade, 'PO-2')
    const creditNoteId = await credit(trade, 'CN-100001', { minor: 150_000 })
    const lines = [
      { invoiceNumber: one.invoiceNumber, paidMinor: 100_000 },
      { invoiceNumber: 'CN-100001', paidMinor: -30_000 },
    ]
    await trade.send(paymentOf('PAY-1', 70_000, lines, payer), 'bank')
    await doAct(world, trade, applyCreditAct, account)
    const back = { isReversal: true, reversesPayment: 'PAY-1' }
    await trade.hand(paymentOf('RET-1', 70_000, [], back), 'bank')
    await Promise.all([
      world.settle(),
      doAct(world, trade, takeBackCreditAct, { creditNoteId }),
      doAct(world, trade, applyCreditAct, account),
    ])
    await world.settle()
    await assertBalanced(trade)
    expect(await deductions(trade)).toMatchObject([{ status: 'withdrawn', settled: 0 }])
    expect((await openOf(trade, 'PO-1'))[0]).toBeGreaterThan(0)
  }
  expect(world.failures).toEqual([])
})

type Balance = {
  readonly what: string
  readonly total: number
  readonly open: number
  readonly put: number
}

/** For every document what is open and what was put to or taken from it come to its total, and nothing is below zero. */
async function assertBalanced(trade: Trade): Promise<void> {
  const rows = await trade.inTenant((tx) =>
    tx.rows<Balance>(sql`
      select 'credit ' || credit_note_number as what, total_minor as total, open_minor as open,
        coalesce((select sum(amount_minor) from credit_application used
          where used.credit_note_id = credit_note.credit_note_id and undone_at is null), 0)::bigint as put
      from credit_note
      union all
      select 'invoice ' || invoice_number, total_minor, open_minor,
        (coalesce((select sum(applied_minor + discount_minor + write_off_minor + fee_minor) from payment_application paid
          where paid.invoice_id = invoice.invoice_id), 0)
        + coalesce((select sum(amount_minor) from credit_application used
          where used.invoice_id = invoice.invoice_id and undone_at is null), 0))::bigint
      from invoice
      union all
      select 'payment ' || payment_number, amount_minor, unapplied_minor,
        coalesce((select sum(coalesce(taken_minor, applied_minor)) from payment_application paid
          where paid.payment_id = payment.payment_id), 0)::bigint
      from payment where not is_reversal and reversed_by is null`),
  )
  for (const { what, total, open, put } of rows) {
    expect([what, open + put]).toEqual([what, total])
    expect([what, open >= 0]).toEqual([what, true])
  }
  const told = new Map<string, number>()
  for (const { document } of trade.arrived('erp.apply-credit'))
    if (document.docType === 'credit-posting')
      told.set(document.creditNoteNumber, document.openMinor)
  const kept = new Map((await notes(trade)).map(({ number, open }) => [number, open]))
  for (const [number, openMinor] of told)
    expect([number, openMinor]).toEqual([number, kept.get(number)])
}

type Step =
  | { readonly do: 'bill'; readonly quantity: number }
  | { readonly do: 'credit'; readonly minor: number; readonly isOwn: boolean }
  | {
      readonly do: 'pay'
      readonly share: number
      readonly credit: number
      readonly keepBack: number
    }
  | { readonly do: 'apply' | 'undo' | 'settle' | 'reverse' | 'take-off' }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('bill' as const), quantity: fc.integer({ min: 1, max: 6 }) }),
    fc.record({
      do: fc.constant('credit' as const),
      minor: fc.integer({ min: 1, max: 120_000 }),
      isOwn: fc.boolean(),
    }),
    fc.record({
      do: fc.constant('pay' as const),
      share: fc.integer({ min: 1, max: 100 }),
      credit: fc.integer({ min: 0, max: 60_000 }),
      keepBack: fc.integer({ min: 0, max: 9_000 }),
    }),
    fc.constantFrom(
      { do: 'apply' as const },
      { do: 'undo' as const },
      { do: 'settle' as const },
      { do: 'reverse' as const },
      { do: 'take-off' as const },
    ),
  ),
  { minLength: 4, maxLength: 9 },
)

type Owed = { readonly invoiceNumber: string; readonly openMinor: number }

const owed = (trade: Trade) =>
  trade.inTenant((tx) =>
    tx.rows<Owed>(sql`
      select invoice_number as "invoiceNumber", open_minor as "openMinor" from invoice order by open_minor desc, 1`),
  )

async function pay(trade: Trade, place: number, step: Extract<Step, { do: 'pay' }>) {
  const [invoice] = await owed(trade)
  if (invoice === undefined || invoice.openMinor === 0) return
  const grossMinor = Math.max(1, Math.floor((invoice.openMinor * step.share) / 100))
  const [note] = (await notes(trade)).filter(({ status }) => status === 'open')
  const creditMinor = note === undefined ? 0 : Math.min(step.credit, grossMinor - 1)
  const { invoiceNumber } = invoice
  const line = {
    ...{ invoiceNumber, paidMinor: grossMinor, deductionMinor: step.keepBack },
    ...(step.keepBack === 0 ? {} : { deductionCode: '01' }),
  }
  const set =
    creditMinor === 0 ? [] : [{ invoiceNumber: note?.number ?? '', paidMinor: -creditMinor }]
  const money = paymentOf(`PAY-${place}`, grossMinor - creditMinor, [line, ...set], payer)
  await trade.send(money, 'bank')
}

async function newestPayment(trade: Trade) {
  const [row] = await trade.inTenant((tx) =>
    tx.rows<{ id: string; number: string; minor: number }>(sql`
      select payment_id as id, payment_number as number, amount_minor as minor from payment
      where not is_reversal and reversed_by is null order by payment_id desc limit 1`),
  )
  return row
}

async function settleOne(trade: Trade): Promise<void> {
  const [found] = (await candidates(trade)).filter(
    ({ kind }) => kind === 'credit-deduction' || kind === 'charge-back-deduction',
  )
  if (found?.kind === 'credit-deduction')
    await doAct(world, trade, creditDeductionAct, creditDeductionAct.payload.parse(found.payload))
  if (found?.kind === 'charge-back-deduction') {
    const payload = chargeBackDeductionAct.payload.parse(found.payload)
    await doAct(world, trade, chargeBackDeductionAct, payload)
  }
}

async function undoOne(trade: Trade): Promise<void> {
  const [found] = (await candidates(trade)).filter(({ kind }) => kind === 'take-back-credit')
  if (found !== undefined)
    await doAct(world, trade, takeBackCreditAct, takeBackCreditAct.payload.parse(found.payload))
}

async function walk(trade: Trade, step: Step, place: number): Promise<void> {
  switch (step.do) {
    case 'bill':
      await billed(trade, `PO-${place}`, step.quantity)
      return
    case 'credit': {
      const [invoice] = step.isOwn ? await owed(trade) : []
      const own = invoice === undefined ? {} : { invoiceNumber: invoice.invoiceNumber }
      await credit(trade, `CN-9${String(place).padStart(5, '0')}`, { minor: step.minor, ...own })
      return
    }
    case 'pay':
      return pay(trade, place, step)
    case 'apply':
      await doAct(world, trade, applyCreditAct, account)
      return
    case 'undo':
      return undoOne(trade)
    case 'settle':
      return settleOne(trade)
    case 'reverse': {
      const money = await newestPayment(trade)
      const back = { isReversal: true, reversesPayment: money?.number ?? '' }
      if (money !== undefined)
        await trade.send(paymentOf(`RET-${place}`, money.minor, [], back), 'bank')
      return
    }
    case 'take-off': {
      const money = await newestPayment(trade)
      if (money === undefined) return
      const whose = { tenantId: trade.tenantId, actor: 'person:Ines', reason: 'It was wrong.' }
      await cashService(world).takeBack({ ...whose, paymentId: money.id })
      await world.settle()
    }
  }
}

test('whatever is billed, paid, credited, used and taken back in whatever order: open and used come to the total of every document, and nothing is used twice', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (walked) => {
      const trade = await world.newTrade()
      for (const po of ['PO-A', 'PO-B']) await billed(trade, po)
      // What was billed so far is too dear; what is billed from now on is not.
      await agreePrice(trade)
      for (const [place, step] of walked.entries()) {
        await walk(trade, step, place)
        await assertBalanced(trade)
      }
      expect(world.failures).toEqual([])
    }),
    { numRuns: 12 },
  )
}, 120_000)
