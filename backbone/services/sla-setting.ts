import type { BusinessCalendar } from '../canonical/business-calendar.ts'
import { calendarOf, calendarPolicy } from '../policies/calendar/calendar.ts'
import { type SlaSettings, slaPolicy } from '../policies/sla/sla-policy.ts'
import type { TenantTx } from '../store/database.ts'
import { policyVersions } from '../store/policies/policy-settings.ts'
import { tenantDay } from '../store/reading/kpi.ts'
import { layerOf } from './policies.ts'

/** How a tenant looks at its promises in time. */
export type SlaSetting = {
  readonly settings: SlaSettings
  /** The calendar a promise runs on; none for one that runs round the clock. */
  calendarFor(target: string): BusinessCalendar | undefined
}

/** Loads the tenant's own settings; partners and customers may have other times, which are on their clocks. */
export async function loadSlaSetting(tx: TenantTx): Promise<SlaSetting> {
  const { timeZone, today } = await tenantDay(tx)
  const layers = (await policyVersions(tx)).map(layerOf)
  const { settings } = slaPolicy.inForce(layers, {}, today)
  const calendar = calendarOf(calendarPolicy.inForce(layers, {}, today).settings, timeZone)
  const clocks = new Map(Object.entries(settings.promises))
  return {
    settings,
    calendarFor: (target) => (clocks.get(target)?.clock === 'business' ? calendar : undefined),
  }
}
