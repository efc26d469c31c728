import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../backbone/store/package-root.ts'
import type { CaseResult, Figure, SuiteResult } from './results.ts'

/** A run of the graded cases of the agents. */
export type AgentsRun = {
  readonly day: string
  /** `rules`, or the language model that worded. */
  readonly mode: string
  readonly trials: number
  readonly seconds: number
  readonly suites: readonly SuiteResult[]
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** What running a suite's cases took. */
function costsOf(cases: readonly CaseResult[]) {
  const ms = cases.flatMap((one) => one.ms)
  const sum = (of: (one: CaseResult) => number) => cases.reduce((all, one) => all + of(one), 0)
  return {
    runs: ms.length,
    toolCalls: sum(({ toolCalls }) => toolCalls),
    modelCalls: sum(({ modelCalls }) => modelCalls),
    tokens: sum(({ tokens }) => tokens),
    costUsd: sum(({ costMicros }) => costMicros) / 1_000_000,
    p50Ms: quantile(ms, 0.5),
    p95Ms: quantile(ms, 0.95),
  }
}

const valueText = ({ value }: Figure): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(4)

const failedIn = (cases: readonly CaseResult[]) => cases.filter(({ faults }) => faults.length > 0)

const columns = ['agent', 'cases', 'runs', 'tools', 'model calls', 'tokens', 'cost', 'p50', 'p95']

function rowOf({ agent, cases }: SuiteResult): string[] {
  const { runs, toolCalls, modelCalls, tokens, costUsd, p50Ms, p95Ms } = costsOf(cases)
  return [
    ...[agent, String(cases.length), String(runs), String(toolCalls), String(modelCalls)],
    ...[String(tokens), `${costUsd.toFixed(4)} USD`],
    ...[`${p50Ms.toFixed(0)} ms`, `${p95Ms.toFixed(0)} ms`],
  ]
}

const headOf = ({ day, mode, trials, seconds, suites }: AgentsRun): string => {
  const cases = suites.reduce((sum, one) => sum + one.cases.length, 0)
  return `${cases} cases on ${day}, ${mode}, ${trials} trials each, ${seconds.toFixed(0)} s.`
}

const inCells = (cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`

/** The run as Markdown. */
function markdownOf(run: AgentsRun): string {
  const lines = [
    '# Agents, graded',
    '',
    headOf(run),
    '',
    inCells(columns),
    inCells(columns.map(() => '---')),
    ...run.suites.map((suite) => inCells(rowOf(suite))),
  ]
  for (const { agent, cases, figures } of run.suites) {
    lines.push(
      '',
      `## ${agent}`,
      '',
      inCells(['figure', 'value', '']),
      inCells(['---', '---', '---']),
    )
    for (const figure of figures)
      lines.push(inCells([figure.name, valueText(figure), figure.detail ?? '']))
    const failed = failedIn(cases)
    if (failed.length > 0) lines.push('', `Did not pass (${failed.length}):`, '')
    for (const { id, title, faults } of failed)
      lines.push(`- ${id}: ${title.replaceAll('\n', ' ')} – ${faults.join('; ')}`)
  }
  return `${lines.join('\n')}\n`
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const htmlRow = (cells: readonly string[], tag: 'td' | 'th' = 'td') =>
  `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`

const htmlSuite = ({ agent, cases, figures }: SuiteResult): string => {
  const failed = failedIn(cases)
  const details = failed.map(
    ({ id, title, faults, said = '' }) =>
      `<details><summary>${escaped(`${id}: ${title}`)} <em>${escaped(faults.join('; '))}</em></summary><pre>${escaped(said)}</pre></details>`,
  )
  return [
    `<h2>${escaped(agent)}</h2>`,
    '<table>',
    ...figures.map((figure) => htmlRow([figure.name, valueText(figure), figure.detail ?? ''])),
    '</table>',
    `<p>${failed.length} of ${cases.length} cases did not pass.</p>`,
    ...details,
  ].join('\n')
}

const style =
  'body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}table{border-collapse:collapse}td,th{border-bottom:1px solid #ddd;padding:.2rem .8rem;text-align:left}em{color:#a00}pre{white-space:pre-wrap;background:#f6f6f6;padding:.6rem}'

/** The run as one page. */
function htmlOf(run: AgentsRun): string {
  return [
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Agents, graded</title><style>${style}</style>`,
    '<h1>Agents, graded</h1>',
    `<p>${escaped(headOf(run))}</p>`,
    '<table>',
    htmlRow(columns, 'th'),
    ...run.suites.map((suite) => htmlRow(rowOf(suite))),
    '</table>',
    ...run.suites.map(htmlSuite),
    '</html>',
  ].join('\n')
}

/** The run in a few lines, for whoever waits for it. */
export function summaryOf(run: AgentsRun): string {
  const suites = run.suites.flatMap(({ agent, figures }) => [
    agent,
    ...figures
      .filter(({ name, isShownOnly }) => isShownOnly !== true || name.startsWith('wrong-auto'))
      .map(
        (figure) =>
          `  ${figure.name}: ${valueText(figure)}${figure.detail === undefined ? '' : ` (${figure.detail})`}`,
      ),
  ])
  return [headOf(run), ...suites].join('\n')
}

/** Writes the report as JSON, Markdown and HTML; the folder. */
export function writeReport(run: AgentsRun): string {
  const folder = join(packageRoot(), 'evals', 'report')
  mkdirSync(folder, { recursive: true })
  const costs = Object.fromEntries(run.suites.map(({ agent, cases }) => [agent, costsOf(cases)]))
  const json = JSON.stringify({ ...run, costs }, undefined, 1)
  writeFileSync(join(folder, 'agents.json'), `${json}\n`)
  writeFileSync(join(folder, 'agents.md'), markdownOf(run))
  writeFileSync(join(folder, 'agents.html'), htmlOf(run))
  return folder
}
