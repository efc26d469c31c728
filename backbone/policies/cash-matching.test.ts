import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchCash, type OpenInvoice } from './cash-matching.ts'
import { dueTerms } from './invoice-terms.ts'

const invoice = (change: Partial<OpenInvoice> = {}): OpenInvoice => ({
  invoiceId: `id-${change.invoiceNumber ?? 'INV-1'}`,
  invoiceNumber: 'INV-1',
  orderId: 'ord_1',
  currency: 'USD',
  openMinor: 500_000,
  dueOn: '2026-12-02',
  discountMinor: 0,
  ...change,
})

const paid = (paidMinor: number, bookedOn = '2026-11-20', invoiceNumber = 'INV-1') => ({
  currency: 'USD',
  unappliedMinor: paidMinor,
  bookedOn,
  remittance: [{ invoiceNumber, paidMinor, discountMinor: 0, deductionMinor: 0 }],
})

// Domain rules C2: 5,000.00 at 2/10 net 30, invoiced on 2 November.
const discounted = invoice(
  dueTerms('2026-11-02', 500_000, { netDays: 30, discountPercent: '2', discountDays: 10 }),
)

test.each([
  { bookedOn: '2026-11-11', discountMinor: 10_000 },
  { bookedOn: '2026-11-12', discountMinor: 10_000 },
  { bookedOn: '2026-11-13', discountMinor: 0 },
  { bookedOn: '2026-11-15', discountMinor: 0 },
])(
  '4,900.00 for 5,000.00 on $bookedOn gives a discount of $discountMinor',
  ({ bookedOn, discountMinor }) => {
    expect(matchCash(paid(490_000, bookedOn), [discounted])).toMatchObject([
      { appliedMinor: 490_000, discountMinor },
    ])
  },
)

test.each([
  // Domain rules C3: 0.09 short of 1,299.99 is written off.
  { openMinor: 129_999, paidMinor: 129_990, discountMinor: 9 },
  { openMinor: 129_999, paidMinor: 129_500, discountMinor: 499 },
  { openMinor: 129_999, paidMinor: 129_498, discountMinor: 0 },
  { openMinor: 10_000, paidMinor: 9_950, discountMinor: 50 },
  { openMinor: 10_000, paidMinor: 9_949, discountMinor: 0 },
])(
  '$paidMinor for $openMinor writes off $discountMinor',
  ({ openMinor, paidMinor, discountMinor }) => {
    expect(matchCash(paid(paidMinor), [invoice({ openMinor })])).toMatchObject([
      { appliedMinor: paidMinor, discountMinor },
    ])
  },
)

test('money in another currency, for another invoice, or without a remittance is put to nothing', () => {
  expect(matchCash({ ...paid(500_000), currency: 'EUR' }, [invoice()])).toEqual([])
  expect(matchCash(paid(500_000, '2026-11-20', 'INV-9'), [invoice()])).toEqual([])
  expect(matchCash({ ...paid(500_000), remittance: [] }, [invoice()])).toEqual([])
})

test('no payment ever gives more than it has, nor more to an invoice than is open', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.array(
        fc.record({
          number: fc.integer({ min: 1, max: 4 }),
          paidMinor: fc.integer({ min: -1_000, max: 400_000 }),
        }),
        { maxLength: 8 },
      ),
      fc.array(fc.integer({ min: 0, max: 300_000 }), { minLength: 4, maxLength: 4 }),
      (unappliedMinor, lines, open) => {
        const invoices = open.map((openMinor, index) =>
          invoice({ invoiceNumber: `INV-${index + 1}`, openMinor }),
        )
        const applications = matchCash(
          {
            currency: 'USD',
            unappliedMinor,
            bookedOn: '2026-11-20',
            remittance: lines.map(({ number, paidMinor }) => ({
              invoiceNumber: `INV-${number}`,
              paidMinor,
              discountMinor: 0,
              deductionMinor: 0,
            })),
          },
          invoices,
        )
        const given = applications.reduce((sum, application) => sum + application.appliedMinor, 0)
        expect(given).toBeLessThanOrEqual(unappliedMinor)
        expect(new Set(applications.map(({ invoiceId }) => invoiceId)).size).toBe(
          applications.length,
        )
        for (const { invoiceId, appliedMinor, discountMinor } of applications) {
          const { openMinor = 0 } = invoices.find((one) => one.invoiceId === invoiceId) ?? {}
          expect(appliedMinor).toBeGreaterThan(0)
          expect(appliedMinor + discountMinor).toBeLessThanOrEqual(openMinor)
        }
      },
    ),
  )
})

test('net 30 without terms, a discount only where the terms have one, and months and years end as they do', () => {
  expect(dueTerms('2026-01-31', 1_000, {})).toEqual({ dueOn: '2026-03-02', discountMinor: 0 })
  expect(dueTerms('2026-12-20', 1_000, { netDays: 45 })).toEqual({
    dueOn: '2027-02-03',
    discountMinor: 0,
  })
  expect(
    dueTerms('2026-11-02', 500_000, { netDays: 30, discountPercent: '2', discountDays: 10 }),
  ).toEqual({ dueOn: '2026-12-02', discountUntil: '2026-11-12', discountMinor: 10_000 })
})
