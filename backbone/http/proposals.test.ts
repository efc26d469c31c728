import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { runProposalJobs } from '../../testing/proposal-jobs.ts'
import { type SignedIn, signedIn } from '../../testing/signed-in.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder } from '../../testing/whole-order.ts'
import type { PersonRole } from '../canonical/person.ts'
import { Candidate, Proposal } from '../canonical/proposal.ts'
import { type JobQueue, openJobQueue } from '../queue/job-queue.ts'

let door: TestDoor
let queue: JobQueue

beforeAll(async () => {
  door = await openTestDoor({ options: { rateLimit: { burst: 10_000, perSecond: 1_000 } } })
  queue = await openJobQueue(door.database, { onError: () => undefined, supervise: false })
})
afterAll(async () => {
  await queue.stop()
  await door.close()
})

const runJobs = () => runProposalJobs(door.database, queue)

const get = (path: string, person: SignedIn) =>
  door.request(path, undefined, { headers: { ...person.headers } })

const post = (path: string, person: SignedIn, body: object, headers: object = {}) =>
  door.request(path, undefined, {
    method: 'POST',
    headers: { ...person.headers, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

const Problem = z.object({ type: z.string(), detail: z.string() })

const problemOf = async (answer: Response) => {
  const { type } = Problem.parse(await answer.json())
  return [answer.status, type.replace('urn:quittance:problem:', '')]
}

/** A tenant with an order, where placing a hold always takes somebody else. */
async function house() {
  const tenantId = await door.newTenant()
  const whole = await insertWholeOrder(door.database, tenantId)
  const settings = JSON.stringify({ 'place-hold': { maySelfDecide: false } })
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into policy_setting (tenant_id, policy, scope, version, valid_from, settings, changed_by, reason)
      values (${tenantId}, 'approval', 'tenant', 1, '2020-01-01'::date, ${settings}::text::jsonb, 'person:test', 'a test')`),
  )
  const person = (role: PersonRole, name?: string) =>
    signedIn(door, { tenantId, role, ...(name === undefined ? {} : { name }) })
  return { tenantId, whole, orderId: whole.orderId, person }
}

const hold = (orderId: string, type = 'FRAUD') => ({
  payload: { orderId, type },
  reason: 'The address is odd.',
})

const asked = async (person: SignedIn, orderId: string, type?: string) => {
  const answer = await post('/v1/acts/place-hold', person, hold(orderId, type))
  expect(answer.status).toBe(200)
  return Proposal.parse(await answer.json())
}

const looked = ({ version, effectHash }: Proposal) => ({ version, effectHash })

test('what an operator asks for is approved by somebody else, done, and on the timeline of the order', async () => {
  const { orderId, person } = await house()
  const [ann, bob] = [await person('operator', 'Ann Lee'), await person('operator', 'Bob Ray')]
  const made = await asked(ann, orderId)
  expect(made).toMatchObject({
    status: 'requires_review',
    needsOtherPerson: true,
    requestedBy: { kind: 'person', id: ann.userId },
  })
  const decision = `/v1/proposals/${made.proposalId}/decision`
  const approve = { decision: 'approve', ...looked(made), reason: 'I saw it too.' }
  expect(await problemOf(await post(decision, ann, approve))).toEqual([403, 'other-person-needed'])
  const list = await get('/v1/proposals?status=requires_review', bob)
  expect(await list.json()).toMatchObject({ items: [{ proposalId: made.proposalId }] })
  const approved = await post(decision, bob, approve)
  expect(Proposal.parse(await approved.json()).status).toBe('approved')
  expect(await problemOf(await post(decision, bob, approve))).toEqual([409, 'already-decided'])
  await runJobs()
  const done = Proposal.parse(await (await get(`/v1/proposals/${made.proposalId}`, ann)).json())
  expect(done).toMatchObject({ status: 'succeeded', decisions: [{ by: { name: 'Bob Ray' } }] })
  const order = await (await get(`/v1/orders/${orderId}`, ann)).text()
  expect(order).toContain('Approved by Bob Ray')
  expect(order).toContain(`proposal:${made.proposalId} (Bob Ray)`)
})

test('no key decides or acts, whatever its role, and no person without the token of their page', async () => {
  const { tenantId, orderId, person } = await house()
  const ann = await person('operator')
  const made = await asked(ann, orderId)
  const routes = [
    [`/v1/proposals/${made.proposalId}/decision`, { decision: 'approve', ...looked(made) }],
    [
      '/v1/proposals/decisions',
      { decision: 'approve', items: [{ proposalId: made.proposalId, ...looked(made) }] },
    ],
    ['/v1/acts/place-hold', hold(orderId)],
    ['/v1/delegations', { toUserId: ann.userId, validUntil: '2099-01-01T00:00:00Z', reason: 'x' }],
  ] as const
  for (const role of ['admin', 'approver', 'operator', 'agent', 'mcp'])
    for (const [path, body] of routes) {
      const answer = await door.request(path, await door.newKey(tenantId, { role }), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect([role, path, ...(await problemOf(answer))]).toEqual([role, path, 403, 'person-needed'])
    }
  const boss = await person('approver')
  for (const [path, body] of routes)
    expect((await post(path, boss, body, { 'x-csrf-token': 'wrong' })).status).toBe(403)
  const clerk = await person('viewer')
  for (const [path, body] of routes)
    expect(await problemOf(await post(path, clerk, body))).toEqual([403, 'scope-missing'])
  const still = Proposal.parse(await (await get(`/v1/proposals/${made.proposalId}`, ann)).json())
  expect(still.status).toBe('requires_review')
})

test('an agent proposes by the id of a candidate only, and a person looks', async () => {
  const { tenantId, whole, person } = await house()
  const key = await door.newKey(tenantId, { role: 'agent' })
  const subject = `transaction:${whole.transactionId}`
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      update transaction set error_class = 'OUTAGE', error_code = 'HTTP_503', error_message = 'Service unavailable.'
      where transaction_id = ${whole.transactionId}`),
  )
  const found = await door.request(`/v1/candidates?subject=${subject}`, key)
  const [first] = z.object({ items: z.array(Candidate) }).parse(await found.json()).items
  expect(first?.kind).toBe('retry-transactions')
  const propose = (body: object) =>
    door.request('/v1/proposals', key, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const made = await propose({ subject, candidateId: first?.candidateId })
  expect(made.status).toBe(201)
  const proposal = Proposal.parse(await made.json())
  expect(proposal).toMatchObject({
    status: 'requires_review',
    requestedBy: { kind: 'agent', name: 'Test key' },
    agent: { isTainted: true },
  })
  const again = Proposal.parse(
    await (await propose({ subject, candidateId: first?.candidateId })).json(),
  )
  expect(again.proposalId).toBe(proposal.proposalId)
  const invented = { subject, candidateId: 'cnd_0123456789abcdef' }
  expect(await problemOf(await propose(invented))).toEqual([409, 'candidate-gone'])
  for (const more of [{ payload: {} }, { amountMinor: 1 }, { agent: { isTainted: false } }])
    expect((await propose({ ...invented, ...more })).status).toBe(422)
  expect(await problemOf(await propose({ ...invented, subject: 'moon:1' }))).toEqual([
    400,
    'unknown-subject',
  ])
  const about = await get(
    `/v1/proposals?subject=${subject}&requestedBy=${proposal.requestedBy.id}`,
    await person('viewer'),
  )
  expect(await about.json()).toMatchObject({ items: [{ proposalId: proposal.proposalId }] })
})

test('whoever only looks on proposes nothing, and candidates show no record that is closed to the caller', async () => {
  const { tenantId, whole, person } = await house()
  const subject = `order:${whole.orderId}`
  const wish = { subject, candidateId: 'cnd_0123456789abcdef' }
  expect(await problemOf(await post('/v1/proposals', await person('viewer'), wish))).toEqual([
    403,
    'role-missing',
  ])
  const narrow = await door.newKey(tenantId, { role: 'operator', scopes: ['proposals:read'] })
  expect(await problemOf(await door.request(`/v1/candidates?subject=${subject}`, narrow))).toEqual([
    403,
    'scope-missing',
  ])
  const asked = await door.request('/v1/proposals', narrow, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wish),
  })
  expect(await problemOf(asked)).toEqual([403, 'scope-missing'])
})

test('what rests on an order that changed is answered as out of date, and kept so', async () => {
  const { tenantId, orderId, person } = await house()
  const [ann, bob] = [await person('operator'), await person('approver')]
  const made = await asked(ann, orderId)
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update orders set change_count = change_count + 1 where order_id = ${orderId}`),
  )
  const decision = `/v1/proposals/${made.proposalId}/decision`
  const approve = { decision: 'approve', ...looked(made) }
  expect(await problemOf(await post(decision, bob, approve))).toEqual([409, 'stale'])
  const kept = Proposal.parse(await (await get(`/v1/proposals/${made.proposalId}`, ann)).json())
  expect(kept).toMatchObject({ status: 'stale', decisions: [{ decision: 'stale' }] })
})

test('a decision says what it is about, and why where it takes something away', async () => {
  const { orderId, person } = await house()
  const [ann, bob] = [await person('operator'), await person('approver')]
  const made = await asked(ann, orderId)
  const decision = `/v1/proposals/${made.proposalId}/decision`
  for (const body of [
    {},
    { decision: 'approve' },
    { decision: 'reject', ...looked(made) },
    { decision: 'allow', ...looked(made) },
    { decision: 'approve', ...looked(made), amountMinor: 1 },
    { decision: 'edit', ...looked(made) },
  ])
    expect((await post(decision, bob, body)).status).toBe(422)
  const edit = { decision: 'edit', ...looked(made), draft: { words: 'x' } }
  expect(await problemOf(await post(decision, bob, edit))).toEqual([422, 'nothing-to-edit'])
  const takeBack = { decision: 'withdraw', ...looked(made), reason: 'My mistake.' }
  expect(await problemOf(await post(decision, bob, takeBack))).toEqual([403, 'not-yours'])
  const withdrawn = await post(decision, ann, takeBack)
  expect(await withdrawn.json()).toMatchObject({ status: 'withdrawn' })
  const next = await asked(ann, orderId, 'ADDRESS')
  const no = { decision: 'reject', ...looked(next), reason: 'It is genuine.' }
  const rejected = await post(`/v1/proposals/${next.proposalId}/decision`, bob, no)
  expect(await rejected.json()).toMatchObject({
    status: 'rejected',
    decisions: [{ decision: 'reject', reason: 'It is genuine.' }],
  })
})

test('many are decided in one call, and pages go through all there are', async () => {
  const { orderId, person } = await house()
  const [ann, bob] = [await person('operator'), await person('approver')]
  const made = [
    await asked(ann, orderId, 'FRAUD'),
    await asked(ann, orderId, 'ADDRESS'),
    await asked(ann, orderId, 'PAYMENT'),
  ]
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`
    const answer = await get(`/v1/proposals?limit=2${after}`, bob)
    const page = z
      .object({ items: z.array(Proposal), nextCursor: z.string().nullable() })
      .parse(await answer.json())
    seen.push(...page.items.map(({ proposalId }) => proposalId))
    cursor = page.nextCursor
  }
  expect(seen).toEqual(made.map(({ proposalId }) => proposalId).reverse())
  const items = made.map((proposal) => ({ proposalId: proposal.proposalId, ...looked(proposal) }))
  const [first, ...others] = items
  const wrong = { ...first, version: 9 }
  const answer = await post('/v1/proposals/decisions', bob, {
    ...{ decision: 'reject', reason: 'All genuine.' },
    items: [wrong, ...others],
  })
  expect(await answer.json()).toMatchObject({
    items: [
      { problem: 'changed' },
      { proposal: { status: 'rejected' } },
      { proposal: { status: 'rejected' } },
    ],
  })
})

test('a deputy decides in the place of whoever named them, until it ends', async () => {
  const { orderId, person } = await house()
  const ann = await person('operator')
  const bea = await person('approver', 'Bea Boss')
  const carl = await person('collector', 'Carl Fox')
  const made = await asked(ann, orderId)
  const decision = `/v1/proposals/${made.proposalId}/decision`
  const approve = { decision: 'approve', ...looked(made) }
  expect(await problemOf(await post(decision, carl, approve))).toEqual([403, 'role-missing'])
  const validUntil = new Date(Date.now() + 3_600_000).toISOString()
  const name = { toUserId: carl.userId, validUntil, reason: 'At the fair.' }
  const named = await post('/v1/delegations', bea, name)
  expect(named.status).toBe(201)
  const { delegationId } = z.object({ delegationId: z.string() }).parse(await named.json())
  const approved = await post(decision, carl, approve)
  expect(await approved.json()).toMatchObject({
    decisions: [{ by: { name: 'Carl Fox' }, inPlaceOf: 'Bea Boss' }],
  })
  const end = `/v1/delegations/${delegationId}/end`
  expect((await post(end, carl, {})).status).toBe(404)
  expect((await post(end, bea, {})).status).toBe(200)
  expect((await post(end, bea, {})).status).toBe(404)
  const long = { ...name, validUntil: new Date(Date.now() + 100 * 86_400_000).toISOString() }
  expect(await problemOf(await post('/v1/delegations', bea, long))).toEqual([422, 'bad-period'])
  const list = await get('/v1/delegations', carl)
  expect(await list.json()).toMatchObject({ items: [{ fromName: 'Bea Boss' }] })
})
