import { type OrderState, openEach, type Stage, wantedEach } from '../canonical/order-state.ts'

/**
 * The stage of a released order: the furthest one that all its parts have reached. An order of which one
 * carton has left is still `picking`; `isPartlyDone` says that some part is further.
 */
export function stageAfterRelease(order: OrderState): Stage {
  const wanted = order.lines.reduce((sum, line) => sum + wantedEach(line), 0)
  const shipped = order.lines.reduce((sum, line) => sum + line.shippedEach, 0)
  if (wanted === 0 && shipped === 0) return 'cancelled'
  if (order.lines.some((line) => openEach(line) > 0)) {
    const isWithWarehouse = shipped > 0 || order.picks.some((pick) => pick.status !== 'cancelled')
    return isWithWarehouse ? 'picking' : 'released'
  }
  if (order.lines.some((line) => line.invoicedEach < line.shippedEach)) return 'shipped'
  return order.invoices.some((invoice) => invoice.openMinor > 0) ? 'invoiced' : 'paid'
}

/** Whether some part of the order is further than its stage says. */
export function isPartlyDone(order: OrderState): boolean {
  switch (order.stage) {
    case 'released':
    case 'picking':
      return order.lines.some((line) => line.shippedEach > 0)
    case 'shipped':
      return order.lines.some((line) => line.invoicedEach > 0)
    case 'invoiced':
      return order.invoices.some((invoice) => invoice.openMinor < invoice.totalMinor)
    default:
      return false
  }
}
