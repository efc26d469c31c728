import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  budgetAfter,
  defaultRetryBudget,
  freshBudget,
  lookAgainAt,
  type RetryBudget,
  repeatsAllowed,
} from './retry-budget.ts'

const now = Date.parse('2026-11-22T16:00:00Z')
const minutes = (count: number) => count * 60_000
const after = (firsts: number, repeats: number, at = now, before: RetryBudget = freshBudget) =>
  budgetAfter(before, { firsts, repeats, now: at })

test.each([
  ['a quiet connection may try ten calls again', 0, 0, 10],
  ['what was tried again is taken off', 0, 4, 6],
  ['a hundred first tries still give ten', 100, 0, 10],
  ['a thousand give a hundred', 1_000, 0, 100],
  ['of which thirty are used', 1_000, 30, 70],
  ['never less than nothing', 20, 60, 0],
])('%s', (_, firsts, repeats, allowed) => {
  expect(repeatsAllowed(after(firsts, repeats), now)).toBe(allowed)
})

test('repeats are given back only when the whole window has passed them', () => {
  const budget = after(0, 10)
  expect(repeatsAllowed(budget, now + minutes(5))).toBe(0)
  expect(repeatsAllowed(budget, now + minutes(6))).toBe(10)
})

test('a tenant may set share, least and window', () => {
  const rule = { percent: 50, least: 2, windowMs: minutes(1) }
  expect(repeatsAllowed({ ...after(10, 0), rule }, now)).toBe(5)
  expect(repeatsAllowed({ ...after(0, 0), rule }, now)).toBe(2)
})

test('what is kept of a connection stays small however much goes to it', () => {
  let budget = freshBudget
  for (let minute = 0; minute < 600; minute += 1)
    budget = after(50, 2, now + minutes(minute), budget)
  expect(budget.parts.length).toBeLessThanOrEqual(7)
})

// One try as the property sees it, in the order things happen.
type Try = { readonly at: number; readonly isRepeat: boolean }

function isWithin(tries: readonly Try[], { at }: Try, rule = defaultRetryBudget): boolean {
  const inWindow = tries.filter((other) => other.at > at - rule.windowMs && other.at <= at)
  const repeats = inWindow.filter((other) => other.isRepeat).length
  const firsts = inWindow.length - repeats
  return repeats <= Math.max(rule.least, Math.floor((firsts * rule.percent) / 100))
}

type Call = { readonly createdAt: number; dueAt: number; failuresLeft: number; isTried: boolean }

function callsOf(schedule: readonly { afterMs: number; failures: number }[]): Call[] {
  let at = now
  return schedule.map(({ afterMs, failures }) => {
    at += afterMs
    return { createdAt: at, dueAt: at, failuresLeft: failures, isTried: false }
  })
}

function inTurn(a: Call, b: Call): number {
  return a.dueAt - b.dueAt || a.createdAt - b.createdAt
}

/** Goes through a schedule as the outbox does: what is due goes while its budget lasts, the rest sleeps. */
function runSchedule(schedule: readonly { afterMs: number; failures: number }[]) {
  const tries: Try[] = []
  let budget = freshBudget
  let open = callsOf(schedule)
  for (let turn = 0; open.length > 0 && turn < 50_000; turn += 1) {
    open = open.filter(({ failuresLeft }) => failuresLeft >= 0).toSorted(inTurn)
    const [call] = open
    if (call === undefined) break
    const { dueAt: clock, isTried: isRepeat, createdAt } = call
    if (isRepeat && repeatsAllowed(budget, clock) === 0) {
      call.dueAt = lookAgainAt(budget, { now: clock, createdAt })
      continue
    }
    tries.push({ at: clock, isRepeat })
    budget = after(Number(!isRepeat), Number(isRepeat), clock, budget)
    call.failuresLeft -= 1
    call.isTried = true
    call.dueAt = clock + 1_000
  }
  return { tries, left: open.length }
}

const schedules = fc.array(
  fc.record({ afterMs: fc.integer({ min: 0, max: 20_000 }), failures: fc.nat({ max: 4 }) }),
  { minLength: 1, maxLength: 120 },
)

test('whatever comes when, no window before a repeat ever has more of them than its share, and every call has its turns', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      const { tries, left } = runSchedule(schedule)
      expect(left).toBe(0)
      for (const one of tries.filter(({ isRepeat }) => isRepeat))
        expect(isWithin(tries, one)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('what has waited longest is looked at first, and always after the window has moved on', () => {
  fc.assert(
    fc.property(fc.nat({ max: 86_400_000 }), fc.nat({ max: 86_400_000 }), (a, b) => {
      const [younger, older] = [Math.min(a, b), Math.max(a, b)]
      const at = (ageMs: number) => lookAgainAt(freshBudget, { now, createdAt: now - ageMs })
      expect(at(older)).toBeLessThanOrEqual(at(younger))
      expect(at(older)).toBeGreaterThan(now)
      expect(at(younger)).toBeLessThanOrEqual(now + minutes(1.25))
    }),
  )
})
