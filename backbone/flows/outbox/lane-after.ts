import { type Circuit, circuitDecision, type Sign } from '../../policies/circuit.ts'
import { budgetAfter, freshBudget } from '../../policies/retry-budget.ts'
import type { TriageSettings } from '../../policies/triage/triage-settings.ts'
import type { Lane } from '../../store/outbox/lanes.ts'
import type { TryEnd } from './call.ts'
import { deliveryPace } from './delivery-settings.ts'

/** A lane after some tries, and whether its circuit opened (again) or closed by them. */
export type LaneChange = {
  readonly lane: Lane
  readonly change: 'opened' | 'closed' | undefined
}

const epoch = (moment: string | null) => (moment === null ? undefined : Date.parse(moment))
const moment = (epochMs: number | undefined) =>
  epochMs === undefined ? null : new Date(epochMs).toISOString()

function circuitOf(lane: Lane): Circuit {
  return {
    state: lane.circuit,
    failuresInARow: lane.failuresInARow,
    windowStartedAt: epoch(lane.windowStartedAt),
    windowCalls: lane.windowCalls,
    windowFailures: lane.windowFailures,
    openedAt: epoch(lane.openedAt),
    probeAt: epoch(lane.probeAt),
  }
}

function withCircuit(lane: Lane, circuit: Circuit): Lane {
  return {
    ...lane,
    circuit: circuit.state,
    failuresInARow: circuit.failuresInARow,
    windowStartedAt: moment(circuit.windowStartedAt),
    windowCalls: circuit.windowCalls,
    windowFailures: circuit.windowFailures,
    openedAt: moment(circuit.openedAt),
    probeAt: moment(circuit.probeAt),
  }
}

// HTTP 429 holds the whole connection: what it asks for is fewer calls, whichever record they carry.
function blockedUntil(lane: Lane, end: TryEnd): string | null {
  const { outcome, endedAt } = end
  if (outcome.outcome !== 'failed' || outcome.errorClass !== 'RATE_LIMIT') return lane.blockedUntil
  const { retry } = deliveryPace(lane.settings)
  const until = endedAt.getTime() + (outcome.retryAfterMs ?? retry.baseMs)
  return moment(Math.max(until, epoch(lane.blockedUntil) ?? 0))
}

function noted(lane: Lane, end: TryEnd, sign: Sign): Lane {
  const at = end.endedAt.toISOString()
  if (end.outcome.outcome === 'done') return { ...lane, lastSucceededAt: at }
  const isOfConnection = sign !== 'answered'
  return {
    ...lane,
    lastFailedAt: at,
    lastError: isOfConnection ? `${end.outcome.code}: ${end.outcome.message}` : lane.lastError,
    blockedUntil: blockedUntil(lane, end),
  }
}

// Looked up, not there, and sent once more: only now it shows that it was a repeat.
function isRepeatAfterLookUp({ claimed, canLookUp, label, sign }: TryEnd): boolean {
  const wasSent = label !== 'looked-up' && label !== 'look-up-failed' && sign !== undefined
  return claimed.isInDoubt && canLookUp && wasSent
}

/** Counts first tries that reached the system, by which its repeats are measured, and what a look-up made one. */
function withBudget(
  lane: Lane,
  { ends, now, triage }: { ends: readonly TryEnd[]; now: Date; triage: TriageSettings },
): Lane {
  const kept = lane.retryBudget ?? freshBudget
  // What a tenant has set is at hand only where something has failed; before that nothing is repeated.
  const hasFailed = ends.some(({ outcome }) => outcome.outcome !== 'done')
  const rule = hasFailed ? deliveryPace(lane.settings, triage).budget : kept.rule
  const firsts = ends.filter(({ claimed, sign }) => claimed.attempt === 1 && sign !== undefined)
  const repeats = ends.filter(isRepeatAfterLookUp).length
  const went = { firsts: firsts.length, repeats, now: now.getTime() }
  return { ...lane, retryBudget: budgetAfter({ ...kept, rule }, went) }
}

/** Takes what tries said about their system into its lane, in the order they ended. */
export function laneAfter(
  before: Lane,
  { ends, now, triage }: { ends: readonly TryEnd[]; now: Date; triage: TriageSettings },
): LaneChange {
  const { circuit: rule } = deliveryPace(before.settings, triage)
  let lane = withBudget(before, { ends, now, triage })
  for (const end of ends) {
    if (end.sign === undefined) continue
    const now = end.endedAt.getTime()
    const circuit = circuitDecision(circuitOf(lane), { sign: end.sign, now, rule })
    lane = noted(withCircuit(lane, circuit), end, end.sign)
  }
  if (lane.circuit === before.circuit) return { lane, change: undefined }
  if (lane.circuit === 'open') return { lane, change: 'opened' }
  return { lane, change: lane.circuit === 'closed' ? 'closed' : undefined }
}
