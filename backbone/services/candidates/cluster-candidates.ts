import type { FailureCluster } from '../../canonical/views/transaction-view.ts'
import type { TenantTx } from '../../store/database.ts'
import type { ActCandidate, CandidateSource } from '../acts/act.ts'
import { retriedAtMost, retryTransactionsAct } from '../acts/retry-transactions-act.ts'
import { clusterNow } from '../triage/triage-service.ts'
import { causeOfCall, replayReadiness } from './replay-readiness.ts'

// More than a person approves in a row; the next ones follow when these are through.
const portionsAtMost = 10

/** The calls of a replay plan in portions: what depends on others only goes together with the last of them. */
function portionsOf({ steps }: FailureCluster['plan']): string[][] {
  const own = steps.filter(({ isDependant }) => !isDependant)
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
): Promise<ActCandidate[]> {
  const picture = await retryTransactionsAct.picture(tx, payload)
  return 'gone' in picture ? [] : [{ kind: retryTransactionsAct.kind, payload, picture }]
}

/** The replay plan of a cause in portions that a person can look through; nothing where it is not mended yet. */
export const clusterCandidates: CandidateSource = async (tx, { kind, id }) => {
  const cluster = kind === 'cluster' ? await clusterNow(tx, id) : undefined
  if (cluster === undefined || !(await replayReadiness(tx, cluster)).isReady) return []
  const candidates: ActCandidate[] = []
  for (const transactionIds of portionsOf(cluster.plan))
    candidates.push(...(await retryCandidate(tx, { transactionIds, cluster: id })))
  return candidates
}

/** Sending one given-up call again, where its cause is mended. */
export const transactionCandidates: CandidateSource = async (tx, { kind, id }) => {
  const cluster = kind === 'transaction' ? await causeOfCall(tx, id) : undefined
  if (cluster === undefined || !(await replayReadiness(tx, cluster)).isReady) return []
  return retryCandidate(tx, { transactionIds: [id] })
}
