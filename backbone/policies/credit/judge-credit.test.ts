import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { CreditFile } from '../../canonical/master-data.ts'
import { amountText, minorFromText } from '../../canonical/money.ts'
import { releaseEnd, releaseReach } from './clearance.ts'
import { creditPolicy } from './credit-policy.ts'
import type { CreditAccount, LedgerSum } from './exposure.ts'
import { type CreditQuestion, judgeCredit } from './judge-credit.ts'

const casesFile = join(import.meta.dirname, '../../../../shared/domain-cases.json')
const Cases = z.object({
  K1_credit: z.object({
    exposure: z.string(),
    over: z.string(),
    util_pct: z.string(),
    max_release: z.string(),
    recheck_limit: z.string(),
  }),
  K2_d365: z.object({ avail: z.string() }),
})
const cases = existsSync(casesFile)
  ? Cases.parse(JSON.parse(readFileSync(casesFile, 'utf8')))
  : undefined

const today = '2026-11-22'
const usd = (amount: string) => minorFromText(amount, 'USD')

const sum = (change: Partial<LedgerSum> = {}): LedgerSum => ({
  currency: 'USD',
  openReceivablesMinor: 0,
  overdueMinor: 0,
  unappliedMinor: 0,
  openCreditsMinor: 0,
  deliveredNotInvoicedMinor: 0,
  openOrdersMinor: 0,
  ...change,
})

const account = (change: Partial<CreditAccount> = {}): CreditAccount => ({
  customerNumber: 'C-1',
  currency: 'USD',
  segment: 'standard',
  netDays: 30,
  limitMinor: usd('50000'),
  credit: CreditFile.parse({ openedOn: '2020-01-01' }),
  sums: [],
  dunningLevel: 0,
  brokenPromises: 0,
  pendingReceipts: [],
  ...change,
})

const question = (
  accounts: readonly CreditAccount[],
  gross: string,
  change: Partial<CreditQuestion['order']> = {},
): CreditQuestion => ({
  order: { grossMinor: usd(gross), currency: 'USD', isShipComplete: false, terms: {}, ...change },
  accounts,
  rates: [],
  today,
})

const settings = (change: object = {}) => ({
  settings: creditPolicy.schema.parse(change),
  version: 'credit:test',
})

const k1 = account({
  sums: [
    sum({
      openReceivablesMinor: usd('31200'),
      unappliedMinor: usd('1200'),
      deliveredNotInvoicedMinor: usd('4300'),
      openOrdersMinor: usd('6900'),
    }),
  ],
  pendingReceipts: [{ paymentNumber: 'PMT-7', amountMinor: usd('700'), currency: 'USD' }],
})

test('K1_credit: an order 650.00 above the limit is held, with what would let it go', () => {
  const decision = judgeCredit(question([k1], '9450'), settings())
  expect(decision).toMatchObject({
    decision: 'hold',
    kind: 'CREDIT_HOLD',
    money: { amountMinor: 65_000, currency: 'USD' },
    policyVersion: 'credit:test',
  })
  const [why] = decision.evidence
  expect(why?.text).toBe(
    'C-1: exposure 50650.00 USD with this order (101.30 %) against the limit of 50000.00 USD: 650.00 USD too much.',
  )
  expect(why?.values).toMatchObject({
    check: 'LIMIT',
    totalMinor: 5_065_000,
    usePercent: '101.30',
    openReceivablesMinor: 3_120_000,
  })
  expect(decision.alternatives.map(({ candidateId }) => candidateId)).toEqual([
    'credit:release-part:880000',
    'credit:prepay:65000',
    'credit:apply-receipt:PMT-7',
    'credit:temporary-limit:C-1:5065000',
  ])
  expect(decision.alternatives[3]?.text).toBe(
    'Raise the limit of C-1 to 50650.00 USD until 2026-11-27.',
  )
  const reach = releaseReach(usd('9450'), [k1], {
    settings: settings().settings,
    now: '2026-11-22T10:00:00.000Z',
  })
  expect(reach).toEqual({
    upToMinor: 1_039_500,
    until: '2026-11-27T10:00:00.000Z',
    limitsMinor: { 'C-1': 5_000_000 },
    despite: [],
  })
})

test.skipIf(cases === undefined)(
  'K1_credit and K2_d365: the figures are those of the cases',
  () => {
    const decision = judgeCredit(question([k1], '9450'), settings())
    const amount = (value: unknown) => amountText(Number(value), 'USD')
    const [why] = decision.evidence
    const k2 = account({
      limitMinor: usd('10000'),
      sums: [sum({ openReceivablesMinor: usd('5000') })],
    })
    const [free] = judgeCredit(question([k2], '4500'), settings({ limitUsePercent: '90' })).failed
    expect({
      K1_credit: {
        exposure: amount(why?.values?.['totalMinor']),
        over: amount(decision.money?.amountMinor),
        util_pct: why?.values?.['usePercent'],
        max_release: amount(decision.alternatives[0]?.amountMinor),
        recheck_limit: amount(
          releaseReach(usd('9450'), [k1], {
            settings: settings().settings,
            now: '2026-11-22T10:00:00.000Z',
          }).upToMinor,
        ),
      },
      K2_d365: { avail: amount(free?.freeMinor) },
    }).toEqual(cases)
  },
)

test('K2_d365: at 90 percent of a limit of 10,000.00 and a balance of 5,000.00 an order of 4,500.00 is held, one of 4,000.00 not', () => {
  const k2 = account({
    limitMinor: usd('10000'),
    sums: [sum({ openReceivablesMinor: usd('5000') })],
  })
  const rule = settings({ limitUsePercent: '90' })
  const held = judgeCredit(question([k2], '4500'), rule)
  expect(held.decision).toBe('hold')
  expect(held.failed[0]).toMatchObject({ freeMinor: 400_000, overMinor: 50_000 })
  expect(judgeCredit(question([k2], '4000'), rule).decision).toBe('accept')
  expect(judgeCredit(question([k2], '4000.01'), rule).decision).toBe('hold')
})

test('an order that reaches its limit to the cent goes through', () => {
  expect(judgeCredit(question([k1], '8800'), settings()).decision).toBe('accept')
  expect(judgeCredit(question([k1], '8800.01'), settings()).decision).toBe('hold')
})

test('what is secured counts only up to what there is to secure, and not after its last day', () => {
  const secured = (validTo?: string) =>
    account({
      limitMinor: 0,
      credit: CreditFile.parse({
        securities: [
          {
            kind: 'letter-of-credit',
            amountMinor: usd('9000'),
            ...(validTo === undefined ? {} : { validTo }),
          },
        ],
      }),
    })
  const enough = judgeCredit(question([secured()], '8000'), settings())
  expect(enough.decision).toBe('accept')
  expect(enough.evidence[0]?.values).toMatchObject({ securedMinor: 800_000, totalMinor: 0 })
  expect(judgeCredit(question([secured()], '9500'), settings()).money?.amountMinor).toBe(50_000)
  expect(judgeCredit(question([secured(today)], '8000'), settings()).decision).toBe('hold')
  expect(judgeCredit(question([secured('2026-11-23')], '8000'), settings()).decision).toBe('accept')
})

test('the limit of a parent holds for all below it', () => {
  const own = account({ limitMinor: usd('50000') })
  const parent = account({
    customerNumber: 'C-0',
    limitMinor: usd('60000'),
    sums: [sum({ openReceivablesMinor: usd('58000') })],
  })
  const decision = judgeCredit(question([own, parent], '3000'), settings())
  expect(decision.decision).toBe('hold')
  expect(decision.failed.map(({ check, customerNumber }) => [check, customerNumber])).toEqual([
    ['LIMIT', 'C-0'],
  ])
  expect(decision.evidence.map(({ weighs }) => weighs)).toEqual(['against', 'for'])
})

test('every check that fails is named, not only the first', () => {
  const bad = account({
    limitMinor: usd('100'),
    netDays: 30,
    credit: CreditFile.parse({
      limitValidTo: '2026-11-01',
      openedOn: '2026-11-10',
      securities: [{ kind: 'insurance', amountMinor: 100, validTo: '2026-10-01' }],
      isFraudSuspected: true,
      isInsolvent: true,
    }),
    sums: [
      sum({
        openReceivablesMinor: usd('1000'),
        overdueMinor: usd('900'),
        oldestDueOn: '2026-08-01',
      }),
    ],
    dunningLevel: 4,
    brokenPromises: 2,
  })
  const strict = settings({
    oldestOpenItemDays: 60,
    overduePercent: '50',
    overdueMinor: { USD: usd('500') },
    newCustomerDays: 30,
    orderValueMinor: { USD: usd('1000') },
  })
  const decision = judgeCredit(question([bad], '2000', { terms: { netDays: 60 } }), strict)
  expect(decision.failed.map(({ check }) => check)).toEqual([
    'FRAUD_SUSPECTED',
    'INSOLVENT',
    'LIMIT',
    'LIMIT_EXPIRED',
    'INSURANCE_EXPIRED',
    'OLDEST_OPEN_ITEM',
    'OVERDUE_PERCENT',
    'OVERDUE_AMOUNT',
    'DUNNING_LEVEL',
    'BROKEN_PROMISES',
    'TERMS_CHANGED',
    'NEW_CUSTOMER',
    'ORDER_VALUE',
  ])
  // With more than a limit against it, no amount of money lets the order go.
  expect(decision.alternatives).toEqual([])
})

test('an exclusion lets its own checks pass in its scope, and nothing else', () => {
  const rule = (exclusion: object) =>
    settings({ exclusions: [{ name: 'Small orders', checks: ['LIMIT'], ...exclusion }] })
  const over = question([k1], '9450')
  expect(judgeCredit(over, rule({})).kind).toBe('CREDIT_EXCLUDED')
  expect(judgeCredit(over, rule({ orderUpToMinor: { USD: usd('5000') } })).decision).toBe('hold')
  expect(judgeCredit(over, rule({ orderUpToMinor: { EUR: usd('90000') } })).decision).toBe('hold')
  expect(judgeCredit(over, rule({ overLimitUpToMinor: { USD: usd('650') } })).decision).toBe(
    'accept',
  )
  expect(judgeCredit(over, rule({ overLimitUpToMinor: { USD: usd('649.99') } })).decision).toBe(
    'hold',
  )
  expect(judgeCredit(over, rule({ segments: ['strategic'] })).decision).toBe('hold')
  const late = { ...k1, dunningLevel: 4 }
  const decision = judgeCredit(question([late], '9450'), rule({}))
  expect(decision.decision).toBe('hold')
  expect(decision.failed.map(({ check }) => check)).toEqual(['LIMIT', 'DUNNING_LEVEL'])
  expect(() => rule({ checks: ['INSOLVENT'] })).toThrow()
})

test('a customer without a limit is not checked, and told so; a tenant may hold such orders instead', () => {
  const { limitMinor: _none, ...free } = account()
  const open = judgeCredit(question([free], '1000000'), settings())
  expect(open).toMatchObject({ decision: 'accept', kind: 'CREDIT_NOT_CHECKED' })
  expect(open.evidence[0]?.text).toContain('is not checked')
  const held = judgeCredit(question([free], '1'), settings({ withoutLimit: 'hold' }))
  expect(held.failed.map(({ check }) => check)).toEqual(['NO_LIMIT'])
})

test('amounts in another currency count at the stored rate, whose id is told; without one the order is held', () => {
  const abroad = account({
    sums: [sum({ currency: 'EUR', openReceivablesMinor: 1_000_000 })],
  })
  const rated = {
    ...question([abroad], '1000'),
    rates: [{ rateId: 'FX-7', from: 'EUR', to: 'USD', rate: '1.0825' }],
  }
  const decision = judgeCredit(rated, settings())
  expect(decision.evidence[0]?.values).toMatchObject({
    openReceivablesMinor: 1_082_500,
    totalMinor: 1_182_500,
    rateIds: 'FX-7',
  })
  const inverse = {
    ...rated,
    rates: [{ rateId: 'FX-8', from: 'USD', to: 'EUR', rate: '0.8' }],
  }
  expect(judgeCredit(inverse, settings()).evidence[0]?.values).toMatchObject({
    openReceivablesMinor: 1_250_000,
  })
  const unrated = judgeCredit(question([abroad], '1000'), settings())
  expect(unrated.failed.map(({ check }) => check)).toEqual(['RATE_MISSING'])
  expect(unrated.evidence[0]?.text).toContain('EUR/USD')
})

test('K1_credit: a release holds for five days up to a tenth more, and ends with a lower limit, an insolvency or dunning level 4', () => {
  const rule = settings().settings
  const release = releaseReach(usd('9450'), [k1], {
    settings: rule,
    now: '2026-11-22T10:00:00.000Z',
  })
  const end = (change: Partial<CreditAccount>, gross = '10395', now = '2026-11-27T09:59:59.000Z') =>
    releaseEnd(release, {
      grossMinor: usd(gross),
      accounts: [{ ...k1, ...change }],
      settings: rule,
      now,
    })
  expect(end({})).toBeUndefined()
  expect(end({}, '10395.01')).toContain('grown')
  expect(end({}, '9450', '2026-11-27T10:00:00.000Z')).toContain('held until')
  expect(end({ limitMinor: usd('49999.99') })).toContain('cut')
  expect(end({ limitMinor: usd('60000') })).toBeUndefined()
  expect(end({ credit: CreditFile.parse({ isInsolvent: true }) })).toContain('insolvent')
  expect(end({ dunningLevel: 4 })).toContain('dunning level 4')
  expect(end({ dunningLevel: 3 })).toBeUndefined()
  // Whoever releases the order of an insolvent customer knows it.
  const insolvent = { ...k1, credit: CreditFile.parse({ isInsolvent: true }) }
  const now = '2026-11-22T10:00:00.000Z'
  const known = releaseReach(usd('9450'), [insolvent], { settings: rule, now })
  const facts = { grossMinor: usd('9450'), accounts: [insolvent], settings: rule, now }
  expect(releaseEnd(known, facts)).toBeUndefined()
})

test('more owed never lets an order pass that less would hold, and more security never holds one', () => {
  const cents = fc.integer({ min: 0, max: 10_000_000 })
  fc.assert(
    fc.property(cents, cents, cents, cents, (owed, more, security, order) => {
      const verdict = (openReceivablesMinor: number, amountMinor: number) =>
        judgeCredit(
          {
            ...question([], '0'),
            order: { grossMinor: order, currency: 'USD', isShipComplete: false, terms: {} },
            accounts: [
              account({
                sums: [sum({ openReceivablesMinor })],
                credit: CreditFile.parse({
                  securities: [{ kind: 'letter-of-credit', amountMinor }],
                }),
              }),
            ],
          },
          settings(),
        ).decision
      if (verdict(owed, security) === 'hold') expect(verdict(owed + more, security)).toBe('hold')
      if (verdict(owed, security) === 'accept')
        expect(verdict(owed, security + more)).toBe('accept')
    }),
  )
})

test('what is offered to be released now is exactly what fits', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 6_000_000 }),
      fc.integer({ min: 1, max: 6_000_000 }),
      fc.integer({ min: 1, max: 120 }),
      (owed, gross, percent) => {
        const one = account({ sums: [sum({ openReceivablesMinor: owed })] })
        const rule = settings({ limitUsePercent: String(percent) })
        const order = (grossMinor: number) => ({
          ...question([one], '0'),
          order: { grossMinor, currency: 'USD', isShipComplete: false, terms: {} },
        })
        const decision = judgeCredit(order(gross), rule)
        const free = decision.failed[0]?.freeMinor ?? 0
        if (decision.decision === 'accept' || free === 0) return
        expect(judgeCredit(order(free), rule).decision).toBe('accept')
        expect(judgeCredit(order(free + 1), rule).decision).toBe('hold')
      },
    ),
  )
})
