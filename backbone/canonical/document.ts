import { z } from 'zod'
import { Currency, DecimalText, MinorUnits } from './money.ts'

/** A calendar day, YYYY-MM-DD, in the time zone of the party that wrote it. */
export const IsoDate = z.iso.date()
export type IsoDate = z.infer<typeof IsoDate>

/** A moment in UTC, ISO 8601 with Z. */
export const IsoMoment = z.iso.datetime({ offset: true })
export type IsoMoment = z.infer<typeof IsoMoment>

/** What a document wants: X12 element 353 and its siblings in the trade's words. */
export const Purpose = z.enum([
  'original',
  'cancel',
  'change',
  'replace',
  'confirmation',
  'duplicate',
])
export type Purpose = z.infer<typeof Purpose>

/** A number that points at another document or thing (contract, quote, release, bill of lading …). */
export const Reference = z.object({
  qualifier: z.string().min(1).max(40),
  value: z.string().min(1).max(200),
  line: z.string().max(40).optional(),
})
export type Reference = z.infer<typeof Reference>

/** Free text of a document. It is data: shown quoted, never obeyed. */
export const Note = z.object({
  qualifier: z.string().max(20).optional(),
  language: z.string().max(10).optional(),
  text: z.string().max(4000),
})
export type Note = z.infer<typeof Note>

/** Something the document said that we did not map, with where it stood: nothing is lost on the way. */
export const Unmapped = z.object({
  position: z.string().max(120),
  content: z.string().max(8000),
})
export type Unmapped = z.infer<typeof Unmapped>

/** How and from whom a document reached us: channel metadata, never part of the business content. */
export const SourceEnvelope = z.object({
  format: z.string().max(40),
  formatVersion: z.string().max(40).optional(),
  sender: z.string().max(120).optional(),
  receiver: z.string().max(120).optional(),
  interchangeControlNumber: z.string().max(40).optional(),
  groupControlNumber: z.string().max(40).optional(),
  transactionControlNumber: z.string().max(40).optional(),
  /** The sender's own key of the document's object, for example the shop's order id. */
  objectKey: z.string().max(120).optional(),
  /** The sender's own key of the customer, for example the shop's customer id. */
  customerKey: z.string().max(120).optional(),
  /** The exact moment of issue where the sender gave one. */
  issuedAt: IsoMoment.optional(),
  /** The sender's version of the object, ordered as text (an ISO moment) where the sender gives one. */
  version: z.string().max(60).optional(),
})
export type SourceEnvelope = z.infer<typeof SourceEnvelope>

/** What a tax amount is made of (UNCL5305 category, rate in percent). */
export const Tax = z.object({
  category: z.string().max(10).default('S'),
  ratePercent: DecimalText.optional(),
  amountMinor: MinorUnits,
  jurisdiction: z.string().max(120).optional(),
})
export type Tax = z.infer<typeof Tax>

/** An allowance (money off) or charge (money on) of a document or line; the amount is never negative. */
export const AllowanceCharge = z.object({
  kind: z.enum(['allowance', 'charge']),
  code: z.string().max(20).optional(),
  description: z.string().max(200).optional(),
  amountMinor: MinorUnits.min(0),
  percent: DecimalText.optional(),
})
export type AllowanceCharge = z.infer<typeof AllowanceCharge>

// X12 ITD01 09: due on a fixed day of a month after the invoice's; an invoice after the cut-off day belongs to the next month.
const Proximo = z.object({
  dayOfMonth: z.int().min(1).max(31),
  months: z.int().min(1).max(12).default(1),
  cutOffDay: z.int().min(1).max(31).optional(),
})

// Thirds are written 33.33: a tenth of a percent is allowed, the rest is shared out by largest remainder.
const isWhole = (instalments: readonly { readonly percent: string }[]): boolean =>
  Math.abs(instalments.reduce((sum, { percent }) => sum + Number(percent), 0) - 100) <= 0.1

/** When payment is due (X12 ITD): net days, and an early-payment discount where there is one. */
export const PaymentTerms = z.object({
  netDays: z.int().min(0).optional(),
  discountPercent: DecimalText.optional(),
  discountDays: z.int().min(0).optional(),
  /** Net days run `from` the end of the invoice's month, or run from the invoice and last `to` the end of the month they fall in. */
  endOfMonth: z.enum(['from', 'to']).optional(),
  proximo: Proximo.optional(),
  /** The total is due in parts, each some days after the invoice. */
  instalments: z
    .array(z.object({ percent: DecimalText, netDays: z.int().min(0).max(3_660) }))
    .min(2)
    .max(60)
    .refine(isWhole, 'the percentages of the instalments do not add up to 100')
    .optional(),
  text: z.string().max(200).optional(),
})
export type PaymentTerms = z.infer<typeof PaymentTerms>

/** What every canonical document carries. */
export const DocumentHeader = z.object({
  purpose: Purpose.default('original'),
  issuedOn: IsoDate.optional(),
  currency: Currency,
  isTest: z.boolean().default(false),
  references: z.array(Reference).default([]),
  notes: z.array(Note).default([]),
  source: SourceEnvelope.optional(),
  unknown: z.array(Unmapped).default([]),
})
export type DocumentHeader = z.infer<typeof DocumentHeader>
