import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type HoldState, type HoldType, holdTypes } from '../../canonical/order-state.ts'
import { holdRules, holdsPolicy, isTimedOut, liftReason, timeoutActions } from '../holds.ts'
import {
  cancelWindowSeconds,
  lapsedAuthorisation,
  nextLookAt,
  stockKeptUntil,
  timeoutAt,
  timeoutTask,
} from './hold-moments.ts'

const casesFile = join(import.meta.dirname, '../../../../shared/domain-cases.json')
const cases = existsSync(casesFile)
  ? z
      .object({ H1_hold: z.object({ release: z.string() }) })
      .parse(JSON.parse(readFileSync(casesFile, 'utf8')))
  : undefined

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

const settings = (change: object = {}) => holdsPolicy.schema.parse(change)

test('H1_hold: a window of 30 minutes placed at 10:00 ends at 10:30, and not a moment before', () => {
  const seconds = cancelWindowSeconds(
    { connectionSeconds: 1800, segment: 'standard', products: [] },
    settings(),
  )
  const placedAt = '2026-11-23T10:00:00.000Z'
  const release = new Date(Date.parse(placedAt) + seconds * 1000).toISOString()
  expect(release).toBe('2026-11-23T10:30:00.000Z')
  const window = hold('CANCEL_WINDOW', { placedAt, expiresAt: release })
  expect(liftReason(window, '2026-11-23T10:29:59.999Z')).toBeUndefined()
  expect(liftReason(window, release)).toBe('The cancel window is over.')
})

test.skipIf(cases === undefined)('H1_hold: the moment is that of the cases', () => {
  expect(Date.parse(cases?.H1_hold.release ?? '')).toBe(Date.parse('2026-11-23T10:30:00.000Z'))
})

test('a product’s window counts before its class’s, that before the segment’s, that before the connection’s; of several products the longest', () => {
  const rule = settings({
    cancelWindow: {
      bySegment: { strategic: 7200 },
      byProductClass: { PMP: 600, HAZ: 0 },
      bySku: { 'PMP-1': 60 },
    },
  })
  const seconds = (segment: string, ...products: [sku: string, productClass: string][]) =>
    cancelWindowSeconds(
      {
        connectionSeconds: 1800,
        segment,
        products: products.map(([sku, productClass]) => ({ sku, productClass })),
      },
      rule,
    )
  expect(seconds('standard', ['BRG-1', 'BRG'])).toBe(1800)
  expect(seconds('strategic', ['BRG-1', 'BRG'])).toBe(7200)
  expect(seconds('strategic', ['PMP-2', 'PMP'])).toBe(600)
  expect(seconds('strategic', ['PMP-1', 'PMP'])).toBe(60)
  expect(seconds('standard', ['PMP-1', 'PMP'], ['PMP-2', 'PMP'])).toBe(600)
  // Picked up at the counter, for example: no window at all.
  expect(seconds('strategic', ['HAZ-1', 'HAZ'])).toBe(0)
})

test('five business days skip the weekend and the holiday between', () => {
  const calendar = {
    timeZone: 'America/Chicago',
    hours: [{ weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }],
    holidays: ['2026-11-26'],
  }
  // Monday, with Thanksgiving on Thursday.
  expect(timeoutAt(holdRules.CONDITIONAL, '2026-11-23T16:00:00.000Z', calendar)).toBe(
    '2026-12-01T16:00:00.000Z',
  )
  expect(timeoutAt(holdRules.CONDITIONAL, '2026-11-23T16:00:00.000Z')).toBe(
    '2026-11-30T16:00:00.000Z',
  )
  expect(timeoutAt(holdRules.CREDIT, '2026-11-23T16:00:00.000Z')).toBe('2026-11-24T16:00:00.000Z')
  expect(timeoutAt(holdRules.COMPLIANCE, '2026-11-23T16:00:00.000Z')).toBeUndefined()
})

test('time alone lifts a window and a requested day, and no other hold there is', () => {
  const late = { expiresAt: '2026-11-23T11:00:00.000Z' }
  const lifted = holdTypes.filter(
    (type) => liftReason(hold(type, late), '2030-01-01T00:00:00.000Z') !== undefined,
  )
  expect(lifted).toEqual(['CANCEL_WINDOW', 'CUSTOMER_REQUEST'])
})

test('each hold that waits for something is lifted when all of it is there', () => {
  const at = '2026-11-23T12:00:00.000Z'
  for (const type of ['ADDRESS', 'FRAUD', 'COMPLIANCE', 'PAYMENT', 'CONDITIONAL'] as const) {
    expect(liftReason(hold(type, { conditions: { one: at, two: null } }), at)).toBeUndefined()
    expect(liftReason(hold(type, { conditions: { one: at, two: at } }), at)).toContain('one, two')
    expect(liftReason(hold(type), at)).toBeUndefined()
  }
})

test('every hold with a time has something that is done then, said in words', () => {
  for (const [type, rule] of Object.entries(holdRules)) {
    const hasTime = rule.timeoutHours !== null || rule.timeoutBusinessDays !== null
    expect([type, rule.onTimeout !== null]).toEqual([type, hasTime])
  }
  for (const action of timeoutActions) expect(timeoutTask(action)).toMatch(/\.$/)
  expect(
    isTimedOut(
      hold('FRAUD', { expiresAt: '2026-11-23T11:00:00.000Z' }),
      '2026-11-23T11:00:00.000Z',
    ),
  ).toBe(true)
})

test('stock is kept for an order without credit as long as the policy says, then given back once', () => {
  const credit = hold('CREDIT')
  expect(stockKeptUntil(credit, settings())).toBeUndefined()
  const rule = settings({ reserveStockHours: 48 })
  expect(stockKeptUntil(credit, rule)).toBe('2026-11-25T10:00:00.000Z')
  expect(stockKeptUntil(hold('PRICE'), rule)).toBeUndefined()
  expect(
    stockKeptUntil({ ...credit, blocks: [...credit.blocks, 'allocate'] }, rule),
  ).toBeUndefined()
  const holds = [{ ...credit, expiresAt: '2026-11-26T10:00:00.000Z' }]
  const now = '2026-11-24T00:00:00.000Z'
  expect(nextLookAt(holds, rule, now)).toBe('2026-11-25T10:00:00.000Z')
  expect(nextLookAt(holds, settings(), now)).toBe('2026-11-26T10:00:00.000Z')
})

test('an authorisation that has run out is known by its last moment, until a new hold stands for it', () => {
  const paid = hold('PAYMENT', {
    releasedAt: '2026-11-23T11:00:00.000Z',
    releasedBy: 'key:Dana',
    release: { until: '2026-11-30T11:00:00.000Z' },
  })
  expect(lapsedAuthorisation([paid], '2026-11-30T10:59:59.999Z')).toBeUndefined()
  expect(lapsedAuthorisation([paid], '2026-11-30T11:00:00.000Z')).toBe(paid)
  const again = hold('PAYMENT', { holdId: 'hld_2', placedAt: '2026-11-30T11:00:00.000Z' })
  expect(lapsedAuthorisation([paid, again], '2026-12-01T00:00:00.000Z')).toBeUndefined()
})
