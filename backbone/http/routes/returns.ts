import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import {
  ReturnCount,
  ReturnCreditChoice,
  ReturnRequest,
  ReturnSummary,
  ReturnView,
  returnStatuses,
} from '../../canonical/views/return-view.ts'
import type { ReturnsService } from '../../services/returns.ts'
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
} from '../router.ts'

const list = createRoute({
  method: 'get',
  path: '/v1/returns',
  tags: ['Returns'],
  summary: 'Returns, the newest first',
  ...guardedBy('returns:read'),
  request: {
    query: Paging.extend({
      status: z.enum(returnStatuses).optional(),
      customer: z.string().max(40).optional(),
      invoice: z.string().max(60).optional().meta({ description: 'Our invoice number.' }),
    }),
  },
  responses: { 200: json(pageOf(ReturnSummary), 'One page.'), ...problems(400, 401, 403, 429) },
})

const get = createRoute({
  method: 'get',
  path: '/v1/returns/{id}',
  tags: ['Returns'],
  summary: 'One return by its id or number, with what it would be credited and why',
  ...guardedBy('returns:read'),
  request: { params: IdParam },
  responses: { 200: json(ReturnView, 'The return.'), ...problems(400, 401, 403, 404, 409, 429) },
})

const request = createRoute({
  method: 'post',
  path: '/v1/returns',
  tags: ['Returns'],
  summary:
    'Asks for a return of goods of one invoice; what the rules refuse is rejected at once, with every reason',
  ...guardedBy('returns:write'),
  request: { body: jsonBody(ReturnRequest) },
  responses: {
    201: json(ReturnView, 'It is on the record.'),
    ...problems(400, 401, 403, 404, 409, 415, 422, 429),
  },
})

const moved = {
  200: json(ReturnView, 'The return as it stands now.'),
  ...problems(400, 401, 403, 404, 409, 415, 422, 429),
}

const verdicts = [
  { word: 'authorise', to: 'authorised', summary: 'Lets the goods come back' },
  { word: 'reject', to: 'rejected', summary: 'Turns a return down' },
  {
    word: 'replace',
    to: 'replaced',
    summary: 'Makes it good with other goods instead of a credit',
  },
] as const

const counts = [
  { word: 'receive', to: 'received', summary: 'Counts what arrived, line by line' },
  { word: 'inspect', to: 'inspected', summary: 'Counts what passed inspection, line by line' },
] as const

function verdictRoute({ word, summary }: (typeof verdicts)[number]) {
  return createRoute({
    method: 'post',
    path: `/v1/returns/{id}/${word}`,
    tags: ['Returns'],
    summary,
    ...guardedBy('returns:write'),
    request: { params: IdParam, body: jsonBody(Reason) },
    responses: moved,
  })
}

function countRoute({ word, summary }: (typeof counts)[number]) {
  return createRoute({
    method: 'post',
    path: `/v1/returns/{id}/${word}`,
    tags: ['Returns'],
    summary,
    ...guardedBy('returns:write'),
    request: { params: IdParam, body: jsonBody(ReturnCount) },
    responses: moved,
  })
}

const credit = createRoute({
  method: 'post',
  path: '/v1/returns/{id}/credit',
  tags: ['Returns'],
  summary: 'Issues the credit note of what passed inspection',
  ...guardedBy('returns:write'),
  request: { params: IdParam, body: jsonBody(ReturnCreditChoice) },
  responses: moved,
})

function found(view: ReturnView | undefined): ReturnView {
  if (view === undefined) throw notThere('return')
  return view
}

/** Goods that come back. */
export function returnRoutes({
  returns,
  cursors,
}: {
  readonly returns: ReturnsService
  readonly cursors: Cursors
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(list, async (c) => {
    const { tenantId } = requireScope(c, 'returns:read')
    const { limit, cursor, status, customer, invoice } = c.req.valid('query')
    const owner = { tenantId, route: list.path }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      returns.list({
        tenantId,
        page: wanted,
        status,
        customerNumber: customer,
        invoiceNumber: invoice,
      }),
    )
    return c.json(page, 200)
  })
  router.openapi(get, async (c) => {
    const { tenantId } = requireScope(c, 'returns:read')
    return c.json(found(await returns.get(tenantId, c.req.valid('param').id)), 200)
  })
  router.openapi(request, async (c) => {
    const asked = await returns.request(requireActor(c, 'returns:write'), c.req.valid('json'))
    if (asked === undefined) throw notThere('invoice')
    c.header('location', `/v1/returns/${asked.returnId}`)
    return c.json(asked, 201)
  })
  for (const declared of verdicts)
    router.openapi(verdictRoute(declared), async (c) => {
      const { id: reference } = c.req.valid('param')
      const act = { reference, to: declared.to, ...c.req.valid('json') }
      return c.json(found(await returns.decide(requireActor(c, 'returns:write'), act)), 200)
    })
  for (const declared of counts)
    router.openapi(countRoute(declared), async (c) => {
      const { id: reference } = c.req.valid('param')
      const act = { reference, to: declared.to, ...c.req.valid('json') }
      return c.json(found(await returns.count(requireActor(c, 'returns:write'), act)), 200)
    })
  router.openapi(credit, async (c) => {
    const { id: reference } = c.req.valid('param')
    return c.json(
      found(
        await returns.credit(requireActor(c, 'returns:write'), {
          reference,
          ...c.req.valid('json'),
        }),
      ),
      200,
    )
  })
  return router
}
