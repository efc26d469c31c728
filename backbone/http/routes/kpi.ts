import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { IsoDate } from '../../canonical/document.ts'
import { DocumentMatrixView, KpiView, TouchMapView } from '../../canonical/views/kpi-view.ts'
import { CallerMistake } from '../../errors.ts'
import type { KpiService } from '../../services/kpi.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import { createRouter, json, problems } from '../router.ts'

const Period = z.object({
  since: IsoDate.optional().meta({ description: "First day, in the tenant's time zone." }),
  until: IsoDate.optional().meta({ description: 'Last day, included; today unless said.' }),
})

const kpi = createRoute({
  method: 'get',
  path: '/v1/metrics/kpi',
  tags: ['Figures'],
  summary:
    'Touchless rate, first-pass yield, exceptions, perfect orders, cycle times, acknowledgements on time',
  ...guardedBy('metrics:read'),
  request: { query: Period },
  responses: { 200: json(KpiView, 'The figures.'), ...problems(400, 401, 403, 429) },
})

const touchMap = createRoute({
  method: 'get',
  path: '/v1/metrics/touch-map',
  tags: ['Figures'],
  summary: 'What people did to orders between receipt and invoice, partner by partner',
  ...guardedBy('metrics:read'),
  request: { query: Period },
  responses: { 200: json(TouchMapView, 'The touch map.'), ...problems(400, 401, 403, 429) },
})

const documentMatrix = createRoute({
  method: 'get',
  path: '/v1/metrics/document-matrix',
  tags: ['Figures'],
  summary: 'Which documents each partner’s connections support, have tested and use',
  ...guardedBy('metrics:read'),
  responses: { 200: json(DocumentMatrixView, 'The document matrix.'), ...problems(401, 403, 429) },
})

function assertForwards({ since, until }: z.infer<typeof Period>): void {
  if (since !== undefined && until !== undefined && since > until)
    throw new CallerMistake(400, 'bad-period', 'The period ends before it begins.', {
      since,
      until,
    })
}

/** The figures the house is steered by. */
export function kpiRoutes({ kpis }: { readonly kpis: KpiService }): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(kpi, async (c) => {
    const { tenantId } = requireScope(c, 'metrics:read')
    const period = c.req.valid('query')
    assertForwards(period)
    return c.json(await kpis.read({ tenantId, ...period }), 200)
  })
  router.openapi(touchMap, async (c) => {
    const { tenantId } = requireScope(c, 'metrics:read')
    const period = c.req.valid('query')
    assertForwards(period)
    return c.json(await kpis.touchMap({ tenantId, ...period }), 200)
  })
  router.openapi(documentMatrix, async (c) => {
    const { tenantId } = requireScope(c, 'metrics:read')
    return c.json(await kpis.documentMatrix({ tenantId }), 200)
  })
  return router
}
