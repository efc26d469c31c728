import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import {
  ToolServer,
  ToolServerDraft,
  ToolServerName,
  ToolServerTest,
} from '../../canonical/tool-server.ts'
import type { ToolServersService } from '../../services/governance/tool-servers.ts'
import { type AppEnv, guardedBy, guardedForPeople, requireActor, requireScope } from '../app-env.ts'
import { notThere } from '../problem.ts'
import { createRouter, json, jsonBody, problems } from '../router.ts'

const tags = ['Agents']
const params = z.object({ name: z.string().min(1).max(60) })
const refusals = problems(400, 401, 403, 404, 409, 413, 415, 422, 429)

const list = createRoute({
  ...{ method: 'get', path: '/v1/tool-servers', tags },
  summary: 'MCP servers of others whose tools the agents may use; never their secrets',
  ...guardedBy('agents:read'),
  responses: {
    200: json(z.object({ items: z.array(ToolServer) }), 'The servers.'),
    ...problems(401, 403, 429),
  },
})

const put = createRoute({
  ...{ method: 'put', path: '/v1/tool-servers/{name}', tags },
  summary: 'Writes a server as it shall be: its address, its tools that are allowed, its switch',
  ...guardedForPeople('agents:write'),
  request: { params: z.object({ name: ToolServerName }), body: jsonBody(ToolServerDraft) },
  responses: { 200: json(ToolServer, 'The server.'), ...refusals },
})

const remove = createRoute({
  ...{ method: 'delete', path: '/v1/tool-servers/{name}', tags },
  summary: 'Takes a server off the list and forgets its secret',
  ...guardedForPeople('agents:write'),
  request: { params },
  responses: { 200: json(z.object({ name: z.string() }), 'It is gone.'), ...refusals },
})

const test = createRoute({
  ...{ method: 'post', path: '/v1/tool-servers/{name}/test', tags },
  summary:
    'Connects to a server and lists its tools, what they say of themselves and which are offered',
  ...guardedForPeople('agents:write'),
  request: { params },
  responses: { 200: json(ToolServerTest, 'What was found.'), ...refusals },
})

/** MCP servers of others, whose tools the agents may use. */
export function toolServerRoutes({
  toolServers,
}: {
  readonly toolServers: ToolServersService
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(list, async (c) => {
    const { tenantId } = requireScope(c, 'agents:read')
    return c.json({ items: await toolServers.list(tenantId) }, 200)
  })
  router.openapi(put, async (c) => {
    const who = requireActor(c, 'agents:write')
    const { name } = c.req.valid('param')
    return c.json(await toolServers.put({ ...who, name, draft: c.req.valid('json') }), 200)
  })
  router.openapi(remove, async (c) => {
    const who = requireActor(c, 'agents:write')
    const { name } = c.req.valid('param')
    if (!(await toolServers.remove({ ...who, name }))) throw notThere('tool server')
    return c.json({ name }, 200)
  })
  router.openapi(test, async (c) => {
    const who = requireActor(c, 'agents:write')
    const found = await toolServers.test({ ...who, ...c.req.valid('param') })
    if (found === undefined) throw notThere('tool server')
    return c.json(found, 200)
  })
  return router
}
