import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { IsoMoment } from '../../canonical/document.ts'
import { NewPerson, Person, PersonChange } from '../../canonical/person.ts'
import type { PeopleService, SignInLink } from '../../services/people/people.ts'
import { type AppEnv, guardedForPeople, requirePerson } from '../app-env.ts'
import { createRouter, IdParam, json, jsonBody, problems } from '../router.ts'

const tags = ['People']
const writing = problems(400, 401, 403, 404, 409, 413, 415, 422, 429)

const Invited = z
  .object({
    person: Person,
    invitation: z
      .object({
        path: z.string().meta({
          description: 'Behind the address of this server; whoever opens it comes in, once.',
        }),
        expiresAt: IsoMoment,
      })
      .nullable()
      .meta({ description: 'Shown once; null where this answer is given again.' }),
  })
  .meta({ id: 'InvitedPerson' })

const list = createRoute({
  method: 'get',
  path: '/v1/users',
  tags,
  summary: 'Who may sign in',
  ...guardedForPeople('users:read'),
  responses: {
    200: json(z.object({ items: z.array(Person) }), 'All of the tenant.'),
    ...problems(400, 401, 403, 429),
  },
})

const get = createRoute({
  method: 'get',
  path: '/v1/users/{id}',
  tags,
  summary: 'One person',
  ...guardedForPeople('users:read'),
  request: { params: IdParam },
  responses: { 200: json(Person, 'The person.'), ...problems(400, 401, 403, 404, 429) },
})

const invite = createRoute({
  method: 'post',
  path: '/v1/users',
  tags,
  summary: 'Adds a person and makes the link by which they come in for the first time',
  ...guardedForPeople('users:write'),
  request: { body: jsonBody(NewPerson) },
  responses: { 201: json(Invited, 'The new person.'), ...writing },
})

const inviteAgain = createRoute({
  method: 'post',
  path: '/v1/users/{id}/invitation',
  tags,
  summary: 'A new link for somebody who has never come in',
  ...guardedForPeople('users:write'),
  request: { params: IdParam },
  responses: { 200: json(Invited, 'The person.'), ...writing },
})

const change = createRoute({
  method: 'patch',
  path: '/v1/users/{id}',
  tags,
  summary: 'Changes a person, or locks them out: their sessions end at once',
  ...guardedForPeople('users:write'),
  request: { params: IdParam, body: jsonBody(PersonChange.strict()) },
  responses: { 200: json(Person, 'The person as they are now.'), ...writing },
})

function shown({ person, invitation }: { person: Person; invitation: SignInLink }) {
  const { token, expiresAt } = invitation
  return { person, invitation: { path: `/sign-in#${token}`, expiresAt } }
}

/** The people of a tenant, kept by its administrators. */
export function userRoutes({ people }: { readonly people: PeopleService }): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(list, async (c) => {
    const { tenantId } = requirePerson(c, 'users:read')
    return c.json({ items: await people.list({ tenantId }) }, 200)
  })
  router.openapi(get, async (c) => {
    const { tenantId } = requirePerson(c, 'users:read')
    return c.json(await people.get({ tenantId }, c.req.valid('param').id), 200)
  })
  router.openapi(invite, async (c) => {
    const { tenantId, by } = requirePerson(c, 'users:write')
    const who = { tenantId, actor: `person:${by.name}` }
    const invited = await people.invite(who, c.req.valid('json'))
    c.set('answerToKeep', JSON.stringify({ person: invited.person, invitation: null }))
    return c.json(shown(invited), 201)
  })
  router.openapi(inviteAgain, async (c) => {
    const { tenantId, by } = requirePerson(c, 'users:write')
    const who = { tenantId, actor: `person:${by.name}` }
    const invited = await people.inviteAgain(who, c.req.valid('param').id)
    c.set('answerToKeep', JSON.stringify({ person: invited.person, invitation: null }))
    return c.json(shown(invited), 200)
  })
  router.openapi(change, async (c) => {
    const { tenantId, by } = requirePerson(c, 'users:write')
    const who = { tenantId, actor: `person:${by.name}` }
    return c.json(await people.change(who, c.req.valid('param').id, c.req.valid('json')), 200)
  })
  return router
}
