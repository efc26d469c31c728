import { type SQL, sql } from 'drizzle-orm'
import type { Evidence } from '../../canonical/decision.ts'
import type { DeductionView } from '../../canonical/views/payment-view.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** A deduction as people decide about it. */
export type DeductionRow = Pick<
  DeductionView,
  | 'deductionId'
  | 'paymentId'
  | 'paymentNumber'
  | 'invoiceId'
  | 'invoiceNumber'
  | 'customerNumber'
  | 'currency'
  | 'amountMinor'
  | 'kind'
  | 'code'
  | 'reference'
  | 'verdict'
  | 'justifiedMinor'
  | 'settledMinor'
  | 'status'
> & {
  readonly orderId: string
  readonly route: 'pricing' | 'logistics' | 'receivables'
  readonly evidence: readonly Evidence[]
}

async function deductionsWhere(tx: TenantTx, wanted: SQL): Promise<DeductionRow[]> {
  return tx.rows<DeductionRow>(sql`
    select deduction_id as "deductionId", deduction.payment_id as "paymentId", payment_number as "paymentNumber",
      deduction.invoice_id as "invoiceId", invoice_number as "invoiceNumber", invoice.order_id as "orderId",
      deduction.customer_number as "customerNumber", deduction.currency, deduction.amount_minor as "amountMinor",
      kind, code, reference, route, verdict, justified_minor as "justifiedMinor", settled_minor as "settledMinor",
      evidence, deduction.status
    from deduction
    join payment on payment.payment_id = deduction.payment_id
    join invoice on invoice.invoice_id = deduction.invoice_id
    where ${wanted} order by opened_at, deduction_id`)
}

/** A deduction; undefined when there is none. */
export async function readDeduction(
  tx: TenantTx,
  deductionId: string,
): Promise<DeductionRow | undefined> {
  return (await deductionsWhere(tx, sql`deduction_id = ${deductionId}`)).at(0)
}

/** A deduction, locked. The caller holds the order of its invoice. */
export async function lockDeduction(
  tx: TenantTx,
  deductionId: string,
): Promise<DeductionRow | undefined> {
  await tx.run(sql`select 1 from deduction where deduction_id = ${deductionId} for update`)
  return readDeduction(tx, deductionId)
}

/** What becomes of a deduction: so much of it is cleared by a credit (below zero: open again), and how it ends. */
export type DeductionMove = {
  readonly deductionId: string
  readonly settledMinor: number
  readonly status: 'open' | 'settled' | 'charged-back'
  readonly by: string
  readonly reason: string
}

/** Settles deductions, or opens them again. */
export async function moveDeductions(
  tx: TenantTx,
  moves: readonly DeductionMove[],
  at: string,
): Promise<void> {
  if (moves.length === 0) return
  await tx.run(sql`
    update deduction set settled_minor = deduction.settled_minor + row."settledMinor", status = row.status,
      closed_at = case when row.status = 'open' then null else ${at}::text::timestamptz end,
      closed_by = case when row.status = 'open' then null else row.by end,
      close_reason = case when row.status = 'open' then null else row.reason end
    from jsonb_to_recordset(${asJson(moves)}) as row("deductionId" text, "settledMinor" bigint, status text, by text,
      reason text)
    where deduction.deduction_id = row."deductionId"
      and deduction.deduction_id = any(${asTextList(moves.map((move) => move.deductionId))})
      and deduction.status <> 'withdrawn'`)
}

/** What a credit note gave back on a line of an invoice for its price. */
export type PriceCredited = {
  readonly invoiceId: string
  readonly line: string
  readonly netMinor: number
}

/** What deductions have had credited on the lines of invoices. */
export async function priceCredited(
  tx: TenantTx,
  invoiceIds: readonly string[],
): Promise<PriceCredited[]> {
  if (invoiceIds.length === 0) return []
  return tx.rows<PriceCredited>(sql`
    select invoice_id as "invoiceId", part.line, sum(part."netMinor")::bigint as "netMinor"
    from credit_note, jsonb_to_recordset(lines) as part(line text, "netMinor" bigint)
    where invoice_id = any(${asTextList(invoiceIds)}) and deduction_id is not null and status <> 'void'
    group by invoice_id, part.line`)
}

/** Units of invoice lines that came back and were credited as they were billed. */
export async function returnedUnits(
  tx: TenantTx,
  invoiceIds: readonly string[],
): Promise<{ readonly invoiceId: string; readonly line: string; readonly each: number }[]> {
  if (invoiceIds.length === 0) return []
  return tx.rows(sql`
    select invoice_id as "invoiceId", line, sum(accepted_each)::int as each
    from rma join rma_line using (tenant_id, return_id)
    where invoice_id = any(${asTextList(invoiceIds)}) and rma.status = 'credited' and accepted_each > 0
    group by invoice_id, line`)
}
