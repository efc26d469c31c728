import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { SlaForecastView } from '../../canonical/views/sla-view.ts'
import type { SlaForecastService } from '../../services/sla-forecast.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import { createRouter, json, problems } from '../router.ts'

const forecast = createRoute({
  method: 'get',
  path: '/v1/sla/forecast',
  tags: ['Figures'],
  summary: 'Which promises in time will be broken, at the pace of the last hour',
  ...guardedBy('metrics:read'),
  responses: { 200: json(SlaForecastView, 'The forecast.'), ...problems(401, 403, 429) },
})

/** Promises in time. */
export function slaRoutes({
  slaForecast,
}: {
  readonly slaForecast: SlaForecastService
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(forecast, async (c) => {
    const { tenantId } = requireScope(c, 'metrics:read')
    return c.json(await slaForecast.read(tenantId), 200)
  })
  return router
}
