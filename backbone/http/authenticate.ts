import { createHash } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { CallerMistake } from '../errors.ts'
import type { Principal } from '../services/api-principal.ts'
import { type AppEnv, notAuthenticated } from './app-env.ts'
import { createRateLimiter, type RateLimitSize } from './rate-limit.ts'

// `qk_` and 256 random bits; anything else is not worth a look-up.
const keyPattern = /^qk_[\w-]{16,200}$/

function presentedKey(c: Context<AppEnv>): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  return bearer ?? c.req.header('x-api-key')
}

/** Lets in whoever shows a good API key; only the key's hash leaves this function. */
export function authenticated(
  authenticate: (tokenHash: string) => Promise<Principal | undefined>,
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const key = presentedKey(c)
    if (key === undefined || !keyPattern.test(key)) throw notAuthenticated()
    const principal = await authenticate(createHash('sha256').update(key).digest('hex'))
    if (principal === undefined) throw notAuthenticated()
    c.set('principal', principal)
    await next()
  }
}

/** Slows down a key that asks too often (RateLimit header fields for HTTP, IETF httpapi draft 10). */
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
        `This API key asked too often; ask again in ${waitSeconds} s.`,
        { retryAfterSeconds: waitSeconds },
      )
    await next()
  }
}
