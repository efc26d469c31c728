import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../backbone/store/package-root.ts'
import { buildWorld } from './build-world.ts'
import { generateOrders } from './generate.ts'
import { errorKinds } from './kinds.ts'

const day = '2026-11-16'

const setOf = (seed: number, orders: number) => {
  const world = buildWorld({ seed, day })
  return { world, orders: generateOrders(world, { seed, orders }) }
}

test('the same seed makes the same distributor, orders and truths; another seed makes others', () => {
  const once = JSON.stringify(setOf(7, 120))
  expect(JSON.stringify(setOf(7, 120))).toBe(once)
  expect(JSON.stringify(setOf(8, 120))).not.toBe(once)
})

test('each of the 24 kinds is put in, alone on at least twenty orders of two thousand', () => {
  const { orders } = setOf(1, 2_000)
  expect(orders).toHaveLength(2_000)
  for (const kind of errorKinds) {
    const alone = orders.filter(
      ({ truth }) => truth.kinds.join() === kind && truth.ambiguities.length === 0,
    )
    expect({ kind, isOften: alone.length >= 20 }).toEqual({ kind, isOften: true })
  }
})

test('a tenth of the faulty orders has two faults, and three in ten orders are clean', () => {
  const { orders } = setOf(1, 1_000)
  expect(orders.filter(({ variants }) => variants.length === 2)).toHaveLength(70)
  const clean = orders.filter(
    ({ truth }) => truth.kinds.length === 0 && truth.ambiguities.length === 0,
  )
  expect(clean.length).toBeGreaterThan(270)
  expect(clean.every(({ truth }) => truth.mayGoOn === true)).toBe(true)
})

test('prices that several kinds explain are labelled with all of them', () => {
  const { orders } = setOf(1, 1_000)
  const sets = new Set(orders.flatMap(({ truth }) => truth.ambiguities.map((set) => set.join('|'))))
  for (const set of [
    'STALE_PRICE_LIST|WRONG_TIER',
    'CURRENCY_MISMATCH|WRONG_TIER',
    'EXPIRED_CONTRACT|WRONG_CONTRACT_PARTY',
    'ROW_SHIFT|STALE_PRICE_LIST',
  ])
    expect(sets).toContain(set)
})

test('what must not go on is never labelled as something that may', () => {
  const { orders } = setOf(3, 1_000)
  const always = ['DECIMAL_SHIFT', 'UOM_PRICE_BASIS', 'MARGIN_FLOOR', 'ROW_SHIFT', 'WRONG_TIER']
  for (const { truth } of orders)
    if (truth.kinds.some((kind) => always.includes(kind)) || truth.ambiguities.length > 0)
      expect(truth.mayGoOn).toBe(false)
})

test('no file that makes orders or truths knows the product', () => {
  const folder = join(packageRoot(), 'evals', 'pricing')
  const doors = ['ask.ts', 'baseline.ts', 'curve.ts', 'furnish.ts']
  const makers = readdirSync(folder).filter(
    (name) => !name.endsWith('.test.ts') && !doors.includes(name),
  )
  for (const name of makers)
    expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(/backbone|bench\//)
})
