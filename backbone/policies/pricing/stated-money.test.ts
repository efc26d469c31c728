import { expect, test } from 'vitest'
import { checkStatedMoney } from './stated-money.ts'

const stated = {
  currency: 'USD',
  allowanceMinor: 0,
  isOwnShop: false,
  possibleTotalsMinor: [100_000, 110_000],
  toleranceMinor: 2_500,
}

test('a total that fits the lines, with or without freight and tax, is nothing to object to', () => {
  for (const statedTotalMinor of [100_000, 110_000])
    expect(checkStatedMoney({ ...stated, statedTotalMinor })).toEqual([])
  expect(checkStatedMoney(stated)).toEqual([])
})

test('a total that is off by no more than the tolerance is shown and stops nothing', () => {
  const [small] = checkStatedMoney({ ...stated, statedTotalMinor: 102_500 })
  expect(small).toMatchObject({ kind: 'EXTENSION_ERROR', isSmall: true, deltaMinor: 2_500 })
  const [large] = checkStatedMoney({ ...stated, statedTotalMinor: 102_501 })
  expect(large).toMatchObject({ isSmall: false })
})

test('a total that does not come out of the lines is named with both sums', () => {
  const [finding] = checkStatedMoney({ ...stated, statedTotalMinor: 50_000 })
  expect(finding).toMatchObject({ kind: 'EXTENSION_ERROR', deltaMinor: -50_000 })
  expect(finding?.message).toContain('500.00 USD')
  expect(finding?.message).toContain('1000.00 USD')
})

test('an allowance a partner takes by itself is named; a discount of our own shop is the shop’s business', () => {
  expect(checkStatedMoney({ ...stated, allowanceMinor: 5_000 })).toMatchObject([
    { kind: 'UNAUTHORISED_DISCOUNT', deltaMinor: -5_000 },
  ])
  expect(checkStatedMoney({ ...stated, allowanceMinor: 5_000, isOwnShop: true })).toEqual([])
})
