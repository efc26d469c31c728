import { activeHolds, mayPass } from '../../canonical/order-state.ts'
import { isTimedOut, liftReason } from '../../policies/holds.ts'
import { defineStep, noFacts } from '../define-step.ts'
import { liftHolds } from '../place-hold.ts'

/**
 * Holds whose condition has come true are lifted; those that stand past their time are marked once, so that
 * a person is told. An order that nothing holds any more becomes ready.
 */
export const liftDueHolds = defineStep({
  name: 'lift-due-holds',
  from: ['held'],
  isNeeded: () => true,
  load: noFacts,
  decide(order, _facts, setting) {
    const lifted = liftHolds(
      order,
      (hold) => liftReason(hold, setting.now),
      setting.now,
      'order-flow',
    )
    const late = activeHolds(lifted.order).filter((hold) => isTimedOut(hold, setting.now))
    const lateIds = new Set(late.map((hold) => hold.holdId))
    const holds = lifted.order.holds.map((hold) =>
      lateIds.has(hold.holdId) ? { ...hold, timedOutAt: setting.now } : hold,
    )
    const events = [
      ...lifted.events,
      ...late.map((hold) => ({
        kind: 'hold.timed-out',
        actor: 'order-flow',
        summary: `Hold (${hold.type}) stands past its time: ${hold.reason}`,
        body: { holdId: hold.holdId, type: hold.type },
      })),
    ]
    const settled = { ...lifted.order, holds }
    if (mayPass(settled, 'release'))
      return { order: { ...settled, stage: 'ready' as const }, events }
    const [next] = activeHolds(settled)
      .flatMap((hold) =>
        hold.expiresAt !== undefined && hold.expiresAt > setting.now ? hold.expiresAt : [],
      )
      .sort()
    if (events.length === 0) return undefined
    return { order: settled, events, ...(next === undefined ? {} : { wakeAt: next }) }
  },
})
