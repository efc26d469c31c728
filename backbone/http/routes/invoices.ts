import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { IsoDate } from '../../canonical/document.ts'
import { InvoiceView } from '../../canonical/views/invoice-view.ts'
import type { InvoicesService } from '../../services/invoices.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import type { Cursors } from '../cursor.ts'
import { notThere } from '../problem.ts'
import { answerPage, createRouter, IdParam, json, Paging, pageOf, problems } from '../router.ts'

const list = createRoute({
  method: 'get',
  path: '/v1/invoices',
  tags: ['Invoices and payments'],
  summary: 'Invoices, the newest first',
  ...guardedBy('invoices:read'),
  request: {
    query: Paging.extend({
      status: z.enum(['open', 'partly-paid', 'paid']).optional(),
      customer: z.string().max(40).optional(),
      order: z.string().max(60).optional().meta({ description: 'Our order number.' }),
      dueBefore: IsoDate.optional().meta({ description: 'Open and due before this day.' }),
    }),
  },
  responses: { 200: json(pageOf(InvoiceView), 'One page.'), ...problems(400, 401, 403, 429) },
})

const get = createRoute({
  method: 'get',
  path: '/v1/invoices/{id}',
  tags: ['Invoices and payments'],
  summary: 'One invoice by its id or number',
  ...guardedBy('invoices:read'),
  request: { params: IdParam },
  responses: { 200: json(InvoiceView, 'The invoice.'), ...problems(400, 401, 403, 404, 429) },
})

/** What we billed. */
export function invoiceRoutes({
  invoices,
  cursors,
}: {
  readonly invoices: InvoicesService
  readonly cursors: Cursors
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(list, async (c) => {
    const { tenantId } = requireScope(c, 'invoices:read')
    const { limit, cursor, customer, order, ...filter } = c.req.valid('query')
    const owner = { tenantId, route: list.path }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      invoices.list({
        tenantId,
        page: wanted,
        ...filter,
        customerNumber: customer,
        orderNumber: order,
      }),
    )
    return c.json(page, 200)
  })
  router.openapi(get, async (c) => {
    const { tenantId } = requireScope(c, 'invoices:read')
    const invoice = await invoices.get(tenantId, c.req.valid('param').id)
    if (invoice === undefined) throw notThere('invoice')
    return c.json(invoice, 200)
  })
  return router
}
