import { type BusinessCalendar, businessTime } from '../../canonical/business-calendar.ts'
import type { IsoMoment } from '../../canonical/document.ts'
import type { HoldState } from '../../canonical/order-state.ts'
import type { Party } from '../../canonical/party.ts'
import type { HoldRule, HoldSettings, TimeoutAction } from '../holds.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

const later = (moment: IsoMoment, durationMs: number): IsoMoment =>
  new Date(Date.parse(moment) + durationMs).toISOString()

/** When a hold placed now has stood past its time; undefined where it may stand for ever. */
export function timeoutAt(
  { timeoutHours, timeoutBusinessDays }: Pick<HoldRule, 'timeoutHours' | 'timeoutBusinessDays'>,
  now: IsoMoment,
  calendar?: BusinessCalendar,
): IsoMoment | undefined {
  if (timeoutHours !== null) return later(now, timeoutHours * hourMs)
  if (timeoutBusinessDays === null) return undefined
  // Without a calendar a business week is counted as a calendar week.
  if (calendar === undefined) return later(now, Math.ceil((timeoutBusinessDays * 7) / 5) * dayMs)
  const time = businessTime(calendar)
  const today = time.dayOf(now)
  const lastDay = time.addBusinessDays(today, timeoutBusinessDays)
  return later(now, Date.parse(lastDay) - Date.parse(today))
}

/** What an order says of its cancel window. */
export type CancelWindowQuestion = {
  readonly connectionSeconds: number
  readonly segment: string | undefined
  readonly products: readonly { readonly sku: string; readonly productClass: string | undefined }[]
}

/** How long the buyer may cancel without asking, by product, segment and connection (domain rules 3.7). */
export function cancelWindowSeconds(
  { connectionSeconds, segment, products }: CancelWindowQuestion,
  { cancelWindow }: Pick<HoldSettings, 'cancelWindow'>,
): number {
  const { bySegment, byProductClass, bySku } = cancelWindow
  const longest = (found: readonly (number | undefined)[]) => {
    const known = found.filter((value) => value !== undefined)
    return known.length === 0 ? undefined : Math.max(...known)
  }
  return (
    longest(
      products.map(({ sku, productClass = '' }) => bySku[sku] ?? byProductClass[productClass]),
    ) ??
    bySegment[segment ?? ''] ??
    connectionSeconds
  )
}

/** When an order on credit hold gives back the stock it keeps; undefined where it keeps it. */
export function stockKeptUntil(
  hold: HoldState,
  { reserveStockHours }: Pick<HoldSettings, 'reserveStockHours'>,
): IsoMoment | undefined {
  if (hold.type !== 'CREDIT' || reserveStockHours === null) return undefined
  if (hold.blocks.includes('allocate')) return undefined
  return later(hold.placedAt, reserveStockHours * hourMs)
}

/** When an order with holds has to be looked at next, because one of them comes to a moment of its own. */
export function nextLookAt(
  holds: readonly HoldState[],
  settings: Pick<HoldSettings, 'reserveStockHours'>,
  now: IsoMoment,
): IsoMoment | undefined {
  const [next] = holds
    .filter((hold) => hold.releasedAt === undefined)
    .flatMap((hold) => [
      hold.timedOutAt === undefined ? hold.expiresAt : undefined,
      stockKeptUntil(hold, settings),
    ])
    .filter((moment) => moment !== undefined && moment > now)
    .sort()
  return next
}

/** A payment whose authorisation has run out, as a person gave its last moment when they let the order go. */
export function lapsedAuthorisation(
  holds: readonly HoldState[],
  now: IsoMoment,
): HoldState | undefined {
  const payments = holds.filter((hold) => hold.type === 'PAYMENT')
  if (payments.some((hold) => hold.releasedAt === undefined)) return undefined
  const last = payments.toSorted((a, b) => (a.placedAt < b.placedAt ? -1 : 1)).at(-1)
  const until = last?.release?.until
  return until !== undefined && until <= now ? last : undefined
}

/** A place goods go to, spelled one way: what an address in doubt is compared by. */
export function shipToKey(parties: readonly Party[]): string {
  const shipTo = parties.find((party) => party.role === 'ship-to')
  const {
    street = [],
    city = '',
    region = '',
    postalCode = '',
    country = '',
  } = shipTo?.address ?? {}
  return [shipTo?.name ?? '', ...street, city, region, postalCode, country].join('|').toUpperCase()
}

/** What somebody has to do about a hold that has stood past its time, as the owner reads it. */
export function timeoutTask(action: TimeoutAction | null): string {
  switch (action) {
    case 'escalate':
      return 'Nobody has decided in time: take it to the next level.'
    case 'contact-customer':
      return 'Get in touch with the customer for what is missing.'
    case 'open-task':
      return 'Customer service looks into what it still waits for.'
    case 'ask-split':
      return 'Ask the customer whether the order may leave in parts.'
    case 'ask-sender':
      return 'Ask the sender for what is missing.'
    case 'propose-cancel':
      return 'Review it now or cancel the order: no review has cleared it in time.'
    case 're-authorise':
      return 'Ask for the payment to be authorised again.'
    case null:
      return 'Look at it.'
  }
}
