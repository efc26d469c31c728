import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { purchaseOrder } from '../../../testing/flow-papers.ts'
import type { Trade } from '../../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../../testing/flow-world.ts'
import { orderActions } from '../../services/order-actions.ts'
import { transactionsService } from '../../services/transactions.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const pump = (quantity: number) => [{ sku: 'PMP-1003', quantity }]
const who = (trade: Trade) => ({ tenantId: trade.tenantId, actor: 'key:Dana' })

const refuse = (trade: Trade, operation: string) =>
  trade.answer((call) =>
    call.operation === operation
      ? {
          outcome: 'refused',
          errorClass: 'MAPPING',
          code: 'UNKNOWN_ITEM',
          message: 'Unknown item.',
        }
      : undefined,
  )

async function drop(trade: Trade, operation: string, reason = 'Keyed in by hand.') {
  const page = { limit: 10, after: undefined }
  const service = transactionsService(world)
  const { items } = await service.list({ ...who(trade), page, operation })
  const transactionId = items[0]?.transactionId ?? ''
  const result = await service.drop({ ...who(trade), transactionId, reason })
  await world.settle()
  return result
}

const active = async (trade: Trade) =>
  (await trade.order('PO-1')).holds.filter((hold) => hold.releasedAt === undefined)

test('an order whose call to the ERP was dropped is held until somebody has it sent after all', async () => {
  const trade = await world.newTrade()
  refuse(trade, 'erp.create-order')
  await trade.send(purchaseOrder('PO-1', pump(4)))
  expect(await active(trade)).toMatchObject([{ type: 'MANUAL' }])
  expect(await drop(trade, 'erp.create-order')).toEqual({ outcome: 'dropped' })
  const order = await trade.order('PO-1')
  expect(order.stage).toBe('held')
  const [hold, ...others] = await active(trade)
  expect(others).toEqual([])
  expect(hold?.reason).toBe(
    'The order is not sent to the ERP (Keyed in by hand.). Cancel it, or lift this hold to send it after all.',
  )
  trade.answer(() => undefined)
  const lifted = await orderActions(world).releaseHold({
    ...who(trade),
    orderId: order.orderId,
    holdId: hold?.holdId ?? '',
    reason: 'Send it after all.',
  })
  expect(lifted).toMatchObject({ status: 'requested' })
  await world.settle()
  expect((await trade.order('PO-1')).stage).toBe('picking')
  expect(trade.arrived('erp.create-order')).toHaveLength(1)
  expect(await trade.timeline(order.orderId)).toContain('transaction.replayed')
})

test('a withdrawal of a pick that was dropped leaves the pick with the warehouse, and the cancel is over', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-1', pump(4)))
  const { orderId } = await trade.order('PO-1')
  trade.answer((call) =>
    call.operation === 'wms.cancel-pick'
      ? {
          outcome: 'failed',
          errorClass: 'TRANSPORT',
          code: 'DOWN',
          message: 'Away.',
          retryAfterMs: 3_600_000,
        }
      : undefined,
  )
  await orderActions(world).cancel({ ...who(trade), orderId, reason: 'The customer rang.' })
  await world.settle()
  expect((await trade.order('PO-1')).picks).toMatchObject([{ status: 'cancel-requested' }])
  expect(await drop(trade, 'wms.cancel-pick', 'It is on the truck.')).toEqual({
    outcome: 'dropped',
  })
  const order = await trade.order('PO-1')
  expect(order.picks).toMatchObject([{ status: 'picking' }])
  expect(order.cancelReason).toBeUndefined()
  expect(await trade.timeline(orderId)).toContain('order.cancel-refused')
})

test('an order the ERP has refused can be cancelled: neither its creation nor a cancellation waits any more', async () => {
  const trade = await world.newTrade()
  refuse(trade, 'erp.create-order')
  await trade.send(purchaseOrder('PO-1', pump(4)))
  const { orderId } = await trade.order('PO-1')
  await orderActions(world).cancel({ ...who(trade), orderId, reason: 'The customer rang.' })
  await world.settle()
  expect((await trade.order('PO-1')).stage).toBe('cancelled')
  const calls = await trade.inTenant((tx) =>
    tx.rows<{ operation: string; status: string }>(
      sql`select operation, status from transaction where operation like 'erp.%' order by key_seq`,
    ),
  )
  expect(calls).toEqual([
    { operation: 'erp.create-order', status: 'dropped' },
    { operation: 'erp.cancel-order', status: 'dropped' },
  ])
  expect(await trade.stock('PMP-1003', 'DAL')).toMatchObject({ allocated: 0 })
})

test('a cancel that overtakes the answer of the ERP ends in nothing waiting, too', async () => {
  const trade = await world.newTrade()
  // Asked once without an answer, then refused: the cancel has come in between.
  let isDown = true
  trade.answer((call) => {
    if (call.operation !== 'erp.create-order') return undefined
    return isDown
      ? { outcome: 'failed', errorClass: 'TRANSPORT', code: 'DOWN', message: 'Away.' }
      : { outcome: 'refused', errorClass: 'MAPPING', code: 'UNKNOWN_ITEM', message: 'Unknown.' }
  })
  await trade.send(purchaseOrder('PO-1', pump(4)))
  const { orderId } = await trade.order('PO-1')
  await orderActions(world).cancel({ ...who(trade), orderId, reason: 'The customer rang.' })
  isDown = false
  await trade.inTenant((tx) =>
    tx.run(sql`update transaction set due_at = now() where operation = 'erp.create-order'`),
  )
  await trade.inTenant(async (tx) => {
    const [row] = await tx.rows<{ id: string }>(
      sql`select transaction_id as id from transaction where operation = 'erp.create-order'`,
    )
    await world.queue.enqueue(tx, 'deliver-transaction', [row?.id ?? ''])
  })
  await world.settle()
  const left = await trade.inTenant((tx) =>
    tx.rows(sql`
      select operation from transaction
      where operation like 'erp.%' and status in ('waiting', 'in-doubt', 'failed')`),
  )
  expect(left).toEqual([])
})
