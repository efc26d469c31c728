import type { ChatEvent } from '../canonical/chat.ts'
import type { ChatMessage } from '../canonical/views/chat-view.ts'
import { CallerMistake } from '../errors.ts'

/** An answer as far as it has been told. */
type SoFar = {
  readonly text: string
  readonly events: readonly ChatEvent[]
  readonly status: ChatMessage['status']
  readonly runId: string | null
}

/** Keeps an answer as far as it has been told, and learns whether its reader wants no more of it. */
export type KeepAnswer = (soFar: SoFar) => Promise<{ readonly isStopAsked: boolean }>

/** An answer on its way from the assistant to its reader, kept as it goes. */
export type Answering = {
  readonly threadId: string
  readonly messageId: string
  readonly told: AsyncIterable<ChatEvent>
  readonly keep: KeepAnswer
  readonly pace: {
    /** At most so often the answer is kept while it is told. */
    readonly keepMs: number
    /** So often its row says that somebody works on it, also while nothing is told. */
    readonly aliveMs: number
  }
  stop(): void
  isStopped(): boolean
  onEnd(): void
}

const longestText = 40_000
const mostEvents = 400

const tooLong: ChatEvent = {
  type: 'error',
  message: 'The answer was too long and was cut off here.',
}
const stopped: ChatEvent = { type: 'error', message: 'The answer was stopped.' }
const broken: ChatEvent = {
  type: 'error',
  message: 'The answer could not be given. Ask again; if it stays so, tell your administrator.',
}

/** What has been told, with pieces of text that follow each other in one. */
function openTranscript() {
  const events: ChatEvent[] = []
  let text = ''
  let runId: string | null = null
  let hasFailed = false
  return {
    add(event: ChatEvent): void {
      if (event.type === 'done') runId = event.runId
      if (event.type === 'error') hasFailed = true
      const last = events.at(-1)
      if (event.type !== 'text') events.push(event)
      else if (last?.type === 'text')
        events[events.length - 1] = { type: 'text', text: last.text + event.text }
      else events.push(event)
      if (event.type === 'text') text += event.text
    },
    hasFailed: () => hasFailed,
    soFar: (status: SoFar['status']): SoFar => ({ text, events: [...events], status, runId }),
  }
}

const ownWords = (error: unknown): ChatEvent =>
  error instanceof CallerMistake ? { type: 'error', message: error.message } : broken

/** What is told up to its end, which is said: stopped, too long, or broken off. */
async function* toldToItsEnd({ told, isStopped }: Answering): AsyncGenerator<ChatEvent> {
  let left = longestText
  let eventsLeft = mostEvents
  try {
    for await (const event of told) {
      yield event
      if (event.type === 'text') left -= event.text.length
      else eventsLeft -= 1
      if (left < 0 || eventsLeft < 0) return yield tooLong
    }
  } catch (error) {
    if (!isStopped()) return yield ownWords(error)
  }
  if (isStopped()) yield stopped
}

/** Keeps an answer again and again while it is told, one time after the other. */
function openKeeper({ keep, stop, pace }: Answering, soFar: (status: SoFar['status']) => SoFar) {
  let keptAtMs = performance.now()
  let keeping: Promise<void> = Promise.resolve()
  const keepNow = () => {
    keptAtMs = performance.now()
    keeping = keeping
      .then(async () => {
        const { isStopAsked } = await keep(soFar('answering'))
        if (isStopAsked) stop()
      })
      // A database that is away for a moment does not end the answer: its end is kept, or tells.
      .catch(() => undefined)
  }
  const alive = setInterval(keepNow, pace.aliveMs)
  return {
    whenDue(): void {
      if (performance.now() - keptAtMs >= pace.keepMs) keepNow()
    },
    async end(status: SoFar['status']): Promise<void> {
      clearInterval(alive)
      await keeping
      await keep(soFar(status))
    },
  }
}

/**
 * Passes an answer on to its reader and keeps it on the way: what was told survives this process, and an answer that
 * is stopped, broken off or left by its reader is marked so.
 */
export async function* followedAnswer(answering: Answering): AsyncGenerator<ChatEvent> {
  const { threadId, messageId, isStopped } = answering
  const transcript = openTranscript()
  const keeper = openKeeper(answering, transcript.soFar)
  let status: SoFar['status'] = 'stopped'
  try {
    yield { type: 'thread', threadId, messageId }
    for await (const event of toldToItsEnd(answering)) {
      transcript.add(event)
      yield event
      keeper.whenDue()
    }
    if (!isStopped()) status = transcript.hasFailed() ? 'failed' : 'complete'
  } finally {
    answering.stop()
    await keeper.end(status)
    answering.onEnd()
  }
}
