import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { IsoMoment } from '../../canonical/document.ts'
import { CallerMistake } from '../../errors.ts'
import type { Principal } from '../../services/api-principal.ts'
import type { OrdersReadService } from '../../services/orders-read.ts'
import {
  type OrderActionResult,
  type OrderActions,
  personsHoldTypes,
} from '../../services/ports.ts'
import { type AppEnv, actorOf, guardedForSystems, requireScope } from '../app-env.ts'
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
    holdId: z.string().optional().meta({ description: 'The hold that was placed.' }),
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
  ...guardedForSystems('orders:write', 'cancel-order'),
  request: { params: IdParam, body: jsonBody(Reason) },
  responses: answers,
})

const Line = z.string().min(1).max(40)
const HoldCondition = z.string().trim().min(1).max(60)

const placeHold = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/holds',
  tags: ['Orders'],
  summary:
    'Holds an order or one of its lines, until it is lifted or what it waits for is reported',
  ...guardedForSystems('orders:write', 'place-hold'),
  request: {
    params: IdParam,
    body: jsonBody(
      Reason.extend({
        type: z.enum(personsHoldTypes),
        line: Line.optional().meta({ description: 'Only this line; the whole order when absent.' }),
        until: IsoMoment.optional().meta({
          description:
            'CUSTOMER_REQUEST: when it ends by itself. Any other: when somebody is told that it still stands.',
        }),
        conditions: z.array(HoldCondition).max(20).optional().meta({
          description:
            'Lifted by itself when milestones have reported all of these; those of its type unless given.',
        }),
      }),
    ),
  },
  responses: answers,
})

const releaseHold = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/holds/{holdId}/release',
  tags: ['Orders'],
  summary: 'Lifts a hold; the order goes on when no other one stands',
  ...guardedForSystems('orders:write', 'release-hold'),
  request: {
    params: IdParam.extend({ holdId: z.string().min(1).max(120) }),
    body: jsonBody(
      Reason.extend({
        reasonCode: z.string().min(1).max(60).optional().meta({
          description: 'Needed for holds whose policy says so: CREDIT, FRAUD, COMPLIANCE.',
        }),
        evidence: z.string().trim().min(1).max(300).optional().meta({
          description: 'The document or number the decision rests on; needed for COMPLIANCE.',
        }),
        validUntil: IsoMoment.optional().meta({
          description: 'PAYMENT: when the authorisation runs out; the order is held again then.',
        }),
      }),
    ),
  },
  responses: answers,
})

function taken(orderId: string, result: OrderActionResult): z.infer<typeof ActionResult> {
  switch (result.status) {
    case 'unknown':
      throw notThere('hold on this order')
    case 'refused':
      throw new CallerMistake(409, 'refused', result.message, { orderId })
    case 'done':
    case 'requested':
      return { orderId, ...result }
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
  router.openapi(placeHold, async (c) => {
    const principal = requireScope(c, 'orders:write')
    const { tenantId } = principal
    const orderId = await known(principal, c.req.valid('param').id)
    const { line, until, conditions, ...wish } = c.req.valid('json')
    const result = await orderActions.placeHold({
      tenantId,
      orderId,
      actor: actorOf(principal),
      ...wish,
      ...(line === undefined ? {} : { line }),
      ...(until === undefined ? {} : { until }),
      ...(conditions === undefined ? {} : { conditions }),
    })
    const answer = taken(orderId, result)
    return answer.status === 'done' ? c.json(answer, 200) : c.json(answer, 202)
  })
  router.openapi(releaseHold, async (c) => {
    const principal = requireScope(c, 'orders:write')
    const { tenantId } = principal
    const { id, holdId } = c.req.valid('param')
    const orderId = await known(principal, id)
    const { reason, reasonCode, evidence, validUntil } = c.req.valid('json')
    const result = await orderActions.releaseHold({
      tenantId,
      orderId,
      holdId,
      actor: actorOf(principal),
      reason,
      ...(reasonCode === undefined ? {} : { reasonCode }),
      ...(evidence === undefined ? {} : { evidence }),
      ...(validUntil === undefined ? {} : { validUntil }),
    })
    const answer = taken(orderId, result)
    return answer.status === 'done' ? c.json(answer, 200) : c.json(answer, 202)
  })
  return router
}
