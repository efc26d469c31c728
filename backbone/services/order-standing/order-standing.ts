import type { OrderStanding } from '../../canonical/views/order-story.ts'
import { openFlowSetting } from '../../flows/flow-setting.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { readOrder } from '../../store/orders/load-orders.ts'
import { findOrderId } from '../../store/reading/get-order.ts'
import { checkMoments } from '../../store/reading/order-checks.ts'
import { checksOf } from './checks.ts'
import { comesNext } from './comes-next.ts'
import { holdsInForce } from './waits-for.ts'

/** Why orders stand where they stand. */
export type OrderStandingService = {
  /** By the order's id or number; undefined when there is no such order. */
  read(question: {
    readonly tenantId: string
    readonly order: string
  }): Promise<OrderStanding | undefined>
}

async function standing(tx: TenantTx, reference: string): Promise<OrderStanding | undefined> {
  const orderId = await findOrderId(tx, reference)
  const order = orderId === undefined ? undefined : await readOrder(tx, orderId)
  if (order === undefined) return undefined
  // A question takes nobody's credit: nothing is locked.
  const [setting, moments] = await Promise.all([
    openFlowSetting(tx, { isDryRun: true }),
    checkMoments(tx, order),
  ])
  return {
    ...{ orderId: order.orderId, orderNumber: order.orderNumber, stage: order.stage },
    workedOutAt: setting.now,
    waitsFor: holdsInForce(order, setting),
    checks: await checksOf(tx, order, { moments, setting }),
    next: comesNext(order, moments, setting),
  }
}

/** Tells why orders stand where they stand, from what is on record; only stock and credit are as of now. */
export function orderStandingService({
  database,
}: {
  readonly database: Database
}): OrderStandingService {
  return {
    read: ({ tenantId, order }) => database.inTenant(tenantId, (tx) => standing(tx, order)),
  }
}
