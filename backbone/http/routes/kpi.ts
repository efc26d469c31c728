import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { IsoDate } from '../../canonical/document.ts'
import { KpiView } from '../../canonical/views/kpi-view.ts'
import { CallerMistake } from '../../errors.ts'
import type { KpiService } from '../../services/kpi.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import { createRouter, json, problems } from '../router.ts'

const kpi = createRoute({
  method: 'get',
  path: '/v1/metrics/kpi',
  tags: ['Figures'],
  summary: 'Touchless rate, first-pass yield, exceptions, cycle times, acknowledgements on time',
  ...guardedBy('metrics:read'),
  request: {
    query: z.object({
      since: IsoDate.optional().meta({ description: "First day, in the tenant's time zone." }),
      until: IsoDate.optional().meta({ description: 'Last day, included; today unless said.' }),
    }),
  },
  responses: { 200: json(KpiView, 'The figures.'), ...problems(400, 401, 403, 429) },
})

/** The figures the house is steered by. */
export function kpiRoutes({ kpis }: { readonly kpis: KpiService }): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(kpi, async (c) => {
    const { tenantId } = requireScope(c, 'metrics:read')
    const { since, until } = c.req.valid('query')
    if (since !== undefined && until !== undefined && since > until)
      throw new CallerMistake(400, 'bad-period', 'The period ends before it begins.', {
        since,
        until,
      })
    return c.json(await kpis.read({ tenantId, since, until }), 200)
  })
  return router
}
