import { z } from 'zod'
import { type CircuitRule, defaultCircuitRule } from '../../policies/circuit.ts'
import { defaultRetryPace, type RetryPace } from '../../policies/retry.ts'

const Milliseconds = z.int().min(1).max(86_400_000)

const DeliverySettings = z.object({
  concurrency: z.int().min(1).max(256).catch(8).default(8),
  ratePerSecond: z.number().positive().optional().catch(undefined),
  delivery: z
    .object({
      marginMs: Milliseconds.optional(),
      maxTries: z.int().min(1).max(100).optional(),
      retryBaseMs: Milliseconds.optional(),
      retryCapMs: Milliseconds.optional(),
      failuresInARow: z.int().min(1).optional(),
      probeAfterMs: Milliseconds.optional(),
      probeMaxMs: Milliseconds.optional(),
    })
    .catch({})
    .default({}),
})

/** How calls to one connection are paced; a connection's `settings` say where it differs from the default. */
export type DeliveryPace = {
  readonly concurrency: number
  readonly ratePerSecond: number | undefined
  /** Waited beyond a call's own time-out before its effect is looked up. */
  readonly marginMs: number
  readonly retry: RetryPace
  readonly circuit: CircuitRule
}

/** Reads the pace from a connection's settings; what does not fit falls back to the default. */
export function deliveryPace(settings: Readonly<Record<string, unknown>>): DeliveryPace {
  const { concurrency, ratePerSecond, delivery } = DeliverySettings.parse(settings)
  return {
    concurrency,
    ratePerSecond,
    marginMs: delivery.marginMs ?? 2_000,
    retry: {
      maxTries: delivery.maxTries ?? defaultRetryPace.maxTries,
      baseMs: delivery.retryBaseMs ?? defaultRetryPace.baseMs,
      capMs: delivery.retryCapMs ?? defaultRetryPace.capMs,
    },
    circuit: {
      ...defaultCircuitRule,
      failuresInARow: delivery.failuresInARow ?? defaultCircuitRule.failuresInARow,
      probeAfterMs: delivery.probeAfterMs ?? defaultCircuitRule.probeAfterMs,
      probeMaxMs: delivery.probeMaxMs ?? defaultCircuitRule.probeMaxMs,
    },
  }
}
