import { afterAll, beforeAll, expect, test } from 'vitest'
import { type McpWorld, openMcpWorld } from '../testing/mcp-world.ts'
import { furnishForTools, type ToolsTenant } from '../testing/tools-world.ts'
import { catalog } from '../tools/catalog.ts'

let world: McpWorld
let own: ToolsTenant
let key: string

beforeAll(async () => {
  world = await openMcpWorld()
  own = await furnishForTools(world.database, await world.newTenant())
  key = await world.newKey(own.tenantId, { role: 'mcp' })
}, 120_000)
afterAll(() => world.close())

const published = catalog.filter(({ publish }) => publish === 'mcp').map(({ name }) => name)
const anOrder = () => own.held[0]?.orderNumber ?? ''

test('a host of the newest protocol finds the fourteen tools on one page, with their schemas', async () => {
  const { status, result } = await world.send(key, 'tools/list')
  expect(status).toBe(200)
  expect(result).toMatchObject({
    tools: published.map((name) => ({
      name,
      title: expect.any(String),
      inputSchema: { type: 'object', additionalProperties: false },
      outputSchema: { type: 'object' },
      annotations: {
        readOnlyHint: expect.any(Boolean),
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      },
    })),
  })
  expect(result).not.toHaveProperty('nextCursor')
})

test('an order is read as structured content with a short text that is no copy of it', async () => {
  const { result } = await world.send(key, 'tools/call', {
    name: 'order_get',
    arguments: { order: anOrder() },
  })
  expect(result).toMatchObject({
    structuredContent: { order_number: anOrder(), stage: 'held' },
    content: [{ type: 'text', text: expect.stringContaining(`order_number ${anOrder()}`) }],
  })
})

test('a host of 2025 initialises, lists and calls at the same address', async () => {
  const client = await world.connect(key)
  try {
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual(published)
    const found = await client.callTool({
      name: 'order_search',
      arguments: { is_held: true, limit: 2 },
    })
    expect(found).toMatchObject({ structuredContent: { items: [{}, {}] } })
    expect((await client.listPrompts()).prompts).toHaveLength(4)
    expect((await client.listResourceTemplates()).resourceTemplates).toHaveLength(5)
  } finally {
    await client.close()
  }
})
