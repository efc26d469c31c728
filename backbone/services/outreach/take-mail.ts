import { createHash } from 'node:crypto'
import type { ReplyClass } from '../../canonical/collections.ts'
import type { IncomingMail } from '../../canonical/customer-message.ts'
import { newId } from '../../canonical/ids.ts'
import { messageOfAddress } from '../../canonical/outreach-settings.ts'
import { CallerMistake, RetryLater } from '../../errors.ts'
import type { TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import { noteBounce } from '../../store/outreach/end-messages.ts'
import {
  insertMail,
  type MailTie,
  mailboxPlace,
  recordMail,
  saveMailboxPlace,
  tieOfMail,
} from '../../store/outreach/mail-rows.ts'
import type { Act } from '../collections-acts.ts'
import { placeStop, recordReply } from '../collections-contacts.ts'
import { openLedgerSetting } from '../collections-ledger.ts'
import type { ApprovalTools } from '../proposals/approval-desk.ts'
import { candidateIdOf } from '../proposals/effect.ts'
import { propose } from '../proposals/propose.ts'
import type { CopiesPayload } from './copies-scene.ts'

/** A mail out of a mailbox: where it lay, when it came, and what was read; nothing where it could not be read. */
type MailArrival = {
  readonly uid: number
  readonly arrivedAt: Date
  readonly source: Uint8Array
  readonly mail: IncomingMail | undefined
}

type Taken = {
  readonly replyId: string | null
  readonly replyClass: ReplyClass | null
  readonly outcome: string
}

const nothing = (outcome: string): Taken => ({ replyId: null, replyClass: null, outcome })

/** Has copies that a customer asks for proposed; says so, or nothing where none can be. */
type PrepareCopies = (
  act: Act,
  reply: { readonly customerNumber: string; readonly replyId: string },
) => Promise<string | undefined>

const mailbox = { kind: 'agent', id: 'agent:mailbox', name: 'mailbox' } as const

function copiesPreparer(tools: ApprovalTools): PrepareCopies {
  return ({ tx }, { customerNumber, replyId }) =>
    tx
      .attempt(async (inner) => {
        const payload: CopiesPayload = { customerNumber, replyId }
        const kind = 'send-invoice-copies'
        await propose(inner, tools, {
          ...{ tenantId: inner.tenantId, subject: { kind: 'customer', id: customerNumber } },
          ...{ kinds: [kind], candidateId: candidateIdOf(inner.tenantId, kind, payload) },
          requestedBy: mailbox,
          // What a customer wrote has led to it: a person looks, whatever the policy lets pass.
          agent: { agent: 'mailbox', isTainted: true },
        })
        return 'Copies are prepared; a person decides about them.'
      })
      .catch((error: unknown) => {
        // Nothing to copy, or too much waits already: a person reads the answer all the same.
        if (error instanceof CallerMistake) return undefined
        throw error
      })
}

async function takeBounce(
  { tx, now, actor }: Act,
  mail: IncomingMail,
  { messageId, customerNumber }: MailTie,
): Promise<Taken> {
  const { recipient = '', status = '', diagnosis = '' } = mail.failed ?? {}
  const reason = `It came back${status === '' ? '' : ` with ${status}`}: ${diagnosis}`.slice(0, 500)
  const isNew = messageId !== null && (await noteBounce(tx, messageId, reason))
  if (!isNew) return nothing('It is noted.')
  const summary = `The message to ${customerNumber} came back: a person finds the right address first.`
  const body = { customerNumber, messageId, recipient, status }
  await appendTenantEvents(tx, [{ kind: 'message.bounced', actor, summary, body }], now)
  return nothing('The address is flagged; a person finds the right one.')
}

// The answer our List-Unsubscribe asks for; also by hand.
const stopSubject = /^(stop|unsubscribe)\b/i

async function takeAnswer(
  act: Act,
  mail: IncomingMail,
  tie: MailTie,
  arrivedAt: Date,
): Promise<Taken> {
  const { customerNumber } = tie
  const isStopBySubject = stopSubject.test(mail.subject)
  const words = mail.text === '' ? mail.subject : mail.text
  const reply = await recordReply(act, {
    customerNumber,
    channel: 'email',
    sender: mail.sender,
    content:
      (isStopBySubject && mail.text !== '' ? `${mail.subject}.\n${words}` : words) || '(empty)',
    receivedAt: arrivedAt.toISOString(),
  })
  const { replyId, replyClass, reading } = reply
  const isStop =
    mail.kind === 'reply' &&
    (isStopBySubject || replyClass === 'stop-contact' || reading.also.includes('stop-contact'))
  if (!isStop) return { replyId, replyClass, outcome: 'A person reads it.' }
  await placeStop(act, {
    customerNumber,
    kind: 'do-not-contact',
    reason: `The customer asked by mail (${replyId}) not to be written to.`,
  })
  return { replyId, replyClass, outcome: 'No more is written until a person lifts the stop.' }
}

async function consequences(
  act: Act,
  mail: IncomingMail,
  tie: MailTie | undefined,
  arrivedAt: Date,
): Promise<Taken> {
  if (mail.kind === 'delay') return nothing('The mail servers still try.')
  if (tie === undefined) return nothing('Nobody knows whose it is: a person looks.')
  return mail.kind === 'bounce' ? takeBounce(act, mail, tie) : takeAnswer(act, mail, tie, arrivedAt)
}

const unreadable: IncomingMail = {
  ...{ kind: 'reply', sender: '', subject: '(unreadable)', text: '' },
  ...{ refersTo: [], writtenTo: [] },
}

type Mailbox = { readonly connectionId: string; readonly uidValidity: string }

// One mail that we cannot deal with must not hold up the mailbox: it is kept, and a person looks.
const justKept: typeof consequences = async () =>
  nothing('Nothing could be made of it: a person looks.')

/** Once an answer that asks for copies is on the record, they are prepared. */
async function copiesFor(
  act: Act,
  { replyId, replyClass }: Taken,
  tie: MailTie | undefined,
  prepareCopies: PrepareCopies,
): Promise<string | undefined> {
  if (replyId === null || replyClass !== 'copy-request' || tie === undefined) return undefined
  return prepareCopies(act, { replyId, customerNumber: tie.customerNumber })
}

async function takeOne(
  tx: TenantTx,
  {
    box,
    arrival,
    prepareCopies,
  }: {
    readonly box: Mailbox
    readonly arrival: MailArrival
    readonly prepareCopies: PrepareCopies
  },
  makeOfIt: typeof consequences,
): Promise<boolean> {
  const { uid, arrivedAt, source, mail = unreadable } = arrival
  const now = await databaseNow(tx)
  const tie = await tieOfMail(tx, {
    headerIds: mail.refersTo,
    messageIds: mail.writtenTo.flatMap((address) => messageOfAddress(address) ?? []),
    address: (mail.failed?.recipient ?? mail.sender).toLowerCase(),
  })
  const mailId = newId('rpl')
  const receivedAt = arrivedAt.getTime() > Date.parse(now) ? new Date(now) : arrivedAt
  const isNew = await insertMail(tx, {
    ...{ mailId, ...box, uid, now, kind: mail.kind, sender: mail.sender, subject: mail.subject },
    content: mail.text,
    contentHash: createHash('sha256').update(source).digest('hex'),
    messageId: tie?.messageId ?? null,
    tiedBy: tie?.tiedBy ?? null,
    customerNumber: tie?.customerNumber ?? null,
    receivedAt: receivedAt.toISOString(),
  })
  if (isNew) {
    const setting = await openLedgerSetting(tx, undefined)
    const act = { tx, now, setting, actor: `mailbox:${box.connectionId}` }
    const taken = await makeOfIt(act, mail, tie, receivedAt)
    await recordMail(tx, mailId, taken)
    const outcome = await copiesFor(act, taken, tie, prepareCopies)
    if (outcome !== undefined) await recordMail(tx, mailId, { ...taken, outcome })
  }
  await saveMailboxPlace(tx, { ...box, lastUid: uid, now })
  return isNew
}

/** Takes in what lay in a mailbox. */
export type MailIntake = {
  /** How far a mailbox has been read. */
  place(
    tenantId: string,
    connectionId: string,
  ): Promise<{ readonly uidValidity: string; readonly lastUid: number } | undefined>
  /** Takes a mail once, whatever number it has; the place and the record are one transaction. */
  take(tenantId: string, box: Mailbox, arrival: MailArrival): Promise<'taken' | 'known'>
  /** Notes that nothing more lies before a number. */
  readTo(tenantId: string, box: Mailbox & { readonly lastUid: number }): Promise<void>
}

/** Opens the intake of mails: what customers answer goes on the record, to be read by a person. */
export function mailIntake(tools: ApprovalTools): MailIntake {
  const { database } = tools
  const prepareCopies = copiesPreparer(tools)
  return {
    place: (tenantId, connectionId) =>
      database.inTenant(tenantId, (tx) => mailboxPlace(tx, connectionId)),
    async take(tenantId, box, arrival) {
      const takenWith = (makeOfIt: typeof consequences) =>
        database.inTenant(tenantId, (tx) => takeOne(tx, { box, arrival, prepareCopies }, makeOfIt))
      const isNew = await takenWith(consequences).catch((error: unknown) => {
        if (error instanceof RetryLater) throw error
        return takenWith(justKept)
      })
      return isNew ? 'taken' : 'known'
    },
    readTo: (tenantId, box) =>
      database.inTenant(tenantId, async (tx) =>
        saveMailboxPlace(tx, { ...box, now: await databaseNow(tx) }),
      ),
  }
}
