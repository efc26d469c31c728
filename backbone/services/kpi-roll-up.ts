import { orderFigure } from '../policies/kpi/order-figure.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { countNextDay } from '../store/reading/kpi-documents.ts'
import { movedOrders, orderFacts } from '../store/reading/kpi-facts.ts'
import {
  figureProgress,
  moveFigureProgress,
  writeOrderFigures,
} from '../store/reading/kpi-figures.ts'

const eventsAtOnce = 2_000

async function writeNext(tx: TenantTx): Promise<number> {
  const progress = await figureProgress(tx, { isForWriting: true })
  // Only sealed events: one with a lower id may still be on its way to its commit.
  if (progress === undefined || progress.sealedEventId <= progress.upToEventId) return 0
  const moved = await movedOrders(tx, {
    after: progress.upToEventId,
    upTo: progress.sealedEventId,
    limit: eventsAtOnce,
  })
  const facts = await orderFacts(
    tx,
    moved.orders.map(({ orderId }) => orderId),
  )
  await writeOrderFigures(tx, facts.map(orderFigure))
  await moveFigureProgress(tx, moved.upToEventId ?? progress.sealedEventId)
  return facts.length
}

/**
 * Writes the figures of orders whose events have gone on, and counts the documents of days that are over, for a
 * moment at most: the rest is the next round's, and until then it is worked out when asked for.
 */
export async function rollUpFigures(
  database: Database,
  tenantId: string,
  {
    forMs = 150,
    nowMs = Date.now,
  }: { readonly forMs?: number; readonly nowMs?: () => number } = {},
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
