import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minorFromText } from '../../canonical/money.ts'
import { returnStatuses } from '../../canonical/views/return-view.ts'
import { type ReturnRequestLine, returnEligibility } from './eligibility.ts'
import { type ReturnedLine, returnCredit } from './return-credit.ts'
import { refusedMove } from './return-life.ts'
import { returnsPolicy } from './returns-policy.ts'

const casesFile = new URL('../../../../shared/domain-cases.json', import.meta.url)
const cases = existsSync(casesFile) ? JSON.parse(readFileSync(casesFile, 'utf8')) : undefined

const inForce = (settings: object = {}) => ({
  settings: returnsPolicy.schema.parse(settings),
  version: 'returns:test',
})

const bracketLine: ReturnedLine = {
  line: '1',
  currency: 'USD',
  reason: 'no-longer-needed',
  invoicedEach: 600,
  creditedEach: 0,
  returningEach: 150,
  lineAmountMinor: 480_000,
  allocatedDiscountMinor: 0,
  taxChargedMinor: 0,
  creditedNetMinor: 0,
  creditedTaxMinor: 0,
  breaks: [
    { fromEach: 1, unitPrice: '10' },
    { fromEach: 100, unitPrice: '9.00' },
    { fromEach: 500, unitPrice: '8.00' },
  ],
}
const discounted: ReturnedLine = {
  ...bracketLine,
  invoicedEach: 1,
  returningEach: 1,
  lineAmountMinor: 3_334,
  allocatedDiscountMinor: 334,
  taxChargedMinor: 188,
  taxPercent: '6.25',
  breaks: [],
}

test('R1_return: 150 of 600 come back: 1,200.00 simple, 750.00 re-rated, both shown and a person decides', () => {
  const decision = returnCredit(bracketLine, inForce())
  expect(decision.simple.totalMinor).toBe(120_000)
  expect(decision.rerated?.totalMinor).toBe(75_000)
  expect(decision.decision).toBe('propose')
  expect(decision.money).toEqual({ amountMinor: 120_000, currency: 'USD' })
  expect(decision.alternatives).toMatchObject([{ kind: 'RERATED', amountMinor: -45_000 }])
  const rerating = returnCredit(bracketLine, inForce({ rerateOnReturn: true }))
  expect(rerating.money?.amountMinor).toBe(75_000)
  expect(rerating.alternatives).toMatchObject([{ kind: 'SIMPLE', amountMinor: 45_000 }])
})

test.skipIf(cases === undefined)('R1_return and R2_refund are as the domain cases say', () => {
  const { R1_return, R2_refund } = cases
  const usd = (text: string) => minorFromText(text, 'USD')
  const bracket = returnCredit(bracketLine, inForce())
  expect(bracket.simple.totalMinor).toBe(usd(R1_return.simple))
  expect(bracket.rerated?.totalMinor).toBe(usd(R1_return.rerated))
  const { credit } = returnCredit(discounted, inForce())
  expect(credit.netMinor).toBe(usd(R2_refund.net))
  expect(credit.taxMinor).toBe(usd(R2_refund.tax))
  expect(credit.totalMinor).toBe(usd(R2_refund.total))
})

test('R2_refund: a line of 33.34 with 3.34 of the order discount is refunded 30.00 + 1.88 tax = 31.88', () => {
  const { credit, evidence } = returnCredit(discounted, inForce())
  expect(credit).toEqual({ netMinor: 3_000, taxMinor: 188, feeMinor: 0, totalMinor: 3_188 })
  expect(evidence.map(({ text }) => text)).toContain(
    'By the price that was billed: 30.00 USD net + 1.88 USD tax = 31.88 USD.',
  )
})

test('a restocking fee is taken off the net, and never where the fault is ours', () => {
  const settings = inForce({ restockingFeePercent: '15' })
  expect(returnCredit(discounted, settings).credit).toMatchObject({
    feeMinor: 450,
    totalMinor: 2_738,
  })
  const damaged = returnCredit({ ...discounted, reason: 'damaged' }, settings)
  expect(damaged.credit.totalMinor).toBe(3_188)
  expect(damaged.evidence.map(({ text }) => text)).toContain(
    'No restocking fee: the fault is ours.',
  )
})

test('a small credit may need no person, one with two ways of counting always does', () => {
  const settings = inForce({ autoCreditUpTo: { USD: 200_000 } })
  expect(returnCredit(discounted, settings).decision).toBe('accept')
  expect(returnCredit({ ...discounted, currency: 'EUR' }, settings).decision).toBe('propose')
  expect(returnCredit(bracketLine, settings).decision).toBe('propose')
})

test('however goods come back, the credits sum to what was billed and the tax to what was charged', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 0, max: 900_000 }),
      fc.integer({ min: 0, max: 100 }),
      fc.constantFrom('6.25', '19', undefined),
      (parts, amount, discountShare, taxPercent) => {
        const invoicedEach = parts.reduce((sum, part) => sum + part, 0)
        const allocatedDiscountMinor = Math.floor((amount * discountShare) / 100)
        const net = amount - allocatedDiscountMinor
        const taxChargedMinor = Math.round((net * Number(taxPercent ?? 7)) / 100)
        let line: ReturnedLine = {
          ...discounted,
          invoicedEach,
          lineAmountMinor: amount,
          allocatedDiscountMinor,
          taxChargedMinor,
          ...(taxPercent === undefined ? { taxPercent: '7' } : { taxPercent }),
        }
        for (const returningEach of parts) {
          const { credit } = returnCredit({ ...line, returningEach }, inForce())
          expect(credit.netMinor).toBeGreaterThanOrEqual(0)
          expect(credit.taxMinor).toBeGreaterThanOrEqual(0)
          line = {
            ...line,
            creditedEach: line.creditedEach + returningEach,
            creditedNetMinor: line.creditedNetMinor + credit.netMinor,
            creditedTaxMinor: line.creditedTaxMinor + credit.taxMinor,
          }
          expect(line.creditedTaxMinor).toBeLessThanOrEqual(taxChargedMinor)
        }
        expect(line.creditedNetMinor).toBe(net)
        if (net > 0) expect(line.creditedTaxMinor).toBe(taxChargedMinor)
      },
    ),
  )
})

const request: ReturnRequestLine = {
  line: '1',
  sku: 'FAS-1001',
  productClass: 'FAS',
  reason: 'no-longer-needed',
  condition: 'unopened',
  quantityEach: 10,
  invoicedEach: 40,
  returnedEach: 0,
  deliveredOn: '2026-11-01',
  requestedOn: '2026-11-20',
}

test('unopened goods come back within 30 days of delivery', () => {
  expect(returnEligibility(request, inForce())).toMatchObject({
    decision: 'propose',
    kind: 'ELIGIBLE',
    failing: [],
  })
  const lastDay = { ...request, requestedOn: '2026-12-01' }
  expect(returnEligibility(lastDay, inForce()).kind).toBe('ELIGIBLE')
})

test.each([
  ['too late', { requestedOn: '2026-12-02' }, {}, 'OUTSIDE_WINDOW'],
  ['opened', { condition: 'opened' as const }, {}, 'CONDITION_NOT_TAKEN'],
  ['more than was billed', { quantityEach: 41 }, {}, 'TOO_MANY'],
  ['more than is left', { returnedEach: 35 }, {}, 'TOO_MANY'],
  ['nothing', { quantityEach: 0 }, {}, 'TOO_MANY'],
  ['an excluded product', {}, { excludedSkus: ['FAS-1001'] }, 'ITEM_EXCLUDED'],
  ['an excluded class', {}, { excludedClasses: ['FAS'] }, 'ITEM_EXCLUDED'],
  ['from a customer without returns', {}, { isAccepted: false }, 'CUSTOMER_EXCLUDED'],
  ['for no reason we know', { reason: 'colour' }, {}, 'UNKNOWN_REASON'],
])('what comes back %s is refused', (_, change, settings, refusal) => {
  const decision = returnEligibility({ ...request, ...change }, inForce(settings))
  expect(decision.decision).toBe('refuse')
  expect(decision.kind).toBe(refusal)
  expect(decision.evidence.some(({ weighs }) => weighs === 'against')).toBe(true)
})

test('all reasons against a return are listed, not only the first', () => {
  const decision = returnEligibility(
    { ...request, requestedOn: '2027-02-01', condition: 'used', quantityEach: 50 },
    inForce(),
  )
  expect(decision.failing).toEqual(['TOO_MANY', 'OUTSIDE_WINDOW', 'CONDITION_NOT_TAKEN'])
})

test('goods that arrived damaged come back in any condition, for longer, and carry X12 dispute code 04', () => {
  const damaged = { ...request, reason: 'damaged', condition: 'damaged' as const }
  const decision = returnEligibility(
    { ...damaged, requestedOn: '2026-12-31' },
    inForce({ excludedSkus: ['FAS-1001'], isAccepted: false }),
  )
  expect(decision.kind).toBe('ELIGIBLE')
  expect(decision.disputeCode).toBe('04')
})

test('a return goes from request over arrival and inspection to its end, and never back', () => {
  expect(refusedMove('requested', 'authorised')).toBeUndefined()
  expect(refusedMove('inspected', 'credited')).toBeUndefined()
  expect(refusedMove('requested', 'credited')).toBe(
    'A return that is requested can be authorised or rejected next, not credited.',
  )
  expect(refusedMove('credited', 'rejected')).toBe(
    'The return is credited; nothing more happens to it.',
  )
  for (const status of returnStatuses) expect(refusedMove(status, 'requested')).toBeDefined()
})
