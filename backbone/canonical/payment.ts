import { z } from 'zod'
import { DocumentHeader, IsoDate } from './document.ts'
import { Currency, MinorUnits } from './money.ts'
import { Party } from './party.ts'

/** What a payer says one invoice gets (X12 820 RMR, camt RmtInf). Amounts in minor units. */
export const RemittanceLine = z.object({
  invoiceNumber: z.string().min(1).max(60),
  paidMinor: MinorUnits,
  discountMinor: MinorUnits.default(0),
  deductionMinor: MinorUnits.default(0),
  deductionCode: z.string().max(10).optional(),
  /**
   * An adjustment as the payer signed it (X12 ADX01); `paidMinor` is then the amount before it. Its sign is
   * read by the version of the format: below zero it takes money off, but in X12 003030 above zero does.
   */
  adjustmentMinor: MinorUnits.optional(),
  /** The invoice's currency, where it is not the payment's. */
  currency: Currency.optional(),
  /** What the line settles in the invoice's currency, where that is not the payment's. */
  settlesMinor: MinorUnits.optional(),
})
export type RemittanceLine = z.infer<typeof RemittanceLine>

/** Money that arrived, with what it is for. `paymentNumber` is unique per bank account. */
export const Payment = DocumentHeader.extend({
  docType: z.literal('payment'),
  paymentNumber: z.string().min(1).max(80),
  method: z.enum(['ach', 'wire', 'check', 'card', 'other']).default('other'),
  bookedOn: IsoDate,
  valueOn: IsoDate.optional(),
  amountMinor: MinorUnits,
  payer: Party.optional(),
  /** The account the money came from, as the bank states it: an IBAN, or bank and account number. */
  payerAccount: z.string().trim().min(4).max(60).optional(),
  /** Money of a payer abroad, on whose way banks may keep a fee. */
  isForeign: z.boolean().optional(),
  /** Charges the banks kept on the way, where they state them. */
  bankChargesMinor: MinorUnits.min(0).optional(),
  /** Text of the remittance as the bank passed it on. */
  remittanceText: z.string().max(4000).optional(),
  remittance: z.array(RemittanceLine).default([]),
  /** Money taken back: a returned direct debit, a bounced cheque, a charge-back. */
  isReversal: z.boolean().default(false),
  /** The payment that a reversal takes back. */
  reversesPayment: z.string().min(1).max(80).optional(),
})
export type Payment = z.infer<typeof Payment>

/** Money put to one invoice, and what of its open amount is let go with it. */
export const CashApplication = z.object({
  invoiceId: z.string(),
  invoiceNumber: z.string(),
  /** What the invoice's open amount falls by in money, in the invoice's currency. */
  appliedMinor: MinorUnits,
  /** What the payment's unapplied money falls by, in the payment's currency. */
  takenMinor: MinorUnits,
  discountMinor: MinorUnits,
  /** Small difference, to the small-difference account. */
  writeOffMinor: MinorUnits,
  /** Fee kept by a bank on the way, to bank charges. */
  feeMinor: MinorUnits,
  /** Gain (above zero) or loss by the exchange rate, in the payment's currency. */
  fxDifferenceMinor: MinorUnits,
  reason: z.string(),
})
export type CashApplication = z.infer<typeof CashApplication>

/** What a payer kept back of an invoice, to be settled with the customer. */
export const DeductionDraft = z.object({
  invoiceId: z.string(),
  invoiceNumber: z.string(),
  customerNumber: z.string(),
  currency: Currency,
  amountMinor: MinorUnits,
  /** X12 element 426; absent when the payer gave no reason. */
  code: z.string().exactOptional(),
  kind: z.enum(['short-pay', 'unearned-discount', 'credit-taken']),
  /** The credit or claim the payer names. */
  reference: z.string().exactOptional(),
  route: z.enum(['pricing', 'logistics', 'receivables']),
})
export type DeductionDraft = z.infer<typeof DeductionDraft>
