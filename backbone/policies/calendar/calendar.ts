import { z } from 'zod'
import { BusinessCalendar } from '../../canonical/business-calendar.ts'
import { TimeZone } from '../../canonical/zone-clock.ts'
import { definePolicy } from '../policy-in-force.ts'

const CalendarSettings = z.object({
  timeZone: TimeZone.optional().meta({
    description: "IANA time zone of the opening hours; the tenant's own unless said.",
  }),
  hours: BusinessCalendar.shape.hours.meta({
    description:
      'Opening hours by weekday, 1 for Monday to 7 for Sunday; Monday to Friday 08:00 to 18:00 unless said.',
  }),
  holidays: BusinessCalendar.shape.holidays.meta({ description: 'Days without business.' }),
})
type CalendarSettings = z.infer<typeof CalendarSettings>

/** When a tenant, a partner or a customer does business. */
export const calendarPolicy = definePolicy({
  name: 'calendar',
  about: 'Opening hours, time zone and holidays by which business days and promises in time count.',
  schema: CalendarSettings,
})

// Kept with the settings, which stay the same object while the same layers are in force.
const calendars = new WeakMap<CalendarSettings, Map<TimeZone, BusinessCalendar>>()

/** The calendar that settings describe; hours without a zone are in the tenant's. */
export function calendarOf(settings: CalendarSettings, tenantTimeZone: TimeZone): BusinessCalendar {
  const timeZone = settings.timeZone ?? tenantTimeZone
  const ofSettings = calendars.get(settings) ?? new Map<TimeZone, BusinessCalendar>()
  calendars.set(settings, ofSettings)
  const before = ofSettings.get(timeZone)
  if (before !== undefined) return before
  const calendar = { timeZone, hours: settings.hours, holidays: settings.holidays }
  ofSettings.set(timeZone, calendar)
  return calendar
}
