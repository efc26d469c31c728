import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type SignedIn, signedIn } from '../../testing/signed-in.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import {
  AgentProfile,
  DraftedProfile,
  ProfileTest,
  ThirdPartyAgent,
} from '../canonical/agent-profile.ts'
import { Proposal } from '../canonical/proposal.ts'
import { type JobQueue, openJobQueue } from '../queue/job-queue.ts'
import { allActs } from '../services/proposals/all-acts.ts'
import { executeProposalWork } from '../services/proposals/execute-proposals.ts'

let door: TestDoor
let queue: JobQueue
let tenantId: string
let aheadMs = 0
let ann: SignedIn

beforeAll(async () => {
  door = await openTestDoor({
    options: {
      rateLimit: { burst: 10_000, perSecond: 1_000 },
      nowMs: () => Date.now() + aheadMs,
    },
  })
  queue = await openJobQueue(door.database, { onError: () => undefined, supervise: false })
})
afterAll(async () => {
  await queue.stop()
  await door.close()
})
beforeEach(async () => {
  tenantId = await door.newTenant()
  ann = await signedIn(door, { tenantId, role: 'admin', name: 'Ann Lee' })
})

async function ask(who: SignedIn, method: string, path: string, body?: object) {
  const answer = await door.request(path, undefined, {
    method,
    headers: { ...who.headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: z.unknown().parse(await answer.json()) }
}

const Problem = z.object({ type: z.string(), detail: z.string() })
const problemOf = ({ status, body }: { status: number; body: unknown }) => [
  status,
  Problem.parse(body).type.replace('urn:quittance:problem:', ''),
]

const goal = 'Chase overdue invoices every morning at 7:15, at most 20 messages, up to $500.'

async function kept(): Promise<AgentProfile> {
  const drafted = await ask(ann, 'POST', '/v1/agent-profiles/drafts', { goal })
  const { draft, template } = DraftedProfile.parse(drafted.body)
  const made = await ask(ann, 'POST', '/v1/agent-profiles', { ...draft, template })
  expect([made.status, made.body]).toEqual([201, made.body])
  return AgentProfile.parse(made.body)
}

const activate = (who: SignedIn, { profileId, version }: AgentProfile) =>
  ask(who, 'POST', '/v1/acts/activate-agent-profile', {
    payload: { profileId, version },
    reason: 'As discussed.',
  })

test('a goal in plain words becomes a draft, is tested, asked for by one administrator and let run by another', async () => {
  const profile = await kept()
  expect(profile).toMatchObject({
    name: 'morning-collections',
    status: 'draft',
    version: 1,
    dailyAt: '07:15',
    guardrails: {
      mostProposals: 20,
      mostMoney: [{ amountMinor: 50_000, currency: 'USD' }],
      actKinds: ['send-collections-message'],
    },
    owner: 'Ann Lee',
  })
  expect(problemOf(await activate(ann, profile))).toEqual([409, 'cannot-be-done'])
  const tested = await ask(ann, 'POST', `/v1/agent-profiles/${profile.profileId}/test`)
  expect(ProfileTest.parse(tested.body)).toMatchObject({
    ...{ version: 1, isPassed: true, evals: { passed: 1, of: 1, isEnough: true } },
  })
  const asked = Proposal.parse((await activate(ann, profile)).body)
  expect(asked).toMatchObject({ status: 'requires_review', needsOtherPerson: true })
  const ben = await signedIn(door, { tenantId, role: 'admin', name: 'Ben Ito' })
  const { version, effectHash } = asked
  const decision = { decision: 'approve', version, effectHash }
  const path = `/v1/proposals/${asked.proposalId}/decision`
  expect((await ask(ann, 'POST', path, decision)).status).toBe(403)
  expect((await ask(ben, 'POST', path, decision)).status).toBe(200)
  const executor = executeProposalWork({ acts: allActs, queue })
  await door.database.inTenant(tenantId, (tx) => executor.work(tx, [asked.proposalId]))
  const { body } = await ask(ann, 'GET', '/v1/agents')
  expect(
    z.object({ items: z.array(z.looseObject({ name: z.string() })) }).parse(body).items,
  ).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'triage', base: null })]))
  const versions = await ask(ann, 'GET', `/v1/agent-profiles/${profile.profileId}`)
  expect(versions.body).toMatchObject({ items: [{ status: 'active', version: 1 }] })
})

test('a version that was tested without its agent’s cases, or fell short of them, is not let run', async () => {
  const profile = await kept()
  await ask(ann, 'POST', `/v1/agent-profiles/${profile.profileId}/test`)
  const noted = (change: string) =>
    door.database.inTenant(tenantId, (tx) =>
      tx.run(sql`update agent_profile set last_test = ${sql.raw(change)}`),
    )
  await noted(`last_test || '{"isPassed": false}' #- '{evals,isEnough}'
    || jsonb_build_object('evals', last_test->'evals' || '{"isEnough": false, "passed": 3, "of": 9}')`)
  const short = await activate(ann, profile)
  expect(Problem.parse(short.body).detail).toContain('it passed 3 of 9 cases')
  await noted(`last_test - 'evals' || '{"isPassed": true}'`)
  const old = await activate(ann, profile)
  expect([short.status, old.status]).toEqual([409, 409])
  expect(Problem.parse(old.body).detail).toContain('test it again')
})

test('an edit is a new draft beside the version that runs, and two at once do not overwrite each other', async () => {
  const {
    profileId,
    status: _s,
    version,
    template: _t,
    lastTest: _l,
    changedBy: _b,
    changedAt: _a,
    ...draft
  } = await kept()
  const path = `/v1/agent-profiles/${profileId}`
  const change = { ...draft, title: 'Collections at dawn', version }
  expect((await ask(ann, 'PUT', path, change)).body).toMatchObject({
    version: 2,
    status: 'draft',
    title: 'Collections at dawn',
    lastTest: null,
  })
  expect(problemOf(await ask(ann, 'PUT', path, change))).toEqual([409, 'changed-meanwhile'])
  expect((await ask(ann, 'GET', path)).body).toMatchObject({
    items: [{ version: 2 }, { version: 1 }],
  })
})

test('who lets a profile run sees each bound that it moves, and none that was retired meanwhile runs again', async () => {
  const profile = await kept()
  const path = `/v1/agent-profiles/${profile.profileId}`
  await ask(ann, 'POST', `${path}/test`)
  const asked = Proposal.parse((await activate(ann, profile)).body)
  expect(asked.changes.map(({ label }) => label)).toEqual(
    expect.arrayContaining(['Money in one proposal', 'What stems from text of others']),
  )
  expect(asked.changes.find(({ label }) => label === 'Money in one proposal')?.after).toBe(
    'up to 500.00 USD',
  )
  await ask(ann, 'POST', `${path}/retire`, { reason: 'Not wanted.' })
  const ben = await signedIn(door, { tenantId, role: 'admin', name: 'Ben Ito' })
  const { effectHash } = asked
  const decided = await ask(ben, 'POST', `/v1/proposals/${asked.proposalId}/decision`, {
    ...{ decision: 'approve', version: asked.version, effectHash },
  })
  expect(problemOf(decided)).toEqual([409, 'stale'])
})

test('a profile names tools there are, a name of its own, and is written by administrators only', async () => {
  const { draft } = DraftedProfile.parse(
    (await ask(ann, 'POST', '/v1/agent-profiles/drafts', { goal })).body,
  )
  const make = (change: object, who = ann) =>
    ask(who, 'POST', '/v1/agent-profiles', { ...draft, ...change })
  expect(problemOf(await make({ tools: ['drop_tables'] }))).toEqual([422, 'invalid-profile'])
  expect(problemOf(await make({ name: 'triage' }))).toEqual([422, 'invalid-profile'])
  expect((await make({})).status).toBe(201)
  expect(problemOf(await make({}))).toEqual([409, 'name-taken'])
  const operator = await signedIn(door, { tenantId, role: 'operator' })
  expect((await make({ name: 'mine' }, operator)).status).toBe(403)
})

test('the kill switch of an agent of others shuts its key at once and opens it again', async () => {
  const key = await door.newKey(tenantId, { role: 'mcp' })
  const { body } = await ask(ann, 'GET', '/v1/tokens')
  const { items } = z.object({ items: z.array(z.object({ credentialId: z.string() })) }).parse(body)
  const [{ credentialId } = { credentialId: '' }] = items
  const agent = {
    ...{ name: 'Copilot', owner: 'Ann Lee', provider: 'Acme', version: '2' },
    ...{ purpose: 'Answers questions.', tools: ['order_search'], credentialId },
  }
  const made = await ask(ann, 'POST', '/v1/third-party-agents', agent)
  const { agentId } = ThirdPartyAgent.parse(made.body)
  const opens = async () => (await door.request('/v1/tools', key)).status
  expect(await opens()).toBe(200)
  const path = `/v1/third-party-agents/${agentId}`
  expect((await ask(ann, 'PUT', path, { ...agent, isEnabled: false })).body).toMatchObject({
    isEnabled: false,
  })
  aheadMs += 6_000
  expect(await opens()).toBe(401)
  // Whoever holds the key goes on holding it, whatever is written of the agent now.
  await ask(ann, 'PUT', path, { ...agent, credentialId: null, isEnabled: false })
  aheadMs += 6_000
  expect(await opens()).toBe(401)
  await ask(ann, 'PUT', path, { ...agent, isEnabled: true })
  aheadMs += 6_000
  expect(await opens()).toBe(200)
})

test('an agent of others comes with an agent’s key, never with one that could do more', async () => {
  await door.newKey(tenantId, { role: 'operator' })
  const { body } = await ask(ann, 'GET', '/v1/tokens')
  const { items } = z.object({ items: z.array(z.object({ credentialId: z.string() })) }).parse(body)
  const agent = {
    ...{ name: 'Copilot', owner: 'Ann Lee', provider: 'Acme', version: '2' },
    ...{ purpose: 'Answers questions.', tools: [], credentialId: items[0]?.credentialId },
  }
  const refused = await ask(ann, 'POST', '/v1/third-party-agents', agent)
  expect(problemOf(refused)).toEqual([422, 'not-an-agents-key'])
})
