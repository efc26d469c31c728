import { ProductRestrictions } from '../../canonical/master-data.ts'
import type { CheckFinding, OrderState } from '../../canonical/order-state.ts'
import { type ComplianceDecision, judgeCompliance } from '../../policies/holds/compliance.ts'
import { holdsPolicy } from '../../policies/holds.ts'
import { substitutionPolicy } from '../../policies/substitution/substitution-policy.ts'
import { restrictedProducts } from '../../store/checks/hold-facts.ts'
import { defineStep } from '../define-step.ts'
import type { FlowSetting } from '../flow-setting.ts'
import { liftHolds, placeHolds } from '../place-hold.ts'

const hand = 'order-check'

function judge(
  order: OrderState,
  restrictions: ReadonlyMap<string, unknown>,
  setting: FlowSetting,
): ComplianceDecision | undefined {
  const lines = order.lines.flatMap((line) => {
    const restriction = restrictions.get(line.sku ?? '')
    const isWanted = line.orderedEach > line.cancelledEach
    if (line.sku === undefined || restriction === undefined || !isWanted) return []
    return { line: line.line, sku: line.sku, restrictions: ProductRestrictions.parse(restriction) }
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
export const checkCompliance = defineStep<ReadonlyMap<string, unknown>>({
  name: 'check-compliance',
  from: ['received'],
  isNeeded: (order) => order.customerNumber !== undefined,
  load: (tx, orders) =>
    restrictedProducts(
      tx,
      orders.flatMap((order) => order.lines.flatMap((line) => line.sku ?? [])),
    ),
  decide(order, restrictions, setting) {
    const decision = judge(order, restrictions, setting)
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
