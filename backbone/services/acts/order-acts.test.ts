import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { doAct, pictureOf, seenBy } from '../../../testing/act-bench.ts'
import { purchaseOrder } from '../../../testing/flow-papers.ts'
import type { Trade } from '../../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../../testing/flow-world.ts'
import { clusterCandidates, transactionCandidates } from '../candidates/cluster-candidates.ts'
import { triageService } from '../triage/triage-service.ts'
import { cancelOrderAct } from './cancel-order-act.ts'
import { placeHoldAct } from './place-hold-act.ts'
import { releaseHoldAct } from './release-hold-act.ts'
import { retryTransactionsAct } from './retry-transactions-act.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const lines = [{ sku: 'PMP-1003', quantity: 4, unitPrice: '250' }]

test('a hold placed by proposal stops the order, once however often it is done, and lifting it lets the order go on', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 600 }, erp: {}, wms: {} })
  await trade.send(purchaseOrder('PO-1', lines))
  const { orderId } = await trade.order('PO-1')
  const wish = { orderId, type: 'MANUAL' as const }
  expect((await pictureOf(trade, placeHoldAct, wish)).changes[0]).toMatchObject({
    label: 'Hold MANUAL',
    before: null,
  })
  for (const _again of [1, 2])
    expect(await doAct(world, trade, placeHoldAct, wish, { effectKey: 'one' })).toMatchObject({
      status: 'done',
    })
  const held = await trade.order('PO-1')
  const manual = held.holds.filter(({ type }) => type === 'MANUAL')
  expect(manual).toHaveLength(1)
  expect(manual[0]).toMatchObject({
    placedBy: 'proposal:prp_1 (Ines)',
    reason: 'Agreed with the customer by phone.',
  })
  await trade.moveHoldEnd(orderId, 'CANCEL_WINDOW', -1)
  expect((await trade.order('PO-1')).stage).toBe('held')
  const release = { orderId, holdId: manual[0]?.holdId ?? '' }
  const before = await pictureOf(trade, releaseHoldAct, release)
  expect(before).toMatchObject({
    title: expect.stringContaining('Lift the hold MANUAL'),
    money: { amountMinor: 100_000, currency: 'USD' },
    orderId,
  })
  expect(before.records[0]?.record).toBe(`order:${orderId}`)
  expect(await doAct(world, trade, releaseHoldAct, release)).toMatchObject({ status: 'done' })
  expect((await trade.order('PO-1')).stage).toBe('picking')
  expect(await trade.timeline(orderId)).toEqual(
    expect.arrayContaining(['hold.placed', 'hold.lifted', 'order.released']),
  )
  expect(await seenBy(trade, releaseHoldAct, release)).toEqual({
    gone: expect.stringContaining('lifted before'),
  })
  expect(await doAct(world, trade, releaseHoldAct, release)).toMatchObject({ status: 'refused' })
})

test('every change of the order shows in the version that a proposal rests on', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 600 }, erp: {}, wms: {} })
  await trade.send(purchaseOrder('PO-1', lines))
  const { orderId } = await trade.order('PO-1')
  const before = await pictureOf(trade, cancelOrderAct, { orderId })
  expect((await pictureOf(trade, cancelOrderAct, { orderId })).records).toEqual(before.records)
  await doAct(world, trade, placeHoldAct, { orderId, type: 'FRAUD' })
  await trade.advance(orderId)
  expect((await pictureOf(trade, cancelOrderAct, { orderId })).records).not.toEqual(before.records)
})

test('the end of the cancel window alone puts no proposal out of date', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 600 }, erp: {}, wms: {} })
  await trade.send(purchaseOrder('PO-1', [{ sku: 'PMP-1003', quantity: 2, unitPrice: '230' }]))
  const { orderId } = await trade.order('PO-1')
  const before = await pictureOf(trade, cancelOrderAct, { orderId })
  await trade.moveHoldEnd(orderId, 'CANCEL_WINDOW', -1)
  await trade.advance(orderId)
  const { holds } = await trade.order('PO-1')
  expect(holds.find(({ type }) => type === 'CANCEL_WINDOW')?.releasedAt).toBeDefined()
  expect((await pictureOf(trade, cancelOrderAct, { orderId })).records).toEqual(before.records)
})

test('whoever brought an order in cannot lift its fraud hold by approving a proposal', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 600 }, erp: {}, wms: {} })
  await trade.send(purchaseOrder('PO-1', lines))
  const { orderId } = await trade.order('PO-1')
  await doAct(world, trade, placeHoldAct, { orderId, type: 'FRAUD' })
  const hold = (await trade.order('PO-1')).holds.find(({ type }) => type === 'FRAUD')
  const release = { orderId, holdId: hold?.holdId ?? '' }
  expect(await seenBy(trade, releaseHoldAct, release)).toEqual({
    gone: expect.stringContaining('reason code'),
  })
  const coded = { ...release, reasonCode: 'reviewed-genuine' }
  expect(await pictureOf(trade, releaseHoldAct, coded)).toMatchObject({ leastRole: 'approver' })
  const itself = `connection:${trade.connectionId('json')}`
  expect(await doAct(world, trade, releaseHoldAct, coded, { approver: itself })).toMatchObject({
    status: 'refused',
    message: expect.stringContaining('somebody else must'),
  })
  expect(await doAct(world, trade, releaseHoldAct, coded)).toMatchObject({ status: 'done' })
})

test('an order is cancelled by proposal before its release, asked back after it, and refused once picked', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 600 }, erp: {}, wms: {} })
  await trade.send([purchaseOrder('PO-1', lines), purchaseOrder('PO-2', lines)])
  const first = await trade.order('PO-1')
  expect(await doAct(world, trade, cancelOrderAct, first)).toMatchObject({ status: 'done' })
  expect(await trade.order('PO-1')).toMatchObject({
    stage: 'cancelled',
    cancelReason: 'Agreed with the customer by phone.',
  })
  expect(await seenBy(trade, cancelOrderAct, first)).toEqual({
    gone: expect.stringContaining('is cancelled'),
  })
  const second = await trade.order('PO-2')
  await trade.moveHoldEnd(second.orderId, 'CANCEL_WINDOW', -1)
  const asked = await doAct(world, trade, cancelOrderAct, second)
  expect(asked).toMatchObject({ status: 'requested' })
  expect('transactionIds' in asked ? asked.transactionIds : []).toHaveLength(1)
  expect(trade.arrived('wms.cancel-pick')).toHaveLength(1)
})

const failedCalls = (trade: Trade) =>
  trade.inTenant((tx) =>
    tx.rows<{ id: string; order: string }>(sql`
      select transaction_id as id, order_id as "order" from transaction where status = 'failed' order by key_seq`),
  )

const subject = (kind: 'cluster' | 'transaction', id: string) => ({ kind, id })

/** A trade whose ERP does not know a product, with so many orders that failed for it. */
async function unknownItem(orders: number) {
  const trade = await world.newTrade()
  const refusal = { errorClass: 'MAPPING', code: 'INVALID_KEY' } as const
  const message = 'Invalid item reference key PMP-1003 for subsidiary 1.'
  trade.answer(({ operation }) =>
    operation === 'erp.create-order' ? { outcome: 'refused', ...refusal, message } : undefined,
  )
  const papers = Array.from({ length: orders }, (_, index) =>
    purchaseOrder(`PO-${index + 1}`, [{ sku: 'PMP-1003', quantity: index + 1, unitPrice: '250' }]),
  )
  await trade.send(papers)
  const triage = triageService(world)
  const [cluster] = await triage.clusters(trade.tenantId)
  if (cluster === undefined) throw new Error('There is no cause.')
  return { trade, triage, cluster }
}

test('calls of a cause are not offered again before it is mended, and then in portions a person can look through', async () => {
  const { trade, triage, cluster } = await unknownItem(53)
  const offered = () =>
    trade.inTenant((tx) => clusterCandidates(tx, subject('cluster', cluster.clusterId)))
  expect(cluster.count).toBe(53)
  expect(await offered()).toEqual([])
  const [first] = await failedCalls(trade)
  expect(
    await trade.inTenant((tx) =>
      transactionCandidates(tx, subject('transaction', first?.id ?? '')),
    ),
  ).toEqual([])
  const to = 'fixed' as const
  await triage.move({
    ...{ tenantId: trade.tenantId, actor: 'person:Ines', clusterId: cluster.clusterId, to },
  })
  const portions = await offered()
  expect(portions.map(({ picture: { changes } }) => changes.length)).toEqual([50, 3])
  expect((await offered()).map(({ payload }) => payload)).toEqual(
    portions.map(({ payload }) => payload),
  )
  expect(portions[0]?.picture).toMatchObject({
    subject: { kind: 'cluster', id: cluster.clusterId },
    evidence: [{ weighs: 'for', text: 'Somebody has said that the cause is mended.' }],
  })
  expect(portions[0]?.picture.isExact).toBeUndefined()
  trade.answer(() => undefined)
  const payload = retryTransactionsAct.payload.parse(portions[0]?.payload)
  const outcome = await doAct(world, trade, retryTransactionsAct, payload)
  expect(outcome).toMatchObject({ status: 'requested', message: '50 calls are sent again.' })
  expect(await failedCalls(trade)).toHaveLength(3)
  expect(trade.arrived('erp.create-order')).toHaveLength(50)
  // The same act once more finds nothing to send.
  expect(await doAct(world, trade, retryTransactionsAct, payload)).toMatchObject({
    status: 'refused',
  })
  expect(await seenBy(trade, retryTransactionsAct, payload)).toEqual({
    gone: expect.stringContaining('nothing to send again'),
  })
  expect(trade.arrived('erp.create-order')).toHaveLength(50)
  expect(await trade.timeline(first?.order ?? '')).toContain('transaction.replayed')
})

test('a call that is not wanted any more says why it is not sent', async () => {
  const { trade } = await unknownItem(2)
  const [first, second] = await failedCalls(trade)
  if (first === undefined || second === undefined) throw new Error('Nothing has failed.')
  await trade.inTenant((tx) =>
    tx.run(sql`update orders set stage = 'cancelled' where order_id = ${first.order}`),
  )
  const both = { transactionIds: [first.id, second.id] }
  const shown = await pictureOf(trade, retryTransactionsAct, both)
  expect(shown.evidence).toContainEqual(
    expect.objectContaining({
      weighs: 'against',
      text: expect.stringContaining('its order is cancelled'),
    }),
  )
  expect(shown.records).toHaveLength(2)
  expect(await seenBy(trade, retryTransactionsAct, { transactionIds: [first.id] })).toEqual({
    gone: expect.stringContaining('its order is cancelled'),
  })
})

test('calls of several currencies are at stake with the largest sum, and take an approver', async () => {
  const { trade } = await unknownItem(3)
  const [first, ...others] = await failedCalls(trade)
  if (first === undefined) throw new Error('Nothing has failed.')
  const transactionIds = [first, ...others].map(({ id }) => id)
  const alone = await pictureOf(trade, retryTransactionsAct, { transactionIds })
  expect(alone.money?.currency).toBe('USD')
  expect(alone.leastRole).toBeUndefined()
  await trade.inTenant((tx) =>
    tx.run(sql`update orders set currency = 'EUR' where order_id = ${first.order}`),
  )
  const mixed = await pictureOf(trade, retryTransactionsAct, { transactionIds })
  expect(mixed.leastRole).toBe('approver')
  expect(mixed.money?.currency).toBe('USD')
  expect(mixed.money?.amountMinor).toBeLessThan(alone.money?.amountMinor ?? 0)
  expect(mixed.evidence.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^At stake in all: .+ USD, .+ EUR\./),
  )
})
