import { serve } from '@hono/node-server'
import type { McpDoor } from '../backbone/services/mcp-door.ts'
import { assembleEndpoint, productFace, productSurface } from '../mcp-server/open-mcp.ts'
import { faceWithFixtures, withFixtures } from '../mcp-server/proofs/fixture-pack.ts'
import type { CallTool } from '../tools/call-tool.ts'
import { toolCallerOf } from '../tools/tool-door.ts'
import { openTestDoor } from './test-door.ts'

/** A door whose server is put together when the first message comes, as the product's is. */
function fixtureDoor(callForHosts: () => CallTool): McpDoor {
  const startSpan = () => ({ traceId: '', fail: () => undefined, end: () => undefined })
  const callTool: CallTool = (...call) => callForHosts()(...call)
  const endpoint = assembleEndpoint(
    faceWithFixtures(productFace('0.0.0')),
    withFixtures(productSurface({ callTool, startSpan, mostInHand: 8 })),
    () => undefined,
  )
  return {
    answer: (request, { body, who, canStepUp }) =>
      endpoint.answer(request, body, { caller: toolCallerOf(who), canStepUp }),
    close: () => endpoint.close(),
  }
}

/** The HTTP door as the conformance suite comes to it: the suite has no keys, so they are put on at the socket. */
export async function openConformanceWorld({ hasFixtures }: { readonly hasFixtures: boolean }) {
  const opened: { callForHosts?: CallTool } = {}
  const mcp = fixtureDoor(() => {
    if (opened.callForHosts === undefined) throw new Error('A call came before the door was open.')
    return opened.callForHosts
  })
  const door = await openTestDoor(hasFixtures ? { ports: { mcp } } : {})
  opened.callForHosts = door.callForHosts
  const key = await door.newKey(await door.newTenant(), { role: 'mcp' })
  const answer = (request: Request) => {
    const headers = new Headers(request.headers)
    headers.set('authorization', `Bearer ${key}`)
    return door.app.fetch(new Request(request, { headers }))
  }
  const { server, port } = await new Promise<{ server: ReturnType<typeof serve>; port: number }>(
    (listening) => {
      const started = serve({ fetch: answer, hostname: '127.0.0.1', port: 0 }, (bound) =>
        listening({ server: started, port: bound.port }),
      )
    },
  )
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      await new Promise<void>((stopped) => {
        server.close(() => stopped())
        if ('closeAllConnections' in server) server.closeAllConnections()
      })
      await mcp.close()
      await door.close()
    },
  }
}

/** What `openConformanceWorld` gives. */
export type ConformanceWorld = Awaited<ReturnType<typeof openConformanceWorld>>
