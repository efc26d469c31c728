import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type SignedIn, signedIn } from '../../testing/signed-in.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { PolicyVersion, PolicyView } from '../canonical/views/policy-view.ts'
import { openJobQueue } from '../queue/job-queue.ts'
import { allActs } from '../services/proposals/all-acts.ts'
import { executeProposalWork } from '../services/proposals/execute-proposals.ts'

let door: TestDoor
beforeAll(async () => {
  door = await openTestDoor()
})
afterAll(() => door.close())

async function newTenant() {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await door.request(path, key, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: z.unknown().parse(await answer.json()) }
  }
  const pricing = async (query = '') =>
    PolicyView.parse((await ask('GET', `/v1/policies/pricing${query}`)).body)
  const put = (change: object) =>
    ask('PUT', '/v1/policies/pricing', { reason: 'As agreed.', ...change })
  return { tenantId, ask, pricing, put }
}

const Setting = z.looseObject({
  description: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
})

/** Settings that say nothing of what they mean, nor do their parts. */
function undescribed(schema: unknown, path = ''): string[] {
  const { description, properties } = Setting.parse(schema)
  if (description !== undefined) return []
  if (properties === undefined) return [path]
  return Object.entries(properties).flatMap(([name, inner]) =>
    undescribed(inner, `${path}/${name}`),
  )
}

test('every policy shows its default, what it decides, and what each setting means', async () => {
  const { ask } = await newTenant()
  const { items } = z
    .object({ items: z.array(PolicyView) })
    .parse((await ask('GET', '/v1/policies')).body)
  expect(items.length).toBeGreaterThanOrEqual(11)
  for (const { policy, about, inForce, defaults, schema, versions } of items) {
    expect(about.length).toBeGreaterThan(20)
    expect(inForce).toEqual({ version: `${policy}:default`, settings: defaults })
    expect(versions).toEqual([])
    expect([policy, undescribed(schema)]).toEqual([policy, []])
  }
})

test('a customer’s setting goes before its partner’s, and that before the tenant’s', async () => {
  const { ask, pricing, put } = await newTenant()
  await ask('PUT', '/v1/customers/C-1', { customerNumber: 'C-1', name: 'Acme', currency: 'USD' })
  await ask('PUT', '/v1/partners/acme', { partnerId: 'acme', name: 'Acme', kind: 'customer' })
  await put({ settings: { marginFloorPercent: '10', nearPercent: '0.2' } })
  await put({ scope: 'partner:acme', settings: { marginFloorPercent: '11' } })
  await put({ scope: 'customer:C-1', settings: { marginFloorPercent: '12' } })
  const { inForce } = await pricing('?customer=C-1&partner=acme')
  expect(inForce.version).toBe('pricing:tenant@1+partner:acme@1+customer:C-1@1')
  expect(inForce.settings).toMatchObject({ marginFloorPercent: '12', nearPercent: '0.2' })
  expect((await pricing('?partner=acme')).inForce.settings).toMatchObject({
    marginFloorPercent: '11',
  })
  expect((await pricing('?customer=C-2')).inForce.settings).toMatchObject({
    marginFloorPercent: '10',
  })
})

test('settings hold from their first day until the day they end, and every version stays to be read', async () => {
  const { pricing, put } = await newTenant()
  await put({ validFrom: '2026-01-01', settings: { marginFloorPercent: '5' } })
  await put({
    validFrom: '2026-12-01',
    validTo: '2027-01-01',
    settings: { marginFloorPercent: '20' },
  })
  const floorOn = async (day: string) =>
    (await pricing(`?on=${day}`)).inForce.settings['marginFloorPercent']
  expect(await floorOn('2025-12-31')).toBe('0')
  expect(await floorOn('2026-11-30')).toBe('5')
  expect(await floorOn('2026-12-01')).toBe('20')
  expect(await floorOn('2026-12-31')).toBe('20')
  expect(await floorOn('2027-01-01')).toBe('5')
  const { versions } = await pricing()
  expect(versions.map(({ version, changedBy, reason }) => [version, changedBy, reason])).toEqual([
    [2, 'key:Test key', 'As agreed.'],
    [1, 'key:Test key', 'As agreed.'],
  ])
})

test('a change is on the tenant’s record, and two at once get two versions', async () => {
  const { tenantId, put } = await newTenant()
  const answers = await Promise.all(
    ['1', '2', '3'].map((percent) => put({ settings: { marginFloorPercent: percent } })),
  )
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
  const versions = answers.map(({ body }) => PolicyVersion.parse(body).version)
  expect(versions.sort()).toEqual([1, 2, 3])
  const events = await door.database.inTenant(tenantId, (tx) =>
    tx.rows(sql`select kind, summary from event where kind = 'policy.changed'`),
  )
  expect(events).toHaveLength(3)
})

test.each([
  [{ settings: { marginFloor: '5' } }, 'invalid-settings', 'has no such setting'],
  [{ settings: { marginFloorPercent: 'five' } }, 'invalid-settings', 'settings.marginFloorPercent'],
  [{ scope: 'customer:C-9', settings: {} }, 'unknown-scope', 'There is no customer C-9.'],
  [{ scope: 'everybody', settings: {} }, 'invalid-body', 'tenant, partner:ID or customer:NUMBER'],
  [
    { validFrom: '2026-02-01', validTo: '2026-02-01', settings: {} },
    'bad-period',
    'would end before they begin',
  ],
])('%j is refused: %s', async (change, problem, said) => {
  const { pricing, put } = await newTenant()
  const { status, body } = await put(change)
  expect(status).toBe(422)
  expect(JSON.stringify(body)).toContain(problem)
  expect(JSON.stringify(body)).toContain(said)
  expect((await pricing()).versions).toEqual([])
})

test('with two administrators a change of a rule is asked by one and approved by the other, never by a key alone', async () => {
  const { tenantId, pricing, put } = await newTenant()
  const admin = (name: string) => signedIn(door, { tenantId, role: 'admin', name })
  const ann = await admin('Ann Lee')
  const change = { settings: { marginFloorPercent: '12' }, reason: 'Frame contract.' }
  const asks = async (who: SignedIn, method: string, path: string, body: object) => {
    const answer = await door.request(path, undefined, {
      method,
      headers: { ...who.headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: z.looseObject({}).parse(await answer.json()) }
  }
  expect((await put(change)).status).toBe(201)
  const ben = await admin('Ben Ito')
  expect(await put(change)).toMatchObject({
    status: 403,
    body: { type: expect.stringContaining('two-people-needed') },
  })
  const next = { ...change, settings: { marginFloorPercent: '15' } }
  const wanted = { payload: { policy: 'pricing', change: next }, reason: next.reason }
  const asked = await asks(ann, 'POST', '/v1/acts/change-policy', wanted)
  expect(asked).toMatchObject({
    status: 200,
    body: {
      kind: 'change-policy',
      status: 'requires_review',
      needsOtherPerson: true,
      changes: expect.arrayContaining([
        { label: 'marginFloorPercent', before: '"12"', after: '"15"' },
      ]),
    },
  })
  const { proposalId, version, effectHash } = z
    .looseObject({ proposalId: z.string(), version: z.int(), effectHash: z.string() })
    .parse(asked.body)
  const decision = { decision: 'approve', version, effectHash }
  const path = `/v1/proposals/${proposalId}/decision`
  expect((await asks(ann, 'POST', path, decision)).status).toBe(403)
  expect((await asks(ben, 'POST', path, decision)).status).toBe(200)
  expect((await pricing()).inForce.settings).toMatchObject({ marginFloorPercent: '12' })
  const queue = await openJobQueue(door.database, { onError: () => undefined, supervise: false })
  const executor = executeProposalWork({ acts: allActs, queue })
  await door.database.inTenant(tenantId, (tx) => executor.work(tx, [proposalId]))
  await queue.stop()
  const after = await pricing()
  expect(after.inForce.settings).toMatchObject({ marginFloorPercent: '15' })
  expect(after.versions[0]?.changedBy).toContain('Ben Ito')
})

test('a key of the only administrator makes the rules of approval stricter, and no looser once somebody else works here', async () => {
  const { tenantId, ask } = await newTenant()
  const set = async (rule: object) => {
    const change = { settings: { 'release-hold': rule }, reason: 'Bands of 2027.' }
    const answer = await ask('PUT', '/v1/policies/approval', change)
    return answer.status
  }
  await signedIn(door, { tenantId, role: 'admin', name: 'Ann Lee' })
  expect(await set({ otherPersonAbove: '9000' })).toBe(201)
  await signedIn(door, { tenantId, role: 'operator', name: 'Cy Park' })
  expect(await set({ otherPersonAbove: '9001' })).toBe(403)
  expect(await set({ otherPersonAbove: '9000', passesItself: true })).toBe(403)
  expect(await set({ otherPersonAbove: '100' })).toBe(201)
  expect(await set({ otherPersonAbove: '9000' })).toBe(403)
})
