import { expect, test } from 'vitest'
import { cashFigures } from './cash-figures.ts'

const money = (amountMinor: number, more: object = {}) => ({
  ...{ amountMinor, unappliedMinor: 0, lines: 1, linesByRule: 1, ageDays: 0 },
  ...{ appliedByRuleMinor: amountMinor, secondsToApply: 60 },
  ...more,
})

test('payment rate and line rate are told apart, both also by value; what a person did is not by rule', () => {
  const byPerson = { linesByRule: 0, appliedByRuleMinor: 0, secondsToApply: 7_200 }
  const half = { lines: 4, linesByRule: 3, appliedByRuleMinor: 60_000, unappliedMinor: 40_000 }
  const { secondsToApply, ...unfinished } = money(100_000, { ...half, ageDays: 12 })
  const outcomes = [money(50_000), money(30_000, byPerson), unfinished]
  expect(cashFigures(outcomes, { applied: 40, takenBackByPerson: 1 })).toEqual({
    payments: 3,
    paymentRate: '33.33',
    paymentRateByValue: '61.11',
    invoiceLines: 6,
    invoiceLineRate: '66.67',
    medianSecondsToApply: 60,
    p95SecondsToApply: 7_200,
    unappliedMinor: 40_000,
    unappliedByAge: [
      { bucket: '0-7 days', amountMinor: 0, payments: 0 },
      { bucket: '8-30 days', amountMinor: 40_000, payments: 1 },
      { bucket: '31-60 days', amountMinor: 0, payments: 0 },
      { bucket: 'over 60 days', amountMinor: 0, payments: 0 },
    ],
    wrongApplicationRate: '2.5',
  })
})

test('without anything to count the rates are unknown, not zero', () => {
  expect(cashFigures([], { applied: 0, takenBackByPerson: 0 })).toMatchObject({
    ...{ paymentRate: null, invoiceLineRate: null, paymentRateByValue: null },
    ...{ medianSecondsToApply: null, wrongApplicationRate: null, unappliedMinor: 0 },
  })
})
