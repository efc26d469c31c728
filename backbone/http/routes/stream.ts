import { setTimeout as pause } from 'node:timers/promises'
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { SSEStreamingApi } from 'hono/streaming'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { CallerMistake } from '../../errors.ts'
import type { EventFeed } from '../../services/event-feed.ts'
import type { Log } from '../../telemetry/log.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import { createRouter, problems, YesNo } from '../router.ts'

/** How often a stream looks for events, shows that it lives, and how long it lives. */
export type StreamPace = {
  readonly pollMs: number
  readonly heartbeatMs: number
  /** Then the caller connects again, and its key is looked at again. */
  readonly lifeMs: number
}

const EventId = z.string().regex(/^\d{1,15}$/)

const stream = createRoute({
  method: 'get',
  path: '/v1/stream',
  tags: ['Figures'],
  summary: 'Events as they happen (server-sent events); Last-Event-ID continues where one stopped',
  ...guardedBy('orders:read'),
  request: {
    query: z.object({
      unnamed: YesNo.optional().meta({
        description:
          'Events without a name of their own, for readers that subscribe name by name, such as EventSource; an event `alive` shows them that the stream is.',
      }),
      after: EventId.optional().meta({
        description:
          'Begins after this event, for readers that cannot send Last-Event-ID themselves; the header goes before it.',
      }),
    }),
    headers: z.object({ 'last-event-id': EventId.optional() }),
  },
  responses: {
    200: {
      description: 'Each event has the shape of a line of an order’s timeline.',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...problems(400, 401, 403, 429, 503),
  },
})

type Following = {
  readonly tenantId: string
  readonly from: number
  readonly feed: EventFeed
  readonly pace: StreamPace
  readonly isUnnamed: boolean
  /** Aborted when the caller goes, the process stops or the stream has lived its time. */
  readonly over: AbortSignal
}

// An EventSource keeps comments to itself: its reader could not tell a quiet stream from a dead one.
const signOfLife = (isUnnamed: boolean) =>
  isUnnamed ? 'event: alive\ndata: {}\n\n' : ': still here\n\n'

async function follow(
  out: SSEStreamingApi,
  { tenantId, from, feed, pace, isUnnamed, over }: Following,
): Promise<void> {
  let last = from
  let quietMs = 0
  while (!over.aborted) {
    const events = await feed.after(tenantId, last)
    for (const event of events) {
      await out.writeSSE({
        id: String(event.eventId),
        ...(isUnnamed ? {} : { event: event.kind }),
        data: JSON.stringify(event),
      })
      last = event.eventId
    }
    if (events.length > 0) quietMs = 0
    else {
      await pause(pace.pollMs, undefined, { signal: over }).catch(() => undefined)
      quietMs += pace.pollMs
      if (quietMs >= pace.heartbeatMs) {
        await out.write(signOfLife(isUnnamed))
        quietMs = 0
      }
    }
  }
}

/** Counts the open streams of each key: every one of them asks the database again and again. */
function streamCounter(most: number): (credentialId: string) => () => void {
  const open = new Map<string, number>()
  return (credentialId) => {
    const count = open.get(credentialId) ?? 0
    if (count >= most)
      throw new CallerMistake(
        429,
        'too-many-streams',
        `This API key has ${most} streams open; close one first.`,
        { retryAfterSeconds: 5 },
      )
    open.set(credentialId, count + 1)
    return () => {
      const left = (open.get(credentialId) ?? 1) - 1
      if (left === 0) open.delete(credentialId)
      else open.set(credentialId, left)
    }
  }
}

/** The live events of a tenant. */
export function streamRoutes(
  {
    feed,
    stopping,
    log,
  }: { readonly feed: EventFeed; readonly stopping: AbortSignal; readonly log: Log },
  pace: StreamPace,
): OpenAPIHono<AppEnv> {
  const router = createRouter()
  const enter = streamCounter(10)
  router.openapi(stream, async (c) => {
    const { tenantId, credentialId } = requireScope(c, 'orders:read')
    // HEAD runs as GET and nobody reads what it writes: such a stream would stay open for its whole life.
    if (c.req.method === 'HEAD')
      throw new CallerMistake(405, 'method-not-allowed', 'A stream of events only has GET.')
    const leave = enter(credentialId)
    const { unnamed: isUnnamed = false, after } = c.req.valid('query')
    const resume = c.req.valid('header')['last-event-id'] ?? after
    const gone = new AbortController()
    return streamSSE(c, async (out) => {
      out.onAbort(() => gone.abort())
      const lived = setTimeout(() => gone.abort(), pace.lifeMs)
      const over = AbortSignal.any([stopping, gone.signal])
      // A caller that no longer reads would keep a write waiting past the end of the stream.
      over.addEventListener('abort', () => out.abort(), { once: true })
      try {
        const from = resume === undefined ? await feed.newest(tenantId) : Number(resume)
        // A first line at once, so that the caller knows it is connected.
        await out.write(': connected\n\n')
        await follow(out, { tenantId, from, feed, pace, isUnnamed, over })
      } catch (error) {
        log.warn({ err: error, requestId: c.get('requestId') }, 'A stream of events broke off.')
      } finally {
        clearTimeout(lived)
        leave()
      }
    })
  })
  return router
}
