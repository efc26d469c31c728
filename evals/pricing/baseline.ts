import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { packageRoot } from '../../backbone/store/package-root.ts'
import type { Run } from './report.ts'

/** The figures a run is held to: those of the run that was last accepted, and which orders it was of. */
export const Baseline = z.object({
  seed: z.int(),
  orders: z.int(),
  macroF1: z.number(),
  moneyExact: z.number(),
  wrongAuto: z.number(),
})
export type Baseline = z.infer<typeof Baseline>

/** One figure held against the baseline. */
export type Bar = {
  readonly name: string
  readonly was: number
  readonly is: number
  readonly isKept: boolean
}

const file = () => join(packageRoot(), 'evals', 'baseline.json')

/** The committed baseline; undefined before the first. */
export function readBaseline(): Baseline | undefined {
  return existsSync(file()) ? Baseline.parse(JSON.parse(readFileSync(file(), 'utf8'))) : undefined
}

const kept = (value: number) => Number(value.toFixed(6))

/** What a run is remembered by. */
function baselineOf({ seed, orders, score }: Run): Baseline {
  return {
    seed,
    orders,
    macroF1: kept(score.macroF1),
    moneyExact: kept(score.moneyExactOfAll.share),
    wrongAuto: kept(score.going.wrong.share),
  }
}

/** Writes the figures of a run as the baseline of those to come. */
export function writeBaseline(run: Run): void {
  writeFileSync(file(), `${JSON.stringify(baselineOf(run), undefined, 2)}\n`)
}

/** Holds a run against the baseline. Other orders have other figures: they are held to it less strictly. */
export function heldAgainst(run: Run, baseline: Baseline): Bar[] {
  const now = baselineOf(run)
  const isSame = now.seed === baseline.seed && now.orders === baseline.orders
  const slack = isSame ? 0 : 0.02
  const atLeast = (name: string, was: number, is: number) => ({
    ...{ name, was, is },
    isKept: is >= was - slack,
  })
  const atMost = (name: string, was: number, is: number) => ({
    ...{ name, was, is },
    isKept: is <= was + slack,
  })
  return [
    atLeast('macro-F1', baseline.macroF1, now.macroF1),
    atLeast('money to the minor unit', baseline.moneyExact, now.moneyExact),
    atMost('wrong-auto', baseline.wrongAuto, now.wrongAuto),
  ]
}
