import type { OrderLineState, OrderState } from '../canonical/order-state.ts'
import { stageAfterRelease } from '../policies/order-stage.ts'
import { withLessWanted } from '../policies/order-totals.ts'
import type { StockMove } from '../store/orders/save-orders.ts'
import type { FlowSetting } from './flow-setting.ts'
import type { Decision } from './order-batch.ts'
import type { OutboundIntent } from './outbox/outbound-intent.ts'
import { changeInErp } from './steps/release-to-erp.ts'

/** Gives back the stock that lines have taken and not shipped. */
export function giveBackStock(lines: readonly OrderLineState[]): StockMove[] {
  return lines.flatMap((line) =>
    line.allocatedEach > 0 && line.sku !== undefined && line.warehouse !== undefined
      ? {
          sku: line.sku,
          warehouse: line.warehouse,
          allocatedEach: -line.allocatedEach,
          onHandEach: 0,
        }
      : [],
  )
}

/** Asks the warehouse to give back every pick of this order that it has not begun. */
export function cancelPicks(order: OrderState, reason: string, setting: FlowSetting): Decision {
  const wms = setting.system('wms')
  const asked = order.picks.filter((pick) => pick.status === 'requested')
  const sends: OutboundIntent[] = asked.flatMap((pick) =>
    wms === undefined
      ? []
      : {
          operation: 'wms.cancel-pick',
          connectionId: wms.connectionId,
          document: {
            docType: 'cancellation',
            orderNumber: order.orderNumber,
            pickNumber: pick.pickNumber,
            reason,
          },
          naturalKey: pick.pickNumber,
          // Each pick is a matter of its own: one that a warehouse keeps holds up no other of the order.
          orderingKey: pick.pickNumber,
          idempotencyKey: `${wms.connectionId}:cancel-pick:${pick.pickNumber}`,
          amountMinor: order.totalMinor,
        },
  )
  return {
    order: {
      ...order,
      picks: order.picks.map((pick) =>
        pick.status === 'requested' ? { ...pick, status: 'cancel-requested' } : pick,
      ),
    },
    events: asked.map((pick) => ({
      kind: 'pick.cancel-requested',
      actor: 'order-flow',
      summary: `Warehouse ${pick.warehouse} is asked to give back ${pick.pickNumber}.`,
      body: { pickNumber: pick.pickNumber },
    })),
    sends,
  }
}

function cancelInErp(order: OrderState, reason: string, setting: FlowSetting): OutboundIntent[] {
  const erp = setting.system('erp')
  if (erp === undefined) return []
  return [
    {
      operation: 'erp.cancel-order',
      connectionId: erp.connectionId,
      document: { docType: 'cancellation', orderNumber: order.orderNumber, reason },
      naturalKey: order.orderNumber,
      orderingKey: order.orderNumber,
      idempotencyKey: `${erp.connectionId}:cancel:${order.orderNumber}`,
    },
  ]
}

/**
 * Takes back what a cancelled order still has: its stock, its open quantities, and its order in the ERP. Of
 * an order that has left in part only the rest is withdrawn, and the ERP gets it as a new version.
 */
export function withdrawFromErp(order: OrderState, setting: FlowSetting): Decision {
  const lines = order.lines.map((line) => ({
    ...line,
    cancelledEach: line.orderedEach - line.shippedEach,
    allocatedEach: 0,
  }))
  const isPartlyShipped = order.lines.some((line) => line.shippedEach > 0)
  const withdrawn: OrderState = isPartlyShipped
    ? withLessWanted(order, { ...order, lines, erpRevision: order.erpRevision + 1 })
    : { ...order, lines }
  const reason = order.cancelReason ?? 'Cancelled.'
  const what = isPartlyShipped ? 'What has not left is cancelled' : 'Cancelled after the release'
  return {
    order: { ...withdrawn, stage: stageAfterRelease(withdrawn) },
    events: [{ kind: 'order.cancelled', actor: 'order-flow', summary: `${what}: ${reason}` }],
    stock: giveBackStock(order.lines),
    sends: isPartlyShipped
      ? changeInErp(withdrawn, setting)
      : cancelInErp(withdrawn, reason, setting),
  }
}
