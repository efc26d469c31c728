import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { signedIn } from '../../testing/signed-in.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { ActKind } from '../canonical/proposal.ts'
import { allActs } from '../services/proposals/all-acts.ts'

const Operation = z.object({
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
})
const ApiDocument = z.object({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
})

type Route = {
  readonly name: string
  readonly method: string
  readonly path: string
  /** How a caller may prove who they are: apiKey, session. */
  readonly proofs: readonly string[]
  readonly scopes: readonly string[]
}

/** Routes that are not a GET and yet change nothing of the business: why an agent may ask them. */
const harmless: Readonly<Record<string, string>> = {
  'POST /v1/orders/check': 'a dry run that keeps nothing',
  'POST /v1/agent-profiles/drafts': 'words a draft and keeps nothing',
  'POST /v1/policies/{policy}/trial': 'tries settings out and keeps nothing',
  'POST /v1/sourcing/suppliers': 'compares offers and keeps nothing',
  'POST /v1/sourcing/carriers': 'compares lanes and keeps nothing',
  'POST /v1/proposals': 'proposes, and a person decides',
  'POST /v1/tools/{name}': 'tools read and propose',
}

let door: TestDoor
let tenantId: string
let routes: readonly Route[]
/** Every scope that a route asks for. */
let everything: readonly string[]

beforeAll(async () => {
  door = await openTestDoor({ options: { rateLimit: { burst: 10_000, perSecond: 1_000 } } })
  tenantId = await door.newTenant()
  const { paths } = ApiDocument.parse(await (await door.request('/openapi.json')).json())
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security }]) =>
      security.length === 0
        ? []
        : [
            {
              name: `${method.toUpperCase()} ${path}`,
              method: method.toUpperCase(),
              path,
              proofs: security.flatMap((proof) => Object.keys(proof)),
              scopes: [...new Set(security.flatMap((proof) => Object.values(proof).flat()))],
            },
          ],
    ),
  )
  everything = [...new Set(routes.flatMap(({ scopes }) => scopes))]
})
afterAll(() => door.close())

const changing = () => routes.filter(({ method }) => method !== 'GET')

async function statusOf({ method, path }: Route, key: string): Promise<number> {
  const type = path.endsWith('/bulk') ? 'application/x-ndjson' : 'application/json'
  const answer = await door.request(path.replaceAll(/\{\w+\}/g, 'any'), key, {
    method,
    ...(method === 'GET' ? {} : { headers: { 'content-type': type }, body: '{}' }),
  })
  await answer.body?.cancel()
  return answer.status
}

/** Keys of a class: as it is made by default, and one that asks for every scope there is. */
async function keysOf(role: string): Promise<string[]> {
  return [
    await door.newKey(tenantId, { role }),
    await door.newKey(tenantId, { role, scopes: everything }),
  ]
}

test('the key of an agent or an agent host is refused on every route with an effect', async () => {
  expect(changing().length).toBeGreaterThan(40)
  const accepted: string[] = []
  for (const role of ['agent', 'mcp'])
    for (const key of await keysOf(role))
      for (const route of changing())
        if (harmless[route.name] === undefined && (await statusOf(route, key)) !== 403)
          accepted.push(`${role}: ${route.name}`)
  expect(
    accepted,
    'guard the route with a scope that these roles lack, or say in this test why it changes nothing',
  ).toEqual([])
})

test('the key of a partner opens no route of the API; its documents come by its connection', async () => {
  for (const key of await keysOf('partner'))
    for (const route of routes)
      expect([route.name, await statusOf(route, key)]).toEqual([route.name, 403])
})

test('what has a limit for people is an act for them: the routes of systems send them there', async () => {
  const person = await signedIn(door, { tenantId, role: 'admin' })
  const forSystems = routes.filter(({ proofs }) => !proofs.includes('session'))
  expect(forSystems.map(({ name }) => name).toSorted()).toEqual([
    'POST /v1/orders/{id}/cancel',
    'POST /v1/orders/{id}/holds',
    'POST /v1/orders/{id}/holds/{holdId}/release',
    'POST /v1/transactions/replay',
    'PUT /v1/policies/{policy}',
  ])
  for (const { method, path } of forSystems) {
    const answer = await door.request(path.replaceAll(/\{\w+\}/g, 'any'), undefined, {
      method,
      headers: { ...person.headers, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(answer.status).toBe(403)
    const { facts } = z.object({ facts: z.object({ act: ActKind }) }).parse(await answer.json())
    expect(allActs.map(({ kind }) => kind)).toContain(facts.act)
  }
})

test('no key decides and no key lets people in, not even an administrator’s', async () => {
  const forPeople = ['proposals:decide', 'users:read', 'users:write', 'agents:write']
  const guarded = routes.filter(({ scopes }) => scopes.some((scope) => forPeople.includes(scope)))
  expect(guarded.length).toBeGreaterThan(6)
  for (const key of await keysOf('admin'))
    for (const route of guarded)
      expect([route.name, await statusOf(route, key)]).toEqual([route.name, 403])
})
