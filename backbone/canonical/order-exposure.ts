import { type MinorUnits, sumMinor } from './money.ts'
import { leftToBillMinor } from './order-amounts.ts'
import { activeHolds, type OrderState, openEach } from './order-state.ts'

/** What an order adds to what its customer owes us or will owe us, in the order's currency (domain rules 3.6). */
export type OrderExposure = {
  readonly openReceivablesMinor: MinorUnits
  readonly deliveredNotInvoicedMinor: MinorUnits
  /** Still to be delivered; nothing while the order waits for credit. */
  readonly openOrderMinor: MinorUnits
}

/** Whether the order waits for a decision about its customer's credit. */
function isAwaitingCredit(order: OrderState): boolean {
  return activeHolds(order).some((hold) => hold.type === 'CREDIT')
}

/** What an order gross of tax and freight adds to its customer's exposure as it stands. */
export function orderExposure(order: OrderState): OrderExposure {
  const openReceivablesMinor = sumMinor(order.invoices.map((invoice) => invoice.openMinor))
  const isOver = order.stage === 'cancelled' || order.stage === 'rejected'
  const invoicedMinor = sumMinor(order.invoices.map((invoice) => invoice.totalMinor))
  const restMinor = isOver ? 0 : Math.max(0, order.totalMinor - invoicedMinor)
  const hasLeft = order.lines.every((line) => openEach(line) === 0)
  const isToBill = order.shipments.some((shipment) => !shipment.isInvoiced)
  const leftMinor = sumMinor(order.lines.map((line) => leftToBillMinor(line, order)))
  const deliveredNotInvoicedMinor = isToBill
    ? hasLeft
      ? restMinor
      : Math.min(restMinor, leftMinor)
    : 0
  return {
    openReceivablesMinor,
    deliveredNotInvoicedMinor,
    openOrderMinor: hasLeft || isAwaitingCredit(order) ? 0 : restMinor - deliveredNotInvoicedMinor,
  }
}
