import { ProductRestrictions } from '../../canonical/master-data.ts'
import type { CheckFinding, OrderState } from '../../canonical/order-state.ts'
import { type ComplianceDecision, judgeCompliance } from '../../policies/holds/compliance.ts'
import { holdsPolicy } from '../../policies/holds.ts'
import { substitutionPolicy } from '../../policies/substitution/substitution-policy.ts'
import { defineStep, noFacts } from '../define-step.ts'
import type { FlowSetting } from '../flow-setting.ts'
import type { Decision } from '../order-batch.ts'
import { liftHolds, placeHolds } from '../place-hold.ts'

const hand = 'order-check'

function judge(order: OrderState, setting: FlowSetting): ComplianceDecision | undefined {
  const lines = order.lines.flatMap((line) => {
    const restrictions = setting.products.get(line.sku ?? '')?.restrictions ?? null
    const isWanted = line.orderedEach > line.cancelledEach
    if (line.sku === undefined || restrictions === null || !isWanted) return []
    return { line: line.line, sku: line.sku, restrictions: ProductRestrictions.parse(restrictions) }
  })
  if (lines.length === 0) return undefined
  const { settings, version } = setting.policy(substitutionPolicy, order)
  const shipTo = order.parties.find((party) => party.role === 'ship-to')
  const question = {
    lines,
    destination: shipTo?.address?.country,
    channel: setting.connection(order.connectionId)?.kind,
    licencesHeld: settings.licencesHeld,
  }
  return judgeCompliance(question, version)
}

function holdFor(order: OrderState, decision: ComplianceDecision, setting: FlowSetting) {
  const { message, evidence, policyVersion, isSettledByDocument } = decision
  const finding: CheckFinding = { kind: 'COMPLIANCE_HOLD', message, evidence, policyVersion }
  const { conditions } = setting.policy(holdsPolicy, order).settings.COMPLIANCE
  const wish = {
    type: 'COMPLIANCE' as const,
    causeKey: `compliance:${message}`,
    reason: message,
    conditions: isSettledByDocument ? conditions : [],
  }
  return placeHolds({ ...order, findings: [...order.findings, finding] }, [wish], setting, hand)
}

/** Goods that need a licence, may not go everywhere or are recalled hold the order until that is settled. */
export const checkCompliance = defineStep({
  name: 'check-compliance',
  from: ['received'],
  isNeeded: (order) => order.customerNumber !== undefined,
  // The products of a new order were read when it was identified.
  load: noFacts,
  decide(order, _facts, setting): Decision | undefined {
    const decision = judge(order, setting)
    const message = decision?.decision === 'hold' ? decision.message : undefined
    // Of an order that was changed, what the check held before for another reason is over.
    const cleared = liftHolds(
      order,
      (hold) =>
        hold.causeKey.startsWith('compliance:') && hold.causeKey !== `compliance:${message}`
          ? 'The goods were checked again.'
          : undefined,
      setting.now,
      hand,
    )
    if (decision === undefined) return cleared.events.length === 0 ? undefined : cleared
    const { message: _message, isSettledByDocument: _is, ...told } = decision
    setting.onDecision({ policy: 'compliance', orderId: order.orderId, ...told })
    if (message === undefined) return cleared.events.length === 0 ? undefined : cleared
    const held = holdFor(cleared.order, decision, setting)
    return { order: held.order, events: [...cleared.events, ...held.events] }
  },
})
