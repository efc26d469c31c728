import { expect, test } from 'vitest'
import { errorKinds } from './kinds.ts'
import { type Graded, goingOf, isToldRight, kindScore, type Said, score } from './score.ts'
import type { Truth } from './truth.ts'

const truth = (change: Partial<Truth>): Truth => ({
  kinds: [],
  ambiguities: [],
  deltas: {},
  mayGoOn: true,
  ...change,
})

const said = (change: Partial<Said>): Said => ({
  kinds: [],
  ambiguities: [],
  deltas: {},
  goesOn: true,
  ...change,
})

let count = 0
const graded = (is: Partial<Truth>, was: Partial<Said>): Graded => {
  count += 1
  return { id: String(count), variants: [], truth: truth(is), said: said(was) }
}

test('precision, recall and F1 of 6 told right, 2 too much and 4 missed', () => {
  const { precision, recall, f1 } = kindScore('ROW_SHIFT', { right: 6, tooMuch: 2, missed: 4 })
  expect(precision).toBe(0.75)
  expect(recall).toBe(0.6)
  expect(f1).toBeCloseTo(2 / 3, 12)
})

test('a kind that was never told has an F1 of zero', () => {
  expect(kindScore('ROW_SHIFT', { right: 0, tooMuch: 0, missed: 3 }).f1).toBe(0)
})

test('macro-F1 is the mean over all 24 kinds, whatever their number of orders', () => {
  const perfect = errorKinds.map((kind) => graded({ kinds: [kind] }, { kinds: [kind] }))
  expect(score(perfect).macroF1).toBe(1)
  const many = Array.from({ length: 50 }, () => perfect).flat()
  const missed = graded({ kinds: ['ROW_SHIFT'] }, {})
  // 50 of 51 told: an F1 of 100/101 in one kind of 24.
  expect(score([...many, missed]).macroF1).toBeCloseTo((23 + 100 / 101) / 24, 12)
  const never = perfect.map((each) =>
    each.truth.kinds.includes('ROW_SHIFT') ? { ...each, said: said({}) } : each,
  )
  expect(score(never).macroF1).toBeCloseTo(23 / 24, 12)
})

test('a kind that no order has and nobody names counts neither way', () => {
  const few = [graded({ kinds: ['ROW_SHIFT'] }, { kinds: ['ROW_SHIFT'] })]
  expect(score(few).macroF1).toBe(1)
})

test('what is taken for what is counted in pairs, with nothing where there is no partner', () => {
  const { confusions } = score([
    graded({ kinds: ['WRONG_TIER'] }, { kinds: ['STALE_PRICE_LIST'] }),
    graded({ kinds: ['WRONG_TIER'] }, { kinds: ['STALE_PRICE_LIST'] }),
    graded({ kinds: ['ROW_SHIFT'] }, {}),
    graded({}, { kinds: ['DECIMAL_SHIFT'] }),
    graded(
      { ambiguities: [['ROW_SHIFT', 'WRONG_TIER']] },
      { ambiguities: [['ROW_SHIFT', 'WRONG_TIER']] },
    ),
  ])
  expect(confusions).toEqual([
    { truth: 'WRONG_TIER', said: 'STALE_PRICE_LIST', orders: 2 },
    { truth: 'ROW_SHIFT', said: 'nothing', orders: 1 },
    { truth: 'nothing', said: 'DECIMAL_SHIFT', orders: 1 },
  ])
})

test('money counts to the minor unit, and no money said is no difference', () => {
  const { moneyExact, moneyExactOfAll } = score([
    graded(
      { kinds: ['WRONG_TIER'], deltas: { WRONG_TIER: -120 } },
      { kinds: ['WRONG_TIER'], deltas: { WRONG_TIER: -120 } },
    ),
    graded(
      { kinds: ['WRONG_TIER'], deltas: { WRONG_TIER: -120 } },
      { kinds: ['WRONG_TIER'], deltas: { WRONG_TIER: -121 } },
    ),
    graded(
      { kinds: ['WITHIN_TOLERANCE'], deltas: { WITHIN_TOLERANCE: 0 } },
      { kinds: ['WITHIN_TOLERANCE'] },
    ),
    graded({ kinds: ['ROW_SHIFT'], deltas: { ROW_SHIFT: 7 } }, {}),
    graded(
      { kinds: ['MARGIN_FLOOR'], deltas: { MARGIN_FLOOR: null } },
      { kinds: ['MARGIN_FLOOR'] },
    ),
  ])
  expect(moneyExact).toEqual({ count: 2, of: 3, share: 2 / 3 })
  expect(moneyExactOfAll).toEqual({ count: 2, of: 4, share: 0.5 })
})

test('an ambiguity is told only by exactly the kinds that explain it', () => {
  const right = { ambiguities: [['ROW_SHIFT', 'WRONG_TIER'] as const] }
  const { ambiguousExact } = score([
    graded(right, { ambiguities: [['WRONG_TIER', 'ROW_SHIFT']] }),
    graded(right, { ambiguities: [['ROW_SHIFT', 'WRONG_TIER', 'DECIMAL_SHIFT']] }),
    graded(right, { kinds: ['WRONG_TIER'] }),
  ])
  expect(ambiguousExact).toEqual({ count: 1, of: 3, share: 1 / 3 })
})

test('what went on wrongly is counted of the orders that must not go on; what is open counts for neither', () => {
  const going = goingOf([
    graded({ mayGoOn: true }, { goesOn: true }),
    graded({ mayGoOn: true }, { goesOn: false }),
    graded({ mayGoOn: false }, { goesOn: true }),
    graded({ mayGoOn: false }, { goesOn: false }),
    graded({ mayGoOn: null }, { goesOn: true }),
  ])
  expect(going.touchless).toEqual({ count: 3, of: 5, share: 0.6 })
  expect(going.touchlessOfGood).toEqual({ count: 1, of: 2, share: 0.5 })
  expect(going.wrong).toEqual({ count: 1, of: 2, share: 0.5 })
  expect(going.wrongUpTo).toBeCloseTo(0.974679, 5)
})

test('an order is told right only when kinds, money and going on are', () => {
  const right: Partial<Truth> = { kinds: ['WRONG_TIER'], deltas: { WRONG_TIER: 5 }, mayGoOn: false }
  const good: Partial<Said> = { kinds: ['WRONG_TIER'], deltas: { WRONG_TIER: 5 }, goesOn: false }
  expect(isToldRight(graded(right, good))).toBe(true)
  for (const bad of [{ kinds: [] }, { deltas: { WRONG_TIER: 6 } }, { goesOn: true }])
    expect(isToldRight(graded(right, { ...good, ...bad }))).toBe(false)
})
