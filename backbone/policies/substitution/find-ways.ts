import { daysBetween } from '../../canonical/calendar.ts'
import type { IsoDate } from '../../canonical/document.ts'
import {
  divideDecimal,
  lineAmountMinor,
  type MinorUnits,
  multiplyDecimal,
  subtractDecimal,
} from '../../canonical/money.ts'
import { atpTimeline, notBefore, promisableOn } from '../availability/available-to-promise.ts'
import { promiseLine } from '../availability/promise-line.ts'
import type { SubstituteFacts, SwapProduct, SwapRequest } from './substitute.ts'
import type { SubstitutionSettings } from './substitution-policy.ts'
import type { SwapOffer } from './swap-offer.ts'
import type { WayFacts } from './ways-out.ts'

/** How it stands with the ordered product itself. */
export type OwnSupply = {
  /** The value of the line, in minor units. */
  readonly valueMinor: MinorUnits
  /** What each warehouse may promise for the need date, the most first. */
  readonly inTime: readonly { readonly warehouse: string; readonly promisableEach: number }[]
  /** By when one warehouse has all of it. */
  readonly completeOn?: IsoDate
  readonly daysLate: number | null
}

/** What warehouses may promise of the ordered product, and by when. */
export function ownSupply(request: SwapRequest): OwnSupply {
  const { neededEach, today, pictures, unitPrice, currency } = request
  const from = notBefore(request.neededOn, today)
  const inTime = pictures
    .map((picture) => ({
      warehouse: picture.warehouse,
      promisableEach: promisableOn(atpTimeline(picture, today), from),
    }))
    .filter(({ promisableEach }) => promisableEach > 0)
    .sort((a, b) => b.promisableEach - a.promisableEach || (a.warehouse < b.warehouse ? -1 : 1))
  const { completeOn } = promiseLine({ neededEach, neededOn: from }, pictures, today)
  return {
    valueMinor:
      unitPrice === undefined ? 0 : lineAmountMinor(unitPrice, String(neededEach), currency),
    inTime,
    ...(completeOn === undefined ? {} : { completeOn }),
    daysLate: completeOn === undefined ? null : Math.max(0, daysBetween(from, completeOn)),
  }
}

const noWay = {
  lateValueMinor: 0,
  swappedValueMinor: 0,
  daysLate: 0,
  extraShipments: 0,
  lostMarginMinor: 0,
}

function shareOf(valueMinor: MinorUnits, partEach: number, wholeEach: number): MinorUnits {
  return Number(
    divideDecimal(multiplyDecimal(String(valueMinor), String(partEach)), String(wholeEach), 0),
  )
}

/** Waiting for all of it. */
export function backorderWay(own: OwnSupply): WayFacts {
  return {
    ...noWay,
    kind: 'backorder',
    lateValueMinor: own.valueMinor,
    daysLate: own.daysLate,
    ...(own.completeOn === undefined ? {} : { completeOn: own.completeOn }),
  }
}

/** All in time from several warehouses, or a part in time and the rest when it comes. */
export function splitWay(request: SwapRequest, own: OwnSupply): WayFacts {
  const { neededEach } = request
  let missing = neededEach
  let shipments = 0
  for (const { promisableEach } of own.inTime) {
    if (missing <= 0) break
    missing -= promisableEach
    shipments += 1
  }
  if (missing <= 0) return { ...noWay, kind: 'split', extraShipments: Math.max(0, shipments - 1) }
  const [most] = own.inTime
  if (most === undefined)
    return { ...noWay, kind: 'split', barred: 'no warehouse has a part of it in time' }
  return {
    ...noWay,
    kind: 'split',
    extraShipments: 1,
    lateValueMinor: shareOf(own.valueMinor, neededEach - most.promisableEach, neededEach),
    daysLate: own.daysLate,
    ...(own.completeOn === undefined ? {} : { completeOn: own.completeOn }),
  }
}

/** What goods earn in the order's currency; undefined where their cost is not known. */
function earnedMinor(
  product: SwapProduct,
  unitPrice: string | undefined,
  { quantityEach, currency }: { quantityEach: number; currency: string },
): MinorUnits | undefined {
  if (unitPrice === undefined || product.landedCost === undefined || product.currency !== currency)
    return undefined
  const perUnit = subtractDecimal(unitPrice, product.landedCost)
  return lineAmountMinor(perUnit, String(quantityEach), currency)
}

function lostMarginMinor(
  request: SwapRequest,
  facts: SubstituteFacts,
  offer: SwapOffer,
): MinorUnits {
  const { currency, neededEach } = request
  const before = earnedMinor(request.product, request.unitPrice, {
    quantityEach: neededEach,
    currency,
  })
  const after = earnedMinor(facts.product, offer.unitPrice, {
    quantityEach: offer.quantityEach,
    currency,
  })
  return before === undefined || after === undefined ? 0 : Math.max(0, before - after)
}

/** A substitute for all of the line; where it has only a part of it, the rest is late as ordered. */
export function substituteWay(
  request: SwapRequest,
  own: OwnSupply,
  { facts, offer }: { facts: SubstituteFacts; offer: SwapOffer },
): WayFacts {
  const covered = Math.min(offer.quantityEach, offer.promisableEach)
  const restMinor = own.valueMinor - shareOf(own.valueMinor, covered, offer.quantityEach)
  const isWhole = covered === offer.quantityEach
  return {
    ...noWay,
    kind: 'substitute',
    lostMarginMinor: isWhole ? lostMarginMinor(request, facts, offer) : 0,
    swappedValueMinor: own.valueMinor - restMinor,
    lateValueMinor: isWhole ? own.valueMinor : restMinor,
    daysLate: isWhole ? offer.daysLate : own.daysLate,
    extraShipments: isWhole ? 0 : 1,
    completeOn: offer.promisedOn,
  }
}

/** What is there of the ordered product, and the substitute for the rest. */
export function mixedWay(
  request: SwapRequest,
  own: OwnSupply,
  { offer, settings }: { offer: SwapOffer; settings: SubstitutionSettings },
): WayFacts | undefined {
  const [most] = own.inTime
  if (!settings.acceptsMixedSupply || most === undefined) return undefined
  const restEach = request.neededEach - most.promisableEach
  const { origin } = offer
  const restInSubstitute = Math.ceil((restEach * origin.substituteEach) / origin.quantityEach)
  if (restEach <= 0 || offer.promisableEach < restInSubstitute) return undefined
  return {
    ...noWay,
    kind: 'mixed',
    swappedValueMinor: shareOf(own.valueMinor, restEach, request.neededEach),
    lateValueMinor: shareOf(own.valueMinor, restEach, request.neededEach),
    daysLate: offer.daysLate,
    extraShipments: most.warehouse === offer.warehouse && offer.daysLate === 0 ? 0 : 1,
    completeOn: offer.promisedOn,
  }
}
