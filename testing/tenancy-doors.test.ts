import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Order } from '../backbone/canonical/order.ts'
import { queueNames } from '../backbone/queue/queues.ts'
import { checkOrder } from '../backbone/services/check-order.ts'
import { noticeWork } from '../backbone/services/notices.ts'
import { orderActions } from '../backbone/services/order-actions.ts'
import { quarantineActions } from '../backbone/services/quarantine-actions.ts'
import { sweepQuarantine } from '../backbone/services/sweep-quarantine.ts'
import { transactionsService } from '../backbone/services/transactions.ts'
import { allOpen, paymentOf, purchaseOrder, shipmentOf } from './flow-papers.ts'
import type { Trade } from './flow-trade.ts'
import { type FlowWorld, openFlowWorld } from './flow-world.ts'

// backbone/http/every-route.test.ts walks every route as a stranger. Here: what stands behind the routes, the
// tables, the jobs, and the documents a stranger sends about another one's orders.

const Marked = z.object({ rows: z.int(), mark: z.string() })
type Marked = z.infer<typeof Marked>

let world: FlowWorld
let owner: Trade
let stranger: Trade

const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')

const boltOrder = (number: string) => purchaseOrder(number, [{ sku: 'FAS-1001', quantity: 2 }])

/** As the database's owner, whom no row is hidden from. */
async function unbound<Row>(row: z.ZodType<Row>, statement: string): Promise<Row[]> {
  return z.array(row).parse((await world.database.jobs.executeSql(statement)).rows)
}

/** Every row of a tenant in every table, as one mark a table. */
async function rowsOf({ tenantId }: Trade): Promise<Record<string, Marked>> {
  const tables = await unbound(
    z.object({ name: z.string() }),
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
  )
  const found: Record<string, Marked> = {}
  for (const { name } of tables) {
    const [all] = await unbound(
      Marked,
      `select count(*)::int as rows, coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as mark
       from "${name}" as t where t.tenant_id = '${tenantId}'`,
    )
    if (all !== undefined) found[name] = all
  }
  return found
}

async function idsOf({ tenantId }: Trade): Promise<string[]> {
  const rows = await unbound(
    z.object({ id: z.string() }),
    `select receipt_id as id from receipt where tenant_id = '${tenantId}'
     union all select document_id from document where tenant_id = '${tenantId}'
     union all select order_id from orders where tenant_id = '${tenantId}'
     union all select transaction_id from transaction where tenant_id = '${tenantId}'
     union all select notice_id from notice where tenant_id = '${tenantId}'
     union all select connection_id from connection where tenant_id = '${tenantId}'`,
  )
  return rows.map(({ id }) => id)
}

beforeAll(async () => {
  world = await openFlowWorld()
  owner = await world.newTrade()
  stranger = await world.newTrade()
  // One order all the way, one bill paid, one order held, one delivery that nobody can read.
  await owner.deliver('x12', fixture('x12/northwind-850-4471.x12'))
  await owner.deliver('x12', fixture('x12/harbor-850-20420-truncated.x12'))
  await world.settle()
  const order = await owner.order('NW-4471')
  await owner.send(shipmentOf(order, 'SH-1', allOpen(order)))
  const [invoice] = (await owner.order('NW-4471')).invoices
  const { invoiceNumber = '', totalMinor = 0 } = invoice ?? {}
  await owner.send(
    paymentOf('PAY-1', totalMinor, [{ invoiceNumber, paidMinor: totalMinor }]),
    'bank',
  )
  await owner.send(purchaseOrder('HELD-1', [{ sku: 'NO-SUCH-SKU', quantity: 1 }]))
  await owner.inTenant((tx) => sweepQuarantine(tx, world.queue))
  expect(world.failures).toEqual([])
})
afterAll(() => world.close())

test('in every table the rows of another tenant are not there: not to read, not to change, not to delete', async () => {
  const owned = await rowsOf(owner)
  const filled = Object.entries(owned).filter(([, { rows }]) => rows > 0)
  // A table that nothing was written to would prove nothing.
  expect(filled.map(([table]) => table)).toEqual(
    expect.arrayContaining([
      ...['receipt', 'raw_document', 'document', 'quarantine', 'orders', 'order_line', 'hold'],
      ...['pick', 'shipment', 'invoice', 'payment', 'transaction', 'transaction_attempt', 'event'],
      ...['connection', 'customer', 'product', 'stock'],
    ]),
  )
  const seen: string[] = []
  for (const [table] of filled) {
    const theirs = sql`${sql.identifier(table)} where tenant_id = ${owner.tenantId}`
    const touched = async (statement: ReturnType<typeof sql>) =>
      stranger
        .inTenant((tx) => tx.run(statement))
        // A table of the log refuses changes by grant, before any row is looked at.
        .catch((error: unknown) =>
          String(error).includes('permission denied') ? 0 : String(error),
        )
    const read = await stranger.inTenant((tx) => tx.rows(sql`select 1 from ${theirs}`))
    const updated = await touched(
      sql`update ${sql.identifier(table)} set tenant_id = tenant_id where tenant_id = ${owner.tenantId}`,
    )
    const deleted = await touched(sql`delete from ${theirs}`)
    if (read.length !== 0 || updated !== 0 || deleted !== 0)
      seen.push(`${table}: ${read.length} read, ${updated} updated, ${deleted} deleted`)
  }
  expect(seen, 'repeat the tenancy statements of 0001 for the table').toEqual([])
  expect(await rowsOf(owner)).toEqual(owned)
})

test('a row cannot be written into another tenant', async () => {
  await expect(
    stranger.inTenant((tx) =>
      tx.run(sql`
        insert into connection (connection_id, tenant_id, kind, name)
        values ('slipped-in', ${owner.tenantId}, 'json', 'Slipped in')`),
    ),
  ).rejects.toThrow(/row-level security/)
  await expect(
    stranger.inTenant((tx) => tx.run(sql`update connection set tenant_id = ${owner.tenantId}`)),
  ).rejects.toThrow(/row-level security/)
})

test('acting on another tenant’s order, hold, quarantine or call is acting on nothing', async () => {
  const before = await rowsOf(owner)
  const tools = { database: world.database, queue: world.queue }
  const { tenantId } = stranger
  const who = { tenantId, actor: 'person:Mallory', reason: 'Because.' }
  const held = await owner.order('HELD-1')
  const [hold] = held.holds
  const [quarantined] = await owner.quarantined()
  const acts = orderActions(tools)
  const decisions = quarantineActions(tools)
  const quarantineId = quarantined?.quarantine_id ?? ''
  for (const orderId of [held.orderId, held.orderNumber])
    expect(await acts.cancel({ ...who, orderId })).toEqual({ status: 'unknown' })
  const holdId = hold?.holdId ?? ''
  expect(holdId).not.toBe('')
  expect(await acts.releaseHold({ ...who, orderId: held.orderId, holdId })).toEqual({
    status: 'unknown',
  })
  expect(quarantineId).not.toBe('')
  expect(await decisions.release({ ...who, quarantineId })).toBe('unknown')
  expect(await decisions.discard({ ...who, quarantineId })).toBe('unknown')
  const selection = { ids: await idsOf(owner) }
  expect(await transactionsService(tools).replay({ ...who, selection })).toMatchObject({
    replayed: 0,
    dropped: 0,
  })
  await world.settle()
  expect(await rowsOf(owner)).toEqual(before)
})

test('a document about another tenant’s order, bill or purchase order finds nothing to change', async () => {
  const before = await rowsOf(owner)
  const held = await owner.order('HELD-1')
  const [invoice] = (await owner.order('NW-4471')).invoices
  const { invoiceNumber = '' } = invoice ?? {}
  await stranger.send([
    shipmentOf(held, 'SH-9', allOpen(held)),
    { docType: 'order-change', purpose: 'cancel', currency: 'USD', purchaseOrderNumber: 'HELD-1' },
  ])
  await stranger.send(paymentOf('PAY-9', 100, [{ invoiceNumber, paidMinor: 100 }]), 'bank')
  expect(await rowsOf(owner)).toEqual(before)
  // The same purchase order number is two orders, each its own tenant's.
  await stranger.send(purchaseOrder('HELD-1', [{ sku: 'NO-SUCH-SKU', quantity: 1 }]))
  const theirs = await stranger.order('HELD-1')
  expect(theirs.orderId).not.toBe(held.orderId)
  expect(theirs.findings.map(({ kind }) => kind)).not.toContain('DUPLICATE_PO')
  expect(await rowsOf(owner)).toEqual(before)
})

test('a dry run never sees another tenant’s orders: a number they have used is new here', async () => {
  const check = checkOrder({ database: world.database })
  const order = Order.parse(purchaseOrder('NW-4471', [{ sku: 'FAS-1001', quantity: 2 }]))
  const found = JSON.stringify(await check({ tenantId: stranger.tenantId, order }))
  expect(found).not.toContain('DUPLICATE')
  expect(found).not.toContain('PO_REUSED')
  const own = JSON.stringify(await check({ tenantId: owner.tenantId, order }))
  expect(own).toMatch(/DUPLICATE|PO_REUSED/)
})

test('a forged job that names another tenant’s records does nothing, in every queue', async () => {
  // Records at every point of their way, with no job of their own left.
  await owner.hand(boltOrder('WAITING-CALL'))
  await world.work('read-receipt')
  await world.work('apply-document')
  await owner.hand(boltOrder('NOT-APPLIED'))
  await world.work('read-receipt')
  await owner.hand(boltOrder('NOT-READ'))
  await unbound(
    z.object({}),
    `delete from pgboss.job where data->>'tenantId' = '${owner.tenantId}'`,
  )
  const ids = await idsOf(owner)
  const before = await rowsOf(owner)
  const [ours, theirs] = [owner.arrived().length, stranger.arrived().length]
  const notices = noticeWork({
    enqueueCalls: () => Promise.reject(new Error('Nobody is to be told.')),
  })
  for (const queue of queueNames)
    await stranger.inTenant(async (tx) => {
      if (queue === 'send-notice') await notices.work(tx, ids)
      else await world.queue.enqueue(tx, queue, ids)
    })
  await world.settle()
  expect(world.failures).toEqual([])
  expect(await rowsOf(owner)).toEqual(before)
  expect([owner.arrived().length, stranger.arrived().length]).toEqual([ours, theirs])

  // The same jobs in their owner's name do the work: it was the tenant that stopped them.
  for (const queue of queueNames.filter((name) => name !== 'send-notice'))
    await owner.inTenant((tx) => world.queue.enqueue(tx, queue, ids))
  await world.settle()
  for (const number of ['WAITING-CALL', 'NOT-APPLIED', 'NOT-READ'])
    expect([number, (await owner.order(number)).stage]).toEqual([number, 'picking'])
})
