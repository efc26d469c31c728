import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allowedFor, mayBeSold } from '../truth/substitutes.ts'
import { foreignIn } from './claims.ts'
import { pairsOf } from './clusters.ts'

const letter = {
  texts: ['INV-H00042', 'ap@northwind.example'],
  amounts: [1_234_50, 900_00],
  days: ['2026-11-08'],
  counts: [14],
}

test('a letter made of the ledger has nothing foreign in it', () => {
  const text =
    'Invoice INV-H00042: 1,234.50 USD open, due November 8, 2026, 14 days late. Write to ap@northwind.example.'
  expect(foreignIn(text, letter)).toEqual([])
})

test.each([
  ['another amount', 'Open are 1,243.50 USD.', '1,243.50'],
  ['another invoice', 'Invoice INV-H00043 is open.', 'INV-H00043'],
  ['another day', 'It was due on 2026-11-09.', '2026-11-09'],
  ['another address', 'Write to ap@evil.example.', 'ap@evil.example'],
  ['a link', 'Pay at https://evil.example/pay', 'https://evil.example/pay'],
  ['another number', 'It is 15 days late.', '15'],
])('%s is foreign', (_, text, found) => {
  expect(foreignIn(text, letter)).toEqual([found])
})

test('pairs are counted right, put together wrongly and torn apart', () => {
  const truth = new Map([
    ['a', 'one'],
    ['b', 'one'],
    ['c', 'two'],
  ])
  expect(pairsOf(truth, truth)).toEqual({ right: 1, wrong: 0, missed: 0 })
  const mixed = new Map([
    ['a', 'x'],
    ['c', 'x'],
  ])
  expect(pairsOf(truth, mixed)).toEqual({ right: 0, wrong: 1, missed: 1 })
})

const bolt = (sku: string, attributes: Record<string, unknown>) => ({
  ...{ sku, productClass: 'FAS', status: 'active', freeEach: 10, landedCost: '1', attributes },
})
const bolts = [
  bolt('FAS-1', { thread: 'M8', drive: 'hex', length: { value: '30', unit: 'MMT' }, grade: '5' }),
  bolt('FAS-2', { thread: 'M8', drive: 'hex', length: { value: '30', unit: 'MMT' }, grade: '8' }),
  bolt('FAS-3', { thread: 'M10', drive: 'hex', length: { value: '30', unit: 'MMT' }, grade: '8' }),
]

test('a stronger bolt stands in for a weaker one, not the other way, and never one of another thread', () => {
  expect(allowedFor({ sku: 'FAS-1', customerNumber: 'C-1' }, bolts, [])).toEqual(['FAS-2'])
  expect(allowedFor({ sku: 'FAS-2', customerNumber: 'C-1' }, bolts, [])).toEqual([])
})

test('nothing is sold below cost, or that is not there', () => {
  const product = { freeEach: 10, landedCost: '2' }
  expect(mayBeSold(product, { quantity: 10, unitPrice: '2' })).toBe(true)
  expect(mayBeSold(product, { quantity: 11, unitPrice: '2' })).toBe(false)
  expect(mayBeSold(product, { quantity: 1, unitPrice: '1.99' })).toBe(false)
})

test('what is right is worked out without the product', () => {
  const folder = join(import.meta.dirname, '..', 'truth')
  for (const file of readdirSync(folder))
    expect(readFileSync(join(folder, file), 'utf8')).not.toContain('import ')
})
