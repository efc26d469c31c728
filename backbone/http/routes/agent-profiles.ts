import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import {
  AgentProfile,
  DraftedProfile,
  ProfileDraft,
  ProfileTest,
  ThirdPartyAgent,
} from '../../canonical/agent-profile.ts'
import type { AgentProfilesService } from '../../services/governance/agent-profiles.ts'
import type { ThirdPartyAgentsService } from '../../services/governance/third-party-agents.ts'
import { type AppEnv, guardedBy, guardedForPeople, requireActor, requireScope } from '../app-env.ts'
import { notThere } from '../problem.ts'
import { createRouter, json, jsonBody, problems } from '../router.ts'

const tags = ['Agents']
const ProfileId = z.object({ profileId: z.string().min(1).max(60) })
const AgentId = z.object({ agentId: z.string().min(1).max(60) })
const Template = z
  .object({
    template: z.string(),
    about: z.string(),
    draft: ProfileDraft.omit({ goal: true, owner: true }),
  })
  .meta({ id: 'ProfileTemplate' })
const refusals = problems(400, 401, 403, 404, 409, 413, 415, 422, 429)
const ThirdPartyBody = ThirdPartyAgent.omit({ agentId: true, changedBy: true, changedAt: true })
  .extend({
    credentialId: z.string().nullable().default(null),
    isEnabled: z.boolean().default(true),
  })
  .meta({ id: 'ThirdPartyAgentDraft' })

const templates = createRoute({
  ...{ method: 'get', path: '/v1/agent-profiles/templates', tags },
  summary: 'Profiles to start from',
  ...guardedBy('agents:read'),
  responses: {
    200: json(z.object({ items: z.array(Template) }), 'The templates.'),
    ...problems(401, 403, 429),
  },
})

const drafted = createRoute({
  ...{ method: 'post', path: '/v1/agent-profiles/drafts', tags },
  summary:
    'Drafts a profile from a goal in plain words, and says which words led to what; keeps nothing',
  ...guardedBy('agents:read'),
  request: { body: jsonBody(z.object({ goal: z.string().trim().min(1).max(2_000) })) },
  responses: { 200: json(DraftedProfile, 'The draft.'), ...problems(400, 401, 403, 415, 422, 429) },
})

const list = createRoute({
  ...{ method: 'get', path: '/v1/agent-profiles', tags },
  summary: 'Every profile in its newest version',
  ...guardedBy('agents:read'),
  responses: {
    200: json(z.object({ items: z.array(AgentProfile) }), 'The profiles.'),
    ...problems(401, 403, 429),
  },
})

const versions = createRoute({
  ...{ method: 'get', path: '/v1/agent-profiles/{profileId}', tags },
  summary: 'Every version of a profile, the newest first',
  ...guardedBy('agents:read'),
  request: { params: ProfileId },
  responses: {
    200: json(z.object({ items: z.array(AgentProfile) }), 'The versions.'),
    ...problems(400, 401, 403, 404, 429),
  },
})

const create = createRoute({
  ...{ method: 'post', path: '/v1/agent-profiles', tags },
  summary: 'Keeps a draft of a profile; it does nothing before it is tested and activated',
  ...guardedForPeople('agents:write'),
  request: { body: jsonBody(ProfileDraft.extend({ template: z.string().max(60).optional() })) },
  responses: { 201: json(AgentProfile, 'The draft.'), ...refusals },
})

const edit = createRoute({
  ...{ method: 'put', path: '/v1/agent-profiles/{profileId}', tags },
  summary:
    'Changes a profile: a new version, a draft; the one that runs goes on until it is replaced',
  ...guardedForPeople('agents:write'),
  request: { params: ProfileId, body: jsonBody(ProfileDraft.extend({ version: z.int().min(1) })) },
  responses: { 200: json(AgentProfile, 'The new version.'), ...refusals },
})

const test = createRoute({
  ...{ method: 'post', path: '/v1/agent-profiles/{profileId}/test', tags },
  summary:
    'Tries everything the profile must refuse, and runs it on the records without making anything',
  ...guardedForPeople('agents:write'),
  request: { params: ProfileId },
  responses: { 200: json(ProfileTest, 'What the test found.'), ...refusals },
})

const retire = createRoute({
  ...{ method: 'post', path: '/v1/agent-profiles/{profileId}/retire', tags },
  summary: 'No version of the profile runs any more',
  ...guardedForPeople('agents:write'),
  request: {
    params: ProfileId,
    body: jsonBody(z.object({ reason: z.string().trim().min(1).max(500) })),
  },
  responses: { 200: json(AgentProfile, 'The profile.'), ...refusals },
})

const thirdParties = createRoute({
  ...{ method: 'get', path: '/v1/third-party-agents', tags },
  summary: 'Agents of others that work here: who answers for them, their key, their switch',
  ...guardedBy('agents:read'),
  responses: {
    200: json(z.object({ items: z.array(ThirdPartyAgent) }), 'The agents.'),
    ...problems(401, 403, 429),
  },
})

const register = createRoute({
  ...{ method: 'post', path: '/v1/third-party-agents', tags },
  summary: 'Registers an agent of somebody else',
  ...guardedForPeople('agents:write'),
  request: { body: jsonBody(ThirdPartyBody) },
  responses: { 201: json(ThirdPartyAgent, 'The agent.'), ...refusals },
})

const change = createRoute({
  ...{ method: 'put', path: '/v1/third-party-agents/{agentId}', tags },
  summary: 'Writes an agent anew, its kill switch included: off, its key opens nothing',
  ...guardedForPeople('agents:write'),
  request: { params: AgentId, body: jsonBody(ThirdPartyBody) },
  responses: { 200: json(ThirdPartyAgent, 'The agent.'), ...refusals },
})

type Services = {
  readonly agentProfiles: AgentProfilesService
  readonly thirdPartyAgents: ThirdPartyAgentsService
}

function mountReading(router: OpenAPIHono<AppEnv>, { agentProfiles }: Services): void {
  router.openapi(templates, (c) => {
    requireScope(c, 'agents:read')
    const items = agentProfiles
      .templates()
      .map(({ template, about, draft }) => ({ template, about, draft }))
    return c.json({ items }, 200)
  })
  router.openapi(drafted, (c) => {
    const { name } = requireScope(c, 'agents:read')
    return c.json(agentProfiles.drafted(c.req.valid('json').goal, name), 200)
  })
  router.openapi(list, async (c) => {
    const { tenantId } = requireScope(c, 'agents:read')
    return c.json({ items: await agentProfiles.list(tenantId) }, 200)
  })
  router.openapi(versions, async (c) => {
    const { tenantId } = requireScope(c, 'agents:read')
    const items = await agentProfiles.versions(tenantId, c.req.valid('param').profileId)
    if (items.length === 0) throw notThere('profile')
    return c.json({ items }, 200)
  })
}

function mountWriting(router: OpenAPIHono<AppEnv>, { agentProfiles }: Services): void {
  router.openapi(create, async (c) => {
    const { tenantId, actor } = requireActor(c, 'agents:write')
    const { template, ...draft } = c.req.valid('json')
    const from = template === undefined ? {} : { template }
    return c.json(await agentProfiles.create({ tenantId, actor, draft, ...from }), 201)
  })
  router.openapi(edit, async (c) => {
    const { tenantId, actor } = requireActor(c, 'agents:write')
    const { version, ...draft } = c.req.valid('json')
    const { profileId } = c.req.valid('param')
    const changed = await agentProfiles.edit({ tenantId, actor, profileId, version, draft })
    if (changed === undefined) throw notThere('profile')
    return c.json(changed, 200)
  })
  router.openapi(test, async (c) => {
    const { tenantId, actor } = requireActor(c, 'agents:write')
    const found = await agentProfiles.test({ tenantId, actor, ...c.req.valid('param') })
    if (found === undefined) throw notThere('profile')
    return c.json(found, 200)
  })
  router.openapi(retire, async (c) => {
    const { tenantId, actor } = requireActor(c, 'agents:write')
    const { profileId } = c.req.valid('param')
    const { reason } = c.req.valid('json')
    const found = await agentProfiles.retire({ tenantId, actor, profileId, reason })
    if (found === undefined) throw notThere('profile')
    return c.json(found, 200)
  })
}

/** Profiles of agents, and agents of others. */
export function agentProfileRoutes(services: Services): OpenAPIHono<AppEnv> {
  const { thirdPartyAgents } = services
  const router = createRouter()
  mountReading(router, services)
  mountWriting(router, services)
  router.openapi(thirdParties, async (c) => {
    const { tenantId } = requireScope(c, 'agents:read')
    return c.json({ items: await thirdPartyAgents.list(tenantId) }, 200)
  })
  router.openapi(register, async (c) => {
    const { tenantId, actor } = requireActor(c, 'agents:write')
    return c.json(
      await thirdPartyAgents.register({ tenantId, actor, draft: c.req.valid('json') }),
      201,
    )
  })
  router.openapi(change, async (c) => {
    const { tenantId, actor } = requireActor(c, 'agents:write')
    const { agentId } = c.req.valid('param')
    const changed = await thirdPartyAgents.change({
      tenantId,
      actor,
      agentId,
      draft: c.req.valid('json'),
    })
    if (changed === undefined) throw notThere('agent')
    return c.json(changed, 200)
  })
  return router
}
