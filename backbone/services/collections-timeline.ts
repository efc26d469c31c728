import { moneyText } from '../canonical/money.ts'
import type {
  ContactView,
  DisputeView,
  PromiseView,
  ReplyView,
  StopView,
  TimelineEntry,
} from '../canonical/views/collections-view.ts'
import { disputeCode } from '../policies/collections/dispute-codes.ts'
import { listContacts, listReplies } from '../store/collections/contact-rows.ts'
import { listDisputes } from '../store/collections/dispute-rows.ts'
import { listPromises } from '../store/collections/promise-rows.ts'
import { listStops } from '../store/collections/stop-rows.ts'
import type { TenantTx } from '../store/database.ts'

const words = (text: string): string => text.replaceAll('-', ' ')

function ofPromise(promise: PromiseView): TimelineEntry[] {
  const { promiseId: recordId, amountMinor, currency, promisedOn, decidedAt, status } = promise
  const what = `${moneyText(amountMinor, currency)} for ${promisedOn}`
  const about = { kind: 'promise', recordId } as const
  return [
    {
      ...about,
      ...{ at: promise.recordedAt, by: promise.recordedBy, note: promise.note },
      text: `Promised: ${what}.`,
    },
    ...(decidedAt === null
      ? []
      : [
          {
            ...about,
            ...{ at: decidedAt, by: promise.decidedBy ?? '', note: promise.decisionReason ?? '' },
            text: `Promise ${status}: ${what}.`,
          },
        ]),
  ]
}

function ofDispute(dispute: DisputeView): TimelineEntry[] {
  const { disputeId: recordId, invoiceNumber, amountMinor, currency, code, resolvedAt } = dispute
  const what = `${moneyText(amountMinor, currency)} of ${invoiceNumber}`
  const why = disputeCode(code)?.name.toLowerCase() ?? `code ${code}`
  const about = { kind: 'dispute', recordId } as const
  return [
    {
      ...about,
      ...{ at: dispute.openedAt, by: dispute.recordedBy, note: dispute.note },
      text: `Contested: ${what}, ${why}; ${dispute.route} looks into it.`,
    },
    ...(resolvedAt === null
      ? []
      : [
          {
            ...about,
            ...{ at: resolvedAt, by: dispute.resolvedBy ?? '', note: dispute.resolution ?? '' },
            text: `Dispute ${dispute.status}: ${what}.`,
          },
        ]),
  ]
}

function ofStop(stop: StopView): TimelineEntry[] {
  const { stopId: recordId, kind, until, liftedAt } = stop
  const about = { kind: 'stop', recordId } as const
  const end = until === null ? '' : `, until ${until}`
  return [
    {
      ...about,
      ...{ at: stop.placedAt, by: stop.placedBy, note: stop.reason },
      text: `Writing stopped: ${words(kind)}${end}.`,
    },
    ...(liftedAt === null
      ? []
      : [
          {
            ...about,
            ...{ at: liftedAt, by: stop.liftedBy ?? '', note: stop.liftReason ?? '' },
            text: `Writing resumed: ${words(kind)} is over.`,
          },
        ]),
  ]
}

const ofContact = (contact: ContactView): TimelineEntry => ({
  ...{ at: contact.madeAt, kind: 'contact', recordId: contact.contactId },
  ...{ by: contact.recordedBy, note: contact.note },
  text: `Level ${contact.level} by ${contact.channel} about ${moneyText(contact.amountMinor, contact.currency)}: ${words(contact.outcome)}.`,
})

function ofReply(reply: ReplyView): TimelineEntry[] {
  const { replyId: recordId, readAt, replyClass } = reply
  const about = { kind: 'reply', recordId } as const
  return [
    {
      ...about,
      ...{ at: reply.receivedAt, by: reply.recordedBy, note: '' },
      text: `Answered by ${reply.channel}.`,
    },
    ...(readAt === null
      ? []
      : [
          {
            ...about,
            ...{ at: readAt, by: reply.readBy ?? '', note: '' },
            text: `Answer read; taken for: ${words(replyClass)}.`,
          },
        ]),
  ]
}

// So many records of each kind are looked at, and so many moments are told.
const mostRecords = 50
const mostEntries = 100

/** What happened between a customer and collections, the newest first: of the last records of each kind. */
export async function customerTimeline(
  tx: TenantTx,
  customerNumber: string,
): Promise<TimelineEntry[]> {
  const own = { customerNumber }
  const page = { limit: mostRecords, after: undefined }
  return [
    ...(await listPromises(tx, own, page)).items.flatMap(ofPromise),
    ...(await listDisputes(tx, own, page)).items.flatMap(ofDispute),
    ...(await listStops(tx, own, page)).items.flatMap(ofStop),
    ...(await listContacts(tx, own, page)).items.map(ofContact),
    ...(await listReplies(tx, own, page)).items.flatMap(ofReply),
  ]
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, mostEntries)
}
