import type { SandboxClient } from '../../backbone/connectors/sandbox/client.ts'

/** How patiently the demo's calls are made: short waits, so that the whole way fits into half a minute. */
export const demoDelivery = {
  // A busy machine must not run out of it before a call has left.
  marginMs: 1_500,
  maxTries: 40,
  retryBaseMs: 100,
  retryCapMs: 1_500,
  probeAfterMs: 1_000,
  probeMaxMs: 2_000,
} as const

/** A call's time-out in the demo: the one that hangs is looked up after it. */
export const demoTimeoutMs = 2_500

const paces = {
  speed: 1,
  pickDelayMs: 600,
  shipDelayMs: 900,
  backorderDelayMs: 1_500,
  deliveryDelayMs: 1_500,
  payDelayMs: 2_000,
  discountRate: 0.3,
}

// Each fault a few times and by chance, so that they fall between good answers and not on one call.
const often = { probability: 0.3 } as const
const refusalMessage = 'This fulfilment order is locked by another app.'

/** Lets the sandbox systems work fast and badly: slow, failing before and after the deed, silent, refusing. */
export async function misbehave(sandbox: SandboxClient): Promise<void> {
  await sandbox.change(paces)
  await sandbox.misbehave({
    system: 'erp',
    latencyMs: 20,
    jitterMs: 120,
    faults: [
      { kind: 'hang-after', next: 1, ...often },
      { kind: 'error-after', next: 2, ...often },
      { kind: 'reset-after', next: 1, ...often },
      { kind: 'error-before', next: 2, ...often },
      { kind: 'rate-limit', next: 1, retryAfterSeconds: 1, ...often },
    ],
  })
  await sandbox.misbehave({
    system: 'wms',
    latencyMs: 20,
    jitterMs: 120,
    faults: [
      { kind: 'error-after', next: 2, ...often },
      { kind: 'reset-before', next: 1, ...often },
      { kind: 'reset-after', next: 1, ...often },
      { kind: 'unavailable', next: 1, retryAfterSeconds: 1, ...often },
    ],
  })
  await sandbox.misbehave({
    system: 'shop',
    latencyMs: 20,
    // HTTP 200 whose body says no: a person has to act, so it ends as a failed transaction.
    faults: [{ kind: 'refusal', next: 1, code: 'FULFILMENT_LOCKED', message: refusalMessage }],
  })
  await sandbox.misbehave({
    system: 'webhooks',
    latencyMs: 20,
    faults: [{ kind: 'error-before', next: 1, ...often }],
  })
}
