import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type OutreachTenant,
  type OutreachWorld,
  openOutreachWorld,
} from '../../../testing/outreach-world.ts'
import type { CustomerMessage } from '../../canonical/customer-message.ts'
import { outreachKind } from '../../canonical/outreach-settings.ts'
import type { Proposal } from '../../canonical/proposal.ts'
import { CallerMistake } from '../../errors.ts'

type Fate = 'done' | 'away' | 'broken-off'

let fate: Fate = 'done'
// By tenant: what an earlier sequence left waiting may leave during a later one.
const arrivals = new Map<string, CustomerMessage[]>()
let world: OutreachWorld

beforeAll(async () => {
  world = await openOutreachWorld({
    ...{ kind: outreachKind, operations: ['customer.message'], timeoutMs: 1_000 },
    checkSettings: () => [],
    test: async () => ({ isReachable: true, detail: '' }),
    async send({ document }, { tenantId }) {
      const away = { code: 'E', message: 'The mail server is away.' }
      if (fate === 'away') return { outcome: 'failed', errorClass: 'TRANSPORT', ...away }
      if (document.docType === 'customer-message')
        arrivals.set(tenantId, [...(arrivals.get(tenantId) ?? []), document])
      return fate === 'done' ? { outcome: 'done' } : { outcome: 'unknown', ...away }
    },
  })
})
afterAll(() => world.close())

const runs = Number(process.env['OUTREACH_SEQUENCES'] ?? 8)

type House = {
  readonly tenant: OutreachTenant
  /** Every proposal made, and those that were approved. */
  readonly proposals: Proposal[]
  readonly approved: Set<string>
  /** Counts what was changed under the messages, and how that count stood when each was approved. */
  changes: number
  readonly changesAt: Map<string, number>
}

const orRefused = async (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    (error: unknown) => {
      if (error instanceof CallerMistake) return false
      throw error
    },
  )

async function decide(house: House, how: 'approve' | 'reject' | 'edit'): Promise<void> {
  const { tenant, proposals } = house
  const known = proposals.at(-1)
  if (known === undefined) return
  const { tenantId } = tenant
  const { proposalId } = known
  const proposal = (await world.proposals.get({ tenantId, proposalId })) ?? known
  const act = tenant.decided(proposal)
  if (how === 'reject') await orRefused(world.proposals.reject({ ...act, reason: 'No.' }))
  if (how === 'edit') {
    const { subject, body } = proposal.draft ?? {}
    const draft = { subject, body: `${String(body)}\n12,345.67 USD` }
    expect(await orRefused(world.proposals.edit({ ...act, draft }))).toBe(false)
  }
  if (how !== 'approve' || !(await orRefused(world.proposals.approve(act)))) return
  house.approved.add(proposalId)
  house.changesAt.set(proposalId, house.changes)
}

const later = ({ tenant }: House) =>
  tenant.inTenant(async (tx) => {
    const due = await tx.rows<{ id: string }>(sql`
      update transaction set due_at = now() - interval '1 second'
      where status in ('waiting', 'sending') returning transaction_id as id`)
    await world.queue.enqueue(
      tx,
      'deliver-transaction',
      due.map(({ id }) => id),
    )
  })

const steps = {
  propose: async (house: House) => {
    const made = await house.tenant.propose().catch((error: unknown) => {
      if (error instanceof Error && error.message.startsWith('Nothing is')) return undefined
      throw error
    })
    if (made !== undefined) house.proposals.push(made)
  },
  approve: (house: House) => decide(house, 'approve'),
  reject: (house: House) => decide(house, 'reject'),
  'edit with a foreign number': (house: House) => decide(house, 'edit'),
  execute: () => world.execute(),
  deliver: () => world.deliver(),
  later: async (house: House) => {
    await later(house)
    await world.deliver()
  },
  'part payment': async (house: House) => {
    house.changes += 1
    await house.tenant.inTenant((tx) =>
      tx.run(
        sql`update invoice set open_minor = greatest(open_minor - 1000, 100000) where open_minor > 100000`,
      ),
    )
  },
  'crash while sending': (house: House) =>
    house.tenant.inTenant((tx) =>
      tx.run(sql`
        update transaction set status = 'sending', attempts = attempts + 1, sent_at = now() - interval '1 hour',
          due_at = now() where status = 'waiting'`),
    ),
} as const

// What leads to a mail comes more often, so that many sequences have one.
const onTheWay = [steps.approve, steps.execute, steps.deliver]
const anyStep = fc.constantFrom(...Object.values(steps), ...onTheWay, ...onTheWay)

test('always: what arrives was approved, once, and nothing had changed under it', async () => {
  const anyFate = fc.constantFrom<Fate>('done', 'away', 'broken-off')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(anyStep, anyFate), { minLength: 4, maxLength: 14 }),
      async (sequence) => {
        const tenant = await world.tenant()
        await tenant.settings()
        await tenant.customer('C-1')
        await tenant.invoice('INV-1')
        await tenant.addConnection({
          from: 'ar@meridian.example',
          deliver: { method: 'folder', path: '/nowhere' },
        })
        const house: House = {
          ...{ tenant, proposals: [], approved: new Set(), changes: 0, changesAt: new Map() },
        }
        const arrived = () => arrivals.get(tenant.tenantId) ?? []
        await steps.propose(house)
        for (const [step, next] of sequence) {
          const before = arrived().length
          fate = next
          await step(house)
          const messages = await world.messages.list({
            tenantId: tenant.tenantId,
            page: { limit: 50, after: undefined },
          })
          for (const { messageId } of arrived().slice(before)) {
            const message = messages.items.find((candidate) => candidate.messageId === messageId)
            expect(house.approved).toContain(message?.proposalId)
            expect(house.changesAt.get(message?.proposalId ?? '')).toBe(house.changes)
          }
        }
        const ids = arrived().map(({ messageId }) => messageId)
        expect(new Set(ids).size).toBe(ids.length)
      },
    ),
    { numRuns: runs },
  )
}, 120_000)
