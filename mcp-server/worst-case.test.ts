import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type McpWorld, openMcpWorld } from '../testing/mcp-world.ts'
import { furnishForTools, hugeOrder, type ToolsTenant } from '../testing/tools-world.ts'
import { insertWholeOrder } from '../testing/whole-order.ts'
import { mostBytes } from '../tools/call-tool.ts'
import { catalog } from '../tools/catalog.ts'

// A seeded distributor takes its time; a part of the checks sets this.
const isWanted = process.env['TEST_MCP'] === '1'

let world: McpWorld
let own: ToolsTenant
let key: string

beforeAll(async () => {
  if (!isWanted) return
  world = await openMcpWorld({ options: { rateLimit: { burst: 10_000, perSecond: 1_000 } } })
  own = await furnishForTools(world.database, await world.newTenant(), { held: 30, failed: 30 })
  await insertWholeOrder(world.database, own.tenantId, hugeOrder())
  key = await world.newKey(own.tenantId, { role: 'mcp' })
}, 180_000)
afterAll(async () => {
  if (isWanted) await world.close()
})

const Result = z.looseObject({
  isError: z.boolean().optional(),
  structuredContent: z.looseObject({
    items: z.array(z.record(z.string(), z.unknown())).optional(),
    next_cursor: z.string().optional(),
  }),
})

async function call(name: string, args: Record<string, unknown>) {
  const { result } = await world.send(key, 'tools/call', { name, arguments: args })
  const bytes = Buffer.byteLength(JSON.stringify(result))
  return { bytes, ...Result.parse(result).structuredContent }
}

const lists = catalog.filter(
  ({ publish, input, output }) =>
    publish === 'mcp' && 'cursor' in input.shape && 'items' in output.shape,
)

/** What each list must be asked about. */
const about = (): Record<string, Record<string, unknown>> => ({
  order_alternatives: { customer_number: 'C-10001', lines: ['BRG-1007=20 EA'] },
  failure_search: { status: 'failed' },
  order_search: { stage: 'held' },
})

/** The rows of a list, page by page to its end. */
async function rowsOf(name: string, asked: Record<string, unknown>): Promise<string[]> {
  const rows: string[] = []
  let cursor: string | undefined
  do {
    const page = await call(name, { ...asked, ...(cursor === undefined ? {} : { cursor }) })
    rows.push(...(page.items ?? []).map((item) => JSON.stringify(item)))
    cursor = page.next_cursor
  } while (cursor !== undefined && rows.length < 500)
  return rows
}

test.skipIf(!isWanted)(
  'every list pages to its end over the protocol, without a missing or doubled row',
  async () => {
    expect(lists.length).toBeGreaterThan(5)
    for (const { name } of lists) {
      const args = about()[name] ?? {}
      const whole = await rowsOf(name, args)
      const single = await rowsOf(name, { ...args, limit: 1 })
      expect([name, single]).toEqual([name, whole])
      expect([name, new Set(whole).size]).toEqual([name, whole.length])
    }
  },
  120_000,
)

test.skipIf(!isWanted)(
  'no result passes forty kilobytes, text and structure together, however much is asked for',
  async () => {
    const { items: orders = [] } = await call('order_search', { limit: 100 })
    const most = (name: string) => {
      const limit = catalog.find((tool) => tool.name === name)?.input.shape['limit']
      return [100, 60, 50].find((size) => limit?.safeParse(size).success === true) ?? 20
    }
    for (const { name } of lists) {
      const { bytes } = await call(name, { ...about()[name], limit: most(name) })
      expect([name, bytes <= mostBytes]).toEqual([name, true])
      const usual = await call(name, about()[name] ?? {})
      expect([name, usual.bytes <= 8_192 + 2_048]).toEqual([name, true])
    }
    for (const order of orders.map((one) => one['order_id']))
      for (const name of ['order_get', 'order_validate']) {
        const { bytes } = await call(name, { order })
        expect([name, order, bytes <= 2 * 8_192 + 2_048]).toEqual([name, order, true])
      }
  },
  120_000,
)
