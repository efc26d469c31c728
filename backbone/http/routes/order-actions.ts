import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { CallerMistake } from '../../errors.ts'
import type { Principal } from '../../services/api-principal.ts'
import type { OrdersReadService } from '../../services/orders-read.ts'
import type { OrderActionResult, OrderActions } from '../../services/ports.ts'
import { type AppEnv, actorOf, guardedBy, requireScope } from '../app-env.ts'
import { notThere } from '../problem.ts'
import { createRouter, IdParam, json, jsonBody, problems, Reason } from '../router.ts'

const ActionResult = z
  .object({
    orderId: z.string(),
    status: z.enum(['done', 'requested']).meta({
      description:
        'requested: passed on to the ERP or warehouse, whose answer will be on the timeline.',
    }),
    message: z.string(),
  })
  .meta({ id: 'OrderActionResult' })

const answers = {
  200: json(ActionResult, 'It is done.'),
  202: json(ActionResult, 'It is asked for.'),
  ...problems(400, 401, 403, 404, 409, 415, 422, 429),
}

const cancel = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/cancel',
  tags: ['Orders'],
  summary: 'Cancels an order, or asks for it where goods are already under way',
  ...guardedBy('orders:write'),
  request: { params: IdParam, body: jsonBody(Reason) },
  responses: answers,
})

const releaseHold = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/holds/{holdId}/release',
  tags: ['Orders'],
  summary: 'Lifts a hold; the order goes on when no other one stands',
  ...guardedBy('orders:write'),
  request: {
    params: IdParam.extend({ holdId: z.string().min(1).max(120) }),
    body: jsonBody(Reason),
  },
  responses: answers,
})

function taken(
  orderId: string,
  result: OrderActionResult,
): { orderId: string; status: 'done' | 'requested'; message: string } {
  switch (result.status) {
    case 'unknown':
      throw notThere('hold on this order')
    case 'refused':
      throw new CallerMistake(409, 'refused', result.message, { orderId })
    case 'done':
    case 'requested':
      return { orderId, status: result.status, message: result.message }
  }
}

/** What people do to orders. */
export function orderActionRoutes({
  orders,
  orderActions,
}: {
  readonly orders: Pick<OrdersReadService, 'idOf'>
  readonly orderActions: OrderActions
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  const known = async ({ tenantId }: Principal, reference: string): Promise<string> => {
    const orderId = await orders.idOf(tenantId, reference)
    if (orderId === undefined) throw notThere('order')
    return orderId
  }
  router.openapi(cancel, async (c) => {
    const principal = requireScope(c, 'orders:write')
    const { tenantId } = principal
    const orderId = await known(principal, c.req.valid('param').id)
    const { reason } = c.req.valid('json')
    const result = await orderActions.cancel({
      tenantId,
      orderId,
      actor: actorOf(principal),
      reason,
    })
    const answer = taken(orderId, result)
    return answer.status === 'done' ? c.json(answer, 200) : c.json(answer, 202)
  })
  router.openapi(releaseHold, async (c) => {
    const principal = requireScope(c, 'orders:write')
    const { tenantId } = principal
    const { id, holdId } = c.req.valid('param')
    const orderId = await known(principal, id)
    const { reason } = c.req.valid('json')
    const result = await orderActions.releaseHold({
      tenantId,
      orderId,
      holdId,
      actor: actorOf(principal),
      reason,
    })
    const answer = taken(orderId, result)
    return answer.status === 'done' ? c.json(answer, 200) : c.json(answer, 202)
  })
  return router
}
