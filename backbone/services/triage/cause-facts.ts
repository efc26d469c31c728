import { builtInSignatures } from '../../canonical/failures/built-in-signatures.ts'
import type { FailureSignature } from '../../canonical/failures/signature.ts'
import type { PolicyInForce } from '../../policies/policy-in-force.ts'
import type { BlockedOrders } from '../../policies/triage/blast-radius.ts'
import type { ConnectionCourse } from '../../policies/triage/classify-failure.ts'
import type { RootCause } from '../../policies/triage/cluster-failures.ts'
import { asidesOf, callsToReplay, replayLimit } from '../../policies/triage/replay-plan.ts'
import type { Change } from '../../policies/triage/suspects.ts'
import { type TriageSettings, triagePolicy } from '../../policies/triage/triage-settings.ts'
import type { TenantTx } from '../../store/database.ts'
import { type ReplayCandidate, readCandidates } from '../../store/outbox/replay-calls.ts'
import { type AsideStanding, readAsides } from '../../store/triage/asides.ts'
import { changesBetween, recordsChanged } from '../../store/triage/changes.ts'
import { type ClusterRow, clusterRows } from '../../store/triage/clusters.ts'
import {
  callsBehind,
  connectionCourses,
  type FailureSample,
  failureSamples,
  nearestPromises,
} from '../../store/triage/failed-calls.ts'
import { turnRules } from '../../store/triage/turn-rules.ts'

/** The settings and signatures triage goes by, and the moment it is asked. */
export type TriageRules = {
  readonly now: string
  readonly policy: PolicyInForce<TriageSettings>
  readonly signatures: readonly FailureSignature[]
}

/** What tells how causes stand, loaded for all of them in three statements. */
export type StandingFacts = TriageRules & {
  readonly samples: ReadonlyMap<string, FailureSample>
  readonly courses: ReadonlyMap<string, ConnectionCourse>
  readonly rows: ReadonlyMap<string, ClusterRow>
}

/** Everything causes are described by, loaded for all of them in a few statements. */
export type CauseFacts = StandingFacts & {
  readonly orders: BlockedOrders
  readonly changes: readonly Change[]
  readonly standing: ReadonlyMap<string, ReplayCandidate>
  readonly asides: ReadonlyMap<string, AsideStanding>
}

/** The call a cause is read from: always the same one for the same calls. */
export function sampleOf(cause: RootCause): string | undefined {
  return cause.calls.map((call) => call.transactionId).toSorted()[0]
}

const byKey = <Row>(rows: readonly Row[], key: (row: Row) => string) =>
  new Map(rows.map((row) => [key(row), row]))

function namesOf(causes: readonly RootCause[], kind: string): string[] {
  return causes.flatMap(({ rootEntity }) =>
    rootEntity?.startsWith(`${kind} `) === true ? [rootEntity.slice(kind.length + 1)] : [],
  )
}

async function changesFor(
  tx: TenantTx,
  causes: readonly RootCause[],
  settings: TriageSettings,
): Promise<Change[]> {
  const firsts = causes.flatMap(({ calls }) => calls.slice(0, 1).map((call) => call.failedAt))
  const moments = firsts.map((first) => Date.parse(first))
  if (moments.length === 0) return []
  const from = new Date(Math.min(...moments) - settings.suspectHours * 3_600_000).toISOString()
  const to = new Date(Math.max(...moments)).toISOString()
  const [items, customers] = [namesOf(causes, 'item'), namesOf(causes, 'customer')]
  const [told, seen] = await Promise.all([
    changesBetween(tx, { from, to }),
    recordsChanged(tx, { items, customers, from, to }),
  ])
  const known = new Set(told.map(({ subject }) => subject))
  return [...told, ...seen.filter(({ subject }) => !known.has(subject))]
}

/** What triage goes by in a tenant now. */
export async function triageRules(tx: TenantTx): Promise<TriageRules> {
  const { now, today, layers, signatures: own } = await turnRules(tx)
  const policy = triagePolicy.inForce(layers, {}, today)
  return { now, policy, signatures: [...own, ...builtInSignatures] }
}

/** Loads what tells how causes stand. */
export async function standingFacts(
  tx: TenantTx,
  causes: readonly RootCause[],
  rules: TriageRules,
): Promise<StandingFacts> {
  const calls = causes.flatMap((cause) => [...cause.calls, ...cause.dependants])
  const connectionIds = [...new Set(calls.map((call) => call.connectionId))]
  const sampleIds = causes.flatMap((cause) => sampleOf(cause) ?? [])
  const clusterIds = causes.map((cause) => cause.clusterId)
  const [samples, courses, rows] = await Promise.all([
    failureSamples(tx, sampleIds),
    connectionCourses(tx, connectionIds),
    clusterRows(tx, clusterIds),
  ])
  return {
    ...rules,
    samples: byKey(samples, (row) => row.transactionId),
    courses: byKey(courses, (row) => row.connectionId),
    rows: byKey(rows, (row) => row.clusterId),
  }
}

/** Loads what causes are described by. */
export async function causeFacts(
  tx: TenantTx,
  causes: readonly RootCause[],
  rules: TriageRules,
): Promise<CauseFacts> {
  const calls = causes.flatMap((cause) => [...cause.calls, ...cause.dependants])
  const ids = causes.flatMap((cause) =>
    callsToReplay(cause)
      .slice(0, replayLimit)
      .map((call) => call.transactionId),
  )
  const orderIds = [...new Set(calls.flatMap((call) => call.orderId ?? []))]
  // Asked for together: they travel in one go.
  const [known, dueAt, waitingBehind, changes, standing, asides] = await Promise.all([
    standingFacts(tx, causes, rules),
    nearestPromises(tx, orderIds),
    callsBehind(tx, ids),
    changesFor(tx, causes, rules.policy.settings),
    readCandidates(tx, ids),
    readAsides(tx, causes.flatMap(asidesOf)),
  ])
  return {
    ...known,
    orders: { dueAt, waitingBehind },
    changes,
    standing: byKey(standing, (row) => row.transactionId),
    asides: byKey(asides, (row) => row.quarantineId),
  }
}
