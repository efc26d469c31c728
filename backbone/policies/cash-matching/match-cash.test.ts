import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dueTerms } from '../invoice-terms.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import { type CashFacts, type OpenItem, settledMinor } from './cash-facts.ts'
import { CashSettings } from './cash-policy.ts'
import { judgeDeduction } from './judge-deduction.ts'
import { matchCash } from './match-cash.ts'
import { subsetSums } from './subset-sum.ts'

const casesPath = new URL('../../../../shared/domain-cases.json', import.meta.url)
const cases: Record<string, Record<string, unknown>> | undefined = existsSync(casesPath)
  ? JSON.parse(readFileSync(casesPath, 'utf8'))
  : undefined

const item = (
  invoiceNumber: string,
  openMinor: number,
  change: Partial<OpenItem> = {},
): OpenItem => ({
  ...{ invoiceId: `id-${invoiceNumber}`, invoiceNumber, orderId: 'ord_1', customerNumber: 'C-1' },
  ...{
    currency: 'USD',
    openMinor,
    invoicedOn: '2026-11-02',
    dueOn: '2026-12-02',
    discountMinor: 0,
  },
  ...change,
})

const line = (invoiceNumber: string, paidMinor: number, more: object = {}) => ({
  ...{ invoiceNumber, paidMinor, discountMinor: 0, deductionMinor: 0, ...more },
})

const policy = (settings: Partial<CashSettings> = {}): PolicyInForce<CashSettings> => ({
  settings: CashSettings.parse(settings),
  version: 'cash:test',
})

const payerOf = (customerNumber: string, ...children: string[]): CashFacts['payer'] => ({
  ...{ customerNumber, payableCustomers: [customerNumber, ...children], evidence: [] },
  isCertain: true,
})

type Money = Partial<CashFacts['payment']>

const factsOf = (
  amountMinor: number,
  items: readonly OpenItem[],
  payment: Money = {},
  more: Partial<CashFacts> = {},
): CashFacts => ({
  payment: {
    ...{ paymentNumber: 'PAY-1', currency: 'USD', amountMinor, unappliedMinor: amountMinor },
    ...{ bookedOn: '2026-11-20', remittance: [], method: 'ach' },
    ...payment,
  },
  payer: payerOf('C-1'),
  items,
  existingNumbers: new Set(items.map((one) => one.invoiceNumber)),
  ...{ paidInvoiceIds: [], takenOffInvoiceIds: [], feesBorne: [], earlier: [], rates: [] },
  letGo: [],
  ...more,
})

const listed = (amountMinor: number, items: readonly OpenItem[], payment: Money = {}, more = {}) =>
  factsOf(
    amountMinor,
    items,
    { remittance: items.map((one) => line(one.invoiceNumber, amountMinor)), ...payment },
    more,
  )

const applied = (decision: ReturnType<typeof matchCash>) =>
  decision.chosen?.applications.map((one) => [
    one.invoiceNumber,
    one.appliedMinor,
    one.discountMinor,
    one.writeOffMinor,
    one.feeMinor,
  ])

const c1 = [120_410, 265_000, 95_827, 77_700]

test('C1_subset: two sets of invoices come to 4,812.37, so a person decides', () => {
  const [a = 0, b = 0, c = 0, e = 0] = c1
  const items = [item('A', a), item('B', b), item('C', c), item('D', 360_827), item('E', e)]
  const decision = matchCash(factsOf(481_237, items), policy())
  expect(decision).toMatchObject({ decision: 'hold', kind: 'unapplied', pass: 8 })
  expect(decision.chosen).toBeUndefined()
  const sums = decision.candidates
    .filter((candidate) => candidate.kind === 'subset-sum')
    .map((candidate) => candidate.applications.map((one) => one.appliedMinor))
  const expected = [
    [120_410, 360_827],
    [120_410, 265_000, 95_827],
  ]
  expect(new Set(sums.map((sum) => sum.toSorted().join()))).toEqual(
    new Set(expected.map((sum) => sum.toSorted().join())),
  )
  if (cases !== undefined)
    expect(cases['C1_subset']).toMatchObject({ target: 481_237, solutions: expected })
  expect(decision.tried.map(({ pass }) => pass)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(decision.tried[5]?.why).toContain('more than one set')
})

test('C1b_subset_unique: with 3,608.28 only one set is left, which is proposed, or posted where the policy says so', () => {
  const [a = 0, b = 0, c = 0, e = 0] = c1
  const items = [item('A', a), item('B', b), item('C', c), item('D', 360_828), item('E', e)]
  const solution = [
    ['A', 120_410, 0, 0, 0],
    ['B', 265_000, 0, 0, 0],
    ['C', 95_827, 0, 0, 0],
  ]
  const decision = matchCash(factsOf(481_237, items), policy())
  expect(decision).toMatchObject({ decision: 'propose', kind: 'subset-sum', pass: 6 })
  expect(applied(decision)).toEqual(solution)
  const posted = matchCash(factsOf(481_237, items), policy({ autoPostPasses: [1, 2, 3, 6] }))
  expect(posted.decision).toBe('accept')
  if (cases !== undefined)
    expect(cases['C1b_subset_unique']).toMatchObject({ solutions: [[120_410, 265_000, 95_827]] })
})

test('of several sets the policy may take the one that pays everything due up to a day', () => {
  const items = [
    item('A', 10_000, { dueOn: '2026-11-10' }),
    item('B', 20_000, { dueOn: '2026-11-12' }),
    item('C', 30_000, { dueOn: '2026-11-20' }),
  ]
  expect(matchCash(factsOf(30_000, items, {}, {}), policy()).pass).toBe(5)
  const twice = [
    ...items,
    item('D', 30_001, { dueOn: '2026-11-25' }),
    item('E', 1, { dueOn: '2026-12-24' }),
  ]
  const found = matchCash(factsOf(60_001, twice), policy({ subsetTieBreak: 'due-dates' }))
  expect(found).toMatchObject({ decision: 'hold' })
  const prefix = matchCash(
    factsOf(60_000, [...items, item('D', 60_000 - 10_000, { dueOn: '2026-12-01' })]),
    policy({ subsetTieBreak: 'due-dates' }),
  )
  expect(applied(prefix)?.map(([number]) => number)).toEqual(['A', 'B', 'C'])
})

// Domain rules C2: 5,000.00 at 2/10 net 30, invoiced on 2 November.
const discounted = item(
  'INV-1',
  500_000,
  dueTerms('2026-11-02', 500_000, { netDays: 30, discountPercent: '2', discountDays: 10 }),
)

test('C2_disc: 4,900.00 on day 9 settles 5,000.00 with a discount of 100.00; on day 13 it is 100.00 short with code 24', () => {
  const early = matchCash(listed(490_000, [discounted], { bookedOn: '2026-11-11' }), policy())
  expect(early).toMatchObject({ decision: 'accept', pass: 2, kind: 'allowed-difference' })
  expect(applied(early)).toEqual([['INV-1', 490_000, 10_000, 0, 0]])
  const late = matchCash(listed(490_000, [discounted], { bookedOn: '2026-11-15' }), policy())
  expect(applied(late)).toEqual([['INV-1', 490_000, 0, 0, 0]])
  expect(late.chosen?.deductions).toMatchObject([
    { code: '24', kind: 'unearned-discount', amountMinor: 10_000 },
  ])
  if (cases !== undefined)
    expect(cases['C2_disc']).toMatchObject({ disc: '100.00', net: '4900.00', d_ok: 9, d_late: 13 })
})

test.each([
  { bookedOn: '2026-11-12', grace: 0, isEarned: true },
  { bookedOn: '2026-11-13', grace: 0, isEarned: false },
  { bookedOn: '2026-11-15', grace: 3, isEarned: true },
  { bookedOn: '2026-11-16', grace: 3, isEarned: false },
])('with $grace days of grace a discount taken on $bookedOn is earned: $isEarned', (row) => {
  const decision = matchCash(
    listed(490_000, [discounted], { bookedOn: row.bookedOn }),
    policy({ discountGraceDays: row.grace }),
  )
  expect(decision.chosen?.applications[0]?.discountMinor).toBe(row.isEarned ? 10_000 : 0)
})

test('C3_tol: 0.09 short of 1,299.99 is written off by itself', () => {
  const decision = matchCash(listed(129_990, [item('INV-1', 129_999)]), policy())
  expect(decision).toMatchObject({ decision: 'accept', pass: 2 })
  expect(applied(decision)).toEqual([['INV-1', 129_990, 0, 9, 0]])
  if (cases !== undefined) expect(cases['C3_tol']).toMatchObject({ diff: '0.09', limit: '5.00' })
})

test.each([
  { openMinor: 129_999, paidMinor: 129_500, writeOffMinor: 499 },
  { openMinor: 129_999, paidMinor: 129_499, writeOffMinor: 500 },
  { openMinor: 129_999, paidMinor: 129_498, writeOffMinor: 0 },
  { openMinor: 10_000, paidMinor: 9_950, writeOffMinor: 50 },
  { openMinor: 9_950, paidMinor: 9_900, writeOffMinor: 0 },
  { openMinor: 10_000, paidMinor: 9_949, writeOffMinor: 0 },
])('$paidMinor for $openMinor writes off $writeOffMinor', (row) => {
  const decision = matchCash(listed(row.paidMinor, [item('INV-1', row.openMinor)]), policy())
  expect(applied(decision)).toEqual([['INV-1', row.paidMinor, 0, row.writeOffMinor, 0]])
})

test('what was written off for a customer this month counts against its monthly cap', () => {
  const facts = listed(
    99_900,
    [item('INV-1', 100_000)],
    {},
    {
      letGo: [{ customerNumber: 'C-1', currency: 'USD', writtenOffMinor: 4_950, feeMinor: 0 }],
    },
  )
  expect(applied(matchCash(facts, policy()))).toEqual([['INV-1', 99_900, 0, 0, 0]])
  const more = policy({ toleranceMonthlyCap: '51.00' })
  expect(applied(matchCash(facts, more))).toEqual([['INV-1', 99_900, 0, 100, 0]])
  const two = factsOf(199_200, [item('A', 100_000), item('B', 100_000)], {
    remittance: [line('A', 99_600), line('B', 99_600)],
  })
  const both = matchCash(two, policy({ toleranceMonthlyCap: '5.00' }))
  expect(applied(both)).toEqual([
    ['A', 99_600, 0, 400, 0],
    ['B', 99_600, 0, 0, 0],
  ])
})

test('C4_ded: 360.00 kept back with code 01 is applied net, and valid against the agreed 9.64', () => {
  const invoice = item('INV-1', 1_000_000)
  const remittance = [line('INV-1', 1_000_000, { adjustmentMinor: -36_000, deductionCode: '01' })]
  const decision = matchCash(
    factsOf(964_000, [invoice], { remittance, formatVersion: '004010' }),
    policy(),
  )
  expect(decision).toMatchObject({ decision: 'accept', pass: 3 })
  expect(applied(decision)).toEqual([['INV-1', 964_000, 0, 0, 0]])
  const [deduction] = decision.chosen?.deductions ?? []
  expect(deduction).toMatchObject({ amountMinor: 36_000, code: '01', route: 'pricing' })
  const lines = [{ line: '1', quantityEach: 1_000, billedPrice: '10.00', contractPrice: '9.64' }]
  const judged = (amountMinor: number, code: string, contractPrice?: string) =>
    judgeDeduction(
      {
        ...{ invoiceNumber: 'INV-1', currency: 'USD', amountMinor, code },
        lines: lines.map((one) => ({ ...one, contractPrice })),
      },
      policy(),
    )
  expect(judged(36_000, '01', '9.64')).toMatchObject({
    ...{ decision: 'propose', kind: 'valid', justifiedMinor: 36_000 },
    alternatives: [{ kind: 'credit-note', amountMinor: 36_000 }],
  })
  expect(judged(40_000, '01', '9.64')).toMatchObject({
    kind: 'partly-valid',
    justifiedMinor: 36_000,
  })
  expect(judged(36_000, '01', '10.00')).toMatchObject({ kind: 'invalid', decision: 'refuse' })
  expect(judged(36_000, '01')).toMatchObject({ kind: 'invalid' })
  expect(judged(36_000, '04', '9.64')).toMatchObject({ kind: 'unchecked', decision: 'hold' })
  const credit = (creditNote?: { number: string; openMinor: number }) =>
    judgeDeduction(
      {
        ...{ invoiceNumber: 'INV-1', currency: 'USD', amountMinor: 20_000, lines: [] },
        ...{ reference: 'CM-7', creditNote },
      },
      policy(),
    )
  expect(credit({ number: 'CM-7', openMinor: 20_000 })).toMatchObject({
    ...{ kind: 'valid', alternatives: [{ kind: 'use-credit-note', amountMinor: 20_000 }] },
  })
  expect(credit({ number: 'CM-7', openMinor: 5_000 })).toMatchObject({ kind: 'partly-valid' })
  expect(credit()).toMatchObject({ kind: 'invalid', decision: 'refuse' })
  expect(credit({ number: 'CM-7', openMinor: 0 })).toMatchObject({
    ...{ kind: 'invalid', evidence: [{ weighs: 'against' }] },
  })
  if (cases !== undefined) expect(cases['C4_ded']).toMatchObject({ ded: '360.00' })
})

test.each([
  { formatVersion: '003030', adjustmentMinor: 36_000, outcome: 'accept' },
  { formatVersion: '003030', adjustmentMinor: -36_000, outcome: 'hold' },
  { formatVersion: '003050', adjustmentMinor: -36_000, outcome: 'accept' },
  { formatVersion: '005010X218', adjustmentMinor: 36_000, outcome: 'hold' },
  // Between the two versions the amounts themselves say how they are signed.
  { formatVersion: '003040', adjustmentMinor: 36_000, outcome: 'accept' },
  { formatVersion: '003040', adjustmentMinor: -36_000, outcome: 'accept' },
  { formatVersion: '003040', adjustmentMinor: -35_000, outcome: 'hold' },
])(
  'an adjustment of $adjustmentMinor in $formatVersion with 9,640.00 paid: $outcome',
  ({ formatVersion, adjustmentMinor, outcome }) => {
    const remittance = [line('INV-1', 1_000_000, { adjustmentMinor, deductionCode: '01' })]
    const facts = factsOf(964_000, [item('INV-1', 1_000_000)], { remittance, formatVersion })
    const decision = matchCash(facts, policy())
    expect(decision.decision).toBe(outcome)
    if (outcome === 'hold') expect(decision.kind).toBe('remittance-mismatch')
  },
)

test('C5: what is paid too much stays on account and goes to no other invoice', () => {
  const items = [item('INV-1', 100_000), item('INV-2', 20_000)]
  const facts = factsOf(120_000, items, { remittance: [line('INV-1', 120_000)] })
  const decision = matchCash(facts, policy())
  expect(decision).toMatchObject({ decision: 'accept', kind: 'over-payment' })
  expect(applied(decision)).toEqual([['INV-1', 100_000, 0, 0, 0]])
})

test('C6: a bank fee is borne on a foreign wire, or as the bank states it, up to the fee tolerance', () => {
  const items = [item('INV-1', 250_000)]
  const fee = (payment: Money) => matchCash(listed(246_250, items, payment), policy())
  expect(applied(fee({ method: 'wire', isForeign: true }))).toEqual([
    ['INV-1', 246_250, 0, 0, 3_750],
  ])
  expect(applied(fee({ bankChargesMinor: 3_750 }))).toEqual([['INV-1', 246_250, 0, 0, 3_750]])
  expect(applied(fee({ method: 'wire' }))).toEqual([['INV-1', 246_250, 0, 0, 0]])
  const dear = matchCash(listed(244_000, items, { method: 'wire', isForeign: true }), policy())
  expect(applied(dear)).toEqual([['INV-1', 244_000, 0, 0, 0]])
})

test('C6: bank fees borne for a customer this month count against its monthly cap, currency by currency', () => {
  const foreign = { method: 'wire' as const, isForeign: true }
  const fee = (letGo: CashFacts['letGo']) =>
    applied(matchCash(listed(246_250, [item('INV-1', 250_000)], foreign, { letGo }), policy()))
  const borne = (currency: string, feeMinor: number) => [
    { customerNumber: 'C-1', currency, writtenOffMinor: 0, feeMinor },
  ]
  // 500.00 a month: 37.50 fit into what is left, or they do not.
  expect(fee(borne('USD', 46_250))).toEqual([['INV-1', 246_250, 0, 0, 3_750]])
  expect(fee(borne('USD', 46_251))).toEqual([['INV-1', 246_250, 0, 0, 0]])
  expect(fee(borne('EUR', 50_000))).toEqual([['INV-1', 246_250, 0, 0, 3_750]])
})

test('C6: a payment bears one bank fee, however many invoices it pays and in however many postings', () => {
  const items = Array.from({ length: 10 }, (_, place) => item(`INV-${place}`, 100_000))
  const paying = (of: readonly OpenItem[], paidMinor: number, payment: Money, more = {}) =>
    factsOf(
      paidMinor * of.length,
      of,
      { remittance: of.map((one) => line(one.invoiceNumber, paidMinor)), ...payment },
      more,
    )
  const fees = (facts: CashFacts) =>
    matchCash(facts, policy()).chosen?.applications.map((one) => one.feeMinor)
  const wire = { method: 'wire' as const, isForeign: true }
  expect(fees(paying(items, 95_000, wire))).toEqual([5_000, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  const two = items.slice(0, 2)
  expect(fees(paying(two, 98_500, { bankChargesMinor: 1_500 }))).toEqual([1_500, 0])
  // An earlier posting of the same money has borne its part.
  const borne = (feeMinor: number, currency = 'USD') => ({ feesBorne: [{ feeMinor, currency }] })
  expect(fees(paying(two, 97_000, wire, borne(2_500)))).toEqual([0, 0])
  expect(fees(paying(two, 98_000, wire, borne(2_500)))).toEqual([2_000, 0])
  expect(fees(paying(two, 98_000, wire, borne(100, 'EUR')))).toEqual([0, 0])
})

test('what a person took off an invoice is only proposed for it again, with the reason', () => {
  const open = [item('INV-1', 100_000)]
  const decision = matchCash(
    listed(100_000, open, {}, { takenOffInvoiceIds: ['id-INV-1'] }),
    policy(),
  )
  expect(decision).toMatchObject({ decision: 'propose', kind: 'exact', candidates: [{}] })
  expect(decision.evidence.map(({ text }) => text)).toContain(
    'A person took this money off INV-1: only a person puts it there again.',
  )
})

test('C7: the same payer, amount and reference again is held, with a refund and a credit to choose from', () => {
  const earlier = [{ paymentNumber: 'PAY-0', bookedOn: '2026-11-01', amountMinor: 100_000 }]
  const decision = matchCash(listed(100_000, [item('INV-1', 100_000)], {}, { earlier }), policy())
  expect(decision).toMatchObject({ decision: 'hold', kind: 'duplicate-payment' })
  expect(decision.chosen).toBeUndefined()
  expect(decision.alternatives.map(({ kind }) => kind)).toEqual([
    'refund',
    'keep-on-account',
    'exact',
  ])
})

test('C8: one payment in euro for invoices of two customers in two currencies is split, the exchange difference apart', () => {
  const items = [
    item('INV-1', 100_000, { customerNumber: 'C-2' }),
    item('INV-2', 50_000, { currency: 'EUR' }),
  ]
  const remittance = [
    line('INV-1', 92_500, { currency: 'USD', settlesMinor: 100_000 }),
    line('INV-2', 50_000),
  ]
  const payment = { currency: 'EUR', remittance }
  const more = { payer: payerOf('C-1', 'C-2'), rates: [{ from: 'USD', to: 'EUR', rate: '0.92' }] }
  const decision = matchCash(factsOf(142_500, items, payment, more), policy())
  expect(decision.decision).toBe('accept')
  expect(decision.chosen?.applications).toMatchObject([
    { invoiceNumber: 'INV-1', appliedMinor: 100_000, takenMinor: 92_500, fxDifferenceMinor: 500 },
    { invoiceNumber: 'INV-2', appliedMinor: 50_000, takenMinor: 50_000, fxDifferenceMinor: 0 },
  ])
  const without = matchCash(factsOf(142_500, items, payment, { ...more, rates: [] }), policy())
  expect(without.evidence.map(({ text }) => text).join()).toContain(
    'no exchange rate from EUR to USD',
  )
  const atRate = factsOf(
    92_000,
    items.slice(0, 1),
    {
      ...{ currency: 'EUR', remittance: [line('INV-1', 92_000, { currency: 'USD' })] },
    },
    more,
  )
  expect(matchCash(atRate, policy()).chosen?.applications).toMatchObject([
    { appliedMinor: 100_000, takenMinor: 92_000, fxDifferenceMinor: 0 },
  ])
})

test('C9: 104528 for 104582 with the same amount is proposed, and posted only by policy and when there is no 104528', () => {
  const items = [item('104582', 77_300), item('104590', 1_000)]
  const remittance = [line('INV104528', 77_300)]
  const facts = factsOf(77_300, items, { remittance })
  const decision = matchCash(facts, policy())
  expect(decision).toMatchObject({ decision: 'propose', kind: 'repaired-reference', pass: 4 })
  expect(applied(decision)).toEqual([['104582', 77_300, 0, 0, 0]])
  const byPolicy = policy({ autoPostPasses: [1, 2, 3, 4] })
  expect(matchCash(facts, byPolicy).decision).toBe('accept')
  const bothExist = { existingNumbers: new Set(['INV104528', '104582']) }
  const both = matchCash({ ...facts, ...bothExist }, byPolicy)
  expect(both).toMatchObject({ decision: 'propose', kind: 'repaired-reference' })
  const otherAmount = matchCash(
    factsOf(77_301, items, { remittance: [line('104528', 77_301)] }),
    policy(),
  )
  expect(otherAmount.pass).toBe(8)
})

test.each(['INV-104582', '0104582', 'RE 104582', '10458', '1045829', '104572', '104528'])(
  'the reference %s is repaired to 104582 when the amount is equal',
  (named) => {
    const facts = factsOf(77_300, [item('104582', 77_300)], {
      remittance: [line(named, 77_300)],
      remittanceText: '',
    })
    expect(matchCash(facts, policy()).pass).toBe(4)
  },
)

test('C10_float: 1,234.56 less 1,000.10 less 234.46 is exactly nothing', () => {
  expect(1234.56 - 1000.1 - 234.46).not.toBe(0)
  const items = [item('A', 100_010), item('B', 23_446)]
  const remittance = [line('A', 100_010), line('B', 23_446)]
  const decision = matchCash(factsOf(123_456, items, { remittance }), policy())
  expect(decision).toMatchObject({ decision: 'accept', pass: 3, money: { amountMinor: 123_456 } })
  if (cases !== undefined)
    expect(cases['C10_float']).toMatchObject({ erpnext_like: '-8.526512829121202e-14' })
})

test('C11: 2,462.50 with a fee of 37.50 settles 2,500.00 and leaves nothing unapplied', () => {
  const decision = matchCash(
    listed(246_250, [item('INV-1', 250_000)], { bankChargesMinor: 3_750 }),
    policy(),
  )
  const [application] = decision.chosen?.applications ?? []
  expect(application).toMatchObject({ takenMinor: 246_250, feeMinor: 3_750 })
  expect(246_250 - (application?.takenMinor ?? 0)).toBe(0)
})

test('a credit set off on the remittance lowers what its invoices get and becomes a deduction that names it', () => {
  const items = [item('A', 100_000), item('B', 40_000)]
  const remittance = [line('A', 100_000), line('B', 40_000), line('CM-7', -20_000)]
  const decision = matchCash(factsOf(120_000, items, { remittance }), policy())
  expect(decision).toMatchObject({ decision: 'accept', pass: 3 })
  expect(applied(decision)).toEqual([
    ['A', 80_000, 0, 0, 0],
    ['B', 40_000, 0, 0, 0],
  ])
  expect(decision.chosen?.deductions).toMatchObject([
    { kind: 'credit-taken', reference: 'CM-7', amountMinor: 20_000, invoiceNumber: 'A' },
  ])
})

test('a credit set off is a deduction, not a discount nobody claimed nor a small difference', () => {
  const discount = { discountMinor: 10_000, discountUntil: '2026-11-22' }
  const setOff = (open: OpenItem, creditMinor: number) =>
    matchCash(
      factsOf(open.openMinor - creditMinor, [open], {
        remittance: [line('INV-1', open.openMinor), line('CN-1', -creditMinor)],
      }),
      policy(),
    )
  const inDiscountTime = setOff(item('INV-1', 500_000, discount), 10_000)
  expect(applied(inDiscountTime)).toEqual([['INV-1', 490_000, 0, 0, 0]])
  expect(inDiscountTime.chosen?.deductions).toMatchObject([
    { kind: 'credit-taken', reference: 'CN-1', amountMinor: 10_000 },
  ])
  const small = setOff(item('INV-1', 100_000), 400)
  expect(applied(small)).toEqual([['INV-1', 99_600, 0, 0, 0]])
  expect(small.chosen?.deductions).toMatchObject([{ reference: 'CN-1', amountMinor: 400 }])
})

test('what is short besides a deduction is let go by discount or tolerance, the deduction stays open', () => {
  const open = item('INV-1', 500_000, { discountMinor: 10_000, discountUntil: '2026-11-22' })
  const remittance = [line('INV-1', 454_000, { deductionMinor: 36_000, deductionCode: '01' })]
  const decision = matchCash(factsOf(454_000, [open], { remittance }), policy())
  expect(applied(decision)).toEqual([['INV-1', 454_000, 10_000, 0, 0]])
  expect(decision.chosen?.deductions).toMatchObject([{ code: '01', amountMinor: 36_000 }])
})

test.each([
  { toleranceMonthlyCap: '999999999999999' },
  { toleranceUpTo: '1000000000.01' },
  { feeUpTo: '99999999999' },
  { tolerancePercent: '100.5' },
  { toleranceUpTo: '-1' },
])('a setting no currency can count with is refused: %j', (settings) => {
  expect(CashSettings.safeParse(settings).success).toBe(false)
})

test('the largest money settings a policy may have still match', () => {
  const most = '1000000000'
  const settings = { toleranceMonthlyCap: most, toleranceUpTo: most, feeUpTo: most }
  const decision = matchCash(listed(99_990, [item('INV-1', 100_000)]), policy(settings))
  expect(applied(decision)).toEqual([['INV-1', 99_990, 0, 10, 0]])
})

test('a text that names one invoice pays it when the amount is right, and is asked about when it is not', () => {
  const items = [item('INV-000123', 50_000), item('INV-000124', 70_000)]
  const text = (remittanceText: string, amountMinor: number) =>
    matchCash(factsOf(amountMinor, items, { remittanceText }), policy())
  expect(text('Invoice inv-000123, thank you', 50_000)).toMatchObject({
    decision: 'accept',
    pass: 1,
  })
  expect(text('INV-000123 INV-000124', 120_000)).toMatchObject({ decision: 'accept', pass: 3 })
  expect(text('INV-000123', 30_000)).toMatchObject({
    decision: 'hold',
    candidates: expect.arrayContaining([
      expect.objectContaining({
        applications: [expect.objectContaining({ appliedMinor: 30_000 })],
      }),
    ]),
  })
  expect(text('PAYMENT PER STATEMENT', 70_000)).toMatchObject({ decision: 'propose', pass: 5 })
})

test('matches by amount alone need a known payer, and no invoice of strangers is touched', () => {
  const items = [item('A', 50_000), item('B', 60_000, { customerNumber: 'C-9' })]
  const nobody = { payer: { isCertain: false, payableCustomers: [], evidence: [] } }
  expect(matchCash(factsOf(50_000, items, {}, nobody), policy())).toMatchObject({ pass: 8 })
  expect(matchCash(factsOf(60_000, items), policy()).chosen).toBeUndefined()
})

test('money of one customer for an invoice of another is proposed, unless it belongs to the payer or the policy accepts it', () => {
  const items = [item('B', 60_000, { customerNumber: 'C-9' })]
  const facts = listed(60_000, items)
  expect(matchCash(facts, policy())).toMatchObject({ decision: 'propose', pass: 1 })
  expect(matchCash(facts, policy({ thirdPartyPayers: 'accept' })).decision).toBe('accept')
  // What was only learned from earlier matches does not outweigh what the remittance says.
  const learned = { ...facts, payer: { ...payerOf('C-1'), isCertain: false } }
  expect(matchCash(learned, policy()).decision).toBe('accept')
  const parent = { ...facts, payer: payerOf('C-1', 'C-9') }
  expect(matchCash(parent, policy()).decision).toBe('accept')
})

test('two open invoices with the amount are not guessed between', () => {
  const decision = matchCash(factsOf(50_000, [item('A', 50_000), item('B', 50_000)]), policy())
  expect(decision).toMatchObject({ decision: 'hold' })
  expect(decision.candidates.map((one) => one.applications[0]?.invoiceNumber)).toEqual(
    expect.arrayContaining(['A', 'B']),
  )
})

test('money on account pays the oldest first where that is agreed, and only then', () => {
  const items = [
    item('NEW', 50_000, { dueOn: '2026-12-20' }),
    item('OLD', 50_000, { dueOn: '2026-10-20' }),
  ]
  const facts = factsOf(70_000, items)
  expect(matchCash(facts, policy()).decision).toBe('hold')
  const agreed = matchCash(facts, policy({ onAccount: 'oldest-first' }))
  expect(agreed).toMatchObject({ decision: 'accept', pass: 7 })
  expect(applied(agreed)).toEqual([
    ['OLD', 50_000, 0, 0, 0],
    ['NEW', 20_000, 0, 0, 0],
  ])
})

test('a remittance that does not come to the payment is asked about', () => {
  const items = [item('A', 50_000), item('B', 60_000)]
  const remittance = [line('A', 50_000), line('B', 60_000)]
  const decision = matchCash(factsOf(112_000, items, { remittance }), policy())
  expect(decision).toMatchObject({ decision: 'hold', kind: 'unapplied' })
  expect(decision.evidence.map(({ text }) => text).join()).toContain(
    'its remittance comes to 1100.00 USD, the payment is 1120.00 USD',
  )
  expect(decision.candidates[0]?.applications).toHaveLength(2)
})

test('more open invoices than can be searched are narrowed by due date, and a sum among those is only proposed', () => {
  const far = Array.from({ length: 40 }, (_, index) =>
    item(`F-${index}`, 1_000_000 + index, { dueOn: '2027-06-01' }),
  )
  const near = [item('A', 1_200), item('B', 700)]
  const byPolicy = policy({ autoPostPasses: [1, 2, 3, 6] })
  // What is larger than the money cannot be in the sum: nothing was left out that could have been.
  expect(matchCash(factsOf(1_900, [...far, ...near]), byPolicy).decision).toBe('accept')
  const small = far.map((one, index) => ({ ...one, openMinor: 10 + 2 * index }))
  expect(matchCash(factsOf(1_900, [...small, ...near]), byPolicy)).toMatchObject({
    ...{ decision: 'propose', pass: 6 },
  })
  const dueNow = small.map((one) => ({ ...one, dueOn: '2026-11-30' }))
  const tooMany = matchCash(factsOf(1_900, [...dueNow, ...near]), byPolicy)
  expect(tooMany.tried[5]?.why).toContain('42 open invoices come into question')
})

const amounts = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 12 })

test('a sum is found if and only if it is there, and a second one is never missed', () => {
  fc.assert(
    fc.property(amounts, fc.integer({ min: 1, max: 300 }), (open, target) => {
      const all = Array.from({ length: 2 ** open.length }, (_, mask) =>
        open.reduce((sum, amount, place) => sum + ((mask >> place) & 1 ? amount : 0), 0),
      ).filter((sum) => sum === target).length
      const found = subsetSums(open, target)
      expect(found).toHaveLength(Math.min(2, all))
      for (const places of found) {
        expect(new Set(places).size).toBe(places.length)
        expect(places.reduce((sum, place) => sum + (open[place] ?? 0), 0)).toBe(target)
      }
    }),
  )
})

test('thirty-six invoices are searched in a moment, not in the years that trying all sums would take', () => {
  const open = Array.from({ length: 36 }, (_, index) => 1_000_003 + index * 7_919)
  const started = performance.now()
  expect(subsetSums(open, open.slice(0, 18).reduce((a, b) => a + b, 0) + 1).length).toBeLessThan(3)
  expect(performance.now() - started).toBeLessThan(5_000)
})

const anyFacts = fc.record({
  open: fc.array(fc.integer({ min: 0, max: 300_000 }), { minLength: 4, maxLength: 8 }),
  lines: fc.array(
    fc.record({
      number: fc.integer({ min: 1, max: 9 }),
      paidMinor: fc.integer({ min: -1_000, max: 400_000 }),
      discountMinor: fc.integer({ min: 0, max: 3_000 }),
      deductionMinor: fc.integer({ min: 0, max: 3_000 }),
    }),
    { maxLength: 6 },
  ),
  amountMinor: fc.integer({ min: 1, max: 1_000_000 }),
  isSumPaid: fc.boolean(),
  isForeign: fc.boolean(),
  onAccount: fc.constantFrom('unapplied' as const, 'oldest-first' as const),
})

test('no match or candidate ever gives more than was received, nor more to an invoice than is open', () => {
  fc.assert(
    fc.property(anyFacts, ({ open, lines, amountMinor, isSumPaid, isForeign, onAccount }) => {
      const items = open.map((openMinor, index) =>
        item(`INV-${index + 1}`, openMinor, {
          ...{ discountUntil: '2026-11-30', discountMinor: Math.floor(openMinor / 50) },
        }),
      )
      const remittance = lines.map(({ number, paidMinor, ...more }) =>
        line(`INV-${number}`, paidMinor, more),
      )
      const sum = remittance.reduce((total, one) => total + one.paidMinor, 0)
      const received = isSumPaid && sum > 0 ? sum : amountMinor
      const facts = factsOf(received, items, { remittance, isForeign, method: 'wire' })
      const decision = matchCash(facts, policy({ onAccount, autoPostPasses: [1, 2, 3, 4, 5, 6] }))
      for (const { applications } of decision.candidates) {
        expect(applications.reduce((total, one) => total + one.takenMinor, 0)).toBeLessThanOrEqual(
          received,
        )
        expect(new Set(applications.map((one) => one.invoiceId)).size).toBe(applications.length)
        for (const application of applications) {
          const of = items.find((one) => one.invoiceId === application.invoiceId)
          expect(application.appliedMinor).toBeGreaterThan(0)
          expect(settledMinor(application)).toBeLessThanOrEqual(of?.openMinor ?? 0)
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('a payment of which 600.00 of 1,000.00 are left never gives 1,000.00', () => {
  const remittance = [line('INV-1', 100_000)]
  const left = { unappliedMinor: 60_000, remittance }
  const decision = matchCash(factsOf(100_000, [item('INV-1', 100_000)], left), policy())
  expect(decision.decision).toBe('hold')
  expect(decision.tried[0]?.why).toBe('a part of the money is with other invoices already.')
  const short = matchCash(factsOf(100_000, [item('INV-1', 100_100)], left), policy())
  expect(short.decision).toBe('hold')
})

test('money by amount alone is only ever put to a set of invoices that no other set equals', () => {
  fc.assert(
    fc.property(amounts, fc.integer({ min: 1, max: 300 }), (open, amountMinor) => {
      const items = open.map((openMinor, index) => item(`INV-${index}`, openMinor))
      const decision = matchCash(
        factsOf(amountMinor, items),
        policy({ autoPostPasses: [1, 2, 3, 4, 5, 6] }),
      )
      if (decision.kind !== 'subset-sum') return
      expect(subsetSums(open, amountMinor)).toHaveLength(1)
    }),
  )
})
