import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  openProposalWorld,
  type ProposalTenant,
  type ProposalWorld,
} from '../../../testing/proposal-world.ts'
import type { Proposal, Requester } from '../../canonical/proposal.ts'
import { CallerMistake } from '../../errors.ts'
import type { Decider } from './ports.ts'

// More by PROPOSAL_SEQUENCES=10000; one that failed again by PROPOSAL_SEED.
const sequences = Number(process.env['PROPOSAL_SEQUENCES'] ?? 100)
const seed = process.env['PROPOSAL_SEED']

const aboveEveryBand = 6_000_000

let world: ProposalWorld

beforeAll(async () => {
  world = await openProposalWorld()
})
afterAll(() => world.close())

type House = { readonly tenant: ProposalTenant; readonly people: readonly Decider[] }

/** What a sequence has seen: the proposals as people looked at them, and what must never be done any more. */
type Seen = {
  readonly house: House
  readonly box: string
  readonly views: Map<string, Proposal[]>
  /** The words on the view that was approved. */
  readonly approvedWords: Map<string, string>
  /** Who changed it last. */
  readonly editors: Map<string, string>
  readonly never: Set<string>
  /** Whose status somebody may have forged once it was approved: they say nothing of what was done. */
  readonly forged: Set<string>
}

/** A refusal is an answer; anything else is a fault of ours. */
async function unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CallerMistake) return undefined
    throw error
  }
}

const wordsOn = ({ changes }: Proposal) => changes[0]?.after ?? ''

const idsOf = ({ views }: Seen) => [...views.keys()]

function note(seen: Seen, proposal: Proposal | undefined): void {
  if (proposal === undefined) return
  const views = seen.views.get(proposal.proposalId) ?? []
  seen.views.set(proposal.proposalId, [...views, proposal])
}

/** A proposal as somebody looked at it, now or some time ago. */
function lookedAt(seen: Seen, which: number, when: number): Proposal | undefined {
  const all = [...seen.views.values()]
  const views = all[which % Math.max(all.length, 1)] ?? []
  return views.at(-1 - (when % Math.max(views.length, 1)))
}

function personAt({ house: { people } }: Seen, index: number): Decider {
  const person = people[index % people.length]
  if (person === undefined) throw new Error('There are people.')
  return person
}

const effectsOn = ({ house: { tenant }, box }: Seen) =>
  tenant.inTenant((tx) =>
    tx.rows<{ proposalId: string; effectKey: string; amountMinor: number; words: string }>(sql`
      select proposal_id as "proposalId", effect_key as "effectKey", amount_minor as "amountMinor", words
      from test_effect where box = ${box}`),
  )

/** From now on nothing may be done of these, unless it was done before. */
async function block(seen: Seen, ids: readonly string[]): Promise<void> {
  const done = new Set((await effectsOn(seen)).map(({ proposalId }) => proposalId))
  for (const id of ids.filter((candidate) => !done.has(candidate))) seen.never.add(id)
}

const deciding = (seen: Seen, by: Decider, view: Proposal) => ({
  ...{ tenantId: seen.house.tenant.tenantId, proposalId: view.proposalId, by },
  ...{ version: view.version, effectHash: view.effectHash },
})

async function approve(seen: Seen, by: Decider, view: Proposal): Promise<void> {
  const approved = await unlessRefused(() => world.proposals.approve(deciding(seen, by, view)))
  if (approved !== undefined) seen.approvedWords.set(view.proposalId, wordsOn(view))
  note(seen, approved)
}

/** Jobs for all there are, approved or not: a job may come without reason, twice or late. */
async function enqueueAll(seen: Seen, times = 1): Promise<void> {
  const ids = Array.from({ length: times }, () => idsOf(seen)).flat()
  await seen.house.tenant.inTenant((tx) => world.queue.enqueue(tx, 'execute-proposal', ids))
}

/** What somebody tries who goes round the service with the rights of its code. */
const forgeries = [
  (id: string) =>
    sql`update proposal set status = 'approved', version = version + 1 where proposal_id = ${id}`,
  (id: string) =>
    sql`update proposal set status = 'executing', version = version + 1 where proposal_id = ${id}`,
  (id: string) =>
    sql`update proposal set status = 'succeeded', version = version + 1 where proposal_id = ${id}`,
  // Other words under the hash that somebody approves, or has approved.
  (id: string) => sql`
    update proposal set payload = payload || '{"words": "forged"}', version = version + 1 where proposal_id = ${id}`,
  (id: string) => sql`
    update proposal set status = 'requires_review', version = version + 1, approval_no = null, approval_word = null,
      approved_by_kind = null, approved_by_id = null, approved_by_name = null where proposal_id = ${id}`,
  (id: string) => sql`
    update proposal set needs_other_person = false, required_role = 'viewer', version = version + 1
    where proposal_id = ${id} and needs_other_person`,
  // Approved by an agent, with a decision of its own.
  (id: string) => sql`
    with taken as (
      insert into proposal_decision (tenant_id, proposal_id, decision_no, decision, by_kind, by_id, by_name, version,
        effect_hash, decided_at)
      select tenant_id, proposal_id, 90, 'approve', 'person', 'agent:triage', 'triage', version, effect_hash, now()
      from proposal where proposal_id = ${id} returning decision_no)
    update proposal set status = 'approved', version = version + 1, approval_no = 90, approval_word = 'approve',
      approved_by_kind = 'person', approved_by_id = 'agent:triage', approved_by_name = 'triage', decided_at = now()
    where proposal_id = ${id}`,
]

type Does = { readonly says: string; run(seen: Seen): Promise<void> }

function step<Args extends object>(
  name: string,
  weight: number,
  args: fc.Arbitrary<Args>,
  run: (seen: Seen, args: Args) => Promise<void>,
): { weight: number; arbitrary: fc.Arbitrary<Does> } {
  const arbitrary = args.map((drawn) => ({
    says: `${name} ${JSON.stringify(drawn)}`,
    run: (seen: Seen) => run(seen, drawn),
  }))
  return { weight, arbitrary }
}

const nothing = fc.constant({})
const which = fc.constantFrom(0, 0, 0, 1, 2)
// As it is now, or as it was.
const when = fc.constantFrom(0, 0, 1)
const person = fc.nat({ max: 2 })
const amountMinor = fc.constantFrom(1_000, aboveEveryBand)
const kind = fc.constantFrom('release-hold' as const, 'send-collections-message' as const)

const proposing = step(
  'propose',
  5,
  fc.record({ who: fc.nat({ max: 3 }), amountMinor, kind }),
  async (seen, args) => {
    const { tenant, people } = seen.house
    const asker = people[args.who]
    const requestedBy: Requester =
      asker === undefined ? tenant.agent : { kind: 'person', id: asker.userId, name: asker.name }
    const candidateId = await tenant.candidate(seen.box, args.amountMinor, args.kind)
    const subject = { kind: 'customer', id: seen.box } as const
    const ask = { tenantId: tenant.tenantId, subject, candidateId, requestedBy }
    note(seen, await unlessRefused(() => world.proposals.propose(ask)))
  },
)

/** What may happen to proposals, in any order, by anybody. */
const happening = fc.oneof(
  proposing,
  step('approve', 9, fc.record({ which, when, person }), async (seen, args) => {
    const view = lookedAt(seen, args.which, args.when)
    if (view !== undefined) await approve(seen, personAt(seen, args.person), view)
  }),
  step('approve, all at once', 2, fc.record({ which }), async (seen, args) => {
    const view = lookedAt(seen, args.which, 0)
    if (view === undefined) return
    const { people } = seen.house
    await Promise.all([...people, ...people].map((by) => approve(seen, by, view)))
  }),
  step('reject', 1, fc.record({ which, when, person }), async (seen, args) => {
    const view = lookedAt(seen, args.which, args.when)
    if (view === undefined) return
    const act = { ...deciding(seen, personAt(seen, args.person), view), reason: 'No.' }
    const rejected = await unlessRefused(() => world.proposals.reject(act))
    if (rejected !== undefined) seen.never.add(view.proposalId)
  }),
  step(
    'edit',
    6,
    fc.record({ which, when, person, to: fc.nat({ max: 3 }) }),
    async (seen, args) => {
      const view = lookedAt(seen, args.which, args.when)
      if (view === undefined) return
      const by = personAt(seen, args.person)
      const act = { ...deciding(seen, by, view), draft: { words: `words ${args.to}` } }
      const edited = await unlessRefused(() => world.proposals.edit(act))
      note(seen, edited)
      if (edited !== undefined) seen.editors.set(view.proposalId, by.userId)
    },
  ),
  step('withdraw', 1, fc.record({ which }), async (seen, args) => {
    const view = lookedAt(seen, args.which, 0)
    if (view === undefined) return
    const { tenantId } = seen.house.tenant
    const { proposalId, requestedBy: by } = view
    const act = { tenantId, proposalId, by, reason: 'Never mind.' }
    const withdrawn = await unlessRefused(() => world.proposals.withdraw(act))
    if (withdrawn !== undefined) seen.never.add(proposalId)
  }),
  step('expire', 2, fc.record({ which }), async (seen, args) => {
    const view = lookedAt(seen, args.which, 0)
    if (view === undefined) return
    await block(seen, [view.proposalId])
    await seen.house.tenant.age(view.proposalId, 100)
  }),
  step('change a record', 2, nothing, async (seen) => {
    await block(seen, idsOf(seen))
    await seen.house.tenant.touch(seen.box)
  }),
  step('execute', 8, nothing, async (seen) => {
    await enqueueAll(seen)
    await world.runJobs()
  }),
  step('execute, all at once', 2, nothing, async (seen) => {
    await enqueueAll(seen, 3)
    await Promise.all([world.runJobs(), world.runJobs(), world.runJobs()])
  }),
  step('crash in execute', 2, nothing, async (seen) => {
    world.behaviour.fail = () => new Error('The process dies here.')
    await enqueueAll(seen)
    await world.runJobs()
    world.behaviour.fail = () => undefined
  }),
  step('lose the jobs', 1, nothing, async (seen) => {
    const jobs = await world.queue.fetch('execute-proposal', { batchSize: 100 })
    await seen.house.tenant.inTenant((tx) =>
      world.queue.complete(
        tx,
        'execute-proposal',
        jobs.map(({ jobId }) => jobId),
      ),
    )
  }),
  step(
    'forge',
    3,
    fc.record({ which, how: fc.nat({ max: forgeries.length - 1 }) }),
    async (seen, args) => {
      const view = lookedAt(seen, args.which, 0)
      const forged = forgeries[args.how]
      if (view === undefined || forged === undefined) return
      seen.forged.add(view.proposalId)
      await seen.house.tenant
        .inTenant((tx) => tx.run(forged(view.proposalId)))
        .catch(() => undefined)
      const { tenantId } = seen.house.tenant
      note(seen, await world.proposals.get({ tenantId, proposalId: view.proposalId }))
    },
  ),
  step('own act', 3, fc.record({ person, amountMinor }), async (seen, args) => {
    const payload = { box: seen.box, amountMinor: args.amountMinor, words: 'own' }
    const by = personAt(seen, args.person)
    const ask = { tenantId: seen.house.tenant.tenantId, kind: 'release-hold', payload } as const
    const done = await unlessRefused(() => world.proposals.act({ ...ask, by, reason: 'Mine.' }))
    note(seen, done)
    if (done?.status === 'succeeded') seen.approvedWords.set(done.proposalId, wordsOn(done))
  }),
  step('sweep', 1, nothing, async (seen) => {
    await seen.house.tenant.sweep()
  }),
)

// Something is proposed first: before that there is nothing to happen to.
const sequence = fc
  .tuple(proposing.arbitrary, fc.array(happening, { minLength: 3, maxLength: 5, size: 'max' }))
  .map(([first, others]) => [first, ...others])

/** What must hold of one proposal, whatever happened. */
function assertKept(
  seen: Seen,
  proposal: Proposal,
  effects: Awaited<ReturnType<typeof effectsOn>>,
): void {
  const { proposalId, status, effectHash, requestedBy, decisions } = proposal
  const done = effects.filter((effect) => effect.proposalId === proposalId)
  expect(done.length, 'done at most once').toBeLessThanOrEqual(1)
  if (!seen.forged.has(proposalId))
    expect(done.length, 'done when it says so').toBe(status === 'succeeded' ? 1 : 0)
  const [effect] = done
  if (effect === undefined) return
  expect(seen.never.has(proposalId), 'ended before it was done').toBe(false)
  expect(effect.effectKey).toBe(`${proposalId}:${effectHash}`)
  expect(effect.words, 'the words that were approved').toBe(seen.approvedWords.get(proposalId))
  const approvals = decisions.filter(({ decision }) => decision === 'approve')
  const people = seen.house.people.map(({ userId }) => userId)
  expect(approvals.filter(({ by }) => by.kind === 'person' && people.includes(by.id))).toHaveLength(
    1,
  )
  const approver = approvals.find(({ by }) => people.includes(by.id))?.by.id ?? ''
  if (effect.amountMinor !== aboveEveryBand) return
  expect(approver, 'above the band somebody else approves').not.toBe(requestedBy.id)
  expect(approver, 'nor the one who changed it last').not.toBe(seen.editors.get(proposalId))
}

let house: House | undefined
let runs = 0

/** A tenant serves a hundred sequences, each with a box of its own. */
async function nextHouse(): Promise<House> {
  runs += 1
  if (house !== undefined && runs % 100 !== 0) return house
  const tenant = await world.tenant()
  await tenant.setRule({ pendingPerRequester: 10_000 })
  const people = [
    await tenant.person('operator', 'Ann'),
    await tenant.person('approver', 'Bob'),
    await tenant.person('approver', 'Cat'),
  ]
  house = { tenant, people }
  return house
}

test('whatever happens, only what a person approved as they saw it is done, once, in time, and above the band by two people', {
  timeout: 3_600_000,
}, async () => {
  let effectsSeen = 0
  const result = await fc.check(
    fc.asyncProperty(sequence, async (happenings) => {
      const at = await nextHouse()
      const seen: Seen = {
        ...{ house: at, box: await at.tenant.box(), views: new Map(), approvedWords: new Map() },
        ...{ editors: new Map(), never: new Set(), forged: new Set() },
      }
      for (const { run } of happenings) await run(seen)
      const effects = await effectsOn(seen)
      effectsSeen += effects.length
      const { tenantId } = at.tenant
      const subject = { kind: 'customer', id: seen.box } as const
      const { items } = await world.proposals.search({ tenantId, subject, limit: 100 })
      expect(
        effects.every(({ proposalId }) => items.some((item) => item.proposalId === proposalId)),
      ).toBe(true)
      for (const proposal of items) assertKept(seen, proposal, effects)
    }),
    {
      numRuns: sequences,
      ...(seed === undefined ? {} : { seed: Number(seed) }),
    },
  )
  const says = (result.counterexample ?? []).flat().map((happened) => happened.says)
  expect(
    result.failed,
    `seed ${result.seed}: ${says.join(' | ')}\n${String(result.errorInstance)}`,
  ).toBe(false)
  expect(result.numRuns).toBe(sequences)
  // A test in which nothing was ever done would show nothing; how often something is, is up to the sequences.
  expect(effectsSeen).toBeGreaterThan(sequences / 25)
})
