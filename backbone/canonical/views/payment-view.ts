import { z } from 'zod'
import { Alternative, Evidence } from '../decision.ts'
import { IsoDate, IsoMoment } from '../document.ts'
import { Currency, MinorUnits } from '../money.ts'
import { CashApplication } from '../payment.ts'

/** Which invoice got how much of a payment, and why. */
export const PaymentApplication = z
  .object({
    invoiceId: z.string(),
    invoiceNumber: z.string(),
    appliedMinor: MinorUnits,
    discountMinor: MinorUnits,
    /** Small difference written off, and a fee that a bank kept. */
    writeOffMinor: MinorUnits,
    feeMinor: MinorUnits,
    /** Which of the eight passes matched it; null on money of before. */
    pass: z.int().nullable(),
    /** `cash-matching`, or the person who chose it. */
    appliedBy: z.string(),
    reason: z.string(),
    at: IsoMoment,
  })
  .meta({ id: 'PaymentApplication' })
export type PaymentApplication = z.infer<typeof PaymentApplication>

/** Money that arrived and what of it is matched. */
export const PaymentView = z
  .object({
    paymentId: z.string(),
    paymentNumber: z.string(),
    connectionId: z.string(),
    documentId: z.string(),
    customerNumber: z.string().nullable(),
    currency: Currency,
    amountMinor: MinorUnits,
    unappliedMinor: MinorUnits,
    bookedOn: IsoDate,
    isReversal: z.boolean(),
    receivedAt: IsoMoment,
    applications: z.array(PaymentApplication),
  })
  .meta({ id: 'Payment' })
export type PaymentView = z.infer<typeof PaymentView>

/** What matching says of a payment as the books stand now, and why the earlier passes did not match. */
const Matching = z
  .object({
    decision: z.enum(['accept', 'propose', 'hold', 'refuse']).optional(),
    kind: z.string(),
    pass: z.int().optional(),
    tried: z
      .array(z.object({ pass: z.int(), name: z.string(), isMatched: z.boolean(), why: z.string() }))
      .default([]),
    evidence: z.array(Evidence).default([]),
    alternatives: z.array(Alternative).default([]),
    policyVersion: z.string().optional(),
  })
  .meta({ id: 'CashMatching' })

/** Invoices that unapplied money could be put to: `POST /v1/cash/{paymentId}/apply` with its id does it. */
const CashCandidateView = z
  .object({
    candidateId: z.string(),
    /** The proposal kept of it; null when the books have come to it since. */
    proposalId: z.string().nullable(),
    pass: z.int(),
    kind: z.string(),
    confidencePercent: z.int(),
    summary: z.string(),
    applications: z.array(CashApplication),
    evidence: z.array(Evidence),
  })
  .meta({ id: 'CashCandidate' })
export type CashCandidateView = z.infer<typeof CashCandidateView>

/** Money that is not matched whole, with why not and what it could be for, the best candidate first. */
export const UnappliedView = PaymentView.extend({
  matching: Matching.nullable(),
  candidates: z.array(CashCandidateView),
}).meta({ id: 'UnappliedPayment' })
export type UnappliedView = z.infer<typeof UnappliedView>

/** What a payer kept back of an invoice, and whether it was right to. */
export const DeductionView = z
  .object({
    deductionId: z.string(),
    paymentId: z.string(),
    paymentNumber: z.string(),
    invoiceId: z.string(),
    invoiceNumber: z.string(),
    customerNumber: z.string(),
    currency: Currency,
    amountMinor: MinorUnits,
    kind: z.enum(['short-pay', 'unearned-discount', 'credit-taken']),
    /** X12 element 426. */
    code: z.string().nullable(),
    reference: z.string().nullable(),
    route: z.string(),
    verdict: z.enum(['unchecked', 'valid', 'partly-valid', 'invalid']),
    justifiedMinor: MinorUnits,
    evidence: z.array(Evidence),
    alternatives: z.array(Alternative),
    policyVersion: z.string(),
    /** What credits have cleared of it. */
    settledMinor: MinorUnits,
    status: z.enum(['open', 'settled', 'charged-back', 'withdrawn']),
    openedAt: IsoMoment,
    closedAt: IsoMoment.nullable(),
    closedBy: z.string().nullable(),
    closeReason: z.string().nullable(),
  })
  .meta({ id: 'Deduction' })
export type DeductionView = z.infer<typeof DeductionView>

const Rate = z.string().nullable()

/** The figures of cash application in one currency; rates in percent, null without anything to count. */
const CashFiguresView = z
  .object({
    currency: Currency,
    payments: z.int(),
    paymentRate: Rate.meta({ description: 'Payments matched whole by rule, of all payments.' }),
    paymentRateByValue: Rate.meta({ description: 'Money matched by rule, of all money.' }),
    invoiceLines: z.int(),
    invoiceLineRate: Rate.meta({
      description: 'Remittance lines matched by rule, of all: the honest rate.',
    }),
    medianSecondsToApply: z.number().nullable(),
    p95SecondsToApply: z.number().nullable(),
    unappliedMinor: MinorUnits,
    unappliedByAge: z.array(
      z.object({ bucket: z.string(), amountMinor: MinorUnits, payments: z.int() }),
    ),
    wrongApplicationRate: Rate.meta({
      description: 'Matches that a person took back, of all matches.',
    }),
  })
  .meta({ id: 'CashFigures' })

/** The figures of cash application over payments booked in a period, currency by currency. */
export const CashKpiView = z
  .object({ from: IsoDate, to: IsoDate, currencies: z.array(CashFiguresView) })
  .meta({ id: 'CashKpi' })
export type CashKpiView = z.infer<typeof CashKpiView>
