import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { packageRoot } from '../backbone/store/package-root.ts'

/** Ratios against the references of the same run, by name; more is better in all of them. */
export const Ratios = z.record(z.string(), z.number().positive())
export type Ratios = z.infer<typeof Ratios>

/** A ratio that may fall by so much before the short run fails. */
const toleratedFall = 1 / 3

/** What is wrong with a ratio: it fell too far, or it could not be measured. */
export type Fall = {
  readonly name: string
  readonly was: number
  /** Absent when it was not measured. */
  readonly is?: number
}

/** The ratios that fell by more than a third against the baseline, and those that are missing. */
export function fallsAgainst(baseline: Ratios, measured: Readonly<Record<string, number>>): Fall[] {
  return Object.entries(baseline).flatMap(([name, was]) => {
    const is = measured[name]
    if (is === undefined || Number.isNaN(is)) return { name, was }
    return is < was * (1 - toleratedFall) ? { name, was, is } : []
  })
}

/** The better of two measurements of each ratio: noise of a neighbour only makes us slower. */
export function betterOf(
  first: Readonly<Record<string, number>>,
  second: Readonly<Record<string, number>>,
): Record<string, number> {
  const names = [...new Set([...Object.keys(first), ...Object.keys(second)])]
  return Object.fromEntries(
    names.map((name) => {
      const values = [first[name], second[name]].filter(
        (value) => value !== undefined && !Number.isNaN(value),
      )
      return [name, Math.max(...values.map(Number))]
    }),
  )
}

const baselineFile = () => join(packageRoot(), 'bench', 'baseline.json')

/** The ratios committed with the project. */
export function readBaseline(): Ratios {
  return Ratios.parse(JSON.parse(readFileSync(baselineFile(), 'utf8')))
}

/** Writes measured ratios as the new baseline, to be committed. */
export function writeBaseline(ratios: Readonly<Record<string, number>>): void {
  writeFileSync(baselineFile(), `${JSON.stringify(Ratios.parse(ratios), null, 2)}\n`)
}
