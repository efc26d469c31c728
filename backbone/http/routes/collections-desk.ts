import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import {
  DisputeCodeView,
  RecipientsView,
  ReplyReadings,
  TimelineEntry,
} from '../../canonical/views/collections-view.ts'
import {
  RecipientsDraft,
  recipientsOf,
  setRecipients,
} from '../../services/collections-recipients.ts'
import type { CollectionsRecords } from '../../services/collections-records.ts'
import type { MasterDataService } from '../../services/master-data/master-data-service.ts'
import {
  type AppEnv,
  guardedBy,
  guardedForPeople,
  requireActor,
  requirePerson,
  requireScope,
} from '../app-env.ts'
import { notThere } from '../problem.ts'
import { createRouter, IdParam, json, jsonBody, problems } from '../router.ts'

const tags = ['Collections']
const reading = guardedBy('collections:read')

const codes = createRoute({
  method: 'get',
  path: '/v1/collections/dispute-codes',
  tags,
  summary: 'The reasons an invoice is contested for, each with the desk that looks into it',
  ...reading,
  responses: {
    200: json(z.object({ items: z.array(DisputeCodeView) }), 'X12 element 426.'),
    ...problems(401, 403, 429),
  },
})

const timeline = createRoute({
  method: 'get',
  path: '/v1/collections/customers/{id}/timeline',
  tags,
  summary:
    'What happened between a customer and collections: promises, disputes, stops, contacts, answers',
  ...reading,
  request: { params: IdParam },
  responses: {
    200: json(z.object({ items: z.array(TimelineEntry) }), 'The newest first, a hundred at most.'),
    ...problems(400, 401, 403, 404, 429),
  },
})

const readings = createRoute({
  method: 'get',
  path: '/v1/collections/replies/{id}/readings',
  tags,
  summary: 'What an answer of a customer could be taken for, and what each would lead to',
  ...reading,
  request: { params: IdParam },
  responses: { 200: json(ReplyReadings, 'Every class.'), ...problems(400, 401, 403, 404, 429) },
})

const recipients = createRoute({
  method: 'get',
  path: '/v1/collections/customers/{id}/recipients',
  tags,
  summary: 'Whom letters and calls to a customer may go to',
  ...reading,
  request: { params: IdParam },
  responses: { 200: json(RecipientsView, 'The contacts.'), ...problems(400, 401, 403, 404, 429) },
})

const change = createRoute({
  method: 'put',
  path: '/v1/collections/customers/{id}/recipients',
  tags,
  summary: 'A person says whom letters and calls to a customer may go to',
  description: 'The rest of the customer file stays as it is. No key does this, whatever its role.',
  ...guardedForPeople('master:write'),
  request: { params: IdParam, body: jsonBody(RecipientsDraft) },
  responses: {
    200: json(RecipientsView, 'The contacts as they are then.'),
    ...problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 503),
  },
})

/** What a collector needs beside the account itself: reasons, what happened, what answers lead to, who gets letters. */
export function collectionsDeskRoutes({
  collectionsRecords: records,
  masterData: { customers },
}: {
  readonly collectionsRecords: CollectionsRecords
  readonly masterData: Pick<MasterDataService, 'customers'>
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(codes, (c) => {
    requireScope(c, 'collections:read')
    return c.json({ items: [...records.disputeCodes] }, 200)
  })
  router.openapi(timeline, async (c) => {
    const { tenantId } = requireScope(c, 'collections:read')
    const customerNumber = c.req.valid('param').id
    const items = await records.timeline({ tenantId, customerNumber })
    // An empty list of a customer that is there is an answer; of one that is not, none.
    if (items.length === 0) await customers.get(tenantId, customerNumber)
    return c.json({ items: [...items] }, 200)
  })
  router.openapi(readings, async (c) => {
    const who = requireActor(c, 'collections:read')
    const found = await records.replyReadings(who, c.req.valid('param').id)
    if (found === undefined) throw notThere('reply')
    return c.json(found, 200)
  })
  router.openapi(recipients, async (c) => {
    const { tenantId } = requireScope(c, 'collections:read')
    return c.json(await recipientsOf(customers, tenantId, c.req.valid('param').id), 200)
  })
  router.openapi(change, async (c) => {
    const { tenantId, by } = requirePerson(c, 'master:write')
    const actor = { tenantId, name: `person:${by.name}` }
    const { id } = c.req.valid('param')
    return c.json(await setRecipients(customers, actor, id, c.req.valid('json')), 200)
  })
  return router
}

/** The routes of this file, as the console's client is typed by them. */
export type CollectionsDeskApi =
  | typeof codes
  | typeof timeline
  | typeof readings
  | typeof recipients
  | typeof change
