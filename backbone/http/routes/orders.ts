import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { IsoMoment } from '../../canonical/document.ts'
import { Order } from '../../canonical/order.ts'
import { stages } from '../../canonical/order-state.ts'
import { OrderSummary, OrderView } from '../../canonical/views/order-view.ts'
import type { OrdersReadService } from '../../services/orders-read.ts'
import { type CheckOrder, OrderCheck } from '../../services/ports.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
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
  YesNo,
} from '../router.ts'

const list = createRoute({
  method: 'get',
  path: '/v1/orders',
  tags: ['Orders'],
  summary: 'Orders, the newest first',
  ...guardedBy('orders:read'),
  request: {
    query: Paging.extend({
      stage: z.enum(stages).optional(),
      q: z.string().trim().min(1).max(80).optional().meta({
        description:
          'Any number the order goes by: order, purchase order, customer, SKU, invoice, shipment or pick.',
      }),
      customer: z.string().max(40).optional(),
      since: IsoMoment.optional().meta({ description: 'Received at or after this moment.' }),
      until: IsoMoment.optional().meta({ description: 'Received before this moment.' }),
      held: YesNo.optional().meta({ description: 'Whether a hold on the release is in force.' }),
    }),
  },
  responses: { 200: json(pageOf(OrderSummary), 'One page.'), ...problems(400, 401, 403, 429) },
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
    const { limit, cursor, q, customer, held, ...filter } = c.req.valid('query')
    const owner = { tenantId, route: list.path }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      orders.list({
        tenantId,
        page: wanted,
        ...filter,
        reference: q,
        customerNumber: customer,
        isHeld: held,
      }),
    )
    return c.json(page, 200)
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
export type OrdersApi = typeof list | typeof get
