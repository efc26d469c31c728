import { notifications } from '@mantine/notifications'
import { useCallback, useEffect, useRef, useState } from 'react'
import { answerTo, type ChatEvent, type Question } from '../api/chat-queries.ts'
import { api } from '../api/client.ts'
import { queryClient } from '../api/queries.ts'

/** One question or answer as the panel shows it. */
export type Said = {
  readonly id: string
  readonly author: 'person' | 'assistant'
  readonly text: string
  readonly events: readonly ChatEvent[]
  readonly status: 'complete' | 'answering' | 'stopped' | 'failed'
}

/** A conversation as it is shown, and what can be done with it. */
export type Conversation = {
  readonly said: readonly Said[]
  /** What it is at; until that is over nothing more is asked. */
  readonly busy: 'answering' | 'opening' | undefined
  readonly ask: (text: string, screen: Question['screen']) => Promise<void>
  readonly stop: () => Promise<void>
  readonly open: (threadId: string) => Promise<void>
  readonly startNew: () => void
}

function withEvent(answer: Said, event: ChatEvent): Said {
  if (event.type === 'text') return { ...answer, text: answer.text + event.text }
  if (event.type === 'done') return { ...answer, status: 'complete' }
  if (event.type === 'error')
    return { ...answer, status: 'failed', text: `${answer.text}\n${event.message}`.trim() }
  return { ...answer, events: [...answer.events, event] }
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** An answer that broke off: because its reader wanted so, or by an error that it then says. */
function ended(answer: Said, error: unknown): Said {
  if (error === undefined) return { ...answer, status: 'stopped' }
  const words = wordsOf(error)
  return { ...answer, status: 'failed', text: `${answer.text}\n${words}`.trim() }
}

/** What a conversation is at: one thing at a time, which the next one, or the reader's leaving, ends. */
function useBusy() {
  const [busy, setBusy] = useState<Conversation['busy']>()
  const current = useRef<AbortController>(undefined)
  const end = useCallback(() => {
    current.current?.abort()
    current.current = undefined
    setBusy(undefined)
  }, [])
  useEffect(() => end, [end])
  const begin = (what: 'answering' | 'opening') => {
    end()
    const controller = new AbortController()
    current.current = controller
    setBusy(what)
    return controller
  }
  /** It came to its end by itself; what was begun since goes on. */
  const over = (controller: AbortController) => {
    if (current.current === controller) end()
  }
  return { busy, current, begin, over, end }
}

/** What was said, and how an answer in it grows: each by its own id, whatever was said since. */
function useSaid() {
  const [said, setSaid] = useState<readonly Said[]>([])
  const thread = useRef<string>(undefined)

  const change = (id: string, changed: (answer: Said) => Said) =>
    setSaid((all) => all.map((one) => (one.id === id ? changed(one) : one)))

  const follow = async (id: string, question: Question, signal: AbortSignal) => {
    for await (const event of answerTo(question, signal)) {
      signal.throwIfAborted()
      if (event.type === 'thread') thread.current = event.threadId
      change(id, (answer) => withEvent(answer, event))
    }
    // A stream that ended without saying how was cut: what came is shown as what it is.
    change(id, (answer) =>
      answer.status === 'answering' ? { ...answer, status: 'stopped' } : answer,
    )
  }
  return { said, setSaid, thread, change, follow }
}

/** Holds one conversation with the assistant; the server keeps it, this shows it. */
export function useConversation(): Conversation {
  const { said, setSaid, thread, change, follow } = useSaid()
  const { busy, current, begin, over, end } = useBusy()

  const ask: Conversation['ask'] = async (text, screen) => {
    if (current.current !== undefined) return
    const controller = begin('answering')
    const id = crypto.randomUUID()
    const answerId = `${id} answer`
    setSaid((all) => [
      ...all,
      { id, author: 'person', text, events: [], status: 'complete' },
      { id: answerId, author: 'assistant', text: '', events: [], status: 'answering' },
    ])
    try {
      await follow(
        answerId,
        {
          text,
          ...(thread.current === undefined ? {} : { threadId: thread.current }),
          ...(screen === undefined ? {} : { screen }),
        },
        controller.signal,
      )
    } catch (error) {
      change(answerId, (answer) => ended(answer, controller.signal.aborted ? undefined : error))
    } finally {
      over(controller)
      // A proposal may have been made of it.
      await queryClient.invalidateQueries()
    }
  }

  const stop = async () => {
    const stopped = current.current
    if (thread.current !== undefined)
      await api
        .post('/v1/chat/{thread}/stop', { params: { thread: thread.current } })
        .catch(() => undefined)
    stopped?.abort()
  }

  const open = async (threadId: string) => {
    const controller = begin('opening')
    try {
      const { messages } = await api.get('/v1/chat/{thread}', {
        params: { thread: threadId },
        query: { limit: 100 },
      })
      if (controller.signal.aborted) return
      thread.current = threadId
      setSaid(messages.map(({ messageId, ...message }) => ({ id: messageId, ...message })))
    } catch (error) {
      if (controller.signal.aborted) return
      notifications.show({
        ...{ color: 'red', title: 'The conversation cannot be opened' },
        message: wordsOf(error),
      })
    } finally {
      over(controller)
    }
  }

  const startNew = () => {
    end()
    thread.current = undefined
    setSaid([])
  }

  return { said, busy, ask, stop, open, startNew }
}
