import { sql } from 'drizzle-orm'
import type { FailureCluster } from '../../canonical/views/transaction-view.ts'
import type { TenantTx } from '../database.ts'

/**
 * Given-up calls, each with the cluster it waits for. A call that failed for want of another (an invoice
 * whose order is not there) belongs to what stopped that other call of its order (domain rules 3.3.3).
 */
export const failedWithHome = sql`
  select call.*, coalesce(parent.fingerprint, call.fingerprint) as home
  from transaction as call
  left join lateral (
    select cause.fingerprint from transaction as cause
    where call.error_class = 'DEPENDENCY' and cause.tenant_id = call.tenant_id
      and cause.order_id = call.order_id and cause.status = 'failed' and cause.error_class <> 'DEPENDENCY'
    order by cause.key_seq limit 1) as parent on true
  where call.status = 'failed'`

/** The clusters of given-up calls, the most value at stake first. */
export function failureClusters(tx: TenantTx): Promise<FailureCluster[]> {
  return tx.rows<FailureCluster>(sql`
    with failed as (${failedWithHome})
    select home as "clusterId", split_part(home, '/', 1) as pattern,
      nullif(substr(home, strpos(home, '/') + 1), '') as "rootEntity",
      array_agg(distinct operation) as operations, array_agg(distinct connection_id) as "connectionIds",
      coalesce(min(error_class) filter (where fingerprint = home), '') as "errorClass",
      coalesce(min(error_code) filter (where fingerprint = home), '') as "errorCode",
      count(*) filter (where fingerprint = home)::int as count,
      count(*) filter (where fingerprint <> home)::int as dependants,
      coalesce(sum(amount_minor), 0)::bigint as "valueBlockedMinor",
      min(finished_at) as "firstFailedAt", max(finished_at) as "lastFailedAt",
      coalesce((array_agg(distinct error_message) filter (where fingerprint = home))[1:3], '{}') as "exampleMessages",
      (array_agg(transaction_id order by fingerprint <> home, key_seq))[1:100] as "transactionIds"
    from failed group by home
    order by coalesce(sum(amount_minor), 0) desc, count(*) desc, home limit 500`)
}
