import { groupBy } from '../canonical/group-by.ts'
import type { SlaForecastView } from '../canonical/views/sla-view.ts'
import { forecastPromises } from '../policies/sla/forecast.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { databaseNow } from '../store/events.ts'
import { clocksStoppedSince, runningClocks } from '../store/sla/forecast.ts'
import { loadSlaSetting } from './sla-setting.ts'

/** What will be late. */
export type SlaForecastService = {
  read(tenantId: string): Promise<SlaForecastView>
}

const hourMs = 3_600_000
const mostPromises = 50_000
const mostShown = 100

/** The forecast as this transaction sees it. */
export async function readForecast(tx: TenantTx): Promise<SlaForecastView> {
  const now = await databaseNow(tx)
  const { settings, calendarFor } = await loadSlaSetting(tx)
  const running = groupBy(await runningClocks(tx, mostPromises), ({ target }) => target)
  const anHourAgo = new Date(Date.parse(now) - hourMs).toISOString()
  const served = new Map(
    (await clocksStoppedSince(tx, anHourAgo)).map(({ target, count }) => [target, count]),
  )
  const targets = [...running].map(([target, clocks]) => {
    const { promises, ...forecast } = forecastPromises(clocks, {
      now,
      servedPerHour: served.get(target) ?? 0,
      calendar: calendarFor(target),
    })
    const late = promises.filter(({ isExpectedLate }) => isExpectedLate).slice(0, mostShown)
    return {
      target,
      ...forecast,
      wantedShare: settings.keptShare,
      isBelowTarget: (forecast.expectedKeptShare ?? 1) < settings.keptShare,
      late: late.map(({ subject, orderId, position, startedAt, breachAt, ...expected }) => ({
        ...{ subject, orderId, position, startedAt, breachAt },
        expectedAt: expected.expectedAt,
        isExpectedLate: expected.isExpectedLate,
      })),
    }
  })
  return { at: now, targets: targets.toSorted((a, b) => (a.target < b.target ? -1 : 1)) }
}

/** Forecasts from the clocks that run and those that stopped within the last hour. */
export function slaForecastService({
  database,
}: {
  readonly database: Database
}): SlaForecastService {
  return { read: (tenantId) => database.inTenant(tenantId, readForecast) }
}
