import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { html, raw } from 'hono/html'
import { z } from 'zod'
import { CallerMistake } from '../../errors.ts'
import { type ProviderService, providerMinutes } from '../../services/people/provider.ts'
import type { AppEnv } from '../app-env.ts'
import { createRateLimiter } from '../rate-limit.ts'
import { remoteAddress } from '../remote-address.ts'
import { createRouter, json, problems } from '../router.ts'
import { handSession, isSecure } from '../session-cookie.ts'
import { ownPath } from '../sign-in/own-path.ts'

const tags = ['Session']
const cookie = 'quittance_login'
// The screen that was asked for, kept beside the login while the browser is at the provider.
const wishCookie = 'quittance_login_to'

/** Where the provider sends people back to, behind the address of this server. */
export const providerCallbackPath = '/v1/session/oidc/callback'

const begin = createRoute({
  method: 'get',
  path: '/v1/session/oidc',
  tags,
  summary: 'Sends the browser to the provider (OpenID Connect) through which people sign in',
  request: {
    query: z.object({
      tenantId: z.string().min(1).max(120).optional(),
      to: z.string().max(2_000).optional().meta({
        description: 'The screen to go on to; an address of another site is none.',
      }),
    }),
  },
  responses: {
    302: { description: 'To the provider, or first to the address that people use.' },
    ...problems(400, 404, 429, 503),
  },
})

const callback = createRoute({
  method: 'get',
  path: providerCallbackPath,
  tags,
  summary: 'Where the provider sends people back to; signs them in',
  responses: {
    200: {
      description: 'They are signed in; the page goes on to the console.',
      content: { 'text/html': { schema: z.string() } },
    },
    ...problems(400, 401, 403, 404, 409, 429, 503),
  },
})

const ways = createRoute({
  method: 'get',
  path: '/v1/session/ways',
  tags,
  summary: 'How people may sign in here',
  responses: {
    200: json(
      z
        .object({
          password: z.literal(true),
          link: z.literal(true).meta({ description: 'One-time links, as they are handed on.' }),
          oidc: z.boolean().meta({ description: 'Through the provider of the house.' }),
          oidcPath: z.string().nullable().meta({
            description: 'Where the browser goes for that; add ?tenantId= where it is known.',
          }),
        })
        .meta({ id: 'SignInWays' }),
      'The ways.',
    ),
    ...problems(429),
  },
})

// Not a redirect: the browser would count it to the provider's site and keep the session's strict cookie back.
const signedInPage = (to: string) =>
  html`${raw('<!doctype html>')}<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${to}"><title>Quittance</title></head><body><p>You are signed in. <a href="${to}">Go on</a></p></body></html>`

type Ports = {
  readonly provider?: ProviderService | undefined
  readonly publicUrl?: string | undefined
}

/** Signing in through a provider; these addresses answer 404 in a house that has none. */
export function providerRoutes(
  { provider, publicUrl }: Ports,
  nowMs: () => number = Date.now,
): OpenAPIHono<AppEnv> {
  const router = createRouter()
  const take = createRateLimiter({ burst: 60, perSecond: 1 }, nowMs)
  const known = (env: unknown): { provider: ProviderService; publicUrl: string } => {
    if (provider === undefined || publicUrl === undefined)
      throw new CallerMistake(404, 'no-provider', 'Nobody signs in here through a provider.')
    const { isAllowed, waitSeconds } = take(remoteAddress(env))
    if (!isAllowed)
      throw new CallerMistake(429, 'too-many-tries', 'Too many sign-ins were begun from here.', {
        retryAfterSeconds: waitSeconds,
      })
    return { provider, publicUrl }
  }
  router.openapi(ways, (c) => {
    const oidc = provider !== undefined && publicUrl !== undefined
    const oidcPath = oidc ? begin.path : null
    return c.json({ password: true as const, link: true as const, oidc, oidcPath }, 200)
  })
  router.openapi(begin, async (c) => {
    const ours = known(c.env)
    const { host, search } = new URL(c.req.url)
    // The provider sends people back to one address: a cookie of another one, localhost say, would be missing there.
    if (host !== new URL(ours.publicUrl).host)
      return c.redirect(`${ours.publicUrl}/v1/session/oidc${search}`, 302)
    const { tenantId, to } = c.req.valid('query')
    const { url, transaction } = await ours.provider.begin({ tenantId })
    const kept = {
      httpOnly: true,
      // Lax: the way back begins on the provider's site.
      sameSite: 'Lax',
      secure: isSecure(c, publicUrl),
      path: providerCallbackPath,
      maxAge: providerMinutes * 60,
    } as const
    setCookie(c, cookie, transaction, kept)
    setCookie(c, wishCookie, ownPath(to), kept)
    return c.redirect(url, 302)
  })
  router.openapi(callback, async (c) => {
    const ours = known(c.env)
    const transaction = getCookie(c, cookie)
    const to = ownPath(getCookie(c, wishCookie))
    for (const name of [cookie, wishCookie])
      deleteCookie(c, name, { path: providerCallbackPath, secure: isSecure(c, publicUrl) })
    const { search: query } = new URL(c.req.url)
    handSession(c, await ours.provider.finish({ query, transaction }), publicUrl)
    return c.html(signedInPage(to), 200)
  })
  return router
}
