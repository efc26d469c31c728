import { experimental_createMCPClient } from '@ai-sdk/mcp'
import { MultiServerMCPClient } from '@langchain/mcp-adapters'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type McpWorld, openMcpWorld } from '../../testing/mcp-world.ts'
import { furnishForTools, type ToolsTenant } from '../../testing/tools-world.ts'
import { catalog } from '../../tools/catalog.ts'
import { inspector, isInstalled } from './run-proof.ts'

const isWanted = process.env['TEST_MCP'] === '1'
const proof = test.skipIf(!isWanted)
const published = catalog
  .filter(({ publish }) => publish === 'mcp')
  .map(({ name }) => name)
  .sort()

let world: McpWorld
let own: ToolsTenant
let key: string

beforeAll(async () => {
  if (!isWanted) return
  world = await openMcpWorld()
  own = await furnishForTools(world.database, await world.newTenant())
  key = await world.newKey(own.tenantId, { role: 'mcp' })
  const admin = await world.newKey(own.tenantId, { role: 'admin' })
  for (const to of ['diagnosed', 'fix-proposed', 'fixed'])
    await world.request(`/v1/transactions/clusters/${encodeURIComponent(mended())}/state`, admin, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to }),
    })
}, 120_000)
afterAll(() => world?.close())

/** The cause that people have mended, so that its calls may be sent again. */
const mended = () => own.whole.clusterId

const Answer = z.record(z.string(), z.unknown())
type Answer = z.infer<typeof Answer>
type Ask = (name: string, args: Answer) => Promise<Answer>

const Found = z.object({
  candidates: z.array(z.object({ candidate_id: z.string(), kind: z.string() })),
})

/** What a host at work does: looks things up, proposes what it found, follows the proposals. Names the tools called. */
async function useEveryTool(ask: Ask): Promise<string[]> {
  const called = new Set<string>()
  const call: Ask = async (name, args) => {
    const answer = await ask(name, args)
    called.add(name)
    return answer
  }
  const candidate = async (name: string, args: Answer, kind: string) => {
    const { candidates } = Found.parse(await call(name, args))
    return candidates.find((one) => one.kind === kind)?.candidate_id
  }
  const order = own.held[0]?.orderId
  expect(await call('order_search', { is_held: true, limit: 2 })).toMatchObject({ items: [{}, {}] })
  expect(await call('order_get', { order })).toMatchObject({ order_id: order, stage: 'held' })
  const release = await candidate('order_validate', { order }, 'release-hold')
  await call('order_alternatives', { order })
  expect(await call('failure_search', {})).toMatchObject({ items: expect.any(Array) })
  const retry = await candidate('failure_triage', { cluster_id: mended() }, 'retry-transactions')
  expect(await call('integration_health', {})).toMatchObject({ connections: expect.any(Number) })
  const invoice = own.whole.order.invoices[0]?.invoiceId
  expect(await call('invoice_get', { invoice })).toMatchObject({ invoice_id: invoice })
  const customer = { customer_number: 'C-10007' }
  const mail = await candidate('ar_aging', customer, 'send-collections-message')
  const made = [
    await call('propose_order_change', { order_id: order, candidate_id: release }),
    await call('propose_retry', { cluster_id: mended(), candidate_id: retry }),
    await call('propose_collections_email', { ...customer, candidate_id: mail }),
  ]
  for (const { proposal_id, status } of made) {
    expect(status).toBe('requires_review')
    expect(await call('proposal_get', { proposal_id })).toMatchObject({ proposal_id, status })
  }
  const { items } = await call('proposal_search', { is_mine: true, limit: 20 })
  expect(items).toHaveLength(made.length)
  return [...called].sort()
}

const Called = z.looseObject({ structuredContent: Answer })
const Told = z.looseObject({ content: z.string() })
const Listed = z.object({
  result: z.object({ tools: z.array(z.looseObject({ name: z.string() })) }),
})
const headers = () => ({ authorization: `Bearer ${key}` })

proof('a client with no code of the official SDK uses every tool', async () => {
  const client = await experimental_createMCPClient({
    transport: { type: 'http', url: world.url, headers: headers() },
  })
  try {
    const tools = await client.tools()
    expect(Object.keys(tools).sort()).toEqual(published)
    const used = await useEveryTool(async (name, args) => {
      const answer: unknown = await tools[name]?.execute(args, { toolCallId: name, messages: [] })
      return Called.parse(answer).structuredContent
    })
    expect(used).toEqual(published)
  } finally {
    await client.close()
  }
})

proof('a host of 2025 uses every tool, and finds each answer to be what was promised', async () => {
  const client = await world.connect(key)
  try {
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name).sort()).toEqual(published)
    const used = await useEveryTool(async (name, args) => {
      const answer: unknown = await client.callTool({ name, arguments: args })
      return Called.parse(answer).structuredContent
    })
    expect(used).toEqual(published)
  } finally {
    await client.close()
  }
})

proof('agents of LangChain use every tool', async () => {
  const client = new MultiServerMCPClient({
    quittance: { transport: 'http', url: world.url, headers: headers() },
  })
  try {
    const tools = await client.getTools()
    expect(tools.map(({ name }) => name).sort()).toEqual(published)
    const used = await useEveryTool(async (name, args) => {
      const tool = tools.find((each) => each.name === name)
      const answer: unknown = await tool?.invoke({ type: 'tool_call', id: name, name, args })
      const { content } = Told.parse(answer)
      return Called.parse(JSON.parse(content)).structuredContent
    })
    expect(used).toEqual(published)
  } finally {
    await client.close()
  }
})

test.skipIf(!isWanted || !isInstalled)(
  'the inspector finds no fault with the schemas in its strict mode, and uses every tool',
  { timeout: 60_000 },
  async () => {
    const inspect = (...args: string[]) =>
      inspector([
        ...[world.url, '--transport', 'http', '--header', `Authorization: Bearer ${key}`],
        ...['--format', 'json', ...args],
      ])
    const listed = await inspect('--method', 'tools/list', '--strict')
    expect(listed).toMatchObject({ exitCode: 0, stderr: '' })
    expect(Listed.parse(JSON.parse(listed.stdout)).result.tools.map(({ name }) => name)).toEqual(
      catalog.filter(({ publish }) => publish === 'mcp').map(({ name }) => name),
    )
    const used = await useEveryTool(async (name, args) => {
      const { stdout } = await inspect(
        ...[
          '--method',
          'tools/call',
          '--tool-name',
          name,
          '--tool-args-json',
          JSON.stringify(args),
        ],
      )
      return z.object({ result: Called }).parse(JSON.parse(stdout)).result.structuredContent
    })
    expect(used).toEqual(published)
  },
)
