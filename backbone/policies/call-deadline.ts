import type { OutboundDocument } from '../canonical/canonical-document.ts'
import type { IsoDate, IsoMoment } from '../canonical/document.ts'
import { zoneClock } from '../canonical/zone-clock.ts'

const minutesOfDay = 24 * 60

function endOf(day: IsoDate | undefined, timeZone: string): number | undefined {
  return day === undefined ? undefined : zoneClock(timeZone).momentMs(day, minutesOfDay)
}

function deadlineMs(
  document: OutboundDocument,
  { timeZone, acknowledgeBy }: { timeZone: string; acknowledgeBy: () => IsoMoment },
): number | undefined {
  switch (document.docType) {
    // The partner was promised an answer by then; afterwards somebody has rung them, or they have gone elsewhere.
    case 'acknowledgement':
      return Date.parse(acknowledgeBy())
    // A ship notice announces goods: after they have come, it may be booked a second time beside them.
    case 'shipment':
      return endOf(document.estimatedDeliveryOn, timeZone)
    // An invoice that first comes after it was due needs new dates, or the next period.
    case 'invoice':
      return endOf(document.dueOn, timeZone)
    default:
      return undefined
  }
}

/**
 * Until when a call may be tried again by itself, by what its document has been promised for (domain rules 3.3.2);
 * nothing for documents without such a moment, and none that had passed before the call was made.
 */
export function callDeadline(
  document: OutboundDocument,
  setting: {
    readonly now: IsoMoment
    readonly timeZone: string
    readonly acknowledgeBy: () => IsoMoment
  },
): IsoMoment | undefined {
  const ms = deadlineMs(document, setting)
  if (ms === undefined || ms <= Date.parse(setting.now)) return undefined
  return new Date(ms).toISOString()
}
