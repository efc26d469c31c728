import { groupBy } from '../../canonical/group-by.ts'
import type { OrderState } from '../../canonical/order-state.ts'
import { judgeDuplicate } from '../../policies/pricing/purchase-order-identity.ts'
import { type EarlierOrderFact, earlierOrders } from '../../store/checks/earlier-orders.ts'
import { defineStep } from '../define-step.ts'
import { placeHolds } from '../place-hold.ts'

const byArrival = (a: OrderState, b: OrderState) =>
  a.receivedAt.localeCompare(b.receivedAt) ||
  a.orderNumber.localeCompare(b.orderNumber, 'en', { numeric: true })

/** Orders that came in together are not in the books yet: the earlier ones among them count too. */
function earlierInBatch(orders: readonly OrderState[]): EarlierOrderFact[] {
  const groups = groupBy(orders, (order) => `${order.customerNumber}|${order.poNormalised}`)
  return [...groups.values()].flatMap((group) => {
    const inTurn = group.toSorted(byArrival)
    return inTurn.flatMap((order, index) =>
      inTurn.slice(0, index).map((earlier) => ({
        orderId: order.orderId,
        orderNumber: earlier.orderNumber,
        purchaseOrderNumber: earlier.purchaseOrderNumber,
        lineHash: earlier.lineHash,
        receivedAt: earlier.receivedAt,
      })),
    )
  })
}

/** A purchase order number the customer has used before holds the order, whatever channel it came through. */
export const checkDuplicates = defineStep<Map<string, EarlierOrderFact[]>>({
  name: 'check-duplicates',
  from: ['received'],
  isNeeded: (order) => order.customerNumber !== undefined,
  async load(tx, orders) {
    const facts = await earlierOrders(
      tx,
      orders.map(({ orderId, orderNumber, poNormalised, customerNumber = '', receivedAt }) => ({
        orderId,
        orderNumber,
        poNormalised,
        customerNumber,
        receivedAt,
      })),
    )
    return groupBy([...facts, ...earlierInBatch(orders)], (fact) => fact.orderId)
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
