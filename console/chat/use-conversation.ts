import { useCallback, useRef, useState } from 'react'
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
  readonly isAnswering: boolean
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

/** An answer that broke off: because its reader wanted so, or by an error that it then says. */
function ended(answer: Said, error: unknown): Said {
  if (error === undefined) return { ...answer, status: 'stopped' }
  const words = error instanceof Error ? error.message : String(error)
  return { ...answer, status: 'failed', text: `${answer.text}\n${words}`.trim() }
}

/** Holds one conversation with the assistant; the server keeps it, this shows it. */
export function useConversation(): Conversation {
  const [said, setSaid] = useState<readonly Said[]>([])
  const [isAnswering, setAnswering] = useState(false)
  const thread = useRef<string>(undefined)
  const asking = useRef<AbortController>(undefined)

  const changeLast = useCallback((change: (answer: Said) => Said) => {
    setSaid((all) => all.map((one, place) => (place === all.length - 1 ? change(one) : one)))
  }, [])

  const follow = async (question: Question, signal: AbortSignal) => {
    for await (const event of answerTo(question, signal)) {
      if (event.type === 'thread') thread.current = event.threadId
      changeLast((answer) => withEvent(answer, event))
    }
    // A stream that ended without saying how was cut: what came is shown as what it is.
    changeLast((answer) =>
      answer.status === 'answering' ? { ...answer, status: 'stopped' } : answer,
    )
  }

  const ask: Conversation['ask'] = async (text, screen) => {
    const controller = new AbortController()
    asking.current = controller
    const id = crypto.randomUUID()
    setSaid((all) => [
      ...all,
      { id, author: 'person', text, events: [], status: 'complete' },
      { id: `${id} answer`, author: 'assistant', text: '', events: [], status: 'answering' },
    ])
    setAnswering(true)
    try {
      await follow(
        {
          text,
          ...(thread.current === undefined ? {} : { threadId: thread.current }),
          ...(screen === undefined ? {} : { screen }),
        },
        controller.signal,
      )
    } catch (error) {
      changeLast((answer) => ended(answer, controller.signal.aborted ? undefined : error))
    } finally {
      setAnswering(false)
      // A proposal may have been made of it.
      await queryClient.invalidateQueries()
    }
  }

  const stop = async () => {
    if (thread.current !== undefined)
      await api
        .post('/v1/chat/{thread}/stop', { params: { thread: thread.current } })
        .catch(() => undefined)
    asking.current?.abort()
  }

  const open = async (threadId: string) => {
    asking.current?.abort()
    const { messages } = await api.get('/v1/chat/{thread}', {
      params: { thread: threadId },
      query: { limit: 100 },
    })
    thread.current = threadId
    setSaid(messages.map(({ messageId, ...message }) => ({ id: messageId, ...message })))
  }

  const startNew = () => {
    asking.current?.abort()
    thread.current = undefined
    setSaid([])
  }

  return { said, isAnswering, ask, stop, open, startNew }
}
