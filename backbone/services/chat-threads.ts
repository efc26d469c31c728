import { newId } from '../canonical/ids.ts'
import type { ChatThread, ChatThreadSummary } from '../canonical/views/chat-view.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import { CallerMistake } from '../errors.ts'
import {
  addTurn,
  askToStop,
  getThread,
  isAnswering,
  keepAnswer,
  lastMessages,
  listThreads,
  lockThread,
  openThread,
  removeThread,
  threadMessages,
} from '../store/assistant/chat-threads.ts'
import type { Database, TenantTx } from '../store/database.ts'
import type { Principal } from './api-principal.ts'
import { type Answering, followedAnswer, type KeepAnswer } from './chat-answer.ts'
import type { AnswerTurn, ChatService } from './ports.ts'

const mostHistory = 20
const mostShown = 500
const longestPast = 4_000
const longestTitle = 80
const mostMessages = 2_000

/** Whose threads a caller's are: a user's in all their sessions, a key's. */
const ownerOf = (who: Principal): string => (who.kind === 'person' ? who.userId : who.credentialId)

const noThread = () => new CallerMistake(404, 'not-found', 'There is no such thread.')

type Turn = {
  readonly who: Principal
  readonly threadId: string | undefined
  readonly text: string
}

type OpenedTurn = {
  readonly threadId: string
  readonly messageId: string
  readonly history: Parameters<AnswerTurn>[0]['history']
}

async function threadFor(
  tx: TenantTx,
  { who, threadId, text }: Turn,
): Promise<{ threadId: string; messageCount: number }> {
  const ownerId = ownerOf(who)
  if (threadId === undefined) {
    const made = newId('thr')
    const title = text.replaceAll(/\s+/g, ' ').trim().slice(0, longestTitle)
    await openThread(tx, { threadId: made, ownerId, title })
    return { threadId: made, messageCount: 0 }
  }
  const thread = await lockThread(tx, { threadId, ownerId })
  if (thread === undefined) throw noThread()
  if (thread.messageCount >= mostMessages)
    throw new CallerMistake(409, 'thread-full', 'This thread is full; begin a new one.')
  if (await isAnswering(tx, threadId))
    throw new CallerMistake(
      409,
      'still-answering',
      'An answer is being given in this thread; wait for its end or stop it.',
    )
  return { threadId, messageCount: thread.messageCount }
}

async function openTurn(tx: TenantTx, turn: Turn): Promise<OpenedTurn> {
  const { threadId, messageCount } = await threadFor(tx, turn)
  const past = messageCount === 0 ? [] : await lastMessages(tx, threadId, mostHistory)
  const messageId = newId('msg')
  await addTurn(tx, {
    threadId,
    after: messageCount,
    questionId: newId('msg'),
    text: turn.text,
    answerId: messageId,
  })
  return {
    threadId,
    messageId,
    history: past.map(({ author, text }) => ({ from: author, text: text.slice(0, longestPast) })),
  }
}

/** Opens the conversations of a house; `answer` is the assistant's. */
export function chatThreads({
  database,
  answer,
  pace = { keepMs: 400, aliveMs: 5_000 },
}: {
  readonly database: Database
  readonly answer: AnswerTurn
  readonly pace?: Answering['pace']
}): ChatService {
  const open = new Map<string, AbortController>()
  return {
    async ask({ who, threadId: wanted, text, screen, signal }) {
      const { tenantId } = who
      const turn = await database.inTenant(tenantId, (tx) =>
        openTurn(tx, { who, threadId: wanted, text }),
      )
      const { threadId, messageId, history } = turn
      const stopping = new AbortController()
      const told = answer({
        ...{ who, threadId, text, history, subject: screen },
        signal: AbortSignal.any([signal, stopping.signal]),
      })
      const keep: KeepAnswer = (soFar) =>
        database.inTenant(tenantId, (tx) => keepAnswer(tx, { threadId, messageId, ...soFar }))
      open.set(messageId, stopping)
      return followedAnswer({
        ...{ threadId, messageId, told, keep, pace },
        stop: () => stopping.abort(),
        isStopped: () => signal.aborted || stopping.signal.aborted,
        onEnd: () => void open.delete(messageId),
      })
    },
    threads: (who, page): Promise<Page<ChatThreadSummary>> =>
      database.inTenant(who.tenantId, (tx) =>
        listThreads(tx, ownerOf(who), page satisfies PageQuery),
      ),
    thread: (who, threadId): Promise<ChatThread | undefined> =>
      database.inTenant(who.tenantId, async (tx) => {
        const thread = await getThread(tx, { threadId, ownerId: ownerOf(who) })
        if (thread === undefined) return undefined
        return { ...thread, messages: await threadMessages(tx, threadId, mostShown) }
      }),
    remove: (who, threadId) =>
      database.inTenant(who.tenantId, (tx) =>
        removeThread(tx, { threadId, ownerId: ownerOf(who) }),
      ),
    stop: (who, threadId) =>
      database.inTenant(who.tenantId, async (tx) => {
        const own = { threadId, ownerId: ownerOf(who) }
        if ((await getThread(tx, own)) === undefined) return 'unknown'
        const stopped = await askToStop(tx, own)
        for (const messageId of stopped) open.get(messageId)?.abort()
        return stopped.length > 0 ? 'stopping' : 'nothing-to-stop'
      }),
  }
}
