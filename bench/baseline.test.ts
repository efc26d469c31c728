import { expect, test } from 'vitest'
import { betterOf, fallsAgainst, readBaseline } from './baseline.ts'

const baseline = { accept: 1.2, 'end to end': 0.9 }

test('a ratio that fell by more than a third is named with what it was', () => {
  expect(fallsAgainst(baseline, { accept: 0.79, 'end to end': 0.9 })).toEqual([
    { name: 'accept', was: 1.2, is: 0.79 },
  ])
})

test('a ratio that fell by less, or rose, is no fall', () => {
  expect(fallsAgainst(baseline, { accept: 0.81, 'end to end': 2.4 })).toEqual([])
})

test('a ratio that could not be measured is a fall too, or nothing would ever fail', () => {
  expect(fallsAgainst(baseline, { accept: Number.NaN })).toEqual([
    { name: 'accept', was: 1.2 },
    { name: 'end to end', was: 0.9 },
  ])
})

test('of two measurements of a ratio the better counts', () => {
  expect(betterOf({ accept: 0.5, cpu: Number.NaN }, { accept: 0.9, cpu: 0.4 })).toEqual({
    accept: 0.9,
    cpu: 0.4,
  })
})

test('the committed baseline names the ratios on PostgreSQL and on the built-in database', () => {
  const names = Object.keys(readBaseline())
  expect(names.filter((name) => name.includes('PostgreSQL')).length).toBeGreaterThan(0)
  expect(names.filter((name) => name.includes('built-in')).length).toBeGreaterThan(0)
})
