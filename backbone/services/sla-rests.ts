import { groupBy } from '../canonical/group-by.ts'
import { type Rest, restChanges } from '../policies/sla/rests.ts'
import { movedByPause } from '../policies/sla/sla-policy.ts'
import type { TenantTx } from '../store/database.ts'
import { appendOrderEvents, type OrderEventDraft } from '../store/events.ts'
import {
  holdTimes,
  moveClocks,
  type PauseRow,
  pausesOf,
  type RestingClock,
  writePauses,
} from '../store/sla/pauses.ts'
import type { SlaSetting } from './sla-setting.ts'

type Moved = { readonly clock: RestingClock; readonly ended: readonly Rest[] }

function movedClock({ clock, ended }: Moved, setting: SlaSetting): RestingClock {
  const calendar = setting.calendarFor(clock.target)
  let { warnAt, breachAt } = clock
  for (const { startedAt, endedAt } of ended) {
    if (endedAt === null) continue
    warnAt = movedByPause(warnAt, { startedAt, endedAt }, calendar)
    breachAt = movedByPause(breachAt, { startedAt, endedAt }, calendar)
  }
  return { ...clock, warnAt, breachAt }
}

function restedEvent({ clock, ended }: Moved, now: RestingClock): OrderEventDraft {
  const reasons = [...new Set(ended.map(({ reason }) => reason))].join(', ')
  return {
    orderId: clock.orderId,
    kind: 'sla.rested',
    actor: 'backbone',
    summary: `The promise to ${clock.target} rested for the customer (${reasons}); it ends at ${now.breachAt} now.`,
    body: { target: clock.target, breachAt: now.breachAt },
  }
}

/**
 * Lets clocks rest whose orders wait for the customer, and moves those whose wait is over by the time it took. The caller
 * holds the locks of the orders.
 */
export async function restClocks(
  tx: TenantTx,
  clocks: readonly RestingClock[],
  { setting, now }: { readonly setting: SlaSetting; readonly now: string },
): Promise<void> {
  if (clocks.length === 0) return
  const orderIds = [...new Set(clocks.map(({ orderId }) => orderId))]
  const holds = groupBy(
    await holdTimes(tx, orderIds, setting.settings.pausingHolds),
    ({ orderId }) => orderId,
  )
  const nameOf = ({ subject, target }: { subject: string; target: string }) =>
    `${subject}\n${target}`
  const known = groupBy(
    await pausesOf(tx, [...new Set(clocks.map(({ subject }) => subject))]),
    nameOf,
  )
  const changes = clocks.map((clock) => ({
    clock,
    ...restChanges(holds.get(clock.orderId) ?? [], clock.startedAt, known.get(nameOf(clock)) ?? []),
  }))
  const pauses = changes.flatMap(({ clock: { subject, target }, begun, ended }): PauseRow[] =>
    [...new Set([...begun, ...ended])].map((rest) => ({ subject, target, ...rest })),
  )
  const over = changes.filter(({ ended }) => ended.length > 0)
  const moved = over.map((change) => ({ change, after: movedClock(change, setting) }))
  await writePauses(tx, pauses)
  await moveClocks(
    tx,
    moved.map(({ after }) => after),
  )
  await appendOrderEvents(
    tx,
    moved.map(({ change, after }) => restedEvent(change, after)),
    now,
  )
}
