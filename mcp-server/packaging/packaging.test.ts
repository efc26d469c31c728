import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openMcpWorld } from '../../testing/mcp-world.ts'
import { insertWholeOrder } from '../../testing/whole-order.ts'
import { catalog } from '../../tools/catalog.ts'
import { isInstalled, mcpbTool } from '../proofs/run-proof.ts'
import { mcpbBundle } from './bundle.ts'

const version = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')))

// The fields of the published schema of 2025-12-11 that we use, with its limits.
const Input = z.strictObject({
  description: z.string(),
  placeholder: z.string(),
  isRequired: z.boolean(),
  isSecret: z.boolean().optional(),
})
const Header = z.strictObject({
  name: z.string(),
  description: z.string(),
  value: z.string(),
  isSecret: z.literal(true),
  variables: z.record(z.string(), Input),
})
const ServerJson = z.strictObject({
  $schema: z.literal(
    'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  ),
  name: z
    .string()
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/)
    .max(200),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version: z.string().max(255),
  remotes: z.array(
    z.strictObject({
      type: z.literal('streamable-http'),
      url: z.string(),
      variables: z.record(z.string(), Input),
      headers: z.array(Header),
    }),
  ),
})

test('what a registry is told of the server is of its published schema, and of this version', () => {
  const text = readFileSync(join(import.meta.dirname, 'server.json'), 'utf8')
  const told = ServerJson.parse(JSON.parse(text))
  expect(told.version).toBe(version.version)
  for (const { url, variables, headers } of told.remotes) {
    const filled = [{ text: url, variables }, ...headers.map((h) => ({ ...h, text: h.value }))]
    for (const one of filled)
      expect([...one.text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(
        Object.keys(one.variables),
      )
  }
})

test.skipIf(process.env['TEST_MCP'] !== '1' || !isInstalled)(
  'the bundle for desktop hosts is well-formed by their own tool, and its bridge reaches a server',
  { timeout: 60_000 },
  async () => {
    const bundle = await mcpbBundle()
    expect(Buffer.from(await mcpbBundle())).toEqual(Buffer.from(bundle))
    const folder = mkdtempSync(join(tmpdir(), 'quittance-mcpb-'))
    const world = await openMcpWorld()
    const client = new Client({ name: 'desktop host', version: '1' })
    try {
      const file = join(folder, 'quittance.mcpb')
      const unpacked = join(folder, 'unpacked')
      writeFileSync(file, bundle)
      expect(await mcpbTool(['unpack', file, unpacked])).toMatchObject({ exitCode: 0 })
      const checked = await mcpbTool(['validate', join(unpacked, 'manifest.json')])
      expect(checked, checked.stdout).toMatchObject({ exitCode: 0 })
      const tenantId = await world.newTenant()
      const { order } = await insertWholeOrder(world.database, tenantId)
      await client.connect(
        new StdioClientTransport({
          command: process.execPath,
          args: [join(unpacked, 'server', 'index.mjs')],
          env: {
            QUITTANCE_MCP_URL: new URL(world.url).origin,
            QUITTANCE_MCP_TOKEN: await world.newKey(tenantId, { role: 'mcp' }),
          },
        }),
      )
      const { tools } = await client.listTools()
      expect(tools.map(({ name }) => name)).toEqual(
        catalog.filter(({ publish }) => publish === 'mcp').map(({ name }) => name),
      )
      const read = await client.callTool({
        name: 'order_get',
        arguments: { order: order.orderNumber },
      })
      expect(read).toMatchObject({ structuredContent: { order_number: order.orderNumber } })
    } finally {
      await client.close()
      await world.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
