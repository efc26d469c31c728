import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { purchaseOrder } from '../../testing/flow-papers.ts'
import { openFlowWorld } from '../../testing/flow-world.ts'
test('x', async () => {
  const world = await openFlowWorld()
  const trade = await world.newTrade()
  const t0 = performance.now()
  const say = (what: string) => process.stderr.write(`${what} ${Math.round(performance.now() - t0)}\n`)
  await Promise.all(Array.from({ length: 200 }, (_, i) => trade.deliver('json', JSON.stringify(purchaseOrder(`PO-${i}`, [{ sku: 'FAS-1001', quantity: 1 }])))))
  say('in')
  let n = 0
  trade.answer((call) => { n += 1; if (n % 25 === 0) say(`call ${n} ${call.operation}`); return undefined })
  await world.work('read-receipt'); say('read')
  await world.work('apply-document'); say('apply')
  await world.settle(); say('settled')
  const rows = await trade.inTenant((tx) => tx.rows(sql`select operation, status, count(*)::int, max(attempts) from transaction group by 1,2`))
  say(JSON.stringify(rows))
  expect(world.failures).toEqual([])
  await world.close()
})
