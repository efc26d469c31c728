import { z } from 'zod'
import { IsoDate } from './document.ts'
import { Currency, MinorUnits } from './money.ts'

/** A line of a credit note: what of an invoice line is given back. */
const CreditNoteLine = z.object({
  line: z.string(),
  sku: z.string().optional(),
  quantityEach: z.int().min(0).optional(),
  netMinor: MinorUnits,
  taxMinor: MinorUnits,
  /** Restocking fee, taken off. */
  feeMinor: MinorUnits,
})

/** What we give back to a customer for goods or a price, as the ERP and the buyer get it. Total = net + tax − fee. */
export const CreditNote = z.object({
  docType: z.literal('credit-note'),
  creditNoteNumber: z.string(),
  customerNumber: z.string(),
  currency: Currency,
  issuedOn: IsoDate,
  invoiceNumber: z.string(),
  orderNumber: z.string(),
  purchaseOrderNumber: z.string(),
  returnNumber: z.string().optional(),
  /** X12 element 426. */
  reasonCode: z.string().optional(),
  lines: z.array(CreditNoteLine),
  netMinor: MinorUnits,
  taxMinor: MinorUnits,
  feeMinor: MinorUnits,
  totalMinor: MinorUnits,
})
export type CreditNote = z.infer<typeof CreditNote>

/** What of a credit note was put to which invoices, as the ERP's ledger gets it. `postingNumber` is the natural key. */
export const CreditPosting = z.object({
  docType: z.literal('credit-posting'),
  postingNumber: z.string(),
  creditNoteNumber: z.string(),
  customerNumber: z.string(),
  currency: Currency,
  postedOn: IsoDate,
  applications: z.array(
    z.object({
      invoiceNumber: z.string(),
      /** Below zero where an earlier posting is undone. */
      appliedMinor: MinorUnits,
    }),
  ),
  /** What of the credit note is open after it. */
  openMinor: MinorUnits,
  /** The number of the posting that this one undoes. */
  reversesPosting: z.string().optional(),
})
export type CreditPosting = z.infer<typeof CreditPosting>
