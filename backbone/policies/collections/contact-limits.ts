import { type BusinessCalendar, businessTime } from '../../canonical/business-calendar.ts'
import { addDays } from '../../canonical/calendar.ts'
import type { StopKind } from '../../canonical/collections.ts'
import type { Evidence } from '../../canonical/decision.ts'
import type { IsoDate, IsoMoment } from '../../canonical/document.ts'
import { minutesOf, type TimeOfDay, type ZoneClock, zoneClock } from '../../canonical/zone-clock.ts'
import { type ActiveStop, type CustomerLedger, daysBetween } from './ledger.ts'
import type { CollectionsSettings } from './settings.ts'

/** Whether a customer may be contacted now, later, only after a person has looked, or not at all by the house. */
export type ContactLeave = {
  readonly status: 'free' | 'wait' | 'person' | 'off'
  /** The first moment at which the limits allow a contact; for `wait`. */
  readonly notBefore?: IsoMoment
  /** Nothing but the hour speaks against it. */
  readonly isOnlyHours: boolean
  readonly evidence: readonly Evidence[]
}

/** The moment and the calendars a contact is judged by. */
export type ContactTime = {
  readonly now: IsoMoment
  /** The day where the customer is. */
  readonly today: IsoDate
  /** Contact hours on the customer's business days. */
  readonly calendar: BusinessCalendar
}

// Domain rules 3.4: these end all automation, whatever else is open.
const offKinds: readonly StopKind[] = ['insolvency', 'litigation', 'deceased', 'do-not-contact']
const personKinds: readonly StopKind[] = ['bounced-address', 'contact-change', 'other']

const holds = (stop: ActiveStop, today: IsoDate): boolean =>
  stop.until === undefined || today <= stop.until

const against = (text: string, source?: string): Evidence => ({
  weighs: 'against',
  text,
  ...(source === undefined ? {} : { source }),
})

// What people wrote as a reason, short enough for a line of evidence.
function sentence(reason: string): string {
  const text = reason.length > 300 ? `${reason.slice(0, 299)}…` : reason
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

function stopsOf(ledger: CustomerLedger, today: IsoDate, kinds: readonly StopKind[]): Evidence[] {
  return ledger.stops
    .filter((stop) => kinds.includes(stop.kind) && holds(stop, today))
    .map((stop) => against(`Stop ${stop.kind}: ${sentence(stop.reason)}`, `stop:${stop.stopId}`))
}

function offReasons(ledger: CustomerLedger, today: IsoDate): Evidence[] {
  const reasons = stopsOf(ledger, today, offKinds)
  return ledger.isInsolvent
    ? [
        ...reasons,
        against(
          `Customer ${ledger.customerNumber} is insolvent according to its credit file.`,
          `customer:${ledger.customerNumber}`,
        ),
      ]
    : reasons
}

function personReasons(ledger: CustomerLedger, today: IsoDate): Evidence[] {
  const { unreadReplies, contactsMade } = ledger
  const [last] = contactsMade
  return [
    ...stopsOf(ledger, today, personKinds),
    ...unreadReplies.map(({ replyId }) =>
      against('A reply of the customer is unread: a person reads it first.', `reply:${replyId}`),
    ),
    ...(last?.outcome === 'bounced'
      ? [
          against(
            `The last message, on ${last.madeOn}, bounced: a person finds the right address first.`,
            `contact:${last.contactId}`,
          ),
        ]
      : []),
  ]
}

type Wait = { readonly until: IsoDate; readonly evidence: Evidence }

function limitWaits(
  { contactsMade }: CustomerLedger,
  today: IsoDate,
  settings: CollectionsSettings,
): Wait[] {
  const { messageGapDays, contactsInWindow, contactWindowDays, channelsPerDay } = settings
  const counted = contactsMade.filter((contact) => !contact.isReply)
  const [last] = counted
  const oldestOfFull = counted[contactsInWindow - 1]
  const todays = new Set(
    contactsMade.filter((contact) => contact.madeOn === today).map(({ channel }) => channel),
  )
  const waits: Wait[] = []
  if (last !== undefined && daysBetween(last.madeOn, today) < messageGapDays)
    waits.push({
      until: addDays(last.madeOn, messageGapDays),
      evidence: against(
        `The last contact was on ${last.madeOn}; at least ${messageGapDays} days lie between two.`,
        `contact:${last.contactId}`,
      ),
    })
  if (oldestOfFull !== undefined && daysBetween(oldestOfFull.madeOn, today) < contactWindowDays)
    waits.push({
      until: addDays(oldestOfFull.madeOn, contactWindowDays),
      evidence: against(
        `There were ${contactsInWindow} contacts since ${oldestOfFull.madeOn}, as many as ${contactWindowDays} days may have.`,
      ),
    })
  if (todays.size >= channelsPerDay)
    waits.push({
      until: addDays(today, 1),
      evidence: against(`The customer was contacted today by ${[...todays].join(' and ')}.`),
    })
  return waits
}

function paymentWaits(
  ledger: CustomerLedger,
  today: IsoDate,
  { paymentInProcessDays }: CollectionsSettings,
): Wait[] {
  const stops = ledger.stops
    .filter((stop) => stop.kind === 'payment-in-process' && holds(stop, today))
    .map((stop) => ({
      until: addDays(stop.until ?? addDays(today, paymentInProcessDays), 1),
      evidence: against(`A payment is in process: ${sentence(stop.reason)}`, `stop:${stop.stopId}`),
    }))
  const { moneySeenOn } = ledger
  if (moneySeenOn === undefined) return stops
  const until = addDays(moneySeenOn, paymentInProcessDays)
  if (until <= today) return stops
  return [
    ...stops,
    {
      until,
      evidence: against(
        `Money arrived on ${moneySeenOn} that is not put to invoices yet: dunning pauses ${paymentInProcessDays} days.`,
      ),
    },
  ]
}

// A clock costs more to hang up than to read: one for each calendar, as long as it is in use.
const clocks = new WeakMap<BusinessCalendar, ZoneClock>()

/** The moment at which a clock in the calendar's zone shows a time of a day. */
export function momentOn(calendar: BusinessCalendar, day: IsoDate, time: TimeOfDay): IsoMoment {
  const clock = clocks.get(calendar) ?? zoneClock(calendar.timeZone)
  clocks.set(calendar, clock)
  return new Date(clock.momentMs(day, minutesOf(time))).toISOString()
}

function firstMoment(waits: readonly Wait[], { now, today, calendar }: ContactTime): IsoMoment {
  const day = [today, ...waits.map(({ until }) => until)].sort().at(-1) ?? today
  const from = day > today ? momentOn(calendar, day, '00:00') : now
  return businessTime(calendar).nextOpening(from)
}

/** Applies stops and limits of contact to one customer; every one that speaks against it is named. */
export function contactLeave(
  ledger: CustomerLedger,
  time: ContactTime,
  settings: CollectionsSettings,
): ContactLeave {
  const { now, today, calendar } = time
  const off = offReasons(ledger, today)
  const person = personReasons(ledger, today)
  const waits = [...paymentWaits(ledger, today, settings), ...limitWaits(ledger, today, settings)]
  const isOpen = businessTime(calendar).isOpen(now)
  const { from, to } = settings.contactHours
  const hours = isOpen
    ? []
    : [against(`It is outside ${from}–${to} of a business day where the customer is.`)]
  const evidence = [...off, ...person, ...waits.map((wait) => wait.evidence), ...hours]
  const isOnlyHours = off.length + person.length + waits.length === 0 && !isOpen
  if (off.length > 0) return { status: 'off', isOnlyHours, evidence }
  if (person.length > 0) return { status: 'person', isOnlyHours, evidence }
  if (waits.length === 0 && isOpen) return { status: 'free', isOnlyHours, evidence }
  return { status: 'wait', notBefore: firstMoment(waits, time), isOnlyHours, evidence }
}

// The same hours for the same business calendar, so that its clock is hung up once.
const calendars = new WeakMap<BusinessCalendar, Map<string, BusinessCalendar>>()

/** The hours in which a customer may be contacted: contact hours on the days its own calendar is open. */
export function contactCalendar(
  calendar: BusinessCalendar,
  { contactHours }: Pick<CollectionsSettings, 'contactHours'>,
): BusinessCalendar {
  const key = `${contactHours.from}-${contactHours.to}`
  const ofCalendar = calendars.get(calendar) ?? new Map<string, BusinessCalendar>()
  calendars.set(calendar, ofCalendar)
  const known = ofCalendar.get(key)
  if (known !== undefined) return known
  const weekdays = [...new Set(calendar.hours.flatMap((hours) => hours.weekdays))].sort()
  const made = { ...calendar, hours: [{ weekdays, ...contactHours }] }
  ofCalendar.set(key, made)
  return made
}
