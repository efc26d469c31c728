import { z } from 'zod'
import { DunningLevel } from '../../canonical/collections.ts'
import { IsoDate } from '../../canonical/document.ts'
import { Currency } from '../../canonical/money.ts'

/** What a person may change of a message before it is approved. */
export const MessageDraft = z.object({
  subject: z.string().trim().min(1).max(200),
  body: z.string().trim().min(1).max(6_000),
})
export type MessageDraft = z.infer<typeof MessageDraft>

/** A message to a customer as it is approved: the words, and the state of the ledger they were made from. */
export const MessagePayload = MessageDraft.extend({
  customerNumber: z.string().min(1).max(40),
  currency: Currency,
  level: DunningLevel,
  /** The day its figures are of. */
  asOf: IsoDate,
  invoiceNumbers: z.array(z.string().min(1).max(60)).min(1).max(500),
  /** Digest of every fact the words may use, as they stood. */
  snapshotHash: z.string().max(80),
})
export type MessagePayload = z.infer<typeof MessagePayload>
