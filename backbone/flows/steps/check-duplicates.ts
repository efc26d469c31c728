import { groupBy } from '../../canonical/group-by.ts'
import { judgeDuplicate } from '../../policies/purchase-order-identity.ts'
import { type EarlierOrderFact, earlierOrders } from '../../store/checks/earlier-orders.ts'
import { defineStep } from '../define-step.ts'
import { placeHolds } from '../place-hold.ts'

/** A purchase order number the customer has used before holds the order, whatever channel it came through. */
export const checkDuplicates = defineStep<Map<string, EarlierOrderFact[]>>({
  name: 'check-duplicates',
  from: ['received'],
  isNeeded: (order) => order.customerNumber !== undefined,
  async load(tx, orders) {
    const facts = await earlierOrders(
      tx,
      orders.map(({ orderId, poNormalised, customerNumber = '', receivedAt }) => ({
        orderId,
        poNormalised,
        customerNumber,
        receivedAt,
      })),
    )
    return groupBy(facts, (fact) => fact.orderId)
  },
  decide(order, facts, setting) {
    const earlier = (facts.get(order.orderId) ?? []).map((fact) => ({
      ...fact,
      isSameSpelling: fact.purchaseOrderNumber === order.purchaseOrderNumber,
    }))
    const verdict = judgeDuplicate(order.lineHash, earlier, setting.now)
    if (verdict.verdict === 'new') return undefined
    const reason =
      verdict.verdict === 'exact-duplicate'
        ? `Order ${verdict.of} has the same purchase order number and the same content.`
        : verdict.reason
    const finding = {
      kind: verdict.verdict === 'reused' ? 'PO_REUSED' : 'DUPLICATE_PO',
      message: reason,
    }
    const held = placeHolds(
      { ...order, findings: [...order.findings, finding] },
      [{ type: 'DUPLICATE_SUSPECT', causeKey: `duplicate:${verdict.of}`, reason }],
      setting.now,
      'order-check',
    )
    return held
  },
})
