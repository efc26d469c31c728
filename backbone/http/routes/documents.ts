import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { DocumentView } from '../../canonical/views/document-view.ts'
import type { DocumentsService } from '../../services/documents.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import { notThere } from '../problem.ts'
import { createRouter, IdParam, json, problems } from '../router.ts'

const view = createRoute({
  method: 'get',
  path: '/v1/documents/{id}/view',
  tags: ['Inbound'],
  summary: 'A receipt or document line by line, with what was found in it at its place',
  description:
    'X12 is cut into segments and elements, JSON into values; what the checks of its order found is told where the caller may read orders. A huge document is shown a stretch at a time.',
  ...guardedBy('documents:read'),
  request: {
    params: IdParam,
    query: z.object({
      from: z.coerce.number().int().min(1).max(100_000_000).optional().meta({
        description: 'The first line to be shown; 1 unless said otherwise.',
      }),
    }),
  },
  responses: {
    200: json(DocumentView, 'The document, its lines and findings, and what it belongs to.'),
    ...problems(400, 401, 403, 404, 429),
  },
})

/** Documents as people look at them. */
export function documentRoutes({
  documents,
}: {
  readonly documents: DocumentsService
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(view, async (c) => {
    const { tenantId, scopes } = requireScope(c, 'documents:read')
    const { id } = c.req.valid('param')
    const { from } = c.req.valid('query')
    const withOrders = scopes.includes('orders:read')
    const found = await documents.view({ tenantId, id, from, withOrders })
    if (found === undefined) throw notThere('document')
    return c.json(found, 200)
  })
  return router
}

/** The routes of this file, as the console's client is typed by them. */
export type DocumentsApi = typeof view
