import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  openProposalWorld,
  type ProposalTenant,
  type ProposalWorld,
} from '../../../testing/proposal-world.ts'
import { insertWholeOrder } from '../../../testing/whole-order.ts'
import type { Proposal } from '../../canonical/proposal.ts'
import { PartnerMistake, RetryLater } from '../../errors.ts'
import type { eventHash } from '../../store/events.ts'
import type { Decider } from './ports.ts'

let world: ProposalWorld

beforeAll(async () => {
  world = await openProposalWorld()
})
afterEach(() => {
  Object.assign(world.behaviour, { fail: () => undefined, refuse: undefined, calls: [] })
})
afterAll(() => world.close())

type Kind = 'release-hold' | 'send-collections-message' | 'change-policy'

async function proposed(
  tenant: ProposalTenant,
  {
    amountMinor = 1_000,
    kind = 'release-hold',
    by,
    box: given,
  }: { amountMinor?: number; kind?: Kind; by?: Decider; box?: string } = {},
): Promise<{ box: string; proposal: Proposal }> {
  const box = given ?? (await tenant.box())
  const candidateId = await tenant.candidate(box, amountMinor, kind)
  const requestedBy =
    by === undefined ? tenant.agent : ({ kind: 'person', id: by.userId, name: by.name } as const)
  const { tenantId } = tenant
  const subject = { kind: 'customer', id: box } as const
  const proposal = await world.proposals.propose({ tenantId, subject, candidateId, requestedBy })
  return { box, proposal }
}

const deciding = ({ tenantId }: ProposalTenant, by: Decider, proposal: Proposal) => {
  const { proposalId, version, effectHash } = proposal
  return { tenantId, proposalId, version, effectHash, by }
}

const now = async (tenant: ProposalTenant, { proposalId }: Proposal) =>
  world.proposals.get({ tenantId: tenant.tenantId, proposalId })

const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no problem',
    (error: { problem?: string }) => error.problem ?? String(error),
  )

test('what an agent proposed is done once, after a person approved it, under the name of both', async () => {
  const tenant = await world.tenant()
  const ann = await tenant.person('operator', 'Ann Lee')
  const { proposal } = await proposed(tenant)
  expect(proposal).toMatchObject({
    status: 'requires_review',
    version: 1,
    requiredRole: 'operator',
    needsOtherPerson: false,
    requestedBy: { kind: 'agent', name: 'triage' },
    money: { amountMinor: 1_000, currency: 'USD' },
    editable: null,
  })
  await world.runJobs()
  expect(await tenant.effects()).toEqual([])
  const approved = await world.proposals.approve(deciding(tenant, ann, proposal))
  expect(approved).toMatchObject({ status: 'approved', version: 2 })
  expect(approved.decisions).toMatchObject([
    { decision: 'approve', by: { kind: 'person', id: ann.userId, name: 'Ann Lee' }, reason: null },
  ])
  await world.runJobs()
  expect(await now(tenant, proposal)).toMatchObject({
    status: 'succeeded',
    result: { message: 'Added.' },
  })
  expect(await tenant.effects()).toEqual([
    {
      proposalId: proposal.proposalId,
      effectKey: `${proposal.proposalId}:${proposal.effectHash}`,
      amountMinor: 1_000,
      words: 'as the house writes',
      actor: `proposal:${proposal.proposalId} (Ann Lee)`,
      behind: ['agent:triage', 'person:Ann Lee'],
    },
  ])
})

test('fifty people who approve at the same moment have it done once', async () => {
  const tenant = await world.tenant()
  const { proposal } = await proposed(tenant)
  const people = await Promise.all(Array.from({ length: 10 }, () => tenant.person('approver')))
  const attempts = await Promise.all(
    Array.from({ length: 50 }, (_, index) => {
      const by = people[index % people.length]
      if (by === undefined) throw new Error('There are ten people.')
      return problemOf(world.proposals.approve(deciding(tenant, by, proposal)))
    }),
  )
  expect(attempts.filter((problem) => problem === 'no problem')).toHaveLength(1)
  expect(attempts.filter((problem) => problem === 'already-decided')).toHaveLength(49)
  // Jobs may come twice, and to several workers at once.
  await tenant.inTenant((tx) =>
    world.queue.enqueue(tx, 'execute-proposal', Array(8).fill(proposal.proposalId)),
  )
  await Promise.all([world.runJobs(), world.runJobs(), world.runJobs()])
  expect(await tenant.effects()).toHaveLength(1)
  expect((await now(tenant, proposal))?.decisions).toHaveLength(1)
})

test('above the amount whoever asked does not decide, and a deputy of theirs does not either', async () => {
  const tenant = await world.tenant()
  const [ann, bob, deputy] = [
    await tenant.person('approver'),
    await tenant.person('approver'),
    await tenant.person('operator'),
  ]
  const { proposal } = await proposed(tenant, { amountMinor: 600_000, by: ann })
  expect(proposal).toMatchObject({ needsOtherPerson: true, requiredRole: 'approver' })
  expect(proposal.policyReasons[0]).toBe(
    '6000.00 USD is above 5000: somebody other than whoever asked decides.',
  )
  await world.deputies.name({
    ...{ tenantId: tenant.tenantId, by: ann, toUserId: deputy.userId },
    ...{ validUntil: new Date(Date.now() + 3_600_000).toISOString(), reason: 'On leave.' },
  })
  expect(await problemOf(world.proposals.approve(deciding(tenant, ann, proposal)))).toBe(
    'other-person-needed',
  )
  expect(await problemOf(world.proposals.approve(deciding(tenant, deputy, proposal)))).toBe(
    'role-missing',
  )
  const approved = await world.proposals.approve(deciding(tenant, bob, proposal))
  expect(approved.status).toBe('approved')
})

test('below the amount whoever asked may decide where the policy allows it, and the record says so', async () => {
  const tenant = await world.tenant()
  const ann = await tenant.person('operator')
  const { proposal } = await proposed(tenant, { by: ann })
  const approved = await world.proposals.approve(deciding(tenant, ann, proposal))
  expect(approved.decisions[0]).toMatchObject({ decision: 'approve', isOwn: true })
  await tenant.setRule({ 'release-hold': { maySelfDecide: false } })
  const other = await proposed(tenant, { by: ann, amountMinor: 1_001 })
  expect(await problemOf(world.proposals.approve(deciding(tenant, ann, other.proposal)))).toBe(
    'above-your-limit',
  )
})

test('a deputy decides with the role of whoever they stand in for, for as long as they do', async () => {
  const tenant = await world.tenant()
  const { tenantId } = tenant
  const boss = await tenant.person('approver', 'Bea Boss')
  const ann = await tenant.person('operator', 'Ann Lee')
  const { proposal } = await proposed(tenant, { amountMinor: 600_000 })
  expect(await problemOf(world.proposals.approve(deciding(tenant, ann, proposal)))).toBe(
    'role-missing',
  )
  const validUntil = new Date(Date.now() + 3_600_000).toISOString()
  const named = await world.deputies.name({
    ...{ tenantId, by: boss, toUserId: ann.userId, validUntil, reason: 'At the fair.' },
  })
  const approved = await world.proposals.approve(deciding(tenant, ann, proposal))
  expect(approved.decisions[0]).toMatchObject({ by: { name: 'Ann Lee' }, inPlaceOf: 'Bea Boss' })
  await world.runJobs()
  expect((await tenant.effects())[0]?.behind).toEqual([
    'agent:triage',
    'person:Ann Lee',
    'person:Bea Boss',
  ])
  await world.deputies.end({ tenantId, by: boss, delegationId: named.delegationId })
  const next = await proposed(tenant, { amountMinor: 700_000 })
  expect(await problemOf(world.proposals.approve(deciding(tenant, ann, next.proposal)))).toBe(
    'role-missing',
  )
  const list = await world.deputies.list({ tenantId, userId: ann.userId })
  expect(list).toMatchObject([{ fromName: 'Bea Boss', toName: 'Ann Lee' }])
  expect(
    await problemOf(
      world.deputies.name({ tenantId, by: ann, toUserId: ann.userId, validUntil, reason: 'Me.' }),
    ),
  ).toBe('unknown-deputy')
})

test('a decision on anything but what the person saw is refused', async () => {
  const tenant = await world.tenant()
  const ann = await tenant.person('approver')
  const { proposal } = await proposed(tenant)
  const seen = deciding(tenant, ann, proposal)
  expect(await problemOf(world.proposals.approve({ ...seen, version: 2 }))).toBe('changed')
  expect(await problemOf(world.proposals.approve({ ...seen, effectHash: 'f00' }))).toBe('changed')
  expect(await problemOf(world.proposals.approve({ ...seen, proposalId: 'prp_none' }))).toBe(
    'not-found',
  )
  const stranger = await world.tenant()
  expect(await problemOf(world.proposals.approve({ ...seen, tenantId: stranger.tenantId }))).toBe(
    'not-found',
  )
  const clerk = await tenant.person('viewer')
  expect(await problemOf(world.proposals.approve(deciding(tenant, clerk, proposal)))).toBe(
    'role-missing',
  )
})

test('what rests on records that changed is out of date, at the decision and again before it is done', async () => {
  const tenant = await world.tenant()
  const ann = await tenant.person('approver')
  const first = await proposed(tenant)
  await tenant.touch(first.box)
  expect(await problemOf(world.proposals.approve(deciding(tenant, ann, first.proposal)))).toBe(
    'stale',
  )
  const ended = await now(tenant, first.proposal)
  expect(ended).toMatchObject({ status: 'stale' })
  expect(ended?.result?.message).toBe(`What it rests on has changed: box:${first.box}.`)
  expect(ended?.decisions).toMatchObject([{ decision: 'stale', by: { kind: 'policy' } }])

  const second = await proposed(tenant)
  await world.proposals.approve(deciding(tenant, ann, second.proposal))
  await tenant.touch(second.box)
  await world.runJobs()
  expect((await now(tenant, second.proposal))?.status).toBe('stale')

  const third = await proposed(tenant)
  await tenant.remove(third.box)
  expect(await problemOf(world.proposals.approve(deciding(tenant, ann, third.proposal)))).toBe(
    'stale',
  )
  expect(await tenant.effects()).toEqual([])
})

test('the same is pending once: who asks again is given what waits, and what is out of date makes room', async () => {
  const tenant = await world.tenant()
  const { proposal, box } = await proposed(tenant)
  const ann = await tenant.person('operator')
  const again = await proposed(tenant, { box, by: ann })
  expect(again.proposal.proposalId).toBe(proposal.proposalId)
  const other = await tenant.box()
  const candidateId = await tenant.candidate(other, 1_000)
  const { tenantId } = tenant
  const subject = { kind: 'customer', id: other } as const
  const atOnce = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      world.proposals.propose({
        ...{ tenantId, subject, candidateId },
        requestedBy: { kind: 'agent', id: `agent:${index}`, name: `agent ${index}` },
      }),
    ),
  )
  expect(new Set(atOnce.map(({ proposalId }) => proposalId)).size).toBe(1)
  await tenant.touch(box)
  const fresh = await proposed(tenant, { box })
  expect(fresh.proposal.proposalId).not.toBe(proposal.proposalId)
  expect((await now(tenant, proposal))?.status).toBe('stale')
})

test('a candidate has the same id for the same facts, and none once it is gone', async () => {
  const tenant = await world.tenant()
  const box = await tenant.box()
  const candidateId = await tenant.candidate(box, 500)
  const { tenantId } = tenant
  const subject = { kind: 'customer', id: box } as const
  const found = await world.proposals.candidates({ tenantId, subject })
  expect(found).toMatchObject([{ candidateId, rank: 1, kind: 'release-hold' }])
  expect(candidateId).toMatch(/^cnd_[0-9a-z]{26}$/)
  const stranger = await world.tenant()
  const ask = { subject, candidateId, requestedBy: tenant.agent }
  expect(await problemOf(world.proposals.propose({ ...ask, tenantId: stranger.tenantId }))).toBe(
    'candidate-gone',
  )
  expect(await problemOf(world.proposals.propose({ ...ask, tenantId, candidateId: 'cnd_0' }))).toBe(
    'candidate-gone',
  )
  await tenant.remove(box)
  expect(await problemOf(world.proposals.propose({ ...ask, tenantId }))).toBe('candidate-gone')
  expect(
    await world.proposals.candidates({ tenantId, subject: { kind: 'agent', id: 'x' } }),
  ).toEqual([])
})

test('words may be changed before approval: hashed again, approved as they then are, and by a second person above the amount', async () => {
  const tenant = await world.tenant()
  const [ann, bob] = [await tenant.person('approver'), await tenant.person('approver')]
  const kind = 'send-collections-message'
  const { proposal } = await proposed(tenant, { kind, amountMinor: 6_000_000 })
  expect(proposal.draft).toEqual({ words: 'as the house writes' })
  expect(proposal.editable).toMatchObject({ properties: { words: { type: 'string' } } })
  const draft = { words: 'Please pay, Ann' }
  const act = deciding(tenant, ann, proposal)
  expect(await problemOf(world.proposals.edit({ ...act, draft: { amountMinor: 1 } }))).toBe(
    'invalid-body',
  )
  const edited = await world.proposals.edit({ ...act, draft })
  expect(edited).toMatchObject({ status: 'requires_review', version: 2, draft })
  expect(edited.effectHash).not.toBe(proposal.effectHash)
  expect(await problemOf(world.proposals.approve(act))).toBe('changed')
  expect(await problemOf(world.proposals.approve(deciding(tenant, ann, edited)))).toBe(
    'other-person-needed',
  )
  await world.proposals.approve(deciding(tenant, bob, edited))
  await world.runJobs()
  expect(await tenant.effects()).toMatchObject([{ words: 'Please pay, Ann' }])
  const fixed = await proposed(tenant)
  expect(
    await problemOf(world.proposals.edit({ ...deciding(tenant, ann, fixed.proposal), draft })),
  ).toBe('nothing-to-edit')
})

test('what is rejected or taken back is never done', async () => {
  const tenant = await world.tenant()
  const { tenantId } = tenant
  const ann = await tenant.person('operator')
  const one = await proposed(tenant)
  const reason = 'The customer called.'
  const rejected = await world.proposals.reject({ ...deciding(tenant, ann, one.proposal), reason })
  expect(rejected).toMatchObject({ status: 'rejected', result: { message: reason } })
  expect(await problemOf(world.proposals.approve(deciding(tenant, ann, one.proposal)))).toBe(
    'already-decided',
  )
  const two = await proposed(tenant)
  const { proposalId } = two.proposal
  const person = { kind: 'person', id: ann.userId, name: ann.name } as const
  expect(
    await problemOf(world.proposals.withdraw({ tenantId, proposalId, by: person, reason })),
  ).toBe('not-yours')
  await world.proposals.approve(deciding(tenant, ann, two.proposal))
  const by = tenant.agent
  const withdrawn = await world.proposals.withdraw({ tenantId, proposalId, by, reason })
  expect(withdrawn.status).toBe('withdrawn')
  await world.runJobs()
  expect(await tenant.effects()).toEqual([])
})

test('what nobody decides in time expires, also when it was approved and not begun', async () => {
  const tenant = await world.tenant()
  const ann = await tenant.person('approver')
  const [late, slow, swept] = [
    await proposed(tenant),
    await proposed(tenant),
    await proposed(tenant),
  ]
  await tenant.age(late.proposal.proposalId, 100)
  expect(await problemOf(world.proposals.approve(deciding(tenant, ann, late.proposal)))).toBe(
    'expired',
  )
  expect((await now(tenant, late.proposal))?.status).toBe('expired')
  await world.proposals.approve(deciding(tenant, ann, slow.proposal))
  await tenant.age(slow.proposal.proposalId, 100)
  await world.runJobs()
  expect((await now(tenant, slow.proposal))?.status).toBe('expired')
  await tenant.age(swept.proposal.proposalId, 100)
  expect(await tenant.sweep()).toMatchObject({ expired: 1 })
  expect(await now(tenant, swept.proposal)).toMatchObject({
    status: 'expired',
    decisions: [{ decision: 'expire', by: { kind: 'policy', id: 'approval:default' } }],
  })
  expect(await tenant.effects()).toEqual([])
})

test('what nobody decides for hours is told to people once, and a higher role decides from then on', async () => {
  const tenant = await world.tenant()
  const [ann, boss] = [await tenant.person('operator'), await tenant.person('approver')]
  const { proposal } = await proposed(tenant)
  const notices = () =>
    tenant.inTenant((tx) =>
      tx.rows(sql`select kind, status, subject from notice where kind = 'proposal-undecided'`),
    )
  expect(await tenant.sweep()).toMatchObject({ escalated: 0 })
  await tenant.age(proposal.proposalId, 9)
  expect(await tenant.sweep()).toMatchObject({ escalated: 1 })
  expect(await tenant.sweep()).toMatchObject({ escalated: 0 })
  expect(await notices()).toMatchObject([{ status: 'open' }])
  const raised = await now(tenant, proposal)
  if (raised === undefined) throw new Error('It is there.')
  expect(raised).toMatchObject({ requiredRole: 'approver', version: 2 })
  expect(await problemOf(world.proposals.approve(deciding(tenant, ann, raised)))).toBe(
    'role-missing',
  )
  await world.proposals.approve(deciding(tenant, boss, raised))
  expect(await notices()).toMatchObject([{ status: 'resolved' }])
})

test('a policy lets pass only what is exact, within its amount and free of outside text, and is on record with its version', async () => {
  const tenant = await world.tenant()
  const { tenantId } = tenant
  await tenant.setRule({ 'release-hold': { passesItself: true, passesItselfUpTo: '20' } })
  const exact = await tenant.box({ isExact: true })
  const passed = await proposed(tenant, { box: exact })
  expect(passed.proposal).toMatchObject({
    status: 'approved',
    decisions: [{ decision: 'approve', by: { kind: 'policy', id: 'approval:tenant@1' } }],
  })
  await world.runJobs()
  expect((await now(tenant, passed.proposal))?.status).toBe('succeeded')
  const large = await proposed(tenant, { box: exact, amountMinor: 2_001 })
  expect(large.proposal.status).toBe('requires_review')
  const inexact = await proposed(tenant)
  expect(inexact.proposal.status).toBe('requires_review')
  const tainted = await world.proposals.propose({
    ...{ tenantId, subject: { kind: 'customer', id: exact } },
    candidateId: await tenant.candidate(exact, 1_500),
    requestedBy: tenant.agent,
    agent: { agent: 'triage', isTainted: true },
  })
  expect(tainted).toMatchObject({
    status: 'requires_review',
    policyReasons: [
      'It stems from text of somebody outside, so a person looks.',
      'It takes the role operator.',
    ],
  })
})

test('who has too many proposals waiting is refused the next one', async () => {
  const tenant = await world.tenant()
  await tenant.setRule({ pendingPerRequester: 3 })
  const asked = await Promise.all(Array.from({ length: 5 }, () => problemOf(proposed(tenant))))
  expect(asked.filter((problem) => problem === 'no problem')).toHaveLength(3)
  expect(asked.filter((problem) => problem === 'too-many-pending')).toHaveLength(2)
  const ann = await tenant.person('operator')
  expect((await proposed(tenant, { by: ann })).proposal.status).toBe('requires_review')
})

test('a person’s own act is done at once within their limit, as a proposal they decided themselves', async () => {
  const tenant = await world.tenant()
  const { tenantId } = tenant
  const ann = await tenant.person('operator', 'Ann Lee')
  const box = await tenant.box()
  const act = (amountMinor: number, by = ann) =>
    world.proposals.act({
      ...{ tenantId, kind: 'release-hold', by, reason: 'The customer paid.' },
      payload: { box, amountMinor, words: 'own' },
    })
  const done = await act(1_000)
  expect(done).toMatchObject({
    status: 'succeeded',
    needsOtherPerson: false,
    decisions: [{ decision: 'approve', isOwn: true, reason: 'The customer paid.' }],
  })
  expect(await tenant.effects()).toMatchObject([
    { actor: 'person:Ann Lee', behind: ['person:Ann Lee'] },
  ])
  const waiting = await act(600_000)
  expect(waiting).toMatchObject({ status: 'requires_review', needsOtherPerson: true })
  expect((await act(600_000)).proposalId).toBe(waiting.proposalId)
  const clerk = await tenant.person('collector')
  const asked = await act(2_000, clerk)
  expect(asked).toMatchObject({ status: 'requires_review', needsOtherPerson: true })
  const boss = await tenant.person('approver')
  // The same act by somebody who may is the decision of what waits.
  expect(await act(600_000, boss)).toMatchObject({
    proposalId: waiting.proposalId,
    status: 'succeeded',
  })
  expect(await tenant.effects()).toHaveLength(2)
})

test('an own act that is refused, malformed, gone or made of words is told apart', async () => {
  const tenant = await world.tenant()
  const { tenantId } = tenant
  const by = await tenant.person('approver')
  const box = await tenant.box()
  const ask = { tenantId, kind: 'release-hold', by, reason: 'Why not.' } as const
  const payload = { box, amountMinor: 5, words: 'own' }
  world.behaviour.refuse = 'The order is cancelled.'
  expect(await world.proposals.act({ ...ask, payload })).toMatchObject({
    status: 'failed',
    result: { message: 'The order is cancelled.' },
  })
  world.behaviour.refuse = undefined
  expect(await problemOf(world.proposals.act({ ...ask, payload: { box } }))).toBe('invalid-body')
  expect(
    await problemOf(world.proposals.act({ ...ask, payload: { ...payload, box: 'none' } })),
  ).toBe('cannot-be-done')
  expect(
    await problemOf(world.proposals.act({ ...ask, kind: 'send-collections-message', payload })),
  ).toBe('candidate-needed')
  world.behaviour.fail = () => new RetryLater('The stock is being counted.')
  await expect(world.proposals.act({ ...ask, payload })).rejects.toThrow('being counted')
  expect(await tenant.effects()).toEqual([])
  const { items } = await world.proposals.search({ tenantId, limit: 10 })
  expect(items).toHaveLength(1)
})

test('what breaks off in the middle is as if it had not begun, and is tried again', async () => {
  const tenant = await world.tenant()
  const ann = await tenant.person('approver')
  const { proposal } = await proposed(tenant)
  await world.proposals.approve(deciding(tenant, ann, proposal))
  let breaks = 3
  world.behaviour.fail = () => {
    breaks -= 1
    return breaks >= 0 ? new Error('Out of memory.') : undefined
  }
  for (let round = 0; round < 4; round += 1) {
    await world.runJobs()
    await tenant.inTenant((tx) =>
      world.queue.enqueue(tx, 'execute-proposal', [proposal.proposalId]),
    )
  }
  await world.runJobs()
  expect((await now(tenant, proposal))?.status).toBe('succeeded')
  expect(await tenant.effects()).toHaveLength(1)
})

test('what cannot be done fails with our own sentence, and nothing of it stays', async () => {
  const tenant = await world.tenant()
  const ann = await tenant.person('approver')
  const lasting = await proposed(tenant)
  await world.proposals.approve(deciding(tenant, ann, lasting.proposal))
  world.behaviour.fail = () => new PartnerMistake('The customer has no address.')
  await world.runJobs()
  expect(await now(tenant, lasting.proposal)).toMatchObject({
    status: 'failed',
    result: { message: 'The customer has no address.' },
  })
  const odd = await proposed(tenant)
  await world.proposals.approve(deciding(tenant, ann, odd.proposal))
  world.behaviour.fail = () => new Error('relation "x" has secret 42')
  for (let round = 0; round < 5; round += 1) {
    await world.runJobs()
    await tenant.inTenant((tx) =>
      world.queue.enqueue(tx, 'execute-proposal', [odd.proposal.proposalId]),
    )
  }
  const failed = await now(tenant, odd.proposal)
  expect(failed?.status).toBe('failed')
  expect(failed?.result?.message).not.toContain('42')
  expect(await tenant.effects()).toEqual([])
})

test('a proposal whose calls are on their way ends with them, and one that lost its job gets another', async () => {
  const tenant = await world.tenant()
  const { tenantId } = tenant
  const ann = await tenant.person('approver')
  const calls = ['one', 'two'].map((name) => `txn_${name}_${tenantId}`)
  await tenant.inTenant(async (tx) => {
    for (const id of calls)
      await tx.run(sql`
        insert into transaction (transaction_id, tenant_id, connection_id, operation, document_id, natural_key,
          ordering_key, idempotency_key) values (${id}, ${tenantId}, 'erp', 'erp.create-order', 'doc', 'SO-1', 'SO-1', ${id})`)
  })
  const setStatus = (id: string | undefined, status: string) =>
    tenant.inTenant((tx) =>
      tx.run(sql`update transaction set status = ${status} where transaction_id = ${id ?? ''}`),
    )
  world.behaviour.calls = calls
  const good = await proposed(tenant)
  await world.proposals.approve(deciding(tenant, ann, good.proposal))
  await world.runJobs()
  expect((await now(tenant, good.proposal))?.status).toBe('executing')
  await setStatus(calls[0], 'succeeded')
  expect(await tenant.sweep()).toMatchObject({ finished: 0 })
  await setStatus(calls[1], 'succeeded')
  expect(await tenant.sweep()).toMatchObject({ finished: 1 })
  expect(await now(tenant, good.proposal)).toMatchObject({
    status: 'succeeded',
    result: { message: 'Asked. 2 calls went through.' },
  })
  const bad = await proposed(tenant)
  await world.proposals.approve(deciding(tenant, ann, bad.proposal))
  await world.queue.release(
    'execute-proposal',
    await world.queue.fetch('execute-proposal', { batchSize: 10 }),
  )
  await world.runJobs()
  await setStatus(calls[1], 'failed')
  await tenant.sweep()
  expect(await now(tenant, bad.proposal)).toMatchObject({
    status: 'failed',
    result: { message: 'Asked. 1 of 2 calls failed.' },
  })
  world.behaviour.calls = []
  const lost = await proposed(tenant)
  await world.proposals.approve(deciding(tenant, ann, lost.proposal))
  const jobs = await world.queue.fetch('execute-proposal', { batchSize: 10 })
  await tenant.inTenant((tx) =>
    world.queue.complete(
      tx,
      'execute-proposal',
      jobs.map(({ jobId }) => jobId),
    ),
  )
  await world.runJobs()
  expect((await now(tenant, lost.proposal))?.status).toBe('approved')
  await tenant.age(lost.proposal.proposalId, 1)
  await tenant.sweep()
  await world.runJobs()
  expect((await now(tenant, lost.proposal))?.status).toBe('succeeded')
})

test('many of one kind are decided together, each for itself; kinds are not mixed', async () => {
  const tenant = await world.tenant()
  const { tenantId } = tenant
  const by = await tenant.person('approver')
  const three = [await proposed(tenant), await proposed(tenant), await proposed(tenant)]
  const [, second] = three
  await tenant.touch(second?.box ?? '')
  const items = three.map(({ proposal: { proposalId, version, effectHash } }) => ({
    ...{ proposalId, version, effectHash },
  }))
  const unknown = { proposalId: 'prp_none', version: 1, effectHash: '' }
  const results = await world.proposals.decideMany({
    ...{ tenantId, by, decision: 'approve', items: [...items, unknown] },
  })
  expect(results.map(({ proposal, problem }) => proposal?.status ?? problem)).toEqual([
    'approved',
    'stale',
    'approved',
    'not-found',
  ])
  await world.runJobs()
  expect(await tenant.effects()).toHaveLength(2)
  const other = await proposed(tenant, { kind: 'send-collections-message' })
  const mixed = [...items, { ...unknown, proposalId: other.proposal.proposalId }]
  expect(
    await problemOf(
      world.proposals.decideMany({ tenantId, by, decision: 'approve', items: mixed }),
    ),
  ).toBe('mixed-kinds')
})

test('the timeline of the order tells of every move, unbroken', async () => {
  const tenant = await world.tenant()
  const { tenantId } = tenant
  const { orderId } = await insertWholeOrder(world.database, tenantId)
  const ann = await tenant.person('operator', 'Ann Lee')
  const box = await tenant.box({ orderId })
  const { proposal } = await proposed(tenant, { box })
  await world.proposals.approve({ ...deciding(tenant, ann, proposal), reason: 'They paid.' })
  await world.runJobs()
  const other = await proposed(tenant, { box, amountMinor: 7 })
  await world.proposals.reject({ ...deciding(tenant, ann, other.proposal), reason: 'No.' })
  type Kept = Parameters<typeof eventHash>[0] & { hash: string }
  const events = await tenant.inTenant((tx) =>
    tx.rows<Kept>(sql`
      select order_id as "orderId", order_event_no as "orderEventNo", kind, actor, summary, body,
        to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, trace_parent as "traceParent",
        previous_hash as "previousHash", hash
      from event where order_id = ${orderId} and kind like 'proposal.%' order by event_id`),
  )
  const { proposalId } = proposal
  expect(events.map(({ kind, actor, summary }) => [kind, actor, summary])).toEqual([
    [
      'proposal.made',
      'agent:triage',
      `Proposed: Add 1000 to ${box}. The policy lets nothing of this kind pass without a person.`,
    ],
    ['proposal.approved', 'person:Ann Lee', `Approved by Ann Lee: Add 1000 to ${box}. They paid.`],
    ['proposal.succeeded', `proposal:${proposalId} (Ann Lee)`, `Done: Add 1000 to ${box}. Added.`],
    [
      'proposal.made',
      'agent:triage',
      `Proposed: Add 7 to ${box}. The policy lets nothing of this kind pass without a person.`,
    ],
    ['proposal.rejected', 'person:Ann Lee', `Rejected: Add 7 to ${box}. No.`],
  ])
  // Who follows events knows by it whose page to read anew.
  expect(events.map(({ body }) => body)).toEqual(
    [proposal, proposal, proposal, other.proposal, other.proposal].map((told) =>
      expect.objectContaining({ proposalId: told.proposalId, subject: `customer:${box}` }),
    ),
  )
  for (const [index, event] of events.entries())
    if (index > 0) expect(event.previousHash).toBe(events[index - 1]?.hash)
})

test('proposals are found by what they are about, newest first, page by page', async () => {
  const tenant = await world.tenant()
  const { tenantId } = tenant
  const ann = await tenant.person('operator')
  const made: Proposal[] = []
  for (let amountMinor = 1; amountMinor <= 5; amountMinor += 1)
    made.push((await proposed(tenant, { amountMinor, by: ann })).proposal)
  const [oldest] = made
  if (oldest === undefined) throw new Error('There are five.')
  await world.proposals.reject({ ...deciding(tenant, ann, oldest), reason: 'No.' })
  const find = (filter: object) => world.proposals.search({ tenantId, limit: 2, ...filter })
  const first = await find({ status: ['requires_review'] })
  const second = await find({ status: ['requires_review'], cursor: first.nextCursor })
  const ids = [...first.items, ...second.items].map(({ proposalId }) => proposalId)
  expect(ids).toEqual(
    made
      .slice(1)
      .reverse()
      .map(({ proposalId }) => proposalId),
  )
  expect(second.nextCursor).toBeNull()
  expect((await find({ subject: oldest.subject })).items).toHaveLength(1)
  expect((await find({ requestedBy: ann.userId, kind: ['cancel-order'] })).items).toEqual([])
  const stranger = await world.tenant()
  expect((await world.proposals.search({ tenantId: stranger.tenantId, limit: 9 })).items).toEqual(
    [],
  )
})

test('a job that only takes long gets no second one, however often the round is gone', async () => {
  const tenant = await world.tenant()
  const ann = await tenant.person('approver')
  const { proposal } = await proposed(tenant)
  await world.proposals.approve(deciding(tenant, ann, proposal))
  await tenant.age(proposal.proposalId, 1)
  for (let round = 0; round < 5; round += 1) await tenant.sweep()
  expect(await world.queue.fetch('execute-proposal', { batchSize: 10 })).toHaveLength(1)
})

test('calls that are on their way for long hide none that have ended', async () => {
  const tenant = await world.tenant()
  const ann = await tenant.person('approver')
  await tenant.setRule({ pendingPerRequester: 10_000 })
  const made: Proposal[] = []
  for (let n = 0; n < 202; n += 1) {
    const call = `txn_${n}_${tenant.tenantId}`
    await tenant.inTenant((tx) =>
      tx.run(sql`
        insert into transaction (transaction_id, tenant_id, connection_id, operation, document_id, natural_key,
          ordering_key, idempotency_key, status) values (${call}, ${tenant.tenantId}, 'erp', 'erp.create-order', 'doc',
          ${call}, ${call}, ${call}, ${n === 201 ? 'succeeded' : 'waiting'})`),
    )
    world.behaviour.calls = [call]
    const { proposal } = await proposed(tenant)
    await world.proposals.approve(deciding(tenant, ann, proposal))
    await world.runJobs()
    made.push(proposal)
  }
  expect(await tenant.sweep()).toMatchObject({ finished: 1 })
  const last = made.at(-1)
  expect(last === undefined ? undefined : (await now(tenant, last))?.status).toBe('succeeded')
}, 90_000)

test('a limit that was tightened after somebody asked holds when they decide', async () => {
  const tenant = await world.tenant()
  const ann = await tenant.person('approver')
  const { proposal } = await proposed(tenant, { amountMinor: 400_000, by: ann })
  expect(proposal.needsOtherPerson).toBe(false)
  await tenant.setRule({ 'release-hold': { otherPersonAbove: '1000' } })
  expect(await problemOf(world.proposals.approve(deciding(tenant, ann, proposal)))).toBe(
    'other-person-needed',
  )
  const olivia = await tenant.person('operator')
  expect(await problemOf(world.proposals.approve(deciding(tenant, olivia, proposal)))).toBe(
    'role-missing',
  )
  const andrew = await tenant.person('approver')
  await world.proposals.approve(deciding(tenant, andrew, proposal))
})
