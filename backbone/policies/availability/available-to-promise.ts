import type { IsoDate, IsoMoment } from '../../canonical/document.ts'

/** A quantity in base units, and the day it comes in or is wanted. */
export type DatedQuantity = { readonly on: IsoDate; readonly quantityEach: number }

/** Stock of a product in one warehouse with what will come in and what is wanted of it already, in base units. */
export type SupplyPicture = {
  readonly warehouse: string
  readonly onHandEach: number
  readonly allocatedEach: number
  readonly safetyEach: number
  /** When the warehouse counted; absent where it has none and only expects some. */
  readonly asOf?: IsoMoment
  readonly supplies: readonly DatedQuantity[]
  /** Without what is allocated already, and without the line in question. */
  readonly demands: readonly DatedQuantity[]
}

/** From a day on: what is left when all supply and demand up to then has come, and what may be promised. */
type AtpPoint = {
  readonly on: IsoDate
  readonly cumulativeEach: number
  readonly promisableEach: number
}

/** What may be promised, day by day; the first point is today. */
export type AtpTimeline = readonly [AtpPoint, ...AtpPoint[]]

/** On hand less allocated less safety stock: what looks free, whatever later demand has taken. */
export function freeEach(
  picture: Pick<SupplyPicture, 'onHandEach' | 'allocatedEach' | 'safetyEach'>,
): number {
  return picture.onHandEach - picture.allocatedEach - picture.safetyEach
}

// Past-due supply counts nothing until it is dated again; past-due demand counts today.
function changesByDay(picture: SupplyPicture, today: IsoDate): [IsoDate, number][] {
  const changes = new Map<IsoDate, number>()
  const add = (on: IsoDate, each: number) => changes.set(on, (changes.get(on) ?? 0) + each)
  for (const { on, quantityEach } of picture.supplies) if (on >= today) add(on, quantityEach)
  for (const { on, quantityEach } of picture.demands) add(on < today ? today : on, -quantityEach)
  return [...changes].sort(([a], [b]) => (a < b ? -1 : 1))
}

/**
 * Available to promise with look-ahead (domain rules 3.2): from each day on, the least that is ever left
 * later, so that a promise never takes what a later demand has taken. Supply of a day counts before its demand.
 */
export function atpTimeline(picture: SupplyPicture, today: IsoDate): AtpTimeline {
  const start = freeEach(picture)
  if (picture.supplies.length === 0 && picture.demands.length === 0)
    return [{ on: today, cumulativeEach: start, promisableEach: Math.max(0, start) }]
  const changes = changesByDay(picture, today)
  const [first] = changes
  const isTodayFirst = first !== undefined && first[0] === today
  let left = start + (isTodayFirst ? first[1] : 0)
  const days: { on: IsoDate; cumulativeEach: number }[] = [{ on: today, cumulativeEach: left }]
  for (const [on, change] of isTodayFirst ? changes.slice(1) : changes) {
    left += change
    days.push({ on, cumulativeEach: left })
  }
  let least = Number.POSITIVE_INFINITY
  const points: AtpPoint[] = []
  for (const day of days.toReversed()) {
    least = Math.min(least, day.cumulativeEach)
    points.push({ ...day, promisableEach: Math.max(0, least) })
  }
  const [now = { on: today, cumulativeEach: left, promisableEach: 0 }, ...later] = points.reverse()
  return [now, ...later]
}

/** What may be promised for a day; before today it is what may be promised today. */
export function promisableOn(timeline: AtpTimeline, day: IsoDate): number {
  return timeline.findLast((point) => point.on <= day)?.promisableEach ?? timeline[0].promisableEach
}

/** The first day, not before `from`, for which a quantity may be promised; undefined when no known supply brings it. */
export function firstDayFor(
  timeline: AtpTimeline,
  quantityEach: number,
  from: IsoDate,
): IsoDate | undefined {
  if (promisableOn(timeline, from) >= quantityEach) return from
  return timeline.find((point) => point.on > from && point.promisableEach >= quantityEach)?.on
}

/** The picture once a quantity is allocated now. */
export function allocatedFrom(picture: SupplyPicture, quantityEach: number): SupplyPicture {
  return { ...picture, allocatedEach: picture.allocatedEach + quantityEach }
}

/** The picture once a quantity is promised for a day. */
export function promisedFrom(picture: SupplyPicture, wanted: DatedQuantity): SupplyPicture {
  const { on } = wanted
  const ofDay = picture.demands.find((demand) => demand.on === on)
  if (ofDay === undefined) return { ...picture, demands: [...picture.demands, wanted] }
  const quantityEach = ofDay.quantityEach + wanted.quantityEach
  const others = picture.demands.filter((demand) => demand !== ofDay)
  return { ...picture, demands: [...others, { on, quantityEach }] }
}

/** A day that has passed means today. */
export function notBefore(day: IsoDate, today: IsoDate): IsoDate {
  if (day < today) return today
  return day
}
