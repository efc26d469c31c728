import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  allocateMinor,
  amountText,
  compareDecimal,
  convertMinor,
  currencyDecimals,
  divideDecimal,
  lessPercent,
  lineAmountMinor,
  minorFromText,
  multiplyDecimal,
  normalDecimal,
  percentOfMinor,
  roundPrice,
  roundPriceUp,
  subtractDecimal,
  sumDecimal,
  sumMinor,
} from './money.ts'

const minor = fc.integer({ min: -10_000_000_000, max: 10_000_000_000 })
const currency = fc.constantFrom('USD', 'JPY', 'KWD', 'CLF')

// A price or quantity as documents write it: up to nine places before the point and six behind it.
const decimal = fc
  .tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.integer({ min: 0, max: 999_999 }))
  .map(([whole, behind]) => `${whole}.${String(behind).padStart(6, '0')}`)

test('an order discount of 10.00 over 33.33, 33.33 and 33.34 is 3.33, 3.33 and 3.34', () => {
  expect(allocateMinor(1_000, [3_333, 3_333, 3_334])).toEqual([333, 333, 334])
})

test('whatever is split over lines, the parts sum to it exactly and none goes the other way', () => {
  fc.assert(
    fc.property(
      minor,
      fc
        .array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 30 })
        .filter((weights) => weights.some((weight) => weight > 0)),
      (amount, weights) => {
        const parts = allocateMinor(amount, weights)
        expect(sumMinor(parts)).toBe(amount)
        expect(parts.every((part) => part === 0 || part > 0 === amount > 0)).toBe(true)
        weights.forEach((weight, index) => {
          if (weight === 0) expect(parts[index]).toBe(0)
        })
      },
    ),
  )
})

test('an amount without lines of value to carry it is refused, not lost', () => {
  expect(() => allocateMinor(100, [0, 0])).toThrow(RangeError)
})

test('an amount written out and read again is the same amount, in every currency', () => {
  fc.assert(
    fc.property(minor, currency, (amount, code) => {
      expect(minorFromText(amountText(amount, code), code)).toBe(amount)
    }),
  )
  expect([amountText(1050, 'USD'), amountText(1050, 'JPY'), amountText(1050, 'KWD')]).toEqual([
    '10.50',
    '1050',
    '1.050',
  ])
  expect(currencyDecimals('USD')).toBe(2)
})

test('720 pieces at 9.6432 are 6,943.10, and at a price rounded to cents they would be 2.30 less', () => {
  expect(lineAmountMinor('9.6432', '720', 'USD')).toBe(694_310)
  expect(lineAmountMinor('9.64', '720', 'USD')).toBe(694_080)
})

test('half a cent goes away from zero by default, and to the even cent where that is agreed', () => {
  expect(percentOfMinor(250, '5')).toBe(13)
  expect(percentOfMinor(250, '5', 'half-even')).toBe(12)
  expect(minorFromText('-0.125', 'USD')).toBe(-13)
})

test('tax of 6.25 % per line and on the total differ by a cent, each as its rule says', () => {
  const amounts = [5_008, 1_995, 1_996]
  expect(sumMinor(amounts.map((amount) => percentOfMinor(amount, '6.25')))).toBe(563)
  expect(percentOfMinor(sumMinor(amounts), '6.25')).toBe(562)
})

test('1234.56 less 1000.10 less 234.46 is nothing at all', () => {
  expect(subtractDecimal(subtractDecimal('1234.56', '1000.10'), '234.46')).toBe('0')
})

test('decimal sums, differences and products are exact and take back what they added', () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      expect(compareDecimal(subtractDecimal(sumDecimal([a, b]), b), a)).toBe(0)
      expect(compareDecimal(multiplyDecimal(a, b), multiplyDecimal(b, a))).toBe(0)
      expect(normalDecimal(normalDecimal(a))).toBe(normalDecimal(a))
      expect(compareDecimal(normalDecimal(a), a)).toBe(0)
    }),
  )
})

test('a price is kept at its scale with its zeros, and one number has one spelling', () => {
  expect(roundPrice('9.6')).toBe('9.6000')
  expect(normalDecimal('007.50')).toBe('7.5')
  expect(normalDecimal('-0.00')).toBe('0')
  expect(divideDecimal('43.20', '24', 4)).toBe('1.8')
  expect(() => divideDecimal('1', '0', 4)).toThrow(RangeError)
})

test('the amount of a line is the same to the unit whether the numbers are short or long', () => {
  const price = fc.integer({ min: -99_999_999, max: 99_999_999 }).map((n) => String(n / 10_000))
  const count = fc.integer({ min: -99_999, max: 99_999 }).map((n) => String(n / 100))
  // Zeros behind the point change no value and are too many for the short way.
  const long = (value: string) => `${value}${value.includes('.') ? '' : '.'}${'0'.repeat(16)}`
  fc.assert(
    fc.property(price, count, currency, (unitPrice, quantity, unit) => {
      expect(lineAmountMinor(unitPrice, quantity, unit)).toBe(
        lineAmountMinor(long(unitPrice), long(quantity), unit),
      )
      expect(normalDecimal(unitPrice)).toBe(normalDecimal(long(unitPrice)))
    }),
    { numRuns: 2_000 },
  )
})

// Longer than ordinary arithmetic keeps exactly: multiplied and divided again they take the general way.
const long = '1000000000000000000'
const price4 = fc
  .integer({ min: 0, max: 99_999_999 })
  .map((tenth) => `${Math.floor(tenth / 10_000)}.${String(tenth % 10_000).padStart(4, '0')}`)

test('short numbers are compared, subtracted and multiplied as exactly as long ones', () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const [longA, longB] = [multiplyDecimal(a, long), multiplyDecimal(b, long)]
      expect(compareDecimal(a, b)).toBe(compareDecimal(longA, longB))
      expect(multiplyDecimal(subtractDecimal(a, b), long)).toBe(subtractDecimal(longA, longB))
      expect(multiplyDecimal(multiplyDecimal(a, b), long)).toBe(multiplyDecimal(longA, b))
    }),
  )
})

test('a price less a percentage is exact, and less nothing or everything is itself or nothing', () => {
  expect(lessPercent('12.50', '18')).toBe('10.25')
  expect(lessPercent('10.25', '4')).toBe('9.84')
  expect(lessPercent('100', '7.85')).toBe('92.15')
  fc.assert(
    fc.property(price4, fc.integer({ min: 0, max: 1_000_000 }), (price, tenThousandth) => {
      const percent = divideDecimal(String(tenThousandth), '10000', 4)
      const left = lessPercent(price, percent)
      const off = divideDecimal(multiplyDecimal(price, percent), '100', 20)
      expect(compareDecimal(subtractDecimal(price, left), off)).toBe(0)
      expect(lessPercent(price, '0')).toBe(normalDecimal(price))
      expect(lessPercent(price, '100')).toBe('0')
    }),
  )
})

test('a lowest price is rounded up, and a price that needs no rounding stays', () => {
  expect(roundPriceUp('10.11363636')).toBe('10.1137')
  expect(roundPriceUp('10.1137')).toBe('10.1137')
  expect(roundPrice('9.6')).toBe('9.6000')
  expect(roundPrice('10')).toBe('10.0000')
})

test('an amount is written with its currency’s decimals, also below one unit and below zero', () => {
  const written = [
    amountText(5, 'USD'),
    amountText(-5, 'USD'),
    amountText(-123_456, 'USD'),
    amountText(0, 'JPY'),
    amountText(-7, 'JPY'),
    amountText(1, 'KWD'),
  ]
  expect(written).toEqual(['0.05', '-0.05', '-1234.56', '0', '-7', '0.001'])
})

test('an amount goes into another currency at a stored rate, rounded once, whichever way the rate was stored', () => {
  const toUsd = { from: 'EUR', to: 'USD', rate: '1.0825' }
  expect(convertMinor(1_000_000, toUsd)).toBe(1_082_500)
  expect(convertMinor(1, toUsd)).toBe(1)
  expect(convertMinor(-333, toUsd)).toBe(-360)
  expect(convertMinor(150_000, { from: 'JPY', to: 'USD', rate: '0.0065' })).toBe(97_500)
  expect(convertMinor(97_500, { from: 'USD', to: 'KWD', rate: '3.25', isInverse: true })).toBe(
    300_000,
  )
})
