import { createHash } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type SignedIn, signedIn } from '../../testing/signed-in.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'

let door: TestDoor
let nowMs: number
let tenantId: string
let admin: SignedIn

const hourMs = 3_600_000

beforeAll(async () => {
  nowMs = Date.now()
  door = await openTestDoor({
    options: { nowMs: () => nowMs, rateLimit: { burst: 10_000, perSecond: 1_000 } },
  })
  tenantId = await door.newTenant()
  admin = await signedIn(door, { tenantId, role: 'admin', name: 'Ada Admin', atMs: nowMs })
})
afterAll(() => door.close())

const Session = z.object({
  person: z.object({ userId: z.string(), name: z.string(), hasPassword: z.boolean() }),
  tenant: z.object({ tenantId: z.string(), name: z.string(), timeZone: z.string() }),
  scopes: z.array(z.string()),
  csrfToken: z.string(),
  signedInBy: z.string(),
})

const Problem = z.object({ type: z.string(), detail: z.string() })

async function problemOf(answer: Response): Promise<string> {
  const { type } = Problem.parse(await answer.json())
  return `${answer.status} ${type.replace('urn:quittance:problem:', '')}`
}

const json = (
  method: string,
  body: unknown,
  headers: Record<string, string> = {},
): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  door.request(path, undefined, init)

function cookieOf(answer: Response): string {
  const [cookie = ''] = answer.headers.getSetCookie()
  return cookie
}

/** What a page of ours sends once its answer has come. */
async function pageOf(answer: Response) {
  expect(answer.status).toBe(200)
  const cookie = cookieOf(answer).split(';')[0] ?? ''
  const { csrfToken } = Session.parse(await answer.json())
  return { cookie, 'x-csrf-token': csrfToken, origin: 'http://localhost' }
}

/** Adds a person through the door; the token of their invitation. */
async function invite(
  email: string,
  role = 'operator',
): Promise<{ userId: string; token: string }> {
  const answer = await ask(
    '/v1/users',
    json('POST', { name: `Somebody ${email}`, email, role }, admin.headers),
  )
  expect(answer.status).toBe(201)
  const { person, invitation } = z
    .object({
      person: z.object({ userId: z.string() }),
      invitation: z.object({ path: z.string() }),
    })
    .parse(await answer.json())
  return { userId: person.userId, token: invitation.path.replace('/sign-in#', '') }
}

const openLink = (token: string, headers: Record<string, string> = {}) =>
  ask('/v1/session/link', json('POST', { token }, headers))

const password = 'seven green bottles'

/** A person who has come in by their invitation and set a password. */
async function withPassword(email: string, role = 'operator') {
  const { userId, token } = await invite(email, role)
  const page = await pageOf(await openLink(token))
  const set = await ask('/v1/session/password', json('PUT', { next: password }, page))
  return { userId, email, page: await pageOf(set) }
}

const signIn = (email: string, wrong = password, headers: Record<string, string> = {}) =>
  ask('/v1/session', json('POST', { email, password: wrong }, headers))

const whoAmI = (headers: Record<string, string>) => ask('/v1/session', { headers })

test('somebody invited comes in by the link, sets a password and signs in with it ever after', async () => {
  const { email, userId } = await withPassword('bo@meridian.example')
  const answer = await signIn('  Bo@Meridian.Example ')
  const cookie = cookieOf(answer)
  expect(cookie).toMatch(/^quittance_session=qs_[\w-]{43}; Path=\/; Expires=/)
  expect(cookie).toContain('HttpOnly')
  expect(cookie).toContain('SameSite=Strict')
  const session = Session.parse(await answer.clone().json())
  expect(session).toMatchObject({
    person: { userId, hasPassword: true },
    tenant: { tenantId, timeZone: 'UTC' },
    signedInBy: 'password',
  })
  expect(session.scopes).toContain('proposals:decide')
  expect(session.scopes).not.toContain('users:write')
  const again = await whoAmI(await pageOf(answer))
  expect(Session.parse(await again.json()).csrfToken).toBe(session.csrfToken)
  expect(email).toBe('bo@meridian.example')
})

test('on this very machine the cookie works without encryption, anywhere else never', async () => {
  await withPassword('cy@meridian.example')
  const cookieAt = async (origin: string) =>
    cookieOf(
      await Promise.resolve(
        door.app.request(
          `${origin}/v1/session`,
          json('POST', { email: 'cy@meridian.example', password }),
        ),
      ),
    )
  for (const here of ['http://localhost:4700', 'http://127.0.0.1:4700', 'http://[::1]:4700'])
    expect(await cookieAt(here)).not.toContain('Secure')
  for (const elsewhere of ['https://localhost', 'http://192.168.1.20:4700', 'http://erp.example'])
    expect(await cookieAt(elsewhere)).toContain('Secure')
})

test('a wrong password and an unknown address get the same answer, word for word', async () => {
  await withPassword('di@meridian.example')
  const locked = await withPassword('ed@meridian.example')
  await ask(`/v1/users/${locked.userId}`, json('PATCH', { isActive: false }, admin.headers))
  const { token } = await invite('fay@meridian.example')
  expect(token).toMatch(/^ql_/)
  const neutral = async (answer: Response) =>
    `${answer.status} ${(await answer.text()).replace(/"requestId":"[^"]*"/, '')} ${answer.headers.getSetCookie().length}`
  const wrong = await neutral(await signIn('di@meridian.example', 'not the password'))
  expect(wrong).toContain('401')
  expect(await neutral(await signIn('nobody@meridian.example'))).toBe(wrong)
  expect(await neutral(await signIn('ed@meridian.example'))).toBe(wrong)
  expect(await neutral(await signIn('fay@meridian.example'))).toBe(wrong)
})

test('who guesses is stopped after five tries, others are not, and a quarter of an hour later it goes on', async () => {
  await withPassword('gil@meridian.example')
  await withPassword('hal@meridian.example')
  const tries = await Promise.all(
    Array.from({ length: 20 }, (_, at) => signIn('gil@meridian.example', `guess number ${at}`)),
  )
  const statuses = tries.map(({ status }) => status)
  expect(statuses.filter((status) => status === 401)).toHaveLength(5)
  expect(statuses.filter((status) => status === 429)).toHaveLength(15)
  const refused = await signIn('gil@meridian.example')
  expect(refused.headers.get('retry-after')).toBe('900')
  expect(await problemOf(refused)).toBe('429 too-many-tries')
  expect((await signIn('hal@meridian.example')).status).toBe(200)
  nowMs += 15 * 60_000
  expect((await signIn('gil@meridian.example')).status).toBe(200)
  // One that is right is no guess, however often.
  for (let time = 0; time < 8; time += 1)
    expect((await signIn('gil@meridian.example')).status).toBe(200)
  admin = await signedIn(door, { tenantId, role: 'admin', name: 'Ada Admin', atMs: nowMs })
})

test('a session that is planted in a browser is not taken over: signing in makes a new one and ends the old', async () => {
  await withPassword('ivy@meridian.example')
  const planted = `qs_${'x'.repeat(43)}`
  const fresh = await signIn('ivy@meridian.example', password, {
    cookie: `quittance_session=${planted}`,
  })
  const page = await pageOf(fresh)
  expect(page.cookie).not.toContain(planted)
  expect(await problemOf(await whoAmI({ cookie: `quittance_session=${planted}` }))).toBe(
    '401 not-authenticated',
  )
  const next = await pageOf(await signIn('ivy@meridian.example', password, { cookie: page.cookie }))
  expect(next.cookie).not.toBe(page.cookie)
  expect((await whoAmI(page)).status).toBe(401)
  expect((await whoAmI(next)).status).toBe(200)
})

test('a session ends an hour after the last request, and twelve hours after it began', async () => {
  await withPassword('jo@meridian.example')
  const idle = await pageOf(await signIn('jo@meridian.example'))
  nowMs += hourMs - 1_000
  expect((await whoAmI(idle)).status).toBe(200)
  nowMs += hourMs + 1_000
  expect((await whoAmI(idle)).status).toBe(401)
  const busy = await pageOf(await signIn('jo@meridian.example'))
  for (let minutes = 45; minutes < 12 * 60; minutes += 45) {
    nowMs += 45 * 60_000
    expect([minutes, (await whoAmI(busy)).status]).toEqual([minutes, 200])
  }
  nowMs += 45 * 60_000
  expect((await whoAmI(busy)).status).toBe(401)
  admin = await signedIn(door, { tenantId, role: 'admin', name: 'Ada Admin', atMs: nowMs })
})

test('who signs out is out, and the browser forgets', async () => {
  await withPassword('kai@meridian.example')
  const page = await pageOf(await signIn('kai@meridian.example'))
  const out = await ask('/v1/session', { method: 'DELETE', headers: page })
  expect(out.status).toBe(200)
  expect(cookieOf(out)).toMatch(/^quittance_session=; Max-Age=0/)
  expect((await whoAmI(page)).status).toBe(401)
})

test('a new password signs out everywhere else; the old one must be shown first', async () => {
  const { email } = await withPassword('leahold@meridian.example')
  const [desk, phone] = [await pageOf(await signIn(email)), await pageOf(await signIn(email))]
  const set = (body: object, page = desk) => ask('/v1/session/password', json('PUT', body, page))
  expect(await problemOf(await set({ next: 'eight blue bottles' }))).toBe('403 wrong-password')
  expect(await problemOf(await set({ current: 'a wild guess', next: 'eight blue bottles' }))).toBe(
    '403 wrong-password',
  )
  for (const weak of ['short', 'aaaaaaaaaaaaaaaa', 'my mailbox is leahold'])
    expect([weak, (await set({ current: password, next: weak })).status]).toEqual([weak, 422])
  const renewed = await pageOf(await set({ current: password, next: 'eight blue bottles' }))
  expect((await whoAmI(desk)).status).toBe(401)
  expect((await whoAmI(phone)).status).toBe(401)
  expect((await whoAmI(renewed)).status).toBe(200)
  expect((await signIn(email)).status).toBe(401)
  expect((await signIn(email, 'eight blue bottles')).status).toBe(200)
})

test('who is locked out is out at once, everywhere, and no link lets them in again', async () => {
  const { userId, email, page } = await withPassword('max@meridian.example')
  const other = await pageOf(await signIn(email))
  const change = (body: object) => ask(`/v1/users/${userId}`, json('PATCH', body, admin.headers))
  expect((await change({ isActive: false })).status).toBe(200)
  expect((await whoAmI(page)).status).toBe(401)
  expect((await whoAmI(other)).status).toBe(401)
  expect((await signIn(email)).status).toBe(401)
  const late = await invite('nia@meridian.example')
  await ask(`/v1/users/${late.userId}`, json('PATCH', { isActive: false }, admin.headers))
  expect(await problemOf(await openLink(late.token))).toBe('401 link-refused')
  // Let in again, the old sessions stay over.
  expect((await change({ isActive: true })).status).toBe(200)
  expect((await whoAmI(page)).status).toBe(401)
  expect((await signIn(email)).status).toBe(200)
})

test('a change of role counts with the next request', async () => {
  const { userId, page } = await withPassword('oda@meridian.example', 'admin')
  expect((await ask('/v1/users', { headers: page })).status).toBe(200)
  await ask(`/v1/users/${userId}`, json('PATCH', { role: 'viewer' }, admin.headers))
  expect(await problemOf(await ask('/v1/users', { headers: page }))).toBe('403 scope-missing')
})

test('a change from another site’s page is refused, and so is one without the session’s own token', async () => {
  const { page } = await withPassword('pia@meridian.example')
  const out = (headers: Record<string, string>) => ask('/v1/session', { method: 'DELETE', headers })
  const { cookie, origin } = page
  const token = page['x-csrf-token']
  const cases: [string, Record<string, string>][] = [
    ['403 csrf-token-missing', { cookie, origin }],
    ['403 csrf-token-missing', { cookie, origin, 'x-csrf-token': `${token.slice(0, -1)}~` }],
    ['403 csrf-token-missing', { cookie, origin, 'x-csrf-token': admin.headers['x-csrf-token'] }],
    ['403 not-our-page', { ...page, origin: 'https://evil.example' }],
    ['403 not-our-page', { ...page, origin: 'http://localhost:8080' }],
    ['403 not-our-page', { ...page, origin: 'null' }],
    ['403 not-our-page', { ...page, 'sec-fetch-site': 'cross-site' }],
    ['403 not-our-page', { ...page, 'sec-fetch-site': 'same-site' }],
    ['403 not-our-page', { cookie, 'x-csrf-token': token, 'sec-fetch-site': 'none' }],
    ['403 origin-missing', { cookie, 'x-csrf-token': token }],
  ]
  for (const [expected, headers] of cases)
    expect([headers, await problemOf(await out(headers))]).toEqual([headers, expected])
  expect((await out({ ...page, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
})

test('what another site’s page reads by the session is refused before it costs anything; a link that is followed is not', async () => {
  const { page } = await withPassword('rob@meridian.example')
  const read = (headers: Record<string, string>) =>
    ask('/v1/orders', { headers: { cookie: page.cookie, ...headers } })
  for (const theirs of [
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' },
    { origin: 'http://localhost:8080' },
  ])
    expect([theirs, await problemOf(await read(theirs))]).toEqual([theirs, '403 not-our-page'])
  for (const ours of [
    {},
    { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' },
    { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' },
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' },
  ])
    expect([ours, (await read(ours)).status]).toEqual([ours, 200])
})

test('nobody is signed in by a page of another site', async () => {
  await withPassword('quy@meridian.example')
  const evil = { origin: 'https://evil.example' }
  expect(await problemOf(await signIn('quy@meridian.example', password, evil))).toBe(
    '403 not-our-page',
  )
  const { token } = await invite('rae@meridian.example')
  expect(await problemOf(await openLink(token, evil))).toBe('403 not-our-page')
  expect((await openLink(token)).status).toBe(200)
})

test('a request that shows a session and a key is asked to choose', async () => {
  const key = await door.newKey(tenantId)
  const both = await door.request('/v1/orders', key, { headers: admin.headers })
  expect(await problemOf(both)).toBe('400 two-credentials')
  const apart = await ask('/v1/orders', { headers: { cookie: admin.headers.cookie } })
  expect(apart.status).toBe(200)
})

test('what only people do, no key does, whatever its role', async () => {
  const key = await door.newKey(tenantId, { role: 'admin' })
  for (const path of ['/v1/session', '/v1/users', '/v1/tokens'])
    expect([path, await problemOf(await door.request(path, key))]).toEqual([
      path,
      '403 person-needed',
    ])
  const draft = json('POST', { name: 'Eve', email: 'eve@meridian.example', role: 'admin' })
  expect(await problemOf(await door.request('/v1/users', key, draft))).toBe('403 person-needed')
})

test('of twenty who open one link at the same moment one comes in', async () => {
  const { userId, token } = await invite('sam@meridian.example')
  const answers = await Promise.all(Array.from({ length: 20 }, () => openLink(token)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(19)
  const sessions = await door.database.inTenant(tenantId, (tx) =>
    tx.rows(sql`select 1 from session where user_id = ${userId}`),
  )
  expect(sessions).toHaveLength(1)
})

test('an invitation is good for a day, and a new one ends the one before', async () => {
  const { userId, token } = await invite('tia@meridian.example')
  const again = await ask(`/v1/users/${userId}/invitation`, {
    method: 'POST',
    headers: admin.headers,
  })
  expect(again.status).toBe(200)
  expect(await problemOf(await openLink(token))).toBe('401 link-refused')
  const { invitation } = z
    .object({ invitation: z.object({ path: z.string() }) })
    .parse(await again.json())
  nowMs += 24 * hourMs
  expect(await problemOf(await openLink(invitation.path.slice('/sign-in#'.length)))).toBe(
    '401 link-refused',
  )
  admin = await signedIn(door, { tenantId, role: 'admin', name: 'Ada Admin', atMs: nowMs })
})

test('nobody makes a link into the account of a colleague who has signed in', async () => {
  const { userId } = await withPassword('uma@meridian.example')
  const answer = await ask(`/v1/users/${userId}/invitation`, {
    method: 'POST',
    headers: admin.headers,
  })
  expect(await problemOf(answer)).toBe('409 has-signed-in')
})

test('the only administrator can neither step down nor lock themselves out', async () => {
  const house = await door.newTenant()
  const only = await signedIn(door, { tenantId: house, role: 'admin', atMs: nowMs })
  const change = (body: object) =>
    ask(`/v1/users/${only.userId}`, json('PATCH', body, only.headers))
  expect(await problemOf(await change({ isActive: false }))).toBe('409 last-admin')
  expect(await problemOf(await change({ role: 'viewer' }))).toBe('409 last-admin')
  expect((await change({ name: 'Una Solo' })).status).toBe(200)
  await signedIn(door, { tenantId: house, role: 'admin', atMs: nowMs })
  expect((await change({ role: 'viewer' })).status).toBe(200)
})

test('one address may work for two tenants; with one password for both it says which', async () => {
  const other = await door.newTenant()
  const there = await signedIn(door, { tenantId: other, role: 'admin', atMs: nowMs })
  const email = 'vic@meridian.example'
  await withPassword(email)
  const draft = json('POST', { name: 'Vic', email, role: 'viewer' }, there.headers)
  const { invitation } = z
    .object({ invitation: z.object({ path: z.string() }) })
    .parse(await (await ask('/v1/users', draft)).json())
  const page = await pageOf(await openLink(invitation.path.slice('/sign-in#'.length)))
  expect((await ask('/v1/session/password', json('PUT', { next: password }, page))).status).toBe(
    200,
  )
  const both = await signIn(email)
  expect(await problemOf(both)).toBe('409 several-tenants')
  const one = await ask('/v1/session', json('POST', { email, password, tenantId: other }))
  expect(Session.parse(await one.json()).tenant.tenantId).toBe(other)
})

test('an invitation or a new key repeated under its Idempotency-Key shows no secret a second time', async () => {
  const send = (path: string, body: object) =>
    ask(path, json('POST', body, { ...admin.headers, 'idempotency-key': 'once' }))
  for (const [path, body, secret] of [
    ['/v1/users', { name: 'Wim', email: 'wim@meridian.example', role: 'viewer' }, /ql_[\w-]{43}/],
    ['/v1/tokens', { name: 'Nightly export', role: 'viewer' }, /qk_[\w-]{43}/],
  ] as const) {
    const first = await send(path, body)
    expect(await first.text()).toMatch(secret)
    const second = await send(path, body)
    expect(second.headers.get('idempotent-replayed')).toBe('true')
    expect(await second.text()).not.toMatch(secret)
  }
  const kept = await door.database.inTenant(tenantId, (tx) =>
    tx.rows<{ response: string }>(sql`select response from idempotency where key = 'once'`),
  )
  expect(JSON.stringify(kept)).not.toMatch(/q[lk]_[\w-]{43}/)
})

test('a key made by an administrator works at once and not after it was ended', async () => {
  const made = await ask(
    '/v1/tokens',
    json('POST', { name: 'Copilot', role: 'mcp' }, admin.headers),
  )
  const { token, credential } = z
    .object({ token: z.string(), credential: z.object({ credentialId: z.string() }) })
    .parse(await made.json())
  expect((await door.request('/v1/orders', token)).status).toBe(200)
  const path = `/v1/tokens/${credential.credentialId}`
  expect((await ask(path, { method: 'DELETE', headers: admin.headers })).status).toBe(200)
  nowMs += 5_000
  expect((await door.request('/v1/orders', token)).status).toBe(401)
})

test('the database keeps hashes only, passwords by argon2id with 19 MiB and two passes, and the log no secret at all', async () => {
  const { page, userId } = await withPassword('xen@meridian.example')
  const { token } = await invite('yul@meridian.example')
  await signIn('xen@meridian.example', 'not the password')
  await openLink(`${token.slice(0, -1)}~`)
  const [kept] = await door.database.inTenant(tenantId, (tx) =>
    tx.rows<{ hash: string; all: string }>(sql`
      select password_hash as hash, (select string_agg(s::text, '') from session s)
        || (select string_agg(l::text, '') from sign_in_link l) || (select string_agg(u::text, '') from app_user u)
        || (select string_agg(e::text, '') from event e) as all
      from app_user where user_id = ${userId}`),
  )
  expect(kept?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  const session = page.cookie.replace('quittance_session=', '')
  const csrf = page['x-csrf-token']
  for (const secret of [session, csrf, token, password]) expect(kept?.all).not.toContain(secret)
  const log = door.logLines.join('\n')
  expect(log).toContain('Somebody was not let in.')
  for (const secret of [
    /qs_[\w-]{20}/,
    /ql_[\w-]{20}/,
    /bottles/,
    /not the password/,
    /meridian\.example/,
  ])
    expect(log).not.toMatch(secret)
})

test('who came, went, was let in and locked out stands on the record with their names', async () => {
  const events = await door.database.inTenant(tenantId, (tx) =>
    tx.rows<{ kind: string; actor: string }>(sql`
      select distinct kind, actor from event where kind like 'person.%' and summary like '%kai@%'
      union select distinct kind, actor from event where kind = 'person.changed'`),
  )
  expect(events).toEqual(
    expect.arrayContaining([
      { kind: 'person.added', actor: 'person:Ada Admin' },
      { kind: 'person.invited', actor: 'person:Ada Admin' },
      { kind: 'person.signed-in', actor: 'person:Somebody kai@meridian.example' },
      { kind: 'person.password-set', actor: 'person:Somebody kai@meridian.example' },
      { kind: 'person.signed-out', actor: 'person:Somebody kai@meridian.example' },
      { kind: 'person.changed', actor: 'person:Ada Admin' },
    ]),
  )
})

test('opening the page of a link uses nothing up; its button does, and only its own script may run there', async () => {
  const { token } = await invite('zoe@meridian.example')
  for (const method of ['GET', 'HEAD', 'GET']) {
    const opened = await ask('/sign-in', { method })
    expect(opened.status).toBe(200)
    expect(opened.headers.getSetCookie()).toEqual([])
  }
  const opened = await ask('/sign-in')
  const text = await opened.text()
  const script = /<script>([\s\S]*)<\/script>/.exec(text)?.[1] ?? ''
  const policy = opened.headers.get('content-security-policy') ?? ''
  const hash = createHash('sha256').update(script).digest('base64')
  expect(policy).toContain(`script-src 'sha256-${hash}'`)
  expect(policy).not.toContain('unsafe')
  expect(policy).toContain("default-src 'none'")
  // The page itself, in a browser of nothing but what it needs.
  const presses = new Map<string, () => Promise<void>>()
  const elementOf = (id: string) => ({
    ...{ textContent: '', hidden: true, disabled: false, dataset: { to: '/' } },
    addEventListener: (_: string, act: () => Promise<void>) => presses.set(id, act),
  })
  const elements = new Map<string, ReturnType<typeof elementOf>>()
  const went: string[] = []
  const shown: string[] = []
  runInNewContext(script, {
    location: { hash: `#${token}`, replace: (to: string) => void went.push(to) },
    history: { replaceState: (_: null, __: string, to: string) => void shown.push(to) },
    document: {
      getElementById(id: string) {
        const element = elements.get(id) ?? elementOf(id)
        elements.set(id, element)
        return element
      },
    },
    fetch: (path: string, init: RequestInit) => ask(path, init),
  })
  expect(shown).toEqual(['/sign-in'])
  expect(elements.get('sign-in')?.hidden).toBe(false)
  await presses.get('sign-in')?.()
  expect(went).toEqual(['/'])
  await presses.get('sign-in')?.()
  expect(elements.get('fault')?.textContent).toContain('has been used')
})

test('anybody may ask how people sign in here; a house without a provider offers none', async () => {
  const answer = await ask('/v1/session/ways')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({ password: true, link: true, oidc: false, oidcPath: null })
})
