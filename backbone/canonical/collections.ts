import { z } from 'zod'
import { IsoDate, IsoMoment } from './document.ts'
import { Currency, MinorUnits } from './money.ts'

/** A part of an invoice that is still open; dunning works on these, not on whole invoices. */
export const LedgerRow = z
  .object({
    invoiceNumber: z.string(),
    /** 1 for the only or first part. */
    instalment: z.int().min(1),
    invoicedOn: IsoDate,
    dueOn: IsoDate,
    amountMinor: MinorUnits,
    openMinor: MinorUnits,
  })
  .meta({ id: 'LedgerRow' })
export type LedgerRow = z.infer<typeof LedgerRow>

/** How somebody was reached. */
export const ContactChannel = z.enum(['email', 'phone', 'letter', 'portal', 'message'])
export type ContactChannel = z.infer<typeof ContactChannel>

/** The steps of the dunning ladder: 0 is courtesy before the due date, 5 the decision about agency or court. */
export const DunningLevel = z.int().min(0).max(5)
export type DunningLevel = z.infer<typeof DunningLevel>

/** A contact with a customer about open invoices, as it was recorded. */
export const ContactMade = z
  .object({
    contactId: z.string(),
    currency: Currency,
    channel: ContactChannel,
    level: DunningLevel,
    /** An answer to the customer's own message: it does not count against the limits. */
    isReply: z.boolean(),
    outcome: z.enum(['sent', 'reached', 'not-reached', 'bounced']),
    addressee: z.object({
      name: z.string().max(200).optional(),
      email: z.string().max(254).optional(),
      phone: z.string().max(60).optional(),
      role: z.string().max(40).optional(),
    }),
    invoiceNumbers: z.array(z.string().max(60)),
    amountMinor: MinorUnits,
    note: z.string(),
    madeAt: IsoMoment,
    /** The day where the customer is. */
    madeOn: IsoDate,
    recordedBy: z.string(),
  })
  .meta({ id: 'ContactMade' })
export type ContactMade = z.infer<typeof ContactMade>

/** Why a customer is not contacted by the house of itself. */
export const StopKind = z.enum([
  'do-not-contact',
  'insolvency',
  'litigation',
  'deceased',
  'payment-in-process',
  'bounced-address',
  'contact-change',
  'other',
])
export type StopKind = z.infer<typeof StopKind>

/** What an answer of a customer is taken for; not knowing is an answer. */
export const ReplyClass = z.enum([
  'promise',
  'paid-claim',
  'dispute',
  'copy-request',
  'wrong-contact',
  'hardship',
  'out-of-office',
  'legal',
  'stop-contact',
  'unknown',
])
export type ReplyClass = z.infer<typeof ReplyClass>

/** What becomes of a promise to pay. */
export const PromiseStatus = z.enum(['pending', 'kept', 'broken', 'cancelled'])
export type PromiseStatus = z.infer<typeof PromiseStatus>

/** Who looks into a dispute. */
export const DisputeRoute = z.enum([
  'pricing',
  'logistics',
  'quality',
  'billing',
  'tax',
  'sales',
  'collections',
])
export type DisputeRoute = z.infer<typeof DisputeRoute>
