import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import {
  CarrierAnswer,
  CarrierQuestion,
  SupplierAnswer,
  SupplierQuestion,
} from '../../canonical/views/sourcing-view.ts'
import type { SourcingService } from '../../services/sourcing.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import { createRouter, json, jsonBody, problems } from '../router.ts'

const suppliers = createRoute({
  method: 'post',
  path: '/v1/sourcing/suppliers',
  tags: ['Sourcing'],
  summary:
    'Ranks the suppliers of a product, with the parts of each score and why others cannot be used',
  ...guardedBy('master:read'),
  request: { body: jsonBody(SupplierQuestion) },
  responses: {
    200: json(SupplierAnswer, 'The ranking.'),
    ...problems(400, 401, 403, 415, 422, 429),
  },
})

const carriers = createRoute({
  method: 'post',
  path: '/v1/sourcing/carriers',
  tags: ['Sourcing'],
  summary: 'Chooses the cheapest carrier that keeps the promised day, or answers a reported delay',
  ...guardedBy('master:read'),
  request: { body: jsonBody(CarrierQuestion) },
  responses: { 200: json(CarrierAnswer, 'The choice.'), ...problems(400, 401, 403, 415, 422, 429) },
})

/** Whom to buy from and whom to ship with: questions without an effect. */
export function sourcingRoutes({
  sourcing,
}: {
  readonly sourcing: SourcingService
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(suppliers, async (c) => {
    const { tenantId } = requireScope(c, 'master:read')
    return c.json(await sourcing.suppliers(tenantId, c.req.valid('json')), 200)
  })
  router.openapi(carriers, async (c) => {
    const { tenantId } = requireScope(c, 'master:read')
    return c.json(await sourcing.carriers(tenantId, c.req.valid('json')), 200)
  })
  return router
}
