import { orderFigure } from '../policies/kpi/order-figure.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { countNextDay } from '../store/reading/kpi-documents.ts'
import {
  type MovedOrder,
  movedOrders,
  orderFacts,
  ordersBefore,
} from '../store/reading/kpi-facts.ts'
import {
  lockFigureProgress,
  moveFigureProgress,
  writeOrderFigures,
} from '../store/reading/kpi-figures.ts'

// Small parts: on the built-in database nothing else goes on meanwhile.
const eventsAtOnce = 500
const ordersAtOnce = 250

async function writeFigures(tx: TenantTx, orders: readonly MovedOrder[]): Promise<void> {
  const facts = await orderFacts(
    tx,
    orders.map(({ orderId }) => orderId),
  )
  await writeOrderFigures(tx, facts.map(orderFigure))
}

/** Goes on with the orders whose events are newly sealed; when there are none, a part of the time before the first round. */
async function writeNext(tx: TenantTx): Promise<number> {
  const progress = await lockFigureProgress(tx)
  if (progress === undefined) return 0
  const { upToEventId: after, sealedEventId: upTo, backTo } = progress
  // Only sealed events: one with a lower id may still be on its way to its commit.
  if (upTo > after) {
    const moved = await movedOrders(tx, { after, upTo, limit: eventsAtOnce })
    await writeFigures(tx, moved.orders)
    await moveFigureProgress(tx, { upToEventId: moved.upToEventId ?? upTo, backTo })
    return Math.max(1, moved.orders.length)
  }
  if (backTo === null) return 0
  const earlier = await ordersBefore(tx, { before: backTo, limit: ordersAtOnce })
  await writeFigures(tx, earlier.orders)
  await moveFigureProgress(tx, { upToEventId: after, backTo: earlier.backTo })
  return Math.max(1, earlier.orders.length)
}

/**
 * Writes the figures of orders whose events have gone on, and counts the documents of days that are over, for a
 * moment at most: the rest is the next round's, and until then it is worked out when asked for.
 */
export async function rollUpFigures(
  database: Database,
  tenantId: string,
  { forMs, nowMs = Date.now }: { readonly forMs: number; readonly nowMs?: () => number },
): Promise<{ readonly orders: number; readonly days: number }> {
  const untilMs = nowMs() + forMs
  let [orders, days] = [0, 0]
  for (;;) {
    const written = await database.inTenant(tenantId, writeNext)
    orders += written
    const day = await database.inTenant(tenantId, countNextDay)
    if (day !== undefined) days += 1
    if ((written === 0 && day === undefined) || nowMs() >= untilMs) return { orders, days }
  }
}
