import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { ToolDescription, type ToolDoor } from '../../services/tool-door.ts'
import { type AppEnv, notAuthenticated } from '../app-env.ts'
import { createRouter, json, jsonBody, problems } from '../router.ts'

const tags = ['Tools']
const security = [{ apiKey: [] }]

const list = createRoute({
  method: 'get',
  path: '/v1/tools',
  tags,
  summary: 'The tools this caller may call, with their schemas',
  security,
  responses: {
    200: json(z.object({ items: z.array(ToolDescription) }), 'All of them.'),
    ...problems(401, 429),
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

/** The tools of agents and agent hosts, for programs: what reads, and what asks people for a decision. */
export function toolRoutes({ tools }: { readonly tools: ToolDoor }): OpenAPIHono<AppEnv> {
  const router = createRouter()
  // Typed as always there; a route mounted outside the authenticated part must still fail closed.
  const whoOf = (principal: AppEnv['Variables']['principal'] | undefined) => {
    if (principal === undefined) throw notAuthenticated()
    return principal
  }
  router.openapi(list, (c) => c.json({ items: tools.list(whoOf(c.get('principal'))) }, 200))
  router.openapi(call, async (c) => {
    const who = whoOf(c.get('principal'))
    return c.json(await tools.call(who, c.req.valid('param').name, c.req.valid('json')), 200)
  })
  return router
}
