import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'

let door: TestDoor
beforeAll(async () => {
  door = await openTestDoor()
})
afterAll(() => door.close())

test('health needs no key and says that the process runs', async () => {
  const answer = await door.request('/healthz')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({ status: 'ok' })
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]+$/)
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
})

test('an address of nothing is a problem with an id to quote', async () => {
  const answer = await door.request('/nothing')
  expect(answer.status).toBe(404)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(await answer.json()).toMatchObject({
    type: 'urn:quittance:problem:not-found',
    status: 404,
    requestId: answer.headers.get('x-request-id'),
  })
})

test('a method that a route does not have is refused with the ones it has', async () => {
  const answer = await door.request('/healthz', undefined, { method: 'DELETE' })
  expect(answer.status).toBe(405)
  expect(answer.headers.get('allow')).toBe('GET, HEAD')
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
})

test('metrics are for this machine or for a key with metrics:read', async () => {
  const tenantId = await door.newTenant()
  const local = { incoming: { socket: { remoteAddress: '127.0.0.1' } } }
  const far = { incoming: { socket: { remoteAddress: '192.0.2.7' } } }
  const proxied = { headers: { 'x-forwarded-for': '192.0.2.7' } }
  expect((await door.app.request('/metrics', {}, local)).status).toBe(200)
  expect((await door.app.request('/metrics', proxied, local)).status).toBe(401)
  expect((await door.app.request('/metrics', {}, far)).status).toBe(401)
  const reader = await door.newKey(tenantId, { role: 'viewer' })
  const answer = await door.request('/metrics', reader)
  expect(answer.status).toBe(200)
  expect(await answer.text()).toContain('quittance_http_seconds')
  const other = await door.newKey(tenantId, { role: 'viewer', scopes: ['orders:read'] })
  expect((await door.request('/metrics', other)).status).toBe(403)
})

test('the description for programs names every route of the API', async () => {
  const answer = await door.request('/openapi.json')
  const { openapi, paths } = z
    .object({ openapi: z.string(), paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(await answer.json())
  expect(openapi).toBe('3.1.0')
  const declared = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  // Pages for people, the door of agent hosts, and what the house's own commands ask.
  const pages = [
    'GET /',
    'GET /docs',
    'GET /openapi.json',
    'GET /sign-in',
    'POST /house/key',
    'POST /house/sign-in-link',
    'POST /mcp',
  ]
  const routes = new Set(
    door.app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`),
  )
  expect([...declared, ...pages].toSorted()).toEqual([...routes].toSorted())
})

test('the pages for people load nothing from elsewhere and run no script', async () => {
  for (const path of ['/', '/docs']) {
    const answer = await door.request(path)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    const page = await answer.text()
    expect(page).not.toMatch(/<script|src=|@import|url\(/)
  }
  const docs = await (await door.request('/docs')).text()
  expect(docs).toContain('/v1/orders/{id}/holds/{holdId}/release')
  expect(docs).toContain('Needs an API key, or a person signed in, with collections:write.')
  expect(docs).toContain('Needs an API key with orders:write; people do it as an act.')
  expect(docs).toContain('Needs a person signed in with users:write; no API key does.')
  expect(docs).toContain('id="schema-OrderSummary"')
  const front = await (await door.request('/')).text()
  expect(front).toContain('orders')
})
