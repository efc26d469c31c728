import type { RootCause } from './cluster-failures.ts'
import type { TriageSettings } from './triage-settings.ts'

/** The money of the orders a cause holds up, one amount a currency. */
type BlockedValue = {
  readonly currency: string
  readonly amountMinor: number
  readonly orders: number
}

/** What a cause holds up. */
export type BlastRadius = {
  readonly orders: number
  readonly customers: number
  readonly connections: readonly string[]
  readonly operations: readonly string[]
  readonly blocked: readonly BlockedValue[]
  /** Calls that have not failed themselves, but stand behind one that has. */
  readonly waitingBehind: number
  /** The nearest promise among the orders held up. */
  readonly nearestDueAt: string | undefined
}

/** How soon a cause should be looked at: value times urgency times breadth, with what went in. */
export type Priority = {
  readonly score: number
  readonly value: number
  readonly urgency: number
  readonly breadth: number
}

/** What is known of the orders behind failed calls. */
export type BlockedOrders = {
  /** When the nearest promise of an order is broken. */
  readonly dueAt: ReadonlyMap<string, string>
  /** Calls waiting behind a failed one, by the failed one's id. */
  readonly waitingBehind: ReadonlyMap<string, number>
}

type OrderValue = { readonly currency: string; readonly amountMinor: number }

// An order that is held up by its creation and its invoice is held up once, with the larger amount.
function valueByOrder({ calls, dependants }: RootCause): Map<string, OrderValue> {
  const values = new Map<string, OrderValue>()
  for (const call of [...calls, ...dependants]) {
    const { amountMinor, currency } = call
    const key = call.orderId ?? call.naturalKey
    const known = values.get(key)
    if (amountMinor === null || (known !== undefined && known.amountMinor >= amountMinor)) continue
    values.set(key, { currency: currency ?? 'XXX', amountMinor })
  }
  return values
}

const distinct = (values: readonly (string | null)[]) =>
  [...new Set(values.flatMap((value) => value ?? []))].toSorted()

/** Measures what a cause holds up (domain rules 3.3.3). */
export function blastRadius(cause: RootCause, orders: BlockedOrders): BlastRadius {
  const all = [...cause.calls, ...cause.dependants]
  const orderIds = distinct(all.map((call) => call.orderId))
  const sums = new Map<string, { amountMinor: number; orders: number }>()
  for (const { currency, amountMinor } of valueByOrder(cause).values()) {
    const sum = sums.get(currency) ?? { amountMinor: 0, orders: 0 }
    sums.set(currency, { amountMinor: sum.amountMinor + amountMinor, orders: sum.orders + 1 })
  }
  return {
    orders: orderIds.length,
    customers: distinct(all.map((call) => call.customerNumber)).length,
    connections: distinct(all.map((call) => call.connectionId)),
    operations: distinct(all.map((call) => call.operation)),
    blocked: [...sums]
      .map(([currency, sum]) => ({ currency, ...sum }))
      .toSorted((a, b) => (a.currency < b.currency ? -1 : 1)),
    waitingBehind: all.reduce(
      (sum, call) => sum + (orders.waitingBehind.get(call.transactionId) ?? 0),
      0,
    ),
    nearestDueAt: distinct(orderIds.map((id) => orders.dueAt.get(id) ?? null)).at(0),
  }
}

function urgencyOf(
  { nearestDueAt }: BlastRadius,
  { urgency }: TriageSettings,
  now: string,
): number {
  if (nearestDueAt === undefined) return 1
  const hoursLeft = (Date.parse(nearestDueAt) - Date.parse(now)) / 3_600_000
  const bands = urgency.toSorted((a, b) => a.withinHours - b.withinHours)
  return bands.find(({ withinHours }) => hoursLeft <= withinHours)?.factor ?? 1
}

/**
 * Puts a cause in its place on the work list: (value of the orders blocked) x urgency x breadth, where breadth is the
 * customers waiting. A score orders a list and books nothing, so planning rates are good enough for it.
 */
export function priorityOf(
  radius: BlastRadius,
  { settings, now }: { settings: TriageSettings; now: string },
): Priority {
  const value = radius.blocked.reduce(
    (sum, { currency, amountMinor }) => sum + amountMinor * (settings.planningRates[currency] ?? 1),
    0,
  )
  const urgency = urgencyOf(radius, settings, now)
  const breadth = Math.max(1, radius.customers)
  return {
    score: Math.round(value * urgency * breadth),
    value: Math.round(value),
    urgency,
    breadth,
  }
}
