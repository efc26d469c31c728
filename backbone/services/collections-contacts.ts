import { businessTime } from '../canonical/business-calendar.ts'
import { addDays } from '../canonical/calendar.ts'
import { ReplyClass } from '../canonical/collections.ts'
import { newId } from '../canonical/ids.ts'
import type {
  ContactView,
  ReplyReadings,
  ReplyView,
  StopView,
} from '../canonical/views/collections-view.ts'
import { claimRows } from '../policies/collections/ledger.ts'
import { readReply } from '../policies/collections/reply-class.ts'
import { insolvencySign } from '../policies/collections/reply-patterns.ts'
import { replyRemedy } from '../policies/collections/reply-remedies.ts'
import {
  findReply,
  insertContact,
  insertReply,
  markReplyRead,
} from '../store/collections/contact-rows.ts'
import { namedInvoices } from '../store/collections/dispute-rows.ts'
import { insertStop, liftStop } from '../store/collections/stop-rows.ts'
import {
  type Act,
  assertInvoices,
  atField,
  knownCustomer,
  noteEvent,
  notInFuture,
  written,
} from './collections-acts.ts'
import type { ContactDraft, ReplyDraft, StopDraft } from './collections-drafts.ts'
import type { OpenLedger } from './collections-ledger.ts'

/** Keeps a customer from being contacted by the house of itself. */
export async function placeStop(act: Act, draft: StopDraft): Promise<StopView> {
  const { tx, actor, now, setting } = act
  const { customerNumber, kind, reason } = draft
  const { empty } = await knownCustomer(act, customerNumber)
  const { asOf, policy } = setting.caseSetting(empty)
  // Money on its way pauses for its days and no longer, unless somebody knows better.
  const ends =
    kind === 'payment-in-process' ? addDays(asOf, policy.settings.paymentInProcessDays - 1) : null
  const until = draft.until ?? ends
  if (until !== null && until < asOf)
    throw atField('stop-in-the-past', 'until', {
      message: 'A stop ends today or later.',
      facts: { until },
    })
  const stopId = newId('stp')
  const stop = written(
    await insertStop(tx, { stopId, customerNumber, kind, reason, placedBy: actor, until, now }),
  )
  await noteEvent(
    act,
    'stop.placed',
    `Dunning of ${customerNumber} is stopped (${kind}): ${reason}`,
    {
      stopId,
      customerNumber,
      kind,
      reason,
      until,
    },
  )
  return stop
}

/** Lifts a stop; once more is the same. */
export async function endStop(
  act: Act,
  stopId: string,
  reason: string,
): Promise<StopView | undefined> {
  const { tx, actor, now } = act
  const found = await liftStop(tx, { stopId, actor, reason, now })
  if (found === undefined || !found.isChanged) return found?.stop
  const { customerNumber, kind } = found.stop
  await noteEvent(
    act,
    'stop.lifted',
    `The stop ${kind} of ${customerNumber} is lifted: ${reason}`,
    {
      stopId,
      customerNumber,
      kind,
      reason,
    },
  )
  return found.stop
}

/** The late rows a contact is about, and the oldest day of them. */
function contactRows(ledger: OpenLedger | undefined, asOf: string, named: readonly string[]) {
  const rows = ledger === undefined ? [] : claimRows(ledger, asOf)
  const meant =
    named.length > 0
      ? rows.filter((row) => named.includes(row.invoiceNumber))
      : rows.filter((row) => row.daysPastDue > 0)
  return {
    invoiceNumbers:
      named.length > 0 ? [...named] : [...new Set(meant.map((row) => row.invoiceNumber))],
    amountMinor: meant.reduce((sum, row) => sum + row.openMinor, 0),
    oldestDays: Math.max(0, ...meant.map((row) => row.daysPastDue)),
  }
}

/** Records a contact that was made, with the age of the debt at that time. */
export async function recordContact(act: Act, draft: ContactDraft): Promise<ContactView> {
  const { tx, actor, now, setting } = act
  const { customerNumber, channel, level, isReply, outcome, addressee, note } = draft
  const madeAt = draft.madeAt ?? now
  notInFuture(madeAt, now, 'A contact that was made')
  const { ledgers, empty } = await knownCustomer(act, customerNumber)
  const currency = draft.currency ?? empty.currency
  assertInvoices(draft.invoiceNumbers, await namedInvoices(tx, draft.invoiceNumbers), {
    customerNumber,
    currency,
  })
  const ledger = ledgers.find((one) => one.currency === currency)
  const madeOn = businessTime(setting.calendar(empty)).dayOf(madeAt)
  const about = contactRows(ledger, madeOn, draft.invoiceNumbers)
  const contact = written(
    await insertContact(tx, {
      contactId: newId('dct'),
      customerNumber,
      currency,
      channel,
      level,
      isReply,
      outcome,
      addressee,
      note,
      ...about,
      madeAt,
      madeOn,
      recordedBy: actor,
      segment: empty.segment,
    }),
  )
  const { contactId } = contact
  await noteEvent(
    act,
    'contact.made',
    `Customer ${customerNumber} was contacted by ${channel} at level ${level}: ${outcome}.`,
    { contactId, customerNumber, channel, level, isReply, outcome, ...about },
  )
  return contact
}

const monthFirstCountries = ['US', 'PH', 'FM', 'PW']

/** Records an answer and what it is taken for; a person reads it before anything goes out. */
export async function recordReply(act: Act, draft: ReplyDraft): Promise<ReplyView> {
  const { tx, actor, now, setting } = act
  const { customerNumber, channel, sender, content } = draft
  const receivedAt = draft.receivedAt ?? now
  notInFuture(receivedAt, now, 'An answer that came')
  const { ledgers, empty } = await knownCustomer(act, customerNumber)
  const { policy } = setting.caseSetting(empty)
  const { country } = empty
  const read = readReply(
    {
      content,
      today: businessTime(setting.calendar(empty)).dayOf(receivedAt),
      currency: empty.currency,
      invoiceNumbers: ledgers.flatMap((ledger) => ledger.rows.map((row) => row.invoiceNumber)),
      ...(country === undefined
        ? {}
        : { dateOrder: monthFirstCountries.includes(country) ? 'month-first' : 'day-first' }),
    },
    policy.version,
  )
  const { kind, decision, policyVersion, ...reading } = read
  const replyId = newId('drp')
  const reply = written(
    await insertReply(tx, {
      replyId,
      customerNumber,
      channel,
      sender,
      content,
      replyClass: kind,
      reading: {
        ...reading,
        also: [...reading.also],
        invoiceNumbers: [...new Set(reading.invoiceNumbers)],
        evidence: [...reading.evidence],
        alternatives: [...reading.alternatives],
      },
      receivedAt,
      recordedBy: actor,
    }),
  )
  await noteEvent(
    act,
    'reply.received',
    `Customer ${customerNumber} answered; taken for: ${kind}.`,
    {
      replyId,
      customerNumber,
      channel,
      replyClass: kind,
    },
  )
  return reply
}

/** What an answer says, as it was read, for what could be done about it. */
function saidIn({ reading }: ReplyView, currency: string): Parameters<typeof replyRemedy>[1] {
  const { amountMinor, day, disputeCode, isInFull, invoiceNumbers, evidence } = reading
  return {
    ...{ currency, isInFull, invoiceNumbers },
    isInsolvency: evidence.some(({ text }) => text.startsWith(insolvencySign)),
    ...(amountMinor === undefined ? {} : { amountMinor }),
    ...(day === undefined ? {} : { day }),
    ...(disputeCode === undefined ? {} : { disputeCode }),
  }
}

/** What could be done about an answer that a person takes for another class. */
async function remedyOf(act: Act, reply: ReplyView, replyClass: ReplyClass) {
  const { empty } = await knownCustomer(act, reply.customerNumber)
  return replyRemedy(replyClass, saidIn(reply, empty.currency))
}

/** What each class an answer could be taken for would lead to, the one it is taken for first. */
export async function replyReadings(act: Act, replyId: string): Promise<ReplyReadings | undefined> {
  const reply = await findReply(act.tx, replyId)
  if (reply === undefined) return undefined
  const { empty } = await knownCustomer(act, reply.customerNumber)
  const said = saidIn(reply, empty.currency)
  const others = ReplyClass.options.filter((one) => one !== reply.replyClass)
  const items = [reply.replyClass, ...others].map((replyClass) => ({
    replyClass,
    leadsTo: replyRemedy(replyClass, said),
  }))
  return { replyId, items }
}

/** Notes that a person has read an answer, and what it takes it for: what could be done about it follows that. */
export async function noteRead(
  act: Act,
  replyId: string,
  replyClass: ReplyClass | undefined,
): Promise<ReplyView | undefined> {
  const { tx, actor, now } = act
  const before = await findReply(tx, replyId)
  if (before === undefined || before.readAt !== null) return before
  const isCorrected = replyClass !== undefined && replyClass !== before.replyClass
  const remedies = isCorrected ? [await remedyOf(act, before, replyClass)] : undefined
  const found = await markReplyRead(tx, { replyId, actor, replyClass, remedies, now })
  if (found === undefined || !found.isChanged) return found?.reply
  const { customerNumber } = found.reply
  const not = isCorrected ? `, not ${before.replyClass}` : ''
  await noteEvent(
    act,
    'reply.read',
    `An answer of ${customerNumber} was read: ${found.reply.replyClass}${not}.`,
    { replyId, customerNumber, replyClass: found.reply.replyClass },
  )
  return found.reply
}
