import { experimental_createMCPClient } from '@ai-sdk/mcp'
import { MultiServerMCPClient } from '@langchain/mcp-adapters'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type McpWorld, openMcpWorld } from '../testing/mcp-world.ts'
import { furnishForTools, type ToolsTenant } from '../testing/tools-world.ts'
import { catalog } from '../tools/catalog.ts'

let world: McpWorld
let own: ToolsTenant
let headers: Record<string, string>

beforeAll(async () => {
  world = await openMcpWorld()
  own = await furnishForTools(world.database, await world.newTenant(), { isSeeded: false })
  const key = await world.newKey(own.tenantId, { role: 'mcp' })
  headers = { authorization: `Bearer ${key}` }
}, 120_000)
afterAll(() => world.close())

const published = catalog
  .filter(({ publish }) => publish === 'mcp')
  .map(({ name }) => name)
  .sort()

test('a client with no code of the official SDK lists the tools and reads an order', async () => {
  const client = await experimental_createMCPClient({
    transport: { type: 'http', url: world.url, headers },
  })
  try {
    const tools = await client.tools()
    expect(Object.keys(tools).sort()).toEqual(published)
    const answer = await tools['order_search']?.execute(
      { is_held: true },
      { toolCallId: 'call-1', messages: [] },
    )
    expect(JSON.stringify(answer)).toContain(own.held[0]?.orderNumber)
  } finally {
    await client.close()
  }
})

test('agents of LangChain take the tools as their own', async () => {
  const client = new MultiServerMCPClient({
    quittance: { transport: 'http', url: world.url, headers },
  })
  try {
    const tools = await client.getTools()
    expect(tools.map(({ name }) => name).sort()).toEqual(published)
    const search = tools.find(({ name }) => name === 'order_search')
    const answer: unknown = await search?.invoke({ is_held: true })
    expect(JSON.stringify(answer)).toContain(own.held[0]?.orderNumber)
  } finally {
    await client.close()
  }
})
