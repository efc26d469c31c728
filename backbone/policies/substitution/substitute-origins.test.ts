import { expect, test } from 'vitest'
import { candidatesFor, type RuleInForce } from './substitute-origins.ts'

function rule(
  kind: RuleInForce['kind'],
  sku: string,
  substituteSku: string | null,
  change: Partial<RuleInForce> = {},
): RuleInForce {
  return {
    ruleId: `${kind} ${sku} ${substituteSku}`,
    ...{ kind, sku, substituteSku, quantityEach: 1, substituteEach: 1 },
    ...{ customerNumber: null, reason: null, isStanding: null, isTwoWay: null },
    ...change,
  }
}

const asked = { sku: 'A', customerNumber: 'C-1', learnedFrom: 3 }
const nothing = { fitting: [], history: [] }

function found(rules: readonly RuleInForce[], notSold: readonly string[] = []) {
  const { candidates } = candidatesFor(
    asked,
    { rules, ...nothing },
    (sku) => !notSold.includes(sku),
  )
  return candidates.map(({ sku, origins }) => [sku, origins[0]?.source])
}

test('the chain of successors is followed to the newest one that is sold', () => {
  const chain = [
    rule('supersession', 'A', 'B'),
    rule('supersession', 'B', 'C'),
    rule('supersession', 'C', 'D'),
  ]
  expect(found(chain)).toEqual([['D', 'supersession']])
  expect(found(chain, ['D'])).toEqual([['C', 'supersession']])
  expect(found(chain, ['B', 'C', 'D'])).toEqual([])
})

test('a chain that comes back to itself stops, and never offers the product itself', () => {
  const loop = [
    rule('supersession', 'A', 'B'),
    rule('supersession', 'B', 'C'),
    rule('supersession', 'C', 'A'),
  ]
  expect(found(loop)).toEqual([['C', 'supersession']])
})

test('one product may be replaced by several', () => {
  const branches = [
    rule('supersession', 'A', 'B'),
    rule('supersession', 'A', 'C'),
    rule('supersession', 'C', 'E'),
  ]
  expect(found(branches)).toEqual([
    ['B', 'supersession'],
    ['E', 'supersession'],
  ])
})

test('new replaces old, and old replaces new only where a rule says so', () => {
  expect(found([rule('supersession', 'OLD', 'A')])).toEqual([])
  expect(found([rule('supersession', 'OLD', 'A', { isTwoWay: true })])).toEqual([
    ['OLD', 'supersession'],
  ])
})

test('quantities multiply along a chain, and turn round for a pack of the other size', () => {
  const doubled = { quantityEach: 1, substituteEach: 2 }
  const { candidates } = candidatesFor(
    asked,
    {
      rules: [
        rule('supersession', 'A', 'B', doubled),
        rule('supersession', 'B', 'C', { quantityEach: 1, substituteEach: 3 }),
        rule('other-pack', 'BIG', 'A', { quantityEach: 1, substituteEach: 12 }),
      ],
      ...nothing,
    },
    () => true,
  )
  expect(
    candidates.map(({ sku, origins }) => [
      sku,
      origins[0]?.quantityEach,
      origins[0]?.substituteEach,
    ]),
  ).toEqual([
    ['BIG', 12, 1],
    ['C', 1, 6],
  ])
})

test('a rule of another customer says nothing', () => {
  const approved = rule('approved', 'A', 'B', { customerNumber: 'C-2' })
  expect(found([approved])).toEqual([])
  expect(found([{ ...approved, customerNumber: 'C-1' }])).toEqual([['B', 'approved']])
})

test('a swap is learned once it was accepted often enough', () => {
  const history = [
    { sku: 'A', substituteSku: 'B', offered: 9, accepted: 2 },
    { sku: 'A', substituteSku: 'C', offered: 4, accepted: 3 },
  ]
  const { candidates } = candidatesFor(asked, { rules: [], fitting: [], history }, () => true)
  expect(candidates).toMatchObject([{ sku: 'C', origins: [{ source: 'learned' }] }])
})

test('what forbids any substitute, or all but approved ones, is told with its reason', () => {
  const rules = [
    rule('irreplaceable', 'A', null, { reason: 'part of kit K-1' }),
    rule('approved-only', 'A', null),
  ]
  expect(candidatesFor(asked, { rules, ...nothing }, () => true)).toEqual({
    candidates: [],
    irreplaceable: 'part of kit K-1',
    approvedOnly: 'only approved substitutes may be delivered',
  })
})
