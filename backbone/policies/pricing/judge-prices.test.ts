import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { multiplyDecimal } from '../../canonical/money.ts'
import { judgePrices } from './judge-prices.ts'
import { marginFloorPrice, marginPercent } from './margin-floor.ts'
import { allocateDiscount, taxMinor } from './order-amounts.ts'
import { sellableQuantity } from './order-quantity.ts'
import type { LineToPrice, OrderToPrice, PriceRule, PromotionRule } from './order-to-price.ts'
import { pricingPolicy } from './pricing-policy.ts'

const inForce = (settings: Record<string, unknown> = {}) => ({
  settings: pricingPolicy.schema.parse(settings),
  version: 'pricing:default',
})

const list = (unitPrice: string, change: Partial<PriceRule> = {}): PriceRule => ({
  level: 'list',
  ruleId: 'LIST',
  target: 'item',
  party: 'everyone',
  currency: 'USD',
  validFrom: '2026-01-01',
  prices: [{ minimumQuantity: 1, unitPrice }],
  ...change,
})

const promotion = (change: Partial<PromotionRule>): PromotionRule => ({
  promotionId: 'SPRING',
  combination: 'stackable',
  priority: 10,
  validFrom: '2026-01-01',
  ...change,
})

const lineOf = (change: Partial<LineToPrice>): LineToPrice => ({
  line: '1',
  sku: 'FAS-1',
  quantity: '1',
  uom: 'EA',
  uomFactor: 1,
  quantityEach: 1,
  baseUom: 'EA',
  uomFactors: {},
  rules: [list('10')],
  promotions: [],
  ...change,
})

const orderOf = (
  lines: readonly LineToPrice[],
  change: Partial<OrderToPrice> = {},
): OrderToPrice => ({
  orderId: 'ord_1',
  currency: 'USD',
  orderedOn: '2026-11-20',
  receivedOn: '2026-11-22',
  lines,
  ...change,
})

const judgeOne = (line: Partial<LineToPrice>, settings: Record<string, unknown> = {}) => {
  const [verdict] = judgePrices(orderOf([lineOf(line)]), inForce(settings)).lines
  if (verdict === undefined) throw new Error('no verdict')
  return verdict
}

const casesFile = new URL('../../../../shared/domain-cases.json', import.meta.url)
const cases: unknown = existsSync(casesFile)
  ? JSON.parse(readFileSync(casesFile, 'utf8'))
  : undefined

test.skipIf(cases === undefined)(
  'the literal numbers here are those of the worked examples',
  () => {
    expect(cases).toMatchObject({
      P1_waterfall: { unit: '9.6432', ext: '6943.10', per_case: '1388.6208' },
      P2_breaks: { bracket: '4800.00', graduated: '5398.00' },
      P3_stack: { exclusive_price: '90.00', capped12_price: '88.00' },
      P4_alloc: { cents: [333, 333, 334], sum: 1000 },
      P5_tax: { per_line: '5.63', per_total: '5.62', tie_half_up: '0.13', tie_half_even: '0.12' },
      P7_uom: {
        cs: '43.20',
        a_po_ext: '18.00',
        a_fix_ext: '432.00',
        b_po_ext: '10368.00',
        b_fix_ext: '432.00',
      },
      P8_moq: { q50: 60, q10: 60, q100_up: 108, q100_down: 96 },
      P9_tol: { delta_unit: '-0.0032', pct: '-0.0332', delta_ext: '-2.30' },
      P10_expired: { delta: '-0.95', pct: '-8.48' },
      P11_stale: { delta: '-0.60', delta_pct: '-4.58' },
      P14_margin: { floor_price: '10.1137', margin_pct: '9.55' },
    })
  },
)

const contract = (change: Partial<PriceRule>): PriceRule => ({
  ...list('0'),
  level: 'agreement-item',
  ruleId: 'AG-1',
  party: 'sold-to',
  ...change,
})

test('P1_waterfall: a category contract, a volume break and a promotion come to 9.6432, rounded once', () => {
  const verdict = judgeOne({
    quantity: '5',
    uom: 'XCS',
    uomFactor: 144,
    quantityEach: 720,
    uomFactors: { XCS: 144 },
    rules: [
      list('12.50'),
      contract({
        level: 'agreement-class',
        target: 'class',
        prices: [{ minimumQuantity: 1, percentOff: '18' }],
        terms: { volumeBreaks: [{ minimumQuantity: 500, percentOff: '4' }] },
      }),
    ],
    promotions: [promotion({ percentOff: '2' })],
  })
  expect(verdict.expected).toMatchObject({
    unitPrice: '9.6432',
    lineAmountMinor: 694_310,
    exact: '9.6432',
  })
  expect(multiplyDecimal(verdict.expected?.unitPrice ?? '0', '144')).toBe('1388.6208')
  expect(verdict.expected?.steps().map((step) => step.to)).toEqual(['9.84', '9.6432', '9.6432'])
  expect(verdict.expected?.against().map(({ text }) => text)).toEqual([
    'list:LIST asks 12.50, but does not apply: agreement-class comes before list.',
  ])
})

test('P2_breaks: 600 pieces are 4,800.00 by bracket and 5,398.00 by slices', () => {
  const prices = [
    { minimumQuantity: 1, unitPrice: '10' },
    { minimumQuantity: 100, unitPrice: '9' },
    { minimumQuantity: 500, unitPrice: '8' },
  ]
  const six = { quantity: '600', quantityEach: 600 }
  expect(judgeOne({ ...six, rules: [contract({ prices })] }).expected?.lineAmountMinor).toBe(
    480_000,
  )
  const graduated = judgeOne({
    ...six,
    rules: [contract({ prices, terms: { breaks: 'graduated' } })],
  })
  expect(graduated.expected?.lineAmountMinor).toBe(539_800)
})

test('P3_stack: the better of one exclusive promotion and the stack counts, and the cap holds the stack', () => {
  const promotions = [
    promotion({ promotionId: 'A', combination: 'exclusive', percentOff: '10' }),
    promotion({ promotionId: 'B', priority: 1, percentOff: '5' }),
    promotion({ promotionId: 'C', priority: 2, percentOff: '3' }),
  ]
  const rules = [list('100.00')]
  expect(judgeOne({ rules, promotions }).expected?.unitPrice).toBe('90.0000')
  const stackable = promotions.map((one) => ({ ...one, combination: 'stackable' as const }))
  expect(judgeOne({ rules, promotions: stackable }).expected?.unitPrice).toBe('82.9350')
  const capped = judgeOne({ rules, promotions: stackable }, { promotionCapPercent: '12' })
  expect(capped.expected?.unitPrice).toBe('88.0000')
})

test('P4_alloc: an order discount of 10.00 is 3.33, 3.33 and 3.34 whatever order the lines come in', () => {
  const shares = [
    { line: '10', amountMinor: 3_334 },
    { line: '1', amountMinor: 3_333 },
    { line: '2', amountMinor: 3_333 },
  ]
  expect(allocateDiscount(1_000, shares)).toEqual([
    { line: '1', amountMinor: 333 },
    { line: '2', amountMinor: 333 },
    { line: '10', amountMinor: 334 },
  ])
  expect(allocateDiscount(1_000, [{ line: '1', amountMinor: -5 }])).toBeUndefined()
})

test('P5_tax: tax is 5.63 rounded by line and 5.62 rounded by total, and half a cent goes up or to the even one', () => {
  const amounts = [5_008, 1_995, 1_996].map((amountMinor) => ({
    amountMinor,
    ratePercent: '6.25',
    jurisdiction: 'IL',
  }))
  expect(taxMinor(amounts, 'line')).toBe(563)
  expect(taxMinor(amounts, 'group')).toBe(562)
  const half = [{ amountMinor: 250, ratePercent: '5', jurisdiction: 'IL' }]
  expect(taxMinor(half, 'line')).toBe(13)
  expect(taxMinor(half, 'line', 'half-even')).toBe(12)
})

test('P6_decimal: 12.45 for 124.50 is a decimal point one place off', () => {
  const verdict = judgeOne({ sentUnitPrice: '12.45', rules: [list('124.50')] })
  expect(verdict).toMatchObject({ kind: 'DECIMAL_SHIFT', decision: 'hold', answer: 'IH' })
})

test('P7_uom: ten cases at the price of a piece, and 240 pieces at the price of a case', () => {
  const item = { uomFactors: { XCS: 24 }, rules: [list('1.80')] }
  const byPiece = judgeOne({
    ...item,
    quantity: '10',
    uom: 'XCS',
    uomFactor: 24,
    quantityEach: 240,
    sentUnitPrice: '1.80',
  })
  expect(byPiece).toMatchObject({ kind: 'UOM_PRICE_BASIS', deltaMinor: 1_800 - 43_200 })
  const byCase = judgeOne({ ...item, quantity: '240', quantityEach: 240, sentUnitPrice: '43.20' })
  expect(byCase).toMatchObject({ kind: 'UOM_QTY_BASIS', deltaMinor: 1_036_800 - 43_200 })
  expect(byCase.alternatives.map(({ candidateId }) => candidateId)).toContain('uom:line 1:XCS')
})

test('P8_moq: with a minimum of 50 in twelves, 50 and 10 become 60, and 100 becomes 108 or 96', () => {
  const item = { minimumQuantity: 50, quantityMultiple: 12 }
  expect(sellableQuantity(50, item).up).toBe(60)
  expect(sellableQuantity(10, item)).toEqual({ up: 60, down: 60 })
  expect(sellableQuantity(100, item)).toEqual({ up: 108, down: 96 })
})

test('P9_tol: 9.64 for 9.6432 on 720 pieces is accepted', () => {
  const verdict = judgeOne({
    quantity: '720',
    quantityEach: 720,
    sentUnitPrice: '9.64',
    rules: [list('9.6432')],
  })
  expect(verdict).toMatchObject({
    kind: 'WITHIN_TOLERANCE',
    decision: 'accept',
    deltaMinor: -230,
    deltaPercent: '-0.0332',
  })
})

test('P10_expired: 10.25 for 11.20 is the price of the contract that ended', () => {
  const ended = contract({
    ruleId: 'AG-OLD',
    validFrom: '2025-08-01',
    validTo: '2026-08-01',
    prices: [{ minimumQuantity: 1, unitPrice: '10.25' }],
  })
  const verdict = judgeOne({
    sentUnitPrice: '10.25',
    rules: [list('11.20')],
    background: { otherRules: [{ why: 'expired-contract', rule: ended }] },
  })
  expect(verdict).toMatchObject({ kind: 'EXPIRED_CONTRACT', decision: 'propose', deltaMinor: -95 })
  expect(verdict.deltaPercent).toBe('-8.4821')
})

test('P11_stale: 12.50 for 13.10 is last list’s price; in the days of grace it is honoured', () => {
  const before = list('12.50', {
    ruleId: 'LIST-OLD',
    validFrom: '2025-10-01',
    validTo: '2026-10-01',
  })
  const line = {
    sentUnitPrice: '12.50',
    rules: [list('13.10', { validFrom: '2026-10-01' })],
    background: { otherRules: [{ why: 'previous-list' as const, rule: before }] },
  }
  const verdict = judgeOne(line)
  expect(verdict).toMatchObject({
    kind: 'STALE_PRICE_LIST',
    decision: 'propose',
    deltaMinor: -60,
    deltaPercent: '-4.5802',
  })
  expect(judgeOne(line, { staleListGraceDays: 60 })).toMatchObject({
    decision: 'accept',
    unitPrice: '12.5000',
  })
  expect(judgeOne(line, { staleListDays: 40 }).kind).not.toBe('STALE_PRICE_LIST')
})

test('P14_margin: 9.84 on a cost of 8.90 with a floor of 12 % is held though it matches the contract', () => {
  expect(marginFloorPrice('8.90', '12')).toBe('10.1137')
  expect(marginPercent('9.84', '8.90')).toBe('9.55')
  const verdict = judgeOne(
    {
      sentUnitPrice: '9.84',
      landedCost: '8.90',
      rules: [contract({ prices: [{ minimumQuantity: 1, unitPrice: '9.84' }] })],
    },
    { marginFloorPercent: '12' },
  )
  expect(verdict).toMatchObject({ kind: 'MARGIN_FLOOR', decision: 'hold' })
})
