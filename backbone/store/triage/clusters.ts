import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** Where people are with a cause. */
export type ClusterRow = {
  readonly clusterId: string
  readonly state: 'open' | 'diagnosed' | 'fix-proposed' | 'fixed' | 'replaying' | 'closed'
  readonly stateSince: string
  readonly recurrences: number
  readonly note: string | null
  readonly changedBy: string
  readonly openedAt: string
}

const columns = sql`cluster_id as "clusterId", state, state_since as "stateSince", recurrences, note,
  changed_by as "changedBy", opened_at as "openedAt"`

/** Where people are with these causes; those nobody has touched have no row. */
export function clusterRows(tx: TenantTx, clusterIds: readonly string[]): Promise<ClusterRow[]> {
  return tx.rows<ClusterRow>(sql`
    select ${columns} from failure_cluster where cluster_id = any(${asTextList(clusterIds)})`)
}

/** Takes one cause for this transaction alone, making its row where there is none yet. */
export async function lockCluster(tx: TenantTx, clusterId: string): Promise<ClusterRow> {
  await tx.run(sql`
    insert into failure_cluster (tenant_id, cluster_id, changed_by) values (${tx.tenantId}, ${clusterId}, 'outbox')
    on conflict do nothing`)
  const [row] = await tx.rows<ClusterRow>(sql`
    select ${columns} from failure_cluster where cluster_id = ${clusterId} for update`)
  if (row === undefined) throw new Error('A cluster that was just made is gone.')
  return row
}

/** Writes where people are with a cause. The caller holds it. */
export async function moveCluster(
  tx: TenantTx,
  move: {
    readonly clusterId: string
    readonly state: ClusterRow['state']
    readonly note: string | null
    readonly changedBy: string
    readonly at: string
  },
): Promise<void> {
  await tx.run(sql`
    update failure_cluster set state = ${move.state}, state_since = ${move.at}::timestamptz,
      note = coalesce(${move.note}::text, note), changed_by = ${move.changedBy}
    where cluster_id = ${move.clusterId}`)
}

/**
 * Notes that calls were given up for these causes: a new cause is open, and one that people had done with is open
 * again. Gives those that came again.
 */
export async function noteGivenUp(
  tx: TenantTx,
  clusterIds: readonly string[],
  at: string,
): Promise<ClusterRow[]> {
  const wanted = [...new Set(clusterIds)].toSorted()
  if (wanted.length === 0) return []
  return tx
    .rows<ClusterRow>(sql`
    insert into failure_cluster as cluster (tenant_id, cluster_id, changed_by, state_since, opened_at)
    select ${tx.tenantId}, cluster_id, 'outbox', ${at}::timestamptz, ${at}::timestamptz
    from unnest(${asTextList(wanted)}) as cluster_id order by cluster_id
    on conflict (tenant_id, cluster_id) do update set state = 'open', state_since = excluded.state_since,
      recurrences = cluster.recurrences + 1, changed_by = 'outbox'
    where cluster.state in ('fixed', 'replaying', 'closed')
    returning ${columns}`)
    .then((rows) => rows.filter((row) => row.recurrences > 0))
}

/** Something that was done again for a cause: a call, or a document of the quarantine. */
export type NotedReplay = {
  readonly clusterId: string
  readonly id: string
  readonly isInbound: boolean
}

/** Remembers what was done again for which causes. */
export async function noteReplayed(tx: TenantTx, replays: readonly NotedReplay[]): Promise<void> {
  if (replays.length === 0) return
  await tx.run(sql`
    insert into cluster_replay (tenant_id, transaction_id, cluster_id, is_inbound)
    select ${tx.tenantId}, id, "clusterId", "isInbound"
    from jsonb_to_recordset(${asJson(replays)}) as replay("clusterId" text, id text, "isInbound" boolean)
    on conflict (tenant_id, transaction_id) do update
      set cluster_id = excluded.cluster_id, is_inbound = excluded.is_inbound`)
}

// What of a cause has yet to end, or fails: given-up calls, calls under way again, documents in quarantine, and those
// that are being read again (`failure_cluster` is the cause).
const hasFailures = sql`exists (
  select from transaction as call where call.tenant_id = failure_cluster.tenant_id
    and call.fingerprint = failure_cluster.cluster_id and call.status = 'failed')
  or exists (
    select from quarantine as aside where aside.tenant_id = failure_cluster.tenant_id
      and aside.cluster_id = failure_cluster.cluster_id and aside.status = 'open')`

const hasCallsUnderWay = sql`exists (
  select from cluster_replay as replay join transaction as call using (transaction_id)
  where replay.tenant_id = failure_cluster.tenant_id and replay.cluster_id = failure_cluster.cluster_id
    and not replay.is_inbound and call.status not in ('succeeded', 'dropped'))`

const hasReadingsUnderWay = sql`exists (
  select from cluster_replay as replay
  join quarantine as aside on aside.quarantine_id = replay.transaction_id
  left join receipt on receipt.receipt_id = aside.receipt_id
  where replay.tenant_id = failure_cluster.tenant_id and replay.cluster_id = failure_cluster.cluster_id
    and replay.is_inbound and (receipt.status = 'accepted'
      or exists (select from document where document.document_id = aside.document_id and document.status = 'pending')
      or exists (select from document where document.tenant_id = failure_cluster.tenant_id
        and document.receipt_id = aside.receipt_id and document.status = 'pending')
      or exists (select from quarantine as again where again.tenant_id = failure_cluster.tenant_id
        and again.receipt_id = aside.receipt_id and again.status = 'open' and again.cluster_id is null)))`

const nothingLeft = sql`not (${hasFailures}) and not ${hasCallsUnderWay} and not ${hasReadingsUnderWay}`

/** Closes the causes whose replays are all through now that these calls have ended; gives them. */
export async function closeResolved(
  tx: TenantTx,
  transactionIds: readonly string[],
  at: string,
): Promise<string[]> {
  if (transactionIds.length === 0) return []
  const rows = await tx.rows<{ cluster_id: string }>(sql`
    update failure_cluster set state = 'closed', state_since = ${at}::timestamptz, changed_by = 'outbox'
    where state = 'replaying' and cluster_id in (
        select cluster_id from cluster_replay where transaction_id = any(${asTextList(transactionIds)}))
      and ${nothingLeft}
    returning cluster_id`)
  return rows.map((row) => row.cluster_id)
}

const unfinished = ['open', 'diagnosed', 'fix-proposed', 'fixed', 'replaying']

/** Closes every cause by which nothing fails any more, whoever mended, dropped or decided what was left; gives them. */
export async function closeCleared(tx: TenantTx, at: string): Promise<string[]> {
  const rows = await tx.rows<{ cluster_id: string }>(sql`
    -- A cause that somebody else is at just now has its turn the next time.
    with cleared as (
      select cluster_id from failure_cluster
      where tenant_id = ${tx.tenantId} and state = any(${asTextList(unfinished)}) and ${nothingLeft}
      order by cluster_id for update skip locked
    )
    update failure_cluster set state = 'closed', state_since = ${at}::timestamptz, changed_by = 'triage'
    from cleared
    where failure_cluster.tenant_id = ${tx.tenantId} and failure_cluster.cluster_id = cleared.cluster_id
    returning failure_cluster.cluster_id`)
  return rows.map((row) => row.cluster_id)
}

/** A cause that went on to its next state by what was done about it. */
export type MovedCluster = {
  readonly clusterId: string
  readonly from: string
  readonly to: string
}

/**
 * Moves causes on by what was done about them: an agent has looked into one (diagnosed), or a proposal about one waits
 * for a decision or is being carried out (fix-proposed).
 */
export function moveOnByDeeds(tx: TenantTx, at: string): Promise<MovedCluster[]> {
  return tx.rows<MovedCluster>(sql`
    with deed as (
      select cluster_id, state,
        case when exists (select from proposal where proposal.tenant_id = ${tx.tenantId}
            and proposal.subject_kind = 'cluster' and proposal.subject_id = failure_cluster.cluster_id
            and proposal.status in ('requires_review', 'approved', 'executing')) then 'fix-proposed'
          when state = 'open' and exists (select from agent_run where agent_run.tenant_id = ${tx.tenantId}
            and agent_run.subject_kind = 'cluster' and agent_run.subject_id = failure_cluster.cluster_id
            and agent_run.status = 'succeeded' and agent_run.finished_at >= failure_cluster.state_since)
            then 'diagnosed' end as next
      from failure_cluster where tenant_id = ${tx.tenantId} and state in ('open', 'diagnosed')
    )
    update failure_cluster set state = deed.next, state_since = ${at}::timestamptz, changed_by = 'triage'
    from deed where failure_cluster.tenant_id = ${tx.tenantId} and failure_cluster.cluster_id = deed.cluster_id
      and deed.next is not null and failure_cluster.state = deed.state
    returning failure_cluster.cluster_id as "clusterId", deed.state as "from", deed.next as "to"`)
}

/** Of these causes those for which calls were sent again that have yet to end. */
export async function replaysUnderWay(
  tx: TenantTx,
  clusterIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (clusterIds.length === 0) return new Set()
  const rows = await tx.rows<{ cluster_id: string }>(sql`
    select cluster_id from failure_cluster
    where tenant_id = ${tx.tenantId} and cluster_id = any(${asTextList(clusterIds)})
      and (${hasReadingsUnderWay} or exists (
        select from cluster_replay as replay join transaction as call using (transaction_id)
        where replay.tenant_id = ${tx.tenantId} and replay.cluster_id = failure_cluster.cluster_id
          and not replay.is_inbound and call.status in ('waiting', 'sending', 'in-doubt')))`)
  return new Set(rows.map((row) => row.cluster_id))
}
