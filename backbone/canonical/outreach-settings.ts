import { z } from 'zod'

const Port = z.int().min(1).max(65_535)

/** Where messages to customers are handed over: to a mail server, or into a folder of this machine. */
const Deliver = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('smtp'),
    host: z.string().min(1),
    port: Port.default(587),
    /** TLS from the first byte (port 465); otherwise STARTTLS where the server offers it. */
    secure: z.boolean().default(false),
    /** Name to log in with; its password is the connection's secret. */
    user: z.string().min(1).optional(),
  }),
  z.object({ method: z.literal('folder'), path: z.string().min(1) }),
])

/** The mailbox that answers come into; its password is the connection's secret. */
const Inbox = z.object({
  host: z.string().min(1),
  port: Port.default(993),
  secure: z.boolean().default(true),
  user: z.string().min(1),
  mailbox: z.string().min(1).default('INBOX'),
})

/** How a tenant writes to its customers by mail, and where their answers come in. */
export const OutreachSettings = z.object({
  from: z.email(),
  fromName: z.string().min(1).max(120).optional(),
  /** Where answers go; the sender's own address unless said. */
  replyTo: z.email().optional(),
  /** The mail server takes `name+anything@`: answers and bounces then name the message they belong to. */
  usesPlusAddress: z.boolean().default(false),
  deliver: Deliver,
  /** Absent: nobody reads answers here. */
  inbox: Inbox.optional(),
})
export type OutreachSettings = z.infer<typeof OutreachSettings>

/** The kind of a connection that messages to customers leave by. */
export const outreachKind = 'outreach-mail'

/** The address answers to one message come to. */
export function answerAddress(
  { from, replyTo = from, usesPlusAddress }: OutreachSettings,
  messageId: string,
): string {
  const at = replyTo.lastIndexOf('@')
  return usesPlusAddress ? `${replyTo.slice(0, at)}+${messageId}${replyTo.slice(at)}` : replyTo
}

/** The message an address names behind its plus sign, if it does. */
export function messageOfAddress(address: string): string | undefined {
  return /\+(out_[0-9a-z]+)@/i.exec(address)?.[1]?.toLowerCase()
}
