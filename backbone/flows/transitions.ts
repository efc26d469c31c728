import type { Stage } from '../canonical/order-state.ts'
import { OurBug } from '../errors.ts'

/**
 * The life of an order: from each stage, where it may go. An order goes back to `received` when the buyer
 * changes it before its release, and all checks run again.
 */
const transitions: Readonly<Record<Stage, readonly Stage[]>> = {
  received: ['validated', 'cancelled', 'rejected'],
  validated: ['held', 'ready', 'received', 'cancelled', 'rejected'],
  held: ['ready', 'received', 'cancelled', 'rejected'],
  ready: ['released', 'held', 'received', 'cancelled'],
  released: ['picking', 'shipped', 'invoiced', 'paid', 'cancelled'],
  picking: ['released', 'shipped', 'invoiced', 'paid', 'cancelled'],
  shipped: ['invoiced', 'paid'],
  invoiced: ['paid'],
  paid: ['closed', 'invoiced'],
  closed: ['invoiced'],
  cancelled: [],
  rejected: [],
}

/** Refuses a move the table does not have: a step that tries one is our bug, not the order's. */
export function assertTransition(orderNumber: string, from: Stage, to: Stage): void {
  if (from === to || transitions[from].includes(to)) return
  throw new OurBug(`Order ${orderNumber} cannot go from ${from} to ${to}.`, {
    orderNumber,
    from,
    to,
  })
}
