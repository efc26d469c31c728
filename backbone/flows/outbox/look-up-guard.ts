import type { CallOutcome } from '../../connectors/connector.ts'

/**
 * Keeps the look-up of an effect from coming while the request may still be running over there, on this process's
 * own steady clock. The database's moments say the same, unless its clock is stepped: then only this one is right.
 */
export type LookUpGuard = {
  /** A try goes out; its effect must not be looked up for so long. */
  sent(transactionId: string, forMs: number): void
  /** A try has ended; what has an answer needs no look-up. */
  ended(transactionId: string, outcome: CallOutcome['outcome']): void
  /** How long the effect of a call in doubt must not be looked up yet; `patienceMs` is its time-out with the margin. */
  remainingMs(transactionId: string, patienceMs: number): number
}

/** Opens a guard. Where the database's clock is this process's own, requests of the process before it are waited for too. */
export function openLookUpGuard(options: {
  isClockOurs: boolean
  monotonicMs: () => number
}): LookUpGuard {
  const { isClockOurs, monotonicMs } = options
  const startedAtMs = monotonicMs()
  const untilMs = new Map<string, number>()
  return {
    sent: (transactionId, forMs) => void untilMs.set(transactionId, monotonicMs() + forMs),
    ended(transactionId, outcome) {
      if (outcome !== 'unknown') untilMs.delete(transactionId)
    },
    remainingMs(transactionId, patienceMs) {
      const ofStart = isClockOurs ? startedAtMs + patienceMs : Number.NEGATIVE_INFINITY
      const remaining = (untilMs.get(transactionId) ?? ofStart) - monotonicMs()
      if (remaining <= 0) untilMs.delete(transactionId)
      return Math.max(0, remaining)
    },
  }
}
