import { callsToReplay, replayLimit } from '../../policies/triage/replay-plan.ts'
import type { TenantTx } from '../../store/database.ts'
import { appendTenantEvents } from '../../store/events.ts'
import type { FailedSelection } from '../../store/outbox/replay-calls.ts'
import { lockCluster, moveCluster, noteReplayed } from '../../store/triage/clusters.ts'
import { rootCauses } from './failures.ts'

/** The calls to send again, and those of them that wait until the others are through. */
export type ChosenCalls = {
  readonly selection: FailedSelection
  readonly dependants: ReadonlySet<string>
}

/** Finds the calls a person means: those of a cause are its own first, then what depends on them. */
export async function chosenCalls(
  tx: TenantTx,
  selection: FailedSelection | { readonly cluster: string; readonly only?: readonly string[] },
): Promise<ChosenCalls> {
  if (!('cluster' in selection)) return { selection, dependants: new Set() }
  const { causes } = await rootCauses(tx)
  const cause = causes.find((candidate) => candidate.clusterId === selection.cluster)
  if (cause === undefined) return { selection: { ids: [] }, dependants: new Set() }
  const { only } = selection
  const ids = callsToReplay(cause)
    .map((call) => call.transactionId)
    .filter((id) => only === undefined || only.includes(id))
  return {
    selection: { ids: ids.slice(0, replayLimit) },
    dependants: new Set(cause.dependants.map((call) => call.transactionId)),
  }
}

/** Puts on record that a cause is being replayed: it closes when all of these calls are through. */
export async function beginReplay(
  tx: TenantTx,
  replay: {
    readonly cluster: string
    readonly actor: string
    readonly transactionIds: readonly string[]
    readonly now: string
  },
): Promise<void> {
  const { cluster: clusterId, actor, transactionIds, now } = replay
  if (transactionIds.length === 0) return
  const before = await lockCluster(tx, clusterId)
  await noteReplayed(tx, clusterId, transactionIds)
  await moveCluster(tx, { clusterId, state: 'replaying', note: null, changedBy: actor, at: now })
  const count = transactionIds.length === 1 ? '1 call' : `${transactionIds.length} calls`
  const event = {
    kind: 'failure-cluster.replaying',
    actor,
    summary: `The cause ${clusterId.slice(clusterId.indexOf('/') + 1)} is replayed: ${count} in one go.`,
    body: { clusterId, from: before.state, to: 'replaying', calls: transactionIds.length },
  }
  await appendTenantEvents(tx, [event], now)
}
