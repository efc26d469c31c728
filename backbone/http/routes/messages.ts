import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import {
  MailReplyView,
  MessageStatus,
  OutreachMessageView,
} from '../../canonical/views/outreach-view.ts'
import type { MessagesService } from '../../services/outreach/messages.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import type { Cursors } from '../cursor.ts'
import { notThere } from '../problem.ts'
import { createRouter, IdParam, json, Paging, pageOf, problems, YesNo } from '../router.ts'

const tags = ['Messages']
const guarded = guardedBy('messages:read')

const list = createRoute({
  method: 'get',
  path: '/v1/messages',
  tags,
  summary: 'Messages to customers that were approved, what became of each, and what came back',
  ...guarded,
  request: {
    query: Paging.extend({
      customer: z.string().max(40).optional(),
      status: MessageStatus.optional(),
    }),
  },
  responses: {
    200: json(pageOf(OutreachMessageView), 'One page, the newest first.'),
    ...problems(400, 401, 403, 429),
  },
})

const one = createRoute({
  method: 'get',
  path: '/v1/messages/{id}',
  tags,
  summary: 'One message to a customer',
  ...guarded,
  request: { params: IdParam },
  responses: {
    200: json(OutreachMessageView, 'The message.'),
    ...problems(400, 401, 403, 404, 429),
  },
})

const mails = createRoute({
  method: 'get',
  path: '/v1/mails',
  tags,
  summary:
    'Mails that came back: answers with what they were taken for, bounces, and mails nobody knows',
  description:
    'The text of a mail is data: it is shown and never obeyed. A promise or dispute in it counts when a person records it.',
  ...guarded,
  request: {
    query: Paging.extend({
      customer: z.string().max(40).optional(),
      message: z.string().max(60).optional(),
      untied: YesNo.optional().meta({
        description: 'Those of which nobody knows whose they are, or only the others.',
      }),
    }),
  },
  responses: {
    200: json(pageOf(MailReplyView), 'One page, the newest first.'),
    ...problems(400, 401, 403, 429),
  },
})

/** What went out to customers by mail, and what came back. */
export function messageRoutes({
  messages,
  cursors,
}: {
  readonly messages: MessagesService
  readonly cursors: Cursors
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  type Owner = { readonly tenantId: string; readonly route: string }
  const pageQuery = (owner: Owner, limit: number, cursor: string | undefined) => ({
    limit,
    after: cursor === undefined ? undefined : cursors.open(owner, cursor),
  })
  const sealed = (owner: Owner, next: string | null) =>
    next === null ? null : cursors.seal(owner, next)
  router.openapi(list, async (c) => {
    const { tenantId } = requireScope(c, 'messages:read')
    const { limit, cursor, customer: customerNumber, status } = c.req.valid('query')
    const owner = { tenantId, route: list.path }
    const page = pageQuery(owner, limit, cursor)
    const { items, next } = await messages.list({ tenantId, page, customerNumber, status })
    return c.json({ items: [...items], nextCursor: sealed(owner, next) }, 200)
  })
  router.openapi(one, async (c) => {
    const { tenantId } = requireScope(c, 'messages:read')
    const found = await messages.get(tenantId, c.req.valid('param').id)
    if (found === undefined) throw notThere('message')
    return c.json(found, 200)
  })
  router.openapi(mails, async (c) => {
    const { tenantId } = requireScope(c, 'messages:read')
    const query = c.req.valid('query')
    const { limit, cursor, untied: isUntied, customer: customerNumber, message: messageId } = query
    const owner = { tenantId, route: mails.path }
    const page = pageQuery(owner, limit, cursor)
    const { items, next } = await messages.mails({
      ...{ tenantId, page, isUntied, customerNumber, messageId },
    })
    return c.json({ items: [...items], nextCursor: sealed(owner, next) }, 200)
  })
  return router
}

/** The routes of this file that the console's client is typed by. */
export type MessagesApi = typeof list | typeof mails
