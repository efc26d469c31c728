import { createHash } from 'node:crypto'
import { CustomerMessage } from '../../canonical/customer-message.ts'
import { newId } from '../../canonical/ids.ts'
import { enqueueCalls } from '../../flows/outbox/enqueue-calls.ts'
import type { TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import {
  insertMessage,
  type NewMessage,
  transactionOfMessage,
} from '../../store/outreach/message-rows.ts'
import type { ActExecution, ActOutcome } from '../acts/act.ts'
import { invoicesToCopy } from './invoice-copies.ts'
import type { MessageWay } from './message-scene.ts'

/** A mail to a customer that was approved, as it is to be queued. */
export type ApprovedMail = Pick<
  NewMessage,
  | 'customerNumber'
  | 'currency'
  | 'level'
  | 'purpose'
  | 'replyId'
  | 'language'
  | 'subject'
  | 'body'
  | 'invoiceNumbers'
  | 'amountMinor'
  | 'oldestDays'
  | 'segment'
  | 'timeZone'
  | 'payload'
> & {
  readonly recipient: unknown
  readonly company: string
  /** Invoices that copies go with it of. */
  readonly copies: readonly string[]
  readonly way: MessageWay
  readonly summary: string
}

const keyOf = (effectKey: string): string => `message:${effectKey}`

/** The Message-ID of an effect, the same for every try of it. */
function headerIdOf(effectKey: string, { settings }: MessageWay): string {
  const digest = createHash('sha256').update(effectKey).digest('hex').slice(0, 32)
  return `${digest}@${settings.from.slice(settings.from.lastIndexOf('@') + 1)}`
}

const requested = (transactionId: string | undefined): ActOutcome => ({
  status: 'requested',
  message: 'The message is handed to the mail connection.',
  transactionIds: transactionId === undefined ? [] : [transactionId],
})

/** What an earlier try of the same effect has handed over already. */
export async function queuedBefore(
  tx: TenantTx,
  { effectKey }: ActExecution,
): Promise<ActOutcome | undefined> {
  const known = await transactionOfMessage(tx, keyOf(effectKey))
  return known === undefined ? undefined : requested(known)
}

const refused = (message: string): ActOutcome => ({ status: 'refused', message })

/** Hands an approved mail to the outbox: its row, its call and its event in one transaction. */
export async function queueMail(
  tx: TenantTx,
  mail: ApprovedMail,
  { proposalId, actor, effectKey, queue }: ActExecution,
): Promise<ActOutcome> {
  const { way, company, copies, recipient: contact, summary, ...content } = mail
  const { customerNumber, subject, body, language, level, invoiceNumbers, amountMinor } = content
  const messageId = newId('out')
  const now = await databaseNow(tx)
  const document = CustomerMessage.safeParse({
    ...{ docType: 'customer-message', messageId, headerId: headerIdOf(effectKey, way) },
    ...{ customerNumber, recipient: contact, language, subject, body, company, writtenAt: now },
    invoices: await invoicesToCopy(tx, copies),
  })
  if (!document.success) return refused('The contact has no e-mail address that can be written to.')
  const { recipient, headerId } = document.data
  const isQueued = await insertMessage(tx, {
    ...{ ...content, messageId, proposalId, effectKey, headerId, recipient, actor, now },
    connectionId: way.connectionId,
  })
  if (!isQueued) return refused('Another message to this customer is on its way.')
  await enqueueCalls(tx, queue, [
    {
      ...{ operation: 'customer.message', connectionId: way.connectionId, amountMinor },
      ...{ document: document.data, naturalKey: messageId, orderingKey: messageId },
      idempotencyKey: keyOf(effectKey),
    },
  ])
  const event = { customerNumber, messageId, proposalId, level, invoiceNumbers }
  await appendTenantEvents(tx, [{ kind: 'message.queued', actor, summary, body: event }], now)
  return requested(await transactionOfMessage(tx, keyOf(effectKey)))
}
