import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { McpCall } from '../../canonical/views/mcp-call-view.ts'
import type { McpCallsService } from '../../services/mcp-calls.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import type { Cursors } from '../cursor.ts'
import { answerPage, createRouter, json, Paging, pageOf, problems } from '../router.ts'

const Query = Paging.extend({
  tool: z.string().min(1).max(60).optional(),
  outcome: McpCall.shape.outcome.optional(),
  callerId: z.string().min(1).max(120).optional(),
})

const list = createRoute({
  method: 'get',
  path: '/v1/mcp-calls',
  tags: ['Agents'],
  summary: 'What agent hosts called over MCP, the newest first',
  ...guardedBy('agents:read'),
  request: { query: Query },
  responses: { 200: json(pageOf(McpCall), 'The calls.'), ...problems(400, 401, 403, 429) },
})

/** The record of what agent hosts called. */
export function mcpCallRoutes({
  mcpCalls,
  cursors,
}: {
  readonly mcpCalls: Pick<McpCallsService, 'list'>
  readonly cursors: Cursors
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(list, async (c) => {
    const { tenantId } = requireScope(c, 'agents:read')
    const { limit, cursor, ...filter } = c.req.valid('query')
    const owner = { tenantId, route: `mcp-calls:${JSON.stringify(filter)}` }
    const page = await answerPage(cursors, owner, { limit, cursor }, (asked) =>
      mcpCalls.list({ tenantId, page: asked, ...filter }),
    )
    return c.json({ ...page, items: [...page.items] }, 200)
  })
  return router
}
