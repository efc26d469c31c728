import type { SalesOrder } from '../../canonical/instruction.ts'
import { orderDiscountMinor } from '../../canonical/order-amounts.ts'
import { mayPass, type OrderState, wantedEach } from '../../canonical/order-state.ts'
import { acknowledgement } from '../acknowledge-order.ts'
import { defineStep, noFacts } from '../define-step.ts'
import type { FlowSetting } from '../flow-setting.ts'
import type { OutboundIntent } from '../outbox/outbound-intent.ts'
import { replyTo } from '../replies.ts'

/** The order as the ERP gets it. */
function salesOrder(order: OrderState): SalesOrder {
  const party = (role: 'ship-to' | 'bill-to') =>
    order.parties.find((candidate) => candidate.role === role)
  const shipTo = party('ship-to')
  const billTo = party('bill-to')
  const discountMinor = orderDiscountMinor(order)
  return {
    docType: 'sales-order',
    orderNumber: order.orderNumber,
    purchaseOrderNumber: order.purchaseOrderNumber,
    customerNumber: order.customerNumber ?? '',
    revision: order.erpRevision,
    currency: order.currency,
    ...(discountMinor === 0 ? {} : { discountMinor }),
    totalMinor: order.totalMinor,
    ...(order.orderedOn === undefined ? {} : { orderedOn: order.orderedOn }),
    ...(shipTo === undefined ? {} : { shipTo }),
    ...(billTo === undefined ? {} : { billTo }),
    lines: order.lines.map((line) => ({
      line: line.line,
      sku: line.sku ?? '',
      quantityEach: wantedEach(line),
      unitPrice: line.unitPrice ?? '0',
      lineAmountMinor: line.lineAmountMinor,
      ...(line.description === undefined ? {} : { description: line.description }),
      ...(line.requestedOn === undefined ? {} : { requestedOn: line.requestedOn }),
      ...(line.warehouse === undefined ? {} : { warehouse: line.warehouse }),
    })),
  }
}

function createInErp(order: OrderState, erpConnectionId: string): OutboundIntent {
  return {
    operation: 'erp.create-order',
    connectionId: erpConnectionId,
    document: salesOrder(order),
    naturalKey: order.orderNumber,
    orderingKey: order.orderNumber,
    idempotencyKey: `${erpConnectionId}:order:${order.orderNumber}`,
    amountMinor: order.totalMinor,
  }
}

/** Sends a new version of an order the ERP has. */
export function changeInErp(order: OrderState, setting: FlowSetting): OutboundIntent[] {
  const erp = setting.system('erp')
  if (erp === undefined) return []
  return [
    {
      operation: 'erp.change-order',
      connectionId: erp.connectionId,
      document: salesOrder(order),
      naturalKey: order.orderNumber,
      orderingKey: order.orderNumber,
      idempotencyKey: `${erp.connectionId}:order:${order.orderNumber}:revision:${order.erpRevision}`,
      amountMinor: order.totalMinor,
    },
  ]
}

/** The order after its release, with the answer to the buyer. */
export function released(order: OrderState, setting: FlowSetting, erpId?: string) {
  const after: OrderState = {
    ...order,
    stage: 'released',
    releasedAt: setting.now,
    isAcknowledged: true,
    ...(erpId === undefined ? {} : { erpId }),
  }
  const inErp = erpId === undefined ? '' : `, ${erpId} in the ERP`
  return {
    order: after,
    events: [
      {
        kind: 'order.released',
        actor: 'order-flow',
        summary: `Released as ${order.orderNumber}${inErp}.`,
        body: { erpId },
      },
    ],
    sends: replyTo(after, acknowledgement(after, setting), setting),
  }
}

/**
 * Keeps the prices that the buyer is told. Written with the request to the ERP, from when on no price changes until
 * the answer goes out: an order that nothing holds is then written once.
 */
export function withAcknowledgedPrices(order: OrderState): OrderState {
  const lines = order.lines.map((line) =>
    line.unitPrice === undefined || line.unitPrice === line.acknowledgedPrice
      ? line
      : { ...line, acknowledgedPrice: line.unitPrice },
  )
  return { ...order, lines }
}

/** Nothing holds the order: the ERP is asked to create it. It is released when the ERP has answered. */
export const releaseToErp = defineStep({
  name: 'release-to-erp',
  from: ['ready'],
  isNeeded: (order) => order.erpRevision === 0 && mayPass(order, 'release'),
  load: noFacts,
  decide(order, _facts, setting) {
    const asked = withAcknowledgedPrices({ ...order, erpRevision: 1 })
    const erp = setting.system('erp')
    // A tenant without an ERP connection keeps its orders here.
    if (erp === undefined) return released(asked, setting)
    return {
      order: asked,
      events: [
        {
          kind: 'order.release-requested',
          actor: 'order-flow',
          summary: 'The ERP is asked to create the order.',
        },
      ],
      sends: [createInErp(asked, erp.connectionId)],
    }
  },
})
