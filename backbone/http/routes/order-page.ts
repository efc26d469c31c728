import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { OrderLineExplanation } from '../../canonical/views/order-line-explanation.ts'
import { OrderStanding, StoryEntry, storySorts } from '../../canonical/views/order-story.ts'
import type { OrderLinesService } from '../../services/order-lines/explain-line.ts'
import type { OrderStandingService } from '../../services/order-standing/order-standing.ts'
import type { OrderStoryService } from '../../services/order-story.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import type { Cursors } from '../cursor.ts'
import { notThere } from '../problem.ts'
import { answerPage, createRouter, IdParam, json, Paging, pageOf, problems } from '../router.ts'

const line = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/lines/{line}',
  tags: ['Orders'],
  summary:
    'Why a line is as it is: its price as it was decided, what has become of its quantity, its days, and what could be done',
  description:
    'What is on record stands apart from what is worked out now, which is never history. Nothing of it is kept.',
  ...guardedBy('orders:read'),
  request: {
    params: IdParam.extend({ line: z.string().min(1).max(40).meta({ example: '1' }) }),
  },
  responses: {
    200: json(OrderLineExplanation, 'The line, explained.'),
    ...problems(400, 401, 403, 404, 429),
  },
})

const standing = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/standing',
  tags: ['Orders'],
  summary:
    'Why an order stands where it stands: what it waits for, what it has passed, what comes next',
  ...guardedBy('orders:read'),
  request: { params: IdParam },
  responses: {
    200: json(OrderStanding, 'How it stands.'),
    ...problems(400, 401, 403, 404, 429),
  },
})

const story = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/story',
  tags: ['Orders'],
  summary: 'Everything that happened to an order in one stream, the newest first',
  description:
    'Documents, events, holds, decisions, people, calls; messages to and from the customer only for who may read them.',
  ...guardedBy('orders:read'),
  request: {
    params: IdParam,
    query: Paging.extend({
      sort: z.enum(storySorts).optional().meta({ description: 'Only entries of one sort.' }),
    }),
  },
  responses: { 200: json(pageOf(StoryEntry), 'One page.'), ...problems(400, 401, 403, 404, 429) },
})

/** What the page of one order asks for beyond the order itself, each only when somebody looks at it. */
export function orderPageRoutes({
  orderLines,
  orderStanding,
  orderStory,
  cursors,
}: {
  readonly orderLines: OrderLinesService
  readonly orderStanding: OrderStandingService
  readonly orderStory: OrderStoryService
  readonly cursors: Cursors
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(line, async (c) => {
    const { tenantId } = requireScope(c, 'orders:read')
    const { id, line: number } = c.req.valid('param')
    const explained = await orderLines.explain({ tenantId, order: id, line: number })
    if (explained === undefined) throw notThere('line of an order')
    return c.json(explained, 200)
  })
  router.openapi(standing, async (c) => {
    const { tenantId } = requireScope(c, 'orders:read')
    const found = await orderStanding.read({ tenantId, order: c.req.valid('param').id })
    if (found === undefined) throw notThere('order')
    return c.json(found, 200)
  })
  router.openapi(story, async (c) => {
    const { tenantId, scopes } = requireScope(c, 'orders:read')
    const { id: order } = c.req.valid('param')
    const { sort, ...paging } = c.req.valid('query')
    const mayReadMessages = scopes.includes('messages:read')
    const owner = { tenantId, route: `${story.path} ${order} ${sort ?? ''}` }
    const page = await answerPage(cursors, owner, paging, async (wanted) => {
      const found = await orderStory.list({ tenantId, order, sort, mayReadMessages, page: wanted })
      if (found === undefined) throw notThere('order')
      return found
    })
    return c.json(page, 200)
  })
  return router
}

/** The routes of this file, as the console's client is typed by them. */
export type OrderPageApi = typeof line | typeof standing | typeof story
