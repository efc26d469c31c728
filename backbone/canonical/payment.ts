import { z } from 'zod'
import { DocumentHeader, IsoDate } from './document.ts'
import { MinorUnits } from './money.ts'
import { Party } from './party.ts'

/** What a payer says one invoice gets (X12 820 RMR, camt RmtInf). Amounts in minor units. */
export const RemittanceLine = z.object({
  invoiceNumber: z.string().min(1).max(60),
  paidMinor: MinorUnits,
  discountMinor: MinorUnits.default(0),
  deductionMinor: MinorUnits.default(0),
  deductionCode: z.string().max(10).optional(),
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
  /** Text of the remittance as the bank passed it on. */
  remittanceText: z.string().max(4000).optional(),
  remittance: z.array(RemittanceLine).default([]),
  isReversal: z.boolean().default(false),
})
export type Payment = z.infer<typeof Payment>
