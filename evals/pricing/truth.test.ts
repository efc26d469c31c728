import { expect, test } from 'vitest'
import { buildWorld } from './build-world.ts'
import { decimalText, exact, less, minorUnits, over, rounded, roundedUp, times } from './exact.ts'
import { priceByBreaks, promotedPrice } from './expect.ts'
import { type Draft, lineTruths, truthOf } from './truth.ts'
import type { World, WorldProduct } from './world.ts'

const empty: World = {
  ...buildWorld({ seed: 1, day: '2026-11-16' }),
  agreements: [],
  promotions: [],
}

/** A house with one product of EA 1.80 in cases of 24. */
const product: WorldProduct = {
  sku: 'X',
  productClass: 'X',
  family: 'X',
  uomFactors: { XCS: 24 },
}

const worldWith = (price: string, change: Partial<World> = {}): World => ({
  ...empty,
  products: [product],
  lists: [
    {
      id: 'LIST',
      currency: 'USD',
      from: '2026-10-01',
      prices: new Map([['X', [{ from: 1, price }]]]),
    },
  ],
  ...change,
})

const order = (uom: string, quantity: number, price: string): Draft => ({
  customer: { number: 'C', currency: 'USD', netDays: 30, shipTos: [] },
  currency: 'USD',
  lines: [{ product, uom, quantity, price }],
})

const truth = (world: World, draft: Draft) => truthOf(lineTruths(world, draft), [])

test('P1: the waterfall comes to 9.6432 a piece and 6,943.10 a line', () => {
  const unit = rounded(
    ['18', '4', '2'].reduce((price, percent) => times(price, less(percent)), exact('12.50')),
    4,
  )
  expect(decimalText(unit)).toBe('9.6432')
  expect(minorUnits(times(unit, exact(720)), 2)).toBe(694_310)
})

test('P2: 600 pieces cost 4,800.00 by bracket and 5,398.00 by slices', () => {
  const breaks = [
    { from: 1, price: '10' },
    { from: 100, price: '9' },
    { from: 500, price: '8' },
  ]
  const total = (how: 'bracket' | 'graduated') =>
    minorUnits(times(priceByBreaks(breaks, 600, how) ?? exact(0), exact(600)), 2)
  expect([total('bracket'), total('graduated')]).toEqual([480_000, 539_800])
})

test('P3: the better of the exclusive and the stacked promotions, and the cap', () => {
  const promotion = (id: string, percentOff: string, combination: 'exclusive' | 'stackable') => ({
    ...{ id, percentOff, combination, priority: 1, family: 'X', excludedSkus: [] },
    from: '2026-01-01',
  })
  const [b, c] = [promotion('B', '5', 'stackable'), promotion('C', '3', 'stackable')]
  const price = (capPercent: string, ...promotions: ReturnType<typeof promotion>[]) =>
    decimalText(
      promotedPrice(worldWith('1', { promotionCapPercent: capPercent }), exact(100), promotions),
    )
  expect(price('100', promotion('A', '10', 'exclusive'), b, c)).toBe('90')
  expect(price('12', promotion('A', '10', 'stackable'), b, c)).toBe('88')
})

test('P6: 12.45 where 124.50 is expected is a decimal point', () => {
  expect(truth(worldWith('124.50'), order('EA', 2, '12.45'))).toMatchObject({
    kinds: ['DECIMAL_SHIFT'],
    deltas: { DECIMAL_SHIFT: -22_410 },
    mayGoOn: false,
  })
})

test('P7: 10 cases at the price of a piece, and 240 pieces at the price of a case', () => {
  expect(truth(worldWith('1.80'), order('XCS', 10, '1.80'))).toMatchObject({
    kinds: ['UOM_PRICE_BASIS'],
    deltas: { UOM_PRICE_BASIS: 1_800 - 43_200 },
  })
  expect(truth(worldWith('1.80'), order('EA', 240, '43.20'))).toMatchObject({
    kinds: ['UOM_QTY_BASIS'],
    deltas: { UOM_QTY_BASIS: 1_036_800 - 43_200 },
  })
})

test('P9: 9.64 for 9.6432 on 720 pieces is 2.30 too little and goes on', () => {
  expect(truth(worldWith('9.6432'), order('EA', 720, '9.64'))).toEqual({
    kinds: ['WITHIN_TOLERANCE'],
    ambiguities: [],
    deltas: { WITHIN_TOLERANCE: -230 },
    mayGoOn: true,
  })
})

test('P14: a cost of 8.90 and a floor of 12 % make 10.1137 the lowest price', () => {
  expect(decimalText(roundedUp(over(exact('8.90'), less('12')), 4))).toBe('10.1137')
  const costly = { ...product, landedCost: '8.90' }
  const at = (price: string) => {
    const draft = order('EA', 10, price)
    return truth(worldWith(price), {
      ...draft,
      lines: draft.lines.map((line) => ({ ...line, product: costly })),
    })
  }
  expect(at('10.1137')).toMatchObject({ kinds: [], mayGoOn: true })
  for (const price of ['10.1136', '9.84'])
    expect(at(price)).toMatchObject({ kinds: ['MARGIN_FLOOR'], mayGoOn: false })
})

test('a bound is inside; a hair beyond it is not', () => {
  const kinds = (quantity: number, price: string) =>
    truth(worldWith('10.00'), order('EA', quantity, price)).kinds.join()
  expect(kinds(1, '9.95')).toBe('WITHIN_TOLERANCE')
  expect(kinds(1, '9.949')).toBe('PRICE_MISMATCH_UNEXPLAINED')
  expect(kinds(100, '9.95')).toBe('WITHIN_TOLERANCE')
  expect(kinds(101, '9.95')).toBe('PRICE_MISMATCH_UNEXPLAINED')
})
