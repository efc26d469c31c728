import { chanceOf } from '../../backbone/connectors/sandbox/chance.ts'
import type { DatabaseKind } from './options.ts'

/** What can be broken. */
export type FaultKind =
  | 'kill-server'
  | 'kill-worker'
  | 'kill-database'
  | 'kill-sandbox'
  | 'kill-all'
  | 'cut-connections'
  | 'step-clock'
  | 'fill-disk'

/** The faults that make sense on a database; the server is killed in every round besides. */
export const faultsOn: Readonly<Record<DatabaseKind, readonly FaultKind[]>> = {
  pglite: ['kill-sandbox', 'fill-disk', 'step-clock', 'kill-all'],
  postgres: [
    'kill-worker',
    'kill-database',
    'cut-connections',
    'kill-sandbox',
    'step-clock',
    'kill-all',
  ],
}

/** One fault of a round: what, when, and how long or how far. */
export type PlannedFault = {
  readonly kind: FaultKind
  readonly atMs: number
  /** How long what was killed stays away, the disk stays full; 0 for what has no length. */
  readonly forMs: number
  /** The clock's step, for the fault that steps it. */
  readonly stepMs: number
}

/** How an outside system spoils calls. */
type PlannedTrouble = {
  readonly kind:
    | 'rate-limit'
    | 'error-before'
    | 'error-after'
    | 'reset-before'
    | 'reset-after'
    | 'unavailable'
  readonly probability: number
}

/** Everything that goes wrong in one round. */
export type RoundPlan = {
  readonly seed: number
  /** The sink answers after nothing to so long. */
  readonly slowMs: number
  readonly troubles: readonly PlannedTrouble[]
  readonly faults: readonly PlannedFault[]
}

type Place = {
  readonly seed: number
  /** Of this seed, 0 first. */
  readonly round: number
  readonly seconds: number
  readonly kinds: readonly FaultKind[]
}

const troubleShares = {
  'error-before': 0.02,
  'error-after': 0.06,
  'reset-before': 0.02,
  'reset-after': 0.06,
  'rate-limit': 0.03,
  unavailable: 0.01,
} as const satisfies Readonly<Record<PlannedTrouble['kind'], number>>

const troublesOfAll: readonly PlannedTrouble['kind'][] = [
  'error-after',
  'reset-after',
  'rate-limit',
  'error-before',
  'reset-before',
  'unavailable',
]

/** The seed of a block of rounds: the first block has the run's own, so that any block can be a run by itself. */
export function blockSeed(seed: number, block: number): number {
  return block === 0 ? seed : Math.floor(chanceOf(seed, 'block', String(block)) * 1_000_000_000)
}

// Two kinds a round, in turn, from an order drawn by the seed: a short run meets every kind too.
function kindsOf({ seed, round, kinds }: Place): FaultKind[] {
  const drawn = [...kinds].sort((a, b) => chanceOf(seed, 'turn', a) - chanceOf(seed, 'turn', b))
  const pick = (turn: number) => drawn[turn % drawn.length] ?? 'kill-server'
  return [...new Set([pick(round * 2), pick(round * 2 + 1)])]
}

function stepOf(chance: (name: string) => number): number {
  const isForth = chance('direction') < 0.5
  // Back by less: what was due meanwhile waits until the clock is there again.
  const mostMs = isForth ? 180_000 : 60_000
  return Math.round((isForth ? 1 : -1) * (20_000 + (mostMs - 20_000) * chance('far')))
}

/** Draws a round: the same for the same seed and round. */
export function planRound(place: Place): RoundPlan {
  const { seed, round, seconds } = place
  const chance = (...names: string[]) => chanceOf(seed, String(round), ...names)
  const lengthMs = seconds * 1_000
  const fault = (kind: FaultKind, name: string): PlannedFault => ({
    kind,
    atMs: Math.round(lengthMs * (0.1 + 0.8 * chance(name, 'moment'))),
    forMs: Math.round(100 + 2_400 * chance(name, 'length')),
    stepMs: kind === 'step-clock' ? stepOf((what) => chance(name, what)) : 0,
  })
  const faults = [
    fault('kill-server', 'first kill'),
    ...kindsOf(place).map((kind) => fault(kind, kind)),
  ]
  // A start is killed as well, now and then.
  if (chance('kill the start') < 0.35) {
    const [first] = faults
    const afterMs = 600 + 1_600 * chance('moment of the start')
    const atMs = Math.round((first?.atMs ?? 0) + (first?.forMs ?? 0) + afterMs)
    faults.push({ ...fault('kill-server', 'second kill'), atMs })
  }
  return {
    seed,
    slowMs: Math.round(3_000 * chance('slow')),
    troubles: troublesOfAll.map((kind) => ({ kind, probability: troubleShares[kind] })),
    faults: faults.sort((a, b) => a.atMs - b.atMs),
  }
}
