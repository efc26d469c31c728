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
import { clocksPastShare, type PastShare } from '../store/sla/forecast.ts'
import { restingClocks } from '../store/sla/pauses.ts'
import { restClocks } from './sla-rests.ts'
import { loadSlaSetting } from './sla-setting.ts'

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

type Lateness = { readonly late: readonly OpenLateness[]; readonly open: readonly string[] }

async function tellPeople(
  tx: TenantTx,
  queue: JobQueue,
  { marked, late, open }: Lateness & { readonly marked: readonly DueClock[] },
): Promise<void> {
  const drafts = late.flatMap(latenessNotices)
  const fresh = new Set(marked.map(({ target, isBreached }) => causeOf(target, isBreached)))
  const causes = new Set(drafts.map(({ cause }) => cause))
  for (const draft of drafts) if (open.includes(draft.cause)) await rewordNotice(tx, draft)
  // What a person has resolved is raised again only when another promise runs late.
  await raiseNotices(
    tx,
    queue,
    drafts.filter(({ cause }) => fresh.has(cause)),
  )
  const own = open.filter((cause) => /:(warned|breached)$/.test(cause))
  await closeNotices(
    tx,
    own.filter((cause) => !causes.has(cause)),
  )
}

// The first steps are the warning and the breach, which everybody who listens is told of; later ones name their role.
async function escalate(
  tx: TenantTx,
  queue: JobQueue,
  { late, open, now }: Lateness & { readonly now: string },
): Promise<void> {
  const escalated = open.filter((cause) => !/:(warned|breached)$/.test(cause))
  const isAnyBroken = late.some(({ breached }) => breached > 0)
  if (!isAnyBroken && escalated.length === 0) return
  const { settings } = await loadSlaSetting(tx)
  const causes = new Set<string>()
  for (const { role, atShare } of settings.ladder.filter((step) => step.atShare > 1))
    for (const past of await clocksPastShare(tx, { now, share: atShare, role })) {
      const draft = escalationNotice(past, { role, atShare })
      causes.add(draft.cause)
      await rewordNotice(tx, draft)
      if (past.isNews) await raiseNotices(tx, queue, [draft])
    }
  await closeNotices(
    tx,
    escalated.filter((cause) => !causes.has(cause)),
  )
}

function escalationNotice(
  { target, count: late, examples }: PastShare,
  { role, atShare }: { readonly role: string; readonly atShare: number },
): NoticeDraft {
  const percent = Math.round(atShare * 100)
  const subject = `${promises(late)} to ${target} past ${percent} % of the agreed time`
  return {
    kind: 'sla-escalation',
    cause: `sla:${target}:${role}`,
    severity: 'critical',
    subject,
    body: `${subject}. For: ${role}. Among them: ${examples.join(', ')}.`,
  }
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
  const resting = await restingClocks(tx, mostPerSweep)
  // Orders are locked before their clocks, as in every step: the other way round two transactions could wait for each other.
  const orderIds = [...new Set([...due, ...resting].flatMap(({ orderId }) => orderId ?? []))]
  const locked = orderIds.length === 0 ? new Set() : await lockClockOrders(tx, orderIds)
  const clocks = [...due, ...resting].flatMap(({ orderId, ...clock }) =>
    orderId !== null && locked.has(orderId) ? { ...clock, orderId } : [],
  )
  if (clocks.length > 0) await restClocks(tx, clocks, { setting: await loadSlaSetting(tx), now })
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
  const lateness = { late: await countLate(tx), open: await openCauses(tx, 'sla:') }
  await tellPeople(tx, queue, { marked, ...lateness })
  await escalate(tx, queue, { now, ...lateness })
  return {
    warned: count(marked.filter(({ isBreached }) => !isBreached)),
    breached: count(marked.filter(({ isBreached }) => isBreached)),
  }
}
