import { expect, test } from 'vitest'
import { judgePrices } from './judge-prices.ts'
import type {
  LineBackground,
  LineToPrice,
  OrderToPrice,
  PriceRule,
  PromotionRule,
} from './order-to-price.ts'
import { pricingPolicy } from './pricing-policy.ts'

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

const agreed = (unitPrice: string, change: Partial<PriceRule> = {}): PriceRule =>
  list(unitPrice, { level: 'agreement-item', ruleId: 'AG-1', party: 'sold-to', ...change })

const lineOf = (change: Partial<LineToPrice>): LineToPrice => ({
  line: '1',
  sku: 'FAS-1',
  quantity: '10',
  uom: 'EA',
  uomFactor: 1,
  quantityEach: 10,
  baseUom: 'EA',
  uomFactors: { XCS: 24 },
  rules: [list('113.70')],
  promotions: [],
  ...change,
})

const judge = (
  lines: readonly Partial<LineToPrice>[],
  order: Partial<OrderToPrice> = {},
  settings: Record<string, unknown> = {},
) =>
  judgePrices(
    {
      orderId: 'ord_1',
      currency: 'USD',
      orderedOn: '2026-11-20',
      receivedOn: '2026-11-22',
      lines: lines.map((line, index) => lineOf({ line: String(index + 1), ...line })),
      ...order,
    },
    { settings: pricingPolicy.schema.parse(settings), version: 'pricing:default' },
  )

const other = (
  why: LineBackground['otherRules'][number]['why'],
  rule: PriceRule,
): LineBackground => ({
  otherRules: [{ why, rule }],
})

const off = (percentOff: string, change: Partial<PromotionRule> = {}): PromotionRule => ({
  promotionId: 'SPRING',
  combination: 'stackable',
  priority: 1,
  percentOff,
  validFrom: '2026-01-01',
  ...change,
})

const ended = { ruleId: 'OLD', validFrom: '2025-01-01', validTo: '2026-10-15' }
const breaks = [
  { minimumQuantity: 1, unitPrice: '113.70' },
  { minimumQuantity: 50, unitPrice: '107.31' },
]

const oneLine: readonly [kind: string, decision: string, line: Partial<LineToPrice>][] = [
  ['PRICE_AS_EXPECTED', 'accept', { sentUnitPrice: '113.70' }],
  ['WITHIN_TOLERANCE', 'accept', { sentUnitPrice: '113.60' }],
  ['DECIMAL_SHIFT', 'hold', { sentUnitPrice: '1.137' }],
  ['UOM_QTY_BASIS', 'propose', { sentUnitPrice: '2728.80' }],
  [
    'UOM_PRICE_BASIS',
    'propose',
    { sentUnitPrice: '113.70', uom: 'XCS', uomFactor: 24, quantityEach: 240 },
  ],
  [
    'STALE_PRICE_LIST',
    'propose',
    { sentUnitPrice: '108.49', background: other('previous-list', list('108.49', ended)) },
  ],
  [
    'FUTURE_PRICE_LIST',
    'accept',
    {
      sentUnitPrice: '119.17',
      background: other('next-list', list('119.17', { validFrom: '2027-01-01' })),
    },
  ],
  [
    'FUTURE_PRICE_LIST',
    'propose',
    {
      sentUnitPrice: '109.17',
      background: other('next-list', list('109.17', { validFrom: '2027-01-01' })),
    },
  ],
  [
    'EXPIRED_CONTRACT',
    'propose',
    { sentUnitPrice: '99.41', background: other('expired-contract', agreed('99.41', ended)) },
  ],
  [
    'WRONG_TIER',
    'propose',
    {
      sentUnitPrice: '101.93',
      background: other('other-tier', list('101.93', { level: 'tier-list', ruleId: 'GOLD' })),
    },
  ],
  ['WRONG_TIER', 'propose', { sentUnitPrice: '113.70', rules: [list('113.70'), agreed('97.77')] }],
  [
    'WRONG_CONTRACT_PARTY',
    'propose',
    { sentUnitPrice: '97.77', background: other('other-party', agreed('97.77')) },
  ],
  ['UNAUTHORISED_DISCOUNT', 'propose', { sentUnitPrice: '104.60' }],
  [
    'EXPIRED_PROMO',
    'propose',
    { sentUnitPrice: '102.90', promotions: [off('9.5', { validTo: '2026-05-01' })] },
  ],
  [
    'WRONG_PROMO',
    'propose',
    { sentUnitPrice: '102.90', promotions: [off('9.5', { quotaEach: 100, usedEach: 95 })] },
  ],
  [
    'WRONG_PROMO',
    'propose',
    {
      sentUnitPrice: '102.90',
      background: { otherRules: [], promotions: [off('9.5', { isItemExcluded: true })] },
    },
  ],
  [
    'STACKING_VIOLATION',
    'propose',
    {
      sentUnitPrice: '95.59',
      promotions: [off('9.5', { combination: 'exclusive' }), off('7.1', { promotionId: 'AUTUMN' })],
    },
  ],
  [
    'STACKING_VIOLATION',
    'propose',
    {
      sentUnitPrice: '88.48',
      rules: [agreed('97.77', { terms: { isPromotionExcluded: true } })],
      promotions: [off('9.5')],
    },
  ],
  [
    'BREAK_NOT_REACHED',
    'propose',
    { sentUnitPrice: '107.31', rules: [agreed('0', { prices: breaks })] },
  ],
  [
    'BREAK_MISSED',
    'propose',
    {
      sentUnitPrice: '113.70',
      quantity: '60',
      quantityEach: 60,
      rules: [agreed('0', { prices: breaks })],
    },
  ],
  ['MISSING_OR_ZERO_PRICE', 'accept', {}],
  ['MISSING_OR_ZERO_PRICE', 'hold', { sentUnitPrice: '0' }],
  ['PRICE_AS_EXPECTED', 'accept', { sentUnitPrice: '0', rules: [list('0')], isFreeOfCharge: true }],
  ['MARGIN_FLOOR', 'hold', { sentUnitPrice: '113.70', landedCost: '114' }],
  [
    'PRICE_RULE_CONFLICT',
    'hold',
    { sentUnitPrice: '97.77', rules: [agreed('97.77'), agreed('96.55', { ruleId: 'AG-2' })] },
  ],
  ['PRICE_MISMATCH_UNEXPLAINED', 'hold', { sentUnitPrice: '83.17' }],
  [
    'AMBIGUOUS',
    'hold',
    {
      sentUnitPrice: '97.77',
      background: {
        otherRules: [
          { why: 'other-party', rule: agreed('97.77') },
          { why: 'expired-contract', rule: agreed('97.77', ended) },
        ],
      },
    },
  ],
  ['PRICE_NOT_FOUND', 'hold', { sentUnitPrice: '1', rules: [] }],
  ['DATA_QUALITY', 'hold', { sentUnitPrice: '-1' }],
]

test.each(oneLine)(
  '%s (%s) is told of a line, with why and with what could be done',
  (kind, decision, line) => {
    const { lines, findings } = judge([line])
    expect(lines[0]).toMatchObject({ kind, decision })
    expect(lines[0]?.evidence.length).toBeGreaterThan(0)
    for (const { text } of lines[0]?.evidence ?? []) expect(text).toMatch(/^\S.*[.]$/u)
    const isQuiet =
      kind === 'PRICE_AS_EXPECTED' || (kind === 'MISSING_OR_ZERO_PRICE' && decision === 'accept')
    expect(findings.map((finding) => finding.kind)).toEqual(isQuiet ? [] : [kind])
  },
)

test('CURRENCY_MISMATCH is told by a rate of the day, and where the order is in another currency than the bill', () => {
  const rates = [{ rateId: 'EUR-1', base: 'EUR', quote: 'USD', rate: '1.0850', on: '2026-11-20' }]
  const converted = judge([{ sentUnitPrice: '104.79' }], { rates })
  expect(converted.lines[0]).toMatchObject({ kind: 'CURRENCY_MISMATCH', decision: 'hold' })
  const other = judge([{ sentUnitPrice: '113.70' }], { billingCurrency: 'EUR' })
  expect(other.lines[0]).toMatchObject({ kind: 'CURRENCY_MISMATCH', decision: 'hold' })
})

test('ROW_SHIFT is one finding for all lines whose prices have slipped, with one decision', () => {
  const { findings } = judge([
    { rules: [list('113.70')], sentUnitPrice: '47.31' },
    { rules: [list('47.31')], sentUnitPrice: '8.99' },
    { rules: [list('8.99')], sentUnitPrice: '113.70' },
  ])
  expect(findings).toMatchObject([{ kind: 'ROW_SHIFT', lines: ['1', '2', '3'], decision: 'hold' }])
})

test('the sum of small differences over the order holds each of them, and never nets', () => {
  const small = { quantity: '9', quantityEach: 9, rules: [list('100')] }
  const lines = Array.from({ length: 6 }, (_, index) => ({
    ...small,
    sentUnitPrice: index % 2 === 0 ? '99.5' : '100.5',
  }))
  expect(judge(lines.slice(0, 5)).decision).toBe('accept')
  expect(judge(lines)).toMatchObject({ decision: 'hold' })
  expect(judge(lines).lines.map(({ decision }) => decision)).not.toContain('accept')
})

test('a currency without bounds of its own is never accepted by itself', () => {
  const line = { rules: [list('100', { currency: 'NOK' })], sentUnitPrice: '99.99' }
  expect(judge([line], { currency: 'NOK' }).decision).toBe('hold')
})

test('the order’s own money: totals, discounts, tax, freight and terms are told apart', () => {
  const line = { sentUnitPrice: '113.70' }
  const kinds = (order: Partial<OrderToPrice>) =>
    judge([line], order).findings.map(({ kind, decision, deltaMinor }) => [
      kind,
      decision,
      deltaMinor,
    ])
  expect(kinds({ statedTotalMinor: 113_700 })).toEqual([])
  expect(kinds({ statedTotalMinor: 114_000 })).toEqual([['EXTENSION_ERROR', 'accept', 300]])
  expect(kinds({ statedTotalMinor: 213_700 })).toEqual([['EXTENSION_ERROR', 'hold', 100_000]])
  expect(kinds({ allowanceMinor: 500 })).toEqual([['UNAUTHORISED_DISCOUNT', 'propose', -500]])
  const tax = {
    isExemptionClaimed: false,
    hasCertificate: false,
    ratePercent: '5',
    statedMinor: 5_685,
  }
  expect(kinds({ tax })).toEqual([])
  expect(kinds({ tax: { ...tax, statedMinor: 9_000 } })).toEqual([
    ['TAX_OR_EXEMPTION', 'hold', 3_315],
  ])
  expect(kinds({ tax: { ...tax, isExemptionClaimed: true, statedMinor: 0 } })).toEqual([
    ['TAX_OR_EXEMPTION', 'hold', -5_685],
  ])
  expect(kinds({ tax: { ...tax, hasCertificate: true } })).toEqual([
    ['TAX_OR_EXEMPTION', 'hold', 5_685],
  ])
  expect(kinds({ freight: { stated: 'collect', agreed: 'prepaid' } })).toEqual([
    ['FREIGHT_TERMS', 'hold', 0],
  ])
  expect(kinds({ freight: { statedMinor: 2_000, freeFromMinor: 100_000 } })).toEqual([
    ['FREIGHT_TERMS', 'hold', 2_000],
  ])
  const agreedTerms = { netDays: 30, discountPercent: '2', discountDays: 10 }
  expect(kinds({ agreedTerms, statedTerms: { netDays: 45 } })).toEqual([
    ['PAYMENT_TERMS', 'propose', 0],
  ])
  expect(kinds({ agreedTerms, statedTerms: { ...agreedTerms, discountPercent: '2.0' } })).toEqual(
    [],
  )
})

test('what is wrong besides the price is listed beside it, and the margin floor outranks an acceptance', () => {
  const { lines, findings, decision } = judge([
    {
      sentUnitPrice: '113.60',
      landedCost: '120',
      minimumQuantity: 12,
      quantityMultiple: 12,
      statedAmountMinor: 1,
    },
  ])
  expect(decision).toBe('hold')
  expect(lines[0]?.kind).toBe('MARGIN_FLOOR')
  expect(new Set(findings.map(({ kind }) => kind))).toEqual(
    new Set(['MARGIN_FLOOR', 'WITHIN_TOLERANCE', 'QUANTITY_RULE', 'EXTENSION_ERROR']),
  )
  const quantity = findings.find(({ kind }) => kind === 'QUANTITY_RULE')
  expect(quantity?.alternatives.map(({ candidateId }) => candidateId)).toEqual([
    'quantity:line 1:12',
  ])
})

test('the level of a rule counts before its product, that before its party, that before its start', () => {
  const expected = (rules: readonly PriceRule[]) => judge([{ rules }]).lines[0]?.expected?.source
  const group = list('5', { level: 'buying-group', ruleId: 'BG', party: 'group' })
  const quote = list('9', { level: 'quote', ruleId: 'Q-1', party: 'sold-to' })
  expect(expected([group, list('4'), agreed('8'), quote])).toBe('quote:Q-1')
  expect(expected([group, list('4')])).toBe('buying-group:BG')
  const late = agreed('7', { ruleId: 'LATE', validFrom: '2026-10-01' })
  expect(expected([agreed('8'), late])).toBe('agreement-item:LATE')
  const dock = agreed('8', { ruleId: 'DOCK', party: 'ship-to' })
  expect(expected([dock, late])).toBe('agreement-item:DOCK')
  const family = agreed('0', {
    level: 'agreement-class',
    target: 'family',
    ruleId: 'FAM',
    prices: [{ minimumQuantity: 1, percentOff: '1' }],
  })
  const byClass: PriceRule = { ...family, target: 'class', ruleId: 'CLS', party: 'ship-to' }
  expect(expected([byClass, family, list('4')])).toBe('agreement-class:FAM')
  const best = judge(
    [{ rules: [agreed('8'), agreed('7', { ruleId: 'AG-2' })] }],
    {},
    { ties: 'best_price' },
  )
  expect(best.lines[0]?.expected?.source).toBe('agreement-item:AG-2')
})

test('the day whose prices count is the agreement’s own', () => {
  const rule = (pricingDate: 'purchase-order' | 'received' | 'requested-ship') =>
    agreed('97.77', { validFrom: '2026-11-22', terms: { pricingDate } })
  const source = (rules: readonly PriceRule[]) =>
    judge([{ rules, requestedOn: '2026-12-01' }]).lines[0]?.expected?.source
  expect(source([rule('purchase-order'), list('1')])).toBe('list:LIST')
  expect(source([rule('received'), list('1')])).toBe('agreement-item:AG-1')
  expect(source([rule('requested-ship'), list('1')])).toBe('agreement-item:AG-1')
})

test('breaks may count all lines of a family, or what was bought before', () => {
  const rule = (breakBasis: 'line' | 'family' | 'period') =>
    agreed('0', { prices: breaks, terms: { breakBasis } })
  const unit = (breakBasis: 'line' | 'family' | 'period') =>
    judge([
      { family: 'HEX', rules: [rule(breakBasis)], periodEach: 40 },
      { family: 'HEX', sku: 'FAS-2', quantity: '40', quantityEach: 40, rules: [rule(breakBasis)] },
    ]).lines[0]?.expected?.unitPrice
  expect(unit('line')).toBe('113.7000')
  expect(unit('family')).toBe('107.3100')
  expect(unit('period')).toBe('107.3100')
})

test('the amount of slices is their sum, rounded once', () => {
  const prices = [
    { minimumQuantity: 1, unitPrice: '240.005' },
    { minimumQuantity: 200, unitPrice: '235.4183' },
  ]
  const rules = [agreed('0', { prices, terms: { breaks: 'graduated' } })]
  const amount = (each: number) =>
    judge([{ quantity: String(each), quantityEach: each, rules }]).lines[0]?.lineAmountMinor
  // 199 × 240.005 = 47,760.995 and 1 × 235.4183
  expect(amount(199)).toBe(4_776_100)
  expect(amount(200)).toBe(4_799_641)
  // 199 × 240.005 + 100 × 235.4183 = 71,302.825
  expect(amount(299)).toBe(7_130_283)
})

test('a promotion that has just ended is honoured in its days of grace, whoever brings it along', () => {
  const promotions = [off('9.5', { validTo: '2026-11-10' })]
  for (const line of [{ promotions }, { background: { otherRules: [], promotions } }]) {
    const [verdict] = judge(
      [{ sentUnitPrice: '102.90', ...line }],
      {},
      { promotionGraceDays: 45 },
    ).lines
    expect(verdict).toMatchObject({
      kind: 'EXPIRED_PROMO',
      decision: 'accept',
      unitPrice: '102.9000',
    })
  }
})

test('a discount on the whole order is spread over its lines to the cent', () => {
  const orderDiscounts = [
    { currency: 'USD', fromMinor: 1_000, percentOff: '10' },
    { currency: 'USD', fromMinor: 500_000, percentOff: '20' },
  ]
  const lines = ['33.33', '33.33', '33.34'].map((unit) => ({
    quantity: '1',
    quantityEach: 1,
    rules: [list(unit)],
  }))
  const judged = judge(lines, {}, { orderDiscounts })
  expect(judged.orderDiscount).toMatchObject({
    amountMinor: 1_000,
    byLine: [
      { line: '1', amountMinor: 333 },
      { line: '2', amountMinor: 333 },
      { line: '3', amountMinor: 334 },
    ],
  })
  // It is no error of any line's price.
  expect(judged.findings).toEqual([])
})

test.each([
  { says: 'the same discount', allowanceMinor: 1_000, total: 9_000, kinds: [] },
  { says: 'no discount, and a total without it', allowanceMinor: 0, total: 10_000, kinds: [] },
  { says: 'no discount, and a total less it', allowanceMinor: 0, total: 9_000, kinds: [] },
  { says: 'a smaller one', allowanceMinor: 700, total: 9_300, kinds: [] },
  {
    says: 'a larger one',
    allowanceMinor: 1_500,
    total: 8_500,
    kinds: ['UNAUTHORISED_DISCOUNT', -500],
  },
  {
    says: 'a total that takes it off twice',
    allowanceMinor: 1_000,
    total: 4_000,
    kinds: ['EXTENSION_ERROR', -5_000],
  },
])(
  'an order that says $says is compared with the discount of the whole',
  ({ allowanceMinor, total, kinds }) => {
    const orderDiscounts = [{ currency: 'USD', fromMinor: 0, percentOff: '10' }]
    const order = {
      ...{ allowanceMinor, chargesMinor: -allowanceMinor },
      statedTotalMinor: total,
    }
    const lines = [{ quantity: '10', quantityEach: 10, rules: [list('10')], sentUnitPrice: '10' }]
    const { findings } = judge(lines, order, { orderDiscounts })
    expect(findings.flatMap(({ kind, deltaMinor }) => [kind, deltaMinor])).toEqual(kinds)
  },
)

test('tax is compared on what is left after the discount on the whole order', () => {
  const orderDiscounts = [{ currency: 'USD', fromMinor: 0, percentOff: '10' }]
  const lines = [{ quantity: '10', quantityEach: 10, rules: [list('10')] }]
  const taxed = (statedMinor: number) =>
    judge(
      lines,
      {
        taxMinor: statedMinor,
        tax: {
          statedMinor,
          ratePercent: '10',
          isExemptionClaimed: false,
          hasCertificate: false,
        },
      },
      { orderDiscounts },
    ).findings.map(({ kind, deltaMinor }) => [kind, deltaMinor])
  expect(taxed(900)).toEqual([])
  expect(taxed(1_000)).toEqual([['TAX_OR_EXEMPTION', 100]])
})

test('a shop of our own grants its discounts itself, and what no line can bear is given to none', () => {
  const orderDiscounts = [{ currency: 'USD', fromMinor: 0, percentOff: '10' }]
  const lines = [{ quantity: '1', quantityEach: 1, rules: [list('10')] }]
  expect(judge(lines, { isOwnShop: true }, { orderDiscounts }).orderDiscount).toBeUndefined()
  const free = [{ quantity: '1', quantityEach: 1, rules: [list('0')] }]
  expect(judge(free, {}, { orderDiscounts }).orderDiscount).toBeUndefined()
})

test('a price that keeps the margin holds the order where the discount on the whole takes it below the floor', () => {
  const orderDiscounts = [{ currency: 'USD', fromMinor: 0, percentOff: '10' }]
  const line = { quantity: '10', quantityEach: 10, rules: [list('10')] }
  const kindsAt = (landedCost: string) =>
    judge([{ ...line, landedCost }], {}, { orderDiscounts }).findings.map(({ kind, message }) => [
      kind,
      message,
    ])
  expect(kindsAt('9')).toEqual([])
  expect(kindsAt('9.01')).toEqual([
    ['MARGIN_FLOOR', 'Less the discount on the whole order, line 1 is below the lowest price.'],
  ])
})

test('a quantity just below the next break is told of it, one far below is not', () => {
  const breaks = {
    ...list('10'),
    prices: [
      { minimumQuantity: 1, unitPrice: '10' },
      { minimumQuantity: 100, unitPrice: '9' },
    ],
  }
  const notesOf = (quantityEach: number) =>
    judge([
      { quantity: String(quantityEach), quantityEach, rules: [breaks], sentUnitPrice: '10' },
    ]).lines.flatMap(({ evidence }) =>
      evidence.flatMap(({ text }) => (text.includes('next break') ? [text] : [])),
    )
  expect(notesOf(95)).toEqual(['5 more reach the next break: from 100 on list:LIST gives 9.0000.'])
  expect([notesOf(50), notesOf(100)]).toEqual([[], []])
})
