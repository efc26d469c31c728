import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planCredits } from './plan-credits.ts'

const credit = (number: string, openMinor: number, invoiceId: string | null = null) => ({
  ...{ creditNoteId: `crn_${number}`, creditNoteNumber: number, invoiceId, openMinor },
  issuedOn: '2026-11-01',
})
const owed = (number: string, openMinor: number, dueOn = '2026-12-01') => ({
  ...{ invoiceId: `inv_${number}`, invoiceNumber: number, dueOn, openMinor },
})

const told = (uses: ReturnType<typeof planCredits>) =>
  uses.map((use) => [use.creditNoteNumber, use.invoiceNumber, use.amountMinor])

test('a credit pays the invoice it was made for first, and what is left of it the one that is due longest', () => {
  const rows = [owed('I-1', 5_000), owed('I-2', 20_000, '2026-10-01'), owed('I-3', 3_000)]
  expect(told(planCredits([credit('CN-1', 8_000, 'inv_I-3')], rows))).toEqual([
    ['CN-1', 'I-3', 3_000],
    ['CN-1', 'I-2', 5_000],
  ])
})

test('no credit takes the invoice from the one that was made for it', () => {
  const rows = [owed('I-1', 5_000, '2026-10-01'), owed('I-2', 5_000)]
  const credits = [credit('CN-1', 5_000), credit('CN-2', 5_000, 'inv_I-1')]
  expect(told(planCredits(credits, rows))).toEqual([
    ['CN-2', 'I-1', 5_000],
    ['CN-1', 'I-2', 5_000],
  ])
})

test('instalments of one invoice are paid as one', () => {
  const rows = [owed('I-1', 2_000, '2026-10-01'), owed('I-1', 2_000, '2026-11-01')]
  expect(told(planCredits([credit('CN-1', 3_000)], rows))).toEqual([['CN-1', 'I-1', 3_000]])
})

const amounts = fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 8 })

test('as much is used as there is on the smaller side, no credit and no invoice beyond what is open of it', () => {
  fc.assert(
    fc.property(amounts, amounts, fc.integer({ min: 0, max: 7 }), (ofCredits, ofRows, own) => {
      const credits = ofCredits.map((minor, place) =>
        credit(`CN-${place}`, minor, place % 2 === 0 ? `inv_I-${own}` : null),
      )
      const rows = ofRows.map((minor, place) => owed(`I-${place}`, minor))
      const uses = planCredits(credits, rows)
      const sum = (list: readonly { readonly amountMinor: number }[]) =>
        list.reduce((total, { amountMinor }) => total + amountMinor, 0)
      const total = (list: readonly number[]) => list.reduce((a, b) => a + b, 0)
      expect(sum(uses)).toBe(Math.min(total(ofCredits), total(ofRows)))
      for (const { creditNoteId, openMinor } of credits)
        expect(sum(uses.filter((use) => use.creditNoteId === creditNoteId))).toBeLessThanOrEqual(
          openMinor,
        )
      for (const { invoiceId, openMinor } of rows)
        expect(sum(uses.filter((use) => use.invoiceId === invoiceId))).toBeLessThanOrEqual(
          openMinor,
        )
      expect(uses.every(({ amountMinor }) => amountMinor > 0)).toBe(true)
    }),
  )
})
