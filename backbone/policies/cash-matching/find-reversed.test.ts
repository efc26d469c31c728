import { expect, test } from 'vitest'
import { findReversed } from './find-reversed.ts'

const money = (paymentNumber: string, change: object = {}) => ({
  ...{ paymentId: `id-${paymentNumber}`, paymentNumber, connectionId: 'bank' },
  ...{ amountMinor: 10_000, bookedOn: '2026-11-10', referenceKey: 'INV-1' },
  ...change,
})
const reversal = money('RET-1', { bookedOn: '2026-11-12' })

test('a reversal takes back the payment it names, if the amount is the same', () => {
  const named = { ...reversal, reversesPayment: 'PAY-2', referenceKey: null }
  expect(findReversed(named, [money('PAY-1'), money('PAY-2')])).toMatchObject({
    paymentNumber: 'PAY-2',
  })
  expect(findReversed(named, [money('PAY-2', { amountMinor: 9_999 })])).toContain(
    'no payment PAY-2',
  )
  expect(findReversed({ ...named, amountMinor: -10_000 }, [money('PAY-2')])).toMatchObject({
    paymentNumber: 'PAY-2',
  })
})

test.each([
  { what: 'the only one alike', payments: [money('PAY-1')], found: true },
  { what: 'one of two alike', payments: [money('PAY-1'), money('PAY-2')], found: false },
  {
    what: 'one of another bank',
    payments: [money('PAY-1', { connectionId: 'other' })],
    found: false,
  },
  {
    what: 'one booked later',
    payments: [money('PAY-1', { bookedOn: '2026-11-13' })],
    found: false,
  },
  {
    what: 'one without references',
    payments: [money('PAY-1', { referenceKey: null })],
    found: false,
  },
])('a reversal that names nothing finds $what: $found', ({ payments, found }) => {
  const result = findReversed(reversal, payments)
  expect(typeof result === 'string').toBe(!found)
})
