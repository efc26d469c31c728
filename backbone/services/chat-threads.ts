import { newId } from '../canonical/ids.ts'
import type { ChatThreadSummary } from '../canonical/views/chat-view.ts'
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
  removeThread,
  threadMessages,
} from '../store/assistant/chat-threads.ts'
import type { Database, TenantTx } from '../store/database.ts'
import type { Principal } from './api-principal.ts'
import { type Answering, followedAnswer, type KeepAnswer } from './chat-answer.ts'
import type { AskedTurn, BeginTurn, BegunTurn, ChatService, NewTurn } from './ports.ts'

const mostHistory = 20
const longestPast = 4_000
const longestTitle = 80
const mostMessages = 2_000

/** Whose threads a caller's are: a user's in all their sessions, a key's. */
const ownerOf = (who: Principal): string => (who.kind === 'person' ? who.userId : who.credentialId)

const noThread = () => new CallerMistake(404, 'not-found', 'There is no such thread.')

/** A thread that a question can be asked in, how many messages it has, and the last of them. */
type OpenedThread = {
  readonly threadId: string
  readonly messageCount: number
  readonly past: Awaited<ReturnType<typeof lastMessages>>
  /** Of one that begins with the question: whose it is, and what it is called. */
  readonly opens?: { readonly ownerId: string; readonly title: string }
}

type OpenedTurn = Pick<AskedTurn, 'threadId' | 'history'> & {
  readonly messageId: string
  readonly begun: BegunTurn
}

function newThread({ who, text }: Pick<NewTurn, 'who' | 'text'>): OpenedThread {
  const title = text.replaceAll(/\s+/g, ' ').trim().slice(0, longestTitle)
  const opens = { ownerId: ownerOf(who), title }
  return { threadId: newId('thr'), messageCount: 0, past: [], opens }
}

async function ownThread(tx: TenantTx, who: Principal, threadId: string): Promise<OpenedThread> {
  const thread = await lockThread(tx, { threadId, ownerId: ownerOf(who) })
  if (thread === undefined) throw noThread()
  if (thread.messageCount >= mostMessages)
    throw new CallerMistake(409, 'thread-full', 'This thread is full; begin a new one.')
  const [isBusy, past] = await Promise.all([
    isAnswering(tx, threadId),
    lastMessages(tx, threadId, mostHistory),
  ])
  if (isBusy)
    throw new CallerMistake(
      409,
      'still-answering',
      'An answer is being given in this thread; wait for its end or stop it.',
    )
  return { threadId, messageCount: thread.messageCount, past }
}

/** Keeps a question in its thread, and begins its answer. */
async function openTurn(
  tx: TenantTx,
  begin: BeginTurn,
  turn: Omit<NewTurn, 'threadId'> & { readonly threadId: string | undefined },
): Promise<OpenedTurn> {
  const { who, text, threadId: wanted } = turn
  const thread = wanted === undefined ? newThread(turn) : await ownThread(tx, who, wanted)
  const { threadId, messageCount, past, opens } = thread
  const messageId = newId('msg')
  const [begun] = await Promise.all([
    begin(tx, { ...turn, threadId }),
    addTurn(tx, {
      ...{ threadId, after: messageCount, text, opens },
      ...{ questionId: newId('msg'), answerId: messageId },
    }),
  ])
  return {
    threadId,
    messageId,
    begun,
    history: past.map(({ author, text }) => ({ from: author, text: text.slice(0, longestPast) })),
  }
}

/** Opens the conversations of a house; `begin` is the assistant's. */
export function chatThreads({
  database,
  begin,
  pace = { keepMs: 400, aliveMs: 5_000 },
}: {
  readonly database: Database
  readonly begin: BeginTurn
  readonly pace?: Answering['pace']
}): ChatService {
  const open = new Map<string, AbortController>()
  return {
    async ask({ who, threadId: wanted, text, screen, signal }) {
      const { tenantId } = who
      const turn = await database.inTenant(tenantId, (tx) =>
        openTurn(tx, begin, { who, threadId: wanted, text, subject: screen }),
      )
      const { threadId, messageId, history, begun } = turn
      const stopping = new AbortController()
      const told = begun.tell({
        ...{ who, threadId, text, history, subject: screen },
        signal: AbortSignal.any([signal, stopping.signal]),
      })
      const keep: KeepAnswer = (soFar) =>
        database.inTenant(tenantId, async (tx) => {
          const kept = keepAnswer(tx, { threadId, messageId, ...soFar })
          if (soFar.status === 'answering') return kept
          const [told] = await Promise.all([kept, begun.end(tx)])
          return told
        })
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
    thread: (who, threadId, page): ReturnType<ChatService['thread']> =>
      database.inTenant(who.tenantId, async (tx) => {
        const thread = await getThread(tx, { threadId, ownerId: ownerOf(who) })
        if (thread === undefined) return undefined
        return { thread, messages: await threadMessages(tx, threadId, page) }
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
