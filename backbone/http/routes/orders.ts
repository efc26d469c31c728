import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { Order } from '../../canonical/order.ts'
import { OrderCount } from '../../canonical/views/order-list.ts'
import { OrderSummary, OrderView } from '../../canonical/views/order-view.ts'
import type { OrdersReadService } from '../../services/orders-read.ts'
import { type CheckOrder, OrderCheck } from '../../services/ports.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import type { Cursors } from '../cursor.ts'
import { OrderListQuery, orderFilters, orderQuestion } from '../order-list-query.ts'
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
} from '../router.ts'

const list = createRoute({
  method: 'get',
  path: '/v1/orders',
  tags: ['Orders'],
  summary: 'Orders, the newest first unless another order is asked for',
  ...guardedBy('orders:read'),
  request: {
    query: Paging.extend(OrderListQuery.shape).extend({ sort: orderFilters.sort.optional() }),
  },
  responses: { 200: json(pageOf(OrderSummary), 'One page.'), ...problems(400, 401, 403, 429) },
})

const count = createRoute({
  method: 'get',
  path: '/v1/orders/count',
  tags: ['Orders'],
  summary:
    'How many orders there are like this; counting stops at ten thousand, of those waiting for stock at a thousand, of a search at two hundred',
  ...guardedBy('orders:read'),
  request: { query: OrderListQuery },
  responses: { 200: json(OrderCount, 'The number.'), ...problems(400, 401, 403, 429) },
})

const get = createRoute({
  method: 'get',
  path: '/v1/orders/{id}',
  tags: ['Orders'],
  summary: 'One order by its id or order number, with everything on its way',
  ...guardedBy('orders:read'),
  request: { params: IdParam },
  responses: { 200: json(OrderView, 'The order.'), ...problems(400, 401, 403, 404, 429) },
})

const check = createRoute({
  method: 'post',
  path: '/v1/orders/check',
  tags: ['Orders'],
  summary: 'What would become of this order: customer, price, stock, duplicates; nothing is kept',
  ...guardedBy('orders:read'),
  request: { body: jsonBody(Order) },
  responses: {
    200: json(OrderCheck, 'What the checks found.'),
    ...problems(401, 403, 413, 415, 422, 429),
  },
})

/** Orders as people and programs look at them. */
export function orderRoutes({
  orders,
  checkOrder,
  cursors,
}: {
  readonly orders: OrdersReadService
  readonly checkOrder: CheckOrder
  readonly cursors: Cursors
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(list, async (c) => {
    const { tenantId } = requireScope(c, 'orders:read')
    const { limit, cursor, sort = 'received', ...said } = c.req.valid('query')
    // The position in one order means nothing in another.
    const owner = { tenantId, route: sort === 'received' ? list.path : `${list.path}:${sort}` }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      orders.list({ tenantId, page: wanted, sort, ...orderQuestion(said) }),
    )
    return c.json(page, 200)
  })
  // Before the route of one order, which would take it for a number.
  router.openapi(count, async (c) => {
    const { tenantId } = requireScope(c, 'orders:read')
    return c.json(await orders.count({ tenantId, ...orderQuestion(c.req.valid('query')) }), 200)
  })
  router.openapi(get, async (c) => {
    const { tenantId } = requireScope(c, 'orders:read')
    const order = await orders.get(tenantId, c.req.valid('param').id)
    if (order === undefined) throw notThere('order')
    return c.json(order, 200)
  })
  router.openapi(check, async (c) => {
    const { tenantId } = requireScope(c, 'orders:read')
    return c.json(await checkOrder({ tenantId, order: c.req.valid('json') }), 200)
  })
  return router
}

/** The routes of this file, as the console's client is typed by them. */
export type OrdersApi = typeof list | typeof count | typeof get
