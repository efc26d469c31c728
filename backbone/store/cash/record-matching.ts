import { sql } from 'drizzle-orm'
import { newId } from '../../canonical/ids.ts'
import type { CashApplication, DeductionDraft } from '../../canonical/payment.ts'
import { askCreditReviews } from '../checks/credit-reviews.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** Money put to an invoice. */
export type NewApplication = {
  readonly paymentId: string
  readonly invoiceId: string
  readonly appliedMinor: number
  readonly takenMinor: number
  readonly discountMinor: number
  readonly writeOffMinor: number
  readonly feeMinor: number
  readonly fxDifferenceMinor: number
  readonly pass: number
  readonly appliedBy: string
  readonly reason: string
}

/** Records what money was put to which invoices; the invoices themselves are the orders' business. */
export async function recordApplications(
  tx: TenantTx,
  applications: readonly NewApplication[],
): Promise<void> {
  if (applications.length === 0) return
  await tx.run(sql`
    insert into payment_application (tenant_id, payment_id, invoice_id, applied_minor, taken_minor, discount_minor,
      write_off_minor, fee_minor, fx_difference_minor, pass, applied_by, reason)
    select ${tx.tenantId}, "paymentId", "invoiceId", "appliedMinor", "takenMinor", "discountMinor",
      "writeOffMinor", "feeMinor", "fxDifferenceMinor", pass, "appliedBy", reason
    from jsonb_to_recordset(${asJson(applications)}) as row(
      "paymentId" text, "invoiceId" text, "appliedMinor" bigint, "takenMinor" bigint, "discountMinor" bigint,
      "writeOffMinor" bigint, "feeMinor" bigint, "fxDifferenceMinor" bigint, pass int, "appliedBy" text,
      reason text)`)
}

/** How a payment stands after it was matched, or was found not to match. */
export type MatchedPayment = {
  readonly paymentId: string
  readonly unappliedMinor: number
  readonly customerNumber: string | null
  readonly postings: number
  readonly matching: unknown
  readonly isReversedBy?: string
}

/** Writes how payments stand. The caller holds their locks. */
export async function recordPaymentsMatched(
  tx: TenantTx,
  payments: readonly MatchedPayment[],
): Promise<void> {
  if (payments.length === 0) return
  await tx.run(sql`
    update payment set unapplied_minor = row."unappliedMinor", postings = greatest(payment.postings, row.postings), matching = row.matching,
      customer_number = coalesce(payment.customer_number, row."customerNumber"),
      reversed_by = coalesce(row."isReversedBy", payment.reversed_by),
      settled_at = case when row."unappliedMinor" <> 0 then null else coalesce(payment.settled_at, now()) end
    from jsonb_to_recordset(${asJson(payments)}) as row(
      "paymentId" text, "unappliedMinor" bigint, "customerNumber" text, postings int, matching jsonb,
      "isReversedBy" text)
    where payment.payment_id = row."paymentId"
      and payment.payment_id = any(${asTextList(payments.map((payment) => payment.paymentId))})`)
  // What stays on account gives its customer room as well; what pays invoices does so with their orders.
  await askCreditReviews(
    tx,
    payments.flatMap(({ customerNumber, unappliedMinor }) =>
      customerNumber === null || unappliedMinor <= 0 ? [] : { customerNumber, cause: 'money' },
    ),
  )
}

/** A deduction with what was found out about it. */
export type NewDeduction = {
  readonly deductionId: string
  readonly paymentId: string
  readonly invoiceId: string
  readonly customerNumber: string
  readonly currency: string
  readonly amountMinor: number
  readonly kind: string
  readonly code?: string
  readonly reference?: string
  readonly route: string
  readonly verdict: string
  readonly justifiedMinor: number
  readonly evidence: readonly unknown[]
  readonly alternatives: readonly unknown[]
  readonly policyVersion: string
}

/** A deduction with what was settled of it at once. */
export type OpenedDeduction = NewDeduction & {
  readonly settledMinor: number
  readonly status: 'open' | 'settled'
  readonly closedBy?: string
  readonly closeReason?: string
}

/** Opens deductions; one that is settled whole is closed at once. */
export async function openDeductions(
  tx: TenantTx,
  deductions: readonly OpenedDeduction[],
  at: string,
): Promise<void> {
  if (deductions.length === 0) return
  await tx.run(sql`
    insert into deduction (tenant_id, deduction_id, payment_id, invoice_id, customer_number, currency, amount_minor,
      kind, code, reference, route, verdict, justified_minor, evidence, alternatives, policy_version, settled_minor,
      status, closed_at, closed_by, close_reason)
    select ${tx.tenantId}, "deductionId", "paymentId", "invoiceId", "customerNumber", currency, "amountMinor",
      kind, code, reference, route, verdict, "justifiedMinor", evidence, alternatives, "policyVersion", "settledMinor",
      status, case when status <> 'open' then ${at}::text::timestamptz end, "closedBy", "closeReason"
    from jsonb_to_recordset(${asJson(deductions)}) as row(
      "deductionId" text, "paymentId" text, "invoiceId" text, "customerNumber" text, currency text,
      "amountMinor" bigint, kind text, code text, reference text, route text, verdict text,
      "justifiedMinor" bigint, evidence jsonb, alternatives jsonb, "policyVersion" text, "settledMinor" bigint,
      status text, "closedBy" text, "closeReason" text)`)
}

/** Invoices a person may put a payment to. */
export type NewCashProposal = {
  readonly paymentId: string
  readonly candidateId: string
  readonly pass: number
  readonly kind: string
  readonly confidencePercent: number
  readonly summary: string
  readonly applications: readonly CashApplication[]
  readonly deductions: readonly DeductionDraft[]
  readonly evidence: readonly unknown[]
  readonly policyVersion: string
}

/** Puts what payments could be put to in the place of what was proposed for them before. */
export async function replaceProposals(
  tx: TenantTx,
  paymentIds: readonly string[],
  proposals: readonly NewCashProposal[],
): Promise<void> {
  await closeProposals(tx, paymentIds)
  if (proposals.length === 0) return
  const rows = proposals.map((proposal) => ({ proposalId: newId('csp'), ...proposal }))
  await tx.run(sql`
    insert into cash_proposal (tenant_id, proposal_id, payment_id, candidate_id, pass, kind, confidence_percent,
      summary, applications, deductions, evidence, policy_version)
    select ${tx.tenantId}, "proposalId", "paymentId", "candidateId", pass, kind, "confidencePercent",
      summary, applications, deductions, evidence, "policyVersion"
    from jsonb_to_recordset(${asJson(rows)}) as row(
      "proposalId" text, "paymentId" text, "candidateId" text, pass int, kind text, "confidencePercent" int,
      summary text, applications jsonb, deductions jsonb, evidence jsonb, "policyVersion" text)`)
}

/** Closes what is still proposed for payments. */
export async function closeProposals(tx: TenantTx, paymentIds: readonly string[]): Promise<void> {
  if (paymentIds.length === 0) return
  await tx.run(sql`
    update cash_proposal set status = 'superseded', decided_at = now()
    where payment_id = any(${asTextList(paymentIds)}) and status = 'open'`)
}

/** An account or name that turned out to be a customer's. */
export type LearnedPayer = {
  readonly payerKey: string
  readonly customerNumber: string
  readonly paymentId: string
  readonly learnedFrom: 'match' | 'person'
}

/**
 * Learns payers. What a person confirmed stands; an account or name that matches have shown to pay for several
 * customers (a group's treasury, a payment service) says nothing of whose money it is.
 */
export async function learnPayers(tx: TenantTx, learned: readonly LearnedPayer[]): Promise<void> {
  if (learned.length === 0) return
  const once = [...new Map(learned.map((payer) => [payer.payerKey, payer])).values()]
  await tx.run(sql`
    insert into payer_account (tenant_id, payer_key, customer_number, payment_id, learned_from)
    select ${tx.tenantId}, "payerKey", "customerNumber", "paymentId", "learnedFrom"
    from jsonb_to_recordset(${asJson(once)}) as row(
      "payerKey" text, "customerNumber" text, "paymentId" text, "learnedFrom" text)
    order by "payerKey"
    on conflict (tenant_id, payer_key) do update set confirmations = payer_account.confirmations + 1,
      customer_number = case when excluded.learned_from = 'person' and payer_account.learned_from <> 'person'
        then excluded.customer_number else payer_account.customer_number end,
      learned_from = case
        when 'person' in (payer_account.learned_from, excluded.learned_from) then 'person'
        when payer_account.customer_number = excluded.customer_number then payer_account.learned_from
        else 'several' end`)
}

/** A small difference written off (or, below zero, taken back) for a customer. */
export type SmallDifference = {
  readonly customerNumber: string
  readonly month: string
  readonly currency: string
  readonly amountMinor: number
  /** Bank fees borne, counted the same way. */
  readonly feeMinor: number
}

/** Adds small differences to the customers' months. */
export async function addSmallDifferences(
  tx: TenantTx,
  differences: readonly SmallDifference[],
): Promise<void> {
  if (differences.length === 0) return
  await tx.run(sql`
    insert into small_difference_month (tenant_id, customer_number, month, currency, written_off_minor, fee_minor)
    select ${tx.tenantId}, "customerNumber", month, currency, sum("amountMinor"), sum("feeMinor")
    from jsonb_to_recordset(${asJson(differences)}) as row(
      "customerNumber" text, month date, currency text, "amountMinor" bigint, "feeMinor" bigint)
    group by "customerNumber", month, currency
    order by "customerNumber", month, currency
    on conflict (tenant_id, customer_number, month, currency) do update set
      written_off_minor = small_difference_month.written_off_minor + excluded.written_off_minor,
      fee_minor = small_difference_month.fee_minor + excluded.fee_minor`)
}
