import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { IsoMoment } from '../../canonical/document.ts'
import { TransactionSummary, TransactionView } from '../../canonical/views/transaction-view.ts'
import { CallerMistake } from '../../errors.ts'
import type { TransactionsService } from '../../services/transactions.ts'
import { type AppEnv, actorOf, guardedBy, guardedForSystems, requireScope } from '../app-env.ts'
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

const tags = ['Transactions']
const Word = z.string().min(1).max(120)

const Filter = z.object({
  direction: z.enum(['in', 'out']).optional(),
  status: Word.optional(),
  connectionId: Word.optional(),
  operation: Word.optional(),
  errorClass: Word.optional(),
  orderId: Word.optional(),
  clusterId: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: 'What failed by this cause.' }),
  since: IsoMoment.optional(),
  q: Word.optional().meta({
    description:
      'A number it goes by, whole: its own, its order’s, an invoice’s, or the one it has elsewhere.',
  }),
  text: Word.optional().meta({ description: 'Part of a number or of the error’s message.' }),
})

const list = createRoute({
  method: 'get',
  path: '/v1/transactions',
  tags,
  summary: 'Documents in and calls out, the newest first; status=failed is what ops works on',
  ...guardedBy('transactions:read'),
  request: { query: Paging.extend(Filter.shape) },
  responses: {
    200: json(pageOf(TransactionSummary), 'One page.'),
    ...problems(400, 401, 403, 429),
  },
})

const get = createRoute({
  method: 'get',
  path: '/v1/transactions/{id}',
  tags,
  summary: 'One transaction with every try, what was sent and what came back',
  ...guardedBy('transactions:read'),
  request: { params: IdParam },
  responses: {
    200: json(TransactionView, 'The transaction.'),
    ...problems(400, 401, 403, 404, 429),
  },
})

const ReplayRequest = z
  .union(
    [
      z.strictObject({ ids: z.array(Word).min(1).max(1_000) }),
      z.strictObject({ cluster: z.string().min(1).max(500) }),
      z.strictObject({
        filter: Filter.refine(
          (filter) => Object.keys(filter).length > 0,
          'An empty filter would mean every failed call; name what you mean.',
        ),
      }),
    ],
    'Name what goes again by exactly one of ids, cluster and filter.',
  )
  .meta({ id: 'ReplayRequest' })

const Replayed = z
  .object({ replayed: z.int(), dropped: z.int(), skipped: z.int() })
  .meta({ id: 'Replayed' })

const replay = createRoute({
  method: 'post',
  path: '/v1/transactions/replay',
  tags,
  summary: 'Sends failed calls again: these, those of one cause, or those of a filter',
  ...guardedForSystems('transactions:write', 'retry-transactions'),
  request: { body: jsonBody(ReplayRequest) },
  responses: {
    200: json(Replayed, 'How many go again, are not wanted any more, or were not failed.'),
    ...problems(401, 403, 409, 415, 422, 429),
  },
})

const drop = createRoute({
  method: 'post',
  path: '/v1/transactions/{id}/drop',
  tags,
  summary: 'Ends a call that is not wanted any more; what waits behind it goes on',
  ...guardedBy('transactions:write'),
  request: { params: IdParam, body: jsonBody(Reason) },
  responses: {
    200: json(z.object({ transactionId: z.string(), status: z.literal('dropped') }), 'Dropped.'),
    ...problems(400, 401, 403, 404, 409, 415, 422, 429),
  },
})

function mountWriting(router: OpenAPIHono<AppEnv>, transactions: TransactionsService): void {
  router.openapi(replay, async (c) => {
    const principal = requireScope(c, 'transactions:write')
    const counts = await transactions.replay({
      tenantId: principal.tenantId,
      actor: actorOf(principal),
      selection: c.req.valid('json'),
    })
    return c.json(counts, 200)
  })
  router.openapi(drop, async (c) => {
    const principal = requireScope(c, 'transactions:write')
    const { id: transactionId } = c.req.valid('param')
    const result = await transactions.drop({
      tenantId: principal.tenantId,
      actor: actorOf(principal),
      transactionId,
      reason: c.req.valid('json').reason,
    })
    if (result.outcome === 'not-found') throw notThere('transaction')
    if (result.outcome === 'not-droppable')
      throw new CallerMistake(
        409,
        'not-droppable',
        `This call is ${result.status} and cannot be dropped.`,
        { transactionId, status: result.status },
      )
    return c.json({ transactionId, status: 'dropped' as const }, 200)
  })
}

/** Documents in and calls out: what failed, why, and sending it again. */
export function transactionRoutes({
  transactions,
  cursors,
}: {
  readonly transactions: TransactionsService
  readonly cursors: Cursors
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(list, async (c) => {
    const { tenantId } = requireScope(c, 'transactions:read')
    const { limit, cursor, ...filter } = c.req.valid('query')
    const owner = { tenantId, route: list.path }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      transactions.list({ tenantId, page: wanted, ...filter }),
    )
    return c.json(page, 200)
  })
  router.openapi(get, async (c) => {
    const { tenantId } = requireScope(c, 'transactions:read')
    const found = await transactions.get(tenantId, c.req.valid('param').id)
    if (found === undefined) throw notThere('transaction')
    return c.json(found, 200)
  })
  mountWriting(router, transactions)
  return router
}

/** The routes of this file that the console's client is typed by. */
export type TransactionsApi = typeof list | typeof get | typeof drop
