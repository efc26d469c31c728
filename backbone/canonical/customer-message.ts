import { z } from 'zod'
import { IsoMoment } from './document.ts'
import { Invoice } from './invoice.ts'

/** A message to a customer as it leaves by mail, approved word for word, with copies of the invoices it names. */
export const CustomerMessage = z.object({
  docType: z.literal('customer-message'),
  messageId: z.string(),
  /** Message-ID of every try, without its brackets: answers and bounces refer to it. */
  headerId: z.string(),
  customerNumber: z.string(),
  recipient: z.object({
    name: z.string().max(200).optional(),
    email: z.email().max(254),
    role: z.string().max(40).optional(),
  }),
  language: z.string(),
  subject: z.string(),
  body: z.string(),
  /** The company that writes. */
  company: z.string(),
  invoices: z.array(Invoice).max(20),
  writtenAt: IsoMoment,
})
export type CustomerMessage = z.infer<typeof CustomerMessage>

/** What a mail is before anybody has looked at its words. */
export const MailKind = z.enum(['reply', 'auto-reply', 'bounce', 'delay'])
export type MailKind = z.infer<typeof MailKind>

/** A mail as it was read: plain text without markup and without what nobody sees, capped. All of it is data. */
export const IncomingMail = z.object({
  kind: MailKind,
  sender: z.string().max(254),
  subject: z.string().max(300),
  text: z.string().max(20_000),
  /** Message-IDs it refers to, without brackets, the nearest first. */
  refersTo: z.array(z.string().max(300)).max(60),
  /** Addresses it was written to. */
  writtenTo: z.array(z.string().max(254)).max(60),
  /** Of a bounce: who could not be reached, and the status of RFC 3463. */
  failed: z
    .object({
      recipient: z.string().max(254).optional(),
      status: z.string().max(20).optional(),
      diagnosis: z.string().max(500),
    })
    .optional(),
  /** When it was written, as it says itself. */
  writtenAt: IsoMoment.optional(),
})
export type IncomingMail = z.infer<typeof IncomingMail>

/** The code of a message whose recipient the mail server does not know. */
export const recipientRefused = 'RECIPIENT_REFUSED'
