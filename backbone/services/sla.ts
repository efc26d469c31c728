import type { JobQueue } from '../queue/job-queue.ts'
import type { TenantTx } from '../store/database.ts'
import { appendOrderEvents } from '../store/events.ts'
import { openCauses, raiseNotices, rewordNotice } from '../store/notices/notice-rows.ts'
import { closeNotices, type NoticeDraft } from '../store/outbox/notices.ts'
import {
  countLate,
  type DueClock,
  dueClocks,
  lockClockOrders,
  markDue,
  type OpenLateness,
} from '../store/sla/clocks.ts'

/** How many promises a sweep found at their warning and past their end, by what was promised. */
export type SlaSweep = {
  readonly warned: Readonly<Record<string, number>>
  readonly breached: Readonly<Record<string, number>>
}

const mostPerSweep = 500

const causeOf = (target: string, isBreached: boolean): string =>
  `sla:${target}:${isBreached ? 'breached' : 'warned'}`

const promises = (count: number): string => (count === 1 ? '1 promise' : `${count} promises`)

// One notice for all that run late with one target: a stopped ERP is one cause, not a thousand.
function latenessNotices(late: OpenLateness): NoticeDraft[] {
  const { target, warned, breached, examples } = late
  const among = `Among them: ${examples.join(', ')}.`
  const notice = (count: number, isBreached: boolean, subject: string): NoticeDraft[] =>
    count === 0
      ? []
      : [
          {
            kind: isBreached ? 'sla-breach' : 'sla-warning',
            cause: causeOf(target, isBreached),
            severity: isBreached ? 'critical' : 'warning',
            subject,
            body: `${subject}. ${among}`,
          },
        ]
  return [
    ...notice(breached, true, `${promises(breached)} to ${target} past the agreed time`),
    ...notice(warned, false, `${promises(warned)} to ${target} past 70 % of the agreed time`),
  ]
}

async function tellPeople(
  tx: TenantTx,
  queue: JobQueue,
  marked: readonly DueClock[],
): Promise<void> {
  const drafts = (await countLate(tx)).flatMap(latenessNotices)
  const fresh = new Set(marked.map(({ target, isBreached }) => causeOf(target, isBreached)))
  const late = new Set(drafts.map(({ cause }) => cause))
  const open = await openCauses(tx, 'sla:')
  for (const draft of drafts) if (open.includes(draft.cause)) await rewordNotice(tx, draft)
  // What a person has resolved is raised again only when another promise runs late.
  await raiseNotices(
    tx,
    queue,
    drafts.filter(({ cause }) => fresh.has(cause)),
  )
  await closeNotices(
    tx,
    open.filter((cause) => !late.has(cause)),
  )
}

function count(clocks: readonly DueClock[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { target } of clocks) counts[target] = (counts[target] ?? 0) + 1
  return counts
}

/**
 * Looks at the promises that run: marks each once when 70 % of its time is used and once when it is broken,
 * puts that on the order's timeline, and tells people. Notices close by themselves when nothing is late.
 */
export async function sweepSla(tx: TenantTx, queue: JobQueue, now: string): Promise<SlaSweep> {
  const due = await dueClocks(tx, now, mostPerSweep)
  // Orders are locked before their clocks, as in every step: the other way round two transactions could wait for each other.
  const orderIds = [...new Set(due.flatMap(({ orderId }) => orderId ?? []))]
  const locked = orderIds.length === 0 ? new Set() : await lockClockOrders(tx, orderIds)
  const marked = due.length === 0 ? [] : await markDue(tx, now, due)
  const events = marked.flatMap(({ orderId, target, breachAt, isBreached }) =>
    orderId !== null && locked.has(orderId)
      ? {
          orderId,
          kind: isBreached ? 'sla.breached' : 'sla.warned',
          actor: 'backbone',
          summary: isBreached
            ? `The promise to ${target} by ${breachAt} is broken.`
            : `70 % of the time to ${target} is used; it ends at ${breachAt}.`,
          body: { target, breachAt },
        }
      : [],
  )
  await appendOrderEvents(tx, events, now)
  await tellPeople(tx, queue, marked)
  return {
    warned: count(marked.filter(({ isBreached }) => !isBreached)),
    breached: count(marked.filter(({ isBreached }) => isBreached)),
  }
}
