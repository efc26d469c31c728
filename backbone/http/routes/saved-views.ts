import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { SavedView, ViewFilters, ViewName, ViewScreen } from '../../canonical/views/saved-view.ts'
import { CallerMistake } from '../../errors.ts'
import type { SavedViewsService } from '../../services/saved-views.ts'
import { type AppEnv, guardedForPeople, requirePerson } from '../app-env.ts'
import { orderFilters } from '../order-list-query.ts'
import { notThere } from '../problem.ts'
import { createRouter, IdParam, json, jsonBody, problems } from '../router.ts'

const tags = ['Saved views']

const Views = z
  .object({
    items: z.array(SavedView),
    firstViewId: z.string().nullable().meta({ description: 'The list opens with it for you.' }),
    mayShare: z.boolean().meta({ description: 'Whether you may share views with the house.' }),
  })
  .meta({ id: 'SavedViews' })

const isShared = z
  .boolean()
  .meta({ description: 'Whether all of the house see it; administrators and approvers share.' })

const NewView = z
  .strictObject({
    screen: ViewScreen,
    name: ViewName,
    filters: ViewFilters,
    isShared: isShared.default(false),
  })
  .meta({ id: 'NewSavedView' })

const ViewChange = z
  .strictObject({
    screen: ViewScreen,
    name: ViewName.optional(),
    filters: ViewFilters.optional(),
    isShared: isShared.optional(),
  })
  .meta({ id: 'SavedViewChange' })

const list = createRoute({
  method: 'get',
  path: '/v1/saved-views',
  tags,
  summary: 'The views of a list that you see: those everybody has, your own, those shared with you',
  ...guardedForPeople('orders:read'),
  request: { query: z.object({ screen: ViewScreen }) },
  responses: { 200: json(Views, 'All of them.'), ...problems(400, 401, 403, 429) },
})

const save = createRoute({
  method: 'post',
  path: '/v1/saved-views',
  tags,
  summary: 'Keeps what a list is narrowed to under a name; fifty views a person at most',
  ...guardedForPeople('orders:read'),
  request: { body: jsonBody(NewView) },
  responses: {
    201: json(SavedView, 'The view.'),
    ...problems(400, 401, 403, 409, 413, 415, 422, 429),
  },
})

const change = createRoute({
  method: 'put',
  path: '/v1/saved-views/{id}',
  tags,
  summary: 'Renames a view, keeps other filters in it, shares it or takes it back',
  ...guardedForPeople('orders:read'),
  request: { params: IdParam, body: jsonBody(ViewChange) },
  responses: {
    200: json(SavedView, 'The view as it is now.'),
    ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
  },
})

const remove = createRoute({
  method: 'delete',
  path: '/v1/saved-views/{id}',
  tags,
  summary: 'Removes a view, for everybody who sees it',
  ...guardedForPeople('orders:read'),
  request: { params: IdParam },
  responses: {
    200: json(z.object({ viewId: z.string() }), 'It is gone.'),
    ...problems(400, 401, 403, 404, 409, 429),
  },
})

const openWith = createRoute({
  method: 'put',
  path: '/v1/first-views/{screen}',
  tags,
  summary: 'With which view a list opens for you; null for all there is',
  ...guardedForPeople('orders:read'),
  request: {
    params: z.object({ screen: ViewScreen }),
    body: jsonBody(z.strictObject({ viewId: z.string().min(1).max(60).nullable() })),
  },
  responses: {
    200: json(Views, 'Your views.'),
    ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
  },
})

/** What the address of each list may say. */
const addressOf: Readonly<Record<ViewScreen, z.ZodType>> = {
  orders: z.strictObject(orderFilters).partial(),
}

/** Refuses filters that the list itself would refuse: the view would never open. */
function assertFilters(screen: ViewScreen, filters: ViewFilters): void {
  const read = addressOf[screen].safeParse(filters)
  if (read.success) return
  throw new CallerMistake(
    422,
    'invalid-body',
    'The list has no such filters; see details.',
    {},
    read.error.issues.map((issue) => ({
      path: ['filters', ...issue.path].join('.'),
      message: issue.message,
    })),
  )
}

/** Views people keep of a list. */
export function savedViewRoutes({
  savedViews,
}: {
  readonly savedViews: SavedViewsService
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(list, async (c) => {
    const whose = requirePerson(c, 'orders:read')
    const views = await savedViews.list({ ...whose, ...c.req.valid('query') })
    return c.json({ ...views, items: [...views.items] }, 200)
  })
  router.openapi(save, async (c) => {
    const whose = requirePerson(c, 'orders:read')
    const view = c.req.valid('json')
    assertFilters(view.screen, view.filters)
    return c.json(await savedViews.save({ ...whose, ...view }), 201)
  })
  router.openapi(change, async (c) => {
    const whose = requirePerson(c, 'orders:read')
    const { id: viewId } = c.req.valid('param')
    const said = c.req.valid('json')
    if (said.filters !== undefined) assertFilters(said.screen, said.filters)
    const changed = await savedViews.change({ ...whose, viewId, ...said })
    if (changed === undefined) throw notThere('view')
    return c.json(changed, 200)
  })
  router.openapi(remove, async (c) => {
    const whose = requirePerson(c, 'orders:read')
    const { id: viewId } = c.req.valid('param')
    if (!(await savedViews.remove({ ...whose, viewId }))) throw notThere('view')
    return c.json({ viewId }, 200)
  })
  router.openapi(openWith, async (c) => {
    const whose = requirePerson(c, 'orders:read')
    const asked = { ...c.req.valid('param'), ...c.req.valid('json') }
    const views = await savedViews.openWith({ ...whose, ...asked })
    if (views === undefined) throw notThere('view')
    return c.json({ ...views, items: [...views.items] }, 200)
  })
  return router
}

/** The routes of this file, as the console's client is typed by them. */
export type SavedViewsApi =
  | typeof list
  | typeof save
  | typeof change
  | typeof remove
  | typeof openWith
