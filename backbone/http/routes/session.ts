import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { z } from 'zod'
import { IsoMoment } from '../../canonical/document.ts'
import { Person } from '../../canonical/person.ts'
import { CallerMistake } from '../../errors.ts'
import type { PeopleService } from '../../services/people/people.ts'
import type { NewSession, SessionsService } from '../../services/people/sessions.ts'
import type { Log } from '../../telemetry/log.ts'
import { type AppEnv, guardedForOneself, notAuthenticated, requireSession } from '../app-env.ts'
import { csrfTokenOf, refuseOtherPages } from '../csrf.ts'
import { createRateLimiter } from '../rate-limit.ts'
import { remoteAddress } from '../remote-address.ts'
import { createRouter, json, jsonBody, problems } from '../router.ts'
import { handSession, presentedSession, takeSession } from '../session-cookie.ts'

const tags = ['Session']

const Session = z
  .object({
    person: Person,
    tenant: z.object({
      tenantId: z.string(),
      name: z.string(),
      timeZone: z.string(),
      currency: z.string(),
    }),
    scopes: z.array(z.string()),
    csrfToken: z.string().meta({
      description: 'Goes into the header x-csrf-token of every request that is not a GET.',
    }),
    signedInBy: z.enum(['password', 'link', 'oidc']),
    expiresAt: IsoMoment,
    idleExpiresAt: IsoMoment.meta({
      description: 'It ends then unless something is asked before.',
    }),
  })
  .meta({ id: 'Session' })

const Password = z.string().min(1).max(1_000)

const signIn = createRoute({
  method: 'post',
  path: '/v1/session',
  tags,
  summary: 'Signs a person in by password; the session comes as a cookie',
  request: {
    body: jsonBody(
      z.object({
        email: z.string().min(1).max(254),
        password: Password,
        tenantId: z.string().min(1).max(120).optional().meta({
          description: 'Needed where one address works for several tenants.',
        }),
      }),
    ),
  },
  responses: {
    200: json(Session, 'They are signed in.'),
    ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
  },
})

const byLink = createRoute({
  method: 'post',
  path: '/v1/session/link',
  tags,
  summary: 'Signs a person in by a one-time link, which is used up by it',
  request: { body: jsonBody(z.object({ token: z.string().min(1).max(200) })) },
  responses: {
    200: json(Session, 'They are signed in.'),
    ...problems(400, 401, 403, 413, 415, 422, 429, 503),
  },
})

const whoAmI = createRoute({
  method: 'get',
  path: '/v1/session',
  tags,
  summary: 'Who is signed in, what they may do, and the token for changes',
  ...guardedForOneself,
  responses: { 200: json(Session, 'The session.'), ...problems(400, 401, 403, 429) },
})

const signOut = createRoute({
  method: 'delete',
  path: '/v1/session',
  tags,
  summary: 'Signs out',
  ...guardedForOneself,
  responses: {
    200: json(z.object({ isSignedOut: z.literal(true) }), 'It is over.'),
    ...problems(400, 401, 403, 429),
  },
})

const setPassword = createRoute({
  method: 'put',
  path: '/v1/session/password',
  tags,
  summary: 'Sets one’s own password; signs out everywhere else',
  ...guardedForOneself,
  request: {
    body: jsonBody(
      z.object({
        current: Password.optional().meta({ description: 'Needed where there is one already.' }),
        next: Password,
      }),
    ),
  },
  responses: {
    200: json(Session, 'The new session.'),
    ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
  },
})

const open = new Set([
  'POST /v1/session',
  'POST /v1/session/link',
  'GET /v1/session/ways',
  'GET /v1/session/oidc',
  'GET /v1/session/oidc/callback',
])

/** Whether this is a way in, which nobody needs to be signed in for. */
export function isSignIn(path: string, method: string): boolean {
  return open.has(`${method === 'HEAD' ? 'GET' : method} ${path}`)
}

type Ports = {
  readonly sessions: SessionsService
  readonly people: Pick<PeopleService, 'get' | 'tenant'>
  readonly publicUrl?: string | undefined
  readonly log: Log
}

async function shown({ sessions, people }: Ports, token: string): Promise<z.input<typeof Session>> {
  const session = await sessions.find(token)
  if (session === undefined) throw notAuthenticated()
  const { tenantId, userId, scopes } = session.principal
  return {
    person: await people.get({ tenantId }, userId),
    tenant: await people.tenant(tenantId),
    scopes: [...scopes],
    csrfToken: csrfTokenOf(token),
    signedInBy: z.enum(['password', 'link', 'oidc']).parse(session.signedInBy),
    expiresAt: session.expiresAt,
    idleExpiresAt: session.idleExpiresAt,
  }
}

/** Opens a new session for whoever proved who they are; the one their browser had before is over. */
async function comeIn(
  c: Context<AppEnv>,
  ports: Ports,
  prove: () => Promise<NewSession>,
): Promise<z.input<typeof Session>> {
  refuseOtherPages(c, ports.publicUrl)
  const session = await prove().catch((error: unknown) => {
    if (error instanceof CallerMistake && [401, 429].includes(error.status))
      ports.log.warn(
        { requestId: c.get('requestId'), address: remoteAddress(c.env), problem: error.problem },
        'Somebody was not let in.',
      )
    throw error
  })
  const before = presentedSession(c)
  const earlier = before === undefined ? undefined : await ports.sessions.find(before)
  if (earlier !== undefined) await ports.sessions.end(earlier)
  handSession(c, session, ports.publicUrl)
  return shown(ports, session.token)
}

/** How people come in, stay and leave. */
export function sessionRoutes(ports: Ports, nowMs: () => number = Date.now): OpenAPIHono<AppEnv> {
  const router = createRouter()
  const takeLink = createRateLimiter({ burst: 60, perSecond: 0.5 }, nowMs)
  router.openapi(signIn, async (c) => {
    const attempt = { ...c.req.valid('json'), address: remoteAddress(c.env) }
    return c.json(await comeIn(c, ports, () => ports.sessions.signInByPassword(attempt)), 200)
  })
  router.openapi(byLink, async (c) => {
    const { isAllowed, waitSeconds } = takeLink(remoteAddress(c.env))
    if (!isAllowed)
      throw new CallerMistake(429, 'too-many-tries', 'Too many links were tried from here.', {
        retryAfterSeconds: waitSeconds,
      })
    const { token } = c.req.valid('json')
    return c.json(await comeIn(c, ports, () => ports.sessions.signInByLink(token)), 200)
  })
  router.openapi(whoAmI, async (c) => c.json(await shown(ports, requireSession(c).token), 200))
  router.openapi(signOut, async (c) => {
    await ports.sessions.end(requireSession(c))
    takeSession(c, ports.publicUrl)
    return c.json({ isSignedOut: true as const }, 200)
  })
  router.openapi(setPassword, async (c) => {
    const { current, next } = c.req.valid('json')
    const session = await ports.sessions.setPassword(requireSession(c), { current, next })
    handSession(c, session, ports.publicUrl)
    return c.json(await shown(ports, session.token), 200)
  })
  return router
}

/** The routes of this file, as the console's client is typed by them. */
export type SessionApi = typeof whoAmI | typeof signOut
