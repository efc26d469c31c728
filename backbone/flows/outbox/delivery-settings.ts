import { z } from 'zod'
import { type CircuitRule, defaultCircuitRule } from '../../policies/circuit.ts'
import { defaultRetryPace, type RetryPace } from '../../policies/retry.ts'
import { defaultRetryBudget, type RetryBudgetRule } from '../../policies/retry-budget.ts'
import type { TriageSettings } from '../../policies/triage/triage-settings.ts'

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
      retryPercent: z.number().min(0).max(100).optional(),
      leastRetries: z.int().min(1).max(10_000).optional(),
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
  readonly budget: RetryBudgetRule
  readonly circuit: CircuitRule
}

// What a tenant has set for all its connections counts where a connection does not say otherwise.
function tenantPace(
  triage: TriageSettings | undefined,
): Pick<DeliveryPace, 'retry' | 'budget' | 'circuit'> {
  if (triage === undefined)
    return { retry: defaultRetryPace, budget: defaultRetryBudget, circuit: defaultCircuitRule }
  const { retry, outage } = triage
  return {
    retry: {
      maxTries: retry.maxTries,
      baseMs: retry.baseMs,
      capMs: retry.capMs,
      keyValidMs: retry.keyValidHours * 3_600_000,
    },
    budget: {
      percent: retry.budgetPercent,
      least: retry.budgetLeast,
      windowMs: retry.budgetMinutes * 60_000,
    },
    circuit: {
      ...defaultCircuitRule,
      failuresInARow: outage.failuresInARow,
      windowMs: outage.windowMinutes * 60_000,
      windowMinCalls: outage.leastCalls,
      windowFailureShare: outage.failurePercent / 100,
    },
  }
}

/** Reads the pace from a connection's settings; what does not fit falls back to what the tenant has set, or the default. */
export function deliveryPace(
  settings: Readonly<Record<string, unknown>>,
  triage?: TriageSettings,
): DeliveryPace {
  const { retry, budget, circuit } = tenantPace(triage)
  const { concurrency, ratePerSecond, delivery } = DeliverySettings.parse(settings)
  return {
    concurrency,
    ratePerSecond,
    marginMs: delivery.marginMs ?? 2_000,
    retry: {
      ...retry,
      maxTries: delivery.maxTries ?? retry.maxTries,
      baseMs: delivery.retryBaseMs ?? retry.baseMs,
      capMs: delivery.retryCapMs ?? retry.capMs,
    },
    budget: {
      ...budget,
      percent: delivery.retryPercent ?? budget.percent,
      least: delivery.leastRetries ?? budget.least,
    },
    circuit: {
      ...circuit,
      failuresInARow: delivery.failuresInARow ?? circuit.failuresInARow,
      probeAfterMs: delivery.probeAfterMs ?? circuit.probeAfterMs,
      probeMaxMs: delivery.probeMaxMs ?? circuit.probeMaxMs,
    },
  }
}
