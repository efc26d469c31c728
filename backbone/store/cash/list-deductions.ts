import { type SQL, sql } from 'drizzle-orm'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import type { DeductionView } from '../../canonical/views/payment-view.ts'
import type { TenantTx } from '../database.ts'
import { cutPage, splitPosition } from '../reading/page.ts'

/** Which deductions are wanted. */
export type DeductionFilter = {
  readonly customerNumber?: string | undefined
  readonly status?: string | undefined
  readonly route?: string | undefined
  readonly verdict?: string | undefined
}

/** What payers kept back, the newest first, one page. */
export async function listDeductions(
  tx: TenantTx,
  { customerNumber, status, route, verdict }: DeductionFilter,
  { limit, after }: PageQuery,
): Promise<Page<DeductionView>> {
  const wanted: SQL[] = [sql`true`]
  if (customerNumber !== undefined) wanted.push(sql`deduction.customer_number = ${customerNumber}`)
  if (status !== undefined) wanted.push(sql`deduction.status = ${status}`)
  if (route !== undefined) wanted.push(sql`route = ${route}`)
  if (verdict !== undefined) wanted.push(sql`verdict = ${verdict}`)
  if (after !== undefined) {
    const { sortedBy, id } = splitPosition(after)
    wanted.push(sql`(opened_at, deduction_id) < (${sortedBy}::text::timestamptz, ${id})`)
  }
  const rows = await tx.rows<DeductionView & { position: string }>(sql`
    select deduction_id as "deductionId", deduction.payment_id as "paymentId", payment_number as "paymentNumber",
      deduction.invoice_id as "invoiceId", invoice_number as "invoiceNumber",
      deduction.customer_number as "customerNumber", deduction.currency, deduction.amount_minor as "amountMinor",
      kind, code, reference, route, verdict, justified_minor as "justifiedMinor", evidence, alternatives,
      settled_minor as "settledMinor", closed_by as "closedBy", close_reason as "closeReason",
      policy_version as "policyVersion", deduction.status, opened_at as "openedAt", closed_at as "closedAt",
      opened_at::text || '|' || deduction_id as position
    from deduction
    join payment on payment.payment_id = deduction.payment_id
    join invoice on invoice.invoice_id = deduction.invoice_id
    where ${sql.join(wanted, sql` and `)}
    order by opened_at desc, deduction_id desc limit ${limit + 1}`)
  return cutPage(rows, limit)
}
