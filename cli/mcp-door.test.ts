import { expect, test } from 'vitest'
import type { Principal } from '../backbone/services/api-principal.ts'
import { createTracer } from '../backbone/telemetry/trace.ts'
import { modernMeta } from '../testing/mcp-world.ts'
import { openMcpDoor } from './mcp-door.ts'

const who: Principal = {
  kind: 'key',
  ...{ role: 'mcp', tenantId: 'meridian', credentialId: 'crd_1', name: 'Host' },
  scopes: ['orders:read', 'master:read', 'policies:read'],
}

function messageOf(method: string, params: Record<string, unknown>) {
  const body = JSON.stringify({
    ...{ jsonrpc: '2.0', id: 1, method },
    params: { ...params, _meta: modernMeta },
  })
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(typeof params['name'] === 'string' ? { 'mcp-name': params['name'] } : {}),
  }
  const request = new Request('http://localhost/mcp', { method: 'POST', headers, body })
  return [request, { body, who, canStepUp: false }] as const
}

test('when the house stops, a call in hand is answered and what hosts listen to ends', async () => {
  let finish: () => void = () => undefined
  const working = new Promise<void>((done) => {
    finish = done
  })
  let begun: () => void = () => undefined
  const isBegun = new Promise<void>((done) => {
    begun = done
  })
  const door = openMcpDoor({
    callForHosts: async () => {
      begun()
      await working
      return { as_of: '2026-11-22T12:00:00Z', items: [] }
    },
    ...{ tracer: createTracer(), version: '1', mostInHand: 2 },
    log: { debug: () => undefined, error: () => undefined },
  })
  const listening = await door.answer(
    ...messageOf('subscriptions/listen', { notifications: { toolsListChanged: true } }),
  )
  expect(listening.headers.get('content-type')).toContain('text/event-stream')
  const call = door.answer(...messageOf('tools/call', { name: 'order_search', arguments: {} }))
  await isBegun
  const closed = door.close()
  finish()
  expect(await (await call).json()).toMatchObject({ result: { structuredContent: { items: [] } } })
  await closed
  expect(await listening.text()).toContain('subscriptions/acknowledged')
})
