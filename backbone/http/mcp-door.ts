import { createHash } from 'node:crypto'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { CallerMistake } from '../errors.ts'
import type { Principal } from '../services/api-principal.ts'
import type { AccessTokens, McpDoor } from '../services/mcp-door.ts'
import type { DoorPressure } from '../services/ports.ts'
import type { Log } from '../telemetry/log.ts'
import type { AppEnv } from './app-env.ts'
import { rateLimited } from './authenticate.ts'
import { bodyUpTo } from './body-limits.ts'
import { answerProblem } from './problem.ts'
import type { RateLimitSize } from './rate-limit.ts'

/** What the door of agent hosts needs of the house. */
export type McpPorts = {
  readonly mcp: McpDoor
  readonly authenticate: (tokenHash: string) => Promise<Principal | undefined>
  /** Where hosts may sign in through an authorization server outside. */
  readonly accessTokens?: AccessTokens | undefined
  /** Host names that this server is called by, and those of pages that may call it. */
  readonly mcpHosts: { readonly hosts: readonly string[]; readonly origins: readonly string[] }
  readonly pressure: Pick<DoorPressure, 'assertDatabase'>
  readonly log: Log
}

/** Where agent hosts knock. */
const mcpPath = '/mcp'

const metadataPath = '/.well-known/oauth-protected-resource'
const mostBodyBytes = 262_144

// What a key may do and who it is tells its role: these two read and propose, and nobody decides with them.
const hostRoles: ReadonlySet<string> = new Set(['mcp', 'agent'])

const notLetIn = () =>
  new CallerMistake(
    401,
    'not-authenticated',
    'This needs a key made for agent hosts, sent as "Authorization: Bearer qk_…" (quittance token create --role mcp), or an access token for this server.',
  )

async function byKey(key: string, authenticate: McpPorts['authenticate']): Promise<Principal> {
  const who = await authenticate(createHash('sha256').update(key).digest('hex'))
  if (who === undefined) throw notLetIn()
  if (!hostRoles.has(who.role))
    throw new CallerMistake(
      403,
      'wrong-credential',
      'Agent hosts come with a key of the role mcp or agent: this one may do more than they may.',
      { role: who.role },
    )
  return who
}

/** Who asks, by the bearer token alone: neither cookies nor other headers count here. */
async function whoAsks(c: Context<AppEnv>, ports: McpPorts): Promise<Principal> {
  const token = /^Bearer +(\S{16,8000})$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (token === undefined) throw notLetIn()
  if (token.startsWith('qk_')) return byKey(token, ports.authenticate)
  if (ports.accessTokens === undefined) throw notLetIn()
  return ports.accessTokens.verify(token)
}

// RFC 6750 section 3: a quoted string of visible ASCII.
const quoted = (text: string) => `"${text.replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, ' ')}"`

/** What a host must bring instead: RFC 6750 with the address of the metadata of RFC 9728. */
function challengeOf(
  mistake: CallerMistake,
  hasToken: boolean,
  { accessTokens }: McpPorts,
  granted: readonly string[],
): string {
  const { scope } = mistake.facts
  const isStepUp = mistake.problem === 'insufficient-scope' && typeof scope === 'string'
  // At first what reads is asked for; what proposes, when it is first wanted.
  const first = accessTokens?.resource.scopes_supported.filter((one) => one.endsWith(':read'))
  const wanted = isStepUp ? [...new Set([...granted, scope])] : (first ?? [])
  const parts = [
    'realm="quittance"',
    ...(isStepUp ? ['error="insufficient_scope"'] : hasToken ? ['error="invalid_token"'] : []),
    ...(hasToken ? [`error_description=${quoted(mistake.message)}`] : []),
    ...(wanted.length > 0 ? [`scope=${quoted(wanted.join(' '))}`] : []),
    ...(accessTokens === undefined
      ? []
      : [`resource_metadata=${quoted(metadataAddress(accessTokens))}`]),
  ]
  return `Bearer ${parts.join(', ')}`
}

function metadataAddress({ resource: { resource } }: AccessTokens): string {
  const { origin, pathname } = new URL(resource)
  return `${origin}${metadataPath}${pathname === '/' ? '' : pathname}`
}

/** Refusals of who asks, with the challenge that hosts look for. */
function challenged(ports: McpPorts): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    let granted: readonly string[] = []
    try {
      const who = await whoAsks(c, ports)
      granted = who.toolScopes ?? []
      c.set('principal', who)
      await next()
      const { error } = c
      if (error instanceof CallerMistake && error.problem === 'insufficient-scope')
        c.res.headers.set('www-authenticate', challengeOf(error, true, ports, granted))
      return undefined
    } catch (error) {
      if (!(error instanceof CallerMistake)) throw error
      const answer = answerProblem(c, error, ports.log)
      if (error.status === 401) {
        const hasToken = c.req.header('authorization') !== undefined
        answer.headers.set('www-authenticate', challengeOf(error, hasToken, ports, granted))
      }
      return answer
    }
  }
}

// Loaded at the first knock: a start does not wait for hosts that may never come.
const adapter = () => import('@modelcontextprotocol/hono')

function atFirstKnock(
  make: (loaded: Awaited<ReturnType<typeof adapter>>) => MiddlewareHandler,
): MiddlewareHandler<AppEnv> {
  let made: Promise<MiddlewareHandler> | undefined
  return async (c, next) => {
    made ??= adapter().then(make)
    return (await made)(c, next)
  }
}

function mountMetadata(app: OpenAPIHono<AppEnv>, { accessTokens }: McpPorts): void {
  if (accessTokens === undefined) return
  for (const path of [metadataPath, `${metadataPath}${mcpPath}`])
    app.get(path, (c) => {
      c.header('access-control-allow-origin', '*')
      c.header('cache-control', 'max-age=3600')
      return c.json(accessTokens.resource)
    })
}

/**
 * The door of agent hosts: POST alone, so that every other method is refused before anybody is asked who they are.
 * Names of hosts and pages are checked first (DNS rebinding), then the size, then who asks.
 */
export function mountMcp(
  app: OpenAPIHono<AppEnv>,
  ports: McpPorts,
  {
    rateLimit,
    nowMs,
    whileStopping,
  }: {
    readonly rateLimit: RateLimitSize
    readonly nowMs: () => number
    readonly whileStopping: MiddlewareHandler<AppEnv>
  },
): void {
  const { hosts, origins } = ports.mcpHosts
  app.post(
    mcpPath,
    atFirstKnock(({ hostHeaderValidation }) => hostHeaderValidation([...hosts])),
    atFirstKnock(({ originValidation }) => originValidation([...origins])),
    whileStopping,
    async (_, next) => {
      ports.pressure.assertDatabase()
      await next()
    },
    bodyUpTo(mostBodyBytes),
    challenged(ports),
    rateLimited(rateLimit, nowMs),
    async (c) => {
      const body = await c.req.text()
      const who = c.get('principal')
      const answer = await ports.mcp.answer(c.req.raw, {
        ...{ body, who },
        canStepUp: who.toolScopes !== undefined && who.isFromProvider === true,
      })
      answer.headers.set('cache-control', 'no-store')
      return answer
    },
  )
  mountMetadata(app, ports)
}
