import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FailureClass } from '../canonical/failures/failure-class.ts'
import { defaultRetryPace, type FailedTry, replayObstacle, retryDecision } from './retry.ts'

const tried = (facts: Partial<FailedTry>): FailedTry => ({
  outcome: 'failed',
  errorClass: 'TRANSPORT',
  attempt: 1,
  replays: 0,
  isCircuitOpen: false,
  ...facts,
})

const atWorst = { random: 0.999_999 }

test.each<[FailureClass, 'retry' | 'give-up']>([
  ['TRANSPORT', 'retry'],
  ['OUTAGE', 'retry'],
  ['RATE_LIMIT', 'retry'],
  ['STALE', 'retry'],
  ['DEPENDENCY', 'retry'],
  ['UNKNOWN', 'retry'],
  ['AUTH_EXPIRED', 'retry'],
  ['PERMISSION', 'give-up'],
  ['SCHEMA', 'give-up'],
  ['MAPPING', 'give-up'],
  ['BUSINESS_RULE', 'give-up'],
  ['DUPLICATE', 'give-up'],
  ['PARTIAL_SUCCESS', 'give-up'],
  ['POISON', 'give-up'],
  ['TOO_LARGE', 'give-up'],
  ['DATA_QUALITY', 'give-up'],
])('a first failure of class %s means %s', (errorClass, decision) => {
  expect(retryDecision(tried({ errorClass }), atWorst).decision).toBe(decision)
})

test('a refused call is given up at once, but for a refused credential, which holds the connection', () => {
  expect(retryDecision(tried({ outcome: 'refused' }), atWorst).decision).toBe('give-up')
  const lockedOut = tried({ outcome: 'refused', errorClass: 'AUTH_EXPIRED', attempt: 50 })
  expect(retryDecision(lockedOut, atWorst).decision).toBe('retry')
})

test('the eighth failure is the last, unless the system is away or a person sent it again', () => {
  expect(retryDecision(tried({ attempt: 7 }), atWorst).decision).toBe('retry')
  expect(retryDecision(tried({ attempt: 8 }), atWorst).decision).toBe('give-up')
  expect(retryDecision(tried({ attempt: 8, isCircuitOpen: true }), atWorst).decision).toBe('retry')
  expect(retryDecision(tried({ attempt: 8, replays: 1 }), atWorst).decision).toBe('retry')
  expect(retryDecision(tried({ attempt: 16, replays: 1 }), atWorst).decision).toBe('give-up')
})

test('a failure nobody knows gets one more try; being asked to slow down is never held against a call', () => {
  expect(retryDecision(tried({ errorClass: 'UNKNOWN', attempt: 2 }), atWorst).decision).toBe(
    'give-up',
  )
  expect(retryDecision(tried({ errorClass: 'RATE_LIMIT', attempt: 90 }), atWorst).decision).toBe(
    'retry',
  )
})

test('a call that may have happened is never sent again without a look', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.boolean(),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, isCircuitOpen, random) => {
        const { decision } = retryDecision(tried({ outcome: 'unknown', attempt, isCircuitOpen }), {
          random,
        })
        expect(['look-up', 'give-up']).toContain(decision)
      },
    ),
  )
})

test('a wait is never longer than five minutes nor shorter than what Retry-After asks', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.option(fc.integer({ min: 0, max: 600_000 }), { nil: undefined }),
      (attempt, random, retryAfterMs) => {
        const next = retryDecision(tried({ errorClass: 'RATE_LIMIT', attempt, retryAfterMs }), {
          random,
        })
        if (next.decision === 'give-up') return expect.unreachable()
        expect(next.delayMs).toBeGreaterThanOrEqual(retryAfterMs ?? 0)
        expect(next.delayMs).toBeLessThanOrEqual(
          Math.max(defaultRetryPace.capMs, retryAfterMs ?? 0),
        )
      },
    ),
  )
})

test.each([
  ['erp.create-order', 'cancelled', false, true],
  ['wms.request-pick', 'cancelled', false, true],
  ['erp.cancel-order', 'cancelled', false, false],
  ['partner.acknowledgement', 'rejected', false, false],
  ['erp.create-order', 'ready', false, false],
  ['erp.create-order', 'ready', true, true],
  ['notify.people', null, false, false],
  ['customer.message', null, false, true],
])(
  'a replay of %s for an order that is %s (done since: %s) is dropped: %s',
  (operation, orderStage, isDone, isDropped) => {
    expect(replayObstacle({ operation, orderStage, isDone }) !== undefined).toBe(isDropped)
  },
)

test('a call our own process was too slow to send is never given up for it', () => {
  const late = {
    outcome: 'failed',
    errorClass: 'TRANSPORT',
    attempt: 50,
    replays: 0,
    isCircuitOpen: false,
  } as const
  expect(retryDecision(late, { random: 0.5 })).toEqual({ decision: 'give-up' })
  expect(retryDecision({ ...late, isOurDelay: true }, { random: 0.5 })).toMatchObject({
    decision: 'retry',
  })
})

test.each([
  ['the system can be asked for the effect', { canLookUp: true, keyAgeMs: 90_000_000 }, 'look-up'],
  ['its key is still kept there', { keyAgeMs: 86_400_000 }, 'look-up'],
  ['its key may be forgotten there', { keyAgeMs: 86_400_001 }, 'give-up'],
  ['a listener drops repeats', { operation: 'webhook.event', keyAgeMs: 90_000_000 }, 'look-up'],
  ['a customer would read it twice', { operation: 'customer.message', keyAgeMs: 0 }, 'give-up'],
] as const)('a call in doubt when %s: %s', (_name, facts, expected) => {
  const doubt = { operation: 'erp.create-order', canLookUp: false, ...facts }
  const decided = retryDecision(tried({ outcome: 'unknown', doubt }), { random: 0.5 })
  expect(decided.decision).toBe(expected)
})

test('a call of which nothing is in doubt is tried again however old its key is', () => {
  expect(retryDecision(tried({}), { random: 0.5 }).decision).toBe('retry')
})
