import { expect, test } from 'vitest'
import { comparePrices } from './comparison.ts'
import type { LineToPrice, PriceRule } from './order-to-price.ts'
import { pricingPolicy } from './pricing-policy.ts'
import { shipPrice } from './ship-price.ts'

const rule = (unitPrice: string): PriceRule => ({
  ...{ level: 'agreement-item', ruleId: 'AG-1', target: 'item', party: 'sold-to' },
  ...{ currency: 'USD', validFrom: '2026-12-01', prices: [{ minimumQuantity: 1, unitPrice }] },
  terms: { pricingDate: 'actual-ship' },
})

/** Ten pieces that left on 2 December, told at `told`, written at `sent`, and worth `now` that day. */
function priceOf(
  { now, sent, told = '10' }: { now?: string; sent?: string; told?: string },
  settings: Record<string, unknown> = {},
  change: Partial<LineToPrice> = {},
) {
  const line: LineToPrice = {
    ...{ line: '1', sku: 'SKU-1', quantity: '10', quantityEach: 10, uom: 'EA', uomFactor: 1 },
    ...{ baseUom: 'EA', uomFactors: {}, promotions: [] },
    rules: now === undefined ? [] : [rule(now)],
    ...(sent === undefined ? {} : { sentUnitPrice: sent }),
    ...change,
  }
  const comparison = comparePrices(
    {
      ...{ orderId: 'ord_1', currency: 'USD', orderedOn: '2026-11-20', receivedOn: '2026-11-20' },
      ...{ shippedOn: '2026-12-02', lines: [line] },
    },
    { settings: pricingPolicy.schema.parse(settings), version: 'pricing:default' },
  )
  const [compared] = comparison.lines
  if (compared === undefined) throw new Error('The line was not compared.')
  const { status, unitPrice } = shipPrice(compared, comparison, told)
  return [status, unitPrice]
}

test.each([
  { so: 'unchanged', of: { now: '10', sent: '10' }, is: ['priced', '10.0000'] },
  {
    so: 'unchanged though the order said less',
    of: { now: '10', sent: '8' },
    is: ['priced', '10.0000'],
  },
  { so: 'lower', of: { now: '9', sent: '10' }, is: ['priced', '9.0000'] },
  { so: 'lower than told, above the order', of: { now: '9', sent: '8' }, is: ['priced', '9.0000'] },
  { so: 'higher, none written', of: { now: '12' }, is: ['priced', '12.0000'] },
  { so: 'higher, within tolerance', of: { now: '10.04', sent: '10' }, is: ['priced', '10.0000'] },
  { so: 'higher, above tolerance', of: { now: '12', sent: '10' }, is: ['waits', '12.0000'] },
  {
    so: 'higher than told, not than written',
    of: { now: '12', sent: '15' },
    is: ['priced', '12.0000'],
  },
  { so: 'gone', of: { sent: '10' }, is: ['waits', undefined] },
])('a price that is $so on the day the goods leave: $is', ({ of, is }) => {
  expect(priceOf(of)).toEqual(is)
})

test('within tolerance the customer’s policy says whose price is billed, and the margin floor waits for a person', () => {
  const ours = { underpaidBills: 'bill_expected' }
  expect(priceOf({ now: '10.04', sent: '10' }, ours)).toEqual(['priced', '10.0400'])
  const dear = { landedCost: '9.5' }
  expect(priceOf({ now: '9', sent: '9' }, {}, dear)).toEqual(['waits', '9.0000'])
})
