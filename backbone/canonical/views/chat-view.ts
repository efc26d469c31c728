import { z } from 'zod'
import { ChatEvent } from '../chat.ts'
import { IsoMoment } from '../document.ts'

/** A conversation as a line of its owner's list. */
export const ChatThreadSummary = z
  .object({
    threadId: z.string(),
    /** The first words of its first message. */
    title: z.string(),
    messageCount: z.int(),
    createdAt: IsoMoment,
    changedAt: IsoMoment,
  })
  .meta({ id: 'ChatThreadSummary' })
export type ChatThreadSummary = z.infer<typeof ChatThreadSummary>

/** One message of a conversation; an answer with its tables, cards and sources as they were told. */
export const ChatMessage = z
  .object({
    messageId: z.string(),
    author: z.enum(['person', 'assistant']),
    text: z.string(),
    events: z.array(ChatEvent),
    /** `stopped`: by its reader, or because the process went away in the middle of it. */
    status: z.enum(['complete', 'answering', 'stopped', 'failed']),
    runId: z.string().nullable(),
    createdAt: IsoMoment,
  })
  .meta({ id: 'ChatMessage' })
export type ChatMessage = z.infer<typeof ChatMessage>

/** A conversation with a page of what was said in it, oldest first; the first page is the newest. */
export const ChatThread = ChatThreadSummary.extend({
  messages: z.array(ChatMessage),
  nextCursor: z
    .string()
    .nullable()
    .meta({ description: 'Where what was said before begins; null when this is all.' }),
}).meta({ id: 'ChatThread' })
export type ChatThread = z.infer<typeof ChatThread>
