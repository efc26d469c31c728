import { z } from 'zod'
import {
  ContactChannel,
  ContactMade,
  DunningLevel,
  ReplyClass,
  StopKind,
} from '../canonical/collections.ts'
import { IsoDate, IsoMoment } from '../canonical/document.ts'
import { Currency, MinorUnits } from '../canonical/money.ts'

const CustomerNumber = z.string().trim().min(1).max(40)
const InvoiceNumbers = z.array(z.string().min(1).max(60)).max(500).default([])
const NoteText = z.string().trim().max(2_000).default('')

/** A promise to pay as a person records it. */
export const PromiseDraft = z.object({
  customerNumber: CustomerNumber,
  currency: Currency.optional().meta({ description: "The customer's own unless said." }),
  amountMinor: MinorUnits.min(1),
  promisedOn: IsoDate,
  invoiceNumbers: InvoiceNumbers.meta({ description: 'The oldest ones when it names none.' }),
  replyId: z.string().max(120).optional(),
  note: NoteText,
})
export type PromiseDraft = z.infer<typeof PromiseDraft>

/** A dispute as a person records it. */
export const DisputeDraft = z.object({
  invoiceNumber: z.string().min(1).max(60),
  instalment: z.int().min(1).max(60).optional(),
  amountMinor: MinorUnits.min(1)
    .optional()
    .meta({ description: 'All that is open of the invoice unless said.' }),
  code: z.string().min(1).max(2).meta({ description: 'X12 element 426.' }),
  replyId: z.string().max(120).optional(),
  note: NoteText,
})
export type DisputeDraft = z.infer<typeof DisputeDraft>

/** A stop as a person places it. */
export const StopDraft = z.object({
  customerNumber: CustomerNumber,
  kind: StopKind,
  reason: z.string().trim().min(1).max(500),
  until: IsoDate.optional().meta({ description: 'Last day; until it is lifted unless said.' }),
})
export type StopDraft = z.infer<typeof StopDraft>

/** A contact as a person records it. */
export const ContactDraft = z.object({
  customerNumber: CustomerNumber,
  currency: Currency.optional().meta({ description: "The customer's own unless said." }),
  channel: ContactChannel,
  level: DunningLevel,
  isReply: z.boolean().default(false),
  outcome: ContactMade.shape.outcome.default('sent'),
  addressee: ContactMade.shape.addressee.default({}),
  invoiceNumbers: InvoiceNumbers.meta({ description: 'All that is late unless said.' }),
  note: NoteText,
  madeAt: IsoMoment.optional().meta({ description: 'Now unless said; never in the future.' }),
})
export type ContactDraft = z.infer<typeof ContactDraft>

/** An answer of a customer as it is recorded. */
export const ReplyDraft = z.object({
  customerNumber: CustomerNumber,
  channel: ContactChannel,
  sender: z.string().max(254).default(''),
  content: z.string().min(1).max(20_000),
  receivedAt: IsoMoment.optional().meta({ description: 'Now unless said; never in the future.' }),
})
export type ReplyDraft = z.infer<typeof ReplyDraft>

/** That a person has read an answer, and what it takes it for where the reading was wrong. */
export const ReplyRead = z.object({ replyClass: ReplyClass.optional() })
