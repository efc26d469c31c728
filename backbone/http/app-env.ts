import type { Context, MiddlewareHandler } from 'hono'
import type { ActKind } from '../canonical/proposal.ts'
import { CallerMistake } from '../errors.ts'
import type { Principal, Scope } from '../services/api-principal.ts'
import type { OpenSession } from '../services/people/sessions.ts'
import type { Decider } from '../services/proposals/ports.ts'

/** What every request of the API carries: an id to find it by, and who asks. */
export type AppEnv = {
  Variables: {
    requestId: string
    principal: Principal
    /** Of a person: the session they ask in, and what their browser shows of it. */
    session?: OpenSession & { readonly token: string }
    /** What is kept under an Idempotency-Key instead of an answer that shows a secret once. */
    answerToKeep?: string
  }
}

/** Says that nobody we know asked. */
export function notAuthenticated(): CallerMistake {
  return new CallerMistake(
    401,
    'not-authenticated',
    'This needs a valid API key, sent as "Authorization: Bearer qk_…" or "x-api-key", or a person signed in.',
  )
}

/** Refuses what only a person signed in may do. */
function personNeeded(): CallerMistake {
  return new CallerMistake(
    403,
    'person-needed',
    'This is for people who are signed in; no API key does it, whatever its role.',
  )
}

/** Refuses a caller whose key does not carry the scope; gives the caller otherwise. */
export function requireScope(c: Context<AppEnv>, scope: Scope): Principal {
  // Typed as always there; a route mounted outside the authenticated part must still fail closed.
  const principal: Principal | undefined = c.get('principal')
  if (principal === undefined) throw notAuthenticated()
  if (!principal.scopes.includes(scope))
    throw new CallerMistake(
      403,
      'scope-missing',
      principal.kind === 'person'
        ? `Your role, ${principal.role}, lacks the scope ${scope}.`
        : `This API key lacks the scope ${scope}.`,
      { scope },
    )
  return principal
}

/** The part of a route's declaration that guards it: checked before its input is, and shown in the docs. */
export function guardedBy(scope: Scope): {
  security: Record<string, string[]>[]
  middleware: MiddlewareHandler<AppEnv>
} {
  return {
    security: [{ apiKey: [scope] }, { session: [scope] }],
    middleware: async (c, next) => {
      requireScope(c, scope)
      await next()
    },
  }
}

/** Refuses every caller but a person signed in whose role carries the scope; gives the person otherwise. */
export function requirePerson(
  c: Context<AppEnv>,
  scope: Scope,
): { readonly tenantId: string; readonly by: Decider } {
  const principal: Principal | undefined = c.get('principal')
  if (principal === undefined) throw notAuthenticated()
  if (principal.kind !== 'person') throw personNeeded()
  const { tenantId, userId, name, role } = principal
  requireScope(c, scope)
  return { tenantId, by: { userId, name, role } }
}

/** The session of the person who asks; refuses everybody else. */
export function requireSession(c: Context<AppEnv>): OpenSession & { readonly token: string } {
  const session = c.get('session')
  if (session === undefined) throw personNeeded()
  return session
}

/** The part of a route's declaration that keeps it for people about themselves, whatever their role. */
export const guardedForOneself: {
  security: Record<string, string[]>[]
  middleware: MiddlewareHandler<AppEnv>
} = {
  security: [{ session: [] }],
  middleware: async (c, next) => {
    requireSession(c)
    await next()
  },
}

/** The part of a route's declaration that keeps it for people who are signed in, whose role carries the scope. */
export function guardedForPeople(scope: Scope): {
  security: Record<string, string[]>[]
  middleware: MiddlewareHandler<AppEnv>
} {
  return {
    security: [{ session: [scope] }],
    middleware: async (c, next) => {
      requirePerson(c, scope)
      await next()
    },
  }
}

/**
 * The part of a route's declaration that keeps it for systems the tenant trusts, by their key: people do the same as
 * an act, which knows their limits and asks for a second person above them.
 */
export function guardedForSystems(
  scope: Scope,
  act: ActKind,
): { security: Record<string, string[]>[]; middleware: MiddlewareHandler<AppEnv> } {
  return {
    security: [{ apiKey: [scope] }],
    middleware: async (c, next) => {
      const { kind } = requireScope(c, scope)
      if (kind === 'person')
        throw new CallerMistake(
          403,
          'act-instead',
          `This is for systems; people do it as an act, within their limits: POST /v1/acts/${act}.`,
          { act },
        )
      await next()
    },
  }
}

/** How a caller is written on the record of what it did: `person:Ann Lee`, `key:nightly export`. */
export function actorOf({ kind, name }: Principal): string {
  return `${kind}:${name}`
}

/** Who acts: the tenant and the name for the record, where the key carries the scope. */
export function requireActor(
  c: Context<AppEnv>,
  scope: Scope,
): { readonly tenantId: string; readonly actor: string } {
  const principal = requireScope(c, scope)
  return { tenantId: principal.tenantId, actor: actorOf(principal) }
}
