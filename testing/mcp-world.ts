import { serve } from '@hono/node-server'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { z } from 'zod'
import type { AppOptions, AppPorts } from '../backbone/http/app.ts'
import { openTestDoor } from './test-door.ts'

/** The headers and `_meta` of a message of spec 2026-07-28. */
export const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test host', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

const Answered = z.looseObject({
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.looseObject({ code: z.number(), message: z.string() }).optional(),
})

/** A host of 2025, by the older official SDK. */
async function connectOlder(url: string, key: string): Promise<Client> {
  const client = new Client({ name: 'older host', version: '1' })
  const transport: unknown = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${key}` } },
  })
  // The SDK's own classes disagree under exactOptionalPropertyTypes: sessionId may be undefined there.
  await client.connect(z.custom<Transport>().parse(transport))
  return client
}

/** The HTTP door with the MCP server behind a real socket, and hosts that come to it. */
export async function openMcpWorld(
  change: { ports?: Partial<AppPorts>; options?: AppOptions } = {},
) {
  const door = await openTestDoor(change)
  const { server, port } = await new Promise<{ server: ReturnType<typeof serve>; port: number }>(
    (listening) => {
      const started = serve({ fetch: door.app.fetch, hostname: '127.0.0.1', port: 0 }, (bound) =>
        listening({ server: started, port: bound.port }),
      )
    },
  )
  const url = `http://127.0.0.1:${port}/mcp`

  /** Posts one body as a host does. */
  const post = (key: string | undefined, body: unknown, headers: Record<string, string> = {}) =>
    fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  return {
    ...door,
    url,
    post,
    /** Sends one message of spec 2026-07-28 and gives what was answered. */
    async send(
      key: string | undefined,
      method: string,
      params: Record<string, unknown> = {},
      headers: Record<string, string> = {},
    ) {
      const name = params['name'] ?? params['uri']
      const { _meta, ...rest } = params
      const answer = await post(
        key,
        {
          ...{ jsonrpc: '2.0', id: 1, method },
          params: {
            ...rest,
            _meta: { ...modernMeta, ...(typeof _meta === 'object' ? _meta : {}) },
          },
        },
        {
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': method,
          ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
          ...headers,
        },
      )
      const text = await answer.text()
      return {
        status: answer.status,
        headers: answer.headers,
        text,
        ...Answered.parse(JSON.parse(text)),
      }
    },
    connect: (key: string) => connectOlder(url, key),
    async close() {
      await new Promise<void>((stopped) => {
        server.close(() => stopped())
        if ('closeAllConnections' in server) server.closeAllConnections()
      })
      await door.close()
    },
  }
}

/** What `openMcpWorld` gives. */
export type McpWorld = Awaited<ReturnType<typeof openMcpWorld>>
