import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareDecimal, sumMinor } from '../../canonical/money.ts'
import { comparePrices } from './comparison.ts'
import { judgePrices } from './judge-prices.ts'
import { allocateDiscount } from './order-amounts.ts'
import { sellableQuantity } from './order-quantity.ts'
import type { LineToPrice, OrderToPrice, PriceRule, PromotionRule } from './order-to-price.ts'
import { pricingPolicy } from './pricing-policy.ts'

const policy = (settings: Record<string, unknown> = {}) => ({
  settings: pricingPolicy.schema.parse(settings),
  version: 'pricing:default',
})

const list = (unitPrice: string): PriceRule => ({
  level: 'list',
  ruleId: 'LIST',
  target: 'item',
  party: 'everyone',
  currency: 'USD',
  validFrom: '2026-01-01',
  prices: [{ minimumQuantity: 1, unitPrice }],
})

const lineOf = (line: string, change: Partial<LineToPrice> = {}): LineToPrice => {
  const quantityEach = change.quantityEach ?? 10
  return {
    line,
    sku: `SKU-${line}`,
    quantity: String(quantityEach),
    uom: 'EA',
    uomFactor: 1,
    baseUom: 'EA',
    uomFactors: { XCS: 24 },
    rules: [list('10')],
    promotions: [],
    ...change,
    quantityEach,
  }
}

const orderOf = (lines: readonly LineToPrice[]): OrderToPrice => ({
  orderId: 'ord_1',
  currency: 'USD',
  orderedOn: '2026-11-20',
  receivedOn: '2026-11-22',
  lines,
})

const unitOf = (line: LineToPrice, settings: Record<string, unknown> = {}) =>
  comparePrices(orderOf([line]), policy(settings)).lines[0]?.found?.expected.unitPrice ?? ''

const cents = fc.integer({ min: 1, max: 500_000 })
const price = cents.map(
  (minor) => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`,
)

test('an order discount sums to the cent, and no line that cannot take any gets a part', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.array(fc.integer({ min: -5_000, max: 5_000_000 }), { minLength: 1, maxLength: 40 }),
      (discount, amounts) => {
        const shares = amounts.map((amountMinor, index) => ({
          line: String(index + 1),
          amountMinor,
        }))
        const parts = allocateDiscount(discount, shares)
        if (parts === undefined) {
          expect(Math.max(...amounts)).toBeLessThanOrEqual(0)
          return
        }
        expect(sumMinor(parts.map((part) => part.amountMinor))).toBe(discount)
        const eligible = new Set(
          shares.filter((share) => share.amountMinor > 0).map(({ line }) => line),
        )
        expect(parts.every(({ line }) => eligible.has(line))).toBe(true)
      },
    ),
  )
})

const falling = fc
  .uniqueArray(fc.integer({ min: 2, max: 1_000 }), { minLength: 1, maxLength: 5 })
  .chain((starts) =>
    fc.tuple(
      fc.constant([1, ...starts.sort((a, b) => a - b)]),
      fc.array(cents, { minLength: starts.length + 1, maxLength: starts.length + 1 }),
    ),
  )
  .map(([starts, prices]) => {
    const down = prices.sort((a, b) => b - a)
    return starts.map((minimumQuantity, index) => ({
      minimumQuantity,
      unitPrice: ((down[index] ?? 1) / 100).toFixed(2),
    }))
  })

test('where prices fall from break to break, more pieces never cost more each, by bracket or by slices', () => {
  fc.assert(
    fc.property(
      falling,
      fc.integer({ min: 1, max: 1_500 }),
      fc.integer({ min: 0, max: 500 }),
      fc.constantFrom('bracket' as const, 'graduated' as const),
      (prices, fewer, more, breaks) => {
        const rule: PriceRule = { ...list('0'), level: 'agreement-item', prices, terms: { breaks } }
        const at = (quantityEach: number) => unitOf(lineOf('1', { quantityEach, rules: [rule] }))
        expect(compareDecimal(at(fewer + more), at(fewer))).toBeLessThanOrEqual(0)
      },
    ),
  )
})

const promotion = fc.record({
  combination: fc.constantFrom('exclusive' as const, 'stackable' as const),
  priority: fc.integer({ min: 1, max: 5 }),
  off: fc.integer({ min: 0, max: 60 }),
  isAmount: fc.boolean(),
})

test('one promotion more never makes a price higher, and no price falls below zero or below the cap', () => {
  fc.assert(
    fc.property(fc.array(promotion, { minLength: 1, maxLength: 6 }), price, (drawn, unitPrice) => {
      const promotions = drawn.map(
        ({ combination, priority, off, isAmount }, index): PromotionRule => ({
          promotionId: `P${index}`,
          combination,
          priority,
          validFrom: '2026-01-01',
          ...(isAmount ? { amountOff: String(off) } : { percentOff: String(off) }),
        }),
      )
      const rules = [list(unitPrice)]
      const all = unitOf(lineOf('1', { rules, promotions }))
      const fewer = unitOf(lineOf('1', { rules, promotions: promotions.slice(1) }))
      expect(compareDecimal(all, fewer)).toBeLessThanOrEqual(0)
      expect(compareDecimal(all, '0')).toBeGreaterThanOrEqual(0)
      const capped = unitOf(lineOf('1', { rules, promotions }), { promotionCapPercent: '10' })
      const half = unitOf(lineOf('1', { rules: [list(unitPrice)] }))
      expect(Number(capped)).toBeGreaterThanOrEqual(Number(half) * 0.9 - 0.0001)
    }),
  )
})

test('as much too little is judged like as much too much where both tolerances are the same', () => {
  fc.assert(
    fc.property(
      cents,
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 1, max: 200 }),
      (minor, off, each) => {
        fc.pre(minor > off)
        const standing = (sent: number) =>
          comparePrices(
            orderOf([
              lineOf('1', {
                quantityEach: each,
                rules: [list((minor / 100).toFixed(2))],
                sentUnitPrice: (sent / 100).toFixed(2),
              }),
            ]),
            policy(),
          ).lines[0]
        const [under, over] = [standing(minor - off), standing(minor + off)]
        expect(under?.standing).toBe(over?.standing)
        expect((under?.deltaMinor ?? 0) + (over?.deltaMinor ?? 0)).toBe(0)
      },
    ),
  )
})

const anyLine = fc.record({
  minor: cents,
  off: fc.constantFrom(0, -1, 1, -50, 900, -900),
  each: fc.integer({ min: 1, max: 50 }),
})

test('an order is judged the same in whatever order its lines stand', () => {
  fc.assert(
    fc.property(
      fc.array(anyLine, { minLength: 2, maxLength: 8 }),
      fc.infiniteStream(fc.nat()),
      (drawn, keys) => {
        const lines = drawn.map(({ minor, off, each }, index) =>
          lineOf(String(index + 1), {
            quantityEach: each,
            rules: [list((minor / 100).toFixed(2))],
            sentUnitPrice: (Math.max(1, minor + off) / 100).toFixed(2),
          }),
        )
        const shuffled = lines
          .map((line) => ({ line, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ line }) => line)
        const summary = (order: OrderToPrice) => {
          const { decision, findings, lines: verdicts } = judgePrices(order, policy())
          const byLine = verdicts.map(({ line, kind, deltaMinor }) => [line, kind, deltaMinor])
          return {
            decision,
            findings: findings.map(({ kind, lines: of, deltaMinor, message }) => ({
              kind,
              of,
              deltaMinor,
              message,
            })),
            byLine: byLine.sort((a, b) => String(a[0]).localeCompare(String(b[0]))),
          }
        }
        expect(summary(orderOf(shuffled))).toEqual(summary(orderOf(lines)))
      },
    ),
    { numRuns: 30 },
  )
})

test('a quantity we sell stays, any other has the next ones above and below in multiples', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 144 }),
      (quantity, minimumQuantity, quantityMultiple) => {
        const { up, down } = sellableQuantity(quantity, { minimumQuantity, quantityMultiple })
        for (const each of [up, down]) {
          expect(each % quantityMultiple).toBe(0)
          expect(each).toBeGreaterThanOrEqual(minimumQuantity)
        }
        expect(up).toBeGreaterThanOrEqual(quantity)
        expect(sellableQuantity(up, { minimumQuantity, quantityMultiple })).toEqual({
          up,
          down: up,
        })
      },
    ),
  )
})
