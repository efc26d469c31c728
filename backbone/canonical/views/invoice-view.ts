import { z } from 'zod'
import { IsoDate } from '../document.ts'
import { Currency, MinorUnits } from '../money.ts'

/** A bill and what of it is still open. */
export const InvoiceView = z
  .object({
    invoiceId: z.string(),
    invoiceNumber: z.string(),
    orderId: z.string(),
    orderNumber: z.string().nullable(),
    shipmentId: z.string().nullable(),
    customerNumber: z.string(),
    currency: Currency,
    totalMinor: MinorUnits,
    openMinor: MinorUnits,
    invoicedOn: IsoDate,
    dueOn: IsoDate,
    discountUntil: IsoDate.nullable(),
    discountMinor: MinorUnits,
    status: z.string(),
    documentId: z.string(),
  })
  .meta({ id: 'Invoice' })
export type InvoiceView = z.infer<typeof InvoiceView>
