import type { Evidence, PolicyDecision } from '../../canonical/decision.ts'
import type { IsoDate, IsoMoment } from '../../canonical/document.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import type { AvailabilitySettings } from './availability-policy.ts'
import {
  atpTimeline,
  freeEach,
  notBefore,
  promisableOn,
  type SupplyPicture,
} from './available-to-promise.ts'
import type { LineNeed, LinePromise } from './promise-line.ts'

/** How it stands with the goods of a line. */
type AvailabilityKind =
  /** All of it is there now. */
  | 'IN_STOCK'
  /** Not all of it now, but all of it by the day the buyer wants it. */
  | 'IN_TIME'
  /** All of it, but later than wanted. */
  | 'LATE'
  /** No known supply completes it. */
  | 'SHORT'
  /** The count is too old to promise a day by. */
  | 'STALE_STOCK'

/** A decision on the goods of a line, with the day that may be promised to the buyer. */
export type AvailabilityDecision = PolicyDecision<AvailabilityKind> & {
  readonly promisedOn?: IsoDate
}

/** A line, the pictures it was promised from, and the promise. */
export type PromisedLine = {
  readonly sku: string
  readonly need: LineNeed
  readonly pictures: readonly SupplyPicture[]
  readonly promise: LinePromise
}

const msPerMinute = 60_000

/** Whether a count is older than the policy lets a promise rest on. */
export function isStaleCount(
  asOf: IsoMoment | undefined,
  now: IsoMoment,
  { staleAfterMinutes }: AvailabilitySettings,
): boolean {
  if (asOf === undefined) return false
  return Date.parse(now) - Date.parse(asOf) > staleAfterMinutes * msPerMinute
}

function takenByDemand(picture: SupplyPicture, today: IsoDate): Evidence[] {
  const timeline = atpTimeline(picture, today)
  const lowest = timeline.reduce((low, point) =>
    point.cumulativeEach < low.cumulativeEach ? point : low,
  )
  const nowEach = promisableOn(timeline, today)
  const looksFree = Math.max(0, freeEach(picture))
  if (nowEach >= looksFree) return []
  return [
    {
      weighs: 'against',
      text: `${looksFree} look free in ${picture.warehouse}, but earlier demand up to ${lowest.on} has taken ${looksFree - nowEach} of them.`,
      values: {
        warehouse: picture.warehouse,
        freeEach: looksFree,
        promisableEach: nowEach,
        on: lowest.on,
      },
    },
  ]
}

/** What a warehouse has and may promise, as people read it; figures in `values`. */
function stockSentences(picture: SupplyPicture, today: IsoDate): Evidence[] {
  const { warehouse, onHandEach, allocatedEach, safetyEach, asOf } = picture
  const timeline = atpTimeline(picture, today)
  const promisableEach = promisableOn(timeline, today)
  const counted = asOf === undefined ? '' : `, counted ${asOf}`
  const stands: Evidence = {
    weighs: 'note',
    text: `${warehouse} has ${onHandEach} on hand, ${allocatedEach} allocated, ${safetyEach} kept as safety stock${counted}: ${promisableEach} may be promised today.`,
    source: `stock:${warehouse}`,
    values: { warehouse, onHandEach, allocatedEach, safetyEach, promisableEach },
  }
  const later = timeline.find((point) => point.promisableEach > promisableEach)
  const comes: Evidence[] =
    later === undefined
      ? []
      : [
          {
            weighs: 'note',
            text: `From ${later.on} on ${warehouse} may promise ${later.promisableEach}.`,
            values: { warehouse, on: later.on, promisableEach: later.promisableEach },
          },
        ]
  return [stands, ...takenByDemand(picture, today), ...comes]
}

type Verdict = Pick<AvailabilityDecision, 'decision' | 'kind'>

function verdict({ need, promise }: PromisedLine, isStale: boolean, today: IsoDate): Verdict {
  const { allocatedEach, completeOn } = promise
  if (isStale) return { decision: 'propose', kind: 'STALE_STOCK' }
  if (allocatedEach === need.neededEach) return { decision: 'accept', kind: 'IN_STOCK' }
  if (completeOn === undefined) return { decision: 'propose', kind: 'SHORT' }
  return completeOn <= notBefore(need.neededOn, today)
    ? { decision: 'accept', kind: 'IN_TIME' }
    : { decision: 'propose', kind: 'LATE' }
}

function verdictText({ sku, need, promise }: PromisedLine, kind: AvailabilityKind, today: IsoDate) {
  const { allocatedEach, completeOn, warehouse } = promise
  const all = `${need.neededEach} of ${sku}`
  const place = warehouse === undefined ? '' : ` in ${warehouse}`
  switch (kind) {
    case 'STALE_STOCK':
      return `${allocatedEach} of ${all} are kept${place}, but the count is too old to promise a day by.`
    case 'IN_STOCK':
      return `${all} are there${place}.`
    case 'SHORT':
      return `${allocatedEach} of ${all} are there${place}; no known supply brings the rest.`
    case 'IN_TIME':
    case 'LATE':
      return `${allocatedEach} of ${all} are there today${place}, all of them on ${completeOn}, wanted on ${notBefore(need.neededOn, today)}.`
  }
}

function evidenceOf(line: PromisedLine, { decision, kind }: Verdict, today: IsoDate): Evidence[] {
  const { need, promise, pictures } = line
  return [
    {
      weighs: decision === 'accept' ? 'for' : 'against',
      text: verdictText(line, kind, today),
      values: { neededEach: need.neededEach, allocatedEach: promise.allocatedEach },
    },
    ...(kind === 'IN_STOCK'
      ? []
      : pictures.slice(0, 5).flatMap((picture) => stockSentences(picture, today))),
  ]
}

/**
 * Whether a line's goods are there, when all of them can be promised, and why not more or earlier. The sentences are
 * put together only when somebody asks for them: most lines of most orders are simply there.
 */
export function judgeAvailability(
  line: PromisedLine,
  policy: PolicyInForce<AvailabilitySettings>,
  { now, today }: { readonly now: IsoMoment; readonly today: IsoDate },
): AvailabilityDecision {
  const { pictures, promise } = line
  // The picture the promise changed is the one it rests on.
  const from = pictures.find((picture, place) => promise.left[place] !== picture)
  const isStale = isStaleCount(from?.asOf, now, policy.settings)
  const verdictOf = verdict(line, isStale, today)
  const { decision, kind } = verdictOf
  const decided: { -readonly [Part in keyof AvailabilityDecision]: AvailabilityDecision[Part] } = {
    decision,
    kind,
    get evidence() {
      return evidenceOf(line, verdictOf, today)
    },
    alternatives: [],
    policyVersion: policy.version,
  }
  if (!isStale && promise.completeOn !== undefined) decided.promisedOn = promise.completeOn
  return decided
}
