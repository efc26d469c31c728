import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { purchaseOrder } from '../../testing/flow-papers.ts'
import { doorSecret, type Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { quarantineActions } from '../services/quarantine-actions.ts'
import type { Database } from '../store/database.ts'
import { doneAgainWhenLost, LostToOthers } from '../store/database-trouble.ts'
import { openIntake } from './intake.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const Answer = z.object({
  receiptId: z.string(),
  status: z.union([z.string(), z.number()]),
  duplicateOf: z.string().optional(),
  conflictsWith: z.string().optional(),
})

const answerOf = (answer: { body: string }) => Answer.parse(JSON.parse(answer.body))

const order = (number: string, quantity = 1) =>
  JSON.stringify(purchaseOrder(number, [{ sku: 'FAS-1001', quantity }]))

async function receipts(trade: Trade) {
  return trade.inTenant((tx) =>
    tx.rows<{ receipt_id: string; status: string; duplicates: number }>(
      sql`select receipt_id, status, duplicates from receipt order by received_seq`,
    ),
  )
}

/** The real database, whose transactions end only when the gate is opened. */
function gated(database: Database) {
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  let tellWorkDone: () => void = () => undefined
  const workDone = new Promise<void>((resolve) => {
    tellWorkDone = resolve
  })
  const commits = { begun: 0 }
  const slow: Database = {
    ...database,
    inTenant(tenantId, work) {
      commits.begun += 1
      return database.inTenant(tenantId, async (tx) => {
        const result = await work(tx)
        tellWorkDone()
        await gate
        return result
      })
    },
  }
  return { slow, commits, open: () => open(), workDone }
}

test('two hundred deliveries of the same moment share a few commits, and none is answered before its own', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 600 } })
  const { slow, commits, open, workDone } = gated(world.database)
  const { queue, connections, channels } = world
  const intake = openIntake({ database: slow, queue, connections, channels })
  let answered = 0
  const deliveries = Array.from({ length: 200 }, async (_, index) => {
    const answer = await intake.receive({
      channel: 'json',
      connectionId: trade.connectionId('json'),
      headers: { 'x-api-key': doorSecret },
      body: new TextEncoder().encode(order(`PO-${index}`)),
      traceparent: undefined,
    })
    answered += 1
    return answer
  })
  await workDone
  expect(answered).toBe(0)
  open()
  const answers = await Promise.all(deliveries)
  await intake.drained()
  expect(answers.every((answer) => answer.status === 202)).toBe(true)
  expect(new Set(answers.map((answer) => answerOf(answer).receiptId)).size).toBe(200)
  expect(commits.begun).toBeLessThanOrEqual(10)
  expect(await receipts(trade)).toHaveLength(200)
  await world.settle()
})

test('when the commit fails nobody is told that a delivery was taken', async () => {
  const trade = await world.newTrade()
  const broken: Database = {
    ...world.database,
    inTenant: () => Promise.reject(new Error('The disk is full.')),
  }
  const { queue, connections, channels } = world
  const intake = openIntake({ database: broken, queue, connections, channels })
  const delivery = {
    channel: 'json',
    connectionId: trade.connectionId('json'),
    headers: { 'x-api-key': doorSecret },
    body: new TextEncoder().encode(order('PO-1')),
    traceparent: undefined,
  }
  await expect(intake.receive(delivery)).rejects.toThrow('The disk is full.')
  expect(await receipts(trade)).toEqual([])
})

test('the same delivery sent many times at once is kept once, and all are answered with the one receipt', async () => {
  const trade = await world.newTrade()
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => trade.deliver('json', order('PO-1'))),
  )
  const ids = new Set(answers.map((answer) => answerOf(answer).receiptId))
  expect(ids.size).toBe(1)
  expect(answers.filter((answer) => answer.status === 202)).toHaveLength(1)
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(19)
  expect(await receipts(trade)).toMatchObject([{ status: 'accepted', duplicates: 19 }])
  await world.settle()
  expect(await trade.orders('PO-1')).toHaveLength(1)
})

test('the same id with other content is a conflict: kept, set aside, and without effect until a person decides', async () => {
  const trade = await world.newTrade()
  const headers = { 'idempotency-key': 'key-1' }
  const first = await trade.deliver('json', order('PO-1'), { headers })
  const second = await trade.deliver('json', order('PO-2'), { headers })
  expect(second.status).toBe(409)
  expect(answerOf(second).conflictsWith).toBe(answerOf(first).receiptId)
  await world.settle()
  expect(await trade.orders('PO-2')).toEqual([])
  const [entry] = await trade.quarantined()
  expect(entry).toMatchObject({ kind: 'conflict', status: 'open' })
  const decision = {
    tenantId: trade.tenantId,
    quarantineId: entry?.quarantine_id ?? '',
    actor: 'key:Dana',
    reason: 'The sender says both count.',
  }
  const actions = quarantineActions(world)
  expect(await actions.release(decision)).toBe('done')
  expect(await actions.discard(decision)).toBe('already-decided')
  expect(await actions.release({ ...decision, quarantineId: 'qrn_unknown' })).toBe('unknown')
  await world.settle()
  expect(await trade.order('PO-2')).toMatchObject({ stage: 'picking' })
  expect(await trade.quarantined()).toMatchObject([{ status: 'released', decided_by: 'key:Dana' }])
})

test('a delivery with a wrong secret, at a wrong door or of nobody leaves nothing behind and learns nothing', async () => {
  const trade = await world.newTrade()
  const other = await world.newTrade()
  const wrong = await trade.deliver('json', order('PO-1'), { secret: 'not-the-secret' })
  const without = await trade.deliver('json', order('PO-1'), { headers: { authorization: '' } })
  const nobody = await world.intake.receive({
    channel: 'json',
    connectionId: 'no-such-connection',
    headers: { 'x-api-key': doorSecret },
    body: new TextEncoder().encode(order('PO-1')),
    traceparent: undefined,
  })
  const wrongDoor = await world.intake.receive({
    channel: 'x12',
    connectionId: trade.connectionId('json'),
    headers: { 'x-api-key': doorSecret },
    body: new TextEncoder().encode(order('PO-1')),
    traceparent: undefined,
  })
  const answers = [wrong, without, nobody, wrongDoor]
  expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401])
  expect(new Set(answers.map((answer) => answer.body)).size).toBe(1)
  await world.settle()
  for (const one of [trade, other]) {
    expect(await receipts(one)).toEqual([])
    expect(await one.quarantined()).toEqual([])
  }
})

test('a shop webhook whose signature is of another body, or of another shop, is turned away', async () => {
  const trade = await world.newTrade({ shop: {} })
  const body = readFileSync(
    new URL('../../fixtures/shopify/1003-create.json', import.meta.url),
    'utf8',
  )
  const genuine = await trade.shop('orders/create', body, 'w-1')
  expect(genuine.status).toBe(200)
  const again = await trade.shop('orders/create', body, 'w-1')
  expect(answerOf(again).duplicateOf).toBe(answerOf(genuine).receiptId)
  const forged = await trade.deliver('shop', body.replace('3.18', '0.18'), {
    headers: {
      'x-shopify-topic': 'orders/create',
      'x-shopify-shop-domain': 'meridian-industrial.myshopify.example',
      'x-shopify-webhook-id': 'w-2',
      'x-shopify-hmac-sha256': 'c29tZXRoaW5nIGVsc2UgYWx0b2dldGhlciBvZiAzMg==',
    },
  })
  expect(forged.status).toBe(401)
  expect(await receipts(trade)).toHaveLength(1)
})

test('JSON that cannot be taken is answered with its findings, kept as a rejected receipt, and nothing follows', async () => {
  const trade = await world.newTrade()
  const answer = await trade.deliver('json', '{"docType": "order", "lines": []}')
  expect(answer.status).toBe(422)
  expect(answer.body).toContain('purchaseOrderNumber')
  await world.settle()
  expect(await receipts(trade)).toMatchObject([{ status: 'rejected' }])
  expect(await trade.documents()).toEqual([])
})

test('an interchange with one bad order of two is read in part; released again, the good order is not made twice', async () => {
  const trade = await world.newTrade()
  const interchange = readFileSync(
    new URL('../../fixtures/x12/northwind-850-batch-one-bad-quantity.x12', import.meta.url),
    'utf8',
  )
  expect((await trade.deliver('x12', interchange)).status).toBe(202)
  await world.settle()
  const before = await trade.documents()
  expect(before.length).toBeGreaterThan(0)
  const [entry] = await trade.quarantined()
  expect(entry).toMatchObject({ kind: 'partly-readable' })
  await quarantineActions(world).release({
    tenantId: trade.tenantId,
    quarantineId: entry?.quarantine_id ?? '',
    actor: 'key:Dana',
    reason: 'Look again.',
  })
  await world.settle()
  expect((await trade.documents()).map((row) => row.number)).toEqual(
    before.map((row) => row.number),
  )
  expect((await trade.quarantined()).map((row) => row.status)).toEqual(['released', 'open'])
})

test('bytes that are no interchange are set aside whole; discarded, they stay on record without effect', async () => {
  const trade = await world.newTrade()
  expect((await trade.deliver('x12', 'Dear Sirs, please send bolts.')).status).toBe(202)
  await world.settle()
  const [entry] = await trade.quarantined()
  expect(entry).toMatchObject({ kind: 'unreadable', status: 'open' })
  const discarded = await quarantineActions(world).discard({
    tenantId: trade.tenantId,
    quarantineId: entry?.quarantine_id ?? '',
    actor: 'key:Dana',
    reason: 'A letter.',
  })
  expect(discarded).toBe('done')
  await world.settle()
  expect(await trade.quarantined()).toMatchObject([{ status: 'discarded', decided_by: 'key:Dana' }])
  const [event] = await trade.inTenant((tx) =>
    tx.rows<{ actor: string }>(sql`select actor from event where kind = 'quarantine.discarded'`),
  )
  expect(event?.actor).toBe('key:Dana')
})

test('deliveries under ids that no index or text of the database can hold are kept like all others', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 600 }, x12: {} })
  const endless = Array.from({ length: 400 }, (_, index) =>
    createHash('md5').update(`${index}`).digest('hex'),
  )
  const longKey = { 'idempotency-key': endless.join('') }
  const interchange = new URL(
    '../../fixtures/x12/northwind-850-batch-one-bad-quantity.x12',
    import.meta.url,
  )
  const withNul = readFileSync(interchange, 'latin1').replace(/BEG\*00\*(\w+)\*/, 'BEG*00*$1*\0')
  expect(withNul).toContain('\0')
  const answers = await Promise.all([
    trade.deliver('json', order('PO-1')),
    trade.deliver('json', order('PO-2'), { headers: longKey }),
    trade.deliver('x12', withNul),
    trade.deliver('json', order('PO-3')),
  ])
  expect(answers.map((answer) => answer.status)).toEqual([202, 202, 202, 202])
  // The same id again is known again, and other content under it is still a conflict.
  const again = await trade.deliver('json', order('PO-2'), { headers: longKey })
  const other = await trade.deliver('json', order('PO-4'), { headers: longKey })
  expect([again.status, other.status]).toEqual([200, 409])
})

/** The real database, whose transactions give way to others this often before they commit. */
function givingWay(database: Database, times: number): Database {
  let left = times
  return {
    ...database,
    inTenant: (tenantId, work) =>
      database.inTenant(tenantId, async (tx) => {
        const result = await work(tx)
        left -= 1
        if (left >= 0) throw new LostToOthers('Given way.', { code: '40P01', retryAfterSeconds: 1 })
        return result
      }),
  }
}

test('deliveries whose commit gave way to another are all kept by the next try, and each is answered', async () => {
  const trade = await world.newTrade({ json: { cancelWindowSeconds: 600 } })
  const { queue, connections, channels } = world
  const database = doneAgainWhenLost(givingWay(world.database, 2))
  const intake = openIntake({ database, queue, connections, channels })
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, index) =>
      intake.receive({
        channel: 'json',
        connectionId: trade.connectionId('json'),
        headers: { 'x-api-key': doorSecret },
        body: new TextEncoder().encode(order(`PO-LOST-${index}`)),
        traceparent: undefined,
      }),
    ),
  )
  expect(answers.map((answer) => answer.status)).toEqual([202, 202, 202, 202, 202])
  expect((await receipts(trade)).map((row) => row.receipt_id)).toEqual(
    answers.map((answer) => answerOf(answer).receiptId),
  )
})
