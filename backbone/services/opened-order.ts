import type { OrderState } from '../canonical/order-state.ts'
import { openFlowSetting } from '../flows/flow-setting.ts'
import { type OrderBatch, openOrderBatch } from '../flows/order-batch.ts'
import type { TenantTx } from '../store/database.ts'
import { lockOrders } from '../store/orders/load-orders.ts'

/** Locks one order and opens a batch over it; undefined when there is no such order. */
export async function openBatch(
  tx: TenantTx,
  orderId: string,
): Promise<{ order: OrderState; batch: OrderBatch } | undefined> {
  const [order] = await lockOrders(tx, [orderId])
  if (order === undefined) return undefined
  return { order, batch: openOrderBatch(await openFlowSetting(tx), [order]) }
}

/** An order as its batch has it now. */
export function stateIn(batch: OrderBatch, order: OrderState): OrderState {
  return batch.find((candidate) => candidate.orderId === order.orderId) ?? order
}
