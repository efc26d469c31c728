/** Why the language model was left, in our own words: a service's own text never goes on. */
export const leavings = {
  'rate-limited': 'the model service asks for fewer calls',
  unavailable: 'the model service is not available',
  refused: 'the model service refused the call',
  'timed-out': 'the model took too long',
  'cut-off': 'the model broke off its answer',
  malformed: 'the model called a tool in a way that cannot be read',
  'run-budget': 'the budget of this run is used up',
  'day-budget': "the day's budget for the model is used up",
} as const
export type Leaving = keyof typeof leavings

/** What became of a call that failed: whether it may be tried again, and when. */
export type Trouble = {
  readonly leaving: Leaving
  readonly isPassing: boolean
  /** What the service asked for with Retry-After. */
  readonly retryAfterMs?: number
}

/** An answer of the model that cannot be used. */
export class UnusableAnswer extends Error {
  readonly leaving: Leaving

  constructor(leaving: Leaving) {
    super(leavings[leaving])
    this.leaving = leaving
  }
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}

/** RFC 9110 10.2.3: Retry-After is seconds or a date. */
function retryAfterOf(error: unknown, nowMs: number): { retryAfterMs?: number } {
  const headers = fieldOf(error, 'headers')
  const told = headers instanceof Headers ? headers.get('retry-after') : null
  if (told === null || told === '') return {}
  const seconds = Number(told)
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(told) - nowMs
  return Number.isFinite(waitMs) ? { retryAfterMs: Math.max(0, waitMs) } : {}
}

/** Reads what went wrong with a call from its status; what the service wrote is not looked at. */
export function troubleOf(error: unknown, nowMs: number): Trouble {
  if (error instanceof UnusableAnswer) return { leaving: error.leaving, isPassing: false }
  const status = fieldOf(error, 'status')
  if (status === 429)
    return { leaving: 'rate-limited', isPassing: true, ...retryAfterOf(error, nowMs) }
  if (typeof status === 'number' && (status >= 500 || status === 408))
    return { leaving: 'unavailable', isPassing: true, ...retryAfterOf(error, nowMs) }
  if (typeof status === 'number') return { leaving: 'refused', isPassing: false }
  const name = error instanceof Error ? error.name : ''
  if (name === 'TimeoutError' || name === 'AbortError')
    return { leaving: 'timed-out', isPassing: false }
  return { leaving: 'unavailable', isPassing: true }
}
