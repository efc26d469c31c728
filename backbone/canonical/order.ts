import { z } from 'zod'
import {
  AllowanceCharge,
  DocumentHeader,
  IsoDate,
  Note,
  PaymentTerms,
  Reference,
  Tax,
  Unmapped,
} from './document.ts'
import { Item } from './item.ts'
import { DecimalText, MinorUnits } from './money.ts'
import { Party } from './party.ts'
import { Quantity } from './uom.ts'

/** One line of an order. `line` is text as the buyer wrote it: "001" is not "1". */
export const OrderLine = z.object({
  line: z.string().min(1).max(40),
  item: Item,
  quantity: Quantity,
  /** Price of one `priceBasis` units of the ordered unit of measure; absent when the buyer sent none. */
  unitPrice: DecimalText.optional(),
  /** How many units the price is for (X12 CTP/PE, UBL BaseQuantity); 1 unless said otherwise. */
  priceBasis: DecimalText.default('1'),
  requestedOn: IsoDate.optional(),
  shipTo: Party.optional(),
  allowancesCharges: z.array(AllowanceCharge).default([]),
  taxes: z.array(Tax).default([]),
  references: z.array(Reference).default([]),
  notes: z.array(Note).default([]),
  unknown: z.array(Unmapped).default([]),
})
export type OrderLine = z.infer<typeof OrderLine>

/** A purchase order as the buyer sent it. */
export const Order = DocumentHeader.extend({
  docType: z.literal('order'),
  purchaseOrderNumber: z.string().min(1).max(60),
  /** Release of a blanket order: part of the order's identity. */
  releaseNumber: z.string().max(60).optional(),
  parties: z.array(Party).default([]),
  requestedOn: IsoDate.optional(),
  terms: PaymentTerms.optional(),
  /** All lines leave together or not at all. */
  isShipComplete: z.boolean().default(false),
  allowancesCharges: z.array(AllowanceCharge).default([]),
  taxes: z.array(Tax).default([]),
  /** The total the buyer wrote on the order, where there is one. */
  statedTotalMinor: MinorUnits.optional(),
  lines: z.array(OrderLine).min(1).max(10_000),
})
export type Order = z.infer<typeof Order>

/** What a change does to one line (X12 860 POC02: AI, DI, QI/QD, PC, CT, CA, RZ). */
export const LineChange = z.object({
  action: z.enum(['add', 'delete', 'quantity', 'price', 'dates', 'change', 'replace']),
  line: z.string().min(1).max(40),
  item: Item.optional(),
  quantity: Quantity.optional(),
  unitPrice: DecimalText.optional(),
  requestedOn: IsoDate.optional(),
  unknown: z.array(Unmapped).default([]),
})
export type LineChange = z.infer<typeof LineChange>

/**
 * A buyer's change of an order already sent. `purpose` cancel withdraws the whole order, change applies
 * `changes`, replace puts `replacement` in its place (what a shop's updated order is).
 */
export const OrderChange = DocumentHeader.extend({
  docType: z.literal('order-change'),
  purchaseOrderNumber: z.string().min(1).max(60),
  releaseNumber: z.string().max(60).optional(),
  /** Number of this change in the life of the order, 1 first; a gap makes later changes wait. */
  revision: z.int().min(1).optional(),
  reason: z.string().max(200).optional(),
  parties: z.array(Party).default([]),
  changes: z.array(LineChange).default([]),
  replacement: Order.optional(),
})
export type OrderChange = z.infer<typeof OrderChange>
