import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  checkPrices,
  expectedPrice,
  type PriceCandidate,
  type PricedLine,
  pricePerBaseUnit,
} from './price-check.ts'

const line = (sent: string, expected: string, quantityEach: number): PricedLine => ({
  line: '1',
  quantityEach,
  sentUnitPrice: sent,
  expected: { unitPrice: expected, source: 'list:L' },
})

test.each([
  // Domain rules P9: −0.0332 % and −2.30 are both inside.
  {
    sent: '9.64',
    expected: '9.6432',
    each: 720,
    kind: 'WITHIN_TOLERANCE',
    delta: -230,
    holds: false,
  },
  // Exactly at both bounds: they are inclusive.
  { sent: '99.5', expected: '100', each: 10, kind: 'WITHIN_TOLERANCE', delta: -500, holds: false },
  { sent: '99.4', expected: '100', each: 1, kind: 'PRICE_MISMATCH', delta: -60, holds: true },
  { sent: '99.9', expected: '100', each: 51, kind: 'PRICE_MISMATCH', delta: -510, holds: true },
  // P10 and P6: an expired contract, and a decimal point in the wrong place.
  { sent: '10.25', expected: '11.20', each: 1, kind: 'PRICE_MISMATCH', delta: -95, holds: true },
  {
    sent: '12.45',
    expected: '124.50',
    each: 1,
    kind: 'PRICE_MISMATCH',
    delta: -11_205,
    holds: true,
  },
])(
  '$each pieces at $sent where $expected is expected: $kind',
  ({ sent, expected, each, kind, delta, holds }) => {
    const [verdict] = checkPrices([line(sent, expected, each)], 'USD')
    expect(verdict?.finding).toMatchObject({ kind, line: '1', deltaMinor: delta })
    expect(verdict?.mustHold).toBe(holds)
  },
)

test('a buyer who pays too little within tolerance is billed what he wrote, one who pays too much what we agreed', () => {
  const [less] = checkPrices([line('9.64', '9.6432', 720)], 'USD')
  expect(less).toMatchObject({ unitPrice: '9.6400', lineAmountMinor: 694_080 })
  const [more] = checkPrices([line('9.65', '9.6432', 720)], 'USD')
  expect(more).toMatchObject({ unitPrice: '9.6432', lineAmountMinor: 694_310 })
})

test('differences that are small alone but too much together hold every one of them', () => {
  const small = { ...line('99.5', '100', 9), line: '1' }
  const five = Array.from({ length: 5 }, (_, index) => ({ ...small, line: String(index + 1) }))
  expect(checkPrices(five, 'USD').some((verdict) => verdict.mustHold)).toBe(false)
  const six = [...five, { ...small, line: '6' }]
  expect(checkPrices(six, 'USD').every((verdict) => verdict.mustHold)).toBe(true)
})

test('differences never cancel each other out', () => {
  fc.assert(
    fc.property(fc.integer({ min: 6, max: 20 }), (count) => {
      const lines = Array.from({ length: count }, (_, index) => ({
        ...line(index % 2 === 0 ? '99.5' : '100.5', '100', 9),
        line: String(index),
      }))
      expect(checkPrices(lines, 'USD').every((verdict) => verdict.mustHold)).toBe(true)
    }),
  )
})

test('a line without a price takes ours; a product without a price of ours holds the line', () => {
  const [ours] = checkPrices(
    [{ line: '1', quantityEach: 2, expected: { unitPrice: '3.0000', source: 'list:L' } }],
    'USD',
  )
  expect(ours).toMatchObject({ lineAmountMinor: 600, mustHold: false })
  const [none] = checkPrices([{ line: '1', quantityEach: 2, sentUnitPrice: '3' }], 'USD')
  expect(none).toMatchObject({ mustHold: true, finding: { kind: 'PRICE_NOT_FOUND' } })
})

const candidate = (change: Partial<PriceCandidate>): PriceCandidate => ({
  source: 'list',
  sourceId: 'L',
  unitPrice: '10',
  minimumQuantity: 1,
  validFrom: '2026-01-01',
  ...change,
})

test('the contract for the item comes before the class, the tier and the list, in whatever order they are found', () => {
  const all = [
    candidate({ unitPrice: '12.5' }),
    candidate({ source: 'tier-list', unitPrice: '12' }),
    candidate({ source: 'agreement-class', unitPrice: '11' }),
    candidate({ source: 'agreement-item', sourceId: 'A1', unitPrice: '10.5' }),
  ]
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: 4, maxLength: 4 }), (shuffled) => {
      expect(expectedPrice(shuffled, 1)).toEqual({
        unitPrice: '10.5000',
        source: 'agreement-item:A1',
      })
    }),
  )
})

test.each([
  { quantity: 1, price: '10.0000' },
  { quantity: 99, price: '10.0000' },
  { quantity: 100, price: '9.0000' },
  { quantity: 600, price: '8.0000' },
])('the break that $quantity pieces reach is $price', ({ quantity, price }) => {
  const breaks = [
    candidate({ unitPrice: '10' }),
    candidate({ unitPrice: '9', minimumQuantity: 100 }),
    candidate({ unitPrice: '8', minimumQuantity: 500 }),
  ]
  expect(expectedPrice(breaks, quantity)?.unitPrice).toBe(price)
})

test('nothing applies below the smallest quantity of a price', () => {
  expect(expectedPrice([candidate({ minimumQuantity: 10 })], 9)).toBeUndefined()
})

test('a case price of 43.20 for 24 pieces, or a price for a hundred, is compared by the piece', () => {
  expect(pricePerBaseUnit('43.20', '1', 24)).toBe('1.8')
  expect(pricePerBaseUnit('8.40', '100', 1)).toBe('0.084')
})
