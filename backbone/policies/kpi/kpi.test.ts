import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type OrderFacts, orderFigure } from './order-figure.ts'
import { perfectOrderProduct, share } from './rates.ts'

const casesFile = new URL('../../../../shared/domain-cases.json', import.meta.url)
const cases = existsSync(casesFile) ? JSON.parse(readFileSync(casesFile, 'utf8')) : undefined
const percent = (rate: number | null) => (rate === null ? null : (rate * 100).toFixed(2))

const fourParts = [98, 97, 99, 82].map((count) => ({ count, of: 100 }))

test('M1_poi: 98, 97, 99 and 82 percent multiply to a perfect order of 77.17 %', () => {
  expect(percent(perfectOrderProduct(fourParts))).toBe('77.17')
})

test('M2_touchless: 322 touched of 1,840 orders are 82.50 % touchless', () => {
  expect(share(1_840 - 322, 1_840)).toEqual({ rate: 0.825, count: 1_518, of: 1_840 })
})

test.skipIf(cases === undefined)('M1_poi and M2_touchless are as the domain cases say', () => {
  expect(percent(perfectOrderProduct(fourParts))).toBe(cases.M1_poi.poi)
  const { orders, touched, rate } = cases.M2_touchless
  expect(percent(share(orders - touched, orders).rate)).toBe(rate)
})

test('nothing divided by nothing is null, in both forms of the perfect order', () => {
  expect(share(0, 0).rate).toBeNull()
  expect(perfectOrderProduct([...fourParts, { count: 0, of: 0 }])).toBeNull()
  expect(perfectOrderProduct([])).toBeNull()
})

test('the product form is never above its smallest part', () => {
  const part = fc
    .tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 1_000_000 }))
    .map(([count, of]) => ({ count: Math.min(count, of), of }))
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
      const product = perfectOrderProduct(parts) ?? -1
      expect(product).toBeGreaterThanOrEqual(0)
      expect(product).toBeLessThanOrEqual(
        Math.min(...parts.map(({ count, of }) => count / of)) + 0.0001,
      )
    }),
  )
})

const smooth: OrderFacts = {
  orderId: 'ord_1',
  partnerId: 'NORTHWIND',
  receivedAt: '2026-11-02T09:00:00.000Z',
  validatedAt: '2026-11-02T09:00:02.000Z',
  releasedAt: '2026-11-02T10:00:00.000Z',
  shippedAt: '2026-11-02T15:00:00.000Z',
  deliveredAt: '2026-11-04T15:00:00.000Z',
  deliveredOn: '2026-11-04',
  invoicedAt: '2026-11-02T16:00:00.000Z',
  paidAt: null,
  waitedSeconds: 0,
  acts: [],
  wasReleasedFromQuarantine: false,
  isResent: false,
  exceptions: 0,
  acknowledgement: {
    stoppedAt: '2026-11-02T09:00:03.000Z',
    breachAt: '2026-11-03T09:00:00.000Z',
    isOverdue: false,
  },
  dueOn: '2026-11-04',
  isShippedWhole: true,
  isDamaged: false,
  hasFailedPapers: false,
}

test('an order that ran by itself is touchless and perfect', () => {
  expect(orderFigure(smooth)).toMatchObject({
    isTouchless: true,
    isAcknowledgedOnTime: true,
    isOnTime: true,
    isComplete: true,
    isUndamaged: true,
    hasRightDocuments: true,
    validating: 2,
    shipping: 5 * 3_600,
    paying: null,
    orderCycle: 54 * 3_600,
    touches: null,
  })
})

test.each([
  [
    'a person acted before its release',
    { acts: [{ kind: 'hold.lifted', at: '2026-11-02T09:30:00.000Z' }] },
  ],
  ['it was sent again after a cancelled one', { isResent: true }],
  ['a person took it out of quarantine', { wasReleasedFromQuarantine: true }],
  ['it never reached the ERP', { releasedAt: null }],
])('an order is not touchless when %s', (_, change) => {
  expect(orderFigure({ ...smooth, ...change }).isTouchless).toBe(false)
})

test('a person who acts after the release leaves the order touchless, and is on the touch map until the invoice', () => {
  const at = (moment: string) => [{ kind: 'hold.placed', at: moment }]
  const picked = orderFigure({ ...smooth, acts: at('2026-11-02T12:00:00.000Z') })
  expect([picked.isTouchless, picked.touches]).toEqual([true, { 'hold.placed': 1 }])
  expect(orderFigure({ ...smooth, acts: at('2026-11-09T12:00:00.000Z') }).touches).toBeNull()
})

test('late, short, damaged or with wrong papers is not perfect; undelivered is not judged yet', () => {
  expect(orderFigure({ ...smooth, dueOn: '2026-11-03' }).isOnTime).toBe(false)
  expect(orderFigure({ ...smooth, dueOn: null }).isOnTime).toBe(true)
  expect(orderFigure({ ...smooth, isShippedWhole: false }).isComplete).toBe(false)
  expect(orderFigure({ ...smooth, isDamaged: true }).isUndamaged).toBe(false)
  expect(orderFigure({ ...smooth, hasFailedPapers: true }).hasRightDocuments).toBe(false)
  expect(orderFigure({ ...smooth, deliveredOn: null }).isOnTime).toBeNull()
})

test('an acknowledgement is late once its time is over, and not judged before', () => {
  const breachAt = '2026-11-03T09:00:00.000Z'
  const judged = (stoppedAt: string | null, isOverdue: boolean) =>
    orderFigure({ ...smooth, acknowledgement: { stoppedAt, breachAt, isOverdue } })
      .isAcknowledgedOnTime
  expect(judged('2026-11-03T09:00:01.000Z', true)).toBe(false)
  expect(judged(null, true)).toBe(false)
  expect(judged(null, false)).toBeNull()
})

test('waiting for a day the customer asked for is not our time', () => {
  const figure = orderFigure({ ...smooth, waitedSeconds: 1_800 })
  expect(figure.releasing).toBe(3_600 - 2 - 1_800)
  expect(figure.orderCycle).toBe(54 * 3_600 - 1_800)
})
