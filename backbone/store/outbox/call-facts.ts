import { sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

/** A call to an outside system as people decide about it: what it is, how often it was tried, and what came of it. */
export type CallFact = {
  readonly transactionId: string
  readonly connectionId: string
  readonly operation: string
  readonly naturalKey: string
  readonly orderId: string | null
  readonly orderNumber: string | null
  readonly status: string
  readonly attempts: number
  readonly replays: number
  readonly errorClass: string | null
  readonly errorMessage: string | null
  /** An earlier try may have had its effect. */
  readonly isInDoubt: boolean
  readonly amountMinor: number | null
  readonly currency: string
}

/** Reads calls as they stand, in the order they were made. */
export function callFacts(tx: TenantTx, transactionIds: readonly string[]): Promise<CallFact[]> {
  if (transactionIds.length === 0) return Promise.resolve([])
  return tx.rows<CallFact>(sql`
    select call.transaction_id as "transactionId", call.connection_id as "connectionId", call.operation,
      call.natural_key as "naturalKey", call.order_id as "orderId", orders.order_number as "orderNumber",
      call.status, call.attempts, call.replays, call.error_class as "errorClass",
      call.error_message as "errorMessage", call.amount_minor as "amountMinor",
      coalesce(orders.currency, tenant.currency) as currency,
      exists (select from transaction_attempt as attempt
        where attempt.tenant_id = call.tenant_id and attempt.transaction_id = call.transaction_id
          and attempt.outcome in ('unknown', 'look-up-failed', 'unrecorded')) as "isInDoubt"
    from transaction as call
    cross join tenant
    left join orders on orders.order_id = call.order_id
    where call.transaction_id = any(${asTextList(transactionIds)})
    order by call.key_seq`)
}
