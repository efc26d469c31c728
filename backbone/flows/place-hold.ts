import type { IsoMoment } from '../canonical/document.ts'
import { newId } from '../canonical/ids.ts'
import {
  activeHolds,
  type BlockableStep,
  type HoldRelease,
  type HoldState,
  type HoldType,
  type OrderState,
} from '../canonical/order-state.ts'
import { timeoutAt } from '../policies/holds/hold-moments.ts'
import { type HoldRule, holdsPolicy } from '../policies/holds.ts'
import type { EventDraft } from '../store/events.ts'
import type { FlowSetting } from './flow-setting.ts'

/** A wish to hold an order. `causeKey` names the cause: one a person has let pass is not held again. */
export type HoldWish = {
  readonly type: HoldType
  readonly causeKey: string
  readonly reason: string
  readonly line?: string
  readonly expiresAt?: IsoMoment
  readonly conditions?: readonly string[]
  /** What it stops where that is not what holds of its type do. */
  readonly blocks?: readonly BlockableStep[]
}

/** The moment some milliseconds after another. */
export function laterBy(moment: IsoMoment, durationMs: number): IsoMoment {
  return new Date(Date.parse(moment) + durationMs).toISOString()
}

function newHold(wish: HoldWish, now: IsoMoment, placedBy: string, rule: HoldRule): HoldState {
  const blocks = wish.blocks ?? rule.blocks
  const expiresAt = wish.expiresAt ?? timeoutAt(rule, now)
  return {
    holdId: newId('hld'),
    type: wish.type,
    blocks,
    reason: wish.reason,
    causeKey: wish.causeKey,
    conditions: Object.fromEntries((wish.conditions ?? []).map((condition) => [condition, null])),
    placedAt: now,
    placedBy,
    ...(wish.line === undefined ? {} : { line: wish.line }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

// What the backbone lifts by itself says nothing about the cause: when it is there again, it holds again.
const ownHands: ReadonlySet<string> = new Set([
  'order-check',
  'order-flow',
  'outbox',
  'credit-check',
])

const isMet = ({ conditions }: HoldState) => {
  const moments = Object.values(conditions)
  return moments.length > 0 && moments.every((moment) => moment !== null)
}

/** Whether a hold, standing or lifted, settles its cause: nothing more is to be held for it. */
function isSettled(hold: HoldState): boolean {
  if (hold.releasedAt === undefined || isMet(hold)) return true
  switch (hold.type) {
    case 'CANCEL_WINDOW':
    case 'CONDITIONAL':
      // A window that has run, and conditions once met, are not begun anew.
      return true
    case 'DATA_INCOMPLETE':
    case 'MANUAL':
      // What is missing, or refused by the ERP once more, cannot be let pass.
      return false
    case 'CREDIT':
    case 'PAYMENT':
      // How far a person's decision reaches is told by its release; after that it is looked at anew.
      return false
    case 'ADDRESS':
    case 'FRAUD':
    case 'COMPLIANCE':
    case 'MARGIN':
    case 'PRICE':
    case 'DUPLICATE_SUSPECT':
    case 'SHIP_COMPLETE':
    case 'CUSTOMER_REQUEST':
      return hold.releasedBy !== undefined && !ownHands.has(hold.releasedBy)
  }
}

/** Whether a person has let a cause pass. */
export function isLetPass({ holds }: Pick<OrderState, 'holds'>, causeKey: string): boolean {
  return holds.some(
    (hold) => hold.causeKey === causeKey && hold.releasedAt !== undefined && isSettled(hold),
  )
}

/**
 * Places the holds whose cause is new, by the rules in force. A cause that is held already, or that a person
 * has let pass, is left as it is.
 */
export function placeHolds(
  order: OrderState,
  wishes: readonly HoldWish[],
  setting: Pick<FlowSetting, 'now' | 'policy'>,
  placedBy: string,
): { order: OrderState; events: EventDraft[] } {
  const known = new Set(order.holds.filter(isSettled).map((hold) => hold.causeKey))
  const { settings } = setting.policy(holdsPolicy, order)
  const placed = wishes
    .filter((wish) => !known.has(wish.causeKey))
    .map((wish) => newHold(wish, setting.now, placedBy, settings[wish.type]))
  if (placed.length === 0) return { order, events: [] }
  return {
    order: { ...order, holds: [...order.holds, ...placed] },
    events: placed.map((hold) => ({
      kind: 'hold.placed',
      actor: placedBy,
      summary: `Held (${hold.type}): ${hold.reason}`,
      body: {
        holdId: hold.holdId,
        type: hold.type,
        blocks: hold.blocks,
        line: hold.line,
        expiresAt: hold.expiresAt,
      },
    })),
  }
}

/** Lifts the holds in force for which `why` gives a reason; `release` is what a person decided with it. */
export function liftHolds(
  order: OrderState,
  why: (hold: HoldState) => string | undefined,
  now: IsoMoment,
  liftedBy: string,
  release?: HoldRelease,
): { order: OrderState; events: EventDraft[] } {
  const events: EventDraft[] = []
  const isActive = new Set(activeHolds(order).map((hold) => hold.holdId))
  const holds = order.holds.map((hold) => {
    const reason = isActive.has(hold.holdId) ? why(hold) : undefined
    if (reason === undefined) return hold
    events.push({
      kind: 'hold.lifted',
      actor: liftedBy,
      summary: `Hold lifted (${hold.type}): ${reason}`,
      body: { holdId: hold.holdId, type: hold.type, ...release },
    })
    return {
      ...hold,
      releasedAt: now,
      releasedBy: liftedBy,
      releaseReason: reason,
      ...(release === undefined ? {} : { release }),
    }
  })
  return events.length === 0 ? { order, events } : { order: { ...order, holds }, events }
}
