import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { AgentRun, AgentSetting, AgentView, RunSubject } from '../../canonical/agent-run.ts'
import type { AgentRunsService } from '../../services/agent-runs.ts'
import type { Principal } from '../../services/api-principal.ts'
import {
  type AppEnv,
  guardedBy,
  guardedForPeople,
  requirePerson,
  requireScope,
} from '../app-env.ts'
import type { Cursors } from '../cursor.ts'
import { notThere } from '../problem.ts'
import {
  answerPage,
  createRouter,
  IdParam,
  json,
  jsonBody,
  Paging,
  pageOf,
  problems,
  Reason,
} from '../router.ts'

const AgentParam = z.object({ name: z.string().min(1).max(60).meta({ example: 'triage' }) })

const RunRequest = z
  .strictObject({
    subject: RunSubject.optional().meta({ description: 'It looks for work itself unless said.' }),
    text: z.string().trim().min(1).max(2_000).optional(),
  })
  .meta({ id: 'AgentRunRequest' })

const list = createRoute({
  method: 'get',
  path: '/v1/agents',
  tags: ['Agents'],
  summary: 'The agents of the house: what they do, with which tools, whether and when they run',
  ...guardedBy('agents:read'),
  responses: {
    200: json(z.object({ items: z.array(AgentView) }), 'The agents.'),
    ...problems(401, 403, 429),
  },
})

const change = createRoute({
  method: 'put',
  path: '/v1/agents/{name}',
  tags: ['Agents'],
  summary: 'Switches an agent on or off for the tenant, and sets what wakes it',
  ...guardedForPeople('agents:write'),
  request: { params: AgentParam, body: jsonBody(AgentSetting.extend(Reason.shape)) },
  responses: {
    200: json(AgentView, 'The agent as it is set now.'),
    ...problems(400, 401, 403, 404, 413, 415, 422, 429),
  },
})

const start = createRoute({
  method: 'post',
  path: '/v1/agents/{name}/runs',
  tags: ['Agents'],
  summary: 'Has an agent run once, with the tools that the caller may use',
  ...guardedBy('chat:use'),
  request: { params: AgentParam, body: jsonBody(RunRequest) },
  responses: {
    202: json(AgentRun, 'The run, in the queue; ask for it by its id.'),
    ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
  },
})

const runs = createRoute({
  method: 'get',
  path: '/v1/agents/{name}/runs',
  tags: ['Agents'],
  summary: 'The log of an agent, its newest run first',
  ...guardedBy('agents:read'),
  request: { params: AgentParam, query: Paging },
  responses: { 200: json(pageOf(AgentRun), 'The runs.'), ...problems(400, 401, 403, 404, 429) },
})

const get = createRoute({
  method: 'get',
  path: '/v1/agent-runs/{id}',
  tags: ['Agents'],
  summary: 'One run: what it was asked, called, spent, proposed and said',
  ...guardedBy('agents:read'),
  request: { params: IdParam },
  responses: { 200: json(AgentRun, 'The run.'), ...problems(400, 401, 403, 404, 429) },
})

// What somebody wrote in a chat is theirs: on the log others see that there was a run, not its words.
function asSeenBy(who: Principal, run: AgentRun): AgentRun {
  const ownId = who.kind === 'person' ? who.userId : who.credentialId
  if (run.trigger !== 'chat' || run.requestedBy.id === ownId) return run
  return {
    ...run,
    threadId: null,
    input: null,
    outcome: null,
    toolCalls: run.toolCalls.map((call) => ({ ...call, args: {} })),
  }
}

type AgentPorts = { readonly agents: AgentRunsService; readonly cursors: Cursors }

function logRoutes(router: OpenAPIHono<AppEnv>, { agents, cursors }: AgentPorts): void {
  router.openapi(runs, async (c) => {
    const who = requireScope(c, 'agents:read')
    const { name } = c.req.valid('param')
    const { tenantId } = who
    if (!(await agents.agents(tenantId)).some((agent) => agent.name === name))
      throw notThere('agent')
    const owner = { tenantId, route: `agent-runs:${name}` }
    const page = await answerPage(cursors, owner, c.req.valid('query'), (asked) =>
      agents.runs({ tenantId, agent: name }, asked),
    )
    return c.json({ ...page, items: page.items.map((run) => asSeenBy(who, run)) }, 200)
  })
  router.openapi(get, async (c) => {
    const who = requireScope(c, 'agents:read')
    const run = await agents.get({ tenantId: who.tenantId, runId: c.req.valid('param').id })
    if (run === undefined) throw notThere('run')
    return c.json(asSeenBy(who, run), 200)
  })
}

/** The agents of the house, their switches and the log of their runs. */
export function agentRoutes(
  ports: AgentPorts & {
    /** The scopes of tools that a caller's runs have. */
    readonly toolScopesOf: (who: Principal) => readonly string[]
  },
): OpenAPIHono<AppEnv> {
  const { agents, toolScopesOf } = ports
  const router = createRouter()
  router.openapi(list, async (c) => {
    const { tenantId } = requireScope(c, 'agents:read')
    return c.json({ items: await agents.agents(tenantId) }, 200)
  })
  router.openapi(change, async (c) => {
    const { tenantId, by } = requirePerson(c, 'agents:write')
    const { reason, ...setting } = c.req.valid('json')
    const changed = await agents.change({
      ...{ tenantId, setting, reason, agent: c.req.valid('param').name },
      actor: `person:${by.name}`,
    })
    if (changed === undefined) throw notThere('agent')
    return c.json(changed, 200)
  })
  router.openapi(start, async (c) => {
    const who = requireScope(c, 'chat:use')
    const id = who.kind === 'person' ? who.userId : who.credentialId
    const run = await agents.start({
      ...{ tenantId: who.tenantId, agent: c.req.valid('param').name },
      requester: { kind: who.kind, id, name: who.name },
      scopes: toolScopesOf(who),
      ...c.req.valid('json'),
    })
    if (run === undefined) throw notThere('agent')
    return c.json(run, 202)
  })
  logRoutes(router, ports)
  return router
}
