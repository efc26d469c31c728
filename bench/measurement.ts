import type { Keep } from './house/keep.ts'
import type { BenchPostgres } from './house/postgres.ts'
import type { Sink } from './house/sink.ts'

/** A line of the results: what was to be reached and what was. */
export type BenchRow = {
  readonly row: string
  readonly bar: string
  readonly figure: string
  /** Against the reference named in the note, in the same run. */
  readonly ratio?: number
  /** Absent where there is no bar. */
  readonly isReached?: boolean
  readonly note: string
}

/** What a measurement is given: where to measure, and how much time it may take. */
export type BenchHouse = {
  readonly keep: Keep
  readonly sink: Sink
  /** Absent where no PostgreSQL can be had: then the built-in database alone is measured. */
  readonly postgres?: BenchPostgres
  /** A small run that shows the order of magnitude. */
  readonly isQuick: boolean
  /** Tells a person who waits what is being done. */
  say(line: string): void
}

/** What came of a measurement. */
export type Measured = {
  readonly rows: readonly BenchRow[]
  /** Everything it measured, for the file of results. */
  readonly details: unknown
  /** Further tables in Markdown, shown below the rows. */
  readonly tables?: readonly string[]
}

/** One measurement of the bench, by the name it is asked for with --only. */
export type Measurement = {
  readonly name: string
  readonly about: string
  /** How long it takes, in words, for a person who plans a run. */
  readonly takes: string
  /** Too long for a full run: it needs --only. */
  readonly isOnlyWhenAsked?: true
  run(house: BenchHouse): Promise<Measured>
}
