import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PaymentTerms } from '../canonical/document.ts'
import { dueTerms, openSchedule, paymentSchedule } from './invoice-terms.ts'

const dueOn = (invoicedOn: string, terms: PaymentTerms) => dueTerms(invoicedOn, 1_000, terms).dueOn

test('terms give the due date people expect', () => {
  expect(dueOn('2026-11-02', { netDays: 45 })).toBe('2026-12-17')
  expect(dueOn('2026-11-02', {})).toBe('2026-12-02')
  // 30 days from the end of November, and end of the month in which 30 days fall.
  expect(dueOn('2026-11-02', { netDays: 30, endOfMonth: 'from' })).toBe('2026-12-30')
  expect(dueOn('2026-11-02', { endOfMonth: 'from' })).toBe('2026-11-30')
  expect(dueOn('2026-11-02', { netDays: 30, endOfMonth: 'to' })).toBe('2026-12-31')
})

test('proximo is a day of the next month, of the one after that past the cut-off, and never a 31st of February', () => {
  const proximo = { dayOfMonth: 15, months: 1 }
  expect(dueOn('2026-11-02', { proximo })).toBe('2026-12-15')
  expect(dueOn('2026-11-26', { proximo: { ...proximo, cutOffDay: 25 } })).toBe('2027-01-15')
  expect(dueOn('2026-11-25', { proximo: { ...proximo, cutOffDay: 25 } })).toBe('2026-12-15')
  expect(dueOn('2027-01-10', { proximo: { dayOfMonth: 31, months: 1 } })).toBe('2027-02-28')
})

const thirds: PaymentTerms = {
  instalments: [
    { percent: '33.33', netDays: 30 },
    { percent: '33.33', netDays: 60 },
    { percent: '33.34', netDays: 90 },
  ],
}

test('instalments are rows of their own, and the whole is due with the last one', () => {
  expect(paymentSchedule('2026-11-02', 100_000, thirds)).toEqual([
    { instalment: 1, dueOn: '2026-12-02', amountMinor: 33_330 },
    { instalment: 2, dueOn: '2027-01-01', amountMinor: 33_330 },
    { instalment: 3, dueOn: '2027-01-31', amountMinor: 33_340 },
  ])
  expect(dueTerms('2026-11-02', 100_000, thirds).dueOn).toBe('2027-01-31')
})

test('percentages that do not make a whole are refused', () => {
  const half = {
    instalments: [
      { percent: '30', netDays: 1 },
      { percent: '30', netDays: 2 },
    ],
  }
  expect(PaymentTerms.safeParse(half).success).toBe(false)
  expect(PaymentTerms.safeParse(thirds).success).toBe(true)
})

test('money goes to the oldest instalments, and a paid one is never asked for again', () => {
  const schedule = paymentSchedule('2026-11-02', 100_000, thirds)
  expect(openSchedule(schedule, 100_000).map((row) => row.openMinor)).toEqual([
    33_330, 33_330, 33_340,
  ])
  expect(openSchedule(schedule, 60_000)).toEqual([
    { instalment: 2, dueOn: '2027-01-01', amountMinor: 33_330, openMinor: 26_660 },
    { instalment: 3, dueOn: '2027-01-31', amountMinor: 33_340, openMinor: 33_340 },
  ])
  expect(openSchedule(schedule, 0)).toEqual([])
  expect(openSchedule(schedule, -500)).toEqual([])
})

test('always: rows sum to the total, and what is open of them to what is open of the invoice', () => {
  const days = fc.integer({ min: 0, max: 400 })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000_000 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), days), { minLength: 2, maxLength: 12 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (totalMinor, parts, share) => {
        const instalments = parts.map(([percent, netDays]) => ({
          percent: String(percent),
          netDays,
        }))
        const schedule = paymentSchedule('2026-01-31', totalMinor, { instalments })
        expect(schedule.reduce((sum, row) => sum + row.amountMinor, 0)).toBe(totalMinor)
        const openMinor = Math.floor(totalMinor * share)
        const open = openSchedule(schedule, openMinor)
        expect(open.reduce((sum, row) => sum + row.openMinor, 0)).toBe(openMinor)
        expect(schedule.map((row) => row.dueOn)).toEqual(
          schedule.map((row) => row.dueOn).toSorted(),
        )
      },
    ),
  )
})
