import { sql } from 'drizzle-orm'
import type { JobQueue } from '../../queue/job-queue.ts'
import { asTextList, type TenantTx } from '../database.ts'
import { type NoticeDraft, openNotices } from '../outbox/notices.ts'

/** A notice to people as it is kept. */
export type NoticeRecord = {
  readonly noticeId: string
  readonly kind: string
  readonly cause: string
  readonly severity: 'info' | 'warning' | 'critical'
  readonly subject: string
  readonly body: string
  readonly status: 'open' | 'resolved'
  readonly createdAt: string
  readonly sentAt: string | null
  readonly resolvedAt: string | null
}

const columns = sql`
  notice_id as "noticeId", kind, cause, severity, subject, body, status, created_at as "createdAt",
  sent_at as "sentAt", resolved_at as "resolvedAt"`

/** Opens notices, one per cause while it lasts, and puts them on their way to people. */
export async function raiseNotices(
  tx: TenantTx,
  queue: JobQueue,
  drafts: readonly NoticeDraft[],
): Promise<void> {
  await queue.enqueue(tx, 'send-notice', await openNotices(tx, drafts))
}

/** Brings the text of a cause's open notice up to date, without telling people again. */
export async function rewordNotice(
  tx: TenantTx,
  draft: Pick<NoticeDraft, 'cause' | 'subject' | 'body'>,
): Promise<void> {
  await tx.run(sql`
    update notice set subject = ${draft.subject}, body = ${draft.body}
    where cause = ${draft.cause} and status = 'open' and (subject, body) <> (${draft.subject}, ${draft.body})`)
}

/** The causes of open notices that begin with a word. */
export async function openCauses(tx: TenantTx, beginning: string): Promise<string[]> {
  const rows = await tx.rows<{ cause: string }>(
    sql`select cause from notice where status = 'open' and starts_with(cause, ${beginning})`,
  )
  return rows.map(({ cause }) => cause)
}

/** Those of the notices that are open and not told yet. */
export async function untoldNotices(
  tx: TenantTx,
  noticeIds: readonly string[],
): Promise<NoticeRecord[]> {
  return tx.rows(sql`
    select ${columns} from notice
    where notice_id = any(${asTextList(noticeIds)}) and status = 'open' and sent_at is null order by notice_id`)
}

/** Open notices of some severities that nobody has been told of, the oldest first, from the last two days. */
export async function waitingNotices(
  tx: TenantTx,
  severities: readonly string[],
  now: string,
  limit: number,
): Promise<NoticeRecord[]> {
  return tx.rows(sql`
    select ${columns} from notice
    where status = 'open' and sent_at is null and severity = any(${asTextList(severities)})
      and created_at > ${now}::timestamptz - interval '2 days'
    order by notice_id limit ${limit}::int`)
}

/** Marks notices as told. */
export async function markTold(
  tx: TenantTx,
  noticeIds: readonly string[],
  now: string,
): Promise<void> {
  if (noticeIds.length === 0) return
  await tx.run(sql`
    update notice set sent_at = ${now}::timestamptz
    where notice_id = any(${asTextList(noticeIds)}) and sent_at is null`)
}

/** Notices told before a moment, still open, whose escalation is not in the outbox yet. */
export async function unescalatedNotices(
  tx: TenantTx,
  search: {
    readonly severities: readonly string[]
    readonly toldBefore: string
    /** What comes after the notice's id in the escalation's idempotency key. */
    readonly keyEnding: string
  },
  limit: number,
): Promise<NoticeRecord[]> {
  return tx.rows(sql`
    with overdue as materialized (
      -- Put together before the look-up: under row-level security an index takes finished values only.
      select notice.*, 'notice:' || notice_id || ${search.keyEnding} as told_key from notice
      where status = 'open' and severity = any(${asTextList(search.severities)})
        and sent_at <= ${search.toldBefore}::timestamptz
    )
    select ${columns} from overdue
    where not exists (select 1 from transaction where transaction.tenant_id = overdue.tenant_id
      and transaction.idempotency_key = overdue.told_key)
    order by notice_id limit ${limit}::int`)
}

/** A connection that may tell people something. */
export type NotifyConnection = {
  readonly connectionId: string
  readonly kind: string
  readonly settings: Readonly<Record<string, unknown>>
}

/** The tenant's mail and webhook connections that are switched on. */
export async function listNotifyConnections(tx: TenantTx): Promise<NotifyConnection[]> {
  return tx.rows(sql`
    select connection_id as "connectionId", kind, settings from connection
    where kind in ('mail', 'webhook') and is_enabled order by connection_id`)
}

/** Notices of the tenant, newest first. */
export async function listNotices(
  tx: TenantTx,
  page: { status?: string | undefined; before?: string | undefined; limit: number },
): Promise<NoticeRecord[]> {
  return tx.rows(sql`
    select ${columns} from notice
    where (${page.status ?? null}::text is null or status = ${page.status ?? null}::text)
      and (${page.before ?? null}::text is null or notice_id < ${page.before ?? null}::text)
    order by notice_id desc limit ${page.limit}::int`)
}

/** Resolves one notice; gives it as it was before, nothing when there is none. */
export async function resolveNotice(
  tx: TenantTx,
  noticeId: string,
): Promise<NoticeRecord | undefined> {
  const [before] = await tx.rows<NoticeRecord>(
    sql`select ${columns} from notice where notice_id = ${noticeId} for update`,
  )
  if (before?.status === 'open')
    await tx.run(
      sql`update notice set status = 'resolved', resolved_at = now() where notice_id = ${noticeId}`,
    )
  return before
}
