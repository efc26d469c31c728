import { dwellStages, type KpiView } from '../canonical/views/kpi-view.ts'
import type { Database } from '../store/database.ts'
import { type KpiDuration, kpiCounts, kpiDurations, tenantDay } from '../store/reading/kpi.ts'

/** The figures the house is steered by. */
export type KpiService = {
  /** Over what was received on these days in the tenant's time zone; the last 30 days unless said. */
  read(query: {
    readonly tenantId: string
    readonly since?: string | undefined
    readonly until?: string | undefined
  }): Promise<KpiView>
}

/** A share; nothing divided by nothing is null, not 0 (domain rules 3.8). */
function share(count: number, of: number): KpiView['touchlessRate'] {
  return { rate: of === 0 ? null : Math.round((count / of) * 10_000) / 10_000, count, of }
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10)
}

function durationsByStretch(durations: readonly KpiDuration[]) {
  const found = new Map(durations.map((duration) => [duration.stretch, duration]))
  return (stretch: string) => {
    const { count = 0, medianSeconds = null, p95Seconds = null } = found.get(stretch) ?? {}
    return { count, medianSeconds, p95Seconds }
  }
}

/** Computes the figures from orders, events, receipts and promises in the store. */
export function kpiService({ database }: { readonly database: Database }): KpiService {
  return {
    read: ({ tenantId, since, until }) =>
      database.inTenant(tenantId, async (tx) => {
        const { timeZone, today } = await tenantDay(tx)
        const lastDay = until ?? today
        const period = { since: since ?? daysBefore(lastDay, 29), until: lastDay }
        const counts = await kpiCounts(tx, period)
        const duration = durationsByStretch(await kpiDurations(tx, period))
        const {
          orders = 0,
          touchless = 0,
          withException = 0,
          withSeveral = 0,
          documents = 0,
          firstPass = 0,
          acknowledged = 0,
          acknowledgedOnTime = 0,
        } = counts ?? {}
        return {
          ...period,
          timeZone,
          ordersReceived: orders,
          touchlessRate: share(touchless, orders),
          firstPassYield: share(firstPass, documents),
          exceptionRate: share(withException, orders),
          repeatExceptionRate: share(withSeveral, withException),
          orderCycle: duration('order-cycle'),
          dwell: dwellStages.map((stage) => ({ stage, ...duration(stage) })),
          orderToInvoice: duration('order-to-invoice'),
          invoiceToApply: duration('invoice-to-apply'),
          acknowledgedOnTime: share(acknowledgedOnTime, acknowledged),
        }
      }),
  }
}
