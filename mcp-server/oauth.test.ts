import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type {
  OAuthClientInformationMixed,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { type SQL, sql } from 'drizzle-orm'
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { scopesOf } from '../backbone/services/api-principal.ts'
import { accessTokens } from '../backbone/services/mcp-access.ts'
import type { AccessTokens } from '../backbone/services/mcp-door.ts'
import { askerOf } from '../backbone/services/proposals/asker.ts'
import { startAuthorizationServer } from '../testing/authorization-server.ts'
import { type McpWorld, openMcpWorld } from '../testing/mcp-world.ts'
import { signedIn } from '../testing/signed-in.ts'
import { furnishForTools, type ToolsTenant } from '../testing/tools-world.ts'
import { toolScopes } from '../tools/tool.ts'

const redirectUrl = 'http://127.0.0.1:9/back'

let world: McpWorld
let own: ToolsTenant
let as: Awaited<ReturnType<typeof startAuthorizationServer>>
let tokens: AccessTokens | undefined
let clock = 0

const opened = (): AccessTokens => {
  if (tokens === undefined) throw new Error('Not opened yet.')
  return tokens
}

beforeAll(async () => {
  world = await openMcpWorld({
    ports: {
      accessTokens: {
        verify: (token) => opened().verify(token),
        get resource() {
          return opened().resource
        },
      },
    },
  })
  own = await furnishForTools(world.database, await world.newTenant(), { isSeeded: false })
  as = await startAuthorizationServer({
    scopes: toolScopes,
    claims: { tenant: own.tenantId, client_name: 'Claude' },
  })
  tokens = accessTokens({
    settings: {
      ...{ issuer: as.issuer, audience: world.url, resource: world.url },
      ...{ tenant: { claim: 'tenant' }, scopes: [['ops', 'ops:read']] },
    },
    database: world.database,
    nowMs: () => Date.now() + clock,
    ttlMs: 0,
  })
}, 120_000)
afterAll(async () => {
  await as.stop()
  await world.close()
})

/** A host that keeps what it is given and walks where it is sent, as the person who sits before it. */
function openHost(login: string) {
  let registered: OAuthClientInformationMixed | undefined
  let held: OAuthTokens | undefined
  let verifier = ''
  const ways: URL[] = []
  const provider: OAuthClientProvider = {
    redirectUrl,
    clientMetadata: { client_name: 'A host', redirect_uris: [redirectUrl] },
    clientInformation: () => registered,
    saveClientInformation: (given) => {
      registered = given
    },
    tokens: () => held,
    saveTokens: (given) => {
      held = given
    },
    redirectToAuthorization: (way) => void ways.push(way),
    saveCodeVerifier: (given) => {
      verifier = given
    },
    codeVerifier: () => verifier,
  }
  const transport = () =>
    new StreamableHTTPClientTransport(new URL(world.url), { authProvider: provider })
  /** Signs in where the host was sent to, and gives it what it came back with. */
  const letIn = async (through: StreamableHTTPClientTransport) => {
    const way = ways.at(-1)
    if (way === undefined) throw new Error('The host was not sent anywhere.')
    await through.finishAuth(await as.authorize(way, login, redirectUrl))
    return way
  }
  /** Registers anew at the next chance: this server grants no more than a client once registered for. */
  const forgetRegistration = () => {
    registered = undefined
  }
  return { ways, transport, letIn, forgetRegistration, token: () => held?.access_token ?? '' }
}

async function connected(login: string) {
  const host = openHost(login)
  const connect = async (through: unknown) => {
    const client = new Client({ name: 'a host', version: '1' })
    await client.connect(z.custom<Transport>().parse(through))
    return client
  }
  const first = host.transport()
  await expect(connect(first)).rejects.toThrow(UnauthorizedError)
  const way = await host.letIn(first)
  return { ...host, way, client: await connect(host.transport()) }
}

const claimsOf = (token: string) =>
  z
    .looseObject({ scope: z.string(), aud: z.string() })
    .parse(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()))

test('a host finds the authorization server by itself, registers, signs its person in, and may read', async () => {
  const { client, way, token } = await connected('olivia')
  try {
    expect(way.searchParams.get('code_challenge_method')).toBe('S256')
    expect(way.searchParams.get('resource')).toBe(world.url)
    expect(claimsOf(token())).toMatchObject({
      aud: world.url,
      scope: 'o2c:read ops:read ar:read proposal:read',
    })
    const found = await client.callTool({ name: 'order_search', arguments: { is_held: true } })
    expect(JSON.stringify(found.structuredContent)).toContain(own.held[0]?.orderNumber)
  } finally {
    await client.close()
  }
})

test('what may propose is asked for when it is first wanted: the challenge names what it has and what it needs', async () => {
  const { client, token, ways, letIn, transport, forgetRegistration } = await connected('olivia')
  try {
    const refused = await world.send(token(), 'tools/call', {
      name: 'propose_order_change',
      arguments: { order_id: 'ord_1', candidate_id: 'c' },
    })
    expect(refused.status).toBe(403)
    const challenge = refused.headers.get('www-authenticate') ?? ''
    expect(challenge).toContain('error="insufficient_scope"')
    expect(challenge).toContain('scope="o2c:read ops:read ar:read proposal:read order:propose"')
    expect(challenge).toContain('/.well-known/oauth-protected-resource/mcp"')
    const before = ways.length
    forgetRegistration()
    const call = {
      name: 'propose_order_change',
      arguments: { order_id: 'ord_1', candidate_id: 'c' },
    }
    await expect(client.callTool(call)).rejects.toThrow()
    expect(ways.length).toBe(before + 1)
    await letIn(transport())
    expect(claimsOf(token()).scope).toContain('order:propose')
    const again = await world.send(token(), 'tools/call', call)
    expect(again.status).toBe(200)
    expect(again.result).toMatchObject({ isError: true })
  } finally {
    await client.close()
  }
})

test('what a host proposes is that of the person who let it in, and their lock-out shuts it', async () => {
  const operator = await signedIn(world, { tenantId: own.tenantId, role: 'operator' })
  const change = (set: SQL) =>
    world.database.inTenant(own.tenantId, (tx) =>
      tx.run(sql`update app_user set ${set} where user_id = ${operator.userId}`),
    )
  await change(sql`oidc_subject = ${`${as.issuer}#dana`}`)
  const { token, client } = await connected('dana')
  await client.close()
  expect(askerOf(await opened().verify(token()))).toMatchObject({
    requestedBy: { kind: 'person', id: operator.userId },
    agent: { agent: 'Claude', isTainted: true },
  })
  await change(sql`is_active = false`)
  const refused = await world.send(token(), 'tools/list')
  expect(refused.status).toBe(401)
  expect(refused.text).toContain('has been locked out')
})

/** A token as somebody would forge it; signed with a key that is nobody's here. */
async function forged(change: object, alg = 'RS256') {
  const { privateKey } = await generateKeyPair('RS256')
  const claims = {
    ...{ iss: as.issuer, aud: world.url, sub: 'mallory', tenant: own.tenantId },
    ...{ scope: toolScopes.join(' '), exp: Math.floor(Date.now() / 1_000) + 600 },
    ...change,
  }
  if (alg === 'none') return new UnsecuredJWT(claims).encode()
  return new SignJWT(claims).setProtectedHeader({ alg, kid: 'mine' }).sign(privateKey)
}

test('a forged token, one without a signature, and what is no token at all are refused, each with the way to a good one', async () => {
  const tries = [
    await forged({}),
    await forged({}, 'none'),
    'abcdefghijklmnopqrstuvwxyz',
    `${await forged({})}x`,
  ]
  for (const token of tries) {
    const refused = await world.send(token, 'tools/list')
    expect(refused.status, token).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(refused.headers.get('www-authenticate')).toContain('resource_metadata=')
  }
  const nothing = await world.send(undefined, 'tools/list')
  expect(nothing.status).toBe(401)
  expect(nothing.headers.get('www-authenticate')).not.toContain('error=')
})

test('a good token is good for its server, its issuer and its time, and at /mcp alone', async () => {
  const { token, client } = await connected('olivia')
  await client.close()
  expect((await world.send(token(), 'tools/list')).status).toBe(200)
  const others = { ...{ tenant: { claim: 'tenant' }, scopes: [] } } as const
  const verify = (settings: { issuer: string; audience: string }) =>
    accessTokens({
      settings: { ...settings, ...others, resource: world.url },
      database: world.database,
    }).verify(token())
  await expect(
    verify({ issuer: as.issuer, audience: 'https://other.example/mcp' }),
  ).rejects.toThrow('made for another server')
  await expect(verify({ issuer: `${as.issuer}/`, audience: world.url })).rejects.toThrow()
  clock = 700_000
  const late = await world.send(token(), 'tools/list')
  clock = 0
  expect(late.status).toBe(401)
  expect(late.headers.get('www-authenticate')).toContain('has expired')
  for (const path of ['/v1/orders', '/v1/tools', '/v1/proposals'])
    expect((await world.request(path, token())).status, path).toBe(401)
  const decided = await world.request('/v1/proposals/prp_1/decision', token(), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ decision: 'approve', version: 1 }),
  })
  expect(decided.status).toBe(401)
})

test('a record that a token may not read is asked for as a tool is', async () => {
  const token = 'stands.for.a.token.that.carries.one.scope'
  const narrow: AccessTokens = {
    resource: opened().resource,
    verify: async () => ({
      ...{ kind: 'key', role: 'mcp', tenantId: own.tenantId, credentialId: 'oauth_1', name: 'x' },
      ...scopesOf('mcp', ['ar:read']),
      isFromProvider: true,
    }),
  }
  const wide = tokens
  tokens = narrow
  const refused = await world.send(token, 'resources/read', { uri: 'runbook://OUTAGE' })
  tokens = wide
  expect(refused.status).toBe(403)
  expect(refused.headers.get('www-authenticate')).toContain('scope="ar:read ops:read"')
})

test('a token that names no tenant of this house opens nothing', async () => {
  const elsewhere = await startAuthorizationServer({ scopes: toolScopes, claims: { tenant: 'x' } })
  await elsewhere.stop()
  const { token, client } = await connected('olivia')
  await client.close()
  const noTenant = accessTokens({
    settings: {
      ...{ issuer: as.issuer, audience: world.url, resource: world.url },
      ...{ tenant: { claim: 'company' }, scopes: [] },
    },
    database: world.database,
  })
  await expect(noTenant.verify(token())).rejects.toThrow('names no tenant of this house')
  const gone = accessTokens({
    settings: {
      ...{ issuer: elsewhere.issuer, audience: world.url, resource: world.url },
      ...{ tenant: { is: own.tenantId }, scopes: [] },
    },
    database: world.database,
  })
  await expect(gone.verify(token())).rejects.toThrow('does not answer')
})
