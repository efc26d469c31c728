import { sql } from 'drizzle-orm'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import type { CashCandidateView, UnappliedView } from '../../canonical/views/payment-view.ts'
import { asTextList, type TenantTx } from '../database.ts'
import { listPayments } from '../reading/list-payments.ts'

type MatchingRow = { readonly paymentId: string; readonly matching: UnappliedView['matching'] }

/** Money that is not matched whole, the newest first, one page, with why not and what it could be for. */
export async function listUnapplied(
  tx: TenantTx,
  filter: { readonly customerNumber?: string | undefined },
  page: PageQuery,
): Promise<Page<UnappliedView>> {
  const payments = await listPayments(tx, { ...filter, isUnapplied: true }, page)
  const ids = asTextList(payments.items.map((payment) => payment.paymentId))
  const matchings = await tx.rows<MatchingRow>(
    sql`select payment_id as "paymentId", matching from payment where payment_id = any(${ids})`,
  )
  const candidates = await tx.rows<CashCandidateView & { paymentId: string }>(sql`
    select payment_id as "paymentId", proposal_id as "proposalId", candidate_id as "candidateId", pass, kind,
      confidence_percent as "confidencePercent", summary, applications, evidence
    from cash_proposal where payment_id = any(${ids}) and status = 'open'
    order by payment_id, confidence_percent desc, proposal_id`)
  const matchingOf = new Map(matchings.map((row) => [row.paymentId, row.matching]))
  const items = payments.items.map((payment) => ({
    ...payment,
    matching: matchingOf.get(payment.paymentId) ?? null,
    candidates: candidates
      .filter((candidate) => candidate.paymentId === payment.paymentId)
      .map(({ paymentId, ...candidate }) => candidate),
  }))
  return { ...payments, items }
}
