import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { DisputeRoute, PromiseStatus, ReplyClass } from '../../canonical/collections.ts'
import {
  ContactView,
  DisputeView,
  PromiseView,
  ReplyView,
  StopView,
} from '../../canonical/views/collections-view.ts'
import {
  ContactDraft,
  DisputeDraft,
  PromiseDraft,
  ReplyDraft,
  ReplyRead,
  StopDraft,
} from '../../services/collections-drafts.ts'
import type { CollectionsRecords } from '../../services/collections-records.ts'
import { type AppEnv, guardedBy, requireActor, requireScope } from '../app-env.ts'
import type { Cursors } from '../cursor.ts'
import { notThere } from '../problem.ts'
import {
  answerPage,
  createRouter,
  IdParam,
  json,
  jsonBody,
  Paging,
  pageOf,
  problems,
  Reason,
  YesNo,
} from '../router.ts'

const tags = ['Collections']
const Listing = Paging.extend({ customer: z.string().max(40).optional() })

function listRoute<Path extends string, Query extends z.ZodObject, Item extends z.ZodType>(
  path: Path,
  { summary, query, item }: { summary: string; query: Query; item: Item },
) {
  return createRoute({
    method: 'get',
    path,
    tags,
    summary,
    ...guardedBy('collections:read'),
    request: { query },
    responses: { 200: json(pageOf(item), 'One page.'), ...problems(400, 401, 403, 429) },
  })
}

function recordRoute<Path extends string, Body extends z.ZodType, Item extends z.ZodType>(
  path: Path,
  { summary, body, item }: { summary: string; body: Body; item: Item },
) {
  return createRoute({
    method: 'post',
    path,
    tags,
    summary,
    ...guardedBy('collections:write'),
    request: { body: jsonBody(body) },
    responses: {
      201: json(item, 'It is on record.'),
      ...problems(400, 401, 403, 409, 415, 422, 429),
    },
  })
}

function actRoute<Path extends string, Body extends z.ZodType, Item extends z.ZodType>(
  path: Path,
  { summary, body, item }: { summary: string; body: Body; item: Item },
) {
  return createRoute({
    method: 'post',
    path,
    tags,
    summary,
    ...guardedBy('collections:write'),
    request: { params: IdParam, body: jsonBody(body) },
    responses: {
      200: json(item, 'It is done; once more is the same.'),
      ...problems(400, 401, 403, 404, 409, 415, 422, 429),
    },
  })
}

const listPromises = listRoute('/v1/collections/promises', {
  summary: 'Promises to pay and what became of them, the newest first',
  query: Listing.extend({ status: PromiseStatus.optional() }),
  item: PromiseView,
})
const recordPromise = recordRoute('/v1/collections/promises', {
  summary: 'Records a promise to pay; money by two business days after its date keeps it',
  body: PromiseDraft,
  item: PromiseView,
})
const cancelPromise = actRoute('/v1/collections/promises/{id}/cancel', {
  summary: 'Cancels a pending promise',
  body: Reason,
  item: PromiseView,
})
const listDisputes = listRoute('/v1/collections/disputes', {
  summary: 'What customers contest of invoices, the newest first',
  query: Listing.extend({
    invoice: z.string().max(60).optional(),
    status: z.string().max(20).optional(),
    code: z.string().max(2).optional().meta({ description: 'X12 element 426.' }),
    route: DisputeRoute.optional(),
  }),
  item: DisputeView,
})
const openDispute = recordRoute('/v1/collections/disputes', {
  summary: 'Records a dispute with its X12 426 code; the disputed amount is not dunned',
  body: DisputeDraft,
  item: DisputeView,
})
const resolveDispute = actRoute('/v1/collections/disputes/{id}/resolve', {
  summary: 'Resolves a dispute',
  body: Reason.extend({ status: z.enum(['accepted', 'rejected', 'withdrawn']) }),
  item: DisputeView,
})
const listStops = listRoute('/v1/collections/stops', {
  summary: 'What keeps customers from being contacted, the newest first',
  query: Listing.extend({ active: YesNo.optional() }),
  item: StopView,
})
const placeStop = recordRoute('/v1/collections/stops', {
  summary: 'Stops dunning of a customer',
  body: StopDraft,
  item: StopView,
})
const liftStop = actRoute('/v1/collections/stops/{id}/lift', {
  summary: 'Lifts a stop',
  body: Reason,
  item: StopView,
})
const listContacts = listRoute('/v1/collections/contacts', {
  summary: 'Contacts that were made, the newest first',
  query: Listing,
  item: ContactView,
})
const recordContact = recordRoute('/v1/collections/contacts', {
  summary: 'Records a contact that was made; nothing is sent',
  body: ContactDraft,
  item: ContactView,
})
const listReplies = listRoute('/v1/collections/replies', {
  summary: 'Answers of customers and what they were taken for, the newest first',
  query: Listing.extend({ replyClass: ReplyClass.optional(), unread: YesNo.optional() }),
  item: ReplyView,
})
const recordReply = recordRoute('/v1/collections/replies', {
  summary: 'Records an answer and says what it is taken for; until it is read nobody is dunned',
  body: ReplyDraft,
  item: ReplyView,
})
const readReply = actRoute('/v1/collections/replies/{id}/read', {
  summary: 'Notes that a person has read an answer, and what it is really',
  body: ReplyRead,
  item: ReplyView,
})

type Ports = { readonly records: CollectionsRecords; readonly cursors: Cursors }

function thereOr404<Item>(item: Item | undefined, what: string): Item {
  if (item === undefined) throw notThere(what)
  return item
}

function mountClaims(router: OpenAPIHono<AppEnv>, { records, cursors }: Ports): void {
  router.openapi(listPromises, async (c) => {
    const { tenantId } = requireScope(c, 'collections:read')
    const { limit, cursor, customer: customerNumber, status } = c.req.valid('query')
    const owner = { tenantId, route: listPromises.path }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      records.promises({ tenantId, page: wanted, customerNumber, status }),
    )
    return c.json(page, 200)
  })
  router.openapi(recordPromise, async (c) => {
    const who = requireActor(c, 'collections:write')
    return c.json(await records.recordPromise(who, c.req.valid('json')), 201)
  })
  router.openapi(cancelPromise, async (c) => {
    const who = requireActor(c, 'collections:write')
    const { reason } = c.req.valid('json')
    const promise = await records.cancelPromise(who, c.req.valid('param').id, reason)
    return c.json(thereOr404(promise, 'promise'), 200)
  })
  router.openapi(listDisputes, async (c) => {
    const { tenantId } = requireScope(c, 'collections:read')
    const { limit, cursor, customer, invoice, ...filter } = c.req.valid('query')
    const owner = { tenantId, route: listDisputes.path }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      records.disputes({
        tenantId,
        page: wanted,
        customerNumber: customer,
        invoiceNumber: invoice,
        ...filter,
      }),
    )
    return c.json(page, 200)
  })
  router.openapi(openDispute, async (c) => {
    const who = requireActor(c, 'collections:write')
    return c.json(await records.openDispute(who, c.req.valid('json')), 201)
  })
  router.openapi(resolveDispute, async (c) => {
    const who = requireActor(c, 'collections:write')
    const dispute = await records.resolveDispute(who, c.req.valid('param').id, c.req.valid('json'))
    return c.json(thereOr404(dispute, 'dispute'), 200)
  })
}

function mountStops(router: OpenAPIHono<AppEnv>, { records, cursors }: Ports): void {
  router.openapi(listStops, async (c) => {
    const { tenantId } = requireScope(c, 'collections:read')
    const { limit, cursor, customer: customerNumber, active: isActive } = c.req.valid('query')
    const owner = { tenantId, route: listStops.path }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      records.stops({ tenantId, page: wanted, customerNumber, isActive }),
    )
    return c.json(page, 200)
  })
  router.openapi(placeStop, async (c) => {
    const who = requireActor(c, 'collections:write')
    return c.json(await records.placeStop(who, c.req.valid('json')), 201)
  })
  router.openapi(liftStop, async (c) => {
    const who = requireActor(c, 'collections:write')
    const { reason } = c.req.valid('json')
    const stop = await records.liftStop(who, c.req.valid('param').id, reason)
    return c.json(thereOr404(stop, 'stop'), 200)
  })
}

function mountContacts(router: OpenAPIHono<AppEnv>, { records, cursors }: Ports): void {
  router.openapi(listContacts, async (c) => {
    const { tenantId } = requireScope(c, 'collections:read')
    const { limit, cursor, customer: customerNumber } = c.req.valid('query')
    const owner = { tenantId, route: listContacts.path }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      records.contacts({ tenantId, page: wanted, customerNumber }),
    )
    return c.json(page, 200)
  })
  router.openapi(recordContact, async (c) => {
    const who = requireActor(c, 'collections:write')
    return c.json(await records.recordContact(who, c.req.valid('json')), 201)
  })
  router.openapi(listReplies, async (c) => {
    const { tenantId } = requireScope(c, 'collections:read')
    const { limit, cursor, customer: customerNumber, replyClass, unread } = c.req.valid('query')
    const owner = { tenantId, route: listReplies.path }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      records.replies({ tenantId, page: wanted, customerNumber, replyClass, isUnread: unread }),
    )
    return c.json(page, 200)
  })
  router.openapi(recordReply, async (c) => {
    const who = requireActor(c, 'collections:write')
    return c.json(await records.recordReply(who, c.req.valid('json')), 201)
  })
  router.openapi(readReply, async (c) => {
    const who = requireActor(c, 'collections:write')
    const reply = await records.readReply(who, c.req.valid('param').id, c.req.valid('json'))
    return c.json(thereOr404(reply, 'reply'), 200)
  })
}

/** What people record about collecting. */
export function collectionsRecordRoutes({
  collectionsRecords: records,
  cursors,
}: {
  readonly collectionsRecords: CollectionsRecords
  readonly cursors: Cursors
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  for (const mount of [mountClaims, mountStops, mountContacts]) mount(router, { records, cursors })
  return router
}

/** The routes of this file that the console's client is typed by. */
export type CollectionsRecordsApi =
  | typeof recordPromise
  | typeof cancelPromise
  | typeof openDispute
  | typeof resolveDispute
  | typeof placeStop
  | typeof liftStop
  | typeof listReplies
  | typeof readReply
