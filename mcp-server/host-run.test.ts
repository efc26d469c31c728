import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type JobQueue, openJobQueue } from '../backbone/queue/job-queue.ts'
import { inBatches } from '../backbone/queue/worker.ts'
import { allActs } from '../backbone/services/proposals/all-acts.ts'
import { executeProposalWork } from '../backbone/services/proposals/execute-proposals.ts'
import { type McpWorld, openMcpWorld } from '../testing/mcp-world.ts'
import { signedIn } from '../testing/signed-in.ts'
import { furnishForTools } from '../testing/tools-world.ts'
import { insertWholeOrder, orderOnItsWay } from '../testing/whole-order.ts'

// A seeded distributor takes its time; a part of the checks sets this.
const isWanted = process.env['TEST_MCP'] === '1'

let world: McpWorld
let queue: JobQueue
let tenantId: string

beforeAll(async () => {
  if (!isWanted) return
  world = await openMcpWorld()
  queue = await openJobQueue(world.database, { onError: () => undefined, supervise: false })
  tenantId = (await furnishForTools(world.database, await world.newTenant())).tenantId
}, 120_000)
afterAll(async () => {
  if (!isWanted) return
  await queue.stop()
  await world.close()
})

/** An order that is stuck: twenty bearings are wanted and none are there. */
function shortOrder() {
  const { releasedAt: _released, ...plain } = orderOnItsWay()
  const [line] = plain.lines
  if (line === undefined) throw new Error('The sample order has a line.')
  const sku = 'BRG-1007'
  return {
    ...{ ...plain, stage: 'held' as const, customerNumber: 'C-10001', erpRevision: 0 },
    ...{ picks: [], shipments: [], invoices: [], holds: [] },
    lines: [
      {
        ...{ ...line, sku, item: { identifiers: [{ scheme: 'sku' as const, value: sku }] } },
        ...{ quantity: '20', orderedEach: 20, allocatedEach: 0, shippedEach: 0, invoicedEach: 0 },
        ...{ sentUnitPrice: '9.0334', unitPrice: '9.0334', lineAmountMinor: 18_067 },
      },
    ],
  }
}

async function doneJobs(): Promise<void> {
  const work = executeProposalWork({ queue, acts: allActs })
  const failures: unknown[] = []
  const batches = inBatches(world.database, queue, work, {
    worked: () => undefined,
    failed: (_, error) => void failures.push(error),
  })
  const jobs = await queue.fetch('execute-proposal', { batchSize: 10 })
  await batches(jobs)
  expect([jobs.length, failures]).toEqual([1, []])
}

const Proposed = z.object({
  proposal_id: z.string(),
  status: z.string(),
  dashboard_url: z.string(),
})

test.skipIf(!isWanted)(
  'a host finds a stuck order, reads why, proposes a substitute and polls; a person approves; the host sees that it succeeded',
  async () => {
    const order = shortOrder()
    await insertWholeOrder(world.database, tenantId, order)
    const host = await world.connect(await world.newKey(tenantId, { role: 'mcp' }))
    const call = async (name: string, args: Record<string, unknown>) => {
      const { structuredContent, isError, content } = await host.callTool({ name, arguments: args })
      expect([name, isError, isError === true ? content : '']).toEqual([name, undefined, ''])
      return z.record(z.string(), z.unknown()).parse(structuredContent)
    }
    try {
      const found = await call('order_search', { stage: 'held', text: order.orderNumber })
      expect(found).toMatchObject({ items: [{ order_id: order.orderId, stage: 'held' }] })
      expect(await call('order_get', { order: order.orderId })).toMatchObject({ stage: 'held' })
      const ways = z
        .array(z.looseObject({ kind: z.string(), candidate_id: z.string(), text: z.string() }))
        .parse((await call('order_alternatives', { order: order.orderId }))['items'])
      const substitute = ways.find(({ kind }) => kind === 'substitute-line')
      const proposed = Proposed.parse(
        await call('propose_order_change', {
          order_id: order.orderId,
          candidate_id: substitute?.candidate_id,
        }),
      )
      expect(proposed.status).toBe('requires_review')
      const proposal = { proposal_id: proposed.proposal_id }
      expect(await call('proposal_get', proposal)).toMatchObject({ status: 'requires_review' })

      const { headers } = await signedIn(world, { tenantId, role: 'approver' })
      const shown = await world.request(`/v1/proposals/${proposed.proposal_id}`, undefined, {
        headers,
      })
      const { version, effectHash } = z
        .object({ version: z.int(), effectHash: z.string() })
        .parse(await shown.json())
      const decided = await world.request(
        `/v1/proposals/${proposed.proposal_id}/decision`,
        undefined,
        {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify({ decision: 'approve', version, effectHash }),
        },
      )
      expect([decided.status, await decided.text()]).toEqual([200, expect.any(String)])
      expect(await call('proposal_get', proposal)).toMatchObject({ status: 'approved' })
      await doneJobs()
      expect(await call('proposal_get', proposal)).toMatchObject({ status: 'succeeded' })
    } finally {
      await host.close()
    }
  },
)
