import type { FailureCluster } from '../../canonical/views/transaction-view.ts'
import type { TenantTx } from '../../store/database.ts'
import type { ActCandidate, CandidateSource } from '../acts/act.ts'
import { retriedAtMost, retryTransactionsAct } from '../acts/retry-transactions-act.ts'
import { triageRules } from '../triage/cause-facts.ts'
import { rootCauses } from '../triage/failures.ts'
import { clusterNow } from '../triage/triage-service.ts'
import { type ReplayReadiness, replayReadiness } from './replay-readiness.ts'

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
  { evidence, isReady }: ReplayReadiness,
): Promise<ActCandidate[]> {
  const picture = await retryTransactionsAct.picture(tx, payload)
  if ('gone' in picture || !isReady) return []
  const { isExact: _exact, ...shown } = picture
  return [
    {
      kind: retryTransactionsAct.kind,
      payload,
      picture: {
        ...shown,
        evidence: [evidence, ...picture.evidence],
        ...(picture.isExact === true ? { isExact: true } : {}),
      },
    },
  ]
}

/** The replay plan of a cause in portions that a person can look through; nothing where it is not mended yet. */
export const clusterCandidates: CandidateSource = async (tx, { kind, id }) => {
  if (kind !== 'cluster') return []
  const cluster = await clusterNow(tx, id)
  if (cluster === undefined) return []
  const readiness = await replayReadiness(tx, cluster)
  const candidates: ActCandidate[] = []
  for (const transactionIds of portionsOf(cluster.plan))
    candidates.push(...(await retryCandidate(tx, { transactionIds, cluster: id }, readiness)))
  return candidates
}

/** Sending one given-up call again, where its cause is mended. */
export const transactionCandidates: CandidateSource = async (tx, { kind, id }) => {
  if (kind !== 'transaction') return []
  const causes = await rootCauses(tx, (await triageRules(tx)).signatures)
  const cause = causes.find(({ calls, dependants }) =>
    [...calls, ...dependants].some((call) => call.transactionId === id),
  )
  const cluster = cause === undefined ? undefined : await clusterNow(tx, cause.clusterId)
  if (cluster === undefined) return []
  const readiness = await replayReadiness(tx, cluster)
  return retryCandidate(tx, { transactionIds: [id] }, readiness)
}
