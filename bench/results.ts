import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../backbone/store/package-root.ts'
import type { BenchRow } from './measurement.ts'

/** Where results go; git ignores what is not committed on purpose. */
const resultsFolder = () => join(packageRoot(), 'bench', 'results')

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const verdict = ({ isReached }: BenchRow) =>
  isReached === undefined ? '' : isReached ? 'reached' : '**not reached**'

/** The rows as a Markdown table: bar, figure, ratio, reached or not. */
export function rowTable(rows: readonly BenchRow[]): string {
  const lines = rows.map((row) => {
    const columns = [row.row, row.bar, row.figure, row.ratio ?? '', verdict(row), row.note]
    return `| ${columns.map((column) => cell(String(column))).join(' | ')} |`
  })
  return [
    '| what | bar | measured | ratio | | beside it |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}

/** Which commit is measured; `unknown` outside a repository. */
function commitName(): string {
  try {
    const options = { cwd: packageRoot(), encoding: 'utf8', stdio: 'pipe' } as const
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim()
    const isChanged = execFileSync('git', ['status', '--porcelain', '-uno'], options).trim() !== ''
    return isChanged ? `${commit}-changed` : commit
  } catch {
    return 'unknown'
  }
}

/** The machine a run was made on, as far as it explains figures. */
function machine() {
  const processors = cpus()
  return {
    processors: processors.length,
    processor: processors[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
  }
}

/** What a run leaves behind. */
export type RunResults = {
  readonly kind: 'full' | 'quick' | 'short'
  readonly rows: readonly BenchRow[]
  readonly tables: readonly string[]
  readonly details: unknown
  readonly seconds: number
}

/** Writes a run's results as JSON and as Markdown; gives the Markdown and where both lie. */
export function writeResults(
  results: RunResults,
  now: Date,
): { readonly markdown: string; readonly file: string } {
  const commit = commitName()
  const moment = now.toISOString()
  const { processors, processor, memoryGb, node } = machine()
  const markdown = [
    `Measured ${moment.slice(0, 16).replace('T', ' ')} UTC, commit ${commit}, ${results.kind} run of ${Math.round(results.seconds)} s; ${processors} x ${processor}, ${memoryGb} GB, Node ${node}.`,
    rowTable(results.rows),
    ...results.tables,
  ].join('\n\n')
  mkdirSync(resultsFolder(), { recursive: true })
  const name = `${moment.slice(0, 16).replaceAll(':', '')}-${commit}-${results.kind}`
  const file = join(resultsFolder(), name)
  const kept = { moment, commit, machine: machine(), ...results }
  writeFileSync(`${file}.json`, `${JSON.stringify(kept, null, 2)}\n`)
  writeFileSync(`${file}.md`, `${markdown}\n`)
  return { markdown, file: `bench/results/${name}.json` }
}
