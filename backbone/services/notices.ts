import type { OutboundDocument } from '../canonical/canonical-document.ts'
import { CallerMistake } from '../errors.ts'
import type { OutboundIntent } from '../flows/outbox/outbound-intent.ts'
import { NotifySettings, telling, wantedSeverities } from '../policies/notify.ts'
import type { BatchWork } from '../queue/worker.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { appendTenantEvents, databaseNow } from '../store/events.ts'
import {
  listNotices,
  listNotifyConnections,
  markTold,
  type NoticeRecord,
  resolveNotice,
  unescalatedNotices,
  untoldNotices,
  waitingNotices,
} from '../store/notices/notice-rows.ts'

/** Puts calls into the outbox; a call whose key is known changes nothing. */
export type EnqueueCalls = (tx: TenantTx, intents: readonly OutboundIntent[]) => Promise<void>

type Listener = { connectionId: string; kind: string; settings: NotifySettings }

// A connection whose settings do not fit is passed over; its own test button says what is wrong.
async function listeners(tx: TenantTx): Promise<Listener[]> {
  return (await listNotifyConnections(tx)).flatMap(({ connectionId, kind, settings }) => {
    const checked = NotifySettings.safeParse(settings)
    return checked.success ? [{ connectionId, kind, settings: checked.data }] : []
  })
}

type Escalation = { readonly afterMinutes: number; readonly from: Listener }

function noticeDocument(
  notice: NoticeRecord,
  listener: Listener,
  escalation: Escalation | undefined,
): OutboundDocument {
  const { noticeId, kind, cause, severity, createdAt: occurredAt } = notice
  const owner = (escalation?.from ?? listener).settings.owner
  const subject =
    escalation === undefined
      ? notice.subject
      : `Unresolved for ${escalation.afterMinutes} minutes: ${notice.subject}`
  const body = owner === undefined ? notice.body : `${notice.body}\n\nOwner: ${owner}`
  if (listener.kind === 'mail')
    return { docType: 'notice', noticeId, kind, severity, subject, body, occurredAt }
  return {
    docType: 'webhook-event',
    eventId: escalation === undefined ? noticeId : `${noticeId}.escalated`,
    eventType: `notice.${kind}`,
    subject: cause,
    occurredAt,
    data: { severity, subject, body, isEscalated: escalation !== undefined },
  }
}

const escalationKeyEnding = (from: string, to: string): string => `:${from}:escalated:${to}`

function noticeCall(
  notice: NoticeRecord,
  listener: Listener,
  escalation?: Escalation,
): OutboundIntent {
  const { connectionId } = listener
  const ending =
    escalation === undefined
      ? `:${connectionId}`
      : escalationKeyEnding(escalation.from.connectionId, connectionId)
  return {
    operation: listener.kind === 'mail' ? 'notify.people' : 'webhook.event',
    connectionId,
    document: noticeDocument(notice, listener, escalation),
    naturalKey: notice.noticeId,
    orderingKey: `notice:${notice.noticeId}`,
    idempotencyKey: `notice:${notice.noticeId}${ending}`,
  }
}

async function tell(
  tx: TenantTx,
  enqueueCalls: EnqueueCalls,
  situation: { notices: readonly NoticeRecord[]; told: readonly Listener[]; now: string },
): Promise<number> {
  const { notices, told, now } = situation
  const answers = notices.map((notice) => {
    const verdicts = told.map((listener) => ({
      listener,
      verdict: telling({ severity: notice.severity, now, ...listener }),
    }))
    const ready = verdicts.flatMap(({ listener, verdict }) => (verdict === 'now' ? listener : []))
    const isWaiting = verdicts.some(({ verdict }) => verdict === 'later')
    return { notice, ready, isDone: ready.length > 0 && !isWaiting }
  })
  await enqueueCalls(
    tx,
    answers.flatMap(({ notice, ready }) => ready.map((listener) => noticeCall(notice, listener))),
  )
  const done = answers.filter(({ isDone }) => isDone).map(({ notice }) => notice.noticeId)
  await markTold(tx, done, now)
  return done.length
}

/** The work of the queue `send-notice`: turns notices into mails and webhooks in the outbox. */
export function noticeWork({ enqueueCalls }: { enqueueCalls: EnqueueCalls }): BatchWork {
  return {
    queue: 'send-notice',
    batchSize: 100,
    async work(tx, noticeIds) {
      const notices = await untoldNotices(tx, noticeIds)
      if (notices.length === 0) return
      const now = await databaseNow(tx)
      await tell(tx, enqueueCalls, { notices, told: await listeners(tx), now })
    },
    // The notice stays untold on its row, where the next sweep finds it again.
    onFailure: () => Promise.resolve('set-aside'),
  }
}

const mostPerSweep = 500

async function escalate(
  tx: TenantTx,
  enqueueCalls: EnqueueCalls,
  situation: { told: readonly Listener[]; now: string },
): Promise<number> {
  const { told, now } = situation
  let escalated = 0
  for (const from of told) {
    const { escalateAfterMinutes: afterMinutes, escalateTo } = from.settings
    const to = told.find(({ connectionId }) => connectionId === escalateTo)
    if (afterMinutes === undefined || to === undefined) continue
    const search = {
      severities: wantedSeverities(from.kind, from.settings),
      toldBefore: new Date(Date.parse(now) - afterMinutes * 60_000).toISOString(),
      keyEnding: escalationKeyEnding(from.connectionId, to.connectionId),
    }
    const notices = await unescalatedNotices(tx, search, mostPerSweep)
    await enqueueCalls(
      tx,
      notices.map((notice) => noticeCall(notice, to, { afterMinutes, from })),
    )
    escalated += notices.length
  }
  return escalated
}

/**
 * Tells what waited for the end of quiet hours or lost its job, and escalates what is still unresolved. Cheap
 * enough for every few seconds.
 */
export async function sweepNotices(
  tx: TenantTx,
  enqueueCalls: EnqueueCalls,
  now: string,
): Promise<{ readonly told: number; readonly escalated: number }> {
  const told = await listeners(tx)
  if (told.length === 0) return { told: 0, escalated: 0 }
  const wanted = told.flatMap(({ kind, settings }) => wantedSeverities(kind, settings))
  const notices = await waitingNotices(tx, [...new Set(wanted)], now, mostPerSweep)
  return {
    told: await tell(tx, enqueueCalls, { notices, told, now }),
    escalated: await escalate(tx, enqueueCalls, { told, now }),
  }
}

type Who = { readonly tenantId: string; readonly actor: string }

/** What people do with notices. */
export type NoticesService = {
  /** Newest first; `before` is the id of the last one seen. */
  list(
    who: Pick<Who, 'tenantId'>,
    page?: { status?: 'open' | 'resolved'; before?: string; limit?: number },
  ): Promise<NoticeRecord[]>
  /** Says that a notice is seen to; resolving it twice is the same. */
  resolve(who: Who, noticeId: string): Promise<void>
}

/** Opens the service of notices. */
export function noticesService({ database }: { database: Database }): NoticesService {
  return {
    list: (who, { status, before, limit = 100 } = {}) =>
      database.inTenant(who.tenantId, (tx) => listNotices(tx, { status, before, limit })),
    resolve: (who, noticeId) =>
      database.inTenant(who.tenantId, async (tx) => {
        const before = await resolveNotice(tx, noticeId)
        if (before === undefined)
          throw new CallerMistake(404, 'unknown-notice', 'There is no such notice.', { noticeId })
        if (before.status !== 'open') return
        await appendTenantEvents(
          tx,
          [
            {
              kind: 'notice.resolved',
              actor: who.actor,
              summary: `Seen to: ${before.subject}`,
              body: { noticeId, cause: before.cause },
            },
          ],
          await databaseNow(tx),
        )
      }),
  }
}
