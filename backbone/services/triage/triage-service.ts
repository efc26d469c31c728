import type { FailureSignature } from '../../canonical/failures/signature.ts'
import type { ClusterState, FailureCluster } from '../../canonical/views/transaction-view.ts'
import type { RootCause } from '../../policies/triage/cluster-failures.ts'
import { clusterMove } from '../../policies/triage/cluster-state.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import { lockCluster, moveCluster } from '../../store/triage/clusters.ts'
import { countCauses } from '../../store/triage/failed-calls.ts'
import {
  type KeptSignature,
  keepOnlySignatures,
  ownSignatures,
  putSignatures,
} from '../../store/triage/signatures.ts'
import { causeFacts, standingFacts, type TriageRules } from './cause-facts.ts'
import { type CauseStanding, causeStanding, describeCause } from './describe-cause.ts'
import { rootCauses } from './failures.ts'

type MoveResult =
  | { readonly outcome: 'moved'; readonly cluster: FailureCluster | undefined }
  | { readonly outcome: 'not-found' }
  | { readonly outcome: 'not-allowed'; readonly reason: string }

/** Causes of failures, where people are with them, and the signs a tenant knows failures by. */
export type TriageService = {
  /** All causes, the most pressing first. */
  clusters(tenantId: string): Promise<readonly FailureCluster[]>
  /** How many causes there are, at most so many. */
  countClusters(tenantId: string, atMost: number): Promise<number>
  cluster(tenantId: string, clusterId: string): Promise<FailureCluster | undefined>
  /** Says where people are with a cause. */
  move(request: {
    readonly tenantId: string
    readonly actor: string
    readonly clusterId: string
    readonly to: ClusterState
    readonly note?: string | undefined
  }): Promise<MoveResult>
  signatures(tenantId: string): Promise<readonly KeptSignature[]>
  /** Puts these in the place of all signatures of the tenant's own. */
  putSignatures(request: {
    readonly tenantId: string
    readonly actor: string
    readonly signatures: readonly FailureSignature[]
  }): Promise<readonly KeptSignature[]>
}

async function described(
  tx: TenantTx,
  causes: readonly RootCause[],
  rules: TriageRules,
): Promise<FailureCluster[]> {
  if (causes.length === 0) return []
  const facts = await causeFacts(tx, causes, rules)
  return causes
    .map((cause) => describeCause(cause, facts))
    .toSorted(
      (a, b) =>
        b.priority.score - a.priority.score ||
        b.count - a.count ||
        (a.clusterId < b.clusterId ? -1 : 1),
    )
}

async function all(tx: TenantTx): Promise<FailureCluster[]> {
  const { causes, rules } = await rootCauses(tx)
  return described(tx, causes, rules)
}

/** Causes by their ids, as they stand now, within a transaction; without those that nothing fails by any more. */
export async function clustersNow(
  tx: TenantTx,
  clusterIds: readonly string[],
): Promise<FailureCluster[]> {
  const { causes, rules } = await rootCauses(tx)
  const meant = causes.filter(({ clusterId }) => clusterIds.includes(clusterId))
  return described(tx, meant, rules)
}

/** A cause by its id, as it stands now. */
export async function clusterNow(
  tx: TenantTx,
  clusterId: string,
): Promise<FailureCluster | undefined> {
  return (await clustersNow(tx, [clusterId]))[0]
}

/** How the cause stands that each of these failed calls belongs to. */
export async function causesOfCalls(
  tx: TenantTx,
  transactionIds: readonly string[],
): Promise<ReadonlyMap<string, CauseStanding>> {
  if (transactionIds.length === 0) return new Map()
  const { causes, rules } = await rootCauses(tx, transactionIds)
  const wanted = new Set(transactionIds)
  const placed = causes.flatMap((cause) =>
    [...cause.calls, ...cause.dependants]
      .filter((call) => wanted.has(call.transactionId))
      .map((call) => ({ id: call.transactionId, cause })),
  )
  const own = [...new Set(placed.map(({ cause }) => cause))]
  const facts = await standingFacts(tx, own, rules)
  const standing = new Map(own.map((cause) => [cause, causeStanding(cause, facts)]))
  return new Map(
    placed.flatMap(({ id, cause }) => {
      const found = standing.get(cause)
      return found === undefined ? [] : [[id, found] as const]
    }),
  )
}

async function move(
  tx: TenantTx,
  request: Parameters<TriageService['move']>[0],
): Promise<MoveResult> {
  const { clusterId, actor, to, note } = request
  const before = await clusterNow(tx, clusterId)
  if (before === undefined) return { outcome: 'not-found' }
  const row = await lockCluster(tx, clusterId)
  const { steps, dropped, quarantined, forPerson } = before.plan
  const failed = steps.length + dropped.length + quarantined.length + forPerson.length
  const decided = clusterMove(row.state, to, { failed })
  if (!decided.isAllowed) return { outcome: 'not-allowed', reason: decided.reason }
  const at = await databaseNow(tx)
  await moveCluster(tx, { clusterId, state: to, note: note ?? null, changedBy: actor, at })
  const name = before.rootEntity ?? before.errorCode
  const event = {
    kind: `failure-cluster.${to}`,
    actor,
    summary: `The cause ${name} (${before.errorClass}) is ${to}, before ${row.state}.${note === undefined ? '' : ` ${note}`}`,
    body: { clusterId, from: row.state, to },
  }
  await appendTenantEvents(tx, [event], at)
  return { outcome: 'moved', cluster: await clusterNow(tx, clusterId) }
}

async function replaceSignatures(
  tx: TenantTx,
  { actor, signatures }: { actor: string; signatures: readonly FailureSignature[] },
): Promise<KeptSignature[]> {
  const at = await databaseNow(tx)
  const before = await ownSignatures(tx)
  const ids = signatures.map(({ signatureId }) => signatureId)
  await keepOnlySignatures(tx, ids)
  await putSignatures(tx, signatures, { changedBy: actor, at })
  const gone = before
    .map(({ signature }) => signature.signatureId)
    .filter((id) => !ids.includes(id))
  const event = {
    kind: 'signature.changed',
    actor,
    summary: `The signatures of failures were set: ${ids.length} of our own${gone.length === 0 ? '' : `, ${gone.length} taken away`}.`,
    body: { signatureId: ids.slice(0, 50).join(' '), gone },
  }
  await appendTenantEvents(tx, [event], at)
  return ownSignatures(tx)
}

/** Opens triage for people and programs. */
export function triageService({ database }: { readonly database: Database }): TriageService {
  return {
    clusters: (tenantId) =>
      database.inTenant(tenantId, async (tx) => (await all(tx)).slice(0, 500)),
    countClusters: (tenantId, atMost) =>
      database.inTenant(tenantId, (tx) => countCauses(tx, atMost)),
    cluster: (tenantId, clusterId) =>
      database.inTenant(tenantId, (tx) => clusterNow(tx, clusterId)),
    move: (request) => database.inTenant(request.tenantId, (tx) => move(tx, request)),
    signatures: (tenantId) => database.inTenant(tenantId, ownSignatures),
    putSignatures: ({ tenantId, ...request }) =>
      database.inTenant(tenantId, (tx) => replaceSignatures(tx, request)),
  }
}
