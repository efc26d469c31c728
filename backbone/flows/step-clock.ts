/** A part of a step's work on a batch: asking the database for facts, or deciding over those that are loaded. */
export type StepPart = {
  readonly step: string
  readonly part: 'load' | 'decide'
  readonly orders: number
  readonly durationMs: number
}

/** Tells how long each part of one run of a step took. */
export type StepClock = {
  /** From here on it is the other part that goes on. */
  turnTo(part: StepPart['part']): void
  /** The step is through: its parts are told. */
  end(): void
}

/** Starts the clock of a step's run, which begins by loading. */
export function startStepClock(
  { step, orders }: Pick<StepPart, 'step' | 'orders'>,
  onStepPart: (part: StepPart) => void,
): StepClock {
  const took = { load: 0, decide: 0 }
  let current: StepPart['part'] = 'load'
  let since = performance.now()
  const turnTo = (part: StepPart['part']): void => {
    const now = performance.now()
    took[current] += now - since
    since = now
    current = part
  }
  return {
    turnTo,
    end() {
      turnTo('load')
      onStepPart({ step, part: 'load', orders, durationMs: took.load })
      onStepPart({ step, part: 'decide', orders, durationMs: took.decide })
    },
  }
}
