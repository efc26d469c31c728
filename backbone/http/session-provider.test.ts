import { createSecretKey, randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { freePort } from '../../testing/free-port.ts'
import { type ProviderAccount, startSignInProvider } from '../../testing/sign-in-provider.ts'
import { type SignedIn, signedIn } from '../../testing/signed-in.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import {
  type ProviderService,
  type ProviderSettings,
  providerService,
} from '../services/people/provider.ts'
import { providerCallbackPath } from './routes/session-provider.ts'

let door: TestDoor
let server: Server
let house: string
let idp: Awaited<ReturnType<typeof startSignInProvider>>
let tenantId: string
let admin: SignedIn
let nowMs: number
let provider: ProviderService

const secretKey = createSecretKey(randomBytes(32))

function settle(change: Partial<ProviderSettings> = {}): void {
  provider = providerService({
    settings: {
      issuer: idp.issuer,
      clientId: idp.clientId,
      clientSecret: idp.clientSecret,
      redirectUrl: `${house}${providerCallbackPath}`,
      roleClaim: 'roles',
      trustsEmail: false,
      ...change,
    },
    ...{ database: door.database, secretKey, sessions: doorSessions },
    nowMs: () => nowMs,
  })
}

// The door's own sessions, as the routes have them.
let doorSessions: Parameters<typeof providerService>[0]['sessions']

beforeAll(async () => {
  nowMs = Date.now()
  const port = await freePort()
  house = `http://127.0.0.1:${port}`
  idp = await startSignInProvider({ redirectUrl: `${house}${providerCallbackPath}` })
  door = await openTestDoor({
    options: { nowMs: () => nowMs, rateLimit: { burst: 10_000, perSecond: 1_000 } },
    ports: {
      publicUrl: house,
      provider: {
        begin: (wish) => provider.begin(wish),
        finish: (back) => provider.finish(back),
      },
    },
  })
  doorSessions = door.sessions
  tenantId = await door.newTenant()
  admin = await signedIn(door, { tenantId, role: 'admin', origin: house, atMs: nowMs })
  await new Promise<void>((listening) => {
    const started = serve({ fetch: door.app.fetch, hostname: '127.0.0.1', port }, () => listening())
    if ('closeAllConnections' in started) server = started
  })
})
afterAll(async () => {
  await idp.stop()
  await new Promise((closed) => {
    server.close(closed)
    server.closeAllConnections()
  })
  await door.close()
})
beforeEach(() => settle())

type Kept = {
  readonly host: string
  readonly path: string
  readonly value: string
  readonly raw: string
}

/** A browser of nothing but redirects, forms and cookies, which it keeps by host and path and not by port. */
function openBrowser() {
  const jar = new Map<string, Kept>()
  const visited: string[] = []

  const keep = (answer: Response, { hostname }: URL) => {
    for (const raw of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = raw.split('; ')
      const [name = '', value = ''] = pair.split('=')
      const path = /path=([^;]*)/i.exec(attributes.join(';'))?.[1] ?? '/'
      const key = `${hostname}${path}${name}`
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(raw)) jar.delete(key)
      else jar.set(key, { host: hostname, path, value: `${name}=${value}`, raw })
    }
  }

  const ask = async (url: URL, init: RequestInit = {}): Promise<Response> => {
    visited.push(url.href)
    const cookies = [...jar.values()]
      .filter(({ host, path }) => host === url.hostname && url.pathname.startsWith(path))
      .map(({ value }) => value)
    const headers = { ...(cookies.length === 0 ? {} : { cookie: cookies.join('; ') }) }
    const answer = await fetch(url, {
      ...init,
      headers: { ...headers, ...Object.fromEntries(new Headers(init.headers)) },
      redirect: 'manual',
    })
    keep(answer, url)
    return answer
  }

  const form = (login: string, page: string): [string, RequestInit] => {
    const [, action = ''] = /action="([^"]+)"/.exec(page) ?? []
    const [, prompt = ''] = /name="prompt" value="([^"]+)"/.exec(page) ?? []
    const body = new URLSearchParams({
      prompt,
      ...(prompt === 'login' ? { login, password: 'x' } : {}),
    })
    return [action, { method: 'POST', body }]
  }

  const nextStep = async (
    url: URL,
    answer: Response,
    login: string,
  ): Promise<[URL, RequestInit]> => {
    const to = answer.headers.get('location')
    if (to !== null) return [new URL(to, url), {}]
    const [action, posted] = form(login, await answer.text())
    return [new URL(action, url), posted]
  }

  return {
    jar,
    visited,
    ask,
    /** Goes on from an address until the house says something itself; stops before the callback when told to. */
    async signIn(
      login: string,
      { from = `${house}/v1/session/oidc`, stopsAtCallback = false } = {},
    ): Promise<{ answer: Response; callback: URL | undefined }> {
      let step: [URL, RequestInit] = [new URL(from), {}]
      for (let hop = 0; hop < 15; hop += 1) {
        const [url] = step
        if (stopsAtCallback && url.pathname === providerCallbackPath)
          return { answer: new Response(), callback: url }
        const answer = await ask(...step)
        const isOfHouse = !answer.headers.has('location') && url.origin !== idp.issuer
        if (isOfHouse) return { answer, callback: url }
        step = await nextStep(url, answer, login)
      }
      throw new Error(`The way never ended: ${visited.join(' ')}`)
    },
  }
}

const Problem = z.object({ type: z.string() })

async function problemOf(answer: Response): Promise<string> {
  const { type } = Problem.parse(await answer.json())
  return `${answer.status} ${type.replace('urn:quittance:problem:', '')}`
}

const Session = z.object({
  person: z.object({ userId: z.string(), email: z.string(), role: z.string(), name: z.string() }),
  signedInBy: z.string(),
})

type Browser = ReturnType<typeof openBrowser>

async function whoIn(browser: Browser) {
  const answer = await browser.ask(new URL(`${house}/v1/session`))
  expect(answer.status).toBe(200)
  return Session.parse(await answer.json())
}

async function invite(email: string, role = 'operator'): Promise<string> {
  const answer = await door.request('/v1/users', undefined, {
    method: 'POST',
    headers: { ...admin.headers, origin: house, 'content-type': 'application/json' },
    body: JSON.stringify({ name: email.split('@')[0], email, role }),
  })
  expect(answer.status).toBe(201)
  return z.object({ person: z.object({ userId: z.string() }) }).parse(await answer.json()).person
    .userId
}

function tells(sub: string, account: ProviderAccount): string {
  idp.accounts.set(sub, account)
  return sub
}

test('somebody known signs in through the provider, also from localhost, and is known by who they are there ever after', async () => {
  const userId = await invite('ann@meridian.example', 'approver')
  tells('ann-7', { email: 'Ann@Meridian.example', email_verified: true, name: 'Ann Lee' })
  const browser = openBrowser()
  const atLocalhost = `${house.replace('127.0.0.1', 'localhost')}/v1/session/oidc`
  const { answer } = await browser.signIn('ann-7', { from: atLocalhost })
  expect(browser.visited.slice(0, 2)).toEqual([atLocalhost, `${house}/v1/session/oidc`])
  expect(answer.status).toBe(200)
  expect(await answer.text()).toContain('http-equiv="refresh" content="0;url=/"')
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  const session = [...browser.jar.values()].find(({ value }) =>
    value.startsWith('quittance_session'),
  )
  expect(session?.raw).toContain('SameSite=Strict')
  expect(session?.raw).toContain('HttpOnly')
  expect(await whoIn(browser)).toMatchObject({
    person: { userId, role: 'approver' },
    signedInBy: 'oidc',
  })
  // The address moved on to somebody else at the provider: it is the person who counts.
  tells('ann-7', { email: 'ann.lee-smith@meridian.example', email_verified: true })
  const again = openBrowser()
  await again.signIn('ann-7')
  expect((await whoIn(again)).person.userId).toBe(userId)
  tells('other-ann', { email: 'ann@meridian.example', email_verified: true })
  expect(await problemOf((await openBrowser().signIn('other-ann')).answer)).toBe(
    '403 not-known-here',
  )
})

test('the cookie of the way there is sealed, ten minutes long and for the way back only', async () => {
  const browser = openBrowser()
  const { callback } = await browser.signIn('ann-7', { stopsAtCallback: true })
  const kept = [...browser.jar.values()].find(({ value }) => value.startsWith('quittance_login='))
  expect(kept?.raw).toMatch(/Max-Age=600/)
  expect(kept?.raw).toMatch(/HttpOnly/)
  expect(kept?.raw).toMatch(/SameSite=Lax/)
  expect(kept?.path).toBe('/v1/session/oidc/callback')
  const state = callback?.searchParams.get('state') ?? ''
  expect(state).not.toBe('')
  const sealed = decodeURIComponent(kept?.value ?? '')
  for (const part of sealed.split('.'))
    expect(Buffer.from(part, 'base64url').toString('latin1')).not.toContain(state)
  const asked = new URL(browser.visited.find((url) => url.startsWith(`${idp.issuer}/auth?`)) ?? '')
  expect(asked.searchParams.get('code_challenge_method')).toBe('S256')
  expect(asked.searchParams.get('nonce')).not.toBeNull()
})

test('who signs in through the provider goes on to the screen they asked for, and to no other site', async () => {
  await invite('cleo@meridian.example')
  tells('cleo', { email: 'cleo@meridian.example', email_verified: true })
  const pageAfter = async (to: string) => {
    const from = `${house}/v1/session/oidc?to=${encodeURIComponent(to)}`
    return (await openBrowser().signIn('cleo', { from })).answer.text()
  }
  expect(await pageAfter('/orders/ord_1?tab="x"')).toContain('url=/orders/ord_1?tab=%22x%22"')
  for (const elsewhere of ['//evil.example', '/\\evil.example', 'https://evil.example/'])
    expect(await pageAfter(elsewhere)).toContain('content="0;url=/"')
})

test('who comes back with another one’s code, with a used one, without the cookie or too late is not let in', async () => {
  await invite('bea@meridian.example')
  tells('bea', { email: 'bea@meridian.example', email_verified: true })
  const [victim, thief] = [openBrowser(), openBrowser()]
  const { callback: ofThief } = await thief.signIn('bea', { stopsAtCallback: true })
  await victim.signIn('bea', { stopsAtCallback: true })
  // Login CSRF: the thief's callback in the victim's browser.
  const planted = await victim.ask(ofThief ?? new URL(house))
  expect(await problemOf(planted)).toBe('401 provider-refused')
  expect([...victim.jar.values()].some(({ value }) => value.startsWith('quittance_'))).toBe(false)
  expect(await problemOf(await openBrowser().ask(ofThief ?? new URL(house)))).toBe(
    '401 provider-refused',
  )
  const honest = openBrowser()
  const { callback } = await honest.signIn('bea', { stopsAtCallback: true })
  const used = new Map(honest.jar)
  expect((await honest.ask(callback ?? new URL(house))).status).toBe(200)
  for (const [key, kept] of used) honest.jar.set(key, kept)
  expect(await problemOf(await honest.ask(callback ?? new URL(house)))).toBe('401 provider-refused')
  const slow = openBrowser()
  const { callback: late } = await slow.signIn('bea', { stopsAtCallback: true })
  nowMs += 10 * 60_000 + 1
  expect(await problemOf(await slow.ask(late ?? new URL(house)))).toBe('401 provider-refused')
  const denied = openBrowser()
  const { callback: no } = await denied.signIn('bea', { stopsAtCallback: true })
  const said = new URL(no ?? house)
  said.search = `?error=access_denied&error_description=evil+words&state=${no?.searchParams.get('state')}`
  const refused = await denied.ask(said)
  expect(refused.status).toBe(401)
  expect(await refused.text()).not.toContain('evil')
})

test('nobody gets in whom nobody let in, who is locked out, or whose address is not sure', async () => {
  const outcome = async (sub: string, account: ProviderAccount) =>
    problemOf((await openBrowser().signIn(tells(sub, account))).answer)
  const sure = { email_verified: true }
  expect(await outcome('eve', { email: 'eve@evil.example', ...sure })).toBe('403 not-known-here')
  expect(await outcome('no-mail', { name: 'No Mail' })).toBe('403 not-known-here')
  const userId = await invite('col@meridian.example')
  expect(await outcome('col-1', { email: 'col@meridian.example', email_verified: false })).toBe(
    '403 not-known-here',
  )
  expect(await outcome('col-2', { email: 'col@meridian.example' })).toBe('403 not-known-here')
  settle({ trustsEmail: true })
  expect(await outcome('col-1', { email: 'col@meridian.example', email_verified: false })).toBe(
    '403 not-known-here',
  )
  expect((await openBrowser().signIn('col-2')).answer.status).toBe(200)
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update app_user set is_active = false where user_id = ${userId}`),
  )
  expect(await outcome('col-2', { email: 'col@meridian.example' })).toBe('403 not-known-here')
})

test('where it is set so, the provider decides about roles and brings new people', async () => {
  const roles = [
    ['leads', 'approver'],
    ['ops', 'operator'],
  ] as const
  settle({ roles, newPeopleIn: tenantId })
  const dee = { email: 'dee@meridian.example', email_verified: true, name: 'Dee Dale' }
  tells('dee', { ...dee, roles: ['ops'] })
  const browser = openBrowser()
  await browser.signIn('dee')
  expect((await whoIn(browser)).person).toMatchObject({ name: 'Dee Dale', role: 'operator' })
  tells('dee', { ...dee, roles: ['ops', 'leads'] })
  const later = openBrowser()
  await later.signIn('dee')
  expect((await whoIn(later)).person.role).toBe('approver')
  expect((await whoIn(browser)).person.role).toBe('approver')
  tells('dee', { ...dee, roles: ['visitors'] })
  expect(await problemOf((await openBrowser().signIn('dee')).answer)).toBe('403 no-role-here')
  tells('fin', { email: 'fin@meridian.example', roles: ['ops'] })
  expect(await problemOf((await openBrowser().signIn('fin')).answer)).toBe('403 not-known-here')
  const record = await door.database.inTenant(tenantId, (tx) =>
    tx.rows(sql`select kind, actor from event where summary like 'Dee Dale%' order by event_id`),
  )
  expect(record).toEqual([
    { kind: 'person.added', actor: 'provider' },
    { kind: 'person.signed-in', actor: 'person:Dee Dale' },
    { kind: 'person.changed', actor: 'provider' },
    { kind: 'person.signed-in', actor: 'person:Dee Dale' },
  ])
})

test('a provider that is away is waited for, and a house without one says so', async () => {
  settle({ issuer: `http://127.0.0.1:${await freePort()}` })
  const away = await openBrowser().ask(new URL(`${house}/v1/session/oidc`))
  expect(await problemOf(away)).toBe('503 try-again-later')
  expect(away.headers.get('retry-after')).toBe('10')
  const plain = await openTestDoor()
  try {
    for (const path of ['/v1/session/oidc', providerCallbackPath])
      expect(await problemOf(await plain.request(path))).toBe('404 no-provider')
  } finally {
    await plain.close()
  }
})

test('no code, cookie or secret of the way is in the log', () => {
  const log = door.logLines.join('\n')
  for (const secret of [/code=/, /quittance_login/, idp.clientSecret, /qs_[\w-]{20}/])
    expect(log).not.toMatch(secret)
})
