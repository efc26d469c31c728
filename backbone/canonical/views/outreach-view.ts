import { z } from 'zod'
import { DunningLevel, ReplyClass } from '../collections.ts'
import { MailKind } from '../customer-message.ts'
import { IsoMoment } from '../document.ts'
import { Currency, MinorUnits } from '../money.ts'

/** What becomes of a message to a customer after its approval. */
export const MessageStatus = z.enum([
  'queued',
  'sent',
  'failed',
  'in-doubt',
  'withdrawn',
  'bounced',
])
export type MessageStatus = z.infer<typeof MessageStatus>

/** A mail that came into a mailbox of ours. Its text is data: shown, never obeyed. */
export const MailReplyView = z
  .object({
    mailId: z.string(),
    connectionId: z.string(),
    kind: MailKind,
    sender: z.string(),
    subject: z.string(),
    content: z.string(),
    messageId: z.string().nullable(),
    tiedBy: z.enum(['message-id', 'address', 'sender']).nullable().meta({
      description: 'How the message it belongs to was found; null where nobody knows.',
    }),
    customerNumber: z.string().nullable(),
    replyClass: ReplyClass.nullable(),
    replyId: z.string().nullable().meta({
      description: 'The answer on the record of collections, which a person reads and acts on.',
    }),
    outcome: z.string().meta({ description: 'What was done at once because of it.' }),
    receivedAt: IsoMoment,
    takenAt: IsoMoment,
  })
  .meta({ id: 'MailReply' })
export type MailReplyView = z.infer<typeof MailReplyView>

/** A message to a customer, and what became of it. */
export const OutreachMessageView = z
  .object({
    messageId: z.string(),
    customerNumber: z.string(),
    currency: Currency,
    level: DunningLevel,
    purpose: z.enum(['reminder', 'copies']).meta({
      description: '`copies`: an answer to a customer who asked for them; no step of the ladder.',
    }),
    proposalId: z.string(),
    connectionId: z.string(),
    headerId: z.string().meta({ description: 'Message-ID of the mail, without brackets.' }),
    recipient: z.object({
      name: z.string().optional(),
      email: z.string(),
      role: z.string().optional(),
    }),
    language: z.string(),
    subject: z.string(),
    body: z.string(),
    invoiceNumbers: z.array(z.string()),
    amountMinor: MinorUnits,
    status: MessageStatus,
    statusReason: z.string().nullable(),
    actor: z.string(),
    queuedAt: IsoMoment,
    endedAt: IsoMoment.nullable(),
    replies: z
      .array(MailReplyView.pick({ mailId: true, kind: true, replyClass: true, receivedAt: true }))
      .meta({ description: 'Mails that came back about it, the first one first.' }),
  })
  .meta({ id: 'OutreachMessage' })
export type OutreachMessageView = z.infer<typeof OutreachMessageView>
