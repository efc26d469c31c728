import { type SQL, sql } from 'drizzle-orm'
import type { FailureClass } from '../../canonical/failures/failure-class.ts'
import { asTextList, type TenantTx } from '../database.ts'

/** A call that failed for good, or that is parked behind a connection that is away, with what it blocks. */
export type FailedCallRow = {
  readonly transactionId: string
  readonly connectionId: string
  readonly connectionKind: string
  readonly operation: string
  readonly orderId: string | null
  readonly orderNumber: string | null
  readonly customerNumber: string | null
  readonly naturalKey: string
  readonly rootKey: string
  readonly errorClass: FailureClass
  readonly code: string
  readonly message: string
  readonly amountMinor: number | null
  readonly currency: string | null
  readonly failedAt: string
  readonly isParked: boolean
}

// More than anybody works through; the oldest are the ones that block most.
const limit = 20_000

const rootKey = (call: SQL): SQL => sql`coalesce(${call}.fingerprint, 'none/')`

/** The root keys of these calls. */
export function rootKeysOf(transactionIds: readonly string[]): SQL {
  return sql`select ${rootKey(sql`meant`)} from transaction as meant where meant.transaction_id = any(${asTextList(transactionIds)})`
}

/**
 * All given-up calls of a tenant, and those that have failed and wait behind an open circuit; of some calls those with
 * the same root, or all where any call waits for another: it may belong to any of them.
 */
export function failedCalls(tx: TenantTx, ofCalls?: readonly string[]): Promise<FailedCallRow[]> {
  const isMeant =
    ofCalls === undefined
      ? sql`true`
      : sql`(exists (select from failed where error_class = 'DEPENDENCY') or ${rootKey(sql`failed`)} in (${rootKeysOf(ofCalls)}))`
  return tx.rows<FailedCallRow>(sql`
    with failed as (
      select transaction_id, key_seq, fingerprint, error_class, false as is_parked from transaction
      where tenant_id = ${tx.tenantId} and status = 'failed'
      union all
      select call.transaction_id, call.key_seq, call.fingerprint, call.error_class, true
      from connection_health as health
      join transaction as call on call.tenant_id = ${tx.tenantId} and call.connection_id = health.connection_id
        and call.status in ('waiting', 'in-doubt') and call.error_class is not null
      where health.circuit <> 'closed'
      order by key_seq limit ${limit}
    )
    select call.transaction_id as "transactionId", call.connection_id as "connectionId",
      connection.kind as "connectionKind", call.operation, call.order_id as "orderId",
      orders.order_number as "orderNumber", orders.customer_number as "customerNumber",
      call.natural_key as "naturalKey", ${rootKey(sql`call`)} as "rootKey",
      coalesce(call.error_class, 'UNKNOWN') as "errorClass", coalesce(call.error_code, '') as code,
      coalesce(call.error_message, '') as message, call.amount_minor as "amountMinor",
      coalesce(orders.currency, tenant.currency) as currency,
      coalesce(call.finished_at, call.sent_at, call.created_at) as "failedAt", failed.is_parked as "isParked"
    from failed
    join transaction as call on call.transaction_id = failed.transaction_id
    join connection on connection.connection_id = call.connection_id
    cross join tenant
    left join orders on orders.order_id = call.order_id
    where ${isMeant}
    order by call.key_seq`)
}

/** What one call of a cause still shows: the answer it got, and how often it has failed in that way. */
export type FailureSample = {
  readonly transactionId: string
  readonly response: string | null
  readonly sameWayFailures: number
}

/** Looks at some failed calls more closely. */
export function failureSamples(
  tx: TenantTx,
  transactionIds: readonly string[],
): Promise<FailureSample[]> {
  return tx.rows<FailureSample>(sql`
    select call.transaction_id as "transactionId", call.response,
      (select count(*)::int from transaction_attempt as attempt
        where attempt.tenant_id = call.tenant_id and attempt.transaction_id = call.transaction_id
          and attempt.code = call.error_code and attempt.outcome in ('refused', 'failed')) as "sameWayFailures"
    from transaction as call where call.transaction_id = any(${asTextList(transactionIds)})`)
}

/** How the connections of failed calls do. */
export type ConnectionCourseRow = {
  readonly connectionId: string
  readonly isCircuitOpen: boolean
  readonly failuresInARow: number
  readonly windowCalls: number
  readonly windowFailures: number
}

/** The health of connections, as far as an outage shows in it. */
export function connectionCourses(
  tx: TenantTx,
  connectionIds: readonly string[],
): Promise<ConnectionCourseRow[]> {
  return tx.rows<ConnectionCourseRow>(sql`
    select connection_id as "connectionId", circuit <> 'closed' as "isCircuitOpen",
      consecutive_failures as "failuresInARow", window_calls as "windowCalls", window_failures as "windowFailures"
    from connection_health where connection_id = any(${asTextList(connectionIds)})`)
}

/** The nearest promise of each of these orders that is still running. */
export async function nearestPromises(
  tx: TenantTx,
  orderIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx.rows<{ order_id: string; due_at: string }>(sql`
    select order_id, min(breach_at) as due_at from sla_clock
    where stopped_at is null and order_id = any(${asTextList(orderIds)})
    group by order_id`)
  return new Map(rows.map((row) => [row.order_id, row.due_at]))
}

/** How many calls stand behind each failed one: the first failed call of a key holds up all that come after it. */
export async function callsBehind(
  tx: TenantTx,
  transactionIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tx.rows<{ transaction_id: string; behind: number }>(sql`
    with first as (
      select distinct on (connection_id, ordering_key) transaction_id, connection_id, ordering_key, key_seq
      from transaction where transaction_id = any(${asTextList(transactionIds)})
      order by connection_id, ordering_key, key_seq
    )
    select first.transaction_id, behind.count as behind
    from first cross join lateral (
      select count(*)::int from transaction as call
      where call.tenant_id = ${tx.tenantId} and call.connection_id = first.connection_id
        and call.ordering_key = first.ordering_key and call.key_seq > first.key_seq
        and call.status in ('waiting', 'in-doubt') and call.error_class is null) as behind
    where behind.count > 0`)
  return new Map(rows.map((row) => [row.transaction_id, row.behind]))
}

/**
 * How many causes there are, at most so many: those of calls that failed by themselves or wait behind an open circuit,
 * and of documents in quarantine. A call that only missed another one of its order has that one's cause.
 */
export async function countCauses(tx: TenantTx, atMost: number): Promise<number> {
  const [row] = await tx.rows<{ count: number }>(sql`
    select count(*)::int as count from (
      select ${rootKey(sql`call`)} from transaction as call
      where call.tenant_id = ${tx.tenantId} and call.status = 'failed'
        and (call.error_class is distinct from 'DEPENDENCY' or not exists (
          select from transaction as parent where parent.tenant_id = ${tx.tenantId}
            and parent.order_id = call.order_id and parent.status = 'failed'
            and parent.error_class is distinct from 'DEPENDENCY'))
      union
      select ${rootKey(sql`call`)} from connection_health as health
      join transaction as call on call.tenant_id = ${tx.tenantId} and call.connection_id = health.connection_id
        and call.status in ('waiting', 'in-doubt') and call.error_class is not null
      where health.circuit <> 'closed'
      union
      select cluster_id from quarantine
      where tenant_id = ${tx.tenantId} and status = 'open' and cluster_id is not null
      limit ${atMost}
    ) as cause`)
  return row?.count ?? 0
}
