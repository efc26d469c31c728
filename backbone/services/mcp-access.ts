import { createHash } from 'node:crypto'
import type { JWTPayload, RemoteJWKSet } from 'jose'
import { z } from 'zod'
import { CallerMistake, RetryLater } from '../errors.ts'
import type { Database } from '../store/database.ts'
import { readPerson } from '../store/people/user-rows.ts'
import { findPeopleBySubject } from '../store/unscoped/find-session.ts'
import { listTenantIds } from '../store/unscoped/tenants.ts'
import { type Principal, scopesOf } from './api-principal.ts'
import type { AccessTokens } from './mcp-door.ts'
import { roomsOfToolScopes, toolScopesAmong } from './tool-scopes.ts'

/** The authorization server whose access tokens count, and what its claims mean here. */
export type AccessSettings = {
  readonly issuer: string
  /** What its tokens for this server are made out to. */
  readonly audience: string
  /** Where hosts reach this server's MCP door. */
  readonly resource: string
  /** The one tenant of all its tokens, or the claim that names it. */
  readonly tenant: { readonly is: string } | { readonly claim: string }
  /** Its scopes and roles as scopes of tools, beside those that are called as ours. */
  readonly scopes: readonly (readonly [told: string, scope: string])[]
}

const refused = (message: string, problem = 'invalid-token') =>
  new CallerMistake(401, problem, message)

const away = (cause: unknown) =>
  new RetryLater(
    'The authorization server does not answer, so access tokens cannot be checked; try again in a moment.',
    { retryAfterSeconds: 10 },
    { cause },
  )

// Asymmetric only: a key that checks must not be one that signs, and `none` is nobody's signature (RFC 8725, 3.1).
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA']

// Loaded when the first token comes.
const jose = () => import('jose')

const Metadata = z.looseObject({ issuer: z.string(), jwks_uri: z.url() })

const waitMs = 5_000

async function metadataAt(address: string): Promise<z.infer<typeof Metadata> | undefined> {
  const answer = await fetch(address, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(waitMs),
  })
  return answer.ok ? Metadata.parse(await answer.json()) : undefined
}

/** Where the issuer keeps the keys it signs with (OpenID Connect Discovery 1.0; RFC 8414). */
async function keysOf(issuer: string): Promise<RemoteJWKSet> {
  const base = issuer.replace(/\/$/, '')
  const { origin, pathname } = new URL(base)
  const path = pathname === '/' ? '' : pathname
  const found =
    (await metadataAt(`${base}/.well-known/openid-configuration`)) ??
    (await metadataAt(`${origin}/.well-known/oauth-authorization-server${path}`))
  // Whoever answers for another issuer does not speak for this one.
  if (found === undefined || found.issuer !== issuer)
    throw new Error('The issuer describes itself under another name, or not at all.')
  const { createRemoteJWKSet } = await jose()
  return createRemoteJWKSet(new URL(found.jwks_uri), { timeoutDuration: waitMs })
}

/** Finds the keys once; an issuer that was away is asked again. */
function keysOnce(issuer: string): () => Promise<RemoteJWKSet> {
  let known: Promise<RemoteJWKSet> | undefined
  return async () => {
    known ??= keysOf(issuer)
    try {
      return await known
    } catch (error) {
      known = undefined
      throw away(error)
    }
  }
}

/** Why a token is not good, in our own words: those of the library may quote it. */
function reasonOf({ errors }: Awaited<ReturnType<typeof jose>>, error: unknown): Error {
  if (error instanceof errors.JWTExpired) return refused('The access token has expired.')
  if (error instanceof errors.JWTClaimValidationFailed)
    return refused(
      error.claim === 'aud'
        ? 'The access token was made for another server.'
        : error.claim === 'iss'
          ? 'The access token comes from another issuer.'
          : 'The access token lacks what it must say: subject, audience and end, and none of them in the future.',
    )
  const isAway =
    !(error instanceof errors.JOSEError) ||
    error instanceof errors.JWKSTimeout ||
    error.code === 'ERR_JOSE_GENERIC'
  return isAway ? away(error) : refused('The access token is not signed as its issuer signs.')
}

const Words = z
  .union([z.string().transform((text) => text.split(' ')), z.array(z.string())])
  .catch([])

/** The scopes of tools that a token carries; names of the house's own rooms open nothing here. */
function toolScopesIn(claims: JWTPayload, { scopes: renamed }: AccessSettings): string[] {
  const told = new Set(
    ['scope', 'scp', 'roles'].flatMap((claim) =>
      claims[claim] === undefined ? [] : Words.parse(claims[claim]),
    ),
  )
  const ours = renamed.flatMap(([name, scope]) => (told.has(name) ? [scope] : []))
  return [...new Set(toolScopesAmong([...told, ...ours]))]
}

const Named = z.looseObject({
  sub: z.string().min(1).max(255),
  exp: z.number(),
  client_id: z.string().min(1).max(200).optional(),
  azp: z.string().min(1).max(200).optional(),
  client_name: z.string().min(1).max(80).optional(),
})

/** Who a token is for, as the house knows them. */
async function principalOf(
  database: Database,
  settings: AccessSettings,
  claims: z.infer<typeof Named>,
): Promise<Principal> {
  const { tenant, issuer } = settings
  const told = 'is' in tenant ? tenant.is : claims[tenant.claim]
  const tenantId = typeof told === 'string' ? told : ''
  if (!(await listTenantIds(database)).includes(tenantId))
    throw refused('The access token names no tenant of this house.', 'unknown-tenant')
  const people = await findPeopleBySubject(database, `${issuer}#${claims.sub}`)
  const known = people.find((person) => person.tenantId === tenantId)
  if (known?.isActive === false)
    throw refused('Whoever this access token is for has been locked out.', 'locked-out')
  const person =
    known === undefined
      ? undefined
      : await database.inTenant(tenantId, (tx) => readPerson(tx, known.userId))
  const host = claims.client_id ?? claims.azp ?? 'agent host'
  const id = createHash('sha256').update(`${issuer}#${claims.sub}#${host}`).digest('hex')
  const toolScopes = toolScopesIn(claims, settings)
  return {
    ...{ kind: 'key', role: 'mcp', tenantId, credentialId: `oauth_${id.slice(0, 24)}` },
    name: (claims.client_name ?? host).replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 80),
    // An empty list would stand for all a role may.
    ...(toolScopes.length === 0 ? { scopes: [] } : scopesOf('mcp', toolScopes)),
    ...{ toolScopes, isFromProvider: true },
    ...(person === undefined ? {} : { onBehalfOf: { userId: person.userId, name: person.name } }),
  }
}

type Known = { readonly who: Principal; readonly goodUntilMs: number }

/**
 * Checks access tokens of an authorization server outside (OAuth 2.1 resource server): signature, issuer, audience and
 * end. What was found is kept for `ttlMs`, so that whoever is locked out is refused as soon as with a key.
 */
export function accessTokens({
  settings,
  database,
  nowMs = Date.now,
  ttlMs = 5_000,
  keep = 2_000,
}: {
  readonly settings: AccessSettings
  readonly database: Database
  readonly nowMs?: () => number
  readonly ttlMs?: number
  readonly keep?: number
}): AccessTokens {
  const keys = keysOnce(settings.issuer)
  const found = new Map<string, Known>()
  const { issuer, audience } = settings

  const check = async (token: string): Promise<Known> => {
    const library = await jose()
    const { payload } = await library
      .jwtVerify(token, await keys(), {
        ...{ issuer, algorithms },
        audience: [audience, `${audience}/`],
        requiredClaims: ['sub', 'aud', 'exp'],
        clockTolerance: 5,
        currentDate: new Date(nowMs()),
      })
      .catch((error: unknown) => {
        throw error instanceof RetryLater ? error : reasonOf(library, error)
      })
    const claims = Named.safeParse(payload)
    if (!claims.success) throw refused('The access token lacks what it must say.')
    const who = await principalOf(database, settings, claims.data)
    return { who, goodUntilMs: Math.min(nowMs() + ttlMs, claims.data.exp * 1_000) }
  }

  return {
    async verify(token) {
      const hash = createHash('sha256').update(token).digest('base64')
      const seen = found.get(hash)
      if (seen !== undefined && nowMs() < seen.goodUntilMs) return seen.who
      const [oldest] = found.size >= keep ? found.keys() : []
      if (oldest !== undefined) found.delete(oldest)
      found.delete(hash)
      const known = await check(token)
      found.set(hash, known)
      return known.who
    },
    resource: {
      resource: settings.resource,
      authorization_servers: [issuer],
      scopes_supported: Object.keys(roomsOfToolScopes),
      bearer_methods_supported: ['header'],
      resource_name: 'Quittance',
    },
  }
}
