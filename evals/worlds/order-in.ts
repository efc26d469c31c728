import type { OrderLineState, OrderState } from '../../backbone/canonical/order-state.ts'
import type { Database } from '../../backbone/store/database.ts'
import { insertWholeOrder, orderOnItsWay } from '../../testing/whole-order.ts'

/** What of an order a graded house says; the rest is as any held order has it. */
export type OrderIn = Partial<OrderState> & {
  readonly orderNumber: string
  readonly customerNumber: string
  /** What of its one line is different. */
  readonly line?: Partial<OrderLineState>
}

/** Puts an order that waits into a house, with its paper. */
export async function putOrderIn(database: Database, tenantId: string, wanted: OrderIn) {
  const { line, ...change } = wanted
  const whole = orderOnItsWay({
    ...{ stage: 'held', erpRevision: 0, holds: [], findings: [], picks: [] },
    ...{ shipments: [], invoices: [], poNormalised: wanted.orderNumber, ...change },
  })
  const { releasedAt: _released, ...order } = whole
  const untouched = { allocatedEach: 0, shippedEach: 0, invoicedEach: 0 }
  const lines = order.lines.map((one) => ({ ...one, ...untouched, ...line }))
  return insertWholeOrder(database, tenantId, { ...order, lines })
}
