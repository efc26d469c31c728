import { sql } from 'drizzle-orm'
import type { ChatEvent } from '../../canonical/chat.ts'
import type { ChatMessage, ChatThreadSummary } from '../../canonical/views/chat-view.ts'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import { asJson, type TenantTx } from '../database.ts'
import { cutPage, exactMoment, splitPosition } from '../reading/page.ts'

/** A thread by its id and whose it is: the wrong owner finds none. */
export type OwnThread = { readonly threadId: string; readonly ownerId: string }

const summary = sql`thread_id as "threadId", title, message_count as "messageCount", created_at as "createdAt",
  changed_at as "changedAt"`
const messageColumns = sql`message_id as "messageId", author, text, events, status, run_id as "runId",
  created_at as "createdAt"`

/** Takes a thread for this transaction alone; undefined when its caller has none of this id. */
export async function lockThread(
  tx: TenantTx,
  { threadId, ownerId }: OwnThread,
): Promise<{ readonly messageCount: number } | undefined> {
  const [thread] = await tx.rows<{ messageCount: number }>(sql`
    select message_count as "messageCount" from chat_thread
    where thread_id = ${threadId} and owner_id = ${ownerId} for update`)
  return thread
}

/** Whether an answer is being given in a thread. */
export async function isAnswering(tx: TenantTx, threadId: string): Promise<boolean> {
  const rows = await tx.rows(
    sql`select from chat_message where thread_id = ${threadId} and status = 'answering'`,
  )
  return rows.length > 0
}

/** Adds a question and the answer that is about to be given: to a new thread, or to one that the caller holds. */
export async function addTurn(
  tx: TenantTx,
  turn: {
    readonly threadId: string
    readonly after: number
    readonly questionId: string
    readonly text: string
    readonly answerId: string
    /** Of a thread that begins with this question: whose it is, and what it is called. */
    readonly opens?: { readonly ownerId: string; readonly title: string } | undefined
  },
): Promise<void> {
  const rows = [
    {
      place: turn.after + 1,
      message_id: turn.questionId,
      author: 'person',
      text: turn.text,
      status: 'complete',
    },
    {
      place: turn.after + 2,
      message_id: turn.answerId,
      author: 'assistant',
      text: '',
      status: 'answering',
    },
  ]
  const { threadId, opens } = turn
  const count = turn.after + rows.length
  const thread =
    opens === undefined
      ? sql`update chat_thread set message_count = ${count}::int, changed_at = now() where thread_id = ${threadId}`
      : sql`insert into chat_thread (tenant_id, thread_id, owner_id, title, message_count)
          values (${tx.tenantId}, ${threadId}, ${opens.ownerId}, ${opens.title}, ${count}::int)`
  await tx.run(sql`
    with added as (
      insert into chat_message (tenant_id, thread_id, place, message_id, author, text, status)
      select ${tx.tenantId}, ${threadId}, place, message_id, author, text, status
      from jsonb_to_recordset(${asJson(rows)}) as given(place int, message_id text, author text, text text, status text))
    ${thread}`)
}

/** The last messages of a thread, oldest first. */
export async function lastMessages(
  tx: TenantTx,
  threadId: string,
  limit: number,
): Promise<Pick<ChatMessage, 'author' | 'text'>[]> {
  const rows = await tx.rows<Pick<ChatMessage, 'author' | 'text'>>(sql`
    select author, text from chat_message where thread_id = ${threadId} order by place desc limit ${limit}::int`)
  return rows.toReversed()
}

/** An answer as far as it has been given. */
export type AnswerSoFar = {
  readonly threadId: string
  readonly messageId: string
  readonly text: string
  readonly events: readonly ChatEvent[]
  readonly status: ChatMessage['status']
  readonly runId: string | null
}

/** Keeps an answer as far as it has been given; tells whether it is to stop, or is no longer wanted. */
export async function keepAnswer(
  tx: TenantTx,
  answer: AnswerSoFar,
): Promise<{ isStopAsked: boolean }> {
  const { text, events, status, runId } = answer
  const [kept] = await tx.rows<{ isStopAsked: boolean }>(sql`
    update chat_message set text = given.text, events = given.events, status = given.status, run_id = given.run_id,
      alive_at = now()
    from jsonb_to_record(${asJson({ text, events, status, run_id: runId })})
      as given(text text, events jsonb, status text, run_id text)
    where thread_id = ${answer.threadId} and message_id = ${answer.messageId} and chat_message.status = 'answering'
    returning is_stop_asked as "isStopAsked"`)
  return { isStopAsked: kept?.isStopAsked ?? true }
}

/** Asks whoever gives an answer in the thread to stop; gives the answers it asked about. */
export async function askToStop(tx: TenantTx, { threadId, ownerId }: OwnThread): Promise<string[]> {
  const asked = await tx.rows<{ messageId: string }>(sql`
    update chat_message set is_stop_asked = true where thread_id = ${threadId} and status = 'answering'
      and exists (select from chat_thread where chat_thread.thread_id = ${threadId} and owner_id = ${ownerId})
    returning message_id as "messageId"`)
  return asked.map(({ messageId }) => messageId)
}

/** One thread of a caller. */
export async function getThread(
  tx: TenantTx,
  { threadId, ownerId }: OwnThread,
): Promise<ChatThreadSummary | undefined> {
  const [thread] = await tx.rows<ChatThreadSummary>(
    sql`select ${summary} from chat_thread where thread_id = ${threadId} and owner_id = ${ownerId}`,
  )
  return thread
}

/** The last messages of a thread as its owner reads them, oldest first. */
export async function threadMessages(
  tx: TenantTx,
  threadId: string,
  { limit, after }: PageQuery,
): Promise<Page<ChatMessage>> {
  const before = after === undefined ? sql`true` : sql`place < ${after}::int`
  const rows = await tx.rows<ChatMessage & { position: string }>(sql`
    select ${messageColumns}, place::text as position from chat_message
    where thread_id = ${threadId} and ${before} order by place desc limit ${limit + 1}::int`)
  const { items, next } = cutPage(rows, limit)
  return { items: items.toReversed(), next }
}

/** A caller's threads, the last written in first, one page. */
export async function listThreads(
  tx: TenantTx,
  ownerId: string,
  { limit, after }: PageQuery,
): Promise<Page<ChatThreadSummary>> {
  const { sortedBy, id } = splitPosition(after ?? '|')
  const beyond =
    after === undefined
      ? sql`true`
      : sql`(changed_at, thread_id) < (${sortedBy}::timestamptz, ${id})`
  const rows = await tx.rows<ChatThreadSummary & { position: string }>(sql`
    select ${summary}, ${exactMoment(sql`changed_at`)} || '|' || thread_id as position
    from chat_thread where owner_id = ${ownerId} and ${beyond}
    order by changed_at desc, thread_id desc limit ${limit + 1}::int`)
  return cutPage(rows, limit)
}

/** Removes a thread with its messages; false when its caller has none of this id. */
export async function removeThread(
  tx: TenantTx,
  { threadId, ownerId }: OwnThread,
): Promise<boolean> {
  const removed = await tx.run(
    sql`delete from chat_thread where thread_id = ${threadId} and owner_id = ${ownerId}`,
  )
  if (removed === 0) return false
  await tx.run(sql`delete from chat_message where thread_id = ${threadId}`)
  return true
}
