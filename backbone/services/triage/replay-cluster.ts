import { asidesOf, callsToReplay, replayLimit } from '../../policies/triage/replay-plan.ts'
import type { TenantTx } from '../../store/database.ts'
import { appendTenantEvents } from '../../store/events.ts'
import type { FailedSelection } from '../../store/outbox/replay-calls.ts'
import { openAsides } from '../../store/triage/asides.ts'
import { lockCluster, moveCluster } from '../../store/triage/clusters.ts'
import { rootCauses } from './failures.ts'

/** The calls to send again, those of them that wait until the others are through, and the input to read again. */
export type ChosenCalls = {
  readonly selection: FailedSelection
  readonly dependants: ReadonlySet<string>
  readonly quarantineIds: readonly string[]
}

const isCall = (id: string) => id.startsWith('txn_')

/** Finds what a person means: of a cause its own calls first, then what depends on them, and its input in quarantine. */
export async function chosenCalls(
  tx: TenantTx,
  selection: FailedSelection | { readonly cluster: string; readonly only?: readonly string[] },
): Promise<ChosenCalls> {
  const dependants: ReadonlySet<string> = new Set()
  if ('filter' in selection) return { selection, dependants, quarantineIds: [] }
  if ('ids' in selection) {
    const others = selection.ids.filter((id) => !isCall(id))
    return { selection, dependants, quarantineIds: await openAsides(tx, others) }
  }
  const { causes } = await rootCauses(tx)
  const cause = causes.find((candidate) => candidate.clusterId === selection.cluster)
  if (cause === undefined) return { selection: { ids: [] }, dependants, quarantineIds: [] }
  const { only } = selection
  const isMeant = (id: string) => only === undefined || only.includes(id)
  const ids = callsToReplay(cause)
    .map((call) => call.transactionId)
    .filter(isMeant)
  return {
    selection: { ids: ids.slice(0, replayLimit) },
    dependants: new Set(cause.dependants.map((call) => call.transactionId)),
    quarantineIds: asidesOf(cause).filter(isMeant),
  }
}

function inWords(calls: number, documents: number): string {
  const parts = [
    ...(calls === 0 ? [] : [calls === 1 ? '1 call' : `${calls} calls`]),
    ...(documents === 0 ? [] : [documents === 1 ? '1 document' : `${documents} documents`]),
  ]
  return parts.join(' and ')
}

const nameOf = (clusterId: string) => clusterId.slice(clusterId.indexOf('/') + 1)

/** Puts on record that a cause is being replayed, mended by what: it closes when all of it is through. */
export async function beginReplay(
  tx: TenantTx,
  replay: {
    readonly cluster: string
    readonly actor: string
    readonly calls: number
    readonly documents: number
    /** What was changed since it last failed. */
    readonly mendedBy?: string | undefined
    readonly now: string
  },
): Promise<void> {
  const { cluster: clusterId, actor, calls, documents, mendedBy, now } = replay
  if (calls + documents === 0) return
  const before = await lockCluster(tx, clusterId)
  const isMended = mendedBy !== undefined && before.state !== 'fixed'
  const fixed = {
    kind: 'failure-cluster.fixed',
    actor: 'triage',
    summary: `The cause ${nameOf(clusterId)} is fixed: ${mendedBy ?? ''}`.slice(0, 500),
    body: { clusterId, from: before.state, to: 'fixed' },
  }
  const note = isMended ? mendedBy.slice(0, 500) : null
  await moveCluster(tx, { clusterId, state: 'replaying', note, changedBy: actor, at: now })
  const replaying = {
    kind: 'failure-cluster.replaying',
    actor,
    summary: `The cause ${nameOf(clusterId)} is replayed: ${inWords(calls, documents)} in one go.`,
    body: {
      ...{ clusterId, calls, documents },
      from: isMended ? 'fixed' : before.state,
      to: 'replaying',
    },
  }
  await appendTenantEvents(tx, isMended ? [fixed, replaying] : [replaying], now)
}
