import { expect, test } from 'vitest'
import type { OrderCheck } from '../../backbone/services/ports.ts'
import { saidBy } from './ask.ts'

const check = (change: Partial<OrderCheck>): OrderCheck => ({
  wouldBecome: 'ready',
  customerNumber: 'C-1',
  currency: 'USD',
  totalMinor: 0,
  lines: [],
  holds: [],
  findings: [],
  decisions: [],
  ...change,
})

const decision = (kind: string, amountMinor?: number) => ({
  ...{ policy: 'pricing', decision: 'accept' as const, kind, evidence: [], alternatives: [] },
  ...(amountMinor === undefined ? {} : { money: { amountMinor, currency: 'USD' } }),
  policyVersion: 'pricing:default',
})

test('an order without findings and holds goes on', () => {
  expect(saidBy(check({ decisions: [decision('PRICE_AS_EXPECTED')] }))).toEqual({
    kinds: [],
    ambiguities: [],
    deltas: {},
    goesOn: true,
  })
})

test('findings of one kind add up; what is no pricing error is not counted; a hold stops', () => {
  const said = saidBy(
    check({
      wouldBecome: 'held',
      holds: [{ type: 'PRICE', blocks: ['release'], reason: 'A reason.' }],
      findings: [
        { kind: 'WRONG_TIER', line: '1', message: 'A sentence.', deltaMinor: -120 },
        { kind: 'WRONG_TIER', line: '2', message: 'A sentence.', deltaMinor: -5 },
        { kind: 'UNKNOWN_ITEM', line: '3', message: 'A sentence.' },
      ],
      decisions: [decision('WRONG_TIER', -120), decision('WRONG_TIER', -5)],
    }),
  )
  expect(said).toEqual({
    kinds: ['WRONG_TIER'],
    ambiguities: [],
    deltas: { WRONG_TIER: -125 },
    goesOn: false,
  })
})

test('what was decided without a finding counts too, with its money', () => {
  const said = saidBy(check({ decisions: [decision('WITHIN_TOLERANCE', -2)] }))
  expect(said.kinds).toEqual(['WITHIN_TOLERANCE'])
  expect(said.deltas).toEqual({ WITHIN_TOLERANCE: -2 })
})

test('other names of one row of the table are that row', () => {
  const findings = ['WRONG_PROMO', 'BREAK_MISSED', 'PO_REUSED'].map((kind) => ({
    kind,
    message: 'A sentence.',
  }))
  expect(saidBy(check({ findings })).kinds).toEqual([
    'EXPIRED_PROMO',
    'BREAK_NOT_REACHED',
    'DUPLICATE_PO',
  ])
})

test('an ambiguous price is of the kinds that speak for it', () => {
  const evidence = [
    { weighs: 'for' as const, text: 'A sentence.', values: { kind: 'WRONG_TIER' } },
    { weighs: 'for' as const, text: 'A sentence.', values: { kind: 'EXPIRED_PROMO' } },
    { weighs: 'against' as const, text: 'A sentence.', values: { kind: 'DECIMAL_SHIFT' } },
    { weighs: 'note' as const, text: 'A sentence.' },
  ]
  const said = saidBy(
    check({ findings: [{ kind: 'AMBIGUOUS', message: 'A sentence.', deltaMinor: 7, evidence }] }),
  )
  expect(said.ambiguities).toEqual([['EXPIRED_PROMO', 'WRONG_TIER']])
  expect(said.kinds).toEqual([])
  expect(said.deltas).toEqual({ AMBIGUOUS: 7 })
})
