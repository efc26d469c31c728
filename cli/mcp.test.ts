import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { mainFile, quittance } from '../testing/built-product.ts'
import { freePort } from '../testing/free-port.ts'
import { type McpWorld, modernMeta, openMcpWorld } from '../testing/mcp-world.ts'
import { furnishForTools, type ToolsTenant } from '../testing/tools-world.ts'
import { type BridgeTarget, startBridge } from './mcp-bridge.ts'

let world: McpWorld
let own: ToolsTenant
let token: string

beforeAll(async () => {
  world = await openMcpWorld()
  own = await furnishForTools(world.database, await world.newTenant(), { isSeeded: false })
  token = await world.newKey(own.tenantId, { role: 'mcp' })
}, 120_000)
afterAll(() => world.close())

const Answer = z.looseObject({
  id: z.union([z.string(), z.number()]).nullable(),
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.looseObject({ message: z.string() }).optional(),
})
type Answer = z.infer<typeof Answer>

/** A host at one end of a bridge: says lines, and gets answers by their id. */
function openHost(connect: () => Promise<BridgeTarget>) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const said: string[] = []
  const bridge = startBridge({ input, output, connect, say: (line) => void said.push(line) })
  const lines: string[] = []
  const waiting = new Map<unknown, (answer: Answer) => void>()
  output.setEncoding('utf8').on('data', (part: string) => {
    for (const line of part.split('\n').filter((one) => one !== '')) {
      lines.push(line)
      const answer = Answer.parse(JSON.parse(line))
      waiting.get(answer.id)?.(answer)
    }
  })
  const ask = (message: { id: number; method: string; params?: object }) =>
    new Promise<Answer>((answered) => {
      waiting.set(message.id, answered)
      input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
    })
  const end = () => {
    input.end()
    return bridge.ended
  }
  return { ask, input, lines, said, waiting, end }
}

const initialize = {
  ...{ id: 1, method: 'initialize' },
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'desk', version: '1' },
  },
}

test('a host of 2025 and one of 2026 speak through the bridge, message by message', async () => {
  const host = openHost(async () => ({ url: world.url, token }))
  expect((await host.ask(initialize)).result).toMatchObject({ protocolVersion: '2025-11-25' })
  const found = await host.ask({
    ...{ id: 2, method: 'tools/call' },
    params: { name: 'order_search', arguments: { is_held: true } },
  })
  expect(JSON.stringify(found.result)).toContain(own.held[0]?.orderNumber)
  const newer = await host.ask({
    ...{ id: 3, method: 'tools/call' },
    params: { name: 'order_search', arguments: {}, _meta: modernMeta },
  })
  expect(newer.result).toMatchObject({ structuredContent: { items: expect.any(Array) } })
  const strange = await host.ask({
    ...{ id: 4, method: 'tools/call' },
    params: { name: 'Auftrag öffnen', arguments: {}, _meta: modernMeta },
  })
  expect(strange.error?.message).toContain('no such tool')
  await host.end()
  expect(host.lines).toHaveLength(4)
})

test('what is no message, a refusal and a server that is away are told to the host, and nothing else is written', async () => {
  const refused = openHost(async () => ({ url: world.url, token: 'qk_of_nobody_at_all' }))
  const answer = await refused.ask({ id: 1, method: 'tools/list' })
  expect(answer.error?.message).toContain('key made for agent hosts')
  const broken = new Promise<Answer>((answered) => refused.waiting.set(null, answered))
  refused.input.write('this is no message\n')
  expect((await broken).error?.message).toBe('This line is no JSON.')
  await refused.end()
  const port = await freePort()
  const away = openHost(async () => ({ url: `http://127.0.0.1:${port}/mcp`, token }))
  expect((await away.ask({ id: 1, method: 'tools/list' })).error?.message).toContain('cannot be')
  await away.end()
})

test('when the server is gone, or takes the key no longer, the bridge looks for it once more', async () => {
  const port = await freePort()
  const good = { url: world.url, token }
  const gone = { url: `http://127.0.0.1:${port}/mcp`, token }
  for (const first of [gone, { ...good, token: 'qk_that_has_run_out' }]) {
    const targets = [first]
    const host = openHost(async () => targets.shift() ?? good)
    expect((await host.ask({ id: 1, method: 'ping' })).error).toBeDefined()
    expect((await host.ask({ id: 2, method: 'ping' })).error).toBeUndefined()
    await host.end()
  }
})

test('a host that has said everything still gets its answers, and what it listened to ends', async () => {
  const host = openHost(async () => ({ url: world.url, token }))
  void host.ask({
    ...{ id: 1, method: 'subscriptions/listen' },
    params: { notifications: { toolsListChanged: true }, _meta: modernMeta },
  })
  const listed = host.ask({ id: 2, method: 'tools/list', params: { _meta: modernMeta } })
  const ended = host.end()
  expect((await listed).result).toMatchObject({ tools: expect.any(Array) })
  await ended
})

// These start the built product on the built-in database.
const isSlow = process.env['TEST_MCP'] === '1'

test.skipIf(!isSlow)(
  'with nothing running the command starts a house of its own; a second host shares it; keys can be made meanwhile',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'quittance-mcp-'))
    const settings = {
      QUITTANCE_DATA: folder,
      QUITTANCE_PORT: String(await freePort()),
      PATH: process.env['PATH'] ?? '',
    }
    const open = async () => {
      const transport = new StdioClientTransport({
        ...{ command: process.execPath, args: [mainFile, 'mcp'], env: settings, stderr: 'pipe' },
      })
      let told = ''
      transport.stderr?.on('data', (part) => {
        told += String(part)
      })
      const client = new Client({ name: 'desk', version: '1' })
      await client.connect(transport, { timeout: 60_000 })
      return { client, told: () => told }
    }
    try {
      const first = await open()
      const second = await open()
      for (const { client } of [first, second]) {
        expect((await client.listTools()).tools).toHaveLength(14)
        const found = await client.callTool({ name: 'integration_health', arguments: {} })
        expect(found.isError).toBeUndefined()
      }
      const made = await quittance(
        ['token', 'create', '--name', 'a host', '--role', 'mcp'],
        settings,
      )
      expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^qk_[\w-]+\n$/) })
      await second.client.close()
      await first.client.close()
      expect(`${first.told()}${second.told()}`).not.toMatch(/q[lsk]_[\w-]{20,}/)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
  120_000,
)

test('the help of the command says how a host is set up', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', 'mcp', '--help'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let out = ''
  for await (const part of child.stdout) out += String(part)
  expect(out).toContain('quittance mcp [--url URL]')
  expect(out).toContain('QUITTANCE_MCP_TOKEN')
})
