import { afterAll, beforeAll, expect, test } from 'vitest'
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
