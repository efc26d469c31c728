import { newId } from '../../canonical/ids.ts'
import { CallerMistake } from '../../errors.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import { consumeLink, voidLinksOf } from '../../store/people/link-rows.ts'
import {
  deleteSession,
  deleteSessionsOf,
  insertSession,
  touchSession,
} from '../../store/people/session-rows.ts'
import {
  lockPasswordHash,
  noteSignIn,
  readPerson,
  writePasswordHash,
} from '../../store/people/user-rows.ts'
import {
  type FoundPerson,
  type FoundSession,
  findLinkTenant,
  findPeopleByEmail,
  findSession,
} from '../../store/unscoped/find-session.ts'
import { type Principal, scopesOfPerson } from '../api-principal.ts'
import { type Passwords, passwordFault } from './passwords.ts'
import { hashOf, looksLike, newToken } from './secret-token.ts'
import { signInTries } from './sign-in-tries.ts'

/** How long people stay signed in. */
export type SessionLife = { readonly lifeMs: number; readonly idleMs: number }

/** Who is signed in, as the door sees them with every request. */
export type OpenSession = {
  readonly sessionId: string
  readonly principal: Principal & { readonly kind: 'person' }
  readonly signedInBy: string
  readonly expiresAt: string
  /** It ends then unless they do something before. */
  readonly idleExpiresAt: string
}

/** A new session; the token is in this answer and nowhere else. */
export type NewSession = { readonly token: string; readonly expiresAt: string }

/** How people come in, stay and leave. */
export type SessionsService = {
  /** By address and password; the answer to a wrong one is the same whether or not we know the address. */
  signInByPassword(attempt: {
    readonly email: string
    readonly password: string
    /** Where one address belongs to people of several tenants. */
    readonly tenantId?: string | undefined
    readonly address: string
  }): Promise<NewSession>
  /** By a one-time link, which is used up. */
  signInByLink(token: string): Promise<NewSession>
  /** For a person whom a provider vouched for, or the house itself. */
  open(who: {
    readonly tenantId: string
    readonly userId: string
    readonly signedInBy: 'oidc'
  }): Promise<NewSession>
  /** The session behind a token, while it lasts. */
  find(token: string): Promise<OpenSession | undefined>
  end(session: OpenSession): Promise<void>
  /** Sets one's own password; every session of theirs ends, and a new one begins. */
  setPassword(
    session: OpenSession,
    change: { readonly current: string | undefined; readonly next: string },
  ): Promise<NewSession>
}

type Way = 'password' | 'link' | 'oidc'

type Parts = {
  readonly database: Database
  readonly passwords: Passwords
  readonly life: SessionLife
  readonly nowMs: () => number
}

const iso = (ms: number): string => new Date(ms).toISOString()

function refused(): CallerMistake {
  return new CallerMistake(
    401,
    'sign-in-refused',
    'This address and password do not belong together, or sign in another way.',
  )
}

function linkRefused(): CallerMistake {
  return new CallerMistake(
    401,
    'link-refused',
    'This link has been used, is too old or was never ours; ask for another one.',
  )
}

async function openIn(
  { life, nowMs }: Parts,
  tx: TenantTx,
  userId: string,
  way: Way,
): Promise<NewSession> {
  const person = await readPerson(tx, userId)
  if (person?.isActive !== true) throw way === 'link' ? linkRefused() : refused()
  const now = nowMs()
  const { token, tokenHash } = newToken('qs')
  const sessionId = newId('ses', now)
  const [at, expiresAt] = [iso(now), iso(now + life.lifeMs)]
  await insertSession(tx, { sessionId, userId, tokenHash, signedInBy: way, at, expiresAt })
  await noteSignIn(tx, userId, at)
  const draft = {
    kind: 'person.signed-in',
    actor: `person:${person.name}`,
    summary: `${person.name} signed in by ${way === 'oidc' ? 'the provider' : way}.`,
    body: { userId, sessionId, way },
  }
  await appendTenantEvents(tx, [draft], await databaseNow(tx))
  return { token, expiresAt }
}

/** Of those with this address the ones whose password it is; at least one hash is worked out whoever it is. */
async function whosePassword(
  passwords: Passwords,
  people: readonly FoundPerson[],
  password: string,
): Promise<FoundPerson[]> {
  const candidates = people.filter(
    ({ isActive, passwordHash }) => isActive && passwordHash !== null,
  )
  if (candidates.length === 0) {
    await passwords.isRight(null, password)
    return []
  }
  const right: FoundPerson[] = []
  for (const person of candidates)
    if (await passwords.isRight(person.passwordHash, password)) right.push(person)
  return right
}

async function byPassword(
  parts: Parts,
  begin: ReturnType<typeof signInTries>['begin'],
  attempt: Parameters<SessionsService['signInByPassword']>[0],
): Promise<NewSession> {
  const { database, passwords } = parts
  const email = attempt.email.trim().toLowerCase()
  const forget = begin(email, attempt.address)
  const people = (await findPeopleByEmail(database, email)).filter(
    ({ tenantId }) => attempt.tenantId === undefined || tenantId === attempt.tenantId,
  )
  const right = await whosePassword(passwords, people, attempt.password)
  const [person] = right
  if (person === undefined) throw refused()
  forget()
  if (right.length > 1)
    throw new CallerMistake(
      409,
      'several-tenants',
      'This address works for several tenants: say which with tenantId.',
      {},
      right.map(({ tenantId, tenantName }) => ({ path: tenantId, message: tenantName })),
    )
  const { tenantId, userId, passwordHash } = person
  const again =
    passwordHash !== null && passwords.isDated(passwordHash)
      ? await passwords.hash(attempt.password)
      : undefined
  return database.inTenant(tenantId, async (tx) => {
    // Changed between the check and now: the one that was checked does not count any more.
    if ((await lockPasswordHash(tx, userId)) !== passwordHash) throw refused()
    if (again !== undefined) await writePasswordHash(tx, userId, again)
    return openIn(parts, tx, userId, 'password')
  })
}

async function byLink(parts: Parts, token: string): Promise<NewSession> {
  if (!looksLike('ql', token)) throw linkRefused()
  const tokenHash = hashOf(token)
  const tenantId = await findLinkTenant(parts.database, tokenHash)
  if (tenantId === undefined) throw linkRefused()
  return parts.database.inTenant(tenantId, async (tx) => {
    const userId = await consumeLink(tx, tokenHash, iso(parts.nowMs()))
    if (userId === undefined) throw linkRefused()
    return openIn(parts, tx, userId, 'link')
  })
}

function asOpen({ idleMs }: SessionLife, found: FoundSession): OpenSession {
  const { sessionId, tenantId, userId, name, role, signedInBy, lastSeenAt, expiresAt } = found
  const scopes = scopesOfPerson(role)
  return {
    sessionId,
    principal: { kind: 'person', tenantId, credentialId: userId, userId, name, role, scopes },
    signedInBy,
    expiresAt,
    idleExpiresAt: iso(Math.min(Date.parse(expiresAt), Date.parse(lastSeenAt) + idleMs)),
  }
}

async function find(parts: Parts, token: string): Promise<OpenSession | undefined> {
  if (!looksLike('qs', token)) return undefined
  const found = await findSession(parts.database, hashOf(token))
  if (found === undefined || !found.isActive) return undefined
  const open = asOpen(parts.life, found)
  const now = parts.nowMs()
  if (Date.parse(open.idleExpiresAt) <= now) return undefined
  // To the minute: a look round the console is not a hundred writes.
  if (now - Date.parse(found.lastSeenAt) < 60_000) return open
  await parts.database.inTenant(found.tenantId, (tx) => touchSession(tx, found.sessionId, iso(now)))
  return asOpen(parts.life, { ...found, lastSeenAt: iso(now) })
}

async function end({ database }: Parts, session: OpenSession): Promise<void> {
  const { tenantId, userId, name } = session.principal
  await database.inTenant(tenantId, async (tx) => {
    if (!(await deleteSession(tx, session.sessionId))) return
    const draft = {
      kind: 'person.signed-out',
      actor: `person:${name}`,
      summary: `${name} signed out.`,
      body: { userId, sessionId: session.sessionId },
    }
    await appendTenantEvents(tx, [draft], await databaseNow(tx))
  })
}

async function setPassword(
  parts: Parts,
  begin: ReturnType<typeof signInTries>['begin'],
  { principal, signedInBy }: OpenSession,
  { current, next }: Parameters<SessionsService['setPassword']>[1],
): Promise<NewSession> {
  const { database, passwords } = parts
  const { tenantId, userId, name } = principal
  const person = await database.inTenant(tenantId, (tx) => readPerson(tx, userId))
  const fault = passwordFault(next, { email: person?.email ?? '' })
  if (fault !== undefined)
    throw new CallerMistake(422, 'weak-password', fault, {}, [{ path: 'next', message: fault }])
  const before = await database.inTenant(tenantId, (tx) => lockPasswordHash(tx, userId))
  if (before !== null) {
    // Whoever finds an unlocked desk does not get to guess either.
    const forget = begin(userId, `the desk of ${userId}`)
    if (!(await passwords.isRight(before, current ?? '')))
      throw new CallerMistake(403, 'wrong-password', 'The current password is not right.')
    forget()
  }
  const passwordHash = await passwords.hash(next)
  return database.inTenant(tenantId, async (tx) => {
    if ((await lockPasswordHash(tx, userId)) !== before)
      throw new CallerMistake(409, 'changed-meanwhile', 'The password was changed in the meantime.')
    await writePasswordHash(tx, userId, passwordHash)
    await deleteSessionsOf(tx, [userId])
    await voidLinksOf(tx, userId)
    const draft = {
      kind: 'person.password-set',
      actor: `person:${name}`,
      summary: `${name} set a password; they were signed out everywhere else.`,
      body: { userId },
    }
    await appendTenantEvents(tx, [draft], await databaseNow(tx))
    return openIn(parts, tx, userId, signedInBy === 'oidc' ? 'oidc' : 'password')
  })
}

/** Opens the service of sessions; of what a browser shows only a SHA-256 hash is kept. */
export function sessionsService({
  nowMs = Date.now,
  life = { lifeMs: 12 * 3_600_000, idleMs: 3_600_000 },
  ...rest
}: {
  readonly database: Database
  readonly passwords: Passwords
  readonly life?: SessionLife
  readonly nowMs?: () => number
}): SessionsService {
  const parts: Parts = { ...rest, nowMs, life }
  const { begin } = signInTries({ nowMs })
  return {
    signInByPassword: (attempt) => byPassword(parts, begin, attempt),
    signInByLink: (token) => byLink(parts, token),
    open: ({ tenantId, userId, signedInBy }) =>
      parts.database.inTenant(tenantId, (tx) => openIn(parts, tx, userId, signedInBy)),
    find: (token) => find(parts, token),
    end: (session) => end(parts, session),
    setPassword: (session, change) => setPassword(parts, begin, session, change),
  }
}
