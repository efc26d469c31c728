import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { CallerMistake } from '../../errors.ts'
import type { Principal } from '../../services/api-principal.ts'
import { ToolDescription, type ToolDoor } from '../../services/tool-door.ts'
import { type AppEnv, notAuthenticated } from '../app-env.ts'
import { createRouter, json, jsonBody, problems } from '../router.ts'

const tags = ['Tools']
const security = [{ apiKey: [] }, { session: [] }]

const list = createRoute({
  method: 'get',
  path: '/v1/tools',
  tags,
  summary: 'The tools this caller may call, with their schemas',
  security,
  responses: {
    200: json(z.object({ items: z.array(ToolDescription) }), 'All of them.'),
    ...problems(401, 403, 429),
  },
})

const call = createRoute({
  method: 'post',
  path: '/v1/tools/{name}',
  tags,
  summary: 'Calls a tool: reads, or asks people for a decision; the body is its arguments',
  security,
  request: {
    params: z.object({ name: z.string().min(1).max(60).meta({ example: 'order_search' }) }),
    body: jsonBody(z.record(z.string(), z.unknown()).meta({ description: 'The arguments.' })),
  },
  responses: {
    200: json(z.record(z.string(), z.unknown()), 'As its output schema says.'),
    ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
  },
})

/** Refuses whoever has no tool at all, before the body is looked at; which ones they have is told at each call. */
function guardedByTools(tools: ToolDoor): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    // Typed as always there; a route mounted outside the authenticated part must still fail closed.
    const principal: Principal | undefined = c.get('principal')
    if (principal === undefined) throw notAuthenticated()
    if (tools.list(principal).length === 0)
      throw new CallerMistake(403, 'no-tools', 'This caller may not call any tool.')
    await next()
  }
}

/** The tools of agents and agent hosts, for programs: what reads, and what asks people for a decision. */
export function toolRoutes({ tools }: { readonly tools: ToolDoor }): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.use(list.path, guardedByTools(tools))
  router.use('/v1/tools/:name', guardedByTools(tools))
  router.openapi(list, (c) => c.json({ items: tools.list(c.get('principal')) }, 200))
  router.openapi(call, async (c) => {
    const { name } = c.req.valid('param')
    return c.json(await tools.call(c.get('principal'), name, c.req.valid('json')), 200)
  })
  return router
}
