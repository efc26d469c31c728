import { setImmediate } from 'node:timers/promises'
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { RunSubject } from '../../canonical/agent-run.ts'
import { ChatEvent } from '../../canonical/chat.ts'
import { ChatThread, ChatThreadSummary } from '../../canonical/views/chat-view.ts'
import { CallerMistake } from '../../errors.ts'
import type { ChatService } from '../../services/ports.ts'
import type { Log } from '../../telemetry/log.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import type { Cursors } from '../cursor.ts'
import { notThere } from '../problem.ts'
import { answerPage, createRouter, json, jsonBody, Paging, pageOf, problems } from '../router.ts'

/** Closed: how a conversation is run is not the caller's to say. */
const Question = z
  .strictObject({
    threadId: z
      .string()
      .regex(/^thr_[0-9a-z]{26}$/, 'a thread id that this house gave out')
      .optional()
      .meta({ description: 'A thread of the caller; a new one unless said.' }),
    text: z.string().trim().min(1).max(4_000).meta({ example: 'What failed since yesterday?' }),
    screen: RunSubject.optional().meta({ description: 'The record that the asker looks at.' }),
  })
  .meta({ id: 'ChatQuestion' })

const ThreadParam = z.object({ thread: z.string().min(1).max(60) })

const ask = createRoute({
  method: 'post',
  path: '/v1/chat',
  tags: ['Assistant'],
  summary: 'Asks the assistant; the answer comes as server-sent events and is kept in the thread',
  ...guardedBy('chat:use'),
  request: { body: jsonBody(Question) },
  responses: {
    200: {
      description:
        'Events named by their type, each with a ChatEvent as its data: thread first, done or error last.',
      content: { 'text/event-stream': { schema: ChatEvent } },
    },
    ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
  },
})

const list = createRoute({
  method: 'get',
  path: '/v1/chat',
  tags: ['Assistant'],
  summary: "The caller's threads, the last written in first",
  ...guardedBy('chat:use'),
  request: { query: Paging },
  responses: {
    200: json(pageOf(ChatThreadSummary), 'The threads.'),
    ...problems(400, 401, 403, 429),
  },
})

const get = createRoute({
  method: 'get',
  path: '/v1/chat/{thread}',
  tags: ['Assistant'],
  summary: 'One thread of the caller with its newest messages; the cursor leads to those before',
  ...guardedBy('chat:use'),
  request: { params: ThreadParam, query: Paging },
  responses: { 200: json(ChatThread, 'The thread.'), ...problems(400, 401, 403, 404, 429) },
})

const remove = createRoute({
  method: 'delete',
  path: '/v1/chat/{thread}',
  tags: ['Assistant'],
  summary: 'Removes a thread of the caller with its messages',
  ...guardedBy('chat:use'),
  request: { params: ThreadParam },
  responses: {
    200: json(z.object({ threadId: z.string() }), 'The thread that is gone.'),
    ...problems(400, 401, 403, 404, 429),
  },
})

const stop = createRoute({
  method: 'post',
  path: '/v1/chat/{thread}/stop',
  tags: ['Assistant'],
  summary: 'Stops the answer that is being given in a thread, whichever process gives it',
  ...guardedBy('chat:use'),
  request: { params: ThreadParam },
  responses: {
    202: json(z.object({ status: z.enum(['stopping', 'nothing-to-stop']) }), 'It is told.'),
    ...problems(400, 401, 403, 404, 429),
  },
})

// Longer than any run may take.
const longestAnswerMs = 660_000

/** Counts the answers each caller is given at once. */
function answerCounter(most: number): (credentialId: string) => () => void {
  const open = new Map<string, number>()
  return (credentialId) => {
    const count = open.get(credentialId) ?? 0
    if (count >= most)
      throw new CallerMistake(
        429,
        'too-many-answers',
        `You are being given ${most} answers at once; wait for the end of one.`,
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

// So much waits for one write at the most.
const mostGathered = 4_096

/** Writes what is told in the same moment in one go; who tells more waits until the reader has room. */
function gatheredWriter(out: SSEStreamingApi) {
  let frames = ''
  let writing: Promise<void> | undefined
  const writeAll = async () => {
    while (frames !== '') {
      await setImmediate()
      const gathered = frames
      frames = ''
      await out.write(gathered)
    }
    writing = undefined
  }
  return {
    async add(event: ChatEvent): Promise<void> {
      frames += `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
      writing ??= writeAll()
      if (frames.length > mostGathered) await writing
    },
    /** Resolves when all of it is written. */
    written: async () => writing,
  }
}

/** Writes an answer out as it is told; a write waits until its reader has room, and with it the assistant. */
async function tell(
  out: SSEStreamingApi,
  answer: AsyncIterable<ChatEvent>,
  heartbeatMs: number,
): Promise<void> {
  const beat = setInterval(
    () => void out.write(': still here\n\n').catch(() => undefined),
    heartbeatMs,
  )
  const writer = gatheredWriter(out)
  try {
    for await (const event of answer) {
      if (out.aborted) return
      await writer.add(event)
    }
  } finally {
    await writer.written()
    clearInterval(beat)
  }
}

type ChatPorts = {
  readonly chat: ChatService
  readonly cursors: Cursors
  readonly stopping: AbortSignal
  readonly log: Log
}

function askRoute(
  router: OpenAPIHono<AppEnv>,
  { chat, stopping, log }: ChatPorts,
  heartbeatMs: number,
) {
  const enter = answerCounter(4)
  router.openapi(ask, async (c) => {
    const who = requireScope(c, 'chat:use')
    const question = c.req.valid('json')
    const leave = enter(who.credentialId)
    const gone = new AbortController()
    const signal = AbortSignal.any([stopping, gone.signal])
    try {
      const answer = await chat.ask({ who, ...question, signal })
      return streamSSE(c, async (out) => {
        out.onAbort(() => gone.abort())
        // A reader that no longer reads would keep a write waiting, past the end of this process too.
        const patience = setTimeout(() => out.abort(), longestAnswerMs)
        signal.addEventListener('abort', () => out.abort(), { once: true })
        try {
          await tell(out, answer, heartbeatMs)
        } catch (error) {
          log.warn({ err: error, requestId: c.get('requestId') }, 'An answer broke off.')
        } finally {
          clearTimeout(patience)
          gone.abort()
          leave()
        }
      })
    } catch (error) {
      leave()
      throw error
    }
  })
}

/** Conversations with the assistant. */
export function chatRoutes(ports: ChatPorts, heartbeatMs: number): OpenAPIHono<AppEnv> {
  const { chat, cursors } = ports
  const router = createRouter()
  askRoute(router, ports, heartbeatMs)
  router.openapi(list, async (c) => {
    const who = requireScope(c, 'chat:use')
    const owner = { tenantId: who.tenantId, route: `chat:${who.credentialId}` }
    const page = await answerPage(cursors, owner, c.req.valid('query'), (asked) =>
      chat.threads(who, asked),
    )
    return c.json(page, 200)
  })
  router.openapi(get, async (c) => {
    const who = requireScope(c, 'chat:use')
    const { thread: threadId } = c.req.valid('param')
    const owner = { tenantId: who.tenantId, route: `chat:${who.credentialId}:${threadId}` }
    let thread: ChatThreadSummary | undefined
    const page = await answerPage(cursors, owner, c.req.valid('query'), async (asked) => {
      const found = await chat.thread(who, threadId, asked)
      if (found === undefined) throw notThere('thread')
      thread = found.thread
      return found.messages
    })
    if (thread === undefined) throw notThere('thread')
    return c.json({ ...thread, messages: page.items, nextCursor: page.nextCursor }, 200)
  })
  router.openapi(remove, async (c) => {
    const who = requireScope(c, 'chat:use')
    const { thread: threadId } = c.req.valid('param')
    if (!(await chat.remove(who, threadId))) throw notThere('thread')
    return c.json({ threadId }, 200)
  })
  router.openapi(stop, async (c) => {
    const who = requireScope(c, 'chat:use')
    const status = await chat.stop(who, c.req.valid('param').thread)
    if (status === 'unknown') throw notThere('thread')
    return c.json({ status }, 202)
  })
  return router
}

/** The routes of this file, as the console's client is typed by them. */
export type ChatApi = typeof ask | typeof list | typeof get | typeof remove | typeof stop
