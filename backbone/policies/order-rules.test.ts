import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderOnItsWay } from '../../testing/whole-order.ts'
import type { HoldState, HoldType } from '../canonical/order-state.ts'
import { normalisePurchaseOrder } from '../canonical/purchase-order-number.ts'
import { holdRules, isTimedOut, liftReason } from './holds.ts'
import { isPartlyDone, stageAfterRelease } from './order-stage.ts'
import { orderContentHash } from './pricing/purchase-order-identity.ts'

const hold = (type: HoldType, change: Partial<HoldState> = {}): HoldState => ({
  holdId: 'hld_1',
  type,
  blocks: holdRules[type].blocks,
  reason: 'A test.',
  causeKey: 'test',
  conditions: {},
  placedAt: '2026-11-23T10:00:00.000Z',
  placedBy: 'order-flow',
  ...change,
})

test.each([
  { now: '2026-11-23T10:29:59.999Z', isOver: false },
  { now: '2026-11-23T10:30:00.000Z', isOver: true },
  { now: '2026-11-24T00:00:00.000Z', isOver: true },
])('a window of 30 minutes placed at 10:00 is over at $now: $isOver', ({ now, isOver }) => {
  const window = hold('CANCEL_WINDOW', { expiresAt: '2026-11-23T10:30:00.000Z' })
  expect(liftReason(window, now) !== undefined).toBe(isOver)
  expect(isTimedOut(window, now)).toBe(false)
})

test('every type of hold stops the release, and none but a window or a date is lifted by the clock', () => {
  for (const [type, rule] of Object.entries(holdRules))
    expect(rule.blocks, `${type} must block the release`).toContain('release')
  const late = { expiresAt: '2020-01-01T00:00:00.000Z' }
  for (const type of ['PRICE', 'DATA_INCOMPLETE', 'DUPLICATE_SUSPECT', 'MANUAL'] as const) {
    expect(liftReason(hold(type, late), '2026-11-23T10:00:00.000Z')).toBeUndefined()
    expect(isTimedOut(hold(type, late), '2026-11-23T10:00:00.000Z')).toBe(true)
  }
})

test('a person is told of a late hold once', () => {
  const late = hold('PRICE', {
    expiresAt: '2026-11-23T10:00:00.000Z',
    timedOutAt: '2026-11-23T10:00:01.000Z',
  })
  expect(isTimedOut(late, '2026-11-24T10:00:00.000Z')).toBe(false)
})

test('a conditional hold is lifted when all its conditions are met, and one without conditions never', () => {
  const at = '2026-11-23T10:00:00.000Z'
  const both = (contacted: string | null, booked: string | null) =>
    liftReason(hold('CONDITIONAL', { conditions: { contacted, booked } }), at)
  expect([both(null, null), both(at, null), both(null, at)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(both(at, at)).toContain('contacted, booked')
  expect(liftReason(hold('CONDITIONAL'), at)).toBeUndefined()
})

test('a purchase order number is the same with or without blanks, dashes and capitals', () => {
  expect(['po-47 11', 'PO4711', ' Po_47-11 '].map(normalisePurchaseOrder)).toEqual([
    'PO4711',
    'PO4711',
    'PO4711',
  ])
})

test('the order of the lines does not make another order, a quantity or address does', () => {
  const lines = ['A', 'B', 'C'].map((item) => ({
    item,
    quantity: '1',
    uom: 'EA',
    unitPrice: '2',
    requestedOn: '',
  }))
  fc.assert(
    fc.property(fc.shuffledSubarray(lines, { minLength: 3, maxLength: 3 }), (shuffled) => {
      expect(orderContentHash(shuffled, 'DOCK')).toBe(orderContentHash(lines, 'DOCK'))
    }),
  )
  const more = lines.map((line, index) => (index === 0 ? { ...line, quantity: '2' } : line))
  expect(orderContentHash(more, 'DOCK')).not.toBe(orderContentHash(lines, 'DOCK'))
  expect(orderContentHash(lines, 'GATE')).not.toBe(orderContentHash(lines, 'DOCK'))
})

test('an order of which one carton of two has left, is billed and paid in part, is still being picked, partly done', () => {
  const order = orderOnItsWay()
  expect(stageAfterRelease(order)).toBe('picking')
  expect(isPartlyDone({ ...order, stage: 'picking' })).toBe(true)
})

test('the stage of an order is the furthest that all its parts have reached', () => {
  const order = orderOnItsWay()
  const [line] = order.lines
  if (line === undefined) return
  const withLine = (change: Partial<typeof line>, openMinor: number) =>
    stageAfterRelease({
      ...order,
      lines: [{ ...line, allocatedEach: 0, ...change }],
      invoices: order.invoices.map((invoice) => ({ ...invoice, openMinor })),
    })
  expect(withLine({ shippedEach: 2, invoicedEach: 1 }, 190)).toBe('shipped')
  expect(withLine({ shippedEach: 2, invoicedEach: 2 }, 190)).toBe('invoiced')
  expect(withLine({ shippedEach: 2, invoicedEach: 2 }, 0)).toBe('paid')
  expect(withLine({ shippedEach: 1, invoicedEach: 1, cancelledEach: 1 }, 0)).toBe('paid')
  expect(withLine({ shippedEach: 0, invoicedEach: 0, cancelledEach: 2 }, 0)).toBe('cancelled')
})
