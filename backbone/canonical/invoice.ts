import { z } from 'zod'
import { AllowanceCharge, DocumentHeader, IsoDate, PaymentTerms, Tax } from './document.ts'
import { Item } from './item.ts'
import { DecimalText, MinorUnits } from './money.ts'
import { Party } from './party.ts'
import { Quantity } from './uom.ts'

/** A line of an invoice: the quantity billed at its unit price. */
export const InvoiceLine = z.object({
  line: z.string().min(1).max(40),
  item: Item,
  quantity: Quantity,
  unitPrice: DecimalText,
  priceBasis: DecimalText.default('1'),
  lineAmountMinor: MinorUnits,
})
export type InvoiceLine = z.infer<typeof InvoiceLine>

/** What we bill (X12 810, UBL Invoice). Total = lines − allowances + charges + taxes. */
export const Invoice = DocumentHeader.extend({
  docType: z.literal('invoice'),
  invoiceNumber: z.string().min(1).max(60),
  invoicedOn: IsoDate,
  dueOn: IsoDate,
  orderNumber: z.string().min(1).max(60),
  purchaseOrderNumber: z.string().min(1).max(60),
  orderedOn: IsoDate.optional(),
  shipmentNumber: z.string().max(60).optional(),
  shippedOn: IsoDate.optional(),
  terms: PaymentTerms.optional(),
  parties: z.array(Party).default([]),
  lines: z.array(InvoiceLine).min(1).max(10_000),
  allowancesCharges: z.array(AllowanceCharge).default([]),
  taxes: z.array(Tax).default([]),
  linesTotalMinor: MinorUnits,
  totalMinor: MinorUnits,
})
export type Invoice = z.infer<typeof Invoice>
