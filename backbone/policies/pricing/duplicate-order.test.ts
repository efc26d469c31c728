import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeDuplicate, type RepeatableLine, type RepeatableOrder } from './duplicate-order.ts'
import { pricingPolicy } from './pricing-policy.ts'

const policy = { settings: pricingPolicy.schema.parse({}), version: 'pricing:default' }

const lineOf = (item: string, quantityEach: number): RepeatableLine => ({
  item,
  quantityEach,
  unitPrice: '2.50',
  requestedOn: '2026-06-10',
})

const before: RepeatableOrder = {
  orderNumber: 'SO-1',
  purchaseOrderNumber: '004711',
  receivedAt: '2026-06-01T10:00:00.000Z',
  shipTo: 'PLANT 2',
  lines: [lineOf('A', 10), lineOf('B', 20), lineOf('B', 20)],
  totalMinor: 12_500,
  contentHash: 'document-1',
}

const again = (change: Partial<RepeatableOrder> = {}): RepeatableOrder => ({
  ...before,
  orderNumber: 'SO-2',
  receivedAt: '2026-06-02T10:00:00.000Z',
  contentHash: 'document-2',
  ...change,
})

const judged = (order: RepeatableOrder, earlier: readonly RepeatableOrder[] = [before]) =>
  judgeDuplicate(order, earlier, policy)

test('the same order through another channel is a duplicate, in whatever order its lines come', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...before.lines], { minLength: 3, maxLength: 3 }), (lines) => {
      expect(judged(again({ lines }))).toMatchObject({
        kind: 'DUPLICATE_PO',
        decision: 'refuse',
        of: 'SO-1',
      })
    }),
  )
  const withZeros = before.lines.map((line) => ({ ...line, unitPrice: '2.5000' }))
  expect(judged(again({ lines: withZeros })).kind).toBe('DUPLICATE_PO')
})

test.each([
  { what: 'one line more', lines: [...before.lines, lineOf('C', 1)] },
  { what: 'one of two equal lines less', lines: before.lines.slice(0, 2) },
  { what: 'another quantity', lines: [lineOf('A', 11), lineOf('B', 20), lineOf('B', 20)] },
])('the same number with $what is a number used again and waits for a person', ({ lines }) => {
  expect(judged(again({ lines }))).toMatchObject({ kind: 'PO_REUSED', decision: 'hold' })
})

test('the same number to another ship-to is a number used again', () => {
  expect(judged(again({ shipTo: 'PLANT 3' })).kind).toBe('PO_REUSED')
})

test('after 365 days the same order is a number used again, on the 365th day it is still the same', () => {
  expect(judged(again({ receivedAt: '2027-06-01T23:00:00.000Z' })).kind).toBe('DUPLICATE_PO')
  expect(judged(again({ receivedAt: '2027-06-02T00:00:00.000Z' })).kind).toBe('PO_REUSED')
})

test('a number that is the same only without zeros or dashes is shown and stops nothing', () => {
  for (const purchaseOrderNumber of ['4711', '00-4711', '004711_'])
    expect(judged(again({ purchaseOrderNumber }))).toMatchObject({
      kind: 'DUPLICATE_PO',
      decision: 'accept',
    })
  expect(judged(again({ purchaseOrderNumber: '4711', shipTo: 'PLANT 3' }))).toMatchObject({
    kind: 'NEAR_DUPLICATE',
    decision: 'accept',
  })
  expect(judged(again({ purchaseOrderNumber: ' 004711 ' })).decision).toBe('refuse')
})

test('another release of a blanket order is another order', () => {
  const first = { ...before, releaseNumber: '1' }
  expect(judged(again({ releaseNumber: '2' }), [first]).kind).toBe('NEW_ORDER')
  expect(judged(again({ releaseNumber: '1' }), [first]).kind).toBe('DUPLICATE_PO')
})

const tenLines = Array.from({ length: 10 }, (_, place) => lineOf(`SKU-${place}`, 5))

test.each([
  { what: 'nine of ten lines equal', change: {}, kind: 'NEAR_DUPLICATE' },
  { what: 'another ship-to', change: { shipTo: 'PLANT 3' }, kind: 'NEW_ORDER' },
  { what: 'a total one percent off', change: { totalMinor: 12_625 }, kind: 'NEAR_DUPLICATE' },
  { what: 'a total more than one percent off', change: { totalMinor: 12_626 }, kind: 'NEW_ORDER' },
  {
    what: 'a week between them',
    change: { receivedAt: '2026-06-08T10:00:00.000Z' },
    kind: 'NEAR_DUPLICATE',
  },
  {
    what: 'more than a week between them',
    change: { receivedAt: '2026-06-09T10:00:00.000Z' },
    kind: 'NEW_ORDER',
  },
])('under another number, with $what: $kind', ({ change, kind }) => {
  const lines = tenLines.map((line, place) => (place === 3 ? lineOf('OTHER', 5) : line))
  const order = again({ purchaseOrderNumber: 'OTHER-1', lines, ...change })
  expect(judged(order, [{ ...before, lines: tenLines }])).toMatchObject({
    kind,
    decision: 'accept',
  })
})

test('eight of ten equal lines are too few to look alike', () => {
  const lines = tenLines.map((line, place) => (place < 2 ? lineOf(`OTHER-${place}`, 5) : line))
  const order = again({ purchaseOrderNumber: 'OTHER-1', lines })
  expect(judged(order, [{ ...before, lines: tenLines }]).kind).toBe('NEW_ORDER')
})
