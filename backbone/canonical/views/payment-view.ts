import { z } from 'zod'
import { IsoDate, IsoMoment } from '../document.ts'
import { Currency, MinorUnits } from '../money.ts'

/** Which invoice got how much of a payment, and why. */
export const PaymentApplication = z
  .object({
    invoiceId: z.string(),
    invoiceNumber: z.string(),
    appliedMinor: MinorUnits,
    discountMinor: MinorUnits,
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
