import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import type { DoorPressure, ReceiveDocument } from '../../services/ports.ts'
import type { AppEnv } from '../app-env.ts'
import { declaredBytes, readBodyUpTo } from '../body-limits.ts'
import { notThere } from '../problem.ts'
import { createRouter, problems } from '../router.ts'

const anyBody = { '*/*': { schema: z.string() } }

// What a channel may answer with; anything else would be our bug.
const InboundStatus = z.literal([200, 202, 400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503])

const declared = createRoute({
  method: 'post',
  path: '/v1/inbound/{channel}/{connection}',
  tags: ['Inbound'],
  summary: 'Takes a document in; the channel answers in its own way, after the document is durable',
  description:
    'Authenticated by the secret of the connection, as its channel does it: a shop signs the body, an API key comes as a header. Duplicates get the first receipt again; the Idempotency-Key is not needed here. 503 and 429 say by Retry-After when to send the same again: nothing is lost by it.',
  request: {
    params: z.object({
      channel: z.string().meta({ example: 'x12' }),
      connection: z.string().meta({ example: 'northwind-edi' }),
    }),
    body: { required: true, content: anyBody },
  },
  responses: {
    200: {
      description: 'Taken (shopify, cxml); a duplicate names its first receipt.',
      content: anyBody,
    },
    202: { description: 'Taken; it will be read and acknowledged.', content: anyBody },
    ...problems(401, 404, 409, 413, 422, 429, 503),
  },
})

/** The inbound door: raw bytes and headers go to the channel, its answer goes back as it is. */
export function inboundRoutes(
  { receive, pressure }: { readonly receive: ReceiveDocument; readonly pressure: DoorPressure },
  maxBytes: number,
): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openAPIRegistry.registerPath(declared)
  // Not through the validating router: the body is the channel's, byte for byte.
  router.post('/v1/inbound/:channel/:connection', async (c) => {
    const headers = c.req.header()
    const { channel, connection: connectionId } = c.req.param()
    // No database text holds NUL, so no connection has such a name.
    if (connectionId.includes('\0')) throw notThere('connection')
    const place = pressure.enter(connectionId, Math.min(declaredBytes(c) ?? 0, maxBytes))
    try {
      const answer = await receive({
        channel,
        connectionId,
        headers,
        body: await readBodyUpTo(c, maxBytes, place.hold),
        traceparent: headers['traceparent'],
      })
      const body = typeof answer.body === 'string' ? answer.body : new Uint8Array(answer.body)
      return c.body(body, InboundStatus.parse(answer.status), { ...answer.headers })
    } finally {
      place.leave()
    }
  })
  return router
}
