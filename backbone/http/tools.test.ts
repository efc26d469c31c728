import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { signedIn } from '../../testing/signed-in.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder } from '../../testing/whole-order.ts'

const Tools = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      scope: z.string(),
      effect: z.string(),
      inputSchema: z.record(z.string(), z.unknown()),
    }),
  ),
})

let door: TestDoor
let tenantId: string
let order: Awaited<ReturnType<typeof insertWholeOrder>>

beforeAll(async () => {
  door = await openTestDoor()
  tenantId = await door.newTenant()
  order = await insertWholeOrder(door.database, tenantId)
})
afterAll(() => door.close())

async function listed(role: string, scopes: readonly string[] = []) {
  const key = await door.newKey(tenantId, { role, scopes })
  return Tools.parse(await (await door.request('/v1/tools', key)).json()).items
}

const post = (name: string, key: string, args: object) =>
  door.request(`/v1/tools/${name}`, key, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(args),
  })

test('a caller sees the tools of its role with their schemas; an agent reads and proposes', async () => {
  const agents = await listed('agent')
  expect(agents.length).toBeGreaterThan(25)
  expect(agents.find(({ name }) => name === 'order_get')).toMatchObject({
    scope: 'o2c:read',
    effect: 'read',
    inputSchema: { type: 'object', additionalProperties: false, required: ['order'] },
  })
  expect((await listed('mcp')).map(({ name }) => name)).toEqual(agents.map(({ name }) => name))
  const viewing = await listed('viewer')
  expect(viewing.filter(({ effect }) => effect === 'propose')).toEqual([])
  const collecting = (await listed('collector')).filter(({ effect }) => effect === 'propose')
  expect(collecting.map(({ name }) => name)).toEqual(['propose_collections_email'])
})

test('a key made for one room sees and calls the tools of that room alone', async () => {
  const scopes = ['orders:read', 'master:read', 'policies:read']
  const tools = await listed('operator', scopes)
  expect(new Set(tools.map(({ scope }) => scope))).toEqual(new Set(['o2c:read']))
  const key = await door.newKey(tenantId, { role: 'operator', scopes })
  expect((await post('order_search', key, {})).status).toBe(200)
  const refused = await post('ar_aging', key, {})
  expect(refused.status).toBe(403)
  expect(await refused.json()).toMatchObject({
    detail: 'ar_aging needs the scope ar:read, which this caller lacks.',
  })
})

test('a tool answers a key and a person alike, in its own tenant only', async () => {
  const key = await door.newKey(tenantId, { role: 'agent' })
  const { orderNumber } = order.order
  const answer = await post('order_get', key, { order: orderNumber })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    order_number: orderNumber,
    as_of: expect.any(String),
  })
  const { headers } = await signedIn(door, { tenantId, role: 'viewer' })
  const seen = await door.request('/v1/tools/order_get', undefined, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ order: orderNumber }),
  })
  expect(seen.status).toBe(200)
  const strangers = await door.newKey(await door.newTenant(), { role: 'agent' })
  expect((await post('order_get', strangers, { order: orderNumber })).status).toBe(404)
})

test('a wrong argument is answered field by field as every problem is', async () => {
  const key = await door.newKey(tenantId, { role: 'agent' })
  const answer = await post('order_search', key, { stage: 'lost', colour: 'red' })
  expect(answer.status).toBe(422)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(await answer.json()).toMatchObject({
    type: expect.stringContaining('invalid-arguments'),
    details: [
      { path: 'stage', message: expect.stringContaining('received, validated, held') },
      { path: 'colour', message: expect.stringContaining('There is no such argument') },
    ],
  })
  expect((await post('approve_everything', key, {})).status).toBe(404)
})

test('once a cause is mended its replay can be proposed; the proposal stands under the name of whoever asked', async () => {
  const admin = await door.newKey(tenantId, { role: 'admin' })
  const agent = await door.newKey(tenantId, { role: 'agent' })
  const cluster_id = order.clusterId
  const Candidates = z.object({ candidates: z.array(z.object({ candidate_id: z.string() })) })
  const could = async () =>
    Candidates.parse(await (await post('failure_triage', agent, { cluster_id })).json()).candidates
  const causes = await (await post('failure_triage', agent, {})).json()
  const [cause] = z
    .object({ items: z.array(z.object({ cluster_id: z.string() })) })
    .parse(causes).items
  expect(cause?.cluster_id).toBe(cluster_id)
  expect(await could()).toEqual([])
  for (const to of ['diagnosed', 'fix-proposed', 'fixed'])
    await door.request(`/v1/transactions/clusters/${encodeURIComponent(cluster_id)}/state`, admin, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to }),
    })
  const [first] = await could()
  const answer = await post('propose_retry', agent, { cluster_id, ...first })
  const asked = z
    .object({ proposal_id: z.string(), status: z.literal('requires_review') })
    .parse(await answer.json())
  // What a program of somebody else has read we do not know: no policy lets it pass without a person.
  const proposal = await door.request(`/v1/proposals/${asked.proposal_id}`, admin)
  expect(await proposal.json()).toMatchObject({
    requestedBy: { kind: 'agent', name: 'Test key' },
    agent: { agent: 'Test key', isTainted: true },
  })
  const mine = await post('proposal_search', agent, { is_mine: true })
  expect(await mine.json()).toMatchObject({
    items: [{ kind: 'retry-transactions', requested_by: 'Test key', subject_id: cluster_id }],
  })
  const made = await post('propose_retry', agent, {
    cluster_id,
    candidate_id: 'cnd_0123456789abcdef',
  })
  expect(made.status).toBe(409)
})
