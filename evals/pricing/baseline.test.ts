import { expect, test } from 'vitest'
import { Baseline, heldAgainst, readBaseline } from './baseline.ts'
import { errorKinds } from './kinds.ts'
import type { Run } from './report.ts'
import { kindScore } from './score.ts'

const share = (value: number) => ({ count: 0, of: 0, share: value })

const run = (seed: number, macroF1: number, money: number, wrongAuto: number): Run => ({
  ...{ seed, orders: 2_000, day: '2026-11-16', curve: [], seconds: 1 },
  score: {
    kinds: errorKinds.map((kind) => kindScore(kind, { right: 1, tooMuch: 0, missed: 0 })),
    macroF1,
    confusions: [],
    moneyExact: share(1),
    moneyExactOfAll: share(money),
    going: {
      touchless: share(1),
      touchlessOfGood: share(1),
      wrong: share(wrongAuto),
      wrongUpTo: wrongAuto,
    },
    ambiguousExact: share(1),
  },
})

const baseline = { seed: 1, orders: 2_000, macroF1: 0.99, moneyExact: 0.98, wrongAuto: 0.01 }

const kept = (one: Run) => heldAgainst(one, baseline).map(({ isKept }) => isKept)

test('a run as good as the baseline keeps all three bars', () => {
  expect(kept(run(1, 0.99, 0.98, 0.01))).toEqual([true, true, true])
})

test('a run that is worse in one figure, however little, fails in that one', () => {
  expect(kept(run(1, 0.9899, 0.98, 0.01))).toEqual([false, true, true])
  expect(kept(run(1, 0.99, 0.9799, 0.01))).toEqual([true, false, true])
  expect(kept(run(1, 0.99, 0.98, 0.0101))).toEqual([true, true, false])
})

test('other orders are held to it with two hundredths of slack', () => {
  expect(kept(run(2, 0.975, 0.965, 0.025))).toEqual([true, true, true])
  expect(kept(run(2, 0.96, 0.95, 0.04))).toEqual([false, false, false])
})

test('the committed baseline can be read', () => {
  expect(Baseline.parse(readBaseline())).toMatchObject({ seed: 1, orders: 2_000 })
})
