import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { availabilityPolicy } from './availability-policy.ts'
import {
  atpTimeline,
  firstDayFor,
  freeEach,
  promisableOn,
  promisedFrom,
  type SupplyPicture,
} from './available-to-promise.ts'
import { judgeAvailability } from './judge-availability.ts'
import { promiseLine } from './promise-line.ts'
import { leftFor, promiseLines } from './supply-book.ts'

const casesFile = new URL('../../../../shared/domain-cases.json', import.meta.url)
const today = '2026-11-22'

const shelf: SupplyPicture = {
  warehouse: 'DAL',
  onHandEach: 40,
  allocatedEach: 25,
  safetyEach: 5,
  supplies: [{ on: '2026-11-28', quantityEach: 60 }],
  demands: [{ on: '2026-11-26', quantityEach: 30 }],
}

test('A1_atp: ten look free today, but a later demand has taken them; forty may be promised once the receipt is in', () => {
  const timeline = atpTimeline(shelf, today)
  expect(freeEach(shelf)).toBe(10)
  expect(timeline.map(({ cumulativeEach }) => cumulativeEach)).toEqual([10, -20, 40])
  expect(promisableOn(timeline, today)).toBe(0)
  expect(promisableOn(timeline, '2026-11-27')).toBe(0)
  expect(promisableOn(timeline, '2026-11-28')).toBe(40)
  expect(promisableOn(timeline, '2027-01-01')).toBe(40)
})

test.skipIf(!existsSync(casesFile))('A1_atp: the numbers are those of the domain cases', () => {
  const { A1_atp } = JSON.parse(readFileSync(casesFile, 'utf8'))
  const timeline = atpTimeline(shelf, today)
  expect({
    naive: freeEach(shelf),
    cum: timeline.map(({ cumulativeEach }) => cumulativeEach),
    atp_now: promisableOn(timeline, today),
    atp_28: promisableOn(timeline, '2026-11-28'),
  }).toEqual(A1_atp)
})

const empty: SupplyPicture = {
  ...{ warehouse: 'DAL', onHandEach: 0, allocatedEach: 0, safetyEach: 0 },
  supplies: [],
  demands: [],
}

test('supply that is past due counts nothing until it is dated again', () => {
  const late = { ...empty, supplies: [{ on: '2026-11-21', quantityEach: 60 }] }
  expect(promisableOn(atpTimeline(late, today), '2026-12-31')).toBe(0)
  const redated = { ...empty, supplies: [{ on: '2026-12-01', quantityEach: 60 }] }
  expect(firstDayFor(atpTimeline(redated, today), 60, today)).toBe('2026-12-01')
})

test('demand that is past due counts today', () => {
  const picture = {
    ...empty,
    onHandEach: 10,
    demands: [{ on: '2026-11-01', quantityEach: 4 }],
    supplies: [{ on: '2026-12-01', quantityEach: 4 }],
  }
  const timeline = atpTimeline(picture, today)
  expect(promisableOn(timeline, today)).toBe(6)
  expect(promisableOn(timeline, '2026-12-01')).toBe(10)
})

test('supply of a day counts before the demand of that day', () => {
  const on = '2026-11-25'
  const picture = {
    ...empty,
    onHandEach: 5,
    supplies: [{ on, quantityEach: 10 }],
    demands: [{ on, quantityEach: 10 }],
  }
  expect(promisableOn(atpTimeline(picture, today), today)).toBe(5)
})

const days = ['2026-11-20', today, '2026-11-23', '2026-11-26', '2026-11-28', '2026-12-05']
const dated = fc.record({
  on: fc.constantFrom(...days),
  quantityEach: fc.integer({ min: 1, max: 50 }),
})
const picture = fc.record({
  warehouse: fc.constantFrom('DAL', 'CHI', 'ATL'),
  onHandEach: fc.integer({ min: 0, max: 60 }),
  allocatedEach: fc.integer({ min: 0, max: 60 }),
  safetyEach: fc.integer({ min: 0, max: 10 }),
  supplies: fc.array(dated, { maxLength: 5 }),
  demands: fc.array(dated, { maxLength: 5 }),
})
const pictures = fc.uniqueArray(picture, { selector: ({ warehouse }) => warehouse, maxLength: 3 })

test('a promise never takes what a later demand has taken: whatever could be served before still can', () => {
  fc.assert(
    fc.property(picture, fc.constantFrom(...days.slice(1)), (before, on) => {
      const timeline = atpTimeline(before, today)
      const promisable = promisableOn(timeline, on)
      const after = atpTimeline(
        promisable === 0 ? before : promisedFrom(before, { on, quantityEach: promisable }),
        today,
      )
      for (const point of timeline) {
        const left = after.findLast(({ on: day }) => day <= point.on)?.cumulativeEach ?? 0
        expect(left).toBeGreaterThanOrEqual(Math.min(0, point.cumulativeEach))
      }
      expect(promisableOn(after, on)).toBe(0)
    }),
  )
})

test('what may be promised never shrinks the longer the buyer waits', () => {
  fc.assert(
    fc.property(picture, (one) => {
      const promisable = atpTimeline(one, today).map(({ promisableEach }) => promisableEach)
      expect(promisable).toEqual(promisable.toSorted((a, b) => a - b))
    }),
  )
})

test('lines promised one after another never get more together than one line could', () => {
  fc.assert(
    fc.property(
      pictures,
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
      (before, needs) => {
        let left: readonly SupplyPicture[] = before
        let given = 0
        for (const neededEach of needs) {
          const promise = promiseLine({ neededEach, neededOn: today }, left, today)
          left = promise.left
          given += promise.allocatedEach
          const nowEach = Math.max(
            0,
            ...before.map((one) => promisableOn(atpTimeline(one, today), today)),
          )
          expect(promise.allocatedEach).toBeLessThanOrEqual(Math.min(neededEach, nowEach))
        }
        const inAll = before.reduce(
          (sum, one) => sum + promisableOn(atpTimeline(one, today), today),
          0,
        )
        expect(given).toBeLessThanOrEqual(inAll)
      },
    ),
  )
})

test('the first line gets all of it from one warehouse where one has it all', () => {
  fc.assert(
    fc.property(pictures, fc.integer({ min: 1, max: 60 }), (before, neededEach) => {
      const nowEach = before.map((one) => promisableOn(atpTimeline(one, today), today))
      const { allocatedEach } = promiseLine({ neededEach, neededOn: today }, before, today)
      expect(allocatedEach).toBe(Math.min(neededEach, Math.max(0, ...nowEach)))
    }),
  )
})

test('a line that is promised from Dallas is not topped up from Chicago', () => {
  const stocks = [
    { ...empty, warehouse: 'CHI', onHandEach: 9 },
    { ...empty, warehouse: 'DAL', onHandEach: 2 },
  ]
  const need = { neededEach: 5, neededOn: today, warehouse: 'DAL' }
  expect(promiseLine(need, stocks, today)).toMatchObject({ warehouse: 'DAL', allocatedEach: 2 })
})

test('of an incoming receipt the second order is promised only what the first has left', () => {
  const incoming = { ...empty, supplies: [{ on: '2026-11-28', quantityEach: 60 }] }
  const first = promiseLine({ neededEach: 50, neededOn: today }, [incoming], today)
  expect(first).toMatchObject({ allocatedEach: 0, completeOn: '2026-11-28' })
  const second = promiseLine({ neededEach: 50, neededOn: today }, first.left, today)
  expect(second.completeOn).toBeUndefined()
  const third = promiseLine({ neededEach: 10, neededOn: today }, first.left, today)
  expect(third.completeOn).toBe('2026-11-28')
})

const byDefault = availabilityPolicy.inForce([], {}, today)
const now = '2026-11-22T12:00:00.000Z'

function judged(before: SupplyPicture, neededEach: number, neededOn = today) {
  const need = { neededEach, neededOn }
  const promise = promiseLine(need, [before], today)
  return judgeAvailability({ sku: 'MTR-1001', need, pictures: [before], promise }, byDefault, {
    now,
    today,
  })
}

test('a line that is there is accepted for today in one sentence', () => {
  const decision = judged({ ...empty, onHandEach: 9, asOf: '2026-11-22T11:50:00.000Z' }, 5)
  expect(decision).toMatchObject({ decision: 'accept', kind: 'IN_STOCK', promisedOn: today })
  expect(decision.evidence).toHaveLength(1)
})

test('stock counted sixteen minutes ago is labelled, and no day is promised by it', () => {
  const decision = judged({ ...empty, onHandEach: 9, asOf: '2026-11-22T11:44:00.000Z' }, 5)
  expect(decision).toMatchObject({ decision: 'propose', kind: 'STALE_STOCK' })
  expect(decision.promisedOn).toBeUndefined()
  expect(decision.evidence.map(({ text }) => text).join(' ')).toContain('too old')
})

test('a line that comes too late says when it comes and who has taken what looks free', () => {
  const decision = judged(shelf, 10)
  expect(decision).toMatchObject({ decision: 'propose', kind: 'LATE', promisedOn: '2026-11-28' })
  const words = decision.evidence.map(({ text }) => text)
  expect(words).toContain(
    '10 look free in DAL, but earlier demand up to 2026-11-26 has taken 10 of them.',
  )
  expect(words).toContain('From 2026-11-28 on DAL may promise 40.')
})

test('a line wanted next week is in time when the receipt comes before', () => {
  expect(judged(shelf, 10, '2026-12-01')).toMatchObject({
    decision: 'accept',
    kind: 'IN_TIME',
    promisedOn: '2026-12-01',
  })
})

test('a line no supply brings is short, and no day is promised', () => {
  const decision = judged(empty, 10)
  expect(decision).toMatchObject({ decision: 'propose', kind: 'SHORT' })
  expect(decision.promisedOn).toBeUndefined()
})

const waitingLine = fc.record({
  sku: fc.constant('MTR-1'),
  on: fc.constantFrom(...days),
  quantityEach: fc.integer({ min: 1, max: 30 }),
  before: fc.constantFrom('0|ord_2', '1|ord_1', '1|ord_3'),
})

test('lines promised from a book leave every earlier demand, and everyone who waits before them, what they would have had', () => {
  fc.assert(
    fc.property(
      picture,
      fc.array(waitingLine, { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
      (shelfBefore, waiting, needs) => {
        const supply = [{ ...shelfBefore, sku: 'MTR-1' }]
        const lines = needs.map((neededEach, place) => ({
          ...{ key: String(place), rank: `1|ord_${place + 1}`, sku: 'MTR-1' },
          need: { neededEach, neededOn: today },
        }))
        const booked = promiseLines(supply, waiting, { lines, today })
        let left = leftFor(supply, [], today)
        for (const { key, need } of lines) {
          const promise = booked.get(key)?.promise
          const allocatedEach = promise?.allocatedEach ?? 0
          const restEach = need.neededEach - allocatedEach
          const rest =
            promise?.completeOn === undefined || restEach === 0
              ? []
              : [{ on: promise.completeOn, quantityEach: restEach }]
          left = left.map((one) => ({
            ...one,
            allocatedEach: one.allocatedEach + allocatedEach,
            demands: [...one.demands, ...rest],
          }))
        }
        const [after] = left
        if (after === undefined) return
        for (const point of atpTimeline(shelfBefore, today)) {
          const course = atpTimeline(after, today)
          const now = course.findLast(({ on }) => on <= point.on)?.cumulativeEach ?? 0
          expect(now).toBeGreaterThanOrEqual(Math.min(0, point.cumulativeEach))
        }
      },
    ),
  )
})

test('whoever was promised a day stands before those who were not, whichever order came first', () => {
  const incoming = { ...empty, sku: 'MTR-1', supplies: [{ on: '2026-11-28', quantityEach: 10 }] }
  const lines = [
    { key: 'old', rank: '1|ord_1', sku: 'MTR-1', need: { neededEach: 10, neededOn: today } },
    { key: 'promised', rank: '0|ord_2', sku: 'MTR-1', need: { neededEach: 10, neededOn: today } },
  ]
  const booked = promiseLines([incoming], [], { lines, today })
  expect(booked.get('promised')?.promise.completeOn).toBe('2026-11-28')
  expect(booked.get('old')?.promise.completeOn).toBeUndefined()
})
