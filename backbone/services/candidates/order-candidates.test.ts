import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { purchaseOrder } from '../../../testing/flow-papers.ts'
import type { Trade } from '../../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../../testing/flow-world.ts'
import { SubstitutionRule } from '../../canonical/availability-data.ts'
import { newId } from '../../canonical/ids.ts'
import { Product } from '../../canonical/master-data.ts'
import type { Proposal } from '../../canonical/proposal.ts'
import { inBatches } from '../../queue/worker.ts'
import { customerFile } from '../../store/master-data/customer-file.ts'
import { productFile } from '../../store/master-data/product-file.ts'
import { substitutionRuleFile } from '../../store/master-data/substitution-rule-file.ts'
import { orderActs } from '../acts/order-acts.ts'
import { executeProposalWork } from '../proposals/execute-proposals.ts'
import { openProposals } from '../proposals/open-proposals.ts'
import type { Decider } from '../proposals/ports.ts'
import { clusterCandidates, transactionCandidates } from './cluster-candidates.ts'
import { orderCandidates } from './order-candidates.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const candidates = {
  order: orderCandidates,
  cluster: clusterCandidates,
  transaction: transactionCandidates,
}

/** Approval as it is, with the acts on orders; what is approved is done at once. */
function openApproval() {
  const { database, queue } = world
  const tools = { database, queue, acts: orderActs, candidates }
  const service = openProposals(tools)
  const report = { worked: () => undefined, failed: () => undefined }
  const process = inBatches(database, queue, executeProposalWork(tools), report)
  return {
    service,
    async settle() {
      const jobs = await queue.fetch('execute-proposal', { batchSize: 100 })
      if (jobs.length > 0) await process(jobs)
      await world.settle()
    },
  }
}

const newTrade = () => world.newTrade({ json: { cancelWindowSeconds: 600 }, erp: {}, wms: {} })

const agent = { kind: 'agent' as const, id: 'order-validation', name: 'Order validation' }
/** Somebody who works for the trade. */
async function person(trade: Trade, name: string, role: string): Promise<Decider> {
  const userId = newId('usr')
  await trade.inTenant((tx) =>
    tx.run(sql`
      insert into app_user (tenant_id, user_id, name, email, role)
      values (${trade.tenantId}, ${userId}, ${name}, ${`${userId}@example.test`}, ${role})`),
  )
  return { userId, name, role }
}

const subject = (orderId: string) => ({ kind: 'order' as const, id: orderId })

const kindsOf = (list: readonly { kind: string }[]) => list.map(({ kind }) => kind)

async function found(trade: Trade, number: string) {
  const { orderId } = await trade.order(number)
  return trade.inTenant((tx) => orderCandidates(tx, subject(orderId)))
}

const decided = (trade: Trade, proposal: Proposal, by: Decider) => ({
  ...{ tenantId: trade.tenantId, proposalId: proposal.proposalId, by },
  ...{ version: proposal.version, effectHash: proposal.effectHash },
})

test('an order in order leaves only what a person may think of; one that is through leaves nothing', async () => {
  const trade = await newTrade()
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 4, unitPrice: '250' }]))
  expect(kindsOf(await found(trade, 'PO-1'))).toEqual(['place-hold', 'cancel-order'])
  expect(await trade.inTenant((tx) => orderCandidates(tx, subject('ord_unknown')))).toEqual([])
})

test('a price in question is settled at ours first, at the buyer’s after it, and let pass last', async () => {
  const trade = await newTrade()
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 4, unitPrice: '217.77' }]))
  const list = await found(trade, 'PO-1')
  expect(list.map(({ kind, payload }) => [kind, payload])).toMatchObject([
    ['reprice-line', { line: '1', to: 'ours' }],
    ['reprice-line', { line: '1', to: 'buyers' }],
    ['release-hold', {}],
    ['cancel-order', {}],
  ])
  expect(list.every(({ picture }) => picture.isExact === undefined)).toBe(true)
})

test('what the customer approved once for all at the same price is exact and stands before all others', async () => {
  const trade = await newTrade()
  await trade.inTenant(async (tx) => {
    const twin = { sku: 'PMP-TWIN', name: 'Pump twin', productClass: 'PMP', landedCost: '100' }
    await productFile.write(tx, [Product.parse(twin)])
    await substitutionRuleFile.write(tx, [
      SubstitutionRule.parse({
        ...{ ruleId: 'R-1', kind: 'approved', sku: 'PMP-1003', substituteSku: 'PMP-TWIN' },
        ...{ customerNumber: 'C-10001', isStanding: true },
      }),
    ])
  })
  await trade.count([
    { sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 3 },
    { sku: 'PMP-1003', warehouse: 'CHI', onHandEach: 8 },
    { sku: 'PMP-TWIN', warehouse: 'CHI', onHandEach: 30 },
  ])
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 10, unitPrice: '250' }]))
  const list = await found(trade, 'PO-1')
  expect(list.map(({ kind, payload }) => [kind, payload])).toMatchObject([
    ['substitute-line', { sku: 'PMP-TWIN' }],
    ['substitute-line', { sku: 'PMP-TWIN', isForRest: true }],
    ['split-line', { line: '1' }],
    ['place-hold', {}],
    ['cancel-order', {}],
  ])
  expect(list[0]?.picture.isExact).toBe(true)
  const again = await found(trade, 'PO-1')
  expect(again.map(({ payload }) => payload)).toEqual(list.map(({ payload }) => payload))
})

test('an order without credit can be let go with a reason, by somebody above, on the credit check’s own evidence', async () => {
  const trade = await newTrade()
  await trade.inTenant(async (tx) => {
    const [known] = await customerFile.load(tx, ['C-10001'])
    if (known !== undefined)
      await customerFile.write(tx, [{ ...known.document, creditLimitMinor: 50_000 }])
  })
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 4, unitPrice: '250' }]))
  const list = await found(trade, 'PO-1')
  expect(list.map(({ kind, payload }) => [kind, payload])).toMatchObject([
    ['release-hold', { reasonCode: 'within-risk-appetite' }],
    ['release-hold', { reasonCode: 'payment-promised' }],
    ['cancel-order', {}],
  ])
  expect(list[0]?.picture).toMatchObject({ leastRole: 'approver' })
  expect(list[0]?.picture.evidence.length).toBeGreaterThan(2)
})

test('an agent proposes our price by the id of a candidate, a person approves, the order goes on and tells of it', async () => {
  const trade = await newTrade()
  const { service, settle } = openApproval()
  const ines = await person(trade, 'Ines', 'approver')
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 4, unitPrice: '217.77' }]))
  const { orderId } = await trade.order('PO-1')
  const asked = { tenantId: trade.tenantId, subject: subject(orderId) }
  const [first] = await service.candidates(asked)
  expect(first).toMatchObject({ kind: 'reprice-line', rank: 1 })
  expect((await service.candidates(asked)).map(({ candidateId }) => candidateId)).toContain(
    first?.candidateId,
  )
  const ask = { ...asked, candidateId: first?.candidateId ?? '', requestedBy: agent }
  const proposal = await service.propose(ask)
  expect(proposal.status).toBe('requires_review')
  // Nothing of it moves the order, so it stays as it was looked at.
  expect((await service.propose(ask)).proposalId).toBe(proposal.proposalId)
  await service.approve({ ...decided(trade, proposal, ines), reason: 'The list price counts.' })
  await settle()
  expect(
    await service.get({ tenantId: trade.tenantId, proposalId: proposal.proposalId }),
  ).toMatchObject({ status: 'succeeded' })
  const after = await trade.order('PO-1')
  expect(after.lines[0]?.settled?.price).toMatchObject({
    of: 'ours',
    by: `proposal:${proposal.proposalId} (Ines)`,
  })
  expect(await trade.timeline(orderId)).toContain('line.repriced')
  // The candidate is gone with its facts.
  await expect(service.propose(ask)).rejects.toThrow('cannot be proposed any more')
})

test('a proposal is out of date when the order changes under it', async () => {
  const trade = await newTrade()
  const { service, settle } = openApproval()
  const ines = await person(trade, 'Ines', 'approver')
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 4, unitPrice: '217.77' }]))
  const { orderId } = await trade.order('PO-1')
  const asked = { tenantId: trade.tenantId, subject: subject(orderId) }
  const [ours, buyers] = await service.candidates(asked)
  const propose = (candidateId = '') =>
    service.propose({ ...asked, candidateId, requestedBy: agent })
  const first = await propose(ours?.candidateId)
  const second = await propose(buyers?.candidateId)
  await service.approve(decided(trade, first, ines))
  await settle()
  await expect(service.approve(decided(trade, second, ines))).rejects.toThrow()
  expect(
    await service.get({ tenantId: trade.tenantId, proposalId: second.proposalId }),
  ).toMatchObject({ status: 'stale' })
})

test('a price below the floor takes an approver, whatever the amount', async () => {
  const trade = await newTrade()
  const { service, settle } = openApproval()
  const ines = await person(trade, 'Ines', 'approver')
  await trade.inTenant(async (tx) => {
    const [known] = await productFile.load(tx, ['PMP-1003'])
    if (known !== undefined) await productFile.write(tx, [{ ...known.document, landedCost: '230' }])
  })
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 4, unitPrice: '217.77' }]))
  const { orderId } = await trade.order('PO-1')
  const payload = { orderId, line: '1', to: 'buyers' }
  const own = { tenantId: trade.tenantId, kind: 'reprice-line' as const, payload }
  const asked = await service.act({
    ...own,
    by: await person(trade, 'Omar', 'operator'),
    reason: 'An old customer.',
  })
  expect(asked).toMatchObject({ status: 'requires_review', requiredRole: 'approver' })
  await service.approve(decided(trade, asked, ines))
  await settle()
  expect((await trade.order('PO-1')).lines[0]).toMatchObject({ unitPrice: '217.77' })
})

test('of fifty approvals of one swap one moves the stock', async () => {
  const trade = await newTrade()
  const { service, settle } = openApproval()
  const ines = await person(trade, 'Ines', 'approver')
  await trade.inTenant(async (tx) => {
    const twin = { sku: 'PMP-TWIN', name: 'Pump twin', productClass: 'PMP', landedCost: '100' }
    await productFile.write(tx, [Product.parse(twin)])
    await substitutionRuleFile.write(tx, [
      SubstitutionRule.parse({
        ...{ ruleId: 'R-1', kind: 'approved', sku: 'PMP-1003', substituteSku: 'PMP-TWIN' },
        ...{ customerNumber: 'C-10001', isStanding: false },
      }),
    ])
  })
  await trade.count([
    { sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 0 },
    { sku: 'PMP-1003', warehouse: 'CHI', onHandEach: 0 },
    { sku: 'PMP-TWIN', warehouse: 'CHI', onHandEach: 30 },
  ])
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 10, unitPrice: '250' }]))
  const { orderId } = await trade.order('PO-1')
  const asked = { tenantId: trade.tenantId, subject: subject(orderId) }
  const [swap] = await service.candidates(asked)
  expect(swap?.kind).toBe('substitute-line')
  const ask = { ...asked, candidateId: swap?.candidateId ?? '', requestedBy: agent }
  const proposal = await service.propose(ask)
  const answers = await Promise.allSettled(
    Array.from({ length: 50 }, () => service.approve(decided(trade, proposal, ines))),
  )
  await settle()
  await settle()
  expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
  expect(await trade.stock('PMP-TWIN', 'CHI')).toEqual({ onHand: 30, allocated: 10 })
  const told = await trade.timeline(orderId)
  expect(told.filter((kind) => kind === 'line.substituted')).toHaveLength(1)
})
