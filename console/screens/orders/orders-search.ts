import type { OrderSummary, OrdersFilter } from '../../api/queries.ts'

/** The stages of an order in the order of its life, with what they are called on the screens. */
export const stageWords: Readonly<Record<OrderSummary['stage'], string>> = {
  received: 'Received',
  validated: 'Validated',
  held: 'Held',
  ready: 'Ready',
  released: 'Released',
  picking: 'Picking',
  shipped: 'Shipped',
  invoiced: 'Invoiced',
  paid: 'Paid',
  closed: 'Closed',
  cancelled: 'Cancelled',
  rejected: 'Rejected',
}

const isStage = (text: unknown): text is OrderSummary['stage'] =>
  typeof text === 'string' && text in stageWords

/** Reads what the address narrows the list to; what it does not know, it leaves out. */
export function ordersSearch(search: Record<string, unknown>): OrdersFilter {
  const { q, stage, held } = search
  return {
    ...(q === undefined || q === '' ? {} : { q: String(q).slice(0, 80) }),
    ...(isStage(stage) ? { stage } : {}),
    ...(typeof held === 'boolean' ? { held } : {}),
  }
}
