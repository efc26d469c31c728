import { expect, test } from 'vitest'
import { DatabaseKind, readOptions } from './options.ts'
import { blockSeed, faultsOn, planRound } from './plan.ts'
import { type ProofResult, repeatCommand } from './report.ts'

const rounds = (database: DatabaseKind, count: number, seed = 7) =>
  Array.from({ length: count }, (_, round) =>
    planRound({ seed, round, seconds: 12, kinds: faultsOn[database] }),
  )

test('a seed gives the same faults at the same moments, another seed gives others', () => {
  expect(rounds('postgres', 5)).toEqual(rounds('postgres', 5))
  expect(rounds('postgres', 5)).not.toEqual(rounds('postgres', 5, 8))
})

test('every round kills the server, and three rounds meet every fault of their database', () => {
  for (const database of DatabaseKind.options) {
    const plans = rounds(database, 3)
    for (const { faults } of plans)
      expect(faults.some(({ kind }) => kind === 'kill-server')).toBe(true)
    const met = new Set(plans.flatMap(({ faults }) => faults.map(({ kind }) => kind)))
    expect([...met].sort()).toEqual([...faultsOn[database], 'kill-server'].sort())
  }
})

test('the sink is never slower than three seconds, and the clock is stepped by minutes at most', () => {
  for (const { slowMs, faults } of rounds('pglite', 200)) {
    expect(slowMs).toBeLessThanOrEqual(3_000)
    for (const { kind, stepMs } of faults)
      if (kind === 'step-clock') expect(Math.abs(stepMs)).toBeLessThanOrEqual(180_000)
      else expect(stepMs).toBe(0)
  }
})

test('the command of a failed proof asks for exactly its rounds and its seed', () => {
  const options = readOptions(['--seed', '5', '--rounds', '20'])
  if (options === 'help') throw new Error('unexpected')
  const failed = { blockSeed: blockSeed(5, 2), rounds: 4 } satisfies Partial<ProofResult>
  const [, , , ...args] = repeatCommand('postgres', failed, options).split(' ')
  const again = readOptions(args.slice(1))
  expect(again).toMatchObject({
    databases: ['postgres'],
    rounds: 4,
    restEvery: 4,
    seed: blockSeed(5, 2),
  })
  expect(blockSeed(5, 0)).toBe(5)
})

test('an option that makes no sense is refused with its name', () => {
  expect(() => readOptions(['--rounds', 'many'])).toThrow('rounds')
  expect(readOptions(['--help'])).toBe('help')
})
