import { sql } from 'drizzle-orm'
import type { CashApplication, DeductionDraft, Payment } from '../../canonical/payment.ts'
import { asTextList, type TenantTx } from '../database.ts'

/** Invoices a payment could be put to, as kept. */
export type CashProposalRow = {
  readonly proposalId: string
  readonly paymentId: string
  readonly candidateId: string
  readonly pass: number
  readonly kind: string
  readonly confidencePercent: number
  readonly summary: string
  readonly applications: readonly CashApplication[]
  readonly deductions: readonly DeductionDraft[]
  readonly policyVersion: string
  readonly status: 'open' | 'applied' | 'superseded'
  readonly decidedBy: string | null
}

/** The newest proposal of a payment under its own id or its candidate's. */
export async function findProposal(
  tx: TenantTx,
  paymentId: string,
  id: string,
): Promise<CashProposalRow | undefined> {
  const [row] = await tx.rows<CashProposalRow>(sql`
    select proposal_id as "proposalId", payment_id as "paymentId", candidate_id as "candidateId", pass, kind,
      confidence_percent as "confidencePercent", summary, applications, deductions,
      policy_version as "policyVersion", status, decided_by as "decidedBy"
    from cash_proposal
    where payment_id = ${paymentId} and (proposal_id = ${id} or candidate_id = ${id})
    order by status = 'open' desc, coalesce(decided_at, created_at) desc, proposal_id desc limit 1`)
  return row
}

/** Marks a proposal as carried out by a person. */
export async function markApplied(
  tx: TenantTx,
  proposalId: string,
  decidedBy: string,
): Promise<void> {
  await tx.run(sql`
    update cash_proposal set status = 'applied', decided_at = now(), decided_by = ${decidedBy}
    where proposal_id = ${proposalId}`)
}

/** The documents that payments were reported by. */
export async function paymentDocuments(
  tx: TenantTx,
  paymentIds: readonly string[],
): Promise<
  {
    readonly paymentId: string
    readonly documentId: string
    readonly partnerId: string | null
    readonly traceParent: string | null
    readonly canonical: Payment
  }[]
> {
  return tx.rows(sql`
    select payment.payment_id as "paymentId", document.document_id as "documentId",
      connection.partner_id as "partnerId", document.trace_parent as "traceParent", document.canonical
    from payment
    join document on document.document_id = payment.document_id
    join connection on connection.connection_id = document.connection_id
    where payment.payment_id = any(${asTextList(paymentIds)})`)
}

/** The orders of invoices. */
export async function ordersOfInvoices(
  tx: TenantTx,
  invoiceIds: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ order_id: string }>(
    sql`select distinct order_id from invoice where invoice_id = any(${asTextList(invoiceIds)})`,
  )
  return rows.map((row) => row.order_id)
}
