import type { ReplyClass } from '../canonical/collections.ts'
import type {
  ContactView,
  DisputeView,
  PromiseView,
  ReplyReadings,
  ReplyView,
  StopView,
  TimelineEntry,
} from '../canonical/views/collections-view.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import { type DisputeCode, disputeCodes } from '../policies/collections/dispute-codes.ts'
import { listContacts, listReplies, type ReplyFilter } from '../store/collections/contact-rows.ts'
import { type DisputeFilter, listDisputes } from '../store/collections/dispute-rows.ts'
import { listPromises, type PromiseFilter } from '../store/collections/promise-rows.ts'
import { listStops, type StopFilter } from '../store/collections/stop-rows.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { type Act, inAct, type Who } from './collections-acts.ts'
import { cancelPromise, openDispute, recordPromise, settleDispute } from './collections-claims.ts'
import {
  endStop,
  noteRead,
  placeStop,
  recordContact,
  recordReply,
  replyReadings,
} from './collections-contacts.ts'
import type {
  ContactDraft,
  DisputeDraft,
  PromiseDraft,
  ReplyDraft,
  StopDraft,
} from './collections-drafts.ts'
import { customerTimeline } from './collections-timeline.ts'

type Listing<Filter> = Filter & { readonly tenantId: string; readonly page: PageQuery }

/** What people record about collecting. Nothing of it sends anything. */
export type CollectionsRecords = {
  /** The reasons an invoice is contested for. */
  readonly disputeCodes: readonly DisputeCode[]
  promises(query: Listing<PromiseFilter>): Promise<Page<PromiseView>>
  recordPromise(who: Who, draft: PromiseDraft): Promise<PromiseView>
  cancelPromise(who: Who, promiseId: string, reason: string): Promise<PromiseView | undefined>
  disputes(query: Listing<DisputeFilter>): Promise<Page<DisputeView>>
  openDispute(who: Who, draft: DisputeDraft): Promise<DisputeView>
  resolveDispute(
    who: Who,
    disputeId: string,
    act: { readonly status: 'accepted' | 'rejected' | 'withdrawn'; readonly reason: string },
  ): Promise<DisputeView | undefined>
  stops(query: Listing<StopFilter>): Promise<Page<StopView>>
  placeStop(who: Who, draft: StopDraft): Promise<StopView>
  liftStop(who: Who, stopId: string, reason: string): Promise<StopView | undefined>
  contacts(
    query: Listing<{ readonly customerNumber?: string | undefined }>,
  ): Promise<Page<ContactView>>
  recordContact(who: Who, draft: ContactDraft): Promise<ContactView>
  replies(query: Listing<ReplyFilter>): Promise<Page<ReplyView>>
  recordReply(who: Who, draft: ReplyDraft): Promise<ReplyView>
  readReply(
    who: Who,
    replyId: string,
    act: { readonly replyClass?: ReplyClass | undefined },
  ): Promise<ReplyView | undefined>
  /** What each class an answer could be taken for would lead to. */
  replyReadings(who: Who, replyId: string): Promise<ReplyReadings | undefined>
  /** What happened between a customer and collections, the newest first. */
  timeline(query: {
    readonly tenantId: string
    readonly customerNumber: string
  }): Promise<readonly TimelineEntry[]>
}

/** Opens the service of what people record. */
export function collectionsRecords({
  database,
}: {
  readonly database: Database
}): CollectionsRecords {
  const act = <Result>(who: Who, work: (opened: Act) => Promise<Result>) =>
    inAct(database, who, work)
  const list = <Filter, Item>(
    read: (tx: TenantTx, filter: Filter, page: PageQuery) => Promise<Page<Item>>,
    { tenantId, page, filter }: { tenantId: string; page: PageQuery; filter: Filter },
  ) => database.inTenant(tenantId, (tx) => read(tx, filter, page))
  return {
    disputeCodes,
    promises: ({ tenantId, page, ...filter }) => list(listPromises, { tenantId, page, filter }),
    recordPromise: (who, draft) => act(who, (opened) => recordPromise(opened, draft)),
    cancelPromise: (who, id, reason) => act(who, (opened) => cancelPromise(opened, id, reason)),
    disputes: ({ tenantId, page, ...filter }) => list(listDisputes, { tenantId, page, filter }),
    openDispute: (who, draft) => act(who, (opened) => openDispute(opened, draft)),
    resolveDispute: (who, id, how) => act(who, (opened) => settleDispute(opened, id, how)),
    stops: ({ tenantId, page, ...filter }) => list(listStops, { tenantId, page, filter }),
    placeStop: (who, draft) => act(who, (opened) => placeStop(opened, draft)),
    liftStop: (who, id, reason) => act(who, (opened) => endStop(opened, id, reason)),
    contacts: ({ tenantId, page, ...filter }) => list(listContacts, { tenantId, page, filter }),
    recordContact: (who, draft) => act(who, (opened) => recordContact(opened, draft)),
    replies: ({ tenantId, page, ...filter }) => list(listReplies, { tenantId, page, filter }),
    recordReply: (who, draft) => act(who, (opened) => recordReply(opened, draft)),
    replyReadings: (who, id) => act(who, (opened) => replyReadings(opened, id)),
    timeline: ({ tenantId, customerNumber }) =>
      database.inTenant(tenantId, (tx) => customerTimeline(tx, customerNumber)),
    readReply: (who, id, { replyClass }) => act(who, (opened) => noteRead(opened, id, replyClass)),
  }
}
