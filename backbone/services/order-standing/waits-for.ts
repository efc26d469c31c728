import type { Evidence } from '../../canonical/decision.ts'
import { activeHolds, type HoldState, type OrderState } from '../../canonical/order-state.ts'
import type { OrderStanding } from '../../canonical/views/order-story.ts'
import type { FlowSetting } from '../../flows/flow-setting.ts'
import { approvalPolicy } from '../../policies/approval/approval-policy.ts'
import { judgeRequest } from '../../policies/approval/judge-request.ts'
import { timeoutTask } from '../../policies/holds/hold-moments.ts'
import { holdsPolicy } from '../../policies/holds.ts'
import { evidenceOfHold } from '../acts/seen-order.ts'

type WaitsFor = OrderStanding['waitsFor'][number]

/** Who decides a proposal to lift a hold of the order, by the rules of approval. */
function decidedBy(order: OrderState, isFourEyes: boolean, setting: FlowSetting) {
  const { settings } = setting.policy(approvalPolicy, {})
  const { totalMinor: amountMinor, currency } = order
  const facts = { money: { amountMinor, currency }, isExact: false, isTainted: false }
  const least = isFourEyes ? { leastRole: 'approver' } : {}
  return judgeRequest({ ...facts, ...least }, settings['release-hold'])
}

/** What its check put on record, without the hold's own sentence, which stands beside it. */
function recordedFacts(order: OrderState, hold: HoldState): Evidence[] {
  return evidenceOfHold(order, hold).filter(({ source }) => source !== `hold:${hold.holdId}`)
}

function waitsFor(order: OrderState, hold: HoldState, setting: FlowSetting): WaitsFor {
  const rule = setting.policy(holdsPolicy, order).settings[hold.type]
  const { requiredRole, needsOtherPerson } = decidedBy(order, rule.isFourEyes, setting)
  const liftsItself = hold.type === 'CANCEL_WINDOW'
  return {
    ...{ holdId: hold.holdId, type: hold.type, line: hold.line ?? null, reason: hold.reason },
    ...{ blocks: [...hold.blocks], placedAt: hold.placedAt, placedBy: hold.placedBy },
    endsAt: hold.expiresAt ?? null,
    liftsItself,
    atEnd: liftsItself || hold.expiresAt === undefined ? null : timeoutTask(rule.onTimeout),
    isPastItsTime: hold.timedOutAt !== undefined,
    conditions: { ...hold.conditions },
    ...{ desk: rule.owner, role: requiredRole, needsOtherPerson },
    needs: [
      ...(rule.needsReasonCode ? (['reason-code'] as const) : []),
      ...(rule.needsEvidence ? (['evidence'] as const) : []),
    ],
    evidence: recordedFacts(order, hold),
  }
}

/** Everything that holds an order, what stands longest first. */
export function holdsInForce(order: OrderState, setting: FlowSetting): WaitsFor[] {
  return activeHolds(order)
    .toSorted((a, b) => a.placedAt.localeCompare(b.placedAt))
    .map((hold) => waitsFor(order, hold, setting))
}
