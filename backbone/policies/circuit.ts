/** When a connection is taken for away, and how often we knock to see whether it is back. */
export type CircuitRule = {
  readonly failuresInARow: number
  readonly windowMs: number
  readonly windowMinCalls: number
  readonly windowFailureShare: number
  readonly probeAfterMs: number
  readonly probeMaxMs: number
}

/** 5 failures in a row, or half of at least 20 calls in 5 minutes (domain rules 3.3.1, OUTAGE). */
export const defaultCircuitRule: CircuitRule = {
  failuresInARow: 5,
  windowMs: 300_000,
  windowMinCalls: 20,
  windowFailureShare: 0.5,
  probeAfterMs: 30_000,
  probeMaxMs: 300_000,
}

/** A connection's circuit and the counts it is decided by; moments in epoch milliseconds. */
export type Circuit = {
  readonly state: 'closed' | 'open' | 'half-open'
  readonly failuresInARow: number
  readonly windowStartedAt: number | undefined
  readonly windowCalls: number
  readonly windowFailures: number
  readonly openedAt: number | undefined
  readonly probeAt: number | undefined
}

/** What a call says about the system: it answered, it was not there, or it does not let us in. */
export type Sign = 'answered' | 'away' | 'locked-out'

/** The circuit of a connection that works. */
export const closedCircuit: Circuit = {
  state: 'closed',
  failuresInARow: 0,
  windowStartedAt: undefined,
  windowCalls: 0,
  windowFailures: 0,
  openedAt: undefined,
  probeAt: undefined,
}

function counted(circuit: Circuit, sign: Sign, now: number, rule: CircuitRule): Circuit {
  const { windowStartedAt: startedAt } = circuit
  const isCurrent = startedAt !== undefined && now - startedAt < rule.windowMs
  const failed = sign === 'answered' ? 0 : 1
  return {
    ...circuit,
    failuresInARow: failed === 0 ? 0 : circuit.failuresInARow + 1,
    windowStartedAt: isCurrent ? startedAt : now,
    windowCalls: (isCurrent ? circuit.windowCalls : 0) + 1,
    windowFailures: (isCurrent ? circuit.windowFailures : 0) + failed,
  }
}

function opens(circuit: Circuit, sign: Sign, rule: CircuitRule): boolean {
  if (sign === 'answered') return false
  // A refused credential is refused for every record alike: one incident, not one failure a record.
  if (sign === 'locked-out' || circuit.failuresInARow >= rule.failuresInARow) return true
  return (
    circuit.windowCalls >= rule.windowMinCalls &&
    circuit.windowFailures >= circuit.windowCalls * rule.windowFailureShare
  )
}

/** Takes one call's sign into a connection's circuit: it opens, stays, or closes again after a good probe. */
export function circuitDecision(
  before: Circuit,
  { sign, now, rule = defaultCircuitRule }: { sign: Sign; now: number; rule?: CircuitRule },
): Circuit {
  if (before.state === 'closed') {
    const circuit = counted(before, sign, now, rule)
    if (!opens(circuit, sign, rule)) return circuit
    return { ...circuit, state: 'open', openedAt: now, probeAt: now + rule.probeAfterMs }
  }
  if (sign === 'answered') {
    // Only the probe closes: an answer to a call from before the outage says nothing about now.
    return before.state === 'half-open' ? closedCircuit : before
  }
  const failuresInARow = before.failuresInARow + 1
  if (before.state === 'open') return { ...before, failuresInARow }
  const openedAt = before.openedAt ?? now
  // Time open plus one step doubles the wait with every failed probe: 30 s, 60 s, 120 s …
  const waitMs = Math.min(rule.probeMaxMs, now - openedAt + rule.probeAfterMs)
  return { ...before, state: 'open', failuresInARow, openedAt, probeAt: now + waitMs }
}
