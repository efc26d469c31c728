import { parentNotFound } from '../../canonical/failures/signatures-of-http.ts'
import type { FailureCluster } from '../../canonical/views/transaction-view.ts'
import { blastRadius, priorityOf } from '../../policies/triage/blast-radius.ts'
import {
  type ConnectionCourse,
  classifyFailure,
  type FailureDecision,
} from '../../policies/triage/classify-failure.ts'
import type { FailedCall, RootCause } from '../../policies/triage/cluster-failures.ts'
import { factsOfCall } from '../../policies/triage/facts-of-call.ts'
import { proposedChange } from '../../policies/triage/proposed-change.ts'
import { parkedCalls, replayPlan } from '../../policies/triage/replay-plan.ts'
import { suspectsOf } from '../../policies/triage/suspects.ts'
import type { ClusterRow } from '../../store/triage/clusters.ts'
import { type CauseFacts, type StandingFacts, sampleOf } from './cause-facts.ts'

const shown = 100

/** What of a cause tells whether its calls may go again. */
export type CauseStanding = Pick<
  FailureCluster,
  'clusterId' | 'rootEntity' | 'state' | 'remedy' | 'advice' | 'lastFailedAt'
> & {
  readonly proposedChange: Pick<FailureCluster['proposedChange'], 'text'>
  readonly blastRadius: Pick<FailureCluster['blastRadius'], 'connections'>
  readonly plan: Pick<FailureCluster['plan'], 'parked'>
}

// Calls that have failed for a connection in a row count like those its health has counted: a circuit that has
// closed meanwhile does not unmake the outage they fell into.
function courseOf(cause: RootCause, call: FailedCall, facts: StandingFacts): ConnectionCourse {
  const known = facts.courses.get(call.connectionId)
  const isOfConnection = cause.rootEntity === `connection ${call.connectionId}`
  const lastAt = Math.max(...cause.calls.map(({ failedAt }) => Date.parse(failedAt)))
  const windowMs = facts.policy.settings.outage.windowMinutes * 60_000
  const together = cause.calls.filter(({ failedAt }) => Date.parse(failedAt) >= lastAt - windowMs)
  return {
    isCircuitOpen: known?.isCircuitOpen ?? false,
    failuresInARow: Math.max(known?.failuresInARow ?? 0, isOfConnection ? together.length : 0),
    windowCalls: known?.windowCalls ?? 0,
    windowFailures: known?.windowFailures ?? 0,
  }
}

function decisionOf(cause: RootCause, facts: StandingFacts): FailureDecision {
  const id = sampleOf(cause)
  const call = cause.calls.find((candidate) => candidate.transactionId === id)
  if (call === undefined)
    return classifyFailure({ seen: { codes: [] } }, facts.signatures, facts.policy)
  const sample = facts.samples.get(call.transactionId)
  const { code, message } = call
  // What it belongs to was missing: the connector knew that of the call, a bare 404 does not show it.
  const signatures =
    call.errorClass === 'DEPENDENCY' ? [parentNotFound, ...facts.signatures] : facts.signatures
  return classifyFailure(
    {
      seen: call.setAside?.seen ?? factsOfCall({ code, message, response: sample?.response }),
      recordedClass: call.errorClass,
      hasCrashed: call.setAside !== undefined && call.errorClass === 'POISON',
      // Poison is a matter of one record: several records with one cause have a cause in common.
      sameWayFailures: cause.calls.length === 1 ? (sample?.sameWayFailures ?? 0) : 0,
      connection: courseOf(cause, call, facts),
      lookedUp: code === 'OTHER_CONTENT' ? 'other-content' : undefined,
    },
    signatures,
    facts.policy,
  )
}

function examples(calls: readonly FailedCall[]): string[] {
  return [...new Set(calls.map((call) => call.message))].toSorted().slice(0, 3)
}

// What fails now is not closed, whatever was written before: it has come again, or stands parked behind the same thing.
function stateNow(row: ClusterRow | undefined): FailureCluster['state'] {
  return row === undefined || row.state === 'closed' ? 'open' : row.state
}

const failedAtOf = ({ calls, dependants }: RootCause): string[] =>
  [...calls, ...dependants].map((call) => call.failedAt).toSorted()

// What waits behind a cause and what it is worth says nothing of whether it is mended.
const ofNoOrders = { dueAt: new Map<string, string>(), waitingBehind: new Map<string, number>() }

/** How a cause stands: what mends it, and where people are with it. */
export function causeStanding(cause: RootCause, facts: StandingFacts): CauseStanding {
  const decision = decisionOf(cause, facts)
  const radius = blastRadius(cause, ofNoOrders)
  return {
    clusterId: cause.clusterId,
    rootEntity: cause.rootEntity ?? null,
    state: stateNow(facts.rows.get(cause.clusterId)),
    remedy: decision.remedy,
    advice: decision.advice,
    proposedChange: proposedChange(cause, decision, radius),
    blastRadius: { connections: [...radius.connections] },
    plan: { parked: parkedCalls(cause) },
    lastFailedAt: failedAtOf(cause).at(-1) ?? '',
  }
}

/** Describes a cause for people: what it is, what mends it, what it holds up, what was changed before, and its replay. */
export function describeCause(cause: RootCause, facts: CauseFacts): FailureCluster {
  const { settings } = facts.policy
  const decision = decisionOf(cause, facts)
  const radius = blastRadius(cause, facts.orders)
  const all = [...cause.calls, ...cause.dependants]
  const standing = all.flatMap((call) => facts.standing.get(call.transactionId) ?? [])
  const asides = all.flatMap((call) => facts.asides.get(call.setAside?.quarantineId ?? '') ?? [])
  const plan = replayPlan(cause, standing, asides)
  const row = facts.rows.get(cause.clusterId)
  const suspects = suspectsOf(cause, facts.changes, { errorClass: decision.kind, settings })
  const [first] = cause.calls
  const failedAt = failedAtOf(cause)
  return {
    clusterId: cause.clusterId,
    pattern: cause.patternId,
    rootEntity: cause.rootEntity ?? null,
    state: stateNow(row),
    stateSince: row?.stateSince ?? null,
    note: row?.note ?? null,
    recurrences: row?.recurrences ?? 0,
    errorClass: decision.kind,
    errorCode: first?.code ?? '',
    decision: decision.decision,
    remedy: decision.remedy,
    autoRetry: decision.autoRetry,
    advice: decision.advice,
    confidence: decision.confidence,
    signatureId: decision.signatureId ?? null,
    evidence: [...decision.evidence, ...sharedPattern(cause)],
    alternatives: [...decision.alternatives],
    policyVersion: decision.policyVersion,
    proposedChange: proposedChange(cause, decision, radius),
    suspects: suspects.map(({ alsoKnownAs: _, summary: __, ...suspect }) => suspect),
    blastRadius: {
      ...radius,
      connections: [...radius.connections],
      operations: [...radius.operations],
      blocked: [...radius.blocked],
      nearestDueAt: radius.nearestDueAt ?? null,
    },
    priority: priorityOf(radius, { settings, now: facts.now }),
    plan: {
      ...plan,
      steps: [...plan.steps],
      dropped: [...plan.dropped],
      quarantined: [...plan.quarantined],
      forPerson: [...plan.forPerson],
    },
    count: cause.calls.length,
    dependants: cause.dependants
      .slice(0, shown)
      .map(({ transactionId, operation, naturalKey }) => ({
        transactionId,
        operation,
        naturalKey,
      })),
    sharedWith: cause.sharedWith.slice(0, shown),
    firstFailedAt: failedAt[0] ?? '',
    lastFailedAt: failedAt.at(-1) ?? '',
    exampleMessages: examples(cause.calls),
    transactionIds: all.slice(0, shown).map((call) => call.transactionId),
  }
}

function sharedPattern({ sharedWith }: RootCause): FailureCluster['evidence'] {
  if (sharedWith.length === 0) return []
  const others = sharedWith.map((id) => id.slice(id.indexOf('/') + 1)).slice(0, 5)
  const text = `The same pattern stands with ${others.join(', ')}${sharedWith.length > 5 ? ' and others' : ''}: perhaps one mistake made several times.`
  return [{ weighs: 'note', text: text.slice(0, 500), values: { others: sharedWith.length } }]
}
