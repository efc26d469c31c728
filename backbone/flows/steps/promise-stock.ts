import type { IsoDate } from '../../canonical/document.ts'
import { groupBy } from '../../canonical/group-by.ts'
import {
  mayPass,
  type OrderLineState,
  type OrderState,
  openEach,
} from '../../canonical/order-state.ts'
import type { SupplyPicture } from '../../policies/availability/available-to-promise.ts'
import { promiseLine } from '../../policies/availability/promise-line.ts'
import { lockStock } from '../../store/checks/stock-facts.ts'
import type { StockMove } from '../../store/orders/save-orders.ts'
import { defineStep } from '../define-step.ts'
import { liftHolds, placeHolds } from '../place-hold.ts'

function missingEach(line: OrderLineState): number {
  return line.sku === undefined ? 0 : Math.max(0, openEach(line) - line.allocatedEach)
}

/** Stock of the batch, counted down as lines are promised. */
type Facts = Map<string, readonly SupplyPicture[]>

function promised(
  line: OrderLineState,
  facts: Facts,
  today: IsoDate,
): { line: OrderLineState; move?: StockMove } {
  const neededEach = missingEach(line)
  const sku = line.sku
  if (neededEach === 0 || sku === undefined) return { line }
  const bound =
    line.allocatedEach > 0 && line.warehouse !== undefined ? { warehouse: line.warehouse } : {}
  const need = { neededEach, neededOn: line.requestedOn ?? today, ...bound }
  const { warehouse, allocatedEach, left } = promiseLine(need, facts.get(sku) ?? [], today)
  if (warehouse === undefined || allocatedEach === 0) return { line }
  facts.set(sku, left)
  return {
    line: { ...line, warehouse, allocatedEach: line.allocatedEach + allocatedEach },
    move: { sku, warehouse, allocatedEach, onHandEach: 0 },
  }
}

function settleShipComplete(order: OrderState, now: string) {
  if (!order.isShipComplete) return { order, events: [] }
  const isComplete = order.lines.every((line) => missingEach(line) === 0)
  if (isComplete)
    return liftHolds(
      order,
      (hold) => (hold.type === 'SHIP_COMPLETE' ? 'All lines can be delivered now.' : undefined),
      now,
      'order-check',
    )
  const reason = 'The order ships complete, and not every line can be delivered today.'
  return placeHolds(
    order,
    [{ type: 'SHIP_COMPLETE', causeKey: 'ship-complete', reason }],
    now,
    'order-check',
  )
}

/** Takes stock for every line; what no warehouse has becomes a backorder that later stock fills. */
export const promiseStock = defineStep<Facts>({
  name: 'promise-stock',
  from: ['received', 'held', 'released', 'picking'],
  isNeeded: (order) =>
    mayPass(order, 'allocate') && order.lines.some((line) => missingEach(line) > 0),
  async load(tx, orders) {
    const skus = orders.flatMap((order) =>
      order.lines.flatMap((line) => (missingEach(line) > 0 ? (line.sku ?? []) : [])),
    )
    const stock = (await lockStock(tx, skus)).map((fact) => ({
      ...fact,
      supplies: [],
      demands: [],
    }))
    return groupBy(stock, (fact) => fact.sku)
  },
  decide(order, facts, setting) {
    const lines = order.lines.map((line) => promised(line, facts, setting.today))
    const stock = lines.flatMap(({ move }) => move ?? [])
    const settled = settleShipComplete(
      { ...order, lines: lines.map(({ line }) => line) },
      setting.now,
    )
    if (stock.length === 0 && settled.events.length === 0) return undefined
    const isLater = order.stage !== 'received' && stock.length > 0
    const taken = stock.reduce((sum, move) => sum + move.allocatedEach, 0)
    const event = {
      kind: 'order.backorder-filled',
      actor: 'order-flow',
      summary: `${taken} units of backordered goods are allocated.`,
    }
    return { order: settled.order, stock, events: [...(isLater ? [event] : []), ...settled.events] }
  },
})
