import { queryOptions } from '@tanstack/react-query'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { z } from 'zod'
import type { Api } from '../../backbone/http/api.ts'
import { api, type Input, stream } from './client.ts'

type Asking = Extract<Api, { method: 'post'; path: '/v1/chat' }>

/** One part of an answer: words, a table, a source, a card, what to ask next. */
export type ChatEvent = z.output<Asking['responses'][200]['content']['text/event-stream']['schema']>

/** What is asked: the words, the thread they go on in, and the record the asker looks at. */
export type Question = Input<'post', '/v1/chat'>['body']

/** The asker's own conversations, the last written in first. */
export const threadsQuery = queryOptions({
  queryKey: ['threads'],
  refetchInterval: false,
  queryFn: () => api.get('/v1/chat', { query: { limit: 30 } }),
})

/** Asks the assistant and gives its answer part by part. */
export async function* answerTo(
  question: Question,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const body = await stream('/v1/chat', question, signal)
  const events = body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
  const reader = events.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const event: ChatEvent = JSON.parse(value.data)
    yield event
  }
}
