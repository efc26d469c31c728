import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { IsoMoment } from '../../canonical/document.ts'
import { CredentialDraft, type CredentialsService } from '../../services/credentials.ts'
import { type AppEnv, guardedForPeople, requirePerson } from '../app-env.ts'
import { createRouter, IdParam, json, jsonBody, problems } from '../router.ts'

const tags = ['API keys']

const ApiKey = z
  .object({
    credentialId: z.string(),
    name: z.string(),
    role: z.string(),
    scopes: z.array(z.string()),
    connectionId: z.string().nullable(),
    createdAt: IsoMoment,
    expiresAt: IsoMoment.nullable(),
    revokedAt: IsoMoment.nullable(),
    lastUsedAt: IsoMoment.nullable(),
  })
  .meta({ id: 'ApiKey' })

const NewApiKey = z
  .object({
    credential: ApiKey,
    token: z.string().nullable().meta({
      description: 'Shown once and kept nowhere; null where this answer is given again.',
    }),
  })
  .meta({ id: 'NewApiKey' })

const list = createRoute({
  method: 'get',
  path: '/v1/tokens',
  tags,
  summary: 'API keys of systems, agents, agent hosts and partners; never a key itself',
  ...guardedForPeople('users:read'),
  responses: {
    200: json(z.object({ items: z.array(ApiKey) }), 'All of the tenant, newest first.'),
    ...problems(400, 401, 403, 429),
  },
})

const create = createRoute({
  method: 'post',
  path: '/v1/tokens',
  tags,
  summary: 'Makes an API key; it is shown in this answer only',
  ...guardedForPeople('users:write'),
  request: { body: jsonBody(CredentialDraft) },
  responses: {
    201: json(NewApiKey, 'The new key.'),
    ...problems(400, 401, 403, 409, 413, 415, 422, 429),
  },
})

const revoke = createRoute({
  method: 'delete',
  path: '/v1/tokens/{id}',
  tags,
  summary: 'Ends an API key within seconds, for good',
  ...guardedForPeople('users:write'),
  request: { params: IdParam },
  responses: { 200: json(ApiKey, 'The ended key.'), ...problems(400, 401, 403, 404, 429) },
})

/** API keys, made and ended by administrators. */
export function tokenRoutes({
  credentials,
}: {
  readonly credentials: CredentialsService
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(list, async (c) => {
    const { tenantId } = requirePerson(c, 'users:read')
    const items = await credentials.list({ tenantId })
    return c.json({ items: items.map((item) => ({ ...item, scopes: [...item.scopes] })) }, 200)
  })
  router.openapi(create, async (c) => {
    const { tenantId, by } = requirePerson(c, 'users:write')
    const who = { tenantId, actor: `person:${by.name}` }
    const { credential, token } = await credentials.create(who, c.req.valid('json'))
    const kept = { ...credential, scopes: [...credential.scopes] }
    c.set('answerToKeep', JSON.stringify({ credential: kept, token: null }))
    return c.json({ credential: kept, token }, 201)
  })
  router.openapi(revoke, async (c) => {
    const { tenantId, by } = requirePerson(c, 'users:write')
    const who = { tenantId, actor: `person:${by.name}` }
    const ended = await credentials.revoke(who, c.req.valid('param').id)
    return c.json({ ...ended, scopes: [...ended.scopes] }, 200)
  })
  return router
}
