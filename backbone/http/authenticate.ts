import { createHash } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { CallerMistake } from '../errors.ts'
import type { Principal } from '../services/api-principal.ts'
import type { SessionsService } from '../services/people/sessions.ts'
import { type AppEnv, notAuthenticated } from './app-env.ts'
import { assertOwnPage } from './csrf.ts'
import { createRateLimiter, type RateLimitSize } from './rate-limit.ts'
import { presentedSession } from './session-cookie.ts'

// `qk_` and 256 random bits; anything else is not worth a look-up.
const keyPattern = /^qk_[\w-]{16,200}$/

function presentedKey(c: Context<AppEnv>): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  return bearer ?? c.req.header('x-api-key')
}

/** Who can prove what to the door. */
export type Proofs = {
  readonly authenticate: (tokenHash: string) => Promise<Principal | undefined>
  readonly sessions: Pick<SessionsService, 'find'>
  readonly publicUrl?: string | undefined
}

async function bySession(
  c: Context<AppEnv>,
  token: string,
  { sessions, publicUrl }: Proofs,
): Promise<Principal> {
  const session = await sessions.find(token)
  if (session === undefined) throw notAuthenticated()
  assertOwnPage(c, token, publicUrl)
  c.set('session', { ...session, token })
  return session.principal
}

async function byKey(key: string, { authenticate }: Proofs): Promise<Principal> {
  if (!keyPattern.test(key)) throw notAuthenticated()
  const principal = await authenticate(createHash('sha256').update(key).digest('hex'))
  if (principal === undefined) throw notAuthenticated()
  return principal
}

/** Lets in whoever shows a good API key or a session that lasts; only hashes of them leave this file. */
export function authenticated(proofs: Proofs): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const key = presentedKey(c)
    const session = presentedSession(c)
    // Whose act would it be? A page that has both must say which.
    if (key !== undefined && session !== undefined)
      throw new CallerMistake(
        400,
        'two-credentials',
        'This request shows an API key and a session; send one of them.',
      )
    if (session !== undefined) c.set('principal', await bySession(c, session, proofs))
    else if (key !== undefined) c.set('principal', await byKey(key, proofs))
    else throw notAuthenticated()
    await next()
  }
}

/** Slows down a key or a person who asks too often (RateLimit header fields for HTTP, IETF httpapi draft 10). */
export function rateLimited(size: RateLimitSize, nowMs: () => number): MiddlewareHandler<AppEnv> {
  const take = createRateLimiter(size, nowMs)
  const policy = `"key";q=${size.burst};w=${Math.ceil(size.burst / size.perSecond)}`
  return async (c, next) => {
    const { isAllowed, remaining, waitSeconds } = take(c.get('principal').credentialId)
    c.header('RateLimit-Policy', policy)
    c.header('RateLimit', `"key";r=${remaining};t=${waitSeconds}`)
    if (!isAllowed)
      throw new CallerMistake(
        429,
        'too-many-requests',
        `You asked too often; ask again in ${waitSeconds} s.`,
        { retryAfterSeconds: waitSeconds },
      )
    await next()
  }
}
