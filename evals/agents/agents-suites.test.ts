import { expect, test } from 'vitest'
import { z } from 'zod'
import { agentsAgainst, readAgentsBaseline } from './baseline.ts'
import { casesOf } from './case-files.ts'
import { type Figure, resultOf, share } from './results.ts'
import type { Trial } from './trial.ts'

const AnyCase = z.looseObject({ id: z.string() })
const files = [
  ...['assistant', 'collections', 'injection', 'order-validation', 'substitution', 'triage'],
] as const

test('there are more than three hundred cases, and more than forty texts in places they may come in by', () => {
  const sizes = files.map((file) => casesOf(file, AnyCase).length)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(300)
  expect(casesOf('injection', AnyCase).length).toBeGreaterThanOrEqual(40)
})

test('every suite is held to a committed figure', () => {
  expect(Object.keys(readAgentsBaseline() ?? {}).toSorted()).toEqual(files.toSorted())
})

const suiteOf = (figures: readonly Figure[], cases = 0) => ({
  agent: 'triage',
  figures,
  cases: Array.from({ length: cases }, () => resultOf({ id: '', group: '', title: '' }, [])),
})

test('a figure that is worse is told, whichever way is better, and so is a suite with fewer cases', () => {
  const was = { triage: { cases: 2, right: 0.9, leaks: 0 } }
  const figures = (right: number, leaks: number): Figure[] => [
    { name: 'right', value: right, better: 'more' },
    { name: 'leaks', value: leaks, better: 'less' },
  ]
  const kept = (right: number, leaks: number, cases: number) =>
    agentsAgainst([suiteOf(figures(right, leaks), cases)], was).map(({ isKept }) => isKept)
  expect(kept(0.95, 0, 2)).toEqual([true, true, true])
  expect(kept(0.85, 0, 2)).toEqual([true, false, true])
  expect(kept(0.9, 1, 2)).toEqual([true, true, false])
  expect(kept(0.9, 0, 1)).toEqual([false, true, true])
})

const trial = (text: string): Trial => ({
  ...{ text, events: [], calls: [], cards: [], tables: [], said: [] },
  ...{ ms: 1, modelCalls: 0, tokens: 0, costMicros: 0 },
})

test('an answer that is another at the second trial has not passed both', () => {
  const head = { id: 'a', group: 'b', title: 'c' }
  const ran = (...texts: readonly string[]) =>
    resultOf(
      head,
      texts.map((text) => ({ trial: trial(text), faults: [] })),
    ).passes
  expect(ran('As of 2026-11-22 07:35: held.', 'As of 2026-11-22 07:36: held.')).toEqual([
    true,
    true,
  ])
  expect(ran('Held.', 'Released.')).toEqual([true, false])
})

test('a share of nothing is no fault', () => {
  expect(share('hits', { count: 0, of: 0 }, 'more').value).toBe(1)
  expect(share('wrong', { count: 0, of: 0 }, 'less').value).toBe(0)
})
