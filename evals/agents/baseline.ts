import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { packageRoot } from '../../backbone/store/package-root.ts'
import type { Bar } from '../pricing/baseline.ts'
import type { SuiteResult } from './results.ts'

/** The figures agents are held to: those of the run that was last accepted, suite by suite. */
const Baseline = z.record(z.string(), z.record(z.string(), z.number()))
type Baseline = z.infer<typeof Baseline>

const file = () => join(packageRoot(), 'evals', 'baseline-agents.json')

const kept = (value: number) => Number(value.toFixed(6))

function baselineOf(suites: readonly SuiteResult[]): Baseline {
  return Object.fromEntries(
    suites.map(({ agent, cases, figures }) => [
      agent,
      {
        cases: cases.length,
        ...Object.fromEntries(
          figures
            .filter(({ isShownOnly }) => isShownOnly !== true)
            .map(({ name, value }) => [name, kept(value)]),
        ),
      },
    ]),
  )
}

/** Writes the figures of a run as the baseline of those to come. */
export function writeAgentsBaseline(suites: readonly SuiteResult[]): void {
  writeFileSync(file(), `${JSON.stringify(baselineOf(suites), undefined, 2)}\n`)
}

/** The committed baseline; undefined before the first. */
export function readAgentsBaseline(): Baseline | undefined {
  return existsSync(file()) ? Baseline.parse(JSON.parse(readFileSync(file(), 'utf8'))) : undefined
}

/** Holds every figure against the baseline; a suite with fewer cases than it had is worse too. */
export function agentsAgainst(suites: readonly SuiteResult[], baseline: Baseline): Bar[] {
  return suites.flatMap(({ agent, cases, figures }) => {
    const was = baseline[agent] ?? {}
    const size = was['cases'] ?? 0
    const bars = figures.flatMap(({ name, value, better, isShownOnly }) => {
      const before = was[name]
      if (isShownOnly === true || before === undefined) return []
      const is = kept(value)
      const isKept = better === 'more' ? is >= before : is <= before
      return { name: `${agent}: ${name}`, was: before, is, isKept }
    })
    const count = { name: `${agent}: cases`, was: size, is: cases.length }
    return [{ ...count, isKept: cases.length >= size }, ...bars]
  })
}
