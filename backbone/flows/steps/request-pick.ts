import { groupBy } from '../../canonical/group-by.ts'
import { newId } from '../../canonical/ids.ts'
import {
  mayPickLine,
  type OrderLineState,
  type OrderState,
  openEach,
  type PickState,
} from '../../canonical/order-state.ts'
import { stageAfterRelease } from '../../policies/order-stage.ts'
import { ordersAwaitingChange } from '../../store/flow/inbound-documents.ts'
import { defineStep } from '../define-step.ts'
import type { FlowSetting } from '../flow-setting.ts'
import type { OutboundIntent } from '../outbox/outbound-intent.ts'

/** What the warehouses have been asked for and have yet to ship, by line. */
function withWarehouseEach(order: OrderState, line: OrderLineState): number {
  // A pick that was given back names only what had left of it.
  const asked = order.picks
    .flatMap((pick) => pick.lines)
    .filter((pickLine) => pickLine.line === line.line)
    .reduce((sum, pickLine) => sum + pickLine.quantityEach, 0)
  return Math.max(0, asked - line.shippedEach)
}

/** What is allocated and no warehouse has been asked for yet. */
function unpickedEach(order: OrderState, line: OrderLineState): number {
  // A line that waits for all of it leaves in one go.
  const isWaiting = line.settled?.supply === 'backorder' && line.allocatedEach < openEach(line)
  if (isWaiting) return 0
  return Math.max(0, line.allocatedEach - withWarehouseEach(order, line))
}

function pickRequest(order: OrderState, pick: PickState, connectionId: string): OutboundIntent {
  const shipTo = order.parties.find((party) => party.role === 'ship-to')
  const description = (line: string) =>
    order.lines.find((candidate) => candidate.line === line)?.description
  return {
    operation: 'wms.request-pick',
    connectionId,
    document: {
      docType: 'pick-request',
      pickNumber: pick.pickNumber,
      orderNumber: order.orderNumber,
      purchaseOrderNumber: order.purchaseOrderNumber,
      warehouse: pick.warehouse,
      isShipComplete: order.isShipComplete,
      ...(order.requestedOn === undefined ? {} : { requestedOn: order.requestedOn }),
      ...(shipTo === undefined ? {} : { shipTo }),
      lines: pick.lines.map((line) => {
        const text = description(line.line)
        return { ...line, ...(text === undefined ? {} : { description: text }) }
      }),
    },
    naturalKey: pick.pickNumber,
    orderingKey: pick.pickNumber,
    idempotencyKey: `${connectionId}:pick:${pick.pickNumber}`,
    amountMinor: order.totalMinor,
  }
}

function newPicks(order: OrderState, setting: FlowSetting): PickState[] {
  const lines = order.lines.flatMap((line) => {
    const quantityEach = unpickedEach(order, line)
    if (quantityEach === 0 || line.sku === undefined || !mayPickLine(order, line)) return []
    return { warehouse: line.warehouse ?? '', line: line.line, sku: line.sku, quantityEach }
  })
  return [...groupBy(lines, (line) => line.warehouse)].map(([warehouse, group], index) => ({
    pickId: newId('pck'),
    pickNumber: `${order.orderNumber}-P${order.picks.length + index + 1}`,
    warehouse,
    status: 'requested',
    lines: group.map(({ line, sku, quantityEach }) => ({ line, sku, quantityEach })),
    requestedAt: setting.now,
  }))
}

/** Each warehouse is asked to pick what is allocated there, once. */
export const requestPick = defineStep<{ awaitingChange: Set<string> }>({
  name: 'request-pick',
  from: ['released', 'picking'],
  isNeeded: (order) =>
    order.cancelReason === undefined &&
    order.lines.some((line) => unpickedEach(order, line) > 0 && mayPickLine(order, line)),
  // A pick that was given back was asked for by somebody: a new one waits until that change is applied.
  async load(tx, orders) {
    const givenBack = orders.filter((order) =>
      order.picks.some((pick) => pick.status === 'cancelled'),
    )
    return { awaitingChange: await ordersAwaitingChange(tx, givenBack) }
  },
  decide(order, { awaitingChange }, setting) {
    const wms = setting.system('wms')
    if (wms === undefined || awaitingChange.has(order.orderNumber)) return undefined
    const picks = newPicks(order, setting)
    const asked: OrderState = { ...order, picks: [...order.picks, ...picks] }
    return {
      order: { ...asked, stage: stageAfterRelease(asked) },
      events: picks.map((pick) => ({
        kind: 'pick.requested',
        actor: 'order-flow',
        summary: `Warehouse ${pick.warehouse} is asked to pick ${pick.pickNumber} (${pick.lines.length === 1 ? '1 line' : `${pick.lines.length} lines`}).`,
        body: { pickNumber: pick.pickNumber, warehouse: pick.warehouse, lines: pick.lines },
      })),
      sends: picks.map((pick) => pickRequest(order, pick, wms.connectionId)),
    }
  },
})
