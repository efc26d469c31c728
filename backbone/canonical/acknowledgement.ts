import { z } from 'zod'
import { DocumentHeader, IsoDate } from './document.ts'
import { Item } from './item.ts'
import { DecimalText } from './money.ts'
import { Party } from './party.ts'
import { Quantity } from './uom.ts'

/** What we answer to a line (X12 element 668 in the trade's words). */
export const LineAnswer = z.enum([
  'accepted',
  'backordered',
  'quantity-changed',
  'price-changed',
  'date-changed',
  'changed',
  'substituted',
  'rejected',
  'deleted',
  'on-hold',
])
export type LineAnswer = z.infer<typeof LineAnswer>

/** One answer to a part of a line; the quantities of a line's answers sum to what was ordered. */
export const LineStatus = z.object({
  answer: LineAnswer,
  quantity: Quantity,
  unitPrice: DecimalText.optional(),
  promisedOn: IsoDate.optional(),
  reason: z.string().max(300).optional(),
  substitute: Item.optional(),
})
export type LineStatus = z.infer<typeof LineStatus>

/** A line of an acknowledgement, with what was ordered and what we answer. */
export const AcknowledgementLine = z.object({
  line: z.string().min(1).max(40),
  item: Item,
  ordered: Quantity,
  orderedUnitPrice: DecimalText.optional(),
  statuses: z.array(LineStatus).min(1),
})
export type AcknowledgementLine = z.infer<typeof AcknowledgementLine>

/** Our answer to a purchase order (X12 855, cXML ConfirmationRequest, Peppol order response). */
export const Acknowledgement = DocumentHeader.extend({
  docType: z.literal('acknowledgement'),
  acknowledgementNumber: z.string().min(1).max(60),
  purchaseOrderNumber: z.string().min(1).max(60),
  releaseNumber: z.string().max(60).optional(),
  orderNumber: z.string().min(1).max(60),
  /** Of an answer that takes the place of an earlier one: the revision of our order. */
  revision: z.int().min(1).optional(),
  answer: z.enum(['accepted', 'accepted-with-changes', 'rejected', 'duplicate']),
  orderedOn: IsoDate.optional(),
  reason: z.string().max(300).optional(),
  parties: z.array(Party).default([]),
  lines: z.array(AcknowledgementLine).default([]),
})
export type Acknowledgement = z.infer<typeof Acknowledgement>
