import { newId } from '../../canonical/ids.ts'
import { multiplyDecimal } from '../../canonical/money.ts'
import {
  buyersLine,
  type OrderLineState,
  type OrderState,
  openEach,
  type PickState,
  type ShipmentState,
} from '../../canonical/order-state.ts'
import type { Shipment } from '../../canonical/shipment.ts'
import { stageAfterRelease } from '../../policies/order-stage.ts'
import { withLessWanted } from '../../policies/order-totals.ts'
import type { StockMove } from '../../store/orders/save-orders.ts'
import type { OrderBatch } from '../order-batch.ts'
import { replyTo } from '../replies.ts'
import type { Applied, Waiting } from './applied.ts'

type ShippedLine = { line: OrderLineState; quantityEach: number }

/** Warehouses report in base units; a case of 24 reported as such counts 24. */
function shippedEach(line: OrderLineState, quantity: { value: string; uom: string }): number {
  const factor = quantity.uom === line.uom ? line.uomFactor : 1
  return Number(multiplyDecimal(quantity.value, String(factor)))
}

function matchLines(order: OrderState, shipment: Shipment): ShippedLine[] | string {
  const matched: ShippedLine[] = []
  for (const shipped of shipment.lines) {
    const line = order.lines.find((candidate) => candidate.line === shipped.line)
    if (line === undefined)
      return `Shipment ${shipment.shipmentNumber} has line ${shipped.line}, which order ${order.orderNumber} lacks.`
    const quantityEach = shippedEach(line, shipped.shipped)
    if (!Number.isInteger(quantityEach) || quantityEach < 0)
      return `Shipment ${shipment.shipmentNumber}, line ${shipped.line}: ${shipped.shipped.value} cannot have left.`
    matched.push({ line, quantityEach })
  }
  return matched
}

function afterShipping(
  line: OrderLineState,
  quantityEach: number,
  isFinal: boolean,
): OrderLineState {
  const shipped = {
    ...line,
    shippedEach: line.shippedEach + quantityEach,
    allocatedEach: Math.max(0, line.allocatedEach - quantityEach),
  }
  // A final shipment leaves nothing to come: what is still open is short-shipped.
  return isFinal
    ? { ...shipped, cancelledEach: shipped.cancelledEach + openEach(shipped), allocatedEach: 0 }
    : shipped
}

/** A line that left in several lots counts once, with their sum. */
function quantityByLine(matched: readonly ShippedLine[]): ShipmentState['lines'] {
  const sums = new Map<string, number>()
  for (const { line, quantityEach } of matched)
    sums.set(line.line, (sums.get(line.line) ?? 0) + quantityEach)
  return [...sums].map(([line, quantityEach]) => ({ line, quantityEach }))
}

function stockMoves(
  before: OrderState,
  after: OrderState,
  matched: readonly ShippedLine[],
): StockMove[] {
  return after.lines.flatMap((line) => {
    const was = before.lines.find((candidate) => candidate.line === line.line)
    if (was?.sku === undefined || was.warehouse === undefined) return []
    const left = matched
      .filter((shipped) => shipped.line.line === line.line)
      .reduce((sum, shipped) => sum + shipped.quantityEach, 0)
    const allocatedEach = line.allocatedEach - was.allocatedEach
    return left === 0 && allocatedEach === 0
      ? []
      : { sku: was.sku, warehouse: was.warehouse, allocatedEach, onHandEach: -left }
  })
}

/** A pick is done when all that was asked for up to it has left. */
function settlePicks(order: OrderState): PickState[] {
  const asked = new Map<string, number>()
  return order.picks.map((pick) => {
    const isDone = pick.lines.every(({ line, quantityEach }) => {
      const upTo = (asked.get(line) ?? 0) + quantityEach
      asked.set(line, upTo)
      const state = order.lines.find((candidate) => candidate.line === line)
      return state === undefined || state.shippedEach >= upTo || openEach(state) === 0
    })
    return isDone && pick.status !== 'cancelled' ? { ...pick, status: 'done' as const } : pick
  })
}

function shipmentState(
  document: Waiting<Shipment>,
  matched: readonly ShippedLine[],
): ShipmentState {
  const { shipmentNumber, shippedAt, carrier, trackingNumber } = document.canonical
  return {
    shipmentId: newId('shp'),
    shipmentNumber,
    documentId: document.documentId,
    shippedAt: new Date(shippedAt).toISOString(),
    ...(carrier === undefined ? {} : { carrier }),
    ...(trackingNumber === undefined ? {} : { trackingNumber }),
    isInvoiced: false,
    lines: quantityByLine(matched),
  }
}

/** The ship notice as the buyer gets it: their numbers, their units. */
function shipNotice(
  order: OrderState,
  shipment: Shipment,
  matched: readonly ShippedLine[],
): Shipment {
  return {
    ...shipment,
    purchaseOrderNumber: order.purchaseOrderNumber,
    parties: [...order.parties],
    ...(order.sourceKey === undefined
      ? {}
      : { source: { format: 'quittance', objectKey: order.sourceKey } }),
    // The buyer's own numbers go back to them, with the line they stood on.
    references: [
      ...shipment.references,
      ...order.references,
      ...order.lines.flatMap(({ line, references }) =>
        references.map((reference) => ({ ...reference, line })),
      ),
    ],
    lines: matched.map(({ line, quantityEach }) => ({
      // Packs name the lines of the warehouse: what is in them is told by those.
      line: shipment.packs.length > 0 ? line.line : buyersLine(line),
      item: line.item,
      ordered: { value: String(line.orderedEach), uom: 'EA', uomScheme: 'rec20' as const },
      shipped: { value: String(quantityEach), uom: 'EA', uomScheme: 'rec20' as const },
      serials: [],
    })),
  }
}

/** Goods have left: quantities, stock and picks follow, and the buyer is told. Before the release it waits. */
export function shipOrder(
  document: Waiting<Shipment>,
  order: OrderState,
  batch: OrderBatch,
): Applied {
  const shipment = document.canonical
  const result = { orderId: order.orderId }
  if (order.shipments.some((known) => known.shipmentNumber === shipment.shipmentNumber))
    return {
      ...result,
      status: 'duplicate',
      reason: `Shipment ${shipment.shipmentNumber} was reported before.`,
    }
  if (['received', 'validated', 'held', 'ready'].includes(order.stage))
    return {
      ...result,
      status: 'parked',
      waitsFor: `order:${order.orderNumber}`,
      reason: `Order ${order.orderNumber} is not released yet.`,
    }
  const matched = matchLines(order, shipment)
  if (typeof matched === 'string') return { ...result, status: 'quarantined', reason: matched }
  const isEmpty = matched.every(({ quantityEach }) => quantityEach === 0)
  if (isEmpty && !(shipment.isFinal && order.lines.some((line) => openEach(line) > 0)))
    return {
      ...result,
      status: 'ignored',
      reason: `Shipment ${shipment.shipmentNumber} reports nothing that left.`,
    }
  const leftEach = (line: OrderLineState) =>
    matched
      .filter((shipped) => shipped.line.line === line.line)
      .reduce((sum, shipped) => sum + shipped.quantityEach, 0)
  const over = matched.filter(
    ({ line }) => line.shippedEach + leftEach(line) > line.orderedEach - line.cancelledEach,
  )
  if (over.length > 0)
    return {
      ...result,
      status: 'quarantined',
      reason: `Shipment ${shipment.shipmentNumber} has more than is open on line ${over.map(({ line }) => line.line).join(', ')}.`,
    }
  const moved: OrderState = {
    ...order,
    lines: order.lines.map((line) => afterShipping(line, leftEach(line), shipment.isFinal)),
    shipments: [...order.shipments, shipmentState(document, matched)],
  }
  const settled = withLessWanted(order, { ...moved, picks: settlePicks(moved) })
  const isComplete = settled.lines.every((line) => openEach(line) === 0)
  batch.decide({
    order: { ...settled, stage: stageAfterRelease(settled) },
    events: [
      {
        kind: 'order.shipped',
        actor: `connection:${document.connectionId}`,
        summary: `Shipment ${shipment.shipmentNumber} left${isComplete ? ', the order is complete' : ', more is to come'}.`,
        body: {
          shipmentNumber: shipment.shipmentNumber,
          carrier: shipment.carrier,
          trackingNumber: shipment.trackingNumber,
          lines: matched.map(({ line, quantityEach }) => ({ line: line.line, quantityEach })),
        },
      },
    ],
    stock: stockMoves(order, settled, matched),
    sends: replyTo(settled, shipNotice(order, shipment, matched), batch.setting),
  })
  return { ...result, status: 'applied' }
}
