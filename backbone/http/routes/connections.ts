import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import type { Principal } from '../../services/api-principal.ts'
import {
  type Actor,
  ConnectionDraft,
  type ConnectionsService,
  ConnectionTest,
  ConnectionView,
  SecretRotation,
} from '../../services/connections.ts'
import { type AppEnv, actorOf, guardedBy, requireScope } from '../app-env.ts'
import { createRouter, IdParam, json, jsonBody, problems } from '../router.ts'

const tags = ['Connections']
const reading = problems(400, 401, 403, 404, 429)
const writing = problems(400, 401, 403, 404, 409, 412, 415, 422, 429)

const list = createRoute({
  method: 'get',
  path: '/v1/connections',
  tags,
  summary: 'Shops, partners, ERPs, warehouses and mail, with their health and never a secret',
  ...guardedBy('connections:read'),
  responses: { 200: json(z.object({ items: z.array(ConnectionView) }), 'All.'), ...reading },
})

const get = createRoute({
  method: 'get',
  path: '/v1/connections/{id}',
  tags,
  summary: 'One connection; its ETag is its version',
  ...guardedBy('connections:read'),
  request: { params: IdParam },
  responses: { 200: json(ConnectionView, 'The connection.'), ...reading },
})

const create = createRoute({
  method: 'post',
  path: '/v1/connections',
  tags,
  summary: 'Sets up a connection under an id of ours',
  ...guardedBy('connections:write'),
  request: { body: jsonBody(ConnectionDraft) },
  responses: { 201: json(ConnectionView, 'The new connection.'), ...writing },
})

const put = createRoute({
  method: 'put',
  path: '/v1/connections/{id}',
  tags,
  summary: 'Changes a connection, or sets it up under this id; If-Match guards against others',
  ...guardedBy('connections:write'),
  request: {
    params: IdParam,
    headers: z.object({
      'if-match': z
        .string()
        .regex(/^"\d{1,9}"$/, 'an ETag of ours such as "3"')
        .optional(),
    }),
    body: jsonBody(ConnectionDraft),
  },
  responses: {
    200: json(ConnectionView, 'The changed connection.'),
    201: json(ConnectionView, 'The new connection.'),
    ...writing,
  },
})

const rotate = createRoute({
  method: 'post',
  path: '/v1/connections/{id}/secrets',
  tags,
  summary: 'Puts in a new secret; the one before counts for a while longer',
  ...guardedBy('connections:write'),
  request: { params: IdParam, body: jsonBody(SecretRotation) },
  responses: { 200: json(ConnectionView, 'The connection, without its secrets.'), ...writing },
})

const test = createRoute({
  method: 'post',
  path: '/v1/connections/{id}/test',
  tags,
  summary: 'Presses the test button: can the system be reached with these settings',
  ...guardedBy('connections:write'),
  request: { params: IdParam },
  responses: { 200: json(ConnectionTest, 'What the test found.'), ...writing },
})

const acts = ['enable', 'disable', 'end-earlier-secrets'] as const

const sentences = {
  enable: 'Lets documents and calls through again',
  disable: 'Stops documents and calls of this connection',
  'end-earlier-secrets': 'Ends all secrets but the newest at once',
} as const

function actRoute(act: (typeof acts)[number]) {
  return createRoute({
    method: 'post',
    path: `/v1/connections/{id}/${act}`,
    tags,
    summary: sentences[act],
    ...guardedBy('connections:write'),
    request: { params: IdParam },
    responses: { 200: json(ConnectionView, 'The connection.'), ...writing },
  })
}

const whoIs = (principal: Principal): Actor => ({
  tenantId: principal.tenantId,
  actor: actorOf(principal),
})

function mountWriting(router: OpenAPIHono<AppEnv>, connections: ConnectionsService): void {
  router.openapi(create, async (c) => {
    const who = whoIs(requireScope(c, 'connections:write'))
    const connection = await connections.create(who, c.req.valid('json'))
    c.header('etag', `"${connection.version}"`)
    return c.json(connection, 201)
  })
  router.openapi(put, async (c) => {
    const who = whoIs(requireScope(c, 'connections:write'))
    const match = c.req.valid('header')['if-match']
    const { connection, isNew } = await connections.put(
      who,
      c.req.valid('param').id,
      c.req.valid('json'),
      { ifMatch: match === undefined ? undefined : Number(match.slice(1, -1)) },
    )
    c.header('etag', `"${connection.version}"`)
    return isNew ? c.json(connection, 201) : c.json(connection, 200)
  })
  router.openapi(rotate, async (c) => {
    const who = whoIs(requireScope(c, 'connections:write'))
    const { id } = c.req.valid('param')
    return c.json(await connections.rotateSecret(who, id, c.req.valid('json')), 200)
  })
  router.openapi(test, async (c) => {
    const who = whoIs(requireScope(c, 'connections:write'))
    return c.json(await connections.test(who, c.req.valid('param').id), 200)
  })
  const act = {
    enable: (who: Actor, id: string) => connections.setEnabled(who, id, true),
    disable: (who: Actor, id: string) => connections.setEnabled(who, id, false),
    'end-earlier-secrets': (who: Actor, id: string) => connections.endEarlierSecrets(who, id),
  }
  for (const name of acts)
    router.openapi(actRoute(name), async (c) => {
      const who = whoIs(requireScope(c, 'connections:write'))
      return c.json(await act[name](who, c.req.valid('param').id), 200)
    })
}

/** Where documents come from and go to. */
export function connectionRoutes({
  connections,
}: {
  readonly connections: ConnectionsService
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(list, async (c) => {
    const who = requireScope(c, 'connections:read')
    return c.json({ items: await connections.list(who) }, 200)
  })
  router.openapi(get, async (c) => {
    const who = requireScope(c, 'connections:read')
    const connection = await connections.get(who, c.req.valid('param').id)
    c.header('etag', `"${connection.version}"`)
    return c.json(connection, 200)
  })
  mountWriting(router, connections)
  return router
}

/** The routes of this file that the console calls, as its client is typed by them. */
export type ConnectionsApi = typeof list
