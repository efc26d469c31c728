import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { day, minor, moment } from './columns.ts'

/** What a payer kept back of an invoice; the invoice stays open by it until it is settled. */
export const deductionTable = pgTable(
  'deduction',
  {
    tenantId: text('tenant_id').notNull(),
    deductionId: text('deduction_id').notNull(),
    paymentId: text('payment_id').notNull(),
    invoiceId: text('invoice_id').notNull(),
    customerNumber: text('customer_number').notNull(),
    currency: text('currency').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    kind: text('kind').notNull(),
    /** X12 element 426. */
    code: text('code'),
    /** The credit or claim the payer names. */
    reference: text('reference'),
    route: text('route').notNull(),
    /** `unchecked`, `valid`, `partly-valid` or `invalid`, with the evidence and what is proposed. */
    verdict: text('verdict').notNull().default('unchecked'),
    justifiedMinor: minor('justified_minor').notNull().default(0),
    evidence: jsonb('evidence').notNull().default([]),
    alternatives: jsonb('alternatives').notNull().default([]),
    policyVersion: text('policy_version').notNull(),
    /**
     * `open`, `settled` by a credit, `charged-back` when the customer owes it after all, or `withdrawn` when the
     * payment was taken back.
     */
    status: text('status').notNull().default('open'),
    /** What credits have cleared of it. */
    settledMinor: minor('settled_minor').notNull().default(0),
    openedAt: moment('opened_at').notNull().defaultNow(),
    closedAt: moment('closed_at'),
    closedBy: text('closed_by'),
    closeReason: text('close_reason'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.deductionId] }),
    index('deduction_by_payment').on(table.tenantId, table.paymentId),
    index('deduction_by_invoice').on(table.tenantId, table.invoiceId),
    index('deduction_by_customer').on(table.tenantId, table.customerNumber, table.status),
    index('deduction_by_age').on(table.tenantId, table.openedAt, table.deductionId),
  ],
)

/** Which customer pays from an account or under a name, as learned from confirmed matches. */
export const payerAccountTable = pgTable(
  'payer_account',
  {
    tenantId: text('tenant_id').notNull(),
    /** `account:IBAN` or `name:SPELLED NAME`. */
    payerKey: text('payer_key').notNull(),
    customerNumber: text('customer_number').notNull(),
    confirmations: integer('confirmations').notNull().default(1),
    /** The payment that taught it first. */
    paymentId: text('payment_id').notNull(),
    /** `match`, `person`, or `several` when matches have shown that it pays for several customers. */
    learnedFrom: text('learned_from').notNull(),
    learnedAt: moment('learned_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.payerKey] }),
    index('payer_account_by_customer').on(table.tenantId, table.customerNumber),
  ],
)

/** Invoices a payment could be put to, until a person decides or the money is gone. */
export const cashProposalTable = pgTable(
  'cash_proposal',
  {
    tenantId: text('tenant_id').notNull(),
    proposalId: text('proposal_id').notNull(),
    paymentId: text('payment_id').notNull(),
    candidateId: text('candidate_id').notNull(),
    pass: integer('pass').notNull(),
    kind: text('kind').notNull(),
    confidencePercent: integer('confidence_percent').notNull(),
    summary: text('summary').notNull(),
    applications: jsonb('applications').notNull(),
    deductions: jsonb('deductions').notNull().default([]),
    evidence: jsonb('evidence').notNull().default([]),
    policyVersion: text('policy_version').notNull(),
    /** `open`, `applied` or `superseded`. */
    status: text('status').notNull().default('open'),
    createdAt: moment('created_at').notNull().defaultNow(),
    decidedAt: moment('decided_at'),
    decidedBy: text('decided_by'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.proposalId] }),
    uniqueIndex('cash_proposal_by_payment')
      .on(table.tenantId, table.paymentId, table.candidateId)
      .where(sql`status = 'open'`),
    index('cash_proposal_of_payment').on(table.tenantId, table.paymentId, table.status),
  ],
)

/** Small differences written off for a customer in a month. */
export const smallDifferenceTable = pgTable(
  'small_difference_month',
  {
    tenantId: text('tenant_id').notNull(),
    customerNumber: text('customer_number').notNull(),
    /** First day of the month. */
    month: day('month').notNull(),
    currency: text('currency').notNull(),
    writtenOffMinor: minor('written_off_minor').notNull().default(0),
    /** Bank fees borne for the customer. */
    feeMinor: minor('fee_minor').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.customerNumber, table.month, table.currency] }),
  ],
)

/** Money that had been put to an invoice and was taken back, with what was let go for it. */
export const takenBackTable = pgTable(
  'payment_taken_back',
  {
    tenantId: text('tenant_id').notNull(),
    takenBackId: text('taken_back_id').notNull(),
    paymentId: text('payment_id').notNull(),
    invoiceId: text('invoice_id').notNull(),
    appliedMinor: minor('applied_minor').notNull(),
    discountMinor: minor('discount_minor').notNull(),
    writeOffMinor: minor('write_off_minor').notNull(),
    feeMinor: minor('fee_minor').notNull(),
    pass: integer('pass'),
    appliedBy: text('applied_by').notNull(),
    appliedAt: moment('applied_at').notNull(),
    /** The reversal of the bank; absent when a person put a wrong match right. */
    reversalPaymentId: text('reversal_payment_id'),
    takenBackBy: text('taken_back_by').notNull(),
    reason: text('reason').notNull(),
    takenBackAt: moment('taken_back_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.takenBackId] }),
    index('payment_taken_back_by_payment').on(table.tenantId, table.paymentId),
    index('payment_taken_back_by_time').on(table.tenantId, table.takenBackAt),
  ],
)
