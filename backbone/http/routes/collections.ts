import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { DunningLevel } from '../../canonical/collections.ts'
import { IsoDate } from '../../canonical/document.ts'
import {
  AgeingLine,
  AgeingTotal,
  CollectionsCustomerView,
  CollectionsKpiView,
  WorklistLine,
} from '../../canonical/views/collections-view.ts'
import { CallerMistake } from '../../errors.ts'
import type { CollectionsService } from '../../services/collections.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import type { Cursors } from '../cursor.ts'
import { notThere } from '../problem.ts'
import { createRouter, IdParam, json, Paging, pageOf, problems } from '../router.ts'

const tags = ['Collections']
const guarded = guardedBy('collections:read')

const AsOf = IsoDate.optional().meta({
  description:
    "The day ages and levels are worked out for, on the ledger as it stands now; today in the tenant's time zone unless said.",
})

const whose = {
  asOf: AsOf,
  segment: z.string().max(40).optional(),
  collector: z.string().max(120).optional(),
  currency: z.string().length(3).optional(),
  q: z.string().trim().max(80).optional().meta({
    description: "Found anywhere in the customer's name or number, or in the collector's name.",
  }),
}

const worklist = createRoute({
  method: 'get',
  path: '/v1/collections/worklist',
  tags,
  summary: 'Customers to be asked for money, the most worthwhile contact first, with every reason',
  ...guarded,
  request: {
    query: Paging.extend({
      ...whose,
      level: z.coerce.number().pipe(DunningLevel).optional(),
      kind: z.string().max(40).optional().meta({
        description:
          'One kind of case, such as message or wait; without it, all there is something to do about.',
      }),
    }),
  },
  responses: { 200: json(pageOf(WorklistLine), 'One page.'), ...problems(400, 401, 403, 429) },
})

const ageing = createRoute({
  method: 'get',
  path: '/v1/collections/ageing',
  tags,
  summary: 'What is owed by days past due: in sum, and by customer, the most overdue first',
  ...guarded,
  request: { query: Paging.extend(whose) },
  responses: {
    200: json(
      pageOf(AgeingLine).extend({ asOf: IsoDate, totals: z.array(AgeingTotal) }),
      'One page, with the totals of all pages.',
    ),
    ...problems(400, 401, 403, 429),
  },
})

const customer = createRoute({
  method: 'get',
  path: '/v1/collections/customers/{id}',
  tags,
  summary:
    'All that collections knows of a customer: ledger, decision, facts a message may use, contacts, promises, disputes',
  ...guarded,
  request: { params: IdParam, query: z.object({ asOf: AsOf }) },
  responses: {
    200: json(CollectionsCustomerView, 'The customer.'),
    ...problems(400, 401, 403, 404, 429),
  },
})

const kpi = createRoute({
  method: 'get',
  path: '/v1/collections/kpi',
  tags,
  summary:
    'DSO, best possible DSO, average days delinquent, collection effectiveness, promises kept',
  ...guarded,
  request: {
    query: z.object({
      since: IsoDate.optional().meta({ description: 'First day; 90 days unless said.' }),
      until: IsoDate.optional().meta({ description: 'Last day, included; today unless said.' }),
      customer: z.string().max(40).optional().meta({ description: 'Of this customer alone.' }),
    }),
  },
  responses: { 200: json(CollectionsKpiView, 'The figures.'), ...problems(400, 401, 403, 429) },
})

/** What collectors look at. */
export function collectionsRoutes({
  collections,
  cursors,
}: {
  readonly collections: CollectionsService
  readonly cursors: Cursors
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  const pageQuery = (
    owner: { tenantId: string; route: string },
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ) => ({ limit, after: cursor === undefined ? undefined : cursors.open(owner, cursor) })
  const sealed = (owner: { tenantId: string; route: string }, next: string | null) =>
    next === null ? null : cursors.seal(owner, next)
  router.openapi(worklist, async (c) => {
    const { tenantId } = requireScope(c, 'collections:read')
    const { limit, cursor, ...filter } = c.req.valid('query')
    const owner = { tenantId, route: worklist.path }
    const page = pageQuery(owner, { limit, cursor })
    const { items, next } = await collections.worklist({ tenantId, page, ...filter })
    return c.json({ items: [...items], nextCursor: sealed(owner, next) }, 200)
  })
  router.openapi(ageing, async (c) => {
    const { tenantId } = requireScope(c, 'collections:read')
    const { limit, cursor, ...filter } = c.req.valid('query')
    const owner = { tenantId, route: ageing.path }
    const page = pageQuery(owner, { limit, cursor })
    const { items, next, totals, asOf } = await collections.ageing({ tenantId, page, ...filter })
    const nextCursor = sealed(owner, next)
    return c.json({ items: [...items], nextCursor, asOf, totals: [...totals] }, 200)
  })
  router.openapi(customer, async (c) => {
    const { tenantId } = requireScope(c, 'collections:read')
    const { asOf } = c.req.valid('query')
    const found = await collections.customer({
      tenantId,
      customerNumber: c.req.valid('param').id,
      asOf,
    })
    if (found === undefined) throw notThere('customer')
    return c.json(found, 200)
  })
  router.openapi(kpi, async (c) => {
    const { tenantId } = requireScope(c, 'collections:read')
    const { since, until, customer: customerNumber } = c.req.valid('query')
    if (since !== undefined && until !== undefined && since > until)
      throw new CallerMistake(400, 'bad-period', 'The period ends before it begins.', {
        since,
        until,
      })
    return c.json(await collections.kpi({ tenantId, since, until, customerNumber }), 200)
  })
  return router
}

/** The routes of this file, as the console's client is typed by them. */
export type CollectionsApi = typeof worklist | typeof ageing | typeof customer | typeof kpi
