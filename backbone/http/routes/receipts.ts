import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { ReceiptView } from '../../canonical/views/receipt-view.ts'
import type { ReceiptsService } from '../../services/receipts.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import { notThere } from '../problem.ts'
import { createRouter, IdParam, json, problems } from '../router.ts'

const receipt = createRoute({
  method: 'get',
  path: '/v1/receipts/{id}',
  tags: ['Inbound'],
  summary: 'What became of a delivery',
  ...guardedBy('documents:read'),
  request: { params: IdParam },
  responses: {
    200: json(ReceiptView, 'The receipt with its findings and documents.'),
    ...problems(400, 401, 403, 404, 429),
  },
})

const raw = createRoute({
  method: 'get',
  path: '/v1/documents/{id}/raw',
  tags: ['Inbound'],
  summary: 'The exact bytes of a receipt or document, as a download',
  ...guardedBy('documents:read'),
  request: { params: IdParam },
  responses: {
    200: {
      description: 'The bytes, never with a type that a browser would run.',
      content: { 'application/octet-stream': { schema: z.string() } },
    },
    ...problems(400, 401, 403, 404, 429),
  },
})

/** Receipts and the bytes behind them. */
export function receiptRoutes({
  receipts,
}: {
  readonly receipts: ReceiptsService
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(receipt, async (c) => {
    const { tenantId } = requireScope(c, 'documents:read')
    const found = await receipts.get(tenantId, c.req.valid('param').id)
    if (found === undefined) throw notThere('receipt')
    return c.json(found, 200)
  })
  router.openapi(raw, async (c) => {
    const { tenantId } = requireScope(c, 'documents:read')
    const { id } = c.req.valid('param')
    const found = await receipts.bytes(tenantId, id)
    if (found === undefined) throw notThere('document')
    return c.body(new Uint8Array(found.content), 200, {
      'content-type': found.contentType,
      'content-disposition': `attachment; filename="${id.replace(/[^\w-]/g, '_')}"`,
    })
  })
  return router
}
