import { parseArgs } from 'node:util'
import { readBaseline, writeBaseline } from './baseline.ts'
import { keeping, keepingWithin } from './house/keep.ts'
import { startPostgres } from './house/postgres.ts'
import { startSink } from './house/sink.ts'
import type { BenchHouse, BenchRow, Measured, Measurement } from './measurement.ts'
import { measurements } from './measurements.ts'
import { writeResults } from './results.ts'
import { runShort, type ShortRun } from './short.ts'

const say = (line: string) => process.stderr.write(`${line}\n`)

function helpText(): string {
  const rows = measurements.map(
    ({ name, about, takes }) => `  ${name.padEnd(14)} ${about} (${takes})`,
  )
  return `npm run bench -- [OPTION]…

Measures the built product beside reference servers of the same work, in one run, and writes bench/results/.
PostgreSQL comes from BENCH_DATABASE_URL, else from ../shared/bin/native-postgres; without either only the
built-in database is measured.

  --short            three minutes at most: ratios against bench/baseline.json; fails when one fell by a third
  --update-baseline  with --short: writes the measured ratios as the new baseline instead of comparing
  --only A,B         only these measurements
  --quick            small sizes: shows that everything runs, no figures to quote
  --help             this text

Measurements of a full run:
${rows.join('\n')}
`
}

type Choice = {
  readonly isShort: boolean
  readonly isUpdate: boolean
  readonly isQuick: boolean
  readonly chosen: readonly Measurement[]
}

function choiceOf(args: readonly string[]): Choice | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      short: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      'update-baseline': { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  })
  if (values.help) return 'help'
  const usual = measurements.filter(({ isOnlyWhenAsked }) => isOnlyWhenAsked !== true)
  const wanted = values.only?.split(',') ?? usual.map(({ name }) => name)
  const chosen = measurements.filter(({ name }) => wanted.includes(name))
  const unknown = wanted.filter((name) => !measurements.some((known) => known.name === name))
  if (unknown.length > 0) throw new Error(`There is no measurement ${unknown.join(', ')}.`)
  return {
    isShort: values.short,
    isUpdate: values['update-baseline'],
    isQuick: values.quick,
    chosen,
  }
}

async function measureAll(
  house: BenchHouse,
  chosen: readonly Measurement[],
): Promise<{ rows: BenchRow[]; tables: string[]; details: Record<string, unknown> }> {
  const all: [string, Measured][] = []
  for (const measurement of chosen) {
    say(`== ${measurement.name} (${measurement.takes})`)
    // A house of its own: what one measurement started does not run beside the next one.
    const measured = await keepingWithin(house.keep, (keep) => measurement.run({ ...house, keep }))
    all.push([measurement.name, measured])
  }
  return {
    rows: all.flatMap(([, { rows }]) => rows),
    tables: all.flatMap(([, { tables = [] }]) => tables),
    details: Object.fromEntries(all.map(([name, { details }]) => [name, details])),
  }
}

async function openHouse(
  keep: BenchHouse['keep'],
  { isQuick }: Pick<Choice, 'isQuick'>,
): Promise<BenchHouse> {
  const postgres = await startPostgres()
  if (postgres === undefined)
    say(
      'No PostgreSQL: neither BENCH_DATABASE_URL nor ../shared/bin/native-postgres is there. Only the built-in database is measured, and nothing beside it.',
    )
  const sink = keep(await startSink())
  return {
    keep,
    sink,
    isQuick,
    say,
    ...(postgres === undefined ? {} : { postgres: keep(postgres) }),
  }
}

async function runFull(choice: Choice): Promise<number> {
  const startedAt = performance.now()
  return keeping(async (keep) => {
    const house = await openHouse(keep, choice)
    const found = await measureAll(house, choice.chosen)
    const kind = choice.isQuick ? ('quick' as const) : ('full' as const)
    const seconds = (performance.now() - startedAt) / 1000
    const { markdown, file } = writeResults({ kind, ...found, seconds }, new Date())
    console.log(`\n${markdown}\n\nWritten to ${file}.`)
    return 0
  })
}

/** Says what fell; 0 when nothing did and every order reached the ERP once. */
function verdict({ falls, isAnythingLost }: ShortRun): number {
  for (const { name, was, is } of falls)
    console.log(
      is === undefined
        ? `Not measured: ${name} (baseline ${was}).`
        : `Fell by more than a third: ${name}, from ${was} to ${is}.`,
    )
  if (isAnythingLost) console.log('Orders were lost or doubled: see the table.')
  return falls.length === 0 && !isAnythingLost ? 0 : 1
}

async function runShortMode(choice: Choice): Promise<number> {
  const startedAt = performance.now()
  return keeping(async (keep) => {
    const house = await openHouse(keep, choice)
    const found = await runShort(house, choice.isUpdate ? {} : readBaseline())
    const { ratios, cells, rows, tables } = found
    const seconds = (performance.now() - startedAt) / 1000
    const results = { kind: 'short' as const, rows, tables, details: { ratios, cells }, seconds }
    const { markdown, file } = writeResults(results, new Date())
    console.log(`\n${markdown}\n\nWritten to ${file}.`)
    if (choice.isUpdate) writeBaseline(ratios)
    return verdict(found)
  })
}

async function main(): Promise<number> {
  const choice = choiceOf(process.argv.slice(2))
  if (choice === 'help') {
    console.log(helpText())
    return 0
  }
  return choice.isShort ? runShortMode(choice) : runFull(choice)
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 1
})
