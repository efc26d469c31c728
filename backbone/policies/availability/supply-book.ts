import type { IsoDate } from '../../canonical/document.ts'
import { groupBy } from '../../canonical/group-by.ts'
import {
  atpTimeline,
  type DatedQuantity,
  firstDayFor,
  promisedFrom,
  type SupplyPicture,
} from './available-to-promise.ts'
import { type LineNeed, type LinePromise, promiseLine } from './promise-line.ts'

/** What lines of earlier orders still wait for; those without a warehouse take it where it can be had. */
export type Waiting = DatedQuantity & {
  readonly sku: string
  readonly warehouse?: string
  /** The rank of the first line asked for that stands behind those that wait. */
  readonly before: string
}

/** A line that asks for goods. */
export type AskingLine = {
  /** Tells it from the others. */
  readonly key: string
  /** Where it stands among all that wait: lower ones are served before. */
  readonly rank: string
  readonly sku: string
  readonly need: LineNeed
}

/** What a line was promised, and the pictures it was promised from. */
export type BookedLine = {
  readonly pictures: readonly SupplyPicture[]
  readonly promise: LinePromise
}

type Place = { readonly picture: SupplyPicture; readonly everEach: number }

/** The warehouse that will ever be able to promise most. */
function roomiest(pictures: readonly SupplyPicture[], today: IsoDate): Place | undefined {
  return pictures
    .map((picture) => ({
      picture,
      everEach: atpTimeline(picture, today).at(-1)?.promisableEach ?? 0,
    }))
    .toSorted(
      (a, b) => b.everEach - a.everEach || (a.picture.warehouse < b.picture.warehouse ? -1 : 1),
    )
    .at(0)
}

/** Takes what many lines wait for, which no warehouse is bound to, from wherever it can be had. */
function takenAnywhere(
  pictures: readonly SupplyPicture[],
  wanted: DatedQuantity,
  today: IsoDate,
): readonly SupplyPicture[] {
  let left = pictures
  let missing = wanted.quantityEach
  while (missing > 0) {
    const place = roomiest(left, today)
    // What nothing known covers takes nothing from anybody.
    if (place === undefined || place.everEach === 0) return left
    const quantityEach = Math.min(missing, place.everEach)
    const on = firstDayFor(atpTimeline(place.picture, today), quantityEach, wanted.on) ?? wanted.on
    const taken = promisedFrom(place.picture, { on, quantityEach })
    left = left.map((picture) => (picture === place.picture ? taken : picture))
    missing -= quantityEach
  }
  return left
}

function takenBy(
  pictures: readonly SupplyPicture[],
  { warehouse, on, quantityEach }: Waiting,
  today: IsoDate,
): readonly SupplyPicture[] {
  if (warehouse === undefined) return takenAnywhere(pictures, { on, quantityEach }, today)
  return pictures.map((picture) =>
    picture.warehouse === warehouse ? promisedFrom(picture, { on, quantityEach }) : picture,
  )
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** What is left of a product once those that stand before the lines asked for have been thought of. */
export function leftFor(
  pictures: readonly SupplyPicture[],
  waiting: readonly Waiting[],
  today: IsoDate,
): readonly SupplyPicture[] {
  return waiting.reduce((left, one) => takenBy(left, one, today), pictures)
}

/**
 * Promises lines from the supply of their products one after another, by rank; whoever waits outside of them
 * with a lower rank is thought of first. What one is promised is gone for the next.
 */
export function promiseLines(
  supply: readonly (SupplyPicture & { readonly sku: string })[],
  waiting: readonly Waiting[],
  { lines, today }: { readonly lines: readonly AskingLine[]; readonly today: IsoDate },
): Map<string, BookedLine> {
  const left = new Map<string, readonly SupplyPicture[]>(groupBy(supply, ({ sku }) => sku))
  const waitingBySku = groupBy(
    waiting.toSorted((a, b) => byText(a.before, b.before)),
    ({ sku }) => sku,
  )
  const booked = new Map<string, BookedLine>()
  for (const { key, rank, sku, need } of lines.toSorted((a, b) => byText(a.rank, b.rank))) {
    const ahead = (waitingBySku.get(sku) ?? []).filter(({ before }) => before <= rank)
    waitingBySku.set(sku, (waitingBySku.get(sku) ?? []).slice(ahead.length))
    const pictures = leftFor(left.get(sku) ?? [], ahead, today)
    const promise = promiseLine(need, pictures, today)
    left.set(sku, promise.left)
    booked.set(key, { pictures, promise })
  }
  return booked
}
