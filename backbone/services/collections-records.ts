import type { ReplyClass } from '../canonical/collections.ts'
import type {
  ContactView,
  DisputeView,
  PromiseView,
  ReplyView,
  StopView,
} from '../canonical/views/collections-view.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import { listContacts, listReplies, type ReplyFilter } from '../store/collections/contact-rows.ts'
import { type DisputeFilter, listDisputes } from '../store/collections/dispute-rows.ts'
import { listPromises, type PromiseFilter } from '../store/collections/promise-rows.ts'
import { listStops, type StopFilter } from '../store/collections/stop-rows.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { type Act, inAct, type Who } from './collections-acts.ts'
import { cancelPromise, openDispute, recordPromise, settleDispute } from './collections-claims.ts'
import { endStop, noteRead, placeStop, recordContact, recordReply } from './collections-contacts.ts'
import type {
  ContactDraft,
  DisputeDraft,
  PromiseDraft,
  ReplyDraft,
  StopDraft,
} from './collections-drafts.ts'

type Listing<Filter> = Filter & { readonly tenantId: string; readonly page: PageQuery }

/** What people record about collecting. Nothing of it sends anything. */
export type CollectionsRecords = {
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
    readReply: (who, id, { replyClass }) => act(who, (opened) => noteRead(opened, id, replyClass)),
  }
}
