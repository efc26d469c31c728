import type { IsoDate } from '../../canonical/document.ts'
import {
  type AtpTimeline,
  allocatedFrom,
  atpTimeline,
  firstDayFor,
  notBefore,
  promisableOn,
  promisedFrom,
  type SupplyPicture,
} from './available-to-promise.ts'

/** What a line still needs, from when on, and the warehouse it is bound to once part of it is there. */
export type LineNeed = {
  readonly neededEach: number
  /** The day the buyer wants it; today when none is given or it has passed. */
  readonly neededOn: IsoDate
  readonly warehouse?: string
}

/** Where a line is taken from, how much of it now, and by which day all of it can be had. */
export type LinePromise = {
  readonly warehouse?: string
  readonly allocatedEach: number
  /** Absent when no known supply completes it. */
  readonly completeOn?: IsoDate
  /** The pictures with the promise taken out: what is left for the next line. */
  readonly left: readonly SupplyPicture[]
}

type Place = {
  readonly picture: SupplyPicture
  readonly timeline: AtpTimeline
  readonly nowEach: number
  readonly completeOn: IsoDate | undefined
}

const never = '9999-12-31'
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** All of it now before a part of it now; then the most now, the earliest day, the warehouse's code. */
function bestPlace(places: readonly Place[], neededEach: number): Place | undefined {
  return places
    .toSorted(
      (a, b) =>
        Number(b.nowEach >= neededEach) - Number(a.nowEach >= neededEach) ||
        b.nowEach - a.nowEach ||
        byText(a.completeOn ?? never, b.completeOn ?? never) ||
        byText(a.picture.warehouse, b.picture.warehouse),
    )
    .at(0)
}

function takenFrom(place: Place, need: LineNeed): SupplyPicture {
  const allocatedEach = Math.min(need.neededEach, place.nowEach)
  const restEach = need.neededEach - allocatedEach
  const allocated =
    allocatedEach === 0 ? place.picture : allocatedFrom(place.picture, allocatedEach)
  if (restEach === 0) return allocated
  // What no supply covers yet is wanted all the same: later lines must not be promised before it.
  return promisedFrom(allocated, { on: place.completeOn ?? need.neededOn, quantityEach: restEach })
}

/**
 * Promises a line from one warehouse: the one it is bound to, else one that has it all now, else the one that
 * has most now, else the one that has it first. Only what no later demand has taken is promised.
 */
export function promiseLine(
  need: LineNeed,
  pictures: readonly SupplyPicture[],
  today: IsoDate,
): LinePromise {
  const from = notBefore(need.neededOn, today)
  const isEligible = (picture: SupplyPicture) =>
    need.warehouse === undefined || picture.warehouse === need.warehouse
  const places = pictures.filter(isEligible).map((picture) => {
    const timeline = atpTimeline(picture, today)
    const completeOn = firstDayFor(timeline, need.neededEach, from)
    return { picture, timeline, nowEach: promisableOn(timeline, today), completeOn }
  })
  const bound = need.warehouse === undefined ? {} : { warehouse: need.warehouse }
  const best = bestPlace(places, need.neededEach)
  if (best === undefined) return { ...bound, allocatedEach: 0, left: pictures }
  const allocatedEach = Math.min(need.neededEach, best.nowEach)
  const taken = takenFrom(best, { ...need, neededOn: from })
  return {
    ...bound,
    ...(allocatedEach > 0 ? { warehouse: best.picture.warehouse } : {}),
    allocatedEach,
    ...(best.completeOn === undefined ? {} : { completeOn: best.completeOn }),
    left: pictures.map((picture) => (picture === best.picture ? taken : picture)),
  }
}
