import type { FailureCluster } from '../../canonical/views/transaction-view.ts'
import type { TenantTx } from '../../store/database.ts'
import type { ActCandidate, CandidateSource } from '../acts/act.ts'
import {
  retriedAtMost,
  retryPicture,
  retryTransactionsAct,
} from '../acts/retry-transactions-act.ts'
import { causesOfCalls, clusterNow } from '../triage/triage-service.ts'
import { type JudgedCause, judgedCauses } from './replay-readiness.ts'

// More than a person approves in a row; the next ones follow when these are through.
const portionsAtMost = 10

/**
 * The calls of a replay plan, and its documents in quarantine, in portions: what depends on others only goes together
 * with the last of them.
 */
function portionsOf({ steps, quarantined }: FailureCluster['plan']): string[][] {
  const calls = steps.filter(({ isDependant }) => !isDependant)
  const own = [...calls, ...quarantined.map((transactionId) => ({ transactionId }))]
  const after = steps.filter(({ isDependant }) => isDependant)
  const isTogether = own.length % retriedAtMost !== 0 || own.length === 0
  const room = isTogether ? retriedAtMost - (own.length % retriedAtMost) : 0
  const ids = [...own, ...after.slice(0, room)].map(({ transactionId }) => transactionId)
  const portions: string[][] = []
  for (let start = 0; start < ids.length; start += retriedAtMost)
    portions.push(ids.slice(start, start + retriedAtMost))
  return portions.slice(0, portionsAtMost)
}

async function retryCandidate(
  tx: TenantTx,
  payload: { readonly transactionIds: string[]; readonly cluster?: string },
  cause: JudgedCause,
): Promise<ActCandidate[]> {
  const picture = await retryPicture(tx, payload, cause)
  return 'gone' in picture ? [] : [{ kind: retryTransactionsAct.kind, payload, picture }]
}

/** The replay plan of a cause in portions that a person can look through; nothing where it is not mended yet. */
async function portionCandidates(
  tx: TenantTx,
  cause: JudgedCause<FailureCluster>,
): Promise<ActCandidate[]> {
  const { cluster, readiness } = cause
  if (!readiness.isReady) return []
  const candidates: ActCandidate[] = []
  for (const transactionIds of portionsOf(cluster.plan)) {
    const payload = { transactionIds, cluster: cluster.clusterId }
    candidates.push(...(await retryCandidate(tx, payload, cause)))
  }
  return candidates
}

/** What could be done about a cause: its calls sent again. */
export const clusterCandidates: CandidateSource = async (tx, { kind, id }) => {
  const cluster = kind === 'cluster' ? await clusterNow(tx, id) : undefined
  if (cluster === undefined) return []
  const causes = await judgedCauses(tx, [cluster])
  return (await Promise.all(causes.map((cause) => portionCandidates(tx, cause)))).flat()
}

/** Sending given-up calls again, each where its cause is mended, under the call. */
export async function retriesOfCalls(
  tx: TenantTx,
  transactionIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ActCandidate[]>> {
  const clusters = await causesOfCalls(tx, transactionIds)
  const causes = await judgedCauses(tx, [...new Set(clusters.values())])
  const ready = new Map(
    causes
      .filter(({ readiness }) => readiness.isReady)
      .map((cause) => [cause.cluster.clusterId, cause]),
  )
  const found = await Promise.all(
    transactionIds.map(async (id) => {
      const cause = ready.get(clusters.get(id)?.clusterId ?? '')
      const payload = { transactionIds: [id] }
      return [id, cause === undefined ? [] : await retryCandidate(tx, payload, cause)] as const
    }),
  )
  return new Map(found)
}

/** What could be done about one given-up call: it is sent again. */
export const transactionCandidates: CandidateSource = async (tx, { kind, id }) =>
  kind === 'transaction' ? ((await retriesOfCalls(tx, [id])).get(id) ?? []) : []
