import { recipientRefused } from '../canonical/customer-message.ts'
import { newId } from '../canonical/ids.ts'
import type { TenantTx } from '../store/database.ts'
import { appendTenantEvents, databaseNow } from '../store/events.ts'
import { dropCalls } from '../store/outbox/replay-calls.ts'
import {
  type EndedMessage,
  endMessages,
  lastOutcomes,
  type MessageEnd,
  stopForDoubt,
} from '../store/outreach/end-messages.ts'
import { notWanted } from './outbox/call.ts'
import type { FinishedCall } from './outbox/outbound-intent.ts'

function endOf({ naturalKey: messageId, result }: FinishedCall, lastOutcome: string): MessageEnd {
  const none = { messageId, contactId: null, contactOutcome: null }
  const contact = (contactOutcome: 'sent' | 'bounced') => ({
    messageId,
    contactId: newId('dct'),
    contactOutcome,
  })
  if (result.status === 'succeeded') return { ...contact('sent'), status: 'sent', reason: null }
  if (result.status === 'dropped')
    return { ...none, status: 'withdrawn', reason: `${result.actor}: ${result.reason}` }
  const { code, message: reason } = result
  if (code === notWanted) return { ...none, status: 'withdrawn', reason }
  if (code === recipientRefused) return { ...contact('bounced'), status: 'bounced', reason }
  return { ...none, status: lastOutcome === 'unknown' ? 'in-doubt' : 'failed', reason }
}

const sentences: Readonly<Record<MessageEnd['status'], (message: EndedMessage) => string>> = {
  sent: ({ customerNumber, email, level, purpose }) =>
    purpose === 'copies'
      ? `The copies for ${customerNumber} have left for ${email}.`
      : `The message of level ${level} to ${customerNumber} has left for ${email}.`,
  failed: ({ customerNumber }) => `The message to ${customerNumber} could not be sent.`,
  'in-doubt': ({ customerNumber }) =>
    `It is not known whether the message to ${customerNumber} has left; it is not sent again.`,
  withdrawn: ({ customerNumber }) =>
    `The message to ${customerNumber} was withdrawn before it left.`,
  bounced: ({ customerNumber, email }) =>
    `The message to ${customerNumber} was not taken: ${email} does not exist there.`,
}

/**
 * What follows when calls with messages to customers end: what left is a contact on the ladder, what was not taken
 * flags the address, what nobody knows stops the house until a person has looked.
 */
export async function finishMessages(tx: TenantTx, calls: readonly FinishedCall[]): Promise<void> {
  const own = calls.filter(({ operation }) => operation === 'customer.message')
  if (own.length === 0) return
  const now = await databaseNow(tx)
  const outcomes = await lastOutcomes(
    tx,
    own.map(({ transactionId }) => transactionId),
  )
  const ends = own.map((call) => endOf(call, outcomes.get(call.transactionId) ?? ''))
  const endById = new Map(ends.map((end) => [end.messageId, end]))
  const ended = (await endMessages(tx, ends, now)).flatMap((message) => {
    const end = endById.get(message.messageId)
    return end === undefined ? [] : [{ message, end }]
  })
  await stopForDoubt(
    tx,
    ended
      .filter(({ end }) => end.status === 'in-doubt')
      .map(({ message: { messageId, customerNumber } }) => ({
        stopId: newId('stp'),
        customerNumber,
        reason: `It is not known whether message ${messageId} has left: find out before writing again.`,
      })),
    now,
  )
  await appendTenantEvents(
    tx,
    ended.map(({ message, end: { status, reason, contactId } }) => ({
      kind: `message.${status}`,
      actor: 'outbox',
      summary: `${sentences[status](message)}${reason === null ? '' : ` ${reason}`}`,
      body: { ...message, contactId, reason },
    })),
    now,
  )
  const withdrawn = own.filter(
    ({ result }) => result.status === 'failed' && result.code === notWanted,
  )
  // Not a failed call that somebody has to look at: it is over.
  await dropCalls(tx, {
    transactionIds: withdrawn.map(({ transactionId }) => transactionId),
    reason: 'Withdrawn: what the message rested on has changed.',
    now,
  })
}
