import { CallerMistake } from '../../errors.ts'
import type { TenantTx } from '../../store/database.ts'
import { MessageDraft, MessagePayload } from '../outreach/message-payload.ts'
import {
  checkWords,
  messagePicture,
  messageRecords,
  openTotalMinor,
  sceneOfMessage,
} from '../outreach/message-picture.ts'
import { type MessageScene, type MessageWay, snapshotHash } from '../outreach/message-scene.ts'
import { queuedBefore, queueMail } from '../outreach/queue-mail.ts'
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

async function queueMessage(
  tx: TenantTx,
  { scene, payload, way }: { scene: MessageScene; payload: MessagePayload; way: MessageWay },
  execution: ActExecution,
): Promise<ActOutcome> {
  const { ledger, decided, company, timeZone } = scene
  const { customerNumber, currency, level, invoiceNumbers, subject, body } = payload
  return queueMail(
    tx,
    {
      ...{ customerNumber, currency, level, recipient: decided.contact, subject, body, company },
      ...{ purpose: 'reminder', replyId: null, way, timeZone, payload, invoiceNumbers },
      ...{ copies: invoiceNumbers, amountMinor: openTotalMinor(scene) },
      language: scene.snapshotOf(payload.asOf).language,
      oldestDays: Math.max(0, decided.oldestDays ?? 0),
      segment: ledger.segment,
      summary: `A message of level ${level} to ${customerNumber} was approved and waits to leave.`,
    },
    execution,
  )
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
  recordsNow: messageRecords,
  async execute(tx, payload, execution) {
    const known = await queuedBefore(tx, execution)
    if (known !== undefined) return known
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
