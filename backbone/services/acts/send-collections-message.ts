import { createHash } from 'node:crypto'
import { CustomerMessage } from '../../canonical/customer-message.ts'
import { newId } from '../../canonical/ids.ts'
import { CallerMistake } from '../../errors.ts'
import { enqueueCalls } from '../../flows/outbox/enqueue-calls.ts'
import type { TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import { insertMessage, transactionOfMessage } from '../../store/outreach/message-rows.ts'
import { invoicesToCopy } from '../outreach/invoice-copies.ts'
import { MessageDraft, MessagePayload } from '../outreach/message-payload.ts'
import {
  checkWords,
  messagePicture,
  openTotalMinor,
  sceneOfMessage,
} from '../outreach/message-picture.ts'
import { type MessageScene, type MessageWay, snapshotHash } from '../outreach/message-scene.ts'
import type { Act, ActExecution, ActOutcome } from './act.ts'

const refused = (message: string): ActOutcome => ({ status: 'refused', message })

// Line ends as a form sends them are no change of words.
const plainLines = (text: string): string => text.replaceAll(/\r\n?/g, '\n')

async function withDraft(
  tx: TenantTx,
  payload: MessagePayload,
  changed: Readonly<Record<string, unknown>>,
): Promise<MessagePayload> {
  const draft = MessageDraft.safeParse({ ...draftOf(payload), ...changed })
  if (!draft.success)
    throw new CallerMistake(422, 'draft-rejected', 'A message has a subject and a text.')
  const scene = await sceneOfMessage(tx, payload)
  if ('gone' in scene) throw new CallerMistake(409, 'message-gone', scene.gone)
  const words = { subject: plainLines(draft.data.subject), body: plainLines(draft.data.body) }
  const { faults } = checkWords(scene, words, payload.asOf)
  if (faults.length === 0)
    return { ...payload, ...words, snapshotHash: snapshotHash(scene.snapshotOf(payload.asOf)) }
  throw new CallerMistake(
    422,
    'draft-rejected',
    'The text says what the ledger does not say, or what a message must not say.',
    { faults: faults.length },
    faults.slice(0, 50).map(({ kind, quote, text }) => ({
      path: draft.data.subject.includes(quote) ? 'subject' : 'body',
      message: `${kind}: ${quote}: ${text}`,
    })),
  )
}

const draftOf = ({ subject, body }: MessagePayload): MessageDraft => ({ subject, body })

/** The Message-ID of an effect, the same for every try of it. */
function headerIdOf(effectKey: string, { settings }: MessageWay): string {
  const digest = createHash('sha256').update(effectKey).digest('hex').slice(0, 32)
  return `${digest}@${settings.from.slice(settings.from.lastIndexOf('@') + 1)}`
}

async function queueMessage(
  tx: TenantTx,
  { scene, payload, way }: { scene: MessageScene; payload: MessagePayload; way: MessageWay },
  { proposalId, actor, effectKey, queue }: ActExecution,
): Promise<ActOutcome> {
  const { ledger, decided, company, timeZone } = scene
  const { customerNumber, currency, level, invoiceNumbers, subject, body } = payload
  const messageId = newId('out')
  const now = await databaseNow(tx)
  const document = CustomerMessage.safeParse({
    docType: 'customer-message',
    messageId,
    headerId: headerIdOf(effectKey, way),
    customerNumber,
    recipient: decided.contact,
    language: scene.snapshotOf(payload.asOf).language,
    subject,
    body,
    company,
    invoices: await invoicesToCopy(tx, invoiceNumbers),
    writtenAt: now,
  })
  if (!document.success) return refused('The contact has no e-mail address that can be written to.')
  const { recipient, headerId, language } = document.data
  const amountMinor = openTotalMinor(scene)
  const isQueued = await insertMessage(tx, {
    ...{ messageId, customerNumber, currency, level, proposalId, effectKey, headerId, recipient },
    ...{ language, subject, body, invoiceNumbers, amountMinor, timeZone, payload, actor, now },
    connectionId: way.connectionId,
    oldestDays: Math.max(0, decided.oldestDays ?? 0),
    segment: ledger.segment,
  })
  if (!isQueued) return refused('Another message to this customer is on its way.')
  const idempotencyKey = keyOf(effectKey)
  await enqueueCalls(tx, queue, [
    {
      operation: 'customer.message',
      connectionId: way.connectionId,
      document: document.data,
      naturalKey: messageId,
      orderingKey: messageId,
      idempotencyKey,
      amountMinor,
    },
  ])
  const summary = `A message of level ${level} to ${customerNumber} was approved and waits to leave.`
  const event = { customerNumber, messageId, proposalId, level, invoiceNumbers }
  await appendTenantEvents(tx, [{ kind: 'message.queued', actor, summary, body: event }], now)
  return requested(await transactionOfMessage(tx, idempotencyKey))
}

const keyOf = (effectKey: string): string => `message:${effectKey}`

function requested(transactionId: string | undefined): ActOutcome {
  return {
    status: 'requested',
    message: 'The message is handed to the mail connection.',
    transactionIds: transactionId === undefined ? [] : [transactionId],
  }
}

/** The act of writing to a customer about open invoices: made by code from the ledger, changed by people only. */
export const sendCollectionsMessage: Act<MessagePayload> = {
  kind: 'send-collections-message',
  payload: MessagePayload,
  edit: { fields: MessageDraft, draftOf, apply: withDraft },
  async picture(tx, payload) {
    const scene = await sceneOfMessage(tx, payload)
    return 'gone' in scene ? scene : messagePicture(scene, payload)
  },
  async execute(tx, payload, execution) {
    const known = await transactionOfMessage(tx, keyOf(execution.effectKey))
    if (known !== undefined) return requested(known)
    const scene = await sceneOfMessage(tx, payload)
    if ('gone' in scene) return refused(scene.gone)
    if (snapshotHash(scene.snapshotOf(payload.asOf)) !== payload.snapshotHash)
      return refused('The ledger has changed since the message was written.')
    const { way } = scene
    if (way === undefined)
      return refused(
        'There is no connection for messages: set one up of kind outreach-mail and propose it anew.',
      )
    return queueMessage(tx, { scene, payload, way }, execution)
  },
}
