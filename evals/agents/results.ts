import type { Trial } from './trial.ts'

/** What one case came to over its trials. */
export type CaseResult = {
  readonly id: string
  /** What of the suite it belongs to, such as the question that is asked in many ways. */
  readonly group: string
  /** The case in a line. */
  readonly title: string
  /** Whether each trial passed all graders. */
  readonly passes: readonly boolean[]
  /** What graders found, each once. */
  readonly faults: readonly string[]
  readonly toolCalls: number
  readonly modelCalls: number
  readonly tokens: number
  readonly costMicros: number
  /** Of each trial. */
  readonly ms: readonly number[]
  /** What the agent said first where a grader found something. */
  readonly said?: string
}

/** One figure of a suite, and which way is better. */
export type Figure = {
  readonly name: string
  readonly value: number
  readonly better: 'more' | 'less'
  /** How it came about, such as "12 of 14". */
  readonly detail?: string
  /** Shown and not held to the baseline. */
  readonly isShownOnly?: true
}

/** What a suite came to. */
export type SuiteResult = {
  readonly agent: string
  readonly cases: readonly CaseResult[]
  readonly figures: readonly Figure[]
}

// Local times of answers, of which two trials are a moment apart.
const moments = /\d{4}-\d\d-\d\d \d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]+Z/g

/** What an answer says whenever it is given. */
const timeless = (text: string): string => text.replaceAll(moments, '<time>')

/** Puts the trials of a case together; where rules answer, they must answer the same every time. */
export function resultOf(
  head: { readonly id: string; readonly group: string; readonly title: string },
  trials: readonly { readonly trial: Trial; readonly faults: readonly string[] }[],
  { isRepeatable = true }: { readonly isRepeatable?: boolean } = {},
): CaseResult {
  const [first] = trials
  const differs =
    isRepeatable &&
    trials.some(({ trial }) => timeless(trial.text) !== timeless(first?.trial.text ?? ''))
  const faults = [
    ...new Set(trials.flatMap((one) => one.faults)),
    ...(differs ? ['answers differ from trial to trial'] : []),
  ]
  const sum = (of: (trial: Trial) => number) =>
    trials.reduce((total, { trial }) => total + of(trial), 0)
  return {
    ...head,
    passes: trials.map((one, place) => one.faults.length === 0 && !(differs && place > 0)),
    faults,
    toolCalls: sum(({ calls }) => calls.length),
    modelCalls: sum(({ modelCalls }) => modelCalls),
    tokens: sum(({ tokens }) => tokens),
    costMicros: sum(({ costMicros }) => costMicros),
    ms: trials.map(({ trial }) => trial.ms),
    ...(faults.length === 0 || first === undefined ? {} : { said: first.trial.text }),
  }
}

const ratio = (count: number, of: number, whenNone: number) => (of === 0 ? whenNone : count / of)

/** A share as a figure. */
export function share(
  name: string,
  { count, of }: { readonly count: number; readonly of: number },
  better: Figure['better'],
): Figure {
  const value = ratio(count, of, better === 'more' ? 1 : 0)
  return { name, value, better, detail: `${count} of ${of}` }
}

/** A count that must not grow. */
export const atMost = (name: string, value: number): Figure => ({ name, value, better: 'less' })

/** How many cases passed at the first trial, and at all of them. */
export function passFigures(cases: readonly CaseResult[]): Figure[] {
  const trials = Math.max(1, ...cases.map(({ passes }) => passes.length))
  const first = cases.filter(({ passes }) => passes[0] === true).length
  const all = cases.filter(({ passes }) => passes.every(Boolean)).length
  return [
    share('pass@1', { count: first, of: cases.length }, 'more'),
    share(`pass^${trials}`, { count: all, of: cases.length }, 'more'),
  ]
}
