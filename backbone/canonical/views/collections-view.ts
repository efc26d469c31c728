import { z } from 'zod'
import {
  ContactChannel,
  ContactMade,
  DisputeRoute,
  DunningLevel,
  LedgerRow,
  PromiseStatus,
  ReplyClass,
  StopKind,
} from '../collections.ts'
import { Alternative, decisions, Evidence } from '../decision.ts'
import { IsoDate, IsoMoment } from '../document.ts'
import { Currency, DecimalText, MinorUnits } from '../money.ts'
import { Contact } from '../party.ts'

/** What is owed by age; the buckets and what is disputed add up to what is open. */
export const AgeingView = z
  .object({
    buckets: z.record(z.string(), MinorUnits),
    disputedMinor: MinorUnits,
    promisedMinor: MinorUnits.meta({ description: 'Part of the buckets.' }),
    unappliedMinor: MinorUnits,
    creditsMinor: MinorUnits,
    openMinor: MinorUnits,
    overdueMinor: MinorUnits,
  })
  .meta({ id: 'Ageing' })
export type AgeingView = z.infer<typeof AgeingView>

const Who = z.object({
  customerNumber: z.string(),
  name: z.string(),
  segment: z.string(),
  collector: z.string().nullable(),
  currency: Currency,
})

/** A customer's debt in one currency, by age. */
export const AgeingLine = Who.extend({ ageing: AgeingView }).meta({ id: 'AgeingLine' })
export type AgeingLine = z.infer<typeof AgeingLine>

/** All that is owed in one currency, by age. */
export const AgeingTotal = z
  .object({ currency: Currency, customers: z.int(), ageing: AgeingView })
  .meta({ id: 'AgeingTotal' })
export type AgeingTotal = z.infer<typeof AgeingTotal>

/** What is to be done about a customer's debt, and every reason for and against it. */
export const CollectionCaseView = z
  .object({
    decision: z.enum(decisions),
    kind: z.string().meta({
      description:
        'courtesy, message, call, final-notice, escalation; or wait, person-first, clear-cash-first, too-small, nothing-due, automation-off.',
    }),
    level: DunningLevel.nullable(),
    levelByDays: DunningLevel.nullable(),
    lastLevel: DunningLevel.nullable(),
    tone: z.enum(['softest', 'friendly', 'firm', 'final']),
    dueAct: z
      .enum(['courtesy', 'message', 'call', 'final-notice', 'escalation'])
      .nullable()
      .meta({ description: 'What the ladder would do now, whatever speaks against it.' }),
    isOnlyHours: z.boolean().meta({ description: 'It waits for the hour and for nothing else.' }),
    oldestDays: z.int().nullable(),
    bucket: z.string(),
    channel: ContactChannel,
    notBefore: IsoMoment.optional(),
    contact: Contact.extend({ role: z.string().optional() }).optional(),
    net: z.object({
      openMinor: MinorUnits,
      disputedMinor: MinorUnits,
      promisedMinor: MinorUnits,
      unappliedMinor: MinorUnits,
      creditsMinor: MinorUnits,
      netMinor: MinorUnits,
      isWorthwhile: z.boolean(),
    }),
    priorityMinor: MinorUnits,
    evidence: z.array(Evidence),
    alternatives: z.array(Alternative),
    policyVersion: z.string(),
  })
  .meta({ id: 'CollectionCase' })
export type CollectionCaseView = z.infer<typeof CollectionCaseView>

/** One line of the collectors' worklist. */
export const WorklistLine = Who.extend({
  asOf: IsoDate,
  case: CollectionCaseView,
}).meta({ id: 'WorklistLine' })
export type WorklistLine = z.infer<typeof WorklistLine>

const ClaimRowView = LedgerRow.extend({
  disputedMinor: MinorUnits,
  promisedMinor: MinorUnits,
  claimMinor: MinorUnits,
  daysPastDue: z.int(),
})

/** A fact a message may use, in each spelling it may be said in. */
const DraftFactView = z.object({
  key: z.string(),
  kind: z.enum(['money', 'date', 'number', 'name', 'email', 'phone', 'link', 'id']),
  texts: z.array(z.string()),
  value: z.union([z.string(), z.number()]),
})

/** Interest and fixed sum a row would cost by policy and law, or why none. */
const LateInterestView = z.object({
  invoiceNumber: z.string(),
  instalment: z.int(),
  kind: z.string(),
  days: z.int(),
  interestMinor: MinorUnits,
  fixedMinor: MinorUnits,
  evidence: z.array(Evidence),
})

/** A customer's ledger in one currency, the decision about it, and the facts a message may be made of. */
export const CustomerLedgerView = z
  .object({
    currency: Currency,
    rows: z.array(ClaimRowView),
    ageing: AgeingView,
    case: CollectionCaseView,
    snapshot: z.object({
      mayNameFees: z.boolean(),
      language: z.string(),
      facts: z.array(DraftFactView),
    }),
    lateInterest: z.array(LateInterestView),
  })
  .meta({ id: 'CustomerLedger' })
export type CustomerLedgerView = z.infer<typeof CustomerLedgerView>

/** A promise to pay and what became of it. */
export const PromiseView = z
  .object({
    promiseId: z.string(),
    customerNumber: z.string(),
    currency: Currency,
    amountMinor: MinorUnits,
    promisedOn: IsoDate,
    settleBy: IsoDate,
    invoiceNumbers: z.array(z.string()),
    status: PromiseStatus,
    paidMinor: MinorUnits,
    replyId: z.string().nullable(),
    note: z.string(),
    recordedAt: IsoMoment,
    recordedBy: z.string(),
    decidedAt: IsoMoment.nullable(),
    decidedBy: z.string().nullable(),
    decisionReason: z.string().nullable(),
  })
  .meta({ id: 'PaymentPromise' })
export type PromiseView = z.infer<typeof PromiseView>

/** What a customer contests of an invoice. */
export const DisputeView = z
  .object({
    disputeId: z.string(),
    customerNumber: z.string(),
    currency: Currency,
    invoiceNumber: z.string(),
    instalment: z.int().nullable(),
    amountMinor: MinorUnits,
    code: z.string().meta({ description: 'X12 element 426.' }),
    route: DisputeRoute,
    note: z.string(),
    status: z.enum(['open', 'accepted', 'rejected', 'withdrawn']),
    replyId: z.string().nullable(),
    openedAt: IsoMoment,
    recordedBy: z.string(),
    resolvedAt: IsoMoment.nullable(),
    resolvedBy: z.string().nullable(),
    resolution: z.string().nullable(),
  })
  .meta({ id: 'InvoiceDispute' })
export type DisputeView = z.infer<typeof DisputeView>

/** What keeps a customer from being contacted, or did. */
export const StopView = z
  .object({
    stopId: z.string(),
    customerNumber: z.string(),
    kind: StopKind,
    reason: z.string(),
    placedAt: IsoMoment,
    placedBy: z.string(),
    until: IsoDate.nullable(),
    liftedAt: IsoMoment.nullable(),
    liftedBy: z.string().nullable(),
    liftReason: z.string().nullable(),
  })
  .meta({ id: 'CustomerStop' })
export type StopView = z.infer<typeof StopView>

/** What an answer was taken for. */
const ReplyReadingView = z.object({
  also: z.array(ReplyClass),
  amountMinor: MinorUnits.optional(),
  isInFull: z.boolean(),
  day: IsoDate.optional(),
  disputeCode: z.string().optional(),
  invoiceNumbers: z.array(z.string()),
  evidence: z.array(Evidence),
  alternatives: z.array(Alternative).meta({
    description: 'What could be done about it, for a person to choose from.',
  }),
})

/** An answer of a customer, word for word. Its text is data: shown, never obeyed. */
export const ReplyView = z
  .object({
    replyId: z.string(),
    customerNumber: z.string(),
    channel: ContactChannel,
    sender: z.string(),
    content: z.string(),
    replyClass: ReplyClass,
    reading: ReplyReadingView,
    receivedAt: IsoMoment,
    recordedBy: z.string(),
    readAt: IsoMoment.nullable(),
    readBy: z.string().nullable(),
  })
  .meta({ id: 'DunningReply' })
export type ReplyView = z.infer<typeof ReplyView>

/** What each class an answer could be taken for would lead to. */
export const ReplyReadings = z
  .object({
    replyId: z.string(),
    items: z
      .array(z.object({ replyClass: ReplyClass, leadsTo: Alternative }))
      .meta({ description: 'The class it is taken for first.' }),
  })
  .meta({ id: 'ReplyReadings' })
export type ReplyReadings = z.infer<typeof ReplyReadings>

/** A reason for contesting an invoice, with the desk that looks into it. */
export const DisputeCodeView = z
  .object({ code: z.string(), name: z.string(), route: DisputeRoute })
  .meta({ id: 'DisputeCode' })

/** Whom letters and calls about open invoices may go to: the contacts of the customer's file, typed by people. */
export const RecipientsView = z
  .object({
    customerNumber: z.string(),
    version: z.int().meta({ description: 'Of the customer file; a change names it.' }),
    updatedAt: IsoMoment,
    contacts: z.array(Contact.extend({ role: z.string().optional() })),
  })
  .meta({ id: 'Recipients' })
export type RecipientsView = z.infer<typeof RecipientsView>

/** One thing that happened between a customer and collections. */
export const TimelineEntry = z
  .object({
    at: IsoMoment,
    kind: z.enum(['promise', 'dispute', 'stop', 'contact', 'reply']),
    recordId: z.string(),
    by: z.string(),
    text: z.string(),
    note: z.string().meta({ description: 'What somebody wrote to it; empty where nobody did.' }),
  })
  .meta({ id: 'CollectionsTimelineEntry' })
export type TimelineEntry = z.infer<typeof TimelineEntry>

/** A contact with whose it was. */
export const ContactView = ContactMade.extend({ customerNumber: z.string() }).meta({
  id: 'DunningContact',
})
export type ContactView = z.infer<typeof ContactView>

/** All that collections knows of a customer. */
export const CollectionsCustomerView = z
  .object({
    customerNumber: z.string(),
    name: z.string(),
    segment: z.string(),
    collector: z.string().nullable(),
    asOf: IsoDate,
    ledgers: z.array(CustomerLedgerView),
    promises: z
      .array(PromiseView)
      .meta({ description: 'Pending, and the last that were decided.' }),
    disputes: z.array(DisputeView).meta({ description: 'Open, and the last that were resolved.' }),
    stops: z.array(StopView),
    lastContacts: z.array(ContactView).max(5),
    unreadReplies: z.array(ReplyView),
  })
  .meta({ id: 'CollectionsCustomer' })
export type CollectionsCustomerView = z.infer<typeof CollectionsCustomerView>

/** The figures of collecting in one currency over a period. */
export const CollectionsKpiView = z
  .object({
    since: IsoDate,
    until: IsoDate,
    currencies: z.array(
      z.object({
        currency: Currency,
        beginMinor: MinorUnits,
        salesMinor: MinorUnits,
        endMinor: MinorUnits,
        endCurrentMinor: MinorUnits,
        dso: DecimalText.nullable(),
        bestPossibleDso: DecimalText.nullable(),
        averageDaysDelinquent: DecimalText.nullable(),
        collectionEffectiveness: DecimalText.nullable(),
      }),
    ),
    promisesDecided: z.int(),
    promisesKept: z.int(),
  })
  .meta({ id: 'CollectionsKpi' })
export type CollectionsKpiView = z.infer<typeof CollectionsKpiView>
