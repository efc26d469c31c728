import { sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

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

/** Remembers which calls were sent again for a cause. */
export async function noteReplayed(
  tx: TenantTx,
  clusterId: string,
  transactionIds: readonly string[],
): Promise<void> {
  if (transactionIds.length === 0) return
  await tx.run(sql`
    insert into cluster_replay (tenant_id, transaction_id, cluster_id)
    select ${tx.tenantId}, transaction_id, ${clusterId} from unnest(${asTextList(transactionIds)}) as transaction_id
    on conflict (tenant_id, transaction_id) do update set cluster_id = excluded.cluster_id`)
}

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
      and not exists (
        select from cluster_replay as replay join transaction as call using (transaction_id)
        where replay.tenant_id = ${tx.tenantId} and replay.cluster_id = failure_cluster.cluster_id
          and call.status not in ('succeeded', 'dropped'))
      and not exists (
        select from transaction as call where call.tenant_id = ${tx.tenantId}
          and call.fingerprint = failure_cluster.cluster_id and call.status = 'failed')
    returning cluster_id`)
  return rows.map((row) => row.cluster_id)
}

/** Of these causes those for which calls were sent again that have yet to end. */
export async function replaysUnderWay(
  tx: TenantTx,
  clusterIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (clusterIds.length === 0) return new Set()
  const rows = await tx.rows<{ cluster_id: string }>(sql`
    select distinct replay.cluster_id
    from cluster_replay as replay join transaction as call using (transaction_id)
    where replay.tenant_id = ${tx.tenantId} and replay.cluster_id = any(${asTextList(clusterIds)})
      and call.status in ('waiting', 'sending', 'in-doubt')`)
  return new Set(rows.map((row) => row.cluster_id))
}
