import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { NeedsPerson } from '../../backbone/errors.ts'

/** The databases the faults are made on. */
export const DatabaseKind = z.enum(['pglite', 'postgres'])
export type DatabaseKind = z.infer<typeof DatabaseKind>

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

const Options = z.object({
  database: z.enum(['pglite', 'postgres', 'both']).default('both'),
  rounds: whole(1, 1_000).default(20),
  seed: whole(0, 4_294_967_295).optional(),
  'seconds-per-round': whole(3, 600).default(12),
  'rest-every': whole(1, 1_000).default(4),
  'rest-within': whole(10, 3_600).default(180),
  rate: whole(1, 500).default(16),
  keep: z.string().optional(),
})

/** What a run of faults is asked for. */
export type FaultOptions = {
  readonly databases: readonly DatabaseKind[]
  readonly rounds: number
  readonly seed: number
  readonly secondsPerRound: number
  /** Rounds between two proofs. */
  readonly restEvery: number
  readonly restWithinMs: number
  readonly ordersPerSecond: number
  /** Where everything is left for a look afterwards; a folder that is removed at the end without it. */
  readonly keep?: string
}

/** What `--help` prints. */
export const help = `npm run faults -- [OPTION]…

Puts load on the built product (dist/), breaks what it stands on at random moments, waits until it has
come to rest, and proves by counting that nothing was lost, doubled, left standing or done out of order.

  --database pglite|postgres|both   both unless given; PostgreSQL is a cluster of its own (../shared/bin/native-postgres)
  --rounds N                        rounds on each database, 20 unless given
  --seed N                          the same load and the same faults again; random unless given
  --seconds-per-round N             12 unless given
  --rest-every N                    rounds between two proofs, 4 unless given
  --rest-within N                   seconds in which everything must come to rest, 180 unless given
  --rate N                          orders sent a second, 16 unless given
  --keep FOLDER                     leaves data, logs and the sandbox's journal there

Ends with 1 when anything was lost, doubled, stuck or out of order. Results: bench/results/faults-DATABASE.json.
`

/** Reads the command line; without a seed a random one is drawn, to be printed. */
export function readOptions(args: readonly string[]): FaultOptions | 'help' {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      ...{ database: text, rounds: text, seed: text, 'seconds-per-round': text, rate: text },
      ...{ 'rest-every': text, 'rest-within': text, keep: text },
    },
  })
  const { help: isHelp, ...given } = values
  if (isHelp === true) return 'help'
  const parsed = Options.safeParse(given)
  if (!parsed.success)
    throw new NeedsPerson(`An option is wrong. ${z.prettifyError(parsed.error)}. See --help.`)
  const { database, rounds, seed, rate, keep } = parsed.data
  return {
    databases: database === 'both' ? DatabaseKind.options : [database],
    rounds,
    seed: seed ?? randomInt(1, 1_000_000_000),
    secondsPerRound: parsed.data['seconds-per-round'],
    restEvery: parsed.data['rest-every'],
    restWithinMs: parsed.data['rest-within'] * 1_000,
    ordersPerSecond: rate,
    ...(keep === undefined ? {} : { keep }),
  }
}
