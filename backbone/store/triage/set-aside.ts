import { type SQL, sql } from 'drizzle-orm'
import type { Finding } from '../../canonical/finding.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import { rootKeysOf } from './failed-calls.ts'

/** A document that came in and could not be read or applied, and waits for a person. */
export type SetAsideRow = {
  readonly quarantineId: string
  readonly receiptId: string | null
  readonly connectionId: string | null
  readonly connectionKind: string | null
  /** unreadable, partly-readable, conflict, needs-person, poison, overdue. */
  readonly kind: string
  /** What it is about, where it is a document of ours: how it went out, and its order. */
  readonly ours: {
    readonly transactionId: string
    readonly operation: string
    readonly orderId: string | null
    readonly orderNumber: string | null
    readonly customerNumber: string | null
    readonly amountMinor: number | null
    readonly currency: string | null
  } | null
  readonly reason: string
  readonly findings: readonly Finding[]
  readonly documentNumber: string | null
  readonly createdAt: string
}

const limit = 2_000

type WhichAsides = 'all' | 'of-no-cause' | { readonly ofCalls: readonly string[] }

const ofNoCause = sql`aside.cluster_id is null`

function areMeant({ tenantId }: TenantTx, which: WhichAsides): SQL {
  if (which === 'all') return sql`true`
  if (which === 'of-no-cause') return ofNoCause
  return sql`(${ofNoCause} or aside.cluster_id in (${rootKeysOf(which.ofCalls)}) or exists (
    select from transaction where tenant_id = ${tenantId} and status = 'failed' and error_class = 'DEPENDENCY'))`
}

/**
 * The documents in quarantine that nobody has decided about, the newest first; or only those of no cause yet, or those
 * that may have a cause in common with some calls.
 */
export function setAsideDocuments(
  tx: TenantTx,
  which: WhichAsides = 'all',
): Promise<SetAsideRow[]> {
  return tx.rows<SetAsideRow>(sql`
    select quarantine_id as "quarantineId", aside.receipt_id as "receiptId",
      coalesce(aside.connection_id, receipt.connection_id) as "connectionId", connection.kind as "connectionKind",
      aside.kind, aside.reason, aside.findings, document.number as "documentNumber", aside.created_at as "createdAt",
      case when call.transaction_id is not null then jsonb_build_object('transactionId', call.transaction_id,
        'operation', call.operation, 'orderId', call.order_id, 'orderNumber', orders.order_number,
        'customerNumber', orders.customer_number, 'amountMinor', call.amount_minor, 'currency', orders.currency) end as ours
    from quarantine as aside
    left join receipt on receipt.receipt_id = aside.receipt_id
    left join document on document.document_id = aside.document_id
    left join transaction as call on call.transaction_id = aside.transaction_id
    left join orders on orders.order_id = call.order_id
    left join connection on connection.connection_id = coalesce(aside.connection_id, receipt.connection_id)
    where aside.tenant_id = ${tx.tenantId} and aside.status = 'open' and ${areMeant(tx, which)}
    order by aside.created_at desc limit ${limit}`)
}

/** Writes to which cause documents in quarantine belong. */
export async function placeAsides(
  tx: TenantTx,
  places: readonly { readonly quarantineId: string; readonly clusterId: string }[],
): Promise<void> {
  if (places.length === 0) return
  await tx.run(sql`
    update quarantine set cluster_id = place."clusterId"
    from jsonb_to_recordset(${asJson(places)}) as place("quarantineId" text, "clusterId" text)
    where quarantine.quarantine_id = place."quarantineId"
      and quarantine.quarantine_id = any(${asTextList(places.map(({ quarantineId }) => quarantineId))})`)
}
