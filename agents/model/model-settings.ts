/** What one run may take of the language model. */
export type RunBudget = {
  readonly calls: number
  readonly tokens: number
  readonly costMicros: number
  readonly seconds: number
}

/** The smaller of two budgets, in each of its parts. */
export function smallerBudget(house: RunBudget, own: RunBudget = house): RunBudget {
  return {
    calls: Math.min(house.calls, own.calls),
    tokens: Math.min(house.tokens, own.tokens),
    costMicros: Math.min(house.costMicros, own.costMicros),
    seconds: Math.min(house.seconds, own.seconds),
  }
}

/** The language model: where it is, what it costs, and how much of it may be used. */
export type ModelSettings = {
  readonly apiKey: string
  readonly baseUrl: string
  readonly model: string
  /** Millionths of a dollar for a million tokens. */
  readonly price: { readonly inputMicros: number; readonly outputMicros: number }
  readonly budget: RunBudget
  /** How long one call may take. */
  readonly callMs: number
}

/** What a call took. */
export type ModelSpend = {
  readonly calls: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costMicros: number
}

/** The tenant's budget of the day, kept where all processes see it. */
export type DayBudget = {
  /** Whether something of it is left; the answer may be as old as the last call. */
  isLeft(): boolean
  add(spent: ModelSpend): Promise<void>
}

/** Watches a call; made by the host's tracer. */
type CallSpan = {
  note(facts: Readonly<Record<string, string | number | boolean>>): void
  fail(reason: string): void
  end(): void
}

/** What a run's model is made for. */
export type ModelRun = {
  readonly signal: AbortSignal
  readonly day: DayBudget
  /** A profile's own budget; the smaller of it and the house's counts. */
  readonly budget?: RunBudget
  /** Begins the span of one call of the language model. */
  span(model: string): CallSpan
}
